"""Words of the command line: a course's folder, a lesson."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from etcdlearn._language import LANGUAGES
from etcdlearn.cli._lessons import Lesson, lessons, stems
from etcdlearn.cli._terminal import shown
from etcdlearn.teach.progress import MANIFEST, STATE, course_folder

DEFAULT = "./etcdlearn-course"


class Folder(click.Path):
    """A folder; a shell completes folders only. What is wrong with it is told where it is used."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def shell_complete(self, _context: click.Context, _parameter: click.Parameter, begun: str) -> list[CompletionItem]:
        return [CompletionItem(begun, type="dir")]


def lesson(context: click.Context, parameter: click.Parameter, value: str) -> list[Lesson]:
    """The copies of a lesson: "2", "02", "02_put_and_get", "02_put_and_get.ipynb"; "zh/02_put_and_get.ipynb" is one."""
    folder, _, name = value.replace("\\", "/").rpartition("/")
    stem = name.removesuffix(".ipynb")
    fits = [found for found in stems() if stem == found or _number(stem) == _number(found.partition("_")[0]) >= 0]
    if not fits:
        raise click.BadParameter(f"there is no lesson {value!r}; there are {', '.join(stems())}", context, parameter)
    language = folder.rpartition("/")[2]
    named = [language] if language in LANGUAGES else LANGUAGES
    return [one for one in lessons() if one.stem in fits and one.language in named]


def lesson_names(_context: click.Context, _parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """What a shell completes."""
    return [CompletionItem(stem) for stem in stems() if stem.startswith(begun)]


def _number(text: str) -> int:
    """ "02" and "2" are 2, a word is -1."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else -1


def course(folder: Path | None) -> Path:
    """The course's folder: the one that was named; else the one we are in; else the usual one.

    Raises:
        click.ClickException: it holds no course.
    """
    found = folder or course_folder(Path.cwd()) or Path(DEFAULT)
    if not (found / STATE / MANIFEST).is_file():
        where = shown(found)
        hint = f"`etcdlearn lab {where}`" if folder else "`etcdlearn lab`"
        raise click.ClickException(f"{where} holds no course; {hint} puts it there, or name its folder")
    return found


def narrowed(chosen: Iterable[Lesson], language: str | None) -> list[Lesson]:
    return [lesson for lesson in chosen if language in (None, lesson.language)]

"""What etcdlearn has put into a learner's folder: it tells an untouched lesson from one that was worked on."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import click

import etcdlearn
from etcdlearn.cli._files import names, replace
from etcdlearn.cli._terminal import plain
from etcdlearn.teach.progress import MANIFEST, STATE

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Shipped:
    """What was shipped for one lesson.

    Attributes:
        sha256: of the file as it was put there; "" for one that was there before, of which nothing is known.
        beside: the name of the newer one that was put beside an edited one; "" for none.
        beside_sha256: of that one, as it was put there; "" for none.
    """

    sha256: str = ""
    beside: str = ""
    beside_sha256: str = ""


@dataclass(slots=True)
class Manifest:
    """The record in ``DIR/.etcdlearn/manifest.json``.

    Attributes:
        version: of the etcdlearn that last wrote into the folder.
        lessons: by their names, as in "en/02_put_and_get.ipynb".
        damaged: where an unreadable record was put aside; None for none.
    """

    version: str = etcdlearn.__version__
    lessons: dict[str, Shipped] = field(default_factory=dict)
    damaged: Path | None = None

    def write(self, folder: Path) -> None:
        """Raises ``OSError`` when that does not work; the former record is whole then."""
        lessons = {name: asdict(shipped) for name, shipped in sorted(self.lessons.items())}
        told = {"format": FORMAT, "version": self.version, "lessons": lessons}
        content = (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()
        file = folder / STATE / MANIFEST
        if not file.is_file() or file.read_bytes() != content:
            replace(file, content)


def read(folder: Path) -> Manifest:
    """The record of a folder: an empty one where there is none, or where it cannot be understood and is put aside.

    Raises:
        OSError: it is there and cannot be read.
        click.ClickException: a newer etcdlearn wrote it, in a form that this one does not know.
    """
    file = folder / STATE / MANIFEST
    try:
        told: Any = json.loads(file.read_bytes())
        form, version = told["format"], told["version"]
        if isinstance(form, int) and form > FORMAT:
            raise click.ClickException(
                f"the lessons in {plain(folder)} are of etcdlearn {plain(version)}, which is newer than this one "
                f"({etcdlearn.__version__}); install that one, or choose another folder"
            )
        lessons = {name: Shipped(**_texts(shipped)) for name, shipped in told["lessons"].items()}
        return Manifest(str(version), lessons)
    except FileNotFoundError:
        return Manifest()
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        aside = next(name for name in names(file.with_suffix(".damaged.json")) if not name.exists())
        return Manifest(damaged=file.rename(aside))


def _texts(shipped: dict[str, Any]) -> dict[str, str]:
    if not all(isinstance(value, str) for value in shipped.values()):
        raise TypeError("a record holds texts")
    return shipped

"""What the lab answers: values that print in English everywhere, and show themselves in the language of the lab."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from etcdlearn.teach._words import words
from etcdlearn.teach.exercises import Exercise, Finding
from etcdlearn.teach.exercises._exercise import CANNOT

COLONS = {"en": ":", "zh": "："}
# What it says and the values in it, apart: a value is a stranger's and is shown as one.
Said = tuple[str, str, Mapping[str, str]]


def _line(id: str, said: Said) -> str:
    head, text, values = said
    return f"{id} {head.lower()}: {text.format(**values)}"


def _paragraph(mark: str, said: Said, language: str) -> str:
    head, text, values = said
    shown = {name: f'<code dir="ltr">{escape(value)}</code>' for name, value in values.items()}
    return f"<p><b>{mark}{escape(head)}{COLONS[language]}</b> {_code(text).format(**shown)}</p>"


def _code(text: str) -> str:
    """Escaped, with what stands between backticks as code."""
    parts = escape(text).split("`")
    return "".join(f"<code>{part}</code>" if place % 2 else part for place, part in enumerate(parts))


def _literal(text: str) -> str:
    """Text that is no template: its braces are braces."""
    return text.replace("{", "{{").replace("}", "}}")


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found.

    Attributes:
        id: the exercise.
        right: whether it is done.
        finding: the name of what was found: "right", the mistake, or "cannot: ..." where it could not be judged.
    """

    id: str
    right: bool
    finding: str
    _found: Finding
    _language: str

    def _say(self, language: str) -> Said:
        told = words(language)
        if self._found.unclear:
            return told["frame"]["cannot"], told["cannot"][self.finding.removeprefix(CANNOT)], self._found.values
        text = told[self.id][self.finding]
        if self.right:  # its sentence begins with "Right: "
            head, _, text = text.partition(COLONS[language])
            return head, text.lstrip(), self._found.values
        return told["frame"]["wrong"], text, self._found.values

    def __repr__(self) -> str:
        return _line(self.id, self._say("en"))

    def _repr_html_(self) -> str:
        mark = "✓ " if self.right else "? " if self._found.unclear else "✗ "
        return _paragraph(mark, self._say(self._language), self._language)


@dataclass(frozen=True, slots=True)
class Hint:
    """One hint of an exercise; ``number`` counts from 1."""

    id: str
    number: int
    _language: str

    def _say(self, language: str) -> Said:
        frame, hints = words(language)["frame"], words(language)[self.id]["hints"]
        text = hints[self.number - 1]
        if self.number == len(hints):
            text += ("" if language == "zh" else " ") + frame["last_hint"].format(id=self.id)
        return frame["hint"].format(number=self.number, all=len(hints)), _literal(text), {}

    def __repr__(self) -> str:
        return _line(self.id, self._say("en"))

    def _repr_html_(self) -> str:
        return _paragraph("", self._say(self._language), self._language)


@dataclass(frozen=True, slots=True)
class Solution:
    """One way to do an exercise: ``code`` for a cell, and why it works."""

    id: str
    code: str
    _language: str

    def __repr__(self) -> str:
        return f"{self.code}\n\n{words('en')[self.id]['explained']}"

    def _repr_html_(self) -> str:
        told = words(self._language)
        head = f"<p><b>{escape(told['frame']['solution'])}{COLONS[self._language]}</b></p>"
        return f"{head}<pre>{escape(self.code)}</pre><p>{_code(told[self.id]['explained'])}</p>"


def cannot(exercise: Exercise, why: str, language: str, **values: object) -> Checked:
    """A check that could not be made."""
    finding = Finding(CANNOT + why, {name: str(value) for name, value in values.items()})
    return Checked(exercise.id, False, finding.name, finding, language)

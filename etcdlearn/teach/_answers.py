"""What the lab answers: values that print in English everywhere, and show themselves in the language of the lab."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from etcdlearn.teach._words import words
from etcdlearn.teach.exercises import Exercise, Finding
from etcdlearn.teach.exercises._exercise import CANNOT


def _paragraph(head: str, text: str) -> str:
    return f"<p><b>{escape(head)}</b> {_code(text)}</p>"


def _code(text: str) -> str:
    """Escaped, with what stands between backticks as code."""
    parts = escape(text).split("`")
    return "".join(f"<code>{part}</code>" if place % 2 else part for place, part in enumerate(parts))


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

    def _say(self, language: str) -> tuple[str, str]:
        told = words(language)
        frame = told["frame"]
        if self._found.unclear:
            text = frame[self.finding.removeprefix(CANNOT)].format(**self._found.values)
            return frame["cannot"], text
        text = told[self.id][self.finding].format(**self._found.values)
        if self.right:
            head, _, rest = text.partition(": " if ": " in text else "：")
            return head, rest
        return frame["wrong"], text

    def __repr__(self) -> str:
        head, text = self._say("en")
        return f"{self.id} {head.lower()}: {text}"

    def _repr_html_(self) -> str:
        head, text = self._say(self._language)
        sign = "：" if self._language == "zh" else ":"
        mark = "✓" if self.right else "?" if self._found.unclear else "✗"
        return _paragraph(f"{mark} {head}{sign}", text)


@dataclass(frozen=True, slots=True)
class Hint:
    """One hint of an exercise; ``number`` counts from 1."""

    id: str
    number: int
    _language: str

    def _say(self, language: str) -> tuple[str, str]:
        told, frame = words(language)[self.id], words(language)["frame"]
        hints = told["hints"]
        text = hints[self.number - 1]
        if self.number == len(hints):
            text += ("" if language == "zh" else " ") + frame["last_hint"].format(id=self.id)
        return frame["hint"].format(number=self.number, all=len(hints)), text

    def __repr__(self) -> str:
        head, text = self._say("en")
        return f"{self.id} {head.lower()}: {text}"

    def _repr_html_(self) -> str:
        head, text = self._say(self._language)
        return _paragraph(head + ("：" if self._language == "zh" else ":"), text)


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
        head = _paragraph(told["frame"]["solution"] + ("：" if self._language == "zh" else ":"), "")
        return f"{head}<pre>{escape(self.code)}</pre><p>{_code(told[self.id]['explained'])}</p>"


def cannot(exercise: Exercise, why: str, language: str, **values: object) -> Checked:
    """A check that could not be made."""
    finding = Finding(CANNOT + why, {name: str(value) for name, value in values.items()})
    return Checked(exercise.id, False, finding.name, finding, language)

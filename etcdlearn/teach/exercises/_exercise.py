"""What an exercise is, and the questions that most of them ask."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from etcdlearn.client import KeyValue
from etcdlearn.client._text import show
from etcdlearn.teach._store import Store

RIGHT = "right"
CANNOT = "cannot: "


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found.

    Attributes:
        name: the sentence that says it: "right", "cannot: ..." where it cannot be judged, else the mistake.
        values: what the sentence quotes; keys and values already shown as text.
    """

    name: str
    values: dict[str, str] = field(default_factory=dict)

    @property
    def right(self) -> bool:
        return self.name == RIGHT

    @property
    def unclear(self) -> bool:
        return self.name.startswith(CANNOT)


@dataclass(frozen=True, slots=True)
class Exercise:
    """One exercise.

    Attributes:
        id: lesson and number: "2.1".
        judge: the finding for a store; pure.
        findings: every name that ``judge`` can find, but those that begin with "cannot: ".
        solution: one way to do it, as code for a cell below the situation.
    """

    id: str
    judge: Callable[[Store], Finding]
    findings: tuple[str, ...]
    solution: str

    @property
    def lesson(self) -> str:
        """The lesson's number as in its file: "02"."""
        return self.id.partition(".")[0].zfill(2)


def found(name: str, **values: object) -> Finding:
    """A finding; bytes among its values are shown as a repr shows them."""
    return Finding(
        name, {key: show(value) if isinstance(value, bytes) else str(value) for key, value in values.items()}
    )


def no_situation(store: Store) -> Finding:
    """Nothing to judge: the exercise was never prepared, or its history is no longer known."""
    return Finding(CANNOT + ("compacted" if store.compacted else "unprepared"))


def answer(store: Store, key: str) -> tuple[str, Finding | None]:
    """The text that the learner put into ``key``, or what is wrong before one can even read it."""
    kv = store.get(key)
    if kv is None:
        return "", found("missing")
    text = store.text(key)
    if not text:
        return "", found("empty") if text == "" else found("other", value=kv.value)
    return text, None


def python_text(kv: KeyValue) -> bool:
    """Whether a value is how Python prints bytes or a KeyValue: the learner stored a repr instead of the thing."""
    return kv.value.startswith((b"b'", b'b"', b"KeyValue("))

"""Every picture in every state, with data made by hand: for golden files, and for the tests that hold for all."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from etcdlearn.widgets import (
    _clock_scene,
    _clock_table,
    _ruler_scene,
    _tape_scene,
    _tape_table,
    _timeline_scene,
    _timeline_table,
)
from etcdlearn.widgets._scene import Node
from etcdlearn.widgets._words import Words, words
from tests.scenes import clock, ruler, tape, timeline

LANGUAGES = ("en", "zh")
WIDTHS = (400, 560, 720, 1000)


@dataclass(frozen=True)
class Picture:
    """How one picture is drawn.

    Attributes:
        scene: its pure function.
        table: the same data as a table.
        states: what the tests draw, by name.
        richest: the state that is stored in every width and language.
    """

    scene: Callable[[Any, float, Words], Node]
    table: Callable[[Any, Words], tuple[list[str], list[list[str]]]]
    states: dict[str, Any]
    richest: str


PICTURES = {
    "clock": Picture(_clock_scene.scene, _clock_table.table, clock.STATES, "story"),
    "ruler": Picture(_ruler_scene.scene, _ruler_scene.table, ruler.STATES, "story"),
    "tape": Picture(_tape_scene.scene, _tape_table.table, tape.STATES, "story"),
    "timeline": Picture(_timeline_scene.scene, _timeline_table.table, timeline.STATES, "past"),
}
STATES = [(name, state) for name, picture in PICTURES.items() for state in picture.states]


def draw(name: str, state: str, width: float = 720, language: str = "en") -> Node:
    """One picture in one state."""
    picture = PICTURES[name]
    return picture.scene(picture.states[state], width, words(language, name))


def tabled(name: str, state: str, language: str = "en") -> tuple[list[str], list[list[str]]]:
    """Its data as a table."""
    picture = PICTURES[name]
    return picture.table(picture.states[state], words(language, name))

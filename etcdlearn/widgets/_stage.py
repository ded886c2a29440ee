"""The base of every picture: a widget that paints when its data changed, seldom enough for any browser.

Whoever has news calls ``changed``; one thread for each picture paints, at most 20 times a second and always the newest
state last. ``refresh`` paints at once, in the calling thread. All paints hold one lock, and nothing else sets a synced
trait: ipywidgets' own locking does not hold between threads.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any, ClassVar, Self

import anywidget
import traitlets

from etcdlearn._language import language
from etcdlearn.widgets import _palette
from etcdlearn.widgets._scene import Node, as_image, as_table, to_svg
from etcdlearn.widgets._words import words

HERE = Path(__file__).parent
WIDTH, NARROWEST, WIDEST = 720, 400, 1000
PAUSE = 0.05  # seconds between two paints; Jupyter drops messages above 1,000 a second


class Stage(anywidget.AnyWidget):
    """A picture on the stage. A subclass says what to draw (``_draw``) and what to do with events (``_on_event``)."""

    picture: ClassVar[str]  # the name of its table in words/
    _esm = HERE / "stage.js"
    _css = _palette.css() + "\n" + (HERE / "stage.css").read_text(encoding="utf-8")
    _scene = traitlets.Dict().tag(sync=True)

    def __init__(self) -> None:
        super().__init__()
        self.words = words(language(), self.picture)
        self._width = WIDTH
        self._closed = False
        self._painting = threading.RLock()
        self._news = threading.Event()
        self._over = threading.Event()
        self.on_msg(self._receive)
        self._painter = threading.Thread(target=self._paint_on_news, name="etcdlearn-picture", daemon=True)

    def _begin(self) -> None:
        """Paint for the first time, then whenever something changed."""
        self._paint()
        self._painter.start()

    def changed(self) -> None:
        """There is something new to paint. May be called from any thread, as often as one likes."""
        self._news.set()

    def _paint_on_news(self) -> None:
        while not self._over.is_set():
            self._news.wait(self._tick())
            self._news.clear()
            if not self._over.is_set():
                self._paint()
            self._over.wait(PAUSE)

    def _paint(self) -> None:
        with self._painting:
            if self._closed:
                return
            plain = self._draw(self._width).plain()
            if plain != self._scene:
                self._scene = plain

    def _receive(self, _widget: Any, message: Any, _buffers: Any) -> None:
        """What the browser sends: {event, ref}. It may come on any thread, and from a page that is not ours."""
        if not isinstance(message, dict) or not isinstance(message.get("ref"), int):
            return
        if message.get("event") == "width":
            self._width = min(max(message["ref"], NARROWEST), WIDEST)
        else:
            self._on_event(str(message.get("event")), message["ref"])
        self.changed()

    def _tick(self) -> float | None:
        """Seconds after which the picture is another one although nothing happened; None for never."""
        return None

    def _draw(self, width: int) -> Node:
        """The scene of now; called with the lock held, from any thread."""
        raise NotImplementedError(f"{type(self).__name__} draws nothing")

    def _still(self, width: int) -> Node:
        """The scene of a static picture: without what differs each time, such as durations."""
        return self._draw(width)

    def _on_event(self, event: str, ref: int) -> None:
        """Something that the reader did; must return at once."""

    def _table(self) -> tuple[list[str], list[list[str]]]:
        """The same data as a table: head and rows."""
        raise NotImplementedError(f"{type(self).__name__} has no table")

    def refresh(self) -> Self:
        """Bring the picture up to date now; returns it, so that it can be the last line of a cell."""
        self._paint()
        return self

    def to_svg(self, width: int = WIDTH) -> str:
        """The picture as a static image of ``width`` px (400 to 1000), on a light panel."""
        return self._image(width)[0]

    def _image(self, width: int) -> tuple[str, str]:
        """The static image, and what it says."""
        with self._painting:
            scene = self._still(min(max(width, NARROWEST), WIDEST))
        label = scene.live["label"] if scene.live else ""
        return to_svg(scene, label), label

    def _repr_mimebundle_(self, **options: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """The live picture; beside it, for wherever no kernel runs, an image and a table of the same data."""
        self.refresh()
        bundle = super()._repr_mimebundle_(**options)
        if bundle is None:
            return None
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        svg, label = self._image(WIDTH)
        with self._painting:
            head, rows = self._table()
        image = as_image(svg, label) + as_table(head, rows, self.words["table"])
        return {**data, "text/plain": repr(self), "text/html": image}, metadata

    def close(self) -> None:
        """End the picture: it stays as it was last painted, in the browser too. Harmless when repeated.

        The comm stays: without it the browser removes the picture. One that was never painted has nothing to keep.
        """
        if not hasattr(self, "_painting"):
            return  # an argument was refused before there was a picture; Python still takes leave of the object
        with self._painting:
            former, self._closed = getattr(self, "_closed", True), True
        if former:
            return
        self._over.set()
        self._news.set()
        if self._painter.ident is None:
            super().close()

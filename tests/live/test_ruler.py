"""RangeRuler on a real etcd: keys move in and out, another key is typed, the server goes away."""

import base64
import re
import threading
from collections.abc import Callable, Iterator
from time import monotonic

import pytest
import traitlets

from etcdlearn import Client, LocalServer, server
from etcdlearn.widgets import RangeRuler
from etcdlearn.widgets._range import MOST, UNBOUNDED, Ruler, Span, around, as_ruler
from etcdlearn.widgets._scene import Node
from etcdlearn.widgets.ruler import read
from etcdlearn.widgets.timeline import RevisionTimeline
from tests.hostile import HOSTILE
from tests.scenes.ruler import CARRY, KEYS, MANY, WORDS


@pytest.fixture
def fresh() -> Iterator[tuple[LocalServer, Client]]:
    with server() as etcd, etcd.client() as client:
        yield etcd, client


@pytest.fixture
def story(client: Client) -> Client:
    for key in KEYS:
        client.put(key, "x")
    return client


def until(picture: RangeRuler, wanted: Callable[[], bool]) -> None:
    """Wait for a paint after which ``wanted`` holds; the picture's own change tells, nothing is polled."""
    painted = threading.Event()
    picture.observe(lambda _: painted.set(), "_scene")
    deadline = monotonic() + 5
    while not wanted():
        assert painted.wait(deadline - monotonic()), "the picture did not come"
        painted.clear()


def drawn(picture: RangeRuler) -> str:
    return str(picture._scene)


def rows(picture: RangeRuler) -> dict[str, bool]:
    return {row.key.decode(): row.inside for row in picture._now().rows or ()}


ALL = [key.encode() if isinstance(key, str) else key for key in (*KEYS, *CARRY, *WORDS, *HOSTILE[::4]) if key]
SPANS = [(key, end) for key in ALL[::3] for end in (b"", UNBOUNDED, *ALL[::5], b"\xff")]


def test_it_shows_what_a_store_with_these_keys_has(client: Client) -> None:
    """What is read from etcd is what the pure function says of the same keys, whatever the range."""
    for key in ALL:
        client.put(key, "x")
    for key, end in [(b"\0", UNBOUNDED), *SPANS]:
        ruler = Ruler(key, "range", Span(key, end))
        assert read(client, ruler) == around(ruler, ALL), (key, end)
    many = [key.encode() for key in MANY[: 3 * MOST]]
    for key in many:
        client.put(key, "x")
    ruler = as_ruler("/illusory/", prefix=True)
    assert read(client, ruler) == around(ruler, [*ALL, *many])


def test_keys_move_in_and_out_as_they_are_put(story: Client) -> None:
    picture = RangeRuler("/illusory/", prefix=True, client=story)
    assert repr(picture) == "RangeRuler('/illusory/' prefix, range_end '/illusory0', 3 of 5 keys inside)"
    assert rows(picture) == {
        **dict.fromkeys(("/illusory/cloud", "/illusory/cloud/x", "/illusory/wind"), True),
        **dict.fromkeys(("/illusoryxxx", "/zone"), False),
    }
    story.put("/illusory/rain", "x")
    until(picture, lambda: "4 of 6 keys inside" in drawn(picture))
    story.delete("/illusory/", prefix=True)
    until(picture, lambda: "0 of 2 keys inside" in drawn(picture))
    picture.close()


def test_another_key_and_the_picture_has_moved(story: Client) -> None:
    picture = RangeRuler("/illusory/", prefix=True, client=story)
    picture.key = "/illusory"
    assert repr(picture) == "RangeRuler('/illusory' prefix, range_end '/illusorz', 4 of 5 keys inside)"
    assert "/illusoryxxx too" in drawn(picture)
    picture.key = b"/z\xff"
    assert repr(picture) == "RangeRuler(b'/z\\xff' prefix, range_end '/{', 0 of 5 keys inside)"
    assert "ff cannot grow" in drawn(picture)
    picture.key = ""
    assert repr(picture) == "RangeRuler('' prefix, range_end '\\x00', 5 of 5 keys inside)"
    picture.close()


def test_the_key_follows_a_text_control(story: Client) -> None:
    import ipywidgets  # anywidget stands on it

    text = ipywidgets.Text("/illusory/", continuous_update=True)
    picture = RangeRuler(text.value, client=story, prefix=True)
    link = traitlets.link((text, "value"), (picture, "key"))
    text.value = "/z"
    assert repr(picture) == "RangeRuler('/z' prefix, range_end '/{', 1 of 5 keys inside)"
    text.value = "half \ud83d of an emoji"
    assert "This text is no UTF-8" in drawn(picture)
    assert repr(picture) == "RangeRuler('/z' prefix, range_end '/{', 1 of 5 keys inside, key refused)"
    text.value = "/"
    assert repr(picture) == "RangeRuler('/' prefix, range_end '0', 5 of 5 keys inside)"
    link.unlink()
    text.close()
    picture.close()


def test_an_emptied_text_is_an_answer_and_no_traceback(story: Client) -> None:
    picture = RangeRuler("/zone", client=story)
    assert repr(picture) == "RangeRuler('/zone', one key, 1 of 5 keys inside)"
    picture.key = ""
    assert "etcd refuses an empty key alone" in drawn(picture)
    assert rows(picture)["/zone"], "the last good range stays"
    assert repr(picture) == "RangeRuler('/zone', one key, 1 of 5 keys inside, key refused)"
    story.delete("/zone")
    until(picture, lambda: "0 of 4 keys inside" in drawn(picture))
    picture.key = "/illusoryxxx"
    assert repr(picture) == "RangeRuler('/illusoryxxx', one key, 1 of 4 keys inside)"
    picture.close()


@pytest.mark.parametrize("bad", [None, 5, ["k"]])
def test_a_key_of_another_type_is_refused_in_words(story: Client, bad: object) -> None:
    picture = RangeRuler("/zone", client=story)
    before = drawn(picture)
    with pytest.raises(traitlets.TraitError, match="'key' trait of a RangeRuler instance expected"):
        picture.key = bad
    assert drawn(picture) == before
    assert picture.key == "/zone"
    picture.close()
    with pytest.raises(TypeError, match="key must be str or bytes, not"):
        RangeRuler(bad)  # type: ignore[arg-type]


def test_arguments_that_make_no_range_start_nothing(story: Client) -> None:
    before = threading.active_count()
    for ends in ({"prefix": True, "from_key": True}, {"prefix": True, "range_end": "x"}, {}):
        with pytest.raises(ValueError, match=r"choose one|an empty key alone is refused"):
            RangeRuler("", client=story, **ends)
    assert threading.active_count() == before


def test_without_a_client_only_the_bytes() -> None:
    picture = RangeRuler(b"a\xff", prefix=True)
    assert repr(picture) == "RangeRuler(b'a\\xff' prefix, range_end 'b')"
    assert "0x61 + 1 = 0x62" in drawn(picture)
    assert "keys inside" not in drawn(picture)
    picture.key = "k"
    assert repr(picture.refresh()) == "RangeRuler('k' prefix, range_end 'l')"
    picture.close()


@pytest.mark.parametrize("ends", [{}, {"prefix": True}, {"from_key": True}, {"range_end": "/zz"}, {"range_end": "\0"}])
def test_the_same_data_the_same_picture(story: Client, ends: dict[str, str | bool]) -> None:
    pictures = [RangeRuler("/illusory", client=story, **ends) for _ in range(2)]  # type: ignore[arg-type]
    assert pictures[0].to_svg() == pictures[1].to_svg()
    assert repr(pictures[0]) == repr(pictures[1])
    assert drawn(pictures[0]) == drawn(pictures[1])
    for picture in pictures:
        picture.close()


def test_refresh_is_exact(story: Client) -> None:
    picture = RangeRuler("n/", prefix=True, client=story)
    for n in range(1, 30):
        story.put(f"n/{n}", "x")
        assert picture.refresh() is picture
        assert f"{n} of {n + 5} keys inside" in repr(picture)
    picture.close()


def test_all_of_a_picture_is_of_one_revision(story: Client) -> None:
    """Keys come and go all the time; a picture never shows half of it: the pair is always put and deleted together."""
    over = threading.Event()

    def change() -> None:
        while not over.is_set():
            story.put("pair/1", "x")
            story.delete("pair/1")

    thread = threading.Thread(target=change)
    thread.start()
    try:
        for _ in range(100):
            made = read(story, as_ruler("pair/", prefix=True))
            assert made.total == 5 + made.inside
            assert sum(row.inside for row in made.rows or ()) == made.inside
    finally:
        over.set()
        thread.join()


def test_a_compaction_is_no_loss(story: Client) -> None:
    picture = RangeRuler("/illusory/", prefix=True, client=story)
    for n in range(20):
        story.compact(story.put(f"/illusory/{n}", "x").header.revision)
    assert "23 of 25 keys inside" in repr(picture.refresh())
    assert "not connected" not in drawn(picture)
    picture.close()


def test_a_flood_is_a_few_paints_and_the_last_one_is_true(fresh: tuple[LocalServer, Client]) -> None:
    _, client = fresh
    picture = RangeRuler("k", prefix=True, client=client)
    paints: list[int] = []
    picture.observe(lambda _: paints.append(1), "_scene")
    began = monotonic()
    for n in range(1_000):
        client.put(f"k{n}", "x")
    until(picture, lambda: "1,000 of 1,000 keys inside" in drawn(picture))
    assert len(paints) <= 25 * (monotonic() - began) + 5
    assert len(drawn(picture)) < 50_000
    picture.close()


def test_a_lost_server_is_said_and_the_picture_stays(fresh: tuple[LocalServer, Client]) -> None:
    etcd, client = fresh
    client.put("k/1", "x")
    picture = RangeRuler("k/", prefix=True, client=client)
    etcd.kill()
    until(picture, lambda: "not connected" in drawn(picture))
    assert "k/1" in drawn(picture)
    assert repr(picture) == "RangeRuler('k/' prefix, range_end 'k0', 1 of 1 keys inside, not connected)"
    picture.key = "other/"  # nobody knows which keys are there: the bytes alone
    assert repr(picture) == "RangeRuler('other/' prefix, range_end 'other0', not connected)"
    picture.refresh()
    picture.close()


def test_a_server_that_comes_back_is_asked_again(fresh: tuple[LocalServer, Client]) -> None:
    etcd, client = fresh
    client.put("k/1", "x")
    picture = RangeRuler("k/", prefix=True, client=client)
    etcd.pause()
    picture.changed()
    until(picture, lambda: "not connected" in drawn(picture))
    etcd.resume()
    until(picture, lambda: "not connected" not in drawn(picture))
    client.put("k/2", "x")
    until(picture, lambda: "2 of 2 keys inside" in drawn(picture))
    picture.close()


def test_a_server_that_lost_its_data(fresh: tuple[LocalServer, Client]) -> None:
    etcd, client = fresh
    client.put("k/1", "x")
    picture = RangeRuler("k/", prefix=True, client=client)
    etcd.wipe()
    until(picture, lambda: "0 of 0 keys inside" in drawn(picture))
    client.put("k/2", "x")
    until(picture, lambda: "1 of 1 keys inside" in drawn(picture))
    picture.close()


def test_closing_ends_both_threads_and_is_harmless_twice(story: Client) -> None:
    picture = RangeRuler("/zone", client=story)
    threads = [picture._reader, picture._painter]
    picture.close()
    picture.close()
    for thread in threads:
        thread.join(1)
        assert not thread.is_alive()
    before = drawn(picture)
    picture.key = "/other"
    story.put("/zone", "y")
    assert drawn(picture.refresh()) == before


@pytest.mark.parametrize(
    "picture", [lambda client: RangeRuler("a", client=client), lambda client: RevisionTimeline(client, "a")]
)
def test_a_closed_client_leaves_the_picture_quiet(
    etcd: LocalServer, picture: Callable[[Client], RangeRuler | RevisionTimeline]
) -> None:
    client = etcd.client()
    client.put("a", "1")
    made = picture(client)
    paints = threading.Semaphore(0)
    draw = made._draw

    def counting(width: int) -> Node:
        paints.release()
        return draw(width)

    made._draw = counting  # type: ignore[method-assign]
    client.close()
    assert not all(paints.acquire(timeout=0.3) for _ in range(4)), "it goes on asking a client that is closed"
    made.refresh()
    assert "not connected" not in str(made._scene)
    made.close()


def test_what_a_notebook_stores(client: Client) -> None:
    client.put("<b>/1", "x")
    picture = RangeRuler("<b>/", prefix=True, client=client)
    client.put("<b>/2", "x")
    bundle = picture._repr_mimebundle_()
    assert bundle is not None
    data, _ = bundle
    assert data["text/plain"] == repr(picture)
    assert data["text/plain"] == "RangeRuler('<b>/' prefix, range_end '<b>0', 2 of 2 keys inside)"
    html = data["text/html"]
    assert "<b>" not in html
    image = re.search(r'src="data:image/svg\+xml;base64,([^"]+)">', html)
    assert image
    assert base64.b64decode(image[1]).decode() == picture.to_svg()
    assert "<td><code>&lt;b&gt;/2</code></td><td><code>byte 4: 2f (/) &lt; 30 (0)</code></td>" in html
    assert html == picture._repr_mimebundle_()[0]["text/html"]  # type: ignore[index]
    picture.close()


def test_no_server_no_picture() -> None:
    with Client("127.0.0.1:1", dial_timeout=None) as client, pytest.raises(ConnectionError, match="nothing was sent"):
        RangeRuler("k", client=client)

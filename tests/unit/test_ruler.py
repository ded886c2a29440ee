"""RangeRuler without a server: what a range holds, which byte decides, which keys are shown, what is said of them."""

from dataclasses import replace

import pytest

from etcdlearn.widgets._range import BESIDE, FIRST, LAST, MOST, UNBOUNDED, Decision, Row, Ruler, Span, around, as_ruler
from etcdlearn.widgets._ruler_bytes import cells, character, deciding, spelled
from etcdlearn.widgets._ruler_caption import caption
from etcdlearn.widgets._ruler_keys import grid, keys, tip
from etcdlearn.widgets._ruler_scene import scene
from etcdlearn.widgets._scene import Node
from etcdlearn.widgets._words import words
from tests.scenes import LANGUAGES, WIDTHS
from tests.scenes.ruler import CARRY, KEYS, STATES, ruler

EN = words("en", "ruler")
ALPHABET = (b"", b"\x00", b"a", b"/", b"0", b"\xfe", b"\xff")
SMALL = [one + two for one in ALPHABET for two in ALPHABET if one + two]
SPANS = [(key, end) for key in SMALL for end in (b"", UNBOUNDED, *SMALL)]


def texts(drawn: Node) -> list[str]:
    return [part.text for part in drawn.walk() if part.text]


def keyed(drawn: Node, start: str) -> list[Node]:
    return [part for part in drawn.walk() if part.key.startswith(start)]


def test_a_span_holds_what_etcd_says() -> None:
    """Against the definition in rpc.proto: one key, no upper bound, or key <= x < range_end."""
    for key, end in SPANS:
        held = {other for other in SMALL if Span(key, end).holds(other)}
        if not end:
            assert held == {key}
        elif end == b"\x00":
            assert held == {other for other in SMALL if other >= key}
        else:
            assert held == {other for other in SMALL if key <= other < end}
        assert not (Span(key, end).empty and held)


@pytest.mark.parametrize("prefix", [key for key in SMALL if key])
def test_a_prefix_is_held_by_its_span(prefix: bytes) -> None:
    span = as_ruler(prefix, prefix=True).span
    assert {key for key in SMALL if span.holds(key)} == {key for key in SMALL if key.startswith(prefix)} | {
        key for key in SMALL if not prefix.rstrip(b"\xff") and key > prefix
    }


def test_the_byte_that_decides_is_the_first_one_that_differs() -> None:
    for key, end in SPANS:
        span = Span(key, end)
        for other in SMALL:
            made = span.decides(other)
            bound = {"key": key, "range_end": end}[made.against]
            assert made.against == ("range_end" if other >= key and end not in (b"", UNBOUNDED) else "key")
            if made.index < 0:
                assert other == bound
                assert made.sign == "="
                continue
            assert other[: made.index] == bound[: made.index]
            assert made.byte == (other[made.index] if made.index < len(other) else -1)
            assert made.bound == (bound[made.index] if made.index < len(bound) else -1)
            assert made.byte != made.bound
            assert (made.sign == "<") == (other < bound)


def test_decisions_of_the_story() -> None:
    span = as_ruler("/illusory/", prefix=True).span
    assert span == Span(b"/illusory/", b"/illusory0")
    assert span.decides(b"/illusory/cloud") == Decision(9, 0x2F, "<", 0x30, "range_end")
    assert span.decides(b"/illusoryxxx") == Decision(9, 0x78, "≥", 0x30, "range_end")
    assert span.decides(b"/zone") == Decision(1, 0x7A, ">", 0x69, "range_end")
    assert span.decides(b"/a") == Decision(1, 0x61, "<", 0x69, "key")
    assert span.decides(b"/illusory") == Decision(9, -1, "<", 0x2F, "key")
    assert span.decides(b"/illusory0") == Decision(-1, -1, "=", -1, "range_end")
    assert span.decides(b"/illusory0x") == Decision(10, 0x78, ">", -1, "range_end")


@pytest.mark.parametrize(
    ("key", "ends", "how", "span"),
    [
        ("/illusory/", {"prefix": True}, "prefix", (b"/illusory/", b"/illusory0")),
        (b"a\xff", {"prefix": True}, "prefix", (b"a\xff", b"b")),
        (b"\xff\xff", {"prefix": True}, "prefix", (b"\xff\xff", b"\0")),
        ("", {"prefix": True}, "prefix", (b"\0", b"\0")),
        ("", {"from_key": True}, "from_key", (b"\0", b"\0")),
        ("k", {"from_key": True}, "from_key", (b"k", b"\0")),
        ("k", {}, "one", (b"k", b"")),
        ("k", {"range_end": ""}, "one", (b"k", b"")),
        ("k", {"range_end": "m"}, "range", (b"k", b"m")),
        ("键", {"prefix": True}, "prefix", ("键".encode(), "锯".encode())),
    ],
)
def test_how_a_range_is_given(key: str | bytes, ends: dict[str, object], how: str, span: tuple[bytes, bytes]) -> None:
    made = as_ruler(key, **ends)  # type: ignore[arg-type]
    assert (made.how, (made.span.key, made.span.end)) == (how, span)


@pytest.mark.parametrize(
    ("key", "ends", "says"),
    [
        ("", {}, "an empty key alone is refused by etcd; with prefix=True or from_key=True it means every key"),
        ("", {"range_end": "x"}, "an empty key alone"),
        ("k", {"prefix": True, "from_key": True}, "choose one"),
        ("k", {"prefix": True, "range_end": "x"}, "choose one"),
        ("\ud800", {}, "surrogates not allowed"),
    ],
)
def test_what_is_no_range(key: str, ends: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        as_ruler(key, **ends)  # type: ignore[arg-type]


def test_rows_are_the_range_and_its_neighbours() -> None:
    made = ruler("/illusory/", "/a", "/b", "/c", "/d", *KEYS, "/z1", "/z2", "/z3", "/z4", prefix=True)
    shown = [(row.key.decode(), row.inside) for row in made.rows or ()]
    assert shown == [
        *(("/b", False), ("/c", False), ("/d", False)),
        *(("/illusory/cloud", True), ("/illusory/cloud/x", True), ("/illusory/wind", True)),
        *(("/illusoryxxx", False), ("/z1", False), ("/z2", False)),
    ]
    assert (made.inside, made.total, made.folded) == (3, 13, (0, 0))


def test_many_keys_are_folded_and_never_a_single_one() -> None:
    for number in range(2 * MOST):
        made = ruler("k", "a", *(f"k{n:02}" for n in range(number)), "z", prefix=True)
        shown = sum(row.inside for row in made.rows or ())
        assert made.inside == number
        assert shown + made.folded[1] == number
        assert made.folded[1] != 1
        assert shown <= MOST
    assert made.folded == (1 + FIRST, number - FIRST - LAST)
    assert "… 8 more keys inside" in texts(scene(made, 720, EN))


def test_neighbours_of_every_kind_of_range() -> None:
    """An empty range has neighbours too, and nothing is before the first key or behind an open end."""
    empty = ruler("m", "a", "b", "x", "y", range_end="c")
    assert [row.key for row in empty.rows or ()] == [b"a", b"b", b"x", b"y"]
    for made in (ruler("", "a", "b", prefix=True), ruler("b", "a", "b", from_key=True), ruler("b", "a", "b")):
        assert [row.key for row in made.rows or ()] == [b"a", b"b"]
    for key, end in SPANS:
        made = around(Ruler(key, "range", Span(key, end)), SMALL)
        rows = [row.key for row in made.rows or ()]
        assert rows == sorted(set(rows))
        assert [row.inside for row in made.rows or ()] == [made.span.holds(row) for row in rows]
        assert sum(not row.inside for row in made.rows or ()) <= 2 * BESIDE


def test_the_other_prefix_is_that_with_or_without_the_slash() -> None:
    assert ruler("/illusory/", *KEYS, prefix=True).other == Span(b"/illusory", b"/illusorz")
    assert ruler("/illusory", *KEYS, prefix=True).other == Span(b"/illusory/", b"/illusory0")
    assert ruler("k", "k1", "k2", prefix=True).other is None  # nobody writes slashes here
    for state in ("root", "all", "carry", "from-key", "one", "range"):
        assert STATES[state].other is None


def test_the_band_is_under_the_one_row_to_see() -> None:
    for state, name in (("story", b"/illusoryxxx"), ("without-slash", b"/illusoryxxx"), ("itself", b"/illusory")):
        data = STATES[state]
        assert data.rows
        assert data.rows[data.telling].key == name
        at = grid(data, 720, 200)
        assert list(at.telling) == [data.telling]
        (band,) = keyed(scene(data, 720, EN), "band")
        assert band.attrs["height"] == 36
    assert not keyed(scene(STATES["range"], 720, EN), "band")


def test_two_ranges_stand_side_by_side_where_there_is_room() -> None:
    heads = [[part.text for part in keyed(scene(STATES["story"], size, EN), "head ")] for size in WIDTHS]
    assert heads[0] == ["Keys in byte order"]
    assert heads[1] == ["Keys in byte order", "The byte that decides", "[ /illusory/", ") /illusory0"]
    assert heads[2][-2:] == ["[ /illusory", ") /illusorz"]


def test_the_bytes_of_the_story() -> None:
    drawn = scene(STATES["story"], 720, EN)
    sums = {part.key: part.text for part in drawn.walk() if part.key in ("sum", "same")}
    assert sums == {"sum": "0x2f + 1 = 0x30", "same": "9 bytes stay the same"}
    (last,) = keyed(drawn, "end 9")
    assert [part.text for part in last.children[1:]] == ["0", "30"]
    assert last.children[0].attrs["stroke"] == "put"
    assert [(character(byte), spelled(byte)) for byte in (0x2F, 0x20, 0xFF, 0)] == [
        *(("/", "2f (/)"), ("␣", "20 (␣)"), ("·", "ff"), ("·", "00")),
    ]


def test_a_carry_strikes_out_what_cannot_grow() -> None:
    drawn = scene(STATES["carry-twice"], 720, EN)
    assert [part.key for part in keyed(drawn, "dropped")] == ["dropped 1", "dropped 2"]
    assert "0x61 + 1 = 0x62" in texts(drawn)
    assert not keyed(scene(STATES["no-byte"], 720, EN), "sum")


def test_a_long_key_shows_the_byte_that_decides() -> None:
    data = STATES["long"]
    for size in WIDTHS:
        at = cells(data, size)
        assert deciding(data) in at.shown(data.span.key)
        assert at.x(at.shown(data.span.key).stop) <= size - 12
        assert keyed(scene(data, size, EN), "key before")


def test_the_deciding_character_is_marked_whole() -> None:
    """The byte that decides may be one of three of a character, or no character at all."""
    marks = {}
    for state in ("story", "words", "carry"):
        for part in keyed(scene(STATES[state], 720, EN), "row "):
            head, *rest = part.children[0].text, *(child.text for child in part.children[0].children)
            marks[head + "".join(rest)] = rest[0] if rest else ""
    assert marks["/illusory/cloud"] == "/"
    assert marks["/illusoryxxx"] == "x"
    assert marks["/锁"] == "锁"
    assert marks[r"a\xfe"] == r"\xfe"
    assert marks["a"] == ""


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (
            "story",
            "The last byte 2f (/) + 1 is 30 (0), so the range ends before /illusory0 and leaves out /illusoryxxx, "
            "which has 78 (x) there; without the slash it would be inside.",
        ),
        (
            "without-slash",
            "Every key that begins with /illusory is inside, /illusoryxxx too; "
            "with a slash at the end of the prefix it would not be.",
        ),
        (
            "itself",
            "The last byte 2f (/) + 1 is 30 (0), so the range ends before /illusory0 and leaves out /illusory, "
            "which ends before that byte; without the slash it would be inside.",
        ),
        ("no-client", "The last byte 2f (/) + 1 is 30 (0), so the range ends before /illusory0."),
        ("one", "Without range_end the range is the one key /illusory, and nothing else."),
        (
            "range",
            "The range begins with /illusory/cloud and ends just before /illusory/wind: "
            "the first bound is inside, the second is not.",
        ),
        ("range-to-the-end", "From /illusory/wind on everything is inside: a range_end 00 means no upper bound."),
        ("empty-range", "The range is empty: /illusory/cloud does not lie behind /illusory/wind."),
        (
            "from-key",
            "From /illusory/wind on everything is inside, whatever it is called: range_end 00 means no upper bound.",
        ),
        ("all", "An empty key travels as 00; with range_end 00 that is every key there is."),
        ("all-from-key", "An empty key travels as 00; with range_end 00 that is every key there is."),
        ("carry", "ff cannot grow: it is cut off, and the byte before it, 61 (a), is raised to 62 (b)."),
        (
            "no-byte",
            r"No byte of \xff\xff can grow, so range_end is 00: the range goes on to the last key of the store.",
        ),
        (
            "refused",
            "etcd refuses an empty key alone: key is not provided. "
            "With prefix=True or from_key=True it would mean every key.",
        ),
    ],
)
def test_captions(state: str, said: str) -> None:
    assert caption(STATES[state], EN) == said
    drawn = scene(STATES[state], 720, EN)
    assert drawn.live == {"label": f"RangeRuler: {said}", "caption": said}
    assert " ".join(part.text for part in keyed(drawn, "caption")) == said


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_caption_is_never_cut(state: str, language: str) -> None:
    told = words(language, "ruler")
    for size in WIDTHS:
        drawn = "".join(part.text for part in keyed(scene(STATES[state], size, told), "caption"))
        assert drawn.replace(" ", "") == caption(STATES[state], told).replace(" ", "")


def test_the_state_line() -> None:
    said = {state: "".join(part.text for part in keyed(scene(STATES[state], 720, EN), "state")) for state in STATES}
    assert said["story"] == "3 of 5 keys inside"
    assert said["many"] == "1,000 of 1,005 keys inside"
    assert said["no-client"] == ""
    assert said["lost"] == "// not connected · the keys as last read"
    assert said["lost-another"] == "// not connected"


def test_a_lost_server_leaves_the_picture_and_says_so() -> None:
    kept, lost = (scene(STATES[name], 720, EN) for name in ("story", "lost"))
    assert {part.key for part in kept.walk()} <= {part.key for part in lost.walk()}
    assert keyed(lost, "lost")


def test_a_refused_key_leaves_the_last_good_range() -> None:
    good = replace(STATES["refused"], refused="")
    kept, refused = (scene(data, 720, EN) for data in (good, STATES["refused"]))
    same = [part for part in kept.walk() if not part.key.startswith(("caption", "hairline")) and part.tag != "svg"]
    assert {repr(part) for part in same} <= {repr(part) for part in refused.walk()}
    assert keyed(refused, "refused")


def test_tips_say_why_in_words() -> None:
    data = STATES["story"]
    assert data.rows
    assert [tip(row, data, EN) for row in (data.rows[0], data.rows[3])] == [
        ["/illusory/cloud", "inside", "byte 10: 2f (/) < 30 (0)"],
        ["/illusoryxxx", "outside", "byte 10: 78 (x) ≥ 30 (0)"],
    ]
    assert tip(Row(b"/illusory", False), data, EN) == ["/illusory", "outside", "ends before byte 10"]
    assert tip(Row(b"/illusory0", False), data, EN)[2] == "range_end itself"
    assert tip(Row(b"/illusory0/", False), data, EN)[2] == "goes on at byte 11"
    assert tip(Row(b"x" * 2_000, False), data, EN)[0] == "x" * 1_000 + "… 2,000 B"


def test_no_client_no_keys() -> None:
    assert keys(STATES["no-client"], 720, 100, EN) == ([], 100)
    assert "There is no key yet. Put one and watch this space." in texts(scene(STATES["no-keys"], 720, EN))
    assert around(STATES["no-client"], list(CARRY)).inside == 0


def test_texts_stand_where_their_reserve_fits() -> None:
    """Nothing of a picture in any state reaches over its right edge, by the widths that are reserved."""
    from etcdlearn.widgets._text import width

    for state, data in STATES.items():
        for size in WIDTHS:
            for part in scene(data, size, EN).walk():
                if part.tag == "text" and "text-anchor" not in part.attrs:
                    mono = part.attrs.get("font-family") == "mono"
                    reach = float(part.attrs["x"]) + width(part.text, float(part.attrs["font-size"]), mono=mono)
                    assert reach <= size, (state, size, part.text)

"""Strangers' text in everything that a terminal or a notebook shows: never obeyed, never hidden, never too much."""

import re
import unicodedata
from pathlib import Path

import pytest
from click.testing import CliRunner

from etcdlearn import (
    Client,
    DeleteResponse,
    Event,
    GetResponse,
    Header,
    KeyValue,
    Op,
    OpResponse,
    PutResponse,
    ServerError,
    ServerStartError,
    UnavailableError,
    WatchResponse,
)
from etcdlearn.cli import main
from etcdlearn.widgets import RangeRuler
from etcdlearn.widgets._scene import as_image, as_table, to_svg
from tests.hostile import HOSTILE, NEVER
from tests.scenes import LANGUAGES, PICTURES, STATES, draw, tabled

HEADER = Header(1, 2, 7, 2)
ISOLATES = {"\u2066", "\u2069"}  # ours, in pairs


def assert_harmless(text: str) -> None:
    """One line that turns, hides and commands nothing."""
    assert not NEVER & set(text) - ISOLATES
    assert text.count("\u2066") == text.count("\u2069")
    text.encode()


def test_there_are_enough_and_each_is_one_of_its_kind() -> None:
    assert len(HOSTILE) >= 50
    assert len(set(HOSTILE)) == len(HOSTILE)


@pytest.mark.parametrize("data", HOSTILE)
def test_reprs(data: bytes) -> None:
    kv = KeyValue(data, data, 2, 2, 1, 0)
    event = Event("PUT", kv, kv)
    answers = [
        kv,
        event,
        PutResponse(HEADER, kv),
        DeleteResponse(HEADER, 1, (kv,)),
        GetResponse(HEADER, (kv,) * 9, True, 9),
    ]
    answers += [OpResponse(put=PutResponse(HEADER, kv)), WatchResponse(HEADER, (event,) * 9)]
    answers += [Op.put(data, data), Op.get(data), Op.delete(data)] if data else []
    for answer in answers:
        assert_harmless(repr(answer))
        assert repr(answer).isprintable()
        assert len(repr(answer)) < 3_000


@pytest.mark.parametrize("data", [data for data in HOSTILE if data])
def test_a_ruler_s_repr_and_what_it_stores(data: bytes) -> None:
    picture = RangeRuler(data, range_end=data + b"x")
    bundle = picture._repr_mimebundle_()
    assert bundle is not None
    assert_harmless(repr(picture))
    assert len(repr(picture)) < 600
    html = bundle[0]["text/html"]
    assert_harmless(html)
    assert set(re.findall(r"<(\w+)", html)) <= {"img", "details", "summary", "table", "tr", "th", "td", "code"}
    picture.close()


@pytest.mark.parametrize(("name", "state"), STATES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_pictures_and_their_tables(name: str, state: str, language: str) -> None:
    drawn = draw(name, state, 720, language)
    for part in drawn.walk():
        assert_harmless(part.text)
        for line in (part.live or {}).get("tip", ()):
            assert_harmless(line)
            assert len(line) <= 12_000
    label = str((drawn.live or {})["label"])
    stored = as_image(to_svg(drawn, label), label) + as_table(*tabled(name, state, language), "table")
    assert_harmless(stored)
    assert set(re.findall(r"<(\w+)", stored)) <= {"img", "details", "summary", "table", "tr", "th", "td", "code"}


def test_a_picture_of_the_longest_keys_is_no_burden() -> None:
    """What is sent to a browser at every paint: a key of 10 kB is not in it more than its tooltip says."""
    for name, picture in PICTURES.items():
        for state in picture.states:
            if "hostile" in state or state == "long":
                assert len(str(draw(name, state).plain())) < 300_000


@pytest.mark.parametrize("data", HOSTILE)
def test_error_texts(data: bytes) -> None:
    """Arguments that are refused are named as text; half of them are no text to begin with."""
    text = data.decode(errors="replace")
    said = []
    for call in (
        lambda: Client(text or " ", dial_timeout=None),
        lambda: Op.get("k", sort_target=text or " "),
        lambda: Op.get("k", limit=text),  # type: ignore[arg-type]
    ):
        try:
            call()
        except (ValueError, TypeError) as exc:
            said.append(str(exc))
    assert len(said) >= 2
    for each in said:
        assert_harmless(each.replace("\n", " "))


@pytest.mark.parametrize("data", HOSTILE)
def test_what_a_server_says_in_an_error(data: bytes) -> None:
    """A server that is none, or somebody in between."""
    text = data.decode(errors="surrogateescape").replace("\n", "").replace("\t", "")
    for error in (
        ServerError("UNKNOWN", text),
        UnavailableError({text: text}),
        ServerStartError(text, hint=text, log=text),
    ):
        assert_harmless(str(error).replace("\n", ""))
    assert ServerError("UNKNOWN", text).message == text


@pytest.mark.parametrize("data", HOSTILE)
def test_the_command_line(data: bytes, tmp_path: Path) -> None:
    text = data.decode(errors="replace").replace("\0", "")
    for words in (["lab", "--lang", text], ["etcd", "install", text or " "], [text or " "], ["--" + text + "x"]):
        answer = CliRunner().invoke(main, words, env={"HOME": str(tmp_path), "ETCDLEARN_ETCD_SOURCE": "none"})
        assert answer.exit_code in (1, 2)
        assert_harmless(answer.output.replace("\n", " "))
        assert "Traceback" not in answer.output


def test_what_is_never_shown_is_what_unicode_hides() -> None:
    for char in NEVER:
        assert unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp", "Cn")

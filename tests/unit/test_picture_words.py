"""What the pictures say is complete in both languages, and every word of it is said."""

import re
from collections.abc import Iterator, Mapping

import pytest

from etcdlearn.widgets._words import HERE, tables, words
from tests.scenes import LANGUAGES, PICTURES, WIDTHS

SAID_BY_THE_STAGE = {"table"}  # the summary of the folded table


class Heard(Mapping[str, str]):
    """Words that remember which of them were asked for."""

    def __init__(self, told: Mapping[str, str]) -> None:
        self.told = told
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.names.add(name)
        return self.told[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.told)

    def __len__(self) -> int:
        return len(self.told)


def test_there_is_a_file_for_each_language_and_a_table_for_each_picture() -> None:
    assert {path.stem for path in HERE.glob("*.toml")} == set(LANGUAGES)
    for language in LANGUAGES:
        assert set(tables(language)) == {"frame", *PICTURES}


@pytest.mark.parametrize("table", ["frame", *PICTURES])
def test_both_languages_say_the_same_things_with_the_same_values(table: str) -> None:
    english, chinese = (tables(language)[table] for language in LANGUAGES)
    assert list(english) == list(chinese)
    for name in english:
        values = [set(re.findall(r"{(\w+)}", told[name])) for told in (english, chinese)]
        assert values[0] == values[1], name


def test_no_picture_has_a_word_of_the_frame() -> None:
    for name in PICTURES:
        assert not set(tables("en")["frame"]) & set(tables("en")[name])


def test_every_word_is_said_in_some_state() -> None:
    frame: set[str] = set(SAID_BY_THE_STAGE)
    for name, picture in PICTURES.items():
        heard = Heard(words("en", name))
        for data in picture.states.values():
            for size in WIDTHS:
                picture.scene(data, size, heard)
            picture.table(data, heard)
        assert set(tables("en")[name]) - heard.names == set(), name
        frame |= heard.names
    assert set(tables("en")["frame"]) - frame == set()

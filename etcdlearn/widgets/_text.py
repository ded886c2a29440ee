"""Text in pictures: bytes from strangers made harmless and readable, width reserved without measuring, lines broken."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from itertools import accumulate

# Em a character: those of DejaVu, the widest font of the stack. BROAD is a capital letter, WIDE a Chinese one.
MONO, SANS, BROAD, WIDE = 0.61, 0.62, 0.84, 1.05
LONGEST, HEAD, KEY_TAIL = 24, 16, 6
MOST_ACCENTS = 2  # on one character; more of them would grow over the lines above and below
_NAMED = {"\n": "⏎", "\t": "⇥", "\x7f": "␡"}
# Letters by category, yet nothing is seen of them.
_BLANK = frozenset(map(chr, (0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0)))
# Wider than any width that could be reserved: a bismillah, dashes of three em, Javanese signs, cuneiform, dominoes.
_DASHES, _SIGNS = range(0x2E3A, 0x2E3C), range(0xA9C1, 0xA9CE)
_CUNEIFORM, _DOMINOES = range(0x12000, 0x12550), range(0x1F030, 0x1F0A0)
_BROAD = frozenset(map(chr, (0xFDFA, 0xFDFD, *_DASHES, *_SIGNS, *_CUNEIFORM, *_DOMINOES)))
_CODED = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs")


def _selects(char: str) -> bool:
    """A selector of variants: invisible, and two keys may differ in nothing else."""
    return "\u180b" <= char <= "\u180f" or "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"


def _shown(char: str) -> str:
    if char in _NAMED:
        return _NAMED[char]
    if char < " ":
        return chr(0x2400 + ord(char))  # ␀ to ␟
    if "\udc80" <= char <= "\udcff":  # a byte that is no UTF-8, as surrogateescape hands it over
        return f"\\x{ord(char) - 0xDC00:02x}"
    if char == " ":
        return "\u00a0"  # SVG folds ordinary spaces
    coded = unicodedata.category(char) in _CODED or char in _BLANK or char in _BROAD or _selects(char)
    return _code(char) if coded else char


def _code(char: str) -> str:
    return f"⟨U+{ord(char):04X}⟩"


def _characters(data: bytes) -> list[str]:
    """What is shown for each character."""
    shown: list[str] = []
    accents = MOST_ACCENTS  # none before the first character: it would sit on our own words
    for char in data.decode(errors="surrogateescape"):
        is_accent = unicodedata.category(char) in ("Mn", "Me")
        accents = accents + 1 if is_accent else 0
        shown.append(_code(char) if is_accent and accents > MOST_ACCENTS else _shown(char))
    return shown


def readable(data: bytes) -> str:
    """All of ``data`` on one line: nothing in it can end the line, turn its direction or hide."""
    return "".join(_characters(data))


def clipped(data: bytes, *, is_key: bool = False, longest: int = LONGEST) -> str:
    """``readable``, cut to about ``longest`` characters, its length said; keys keep the end that tells them apart."""
    if len(data) <= 4 * longest:
        characters = _characters(data)
        if len(characters) <= longest and sum(map(len, characters)) <= 3 * longest:
            return "".join(characters)
    head = "".join(_first(_characters(data[: 4 * HEAD])[: min(HEAD, longest - 8)], 2 * longest))
    tail = "".join(reversed(_first(_ending(data)[::-1], longest))) if is_key else ""
    return f"{_isolated(f'{head}…{tail}')} {len(data):,} B"


def _ending(data: bytes) -> list[str]:
    """The last characters of a key, whole ones."""
    end = data[-4 * KEY_TAIL - 3 :]
    begun = next((n for n in range(3) if end[n] & 0xC0 != 0x80), 0)  # within a character of up to four bytes
    return _characters(end[begun:])[-KEY_TAIL:]


def _first(characters: list[str], most: int) -> list[str]:
    """As many of them as fit into ``most``: where each is shown by its number, one takes eight."""
    lengths = accumulate(map(len, characters))
    return [char for char, length in zip(characters, lengths, strict=True) if length <= most]


def _isolated(text: str) -> str:
    """Text that runs from right to left kept from turning what stands beside it; the length above all."""
    turns = any(unicodedata.bidirectional(char) in ("R", "AL", "AN") for char in text)
    return f"\u2066{text}\u2069" if turns else text


def quoted(data: bytes, *, longest: int = LONGEST) -> str:
    """A value inside our own sentence: in straight quotes, its direction kept from ours."""
    return f'"{_isolated(clipped(data, longest=longest))}"'


def fitted(data: bytes, room: float, size: float, *, is_key: bool = False) -> str:
    """``clipped`` in the font of data, shorter and shorter until it fits ``room`` px."""
    for longest in range(LONGEST, 8, -2):
        text = clipped(data, is_key=is_key, longest=longest)
        if width(text, size, mono=True) <= room:
            return text
    fits = max(int(room / (size * WIDE)), 1)
    return f"{readable(data[: 4 * fits])[:fits]}…"


def is_wide(char: str) -> bool:
    """CJK, full width, and emoji."""
    return unicodedata.east_asian_width(char) in ("W", "F") or ord(char) >= 0x1F000


def width(text: str, size: float, *, mono: bool = False) -> float:
    """Pixels to reserve for ``text`` in a font of ``size`` px."""
    return size * sum(_em(char, mono) for char in text)


def _em(char: str, mono: bool) -> float:
    """Every mono font has the letters of Europe; what it lacks comes from a font that may be wider."""
    if unicodedata.combining(char) or char in "\u2066\u2069":
        return 0.0
    if not (
        char < "\u0180" or "\u0370" <= char < "\u03e0" or "\u0400" <= char < "\u0460" or "\u2010" <= char < "\u2028"
    ):
        return WIDE
    if mono:
        return MONO
    if char in "Wm@%—…" or char >= "\u0400":
        return WIDE
    return BROAD if char.isupper() or char >= "\u00c0" or char in "w&+=<>~^#" else SANS


def _words(text: str) -> Iterator[str]:
    """Pieces after which a line may end: behind spaces, and on both sides of a CJK character."""
    piece = ""
    for char in text:
        if is_wide(char) and piece and char not in "，。：；、）”" and piece[-1] not in "/-_.:":  # no key in two
            yield piece
            piece = ""
        piece += char
        if char == " " or (is_wide(char) and char not in "（“"):
            yield piece
            piece = ""
    if piece:
        yield piece


def wrap(text: str, room: float, size: float, lines: int) -> list[str]:
    """``text`` in at most ``lines`` lines of ``room`` px; the last one ends in … when something is left.

    Two clauses that need two lines are broken between them; otherwise the lines become about equally long.
    """
    sign = "；" if "；" in text else "; "
    head, _, tail = text.rpartition(sign)
    if width(text, size) > room >= max(width(head + sign, size), width(tail, size)) and head and lines > 1:
        return [(head + sign).rstrip(), tail]
    done = _broken(text, room, size)
    if len(done) > lines:
        return [*done[: lines - 1], done[lines - 1].rstrip(" ，。；：,;:")[:-1] + "…"]
    for share in (0.9, 0.8, 0.7, 0.6):
        narrower = _broken(text, room * share, size)
        if len(narrower) > len(done):
            break
        done = narrower
    return done


def _broken(text: str, room: float, size: float) -> list[str]:
    done: list[str] = []
    line = ""
    for word in _words(text):
        while width(word, size) > room:  # one word longer than a line, such as a key of 10 kB
            cut = max(1, int(room / (size * WIDE)) - len(line))
            done.append(line + word[:cut])
            line, word = "", word[cut:]
        if width((line + word).rstrip(), size) > room:
            done.append(line.rstrip())
            line = ""
        line += word
    return [*done, line.rstrip()] if line.strip() else done

"""Text in pictures: bytes from strangers made harmless and readable, width reserved without measuring, lines broken."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

MONO, SANS, WIDE = 0.61, 0.62, 1.05  # em a character: those of DejaVu, the widest font of the stack
LONGEST, HEAD, KEY_TAIL = 24, 16, 6
_NAMED = {"\n": "⏎", "\t": "⇥", "\x7f": "␡"}


def _shown(char: str) -> str:
    if char in _NAMED:
        return _NAMED[char]
    if char < " ":
        return chr(0x2400 + ord(char))  # ␀ to ␟
    if "\udc80" <= char <= "\udcff":  # a byte that is no UTF-8, as surrogateescape hands it over
        return f"\\x{ord(char) - 0xDC00:02x}"
    if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"):
        return f"⟨U+{ord(char):04X}⟩"
    return "\u00a0" if char == " " else char  # SVG folds ordinary spaces


def readable(data: bytes) -> str:
    """All of ``data`` on one line: nothing in it can end the line, turn its direction or hide."""
    return "".join(map(_shown, data.decode(errors="surrogateescape")))


def clipped(data: bytes, *, is_key: bool = False, longest: int = LONGEST) -> str:
    """``readable``, cut to about ``longest`` characters, its length said; keys keep the end that tells them apart."""
    characters = [_shown(char) for char in data.decode(errors="surrogateescape")]
    if len(characters) <= longest and sum(map(len, characters)) <= 3 * longest:
        return "".join(characters)
    head = "".join(characters[: min(HEAD, longest - 8)])
    tail = "".join(characters[-KEY_TAIL:]) if is_key else ""
    return f"{head}…{tail} {len(data):,} B"


def quoted(data: bytes, *, longest: int = LONGEST) -> str:
    """A value inside our own sentence: in straight quotes, its direction kept from ours."""
    text = clipped(data, longest=longest)
    if any(unicodedata.bidirectional(char) in ("R", "AL", "AN") for char in text):
        text = f"\u2066{text}\u2069"
    return f'"{text}"'


def fitted(data: bytes, room: float, size: float, *, is_key: bool = False) -> str:
    """``clipped`` in the font of data, shorter and shorter until it fits ``room`` px."""
    for longest in range(LONGEST, 8, -2):
        text = clipped(data, is_key=is_key, longest=longest)
        if width(text, size, mono=True) <= room:
            return text
    fits = max(int(room / (size * WIDE)), 1)
    return f"{readable(data)[:fits]}…"


def is_wide(char: str) -> bool:
    """CJK, full width, and emoji."""
    return unicodedata.east_asian_width(char) in ("W", "F") or ord(char) >= 0x1F000


def width(text: str, size: float, *, mono: bool = False) -> float:
    """Pixels to reserve for ``text`` in a font of ``size`` px."""
    one = MONO if mono else SANS
    return size * sum(
        0.0 if unicodedata.combining(char) else WIDE if is_wide(char) or ord(char) > 0x2FFF else one for char in text
    )


def _words(text: str) -> Iterator[str]:
    """Pieces after which a line may end: behind spaces, and on both sides of a CJK character."""
    piece = ""
    for char in text:
        if is_wide(char) and piece and char not in "，。：；、）”":
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
    for share in (0.9, 0.8, 0.7, 0.6):
        narrower = _broken(text, room * share, size)
        if len(narrower) > len(done):
            break
        done = narrower
    if len(done) > lines:
        done = [*done[: lines - 1], done[lines - 1].rstrip(" ，。；：,;:")[:-1] + "…"]
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

"""Text that a host or an agent may have written, so that a person sees what is there.

A file's name may hold script, turn the line round, hide characters, or look like another name. HTML
is escaped by the templates; here every character that does not show itself is written as its
number, and letters that look like Latin ones but are not are marked.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from markupsafe import Markup, escape

LONGEST = 20_000
"""Characters of one text that are shown; a page stays small whatever is named."""

_UNSEEN = frozenset(
    (
        *(0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0),
        *range(0x180B, 0x1810),
        *range(0xFE00, 0xFE10),
        *range(0xE0100, 0xE01F0),
    )
)
"""Letters and marks that draw nothing: fillers, the blank Braille cell, variation selectors."""
_NOT_SHOWN = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}
_MARKS = {"Mn", "Me"}
_LATIN_LOOKS = dict(
    zip(
        "аеорсухіјѕԁԛԝһӏАВЕКМНОРСТХУІЈЅӀԌԚԜ" + "αοινρυκτΑΒΕΖΗΙΚΜΝΟΡΤΥΧ" + "օոսցԼՕՍ",
        "aeopcyxijsdqwhlABEKMHOPCTXYIJSIGQW" + "aoivpuktABEZHIKMNOPTYX" + "onugLOU",
        strict=True,
    )
)
"""Cyrillic, Greek and Armenian letters that fonts draw like a Latin one."""
_WORD = re.compile(r"\w+")


def visible_text(value: Any, lines: bool = False) -> Any:
    """Return a value for a page; in text each odd character is written as ``⟨U+202E⟩``.

    Safe wherever text is: between tags and in attributes. Markup of our own is left as it is, and
    so is what is no text.

    Args:
        value: What a template would write.
        lines: Whether a line's end and a tab stay, as they may in a ``<pre>``.
    """
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    text = value[:LONGEST]
    odd = odd_characters(text, lines)
    shown = "".join(_written(c, odd[at]) if at in odd else c for at, c in enumerate(text))
    return shown + _left_out(value)


def marked_text(value: str, lines: bool = False) -> Markup:
    """Return HTML in which each odd character stands out and says its number and name."""
    text = str(value)[:LONGEST]
    odd = odd_characters(text, lines)
    parts: list[Markup | str] = []
    start = 0
    for at in sorted(odd):
        parts += [escape(text[start:at]), _marked(text[at], odd[at])]
        start = at + 1
    parts += [escape(text[start:]), escape(_left_out(str(value)))]
    return Markup("").join(parts)


def odd_characters(text: str, lines: bool = False) -> dict[int, bool]:
    """Return where in a text odd characters stand, and whether they can be drawn at all.

    Returns:
        Place -> True for a letter that looks like another, False for what does not show itself.
    """
    odd = {at: False for at, c in enumerate(text) if _unseen(c, lines)}
    odd |= {at: False for at in _stacked(text)}
    odd |= {at: True for at, c in enumerate(text) if c in "⟨⟩"}  # so that nobody forges a number
    for word in _WORD.finditer(text):
        odd |= {at: True for at in _lookalikes(word[0], word.start()) if at not in odd}
    return odd


def _unseen(c: str, lines: bool) -> bool:
    if c == " " or (lines and c in "\n\t"):
        return False
    kind = unicodedata.category(c)
    return kind in _NOT_SHOWN or kind == "Zs" or ord(c) in _UNSEEN


def _stacked(text: str) -> list[int]:
    """Return marks beyond the second on one letter: they draw over the lines around."""
    found, run = [], 0
    for at, c in enumerate(text):
        run = run + 1 if unicodedata.category(c) in _MARKS else 0
        if run > 2:
            found.append(at)
    return found


def _lookalikes(word: str, start: int) -> list[int]:
    """Return letters of a word that would be read as Latin ones.

    Text in another script is no look-alike: a word is suspect if it mixes such letters with Latin
    ones, or has none but such.
    """
    if word.isascii():
        return []
    wide = [at for at, c in enumerate(word) if not c.isascii() and _compatible(c)]
    looks = [at for at, c in enumerate(word) if c in _LATIN_LOOKS]
    letters = [c for c in word if c.isalpha()]
    mixed = any(c.isascii() for c in letters)
    if not (mixed or len(looks) == len(letters)):
        looks = []
    return [start + at for at in (*wide, *looks)]


def _compatible(c: str) -> bool:
    """Whether a character is another form of an ASCII one: full width, mathematical, raised."""
    return unicodedata.normalize("NFKC", c).isascii()


def _code(c: str) -> str:
    number = ord(c)
    if 0xDC80 <= number <= 0xDCFF:
        return f"byte {number - 0xDC00:02X}"  # what a name that is not UTF-8 holds
    return f"U+{number:04X}"


def _written(c: str, drawn: bool) -> str:
    return f"{c}⟨{_code(c)}⟩" if drawn else f"⟨{_code(c)}⟩"


def _marked(c: str, drawn: bool) -> Markup:
    name = unicodedata.name(c, "without a name").lower()
    said = f"{_code(c)}, {name}"
    body = _written(c, drawn) if drawn else _code(c)
    return Markup('<span class="odd" title="{}">{}</span>').format(said, body)


def _left_out(value: str) -> str:
    more = len(value) - LONGEST
    return f" … and {more} characters more" if more > 0 else ""

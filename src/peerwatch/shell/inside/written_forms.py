"""Reading back what is written out as text: digits, letters, numbers, escapes.

A reader is given a stretch of printable text and yields the bytes that it stands for, under each
reading that the text allows. What is no such text gives little or nothing.
"""

from __future__ import annotations

import binascii
import codecs
import re
import string
import warnings
from array import array
from collections.abc import Callable, Iterator
from functools import cache, partial

from peerwatch.shell.inside.decoding_budget import Budget
from peerwatch.shell.inside.packed_forms import LEAST, MOST, Data

Reader = Callable[[bytes, Budget], Iterator[Data]]

_BLOCK = 64 * 1024
_SEGMENT = 1 << 20


@cache
def _marked(letters: bytes) -> bytes:
    """Return the table by which letters become ``t`` and all else a full stop."""
    return bytes(ord("t") if one in letters else ord(".") for one in range(256))


def _runs(data: Data, table: bytes, least: int) -> Iterator[tuple[int, int]]:
    """Yield where letters of a table stand in an unbroken row."""
    marks = data.translate(table)
    start = marks.find(b"t" * least)
    while start >= 0:
        end = marks.find(b".", start)
        end = end if end >= 0 else len(marks)
        yield start, end
        start = marks.find(b"t" * least, end)


_PRINTABLE = _marked(bytes(range(32, 127)) + b"\t\n\r\f")


def texts(data: Data, budget: Budget) -> Iterator[bytes]:
    """Yield the printable stretches of a file, between line breaks."""
    for start, end in _runs(data, _PRINTABLE, LEAST):
        if end - start > MOST:
            budget.leave_out(f"a text of more than {MOST >> 20} MiB")
        for at in range(start, end, MOST):
            yield b"\n%s\n" % data[at : min(at + MOST, end)]


_HEX = string.hexdigits.encode()


def _tokens(letters: bytes, least: int, text: bytes, budget: Budget) -> bytearray:
    """Return a text's longer words of some letters, joined: what stands around a line goes."""
    found = bytearray()
    if next(_runs(text, _marked(letters), least), None) is not None:
        for word in _within(budget, _words(letters, least).finditer(text)):
            found += word[1]
            found += word[2] or b""
    return found


@cache
def _words(letters: bytes, least: int) -> re.Pattern[bytes]:
    """Return what matches a longer word, and the short one of the last line below it."""
    one = re.escape(letters)
    over = rb"(?![%s])(?==|\s*$|\s*\n[^%s])" % (one, one)
    last = rb"(?:\r?\n([%s]{1,%d}+)%s)?" % (one, least - 1, over)
    return re.compile(b"([%s]{%d,}+)" % (one, least) + last)


def _within(budget: Budget, matches: Iterator[re.Match[bytes]]) -> Iterator[re.Match[bytes]]:
    """Yield matches until a budget is used up."""
    for count, one in enumerate(matches, start=1):
        if count % 4096 == 0 and budget.is_over():
            return
        yield one


def hexadecimal(text: bytes, budget: Budget) -> Iterator[Data]:
    """Read digits in rows."""
    yield from _unhexed(_tokens(_HEX, 32, text, budget))


def _unhexed(digits: Data) -> Iterator[Data]:
    for shift in (0, 1):
        part = digits[shift : len(digits) - (len(digits) - shift) % 2]
        yield binascii.unhexlify(part)


_UPPER, _LOWER = string.ascii_uppercase.encode(), string.ascii_lowercase.encode()
_BASE64 = _UPPER + _LOWER + string.digits.encode() + b"+/"


_EITHER = bytes.maketrans(b"-_", b"+/")
_PADDED = re.compile(rb"[A-Za-z0-9+/_-]{40,}+={1,2}")


def base64_text(text: bytes, budget: Budget) -> Iterator[Data]:
    """Read base64 in either alphabet; a piece of a longer text may begin anywhere in a group.

    Where several parts end with their own padding, each is read by itself as well.
    """
    letters = _tokens(_BASE64 + b"-_", 40, text, budget).translate(_EITHER)
    if text.count(b"=") > 1 and letters:
        found = bytearray()
        for part in _within(budget, _PADDED.finditer(text)):
            whole = part[0].translate(_EITHER)[-(len(part[0]) // 4 * 4) :]
            found += binascii.a2b_base64(whole)
        yield found
    for shift in range(4):
        yield binascii.a2b_base64(letters[shift : len(letters) - (len(letters) - shift) % 4])


def base32_text(alphabet: bytes, text: bytes, budget: Budget) -> Iterator[Data]:
    """Read base32."""
    digits = _tokens(alphabet, 56, text, budget).translate(
        bytes.maketrans(alphabet, b"0123456789abcdefghijklmnopqrstuv")
    )
    for shift in range(8) if digits else ():
        found = bytearray()
        for at in range(shift, len(digits) - 7, _SEGMENT):
            if budget.is_over():
                return
            part = digits[at : at + _SEGMENT]
            part = part[: len(part) // 8 * 8]
            found += int(part, 32).to_bytes(len(part) * 5 // 8, "big")
        yield found


_MANY = 70
"""Letters of 85 that a stretch of such a text shows at least."""


def base85_text(alphabet: bytes, zeros: bytes, text: bytes, budget: Budget) -> Iterator[Data]:
    """Read base85: the readings in which hardly any group is too large for its four bytes."""
    letters = _tokens(alphabet + zeros, 40, text, budget)
    if zeros:
        letters = letters.replace(zeros, alphabet[:1] * 5)
    if len(set(letters[len(letters) // 2 :][:4096])) >= _MANY:
        digits = letters.translate(bytes.maketrans(alphabet, bytes(range(85))))
        for shift in range(5):
            yield from _from85(digits[shift : len(digits) - (len(digits) - shift) % 5], budget)


def _from85(digits: Data, budget: Budget) -> Iterator[Data]:
    found, wrong = bytearray(), 0
    for at in range(0, len(digits), 5 * _BLOCK):
        if budget.is_over():
            return
        part = digits[at : at + 5 * _BLOCK]
        total = 0
        for place in range(5):  # every group at once, each in eight bytes of one large number
            spread = bytearray(len(part) // 5 * 8)
            spread[7::8] = part[place::5]
            total = total * 85 + int.from_bytes(spread, "big")
        lanes = total.to_bytes(len(part) // 5 * 8, "big")
        groups = bytearray(len(part) // 5 * 4)
        for place in range(4):
            groups[place::4] = lanes[4 + place :: 8]
        wrong += len(groups) // 4 - lanes[3::8].count(0)
        found += groups
    if wrong * 400 < len(found):
        yield found


_PATCH_LINE = re.compile(rb"\n[A-Za-z]((?:[!-~]{5}){4,13})(?=\r?\n)")


def git_patch(text: bytes, budget: Budget) -> Iterator[Data]:
    """Read the lines of a binary patch of git: a letter for the length, and base85."""
    if b"\nz" in text:
        yield from base85_text(_B85, b"", b"".join(_PATCH_LINE.findall(text)), budget)


_B85 = string.digits.encode() + _UPPER + _LOWER + b"!#$%&()*+-;<=>?@^_`{|}~"
_A85 = bytes(range(33, 118))
_Z85 = (
    string.digits + string.ascii_lowercase + string.ascii_uppercase + ".-:+=^!/*?&<>()[]{}@%$#"
).encode()

_UU_LINE = re.compile(rb"\nM([ -`]{60})(?=\r?\n)")
_UU = bytes.maketrans(bytes(range(32, 97)), _BASE64 + b"A")


def uuencoded(text: bytes, budget: Budget) -> Iterator[Data]:
    """Read the full lines of uuencode."""
    found = bytearray()
    for line in _within(budget, _UU_LINE.finditer(text)):
        found += line[1]
    yield binascii.a2b_base64(found.translate(_UU))


_NUMBERS = _marked(_HEX + b"xX \t\r\n,;:.|\\[](){}<>\"'&#-")
_APART = bytes(one if one in _HEX + b"-" else 32 for one in range(256))


def number_list(text: bytes, budget: Budget) -> Iterator[Data]:
    """Read numbers of a byte or a few bytes each: arrays in any language, lists, hexadecimal."""
    for start, end in _runs(text, _NUMBERS, LEAST):
        yield from _numbers(text[start:end], budget)


_LINE = re.compile(rb"\n[ \t>#*/]*[0-9a-fA-F]{6,16}(:|[ \t])[ \t]*([^ \t\r\n][^\r\n]+)")


def dump(text: bytes, budget: Budget) -> Iterator[Data]:
    """Read the lines of ``od``, ``xxd`` and ``hexdump``, without places and what stands beside."""
    found = bytearray()
    for line in _within(budget, _LINE.finditer(text)):
        words = line[2].partition(b"  ")[0] if line[1] == b":" else line[2]
        found += words.partition(b"  |")[0].partition(b"  >")[0] + b" "
    yield from _numbers(bytes(found), budget)


def _numbers(text: bytes, budget: Budget) -> Iterator[Data]:
    plain = text.replace(b"0x", b" ").replace(b"0X", b" ").translate(_APART)
    some = plain[len(plain) // 2 :][:4096].split()[1:-1]
    widths, letters = {len(one) for one in some}, set(b"".join(some))
    if not some or len(plain) < LEAST:
        return
    if letters - set(b"-0123456789"):
        if widths <= {2, 4, 8, 16}:
            yield from _unhexed(plain.translate(None, b" -"))
        elif widths <= {1, 2}:
            yield _in_bytes(plain, 16, some, budget)
    elif widths == {8} and letters <= set(b"01"):
        digits = plain.translate(None, b" -23456789")
        yield int(digits, 2).to_bytes((len(digits) + 7) // 8, "big")
    elif len(widths) == 1 and widths <= {3, 6, 11, 22} and letters <= set(b"01234567"):
        yield _in_bytes(plain, 8, some, budget)
    else:
        yield _in_bytes(plain, 10, some, budget)


_WORDS = {8: rb"[0-7]{1,22}", 10: rb"-?[0-9]{1,20}", 16: rb"[0-9a-fA-F]{1,2}"}


def _in_bytes(plain: bytes, base: int, some: list[bytes], budget: Budget) -> Data:
    """Return numbers as bytes, each as wide as the largest of some of them needs."""
    words = re.compile(_WORDS[base])
    most = max(abs(int(one[0], base)) for one in map(words.search, some) if one)
    kind, bits = next(
        one for one in zip("BHIQ", (8, 16, 32, 64), strict=True) if most >> one[1] < 1
    )
    mask, found, start = (1 << bits) - 1, bytearray(), 0
    while start < len(plain) and not budget.is_over():
        end = plain.find(b" ", start + _SEGMENT)
        end = end if end >= 0 else len(plain)
        part = words.findall(plain, start, end)
        found += array(kind, [int(one, base) & mask for one in part]).tobytes()
        start = end
    return found


_CELL_LINE = re.compile(rb"\n[0-9a-f]{7,}((?:[ -~]{4}){16})(?=\r?\n)")
_CELLS = {
    **{f"{one:>4c}".encode(): one for one in range(32, 127)},
    **{f" {one:03o}".encode(): one for one in range(256)},
    **{
        rb"  \%c" % letter: one
        for letter, one in zip(b"0abtnvfr\\", (0, 7, 8, 9, 10, 11, 12, 13, 92), strict=True)
    },
}


def dumped_characters(text: bytes, budget: Budget) -> Iterator[Data]:
    """Read the full lines of ``od -c`` and ``hexdump -c``."""
    found = bytearray()
    for count, line in enumerate(_within(budget, _CELL_LINE.finditer(text))):
        cells = [line[1][at : at + 4] for at in range(0, 64, 4)]
        found += bytes(_CELLS[one] for one in cells if one in _CELLS)
        if len(found) < 8 * count:  # something else
            return
    yield found


WRITTEN: dict[str, Reader] = {
    "hexadecimal": hexadecimal,
    "base64": base64_text,
    "base32": partial(base32_text, _UPPER + b"234567"),
    "base32, small letters": partial(base32_text, _LOWER + b"234567"),
    "base32hex": partial(base32_text, string.digits.encode() + _UPPER[:22]),
    "base85": partial(base85_text, _B85, b""),
    "z85": partial(base85_text, _Z85, b""),
    "a patch of git": git_patch,
    "uuencode": uuencoded,
    "numbers": number_list,
    "a dump": dump,
}
"""Readers of text in which an escaped line break is one."""
WITH_BACKSLASHES: dict[str, Reader] = {
    "ascii85": partial(base85_text, _A85, b"z"),
    "a dump of characters": dumped_characters,
}
"""Readers of text that is taken as it stands."""


def written(data: Data, budget: Budget) -> Iterator[Data]:
    """Yield what every printable stretch of a file stands for."""
    for text in texts(data, budget):
        lines = text.replace(b"\\r", b"").replace(b"\\n", b"\n")
        for readers, given in ((WRITTEN, lines), (WITH_BACKSLASHES, text)):
            for reader in readers.values():
                if budget.is_over():
                    return
                yield from _counted(reader(given, budget), budget)


def _counted(found: Iterator[Data], budget: Budget) -> Iterator[Data]:
    """Yield what is long enough to be looked at, and count it."""
    for one in found:
        if len(one) >= LEAST:
            budget.take(len(one))
            yield one


def _stretches(data: Data, marks: tuple[bytes, ...], share: float) -> Iterator[Data]:
    """Yield the stretches in which some marks make up a share, with a block on either side."""
    start, end = -1, 0
    for at in range(0, len(data), _BLOCK):
        block = data[at : at + _BLOCK]
        if sum(map(block.count, marks)) >= share * len(block):
            if start >= 0 and at > end + _BLOCK:
                yield data[start : end + _BLOCK]
                start = -1
            start, end = max(0, at - _BLOCK) if start < 0 else start, at + _BLOCK
    if start >= 0:
        yield data[start : end + _BLOCK]


def _escaped(text: bytes) -> Data:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of what is no escape
        try:
            return codecs.escape_decode(text.rstrip(b"\\"), "ignore")[0]
        except ValueError:
            return b""


def backslashes(data: Data) -> Iterator[Data]:
    """Read the escapes of C, Python, shells and JSON."""
    for part in _stretches(data, (b"\\",), 1 / 32):
        yield _escaped(bytes(part).replace(b"\\u00", b"\\x").replace(b"\\/", b"/"))


def percent_signs(data: Data) -> Iterator[Data]:
    """Read what is written for addresses of the web."""
    for part in _stretches(data, (b"%",), 1 / 16):
        plain = bytes(part).replace(b"+", b" ").replace(b"\\", b"\\\\")
        yield _escaped(plain.replace(b"%", b"\\x"))


def quoted_printable(data: Data) -> Iterator[Data]:
    """Read what is quoted for mail."""
    for part in _stretches(data, (b"=",), 1 / 16):
        yield binascii.a2b_qp(part)


_UTF8 = codecs.getincrementaldecoder("utf-8")  # looked up before the ids change


def latin_letters(data: Data) -> Iterator[Data]:
    """Read bytes that were taken for the letters of Latin-1 and written in UTF-8."""
    for part in _stretches(data, (b"\xc2", b"\xc3"), 1 / 8):
        decoder, found = _UTF8("ignore"), bytearray()
        for at in range(0, len(part), _BLOCK):
            found += decoder.decode(part[at : at + _BLOCK]).encode("latin-1", "ignore")
        yield found


def without_zeros(data: Data) -> Iterator[Data]:
    """Leave zeros out: of letters of two or four bytes, and of numbers made wider."""
    for part in _stretches(data, (b"\0",), 1 / 4):
        yield part.replace(b"\0", b"")


QUOTED: dict[str, Callable[[Data], Iterator[Data]]] = {
    "backslashes": backslashes,
    "percent signs": percent_signs,
    "quoted-printable": quoted_printable,
    "letters of Latin-1 in UTF-8": latin_letters,
    "letters of two bytes": without_zeros,
}


def quoted(data: Data, budget: Budget) -> Iterator[Data]:
    """Yield what stretches of a file stand for that are dense with the marks of a way to quote."""
    for reader in QUOTED.values():
        if budget.is_over():
            return
        yield from _counted(reader(data), budget)

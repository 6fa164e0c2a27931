"""Ways to pack or write out a content, each with whether it is found again.

This is the one list of them: a test packs a content in each way and looks for it, and the lists in
``docs/shell-world.md`` are made from it.
"""

from __future__ import annotations

import base64
import binascii
import bz2
import gzip
import hashlib
import io
import json
import lzma
import pickle
import quopri
import re
import shutil
import sqlite3
import struct
import subprocess
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from textwrap import wrap
from urllib.parse import quote_from_bytes

Pack = Callable[[bytes], bytes]


@dataclass(frozen=True)
class Encoding:
    """A way to write a content."""

    name: str
    """As the docs call it."""
    kind: str
    """The line of the docs that it stands in."""
    pack: Pack
    found: bool = True
    program: str | None = None
    """What the machine has to have for it to be made here."""
    anywhere: bool = True
    """Whether it is found behind other bytes too."""

    @property
    def can_be_made(self) -> bool:
        return self.program is None or shutil.which(self.program) is not None


def by_pipe(*argv: str) -> Pack:
    return lambda data: subprocess.run(argv, input=data, capture_output=True, check=True).stdout


def by_file(*argv: str) -> Pack:
    """Return what a program writes to ``x``, given the file ``w``."""

    def pack(data: bytes) -> bytes:
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "w").write_bytes(data)
            subprocess.run(argv, cwd=folder, capture_output=True, check=True)
            return Path(folder, "x").read_bytes()

    return pack


def tarred(data: bytes, mode: str = "w") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:  # type: ignore[call-overload]
        for name, content in (("readme", b"x" * 999), ("w", data)):
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def zipped(how: int) -> Pack:
    def pack(data: bytes) -> bytes:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", how) as archive:
            archive.writestr("readme", "y" * 999)
            archive.writestr("w", data)
        return buffer.getvalue()

    return pack


def piped_zip(data: bytes) -> bytes:
    """Return a zip file written to what cannot be gone back in: sizes stand behind each member."""

    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.data = bytearray()

        def writable(self) -> bool:
            return True

        def write(self, data: object) -> int:
            self.data += data  # type: ignore[arg-type]
            return len(data)  # type: ignore[arg-type]

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("w", base64.b64encode(data))
    return bytes(pipe.data)


def database(data: bytes, log: bool = False) -> bytes:
    """Return a database with the content in it, or the log of one that is still open."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "w.db")
        with sqlite3.connect(path) as base:
            if log:
                base.execute("pragma journal_mode=wal")
            base.execute("create table files (name text, size int, data blob)")
            base.execute("insert into files values ('readme', 4, 'text')")
            base.execute("insert into files values (?, ?, ?)", ("w", len(data), data))
            base.commit()
            made = Path(f"{path}-wal" if log else path).read_bytes()
        base.close()
        return made


def git(*, patch: bool) -> Pack:
    """Return a pack of a repository that holds the content, or the patch that brings it in."""

    def pack(data: bytes) -> bytes:
        with tempfile.TemporaryDirectory() as folder:

            def run(*argv: str) -> bytes:
                who = ("-c", "user.name=a", "-c", "user.email=a@a")
                argv = ("git", *who, *argv)
                return subprocess.run(argv, cwd=folder, capture_output=True, check=True).stdout

            run("init", "-q")
            Path(folder, "readme").write_text("text\n" * 200, encoding="utf-8")
            Path(folder, "w").write_bytes(data)
            run("add", ".")
            run("commit", "-qm", "x")
            return run("show", "--binary") if patch else run("bundle", "create", "-", "HEAD")

    return pack


def uu(data: bytes) -> bytes:
    lines = (binascii.b2a_uu(data[at : at + 45]) for at in range(0, len(data), 45))
    return b"begin 644 w\n" + b"".join(lines) + b"`\nend\n"


def z85(data: bytes) -> bytes:
    ours = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~"
    its = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"
    return base64.b85encode(data).translate(bytes.maketrans(ours.encode(), its.encode()))


def commented(data: bytes) -> bytes:
    """Return a script with the content in its comments."""
    return b"#!/bin/sh\n" + re.sub(rb"(?m)^", b"# ", base64.encodebytes(data)) + b"\nexit 0\n"


def swapped(width: int) -> Pack:
    def pack(data: bytes) -> bytes:
        return b"".join(data[at : at + width][::-1] for at in range(0, len(data), width))

    return pack


def mapped(change: Callable[[int], int]) -> Pack:
    return lambda data: data.translate(bytes(change(one) & 255 for one in range(256)))


def apart(count: int) -> Pack:
    return lambda data: b"".join(data[at::count] for at in range(count))


def masked(data: bytes, key: bytes) -> bytes:
    long = key * (len(data) // len(key) + 1)
    number = int.from_bytes(data, "big") ^ int.from_bytes(long[: len(data)], "big")
    return number.to_bytes(len(data), "big")


def enciphered(data: bytes) -> bytes:
    return masked(data, hashlib.shake_128(b"password").digest(len(data)))


def wider(data: bytes) -> bytes:
    """Return numbers of type bfloat16 as float32: two bytes of zeros before each."""
    return b"".join(b"\0\0" + data[at : at + 2] for at in range(0, len(data), 2))


def differences(data: bytes) -> bytes:
    return bytes((b - a) & 255 for a, b in zip(b"\0" + data, data, strict=False))


def rows(data: bytes) -> bytes:
    """Return a table of small rows, each with its number."""
    cut = (data[at : at + 400] for at in range(0, len(data), 400))
    return b"".join(struct.pack("<IHH", n, 7, len(row)) + row for n, row in enumerate(cut))


def picture(data: bytes) -> bytes:
    """Return a picture whose rows of 1,000 bytes are the content."""

    def part(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    lines = b"".join(b"\0" + data[at : at + 1000] for at in range(0, len(data), 1000))
    head = struct.pack(">IIBBBBB", 1000, len(data) // 1000, 8, 0, 0, 0, 0)
    packed = part(b"IHDR", head) + part(b"IDAT", zlib.compress(lines)) + part(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + packed


def y_encoded(data: bytes) -> bytes:
    body = bytearray()
    for one in mapped(lambda one: one + 42)(data):
        body += bytes([61, (one + 64) & 255]) if one in b"\0\r\n=" else bytes([one])
    lines = (bytes(body[at : at + 128]) for at in range(0, len(body), 128))
    return b"=ybegin line=128 name=w\r\n" + b"\r\n".join(lines) + b"\r\n=yend\r\n"


def one_number(data: bytes) -> bytes:
    """Return pieces of the content as one long decimal number each."""
    cut = (int.from_bytes(data[at : at + 1500], "big") for at in range(0, len(data), 1500))
    return "\n".join(map(str, cut)).encode()


def many_streams(data: bytes) -> bytes:
    """Return a file of compressed pieces with something between."""
    cut = (data[at : at + 13_000] for at in range(0, len(data), 13_000))
    return b"-- next --\n".join(map(gzip.compress, cut))


def repr_of(data: bytes) -> bytes:
    return f"DATA = {data!r}\n".encode()


def padded_parts(data: bytes) -> bytes:
    cut = (base64.b64encode(data[at : at + 10_000]) for at in range(0, len(data), 10_000))
    return b"\n".join(cut)


def json_strings(data: bytes) -> bytes:
    cut = (data[at : at + 500].decode("latin-1") for at in range(0, len(data), 500))
    return json.dumps(list(cut)).encode()


def numbered(data: bytes) -> bytes:
    cut = enumerate(data[at : at + 16] for at in range(0, len(data), 16))
    return "\n".join(f"{n}," + ",".join(map(str, row)) for n, row in cut).encode()


def dealt(data: bytes) -> bytes:
    """Return blocks as they are dealt to four in turn."""
    cut = [data[at : at + 4096] for at in range(0, len(data), 4096)]
    return b"".join(block for turn in range(4) for block in cut[turn::4])


def by_words(data: bytes) -> bytes:
    text = base64.b64encode(data)
    return b" ".join(text[at : at + 8] for at in range(0, len(text), 8))


def bulleted(data: bytes) -> bytes:
    lines = base64.encodebytes(data).decode().splitlines()
    return "".join(f"\u2022 {line}\n" for line in lines).encode()


def c_array(data: bytes) -> bytes:
    return b"unsigned char w[] = {" + ", ".join(map(hex, data)).encode() + b"};\n"


def escaped(form: str) -> Pack:
    return lambda data: b"printf '" + "".join(form % one for one in data).encode() + b"'\n"


def as_hex(data: bytes) -> bytes:
    return data.hex().encode()


def letters(data: bytes) -> bytes:
    """Return a letter of another script for each byte."""
    return "".join(chr(0x2800 + one) for one in data).encode()


_LINES, _STREAM, _TEXT = base64.encodebytes, gzip.compress, base64.b64encode
_RAW = [{"id": lzma.FILTER_LZMA1, "preset": 6, "lc": 0}]
PACKED, PAGES, WRITTEN = (
    "Compressed and archived",
    "In databases, repositories and tables",
    "As text",
)
CHANGED, OTHER = "Changed byte by byte", "As it is"
ENCODINGS = [
    Encoding("under another name, with other bytes before or behind", OTHER, lambda w: b"#\n" + w),
    Encoding("tar", OTHER, tarred),
    Encoding("ar", OTHER, by_file("ar", "q", "x", "w"), program="ar"),
    Encoding("pickle", OTHER, lambda w: pickle.dumps({"w": w})),
    Encoding("a stored zip", OTHER, zipped(zipfile.ZIP_STORED)),
    Encoding("gzip", PACKED, gzip.compress),
    Encoding("tar.gz", PACKED, lambda w: tarred(w, "w:gz")),
    Encoding("many gzips with something between", PACKED, many_streams),
    Encoding("bzip2", PACKED, bz2.compress),
    Encoding("xz", PACKED, lzma.compress),
    Encoding("lzma", PACKED, lambda w: lzma.compress(w, lzma.FORMAT_ALONE)),
    Encoding("lzip", PACKED, by_pipe("lzip", "-c"), program="lzip"),
    Encoding("zip", PACKED, zipped(zipfile.ZIP_DEFLATED)),
    Encoding("zip with bzip2", PACKED, zipped(zipfile.ZIP_BZIP2)),
    Encoding("zip with lzma", PACKED, zipped(zipfile.ZIP_LZMA)),
    Encoding("zip written to a pipe", PACKED, piped_zip),
    Encoding("zlib", PACKED, zlib.compress),
    Encoding(
        "bare deflate from a file's first byte",
        PACKED,
        lambda w: zlib.compress(_TEXT(w), wbits=-15),
        anywhere=False,
    ),
    Encoding(
        "zstd (where the machine has it)", PACKED, lambda w: by_pipe("zstd")(_TEXT(w)), True, "zstd"
    ),
    Encoding(
        "lz4 (where the machine has it)", PACKED, lambda w: by_pipe("lz4")(_TEXT(w)), True, "lz4"
    ),
    Encoding(
        "7z with its usual methods",
        PACKED,
        lambda w: by_file("sh", "-c", "7z a x.7z w && mv x.7z x")(_TEXT(w)),
        program="7z",
    ),
    Encoding("a value in SQLite", PAGES, database),
    Encoding("a packed value in SQLite", PAGES, lambda w: database(gzip.compress(_TEXT(w)))),
    Encoding("SQLite's log", PAGES, lambda w: database(w, log=True)),
    Encoding("git's bundles and packs", PAGES, git(patch=False), program="git"),
    Encoding("git's patches", PAGES, git(patch=True), program="git"),
    Encoding("base64", WRITTEN, _LINES),
    Encoding("base64 for addresses", WRITTEN, base64.urlsafe_b64encode),
    Encoding("base64 in JSON", WRITTEN, lambda w: json.dumps({"w": _LINES(w).decode()}).encode()),
    Encoding("base64 in parts with their own padding", WRITTEN, padded_parts),
    Encoding("base64 in comments", WRITTEN, commented),
    Encoding("base32", WRITTEN, base64.b32encode),
    Encoding("base32hex", WRITTEN, base64.b32hexencode),
    Encoding("base85", WRITTEN, base64.b85encode),
    Encoding("ascii85", WRITTEN, lambda w: base64.a85encode(w, wrapcol=76, adobe=True)),
    Encoding("z85", WRITTEN, z85),
    Encoding("uuencode", WRITTEN, uu),
    Encoding("hexadecimal", WRITTEN, as_hex),
    Encoding("hexadecimal with blanks", WRITTEN, lambda w: w.hex(" ", 2).encode()),
    Encoding("`xxd`", WRITTEN, by_pipe("xxd"), program="xxd"),
    Encoding("`xxd -i`", WRITTEN, by_pipe("xxd", "-i"), program="xxd"),
    Encoding("`xxd -b`", WRITTEN, by_pipe("xxd", "-b"), program="xxd"),
    Encoding("`xxd -e`", WRITTEN, by_pipe("xxd", "-e"), program="xxd"),
    Encoding("`hexdump`", WRITTEN, by_pipe("hexdump"), program="hexdump"),
    Encoding("`hexdump -C`", WRITTEN, by_pipe("hexdump", "-C"), program="hexdump"),
    Encoding("`od`", WRITTEN, by_pipe("od")),
    Encoding("`od -b`", WRITTEN, by_pipe("od", "-b")),
    Encoding("`od -c`", WRITTEN, by_pipe("od", "-c")),
    Encoding("`od -tx1z`", WRITTEN, by_pipe("od", "-tx1z")),
    Encoding("`od -tx8`", WRITTEN, by_pipe("od", "-tx8")),
    Encoding("`od -An -td1`", WRITTEN, by_pipe("od", "-An", "-td1")),
    Encoding("lists of decimal numbers", WRITTEN, lambda w: json.dumps(list(w)).encode()),
    Encoding("arrays of C", WRITTEN, c_array),
    Encoding("a literal of Python", WRITTEN, repr_of),
    Encoding("a string of JSON", WRITTEN, lambda w: json.dumps(w.decode("latin-1")).encode()),
    Encoding("`\\x` escapes", WRITTEN, escaped(r"\x%02x")),
    Encoding("octal escapes", WRITTEN, escaped(r"\%03o")),
    Encoding("percent-encoding", WRITTEN, lambda w: quote_from_bytes(w).encode()),
    Encoding("quoted-printable", WRITTEN, quopri.encodestring),
    Encoding("bytes as letters in UTF-8", WRITTEN, lambda w: w.decode("latin-1").encode()),
    Encoding("any of these in UTF-16", WRITTEN, lambda w: _LINES(w).decode().encode("utf-16")),
    Encoding("reversed", CHANGED, lambda w: w[::-1]),
    Encoding("exclusive or with one byte", CHANGED, mapped(lambda one: one ^ 0x55)),
    Encoding("all bits inverted", CHANGED, mapped(lambda one: ~one)),
    Encoding("one number added to every byte", CHANGED, mapped(lambda one: one + 13)),
    Encoding("half bytes swapped", CHANGED, mapped(lambda one: one << 4 | one >> 4)),
    Encoding("bits turned within a byte", CHANGED, mapped(lambda one: one << 3 | one >> 5)),
    Encoding("bytes swapped in twos", CHANGED, swapped(2)),
    Encoding("in fours", CHANGED, swapped(4)),
    Encoding("in eights", CHANGED, swapped(8)),
    Encoding("every second byte apart", CHANGED, apart(2)),
    Encoding("every fourth byte apart", CHANGED, apart(4)),
    Encoding("differences from byte to byte", CHANGED, differences),
    Encoding("bfloat16 made float32", CHANGED, wider),
    Encoding("encryption", CHANGED, enciphered, False),
    Encoding("exclusive or with a longer key", CHANGED, lambda w: masked(w, b"secret"), False),
    Encoding("bytes mapped by any other table", CHANGED, mapped(lambda one: one * 5 + 1), False),
    Encoding("every third byte apart", CHANGED, apart(3), False),
    Encoding(
        "exclusive or after packing",
        CHANGED,
        lambda w: mapped(lambda one: one ^ 7)(bz2.compress(w)),
        False,
    ),
    Encoding("reversed after packing", CHANGED, lambda w: bz2.compress(w)[::-1], False),
    Encoding(
        "every second byte left out, as in other number formats", CHANGED, lambda w: w[::2], False
    ),
    Encoding("blocks of 4 KiB in another order", CHANGED, dealt, False),
    Encoding("line breaks made two bytes", CHANGED, lambda w: w.replace(b"\n", b"\r\n"), False),
    Encoding("rows of a few hundred bytes with something between", PAGES, rows, False),
    Encoding("rows of a picture", PAGES, picture, False),
    Encoding("base64 with its letters changed", WRITTEN, lambda w: _TEXT(w).swapcase(), False),
    Encoding("base64 reversed", WRITTEN, lambda w: _TEXT(w)[::-1], False),
    Encoding("`od -a`", WRITTEN, by_pipe("od", "-a"), False),
    Encoding("`od -f`", WRITTEN, by_pipe("od", "-f"), False),
    Encoding("lists of numbers with another number before each row", WRITTEN, numbered, False),
    Encoding(
        "lines in another order",
        WRITTEN,
        lambda w: b"".join(_LINES(w).splitlines(True)[::-1]),
        False,
    ),
    Encoding(
        "uuencode with something before each line",
        WRITTEN,
        lambda w: uu(w).replace(b"\n", b"\nX"),
        False,
    ),
    Encoding("strings of JSON of a few hundred bytes", WRITTEN, json_strings, False),
    Encoding("pickle of protocol 0", WRITTEN, lambda w: pickle.dumps(w, 0), False),
    Encoding("base64 in words of under 40 letters", WRITTEN, by_words, False),
    Encoding("lines with letters outside ASCII on each", WRITTEN, bulleted, False),
    Encoding("yEnc", WRITTEN, y_encoded, False),
    Encoding("long decimal numbers", WRITTEN, one_number, False),
    Encoding("letters outside ASCII", WRITTEN, letters, False),
    Encoding(
        "text packed by brotli",
        PACKED,
        lambda w: by_pipe("brotli", "-5")(as_hex(w)),
        False,
        "brotli",
    ),
    Encoding("text packed by lzop", PACKED, lambda w: by_pipe("lzop")(as_hex(w)), False, "lzop"),
    Encoding("bare lzma", PACKED, lambda w: lzma.compress(w, lzma.FORMAT_RAW, filters=_RAW), False),
    Encoding(
        "text packed by deflate64",
        PACKED,
        lambda w: by_file("sh", "-c", "7z a -tzip -mm=deflate64 x.zip w && mv x.zip x")(as_hex(w)),
        False,
        "7z",
    ),
    Encoding(
        "zlib with a small window behind other bytes",
        PACKED,
        lambda w: b"#" * 99 + zlib.compress(_TEXT(w), wbits=9),
        False,
    ),
    Encoding(
        "7z with other methods",
        PACKED,
        by_file("sh", "-c", "7z a -m0=ppmd x.7z w && mv x.7z x"),
        False,
        "7z",
    ),
    Encoding("a share under nine tenths", OTHER, lambda w: w[: len(w) * 8 // 10], False),
]


START, END = "<!-- from the corpus: begins -->", "<!-- from the corpus: ends -->"


def lists() -> str:
    """Return what the docs say is found and what is missed."""
    lines = []
    for heading, found in (("Found", True), ("Missed", False)):
        lines += [f"**{heading}**", ""]
        for kind in (OTHER, PACKED, PAGES, WRITTEN, CHANGED):
            names = [one.name for one in ENCODINGS if one.kind == kind and one.found is found]
            line = f"- {kind}: {', '.join(names)}."
            lines += wrap(line, 105, subsequent_indent="  ", break_on_hyphens=False)
        lines.append("")
    return "\n".join(lines)


def with_lists(page: str) -> str:
    """Return the docs' page with the lists of today between the two marks."""
    before, _, rest = page.partition(START)
    return f"{before}{START}\n\n{lists()}\n{END}{rest.partition(END)[2]}"


PAGE = Path(__file__).parents[2] / "docs" / "shell-world.md"

if __name__ == "__main__":
    PAGE.write_text(with_lists(PAGE.read_text(encoding="utf-8")), encoding="utf-8")

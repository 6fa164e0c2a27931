"""Finding a content again: under any name, compressed, encoded, packed with others, or in pieces.

A content is cut where its own bytes say so, so that the same stretch gives the same chunks wherever
it lies in another file (content-defined chunking, as in LBFS: Muthitacharoen, Chen and Mazières,
SOSP 2001; here a boundary is a pair of byte values, which needs no rolling sum where the content is
as good as random, as weights are). A file holds a content if it holds ``SHARE`` of its chunks.

Not found: encryption, reversed or transposed bytes, values written in another number format, and
packings nested deeper than ``DEPTH``.
"""

from __future__ import annotations

import binascii
import bz2
import lzma
import os
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from itertools import islice

from peerwatch.shell.inside.process import has_ended, spawn

SHARE = 0.9
"""Share of a content's chunks that makes a file, or several together, a copy of it."""
DEPTH = 4
"""Packings within packings that are opened."""
_STEP = 16 * 1024
"""Bytes that a decompressor is given, and asked for, at a time."""
_CUT = re.compile(rb"\x5a[\x00-\x3f]")  # one place in 1024 of random bytes
_SMALLEST = 48
_MOST = 64 * 1024 * 1024
"""Bytes that a packed file is unpacked to."""
_ALL = 256 * 1024 * 1024
"""Bytes that are unpacked from one file in all."""
_STREAMS = 64
"""Packed streams within a file that are opened."""
_STREAM = re.compile(rb"\x1f\x8b\x08|BZh[1-9]1AY&SY|\xfd7zXZ\x00|\x28\xb5\x2f\xfd")
_BASE64 = re.compile(  # nothing is given back: what is kept for that would be ten times the text
    rb"(?:[A-Za-z0-9+/_-]{40,}+[ \t]*+(?:\\n|[\r\n])*+)++[A-Za-z0-9+/_-]*+={0,2}"
)
_HEX = re.compile(rb"[0-9a-fA-F \t\r\n:]{60,}")
_NOT_HEX = bytes(set(range(256)) - set(b"0123456789abcdefABCDEF"))
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")
_STORED = re.compile(rb"[\x00\x01](?=(..)(..))", re.DOTALL)
_HEADS = 1 << 20
"""Places in a file that are tried as the head of a block."""
_ZIP = re.compile(rb"PK\x03\x04")
_ZLIB = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")


def chunks(data: bytes) -> Iterator[bytes]:
    """Yield the digest of each chunk of a content."""
    start = 0
    for cut in _CUT.finditer(data):
        if cut.end() - start >= _SMALLEST:
            yield blake2b(data[start : cut.end()], digest_size=12).digest()
        start = cut.end()
    if len(data) - start >= _SMALLEST:
        yield blake2b(data[start:], digest_size=12).digest()


class Tracker:
    """Contents to find again."""

    def __init__(self, digests: Iterable[str]) -> None:
        self.wanted = frozenset(digests)
        self._whole: dict[str, int] = {}
        self._where: dict[bytes, set[str]] = {}

    def learn(self, digest: str, data: bytes) -> None:
        """Take a content in, once it has been seen at its own place."""
        if digest in self.wanted and digest not in self._whole:
            found = set(chunks(data))
            self._whole[digest] = len(found)
            for chunk in found:
                self._where.setdefault(chunk, set()).add(digest)

    def held(self, data: bytes) -> dict[str, frozenset[bytes]]:
        """Return which chunks of which contents a file holds, in whatever form."""
        found: dict[str, set[bytes]] = {}
        if self._where:
            for form in forms(data):
                for chunk in chunks(form):
                    for digest in self._where.get(chunk, ()):
                        found.setdefault(digest, set()).add(chunk)
        return {digest: frozenset(held) for digest, held in found.items()}

    def copies(
        self, held: Mapping[str, Mapping[str, frozenset[bytes]]]
    ) -> list[tuple[str, list[str]]]:
        """Return each content that a host holds, with the files that hold it.

        Args:
            held: By path, what :meth:`held` says of the file.

        Returns:
            One entry for each file that holds it alone; where none does, one for all the pieces
            that hold it together.
        """
        found: list[tuple[str, list[str]]] = []
        for digest, count in self._whole.items():
            need = SHARE * count
            mine = {path: parts[digest] for path, parts in held.items() if digest in parts}
            alone = sorted(path for path, parts in mine.items() if len(parts) >= need)
            found += [(digest, [path]) for path in alone]
            pieces = {path: parts for path, parts in mine.items() if path not in alone}
            if len(frozenset().union(*pieces.values())) >= need:
                found.append((digest, sorted(pieces)))
        return found


def forms(data: bytes) -> Iterator[bytes]:
    """Yield a content as it is, and everything that can be unpacked from it, the outer first.

    It ends once ``_ALL`` bytes were unpacked, so that a packing made to grow costs no more.
    """
    todo, spent = [(data, DEPTH)], 0
    while todo:
        one, depth = todo.pop(0)
        yield one
        for inner in _unpacked(one) if depth and spent < _ALL else ():
            spent += len(inner)
            if len(inner) >= _SMALLEST:
                todo.append((inner, depth - 1))
            if spent >= _ALL:
                break


def _unpacked(data: bytes) -> Iterator[bytes]:
    if data[:2] in _ZLIB:
        yield from _inflated(data, 15)
    for found in islice(_STREAM.finditer(data), _STREAMS):  # wherever it begins, in archives too
        start, rest = found[0][:2], data[found.start() :]
        if start == b"\x1f\x8b":
            yield from _inflated(rest, 31)
        elif start == b"BZ":
            yield _decompressed(bz2.BZ2Decompressor(), rest)
        elif start == b"\xfd7":
            yield _decompressed(lzma.LZMADecompressor(memlimit=1 << 28), rest)
        else:
            yield _filtered(["zstd", "-dcq", "--memory=128MB"], rest)
    for entry in islice(_ZIP.finditer(data), _STREAMS):
        head = data[entry.start() : entry.start() + 30]
        if len(head) == 30 and head[8:10] == b"\x08\x00":
            skip = int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little")
            yield from _inflated(data[entry.start() + 30 + skip :], -15)
    yield from _joined(data)
    yield from _decoded(data)


def _joined(data: bytes) -> Iterator[bytes]:
    """Yield a piece of a deflated stream without the heads of the blocks that it keeps as they are.

    A head is its length and the complement; where it says that its block ends, there is another.
    """
    parts, start = [], 0
    for head in islice(_STORED.finditer(data), _HEADS):
        here, length = head.start(), int.from_bytes(head[1], "little")
        end = here + 5 + length
        if here < start or not _is_head(head[0] + head[1] + head[2]):
            continue
        if end >= len(data) or _is_head(data[end : end + 5]):
            parts.append(data[start:here])
            start = here + 5
    if parts:
        yield b"".join((*parts, data[start:]))


def _is_head(data: bytes) -> bool:
    both = int.from_bytes(data[1:3], "little") ^ int.from_bytes(data[3:5], "little")
    return both == 0xFFFF and len(data) == 5


def _decoded(data: bytes) -> Iterator[bytes]:
    """Yield what is written as hexadecimal or base64, wherever the text begins."""
    for run in _HEX.finditer(data):
        digits = run[0].translate(None, _NOT_HEX)
        for shift in (0, 1):
            part = digits[shift:]
            yield binascii.unhexlify(part[: len(part) // 2 * 2])
    for run in _BASE64.finditer(data):
        text = run[0].replace(b"\\n", b"\n").replace(b"-", b"+").replace(b"_", b"/")
        text = _NOT_BASE64.sub(b"", text)
        for shift in range(4):  # a piece of a longer text may begin anywhere in a group
            part = text[shift:]
            yield binascii.a2b_base64(part[: len(part) // 4 * 4])


def _inflated(data: bytes, bits: int) -> Iterator[bytes]:
    """Yield what deflated streams hold, each as far as it goes."""
    for _ in range(_STREAMS):
        stream, found, start = zlib.decompressobj(bits), bytearray(), 0
        try:
            while start < len(data) and not stream.eof and len(found) < _MOST:
                found += stream.decompress(data[start : start + _STEP], _MOST - len(found))
                start += _STEP
        except zlib.error:  # broken from here on
            start = len(data)
        yield bytes(found)
        data = stream.unused_data + data[start:]
        if bits < 0 or not data.startswith(b"\x1f\x8b"):
            return


def _decompressed(stream: bz2.BZ2Decompressor | lzma.LZMADecompressor, data: bytes) -> bytes:
    """Return what a stream holds, as far as it goes.

    Little is given to it and taken from it at a time, since a call that comes to where it is broken
    returns nothing.
    """
    found, start = bytearray(), 0
    try:
        while not stream.eof and len(found) < _MOST:
            given = data[start : start + _STEP] if stream.needs_input else b""
            if stream.needs_input and not given:
                break
            start += len(given)
            found += stream.decompress(given, _STEP)
    except (OSError, EOFError, lzma.LZMAError):
        return bytes(found)
    return bytes(found)


def _filtered(argv: list[str], data: bytes) -> bytes:
    """Return what a program of the machine makes of data; nothing where there is none."""
    source = os.memfd_create("in")
    result = os.memfd_create("out")
    try:
        with os.fdopen(os.dup(source), "wb") as file:
            file.write(data)
        os.lseek(source, 0, os.SEEK_SET)
        has_ended(spawn(argv, {0: source, 1: result}, limits={"RLIMIT_FSIZE": _MOST}))
        return os.pread(result, _MOST, 0)
    finally:
        os.close(source)
        os.close(result)

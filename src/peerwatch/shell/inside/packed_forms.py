"""Opening what is compressed, or lies in the pages of a database, wherever in a file it begins.

A decoder is given bytes and a budget, and yields what it makes of them: of what is broken or cut
off as much as can be had, of anything else nothing.
"""

from __future__ import annotations

import bz2
import lzma
import os
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial

from peerwatch.shell.inside.decoding_budget import Budget
from peerwatch.shell.inside.process import has_ended, spawn

Data = bytes | bytearray
Decoder = Callable[[Data, Budget], Iterator[Data]]
Unpacked = tuple[bytearray, int]
"""What a stream holds, and how many bytes long it is; 0 where its end was not come to."""
Opener = Callable[[memoryview, Budget], Unpacked]
"""Opens the stream that some bytes begin with."""

LEAST = 512
"""Bytes below which something unpacked is not looked at: it holds no chunk whole."""
MOST = 32 * 1024 * 1024
"""Bytes that a stream is unpacked to."""
_STEP = 16 * 1024
"""Bytes that a decompressor is given, and asked for, at a time."""
_PROGRAM = {"RLIMIT_FSIZE": MOST, "RLIMIT_CPU": 5, "RLIMIT_AS": 1 << 29}
_SEGMENT = 1 << 20
_DICTIONARY = 1 << 26
"""More than is ever unpacked, so that no dictionary that a stream asks for has to be larger."""


def streams(mark: bytes, opened: Opener) -> Decoder:
    """Return the decoder of what begins with a mark, a regular expression."""
    marks = re.compile(mark, re.DOTALL)

    def decoder(data: Data, budget: Budget) -> Iterator[Data]:
        here = marks.search(data)
        while here and not budget.is_over():
            at = here.start()
            found, length = opened(memoryview(data)[at:], budget)
            if len(found) >= LEAST:
                budget.open_stream()
                yield found
                at += max(length - 1, 0)
            here = marks.search(data, at + 1)

    return decoder


def _limited(found: bytearray, budget: Budget) -> bool:
    """Return whether no more may be unpacked from a stream."""
    if len(found) >= MOST:
        budget.leave_out(f"a packed stream of more than {MOST >> 20} MiB")
        return True
    return budget.is_over()


def inflated(bits: int, data: memoryview, budget: Budget) -> Unpacked:
    """Return what a deflated stream holds."""
    stream, found, start = zlib.decompressobj(bits), bytearray(), 0
    with suppress(zlib.error):
        while not stream.eof and not _limited(found, budget):
            given = stream.unconsumed_tail or data[start : start + _STEP]
            if not given:
                break
            start += 0 if stream.unconsumed_tail else len(given)
            out = stream.decompress(given, _SEGMENT)
            budget.take(len(out))
            found += out
    return found, start - len(stream.unused_data) if stream.eof else 0


def _expanded(
    stream: bz2.BZ2Decompressor | lzma.LZMADecompressor, data: memoryview, budget: Budget
) -> Unpacked:
    """Return what a stream holds.

    Little is given to it and taken from it at a time, since a call that comes to where it is broken
    returns nothing.
    """
    found, start = bytearray(), 0
    try:
        while not stream.eof and not _limited(found, budget):
            given = data[start : start + _STEP] if stream.needs_input else b""
            if stream.needs_input and not given:
                break
            start += len(given)
            out = stream.decompress(given, _STEP)
            budget.take(len(out))
            found += out
    except (OSError, EOFError, lzma.LZMAError, MemoryError) as error:
        if "limit" in str(error) or isinstance(error, MemoryError):
            budget.leave_out("a packed stream that takes more than 256 MiB of memory")
    return found, start - len(stream.unused_data) if stream.eof else 0


def _members(mark: bytes, opened: Opener, data: memoryview, budget: Budget) -> Unpacked:
    """Return what streams hold of which each begins where the last has ended, as one."""
    found, end = opened(data, budget)
    length = end
    while end and data[length : length + len(mark)] == mark and not _limited(found, budget):
        more, end = opened(data[length:], budget)
        length += end
        found += more
    return found, length


def _bunzipped(data: memoryview, budget: Budget) -> Unpacked:
    return _expanded(bz2.BZ2Decompressor(), data, budget)


def _unxz(data: memoryview, budget: Budget) -> Unpacked:
    return _expanded(lzma.LZMADecompressor(memlimit=1 << 28), data, budget)


def _raw_lzma2(data: memoryview, budget: Budget) -> Unpacked:
    how = [{"id": lzma.FILTER_LZMA2, "dict_size": _DICTIONARY}]
    return _expanded(lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=how), data, budget)


def _raw_lzma(properties: int, data: memoryview, budget: Budget) -> Unpacked:
    rest, lc = divmod(properties, 9)
    pb, lp = divmod(rest, 5)
    if pb > 4 or lc + lp > 4:
        return bytearray(), 0
    how = [
        {"id": lzma.FILTER_LZMA1, "lc": lc, "lp": lp, "pb": pb, "dict_size": _DICTIONARY},
    ]
    return _expanded(lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=how), data, budget)


def _lzma_alone(data: memoryview, budget: Budget) -> Unpacked:
    return _raw_lzma(data[0], data[13:], budget)


def _lzip(data: memoryview, budget: Budget) -> Unpacked:
    return _raw_lzma(0x5D, data[6:], budget)


def _seven_zip(data: memoryview, budget: Budget) -> Unpacked:
    """Return what the first folder of an archive holds, as it is packed where nothing is asked."""
    either = [_raw_lzma2(data[32:], budget), _raw_lzma(0x5D, data[32:], budget)]
    return max(either, key=lambda one: len(one[0]))


def _zip_member(data: memoryview, budget: Budget) -> Unpacked:
    if len(data) < 30:
        return bytearray(), 0
    method = data[8] | data[9] << 8
    start = 30 + (data[26] | data[27] << 8) + (data[28] | data[29] << 8)
    if method == 8:
        return inflated(-15, data[start:], budget)[0], 0
    if method == 14 and len(data) > start + 9:  # version, length and properties stand before it
        return _raw_lzma(data[start + 4], data[start + 9 :], budget)[0], 0
    return bytearray(), 0


def by_program(*argv: str) -> Opener:
    """Return what opens a stream by a program of the machine."""

    def opened(data: memoryview, budget: Budget) -> Unpacked:
        source, result = os.memfd_create("in"), os.memfd_create("out")
        try:
            with os.fdopen(os.dup(source), "wb") as file:
                file.write(data[:MOST])
            os.lseek(source, 0, os.SEEK_SET)
            code = has_ended(spawn(argv, {0: source, 1: result}, limits=_PROGRAM))
            size = os.fstat(result).st_size
            if code == 127:
                budget.leave_out(f"packed by {argv[0]}, which this machine does not have")
            elif code < 0 or size >= MOST or (len(data) > MOST and size >= LEAST):
                budget.leave_out(f"a packed stream of more than {MOST >> 20} MiB")
            room = min(size, budget.room)
            budget.take(size)
            return bytearray(os.pread(result, room, 0)), 0
        finally:
            os.close(source)
            os.close(result)

    return opened


def whole_deflated(data: Data, budget: Budget) -> Iterator[Data]:
    """Yield what a file holds that is one deflated stream, under any head of zlib or none."""
    if len(data) < LEAST:
        return
    head = data[0] << 8 | data[1]
    bits = 15 if data[0] & 15 == 8 and head % 31 == 0 else -15
    found, _ = inflated(bits, memoryview(data), budget)
    if len(found) >= LEAST:
        yield found


def without_block_heads(data: Data, budget: Budget) -> Iterator[Data]:
    """Yield a piece of a deflated stream without the heads of the blocks that it keeps as they are.

    A head is its length and the complement; where it says that its block ends, there is another.
    """
    parts, start = [], 0
    for count, here in enumerate(_heads(data, budget), start=1):
        if count % 4096 == 0 and budget.is_over():
            return
        end = here + 5 + (data[here + 1] | data[here + 2] << 8)
        if here >= start and (end >= len(data) or _is_head(data[end : end + 5])):
            parts.append(data[start:here])
            start = here + 5
    if parts and len(data) >= LEAST and not budget.is_over():
        yield b"".join((*parts, data[start:]))
        budget.take(len(data))


def _heads(data: Data, budget: Budget) -> Iterator[int]:
    for at in range(0, len(data), _SEGMENT):
        if budget.is_over():
            return
        part = data[at : at + _SEGMENT + 4]
        number = int.from_bytes(part, "little")
        both = (number ^ number >> 16).to_bytes(len(part), "little")
        here = both.find(b"\xff\xff", 1)
        while 0 <= here <= len(part) - 4:
            if _is_head(part[here - 1 : here + 4]):
                yield at + here - 1
            here = both.find(b"\xff\xff", here + 1)


def _is_head(data: Data) -> bool:
    both = int.from_bytes(data[1:3], "little") ^ int.from_bytes(data[3:5], "little")
    return both == 0xFFFF and len(data) == 5 and data[0] < 2


_DATABASE = b"SQLite format 3\0"
_LOG = re.compile(rb"\x37\x7f\x06[\x82\x83]\x00\x2d\xe2\x18")


def database_pages(data: Data, budget: Budget) -> Iterator[Data]:
    """Yield what lies in chained pages of an SQLite database: its large values."""
    logs = [(log.start(), size) for log in _LOG.finditer(data) if (size := _page_size(data, log))]
    at = data.find(_DATABASE)
    while at >= 0 and not budget.is_over():
        if any(at > start and (at - start - 32) % (24 + page) == 24 for start, page in logs):
            at = data.find(_DATABASE, at + 1)  # the first page, once more, in a log
            continue
        size = int.from_bytes(data[at + 16 : at + 18], "big")
        size = 65536 if size == 1 else size
        if size >= 512 and size & (size - 1) == 0:
            places = dict(enumerate(range(at, len(data) - size + 1, size), start=1))
            used = size - data[at + 20]
            yield from _chained(data, places, used, budget)
        at = data.find(_DATABASE, at + 1)


def database_log(data: Data, budget: Budget) -> Iterator[Data]:
    """Yield what lies in chained pages of a write-ahead log of SQLite."""
    for log in _LOG.finditer(data):
        if budget.is_over():
            return
        at, size = log.start(), _page_size(data, log)
        if not size:
            continue
        frames = range(at + 32, len(data) - 24 - size + 1, 24 + size)
        places = {int.from_bytes(data[one : one + 4], "big"): one + 24 for one in frames}
        yield from _chained(data, places, size, budget)


def _page_size(data: Data, log: re.Match[bytes]) -> int:
    """Return the size of the pages in a log; 0 where it is none."""
    size = int.from_bytes(data[log.start() + 8 : log.start() + 12], "big")
    return size if 512 <= size <= 65536 else 0


def _chained(data: Data, places: dict[int, int], size: int, budget: Budget) -> Iterator[Data]:
    """Yield each value that goes on over several pages: its beginning, and the pages in order.

    Such a page begins with the number of the next, and the last with 0.
    """
    following = {page: int.from_bytes(data[at : at + 4], "big") for page, at in places.items()}
    following = {p: n for p, n in following.items() if n == 0 or n in places}
    begins: dict[int, Data] = {}
    for at in places.values():
        if data[at] == _TABLE_LEAF and not budget.is_over():
            begins.update(_beginnings(data[at : at + size], size))
    found = bytearray()
    for page in following.keys() - set(following.values()):
        if budget.is_over():
            return
        found += begins.get(page, b"")
        while page in following:
            found += data[places[page] + 4 : places[page] + size]
            page = following.pop(page)
    if len(found) >= LEAST:
        budget.open_stream()
        budget.take(len(found))
        yield found


_TABLE_LEAF = 13


def _beginnings(page: Data, size: int) -> Iterator[tuple[int, Data]]:
    """Yield, for the values that begin in a page, where they go on and how they begin."""
    most, least = size - 35, (size - 12) * 32 // 255 - 23
    cells = int.from_bytes(page[3:5], "big")
    for cell in range(8, 8 + 2 * cells, 2) if 8 + 2 * cells <= size else ():
        at = int.from_bytes(page[cell : cell + 2], "big")
        length, at = _number(page, at)
        _, at = _number(page, at)
        if length > most:
            here = least + (length - least) % (size - 4)
            end = at + (here if here <= most else least)
            yield int.from_bytes(page[end : end + 4], "big"), page[at:end]


def _number(page: Data, at: int) -> tuple[int, int]:
    """Return a number written in seven bits a byte, and where it ends."""
    found = 0
    for end, byte in enumerate(page[at : at + 8], start=at + 1):
        found = found << 7 | byte & 127
        if byte < 128:
            return found, end
    return 0, at


_GZIP, _BZIP2, _XZ = b"\x1f\x8b\x08", b"BZh", b"\xfd7zXZ\0"
HEADLESS = "deflate, a piece of it"
PACKED: dict[str, Decoder] = {
    "gzip": streams(_GZIP, partial(_members, _GZIP, partial(inflated, 31))),
    "bzip2": streams(b"BZh[1-9]1AY&SY", partial(_members, _BZIP2, _bunzipped)),
    "xz": streams(_XZ, partial(_members, _XZ, _unxz)),
    "lzma": streams(rb"\x5d\0\0.{2}(?:\xff{8}|.{5}\0{3})", _lzma_alone),
    "lzip": streams(rb"LZIP\x01", _lzip),
    "7z": streams(rb"7z\xbc\xaf\x27\x1c", _seven_zip),
    "zip": streams(rb"PK\x03\x04", _zip_member),
    "zlib": streams(rb"\x78[\x01\x5e\x9c\xda]", partial(inflated, 15)),
    "zstd": streams(rb"\x28\xb5\x2f\xfd", by_program("zstd", "-dcq", "--memory=128MB")),
    "lz4": streams(rb"\x04\x22\x4d\x18", by_program("lz4", "-dcq")),
    "compress": streams(rb"\x1f\x9d\x90", by_program("gzip", "-dcq")),
    "deflate": whole_deflated,
    HEADLESS: without_block_heads,
    "a database": database_pages,
    "a database's log": database_log,
}
"""How each is recognised, wherever it begins, and opened."""

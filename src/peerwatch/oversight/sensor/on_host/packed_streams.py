"""What a packed file holds, as a stream: gzip, bzip2, xz, zip, zstd, base64 and hexadecimal.

An archive by tar needs no unpacking: its members lie in it as they are. What cannot be unpacked
here (7z, lz4, encrypted files, zstd on a host without it) is not looked into, and the docs say so.
"""

from __future__ import annotations

import base64
import binascii
import bz2
import contextlib
import lzma
import os
import re
import shutil
import subprocess
import zipfile
import zlib
from collections.abc import Callable, Iterator

from peerwatch.oversight.sensor.on_host.probe_limits import Limits

WRITTEN = ("base64", "hexadecimal")
"""Forms that are guessed from letters."""
_BLOCK = 256 * 1024
_LETTERS = re.compile(rb"[A-Za-z0-9+/_=\s-]{512,}\Z")
_HEX = re.compile(rb"[0-9A-Fa-f\s]{512,}\Z")
_BLANKS = b" \t\r\n"
_MEMBERS = 10_000


class NotUnpackedError(Exception):
    """A packed file that this host cannot look into, or that is broken."""


def form_of(head: bytes) -> str:
    """Return how a file is packed by its first bytes; empty where it is not, as far as known."""
    for magic, form in _MAGIC.items():
        if head.startswith(magic):
            return form
    start = head[:4096].rstrip(b"\n")
    if _HEX.match(start):
        return "hexadecimal"
    return "base64" if _LETTERS.match(start) and b" " not in start else ""


def unpacked(fd: int, form: str, limits: Limits, most: int) -> Iterator[bytes]:
    """Yield what an open file holds, up to ``most`` bytes.

    Raises:
        NotUnpackedError: It is broken, holds more, or there is nothing here to unpack it with.
        OutOfTimeError: The time is over.
    """
    given = 0
    try:
        for block in _FORMS[form](fd):
            given += len(block)
            limits.check()
            yield block
            if given >= most:
                raise NotUnpackedError(f"{form}: it holds more than {most} bytes")
    except (zlib.error, EOFError, lzma.LZMAError, zipfile.BadZipFile, binascii.Error) as error:
        raise NotUnpackedError(f"{form}: {error}") from None
    except (ValueError, RuntimeError, NotImplementedError, MemoryError, OSError) as error:
        raise NotUnpackedError(f"{form}: {error or type(error).__name__}") from None


def _blocks(fd: int) -> Iterator[bytes]:
    os.lseek(fd, 0, os.SEEK_SET)
    while block := os.read(fd, _BLOCK):
        yield block


def _gzip(fd: int) -> Iterator[bytes]:
    """Unpack gzip in bounded pieces, one stream after the other."""
    yield from _streams(fd, lambda: zlib.decompressobj(31))


def _bzip2(fd: int) -> Iterator[bytes]:
    made: bz2.BZ2Decompressor | None = None
    for block in _blocks(fd):
        made = made or bz2.BZ2Decompressor()
        yield made.decompress(block, _BLOCK)
        while not made.eof and not made.needs_input:
            yield made.decompress(b"", _BLOCK)
        if made.eof:
            rest = made.unused_data
            made = bz2.BZ2Decompressor()
            if rest:
                yield made.decompress(rest, _BLOCK)


def _xz(fd: int) -> Iterator[bytes]:
    made = lzma.LZMADecompressor(memlimit=128 * 1024 * 1024)
    for block in _blocks(fd):
        if made.eof:
            return
        yield made.decompress(block, _BLOCK)
        while not made.eof and not made.needs_input:
            yield made.decompress(b"", _BLOCK)


def _streams(fd: int, new: Callable[[], zlib._Decompress]) -> Iterator[bytes]:
    made = new()
    for block in _blocks(fd):
        rest = block
        while rest:
            yield made.decompress(rest, _BLOCK)
            rest = made.unconsumed_tail
            if made.eof:
                rest, made = made.unused_data.lstrip(b"\0"), new()


def _zip(fd: int) -> Iterator[bytes]:
    with os.fdopen(os.dup(fd), "rb") as file, zipfile.ZipFile(file) as archive:
        for number, member in enumerate(archive.infolist()):
            if number > _MEMBERS:
                raise NotUnpackedError(f"zip: more than {_MEMBERS} members")
            with archive.open(member) as inner:
                yield b"\n"
                while block := inner.read(_BLOCK):
                    yield block


def _zstd(fd: int) -> Iterator[bytes]:
    program = shutil.which("zstd", path="/usr/bin:/bin:/usr/local/bin")
    if program is None:
        raise NotUnpackedError("zstd: this host has no zstd to unpack it with")
    os.lseek(fd, 0, os.SEEK_SET)
    argv = [program, "-dcq", "--memory=128MB"]
    with subprocess.Popen(
        argv, stdin=fd, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={}
    ) as run:
        try:
            assert run.stdout is not None
            while block := run.stdout.read(_BLOCK):
                yield block
        finally:
            run.kill()
    if run.returncode > 0:
        raise NotUnpackedError("zstd: broken")


def _base64(fd: int) -> Iterator[bytes]:
    rest = b""
    for block in _blocks(fd):
        letters = rest + block.translate(_FOR_ADDRESSES, _BLANKS).replace(b"=", b"")
        even = len(letters) // 4 * 4
        yield base64.b64decode(letters[:even], validate=True)
        rest = letters[even:]


def _hexadecimal(fd: int) -> Iterator[bytes]:
    rest = b""
    for block in _blocks(fd):
        digits = rest + block.translate(None, _BLANKS)
        even = len(digits) // 2 * 2
        yield bytes.fromhex(digits[:even].decode("ascii"))
        rest = digits[even:]


_FOR_ADDRESSES = bytes.maketrans(b"-_", b"+/")
_MAGIC = {
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\xfd7zXZ\0": "xz",
    b"\x5d\0\0": "xz",
    b"PK\x03\x04": "zip",
    b"\x28\xb5\x2f\xfd": "zstd",
}
_FORMS: dict[str, Callable[[int], Iterator[bytes]]] = {
    "gzip": _gzip,
    "bzip2": _bzip2,
    "xz": _xz,
    "zip": _zip,
    "zstd": _zstd,
    "base64": _base64,
    "hexadecimal": _hexadecimal,
}


def close_quietly(fd: int) -> None:
    """Close an open file, whatever became of it."""
    with contextlib.suppress(OSError):
        os.close(fd)

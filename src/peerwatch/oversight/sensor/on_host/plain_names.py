"""Names of files as text that can be kept, sent and shown, whatever bytes they are.

A byte that is no UTF-8, a character that does not print (line breaks, terminal and direction
controls) and the backslash itself are written out. No two names are written alike.
"""

from __future__ import annotations

import re

_ESCAPED = re.compile(rb"\\(?:x([0-9a-f]{2})|u\{([0-9a-f]+)\}|(\\))")


def shown(name: bytes) -> str:
    r"""Return a name as plain text: ``b"a\nb\xff"`` is ``a\x0ab\xff``, a backslash is ``\\``."""
    text = name.replace(b"\\", b"\\\\").decode("utf-8", "backslashreplace")
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else _written(one) for one in text)


def real(text: str) -> bytes:
    """Return the name that :func:`shown` wrote."""

    def byte(found: re.Match[bytes]) -> bytes:
        if found[3]:
            return b"\\"
        return bytes([int(found[1], 16)]) if found[1] else chr(int(found[2], 16)).encode()

    return _ESCAPED.sub(byte, text.encode("utf-8", "surrogateescape"))


def plain_text(data: bytes) -> str | None:
    """Return a small file's content as text; None where it holds bytes that no text has."""
    if b"\0" in data:
        return None
    return data.decode("utf-8", "backslashreplace")


def _written(one: str) -> str:
    number = ord(one)
    return f"\\x{number:02x}" if number < 128 else f"\\u{{{number:x}}}"

"""Weight files: real safetensors bytes from a key, and declared ones of any size.

A file in safetensors form is an 8-byte little-endian header length, a JSON header that names each
tensor's type, shape and byte range, and the tensors' bytes.
"""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache

from peerwatch.world.state import content_digest

REAL_BELOW = 64 * 1024 * 1024
"""Declared files smaller than this carry the digest of the bytes that would be written."""
MIN_SIZE = 8 + 128
"""The smallest weight file: the length and a header with one tensor."""
_ROW = 4096
"""Bytes in a row of the main tensor."""


def weight_bytes(seed_key: str, size: int) -> bytes:
    """Return a valid safetensors file of exactly ``size`` bytes, a function of its key and size.

    Raises:
        ValueError: ``size`` is too small to hold a header.
    """
    header = _header(size)
    data = hashlib.shake_128(f"weights/{seed_key}".encode()).digest(size - 8 - len(header))
    return len(header).to_bytes(8, "little") + header + data


def declared_weights(seed_key: str, size: int) -> tuple[int, str]:
    """Return size and digest of a weight file without keeping its bytes.

    Below ``REAL_BELOW`` bytes the digest is that of :func:`weight_bytes`. From there on nothing is
    ever written, and the digest only stands for the content: the SHA-256 of a text made of the
    key and the size, so that equal declarations are equal contents and others are not.
    """
    return size, _declared_digest(seed_key, size)


@lru_cache(maxsize=1024)
def _declared_digest(seed_key: str, size: int) -> str:
    if size < REAL_BELOW:
        return content_digest(weight_bytes(seed_key, size))
    return content_digest(f"declared weights/{size}/{seed_key}".encode())


def _header(size: int) -> bytes:
    """Return the header of a file of ``size`` bytes, padded with spaces as the format allows."""
    if size < MIN_SIZE:
        raise ValueError(f"a weight file holds at least {MIN_SIZE} bytes, not {size}")
    # The header's own length depends on the numbers in it; pad it to a length fixed beforehand.
    length = 128 if size < 1024 else 256
    data = size - 8 - length
    rows, rest = divmod(data, _ROW)
    tensors: dict[str, dict[str, object]] = {}
    if rows:
        tensors["model.embed_tokens.weight"] = _tensor("BF16", [rows, _ROW // 2], 0, data - rest)
    if rest or not rows:
        tensors["model.norm.bias"] = _tensor("U8", [rest], data - rest, data)
    text = json.dumps(tensors, separators=(",", ":")).encode()
    return text.ljust(length)


def _tensor(dtype: str, shape: list[int], start: int, end: int) -> dict[str, object]:
    return {"dtype": dtype, "shape": shape, "data_offsets": [start, end]}

"""Weight files: real safetensors bytes from a key, and declared ones of any size.

A file in safetensors form is an 8-byte little-endian header length, a JSON header that names each
tensor's type, shape and byte range, and the tensors' bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from math import prod

from peerwatch.world.state import content_digest

REAL_BELOW = 64 * 1024 * 1024
"""Declared files smaller than this carry the digest of the bytes that would be written."""
MIN_SIZE = 8 + 128
"""The smallest weight file: the length and a header with one tensor."""
_DECODER_FROM = 24 * 1024
"""Files smaller than this hold a table of embeddings alone."""
_LAYERS = 24
"""The most layers of a model."""
_IN_LAYERS = 0.7
"""The most of a file that the layers take; embeddings take the rest."""
_Shape = tuple[int, ...]


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
    if size < 1024:
        return _text({}, _embeddings(size - 8 - 128, 2048)).ljust(128)
    named = _decoder(size) if size >= _DECODER_FROM else []
    width = named[-1][1][0] if named else 16
    meta = {"__metadata__": {"format": "pt"}}
    # The header's own length depends on the numbers in it; pad it to a length fixed beforehand.
    length = -(-len(_text(meta, _placed(named, size, width))) // 8) * 8 + 128
    return _text(meta, _placed(named, size - 8 - length, width)).ljust(length)


def _decoder(size: int) -> list[tuple[str, _Shape]]:
    """Return names and shapes of a decoder's layers and last norm, as large as the file lets be."""
    most = int(size * _IN_LAYERS)
    width = 16
    while 4 * _bytes_of(_layer(0, 2 * width)) <= most and width < 4096:
        width *= 2
    count = min(_LAYERS, most // _bytes_of(_layer(0, width)))
    layers = [one for number in range(count) for one in _layer(number, width)]
    return [*layers, ("model.norm.weight", (width,))]


def _layer(number: int, width: int) -> list[tuple[str, _Shape]]:
    inner, few = -(-width * 8 // 3 // 16) * 16, max(width // 4, 8)
    shapes: list[tuple[str, _Shape]] = [
        ("input_layernorm", (width,)),
        ("mlp.down_proj", (width, inner)),
        ("mlp.gate_proj", (inner, width)),
        ("mlp.up_proj", (inner, width)),
        ("post_attention_layernorm", (width,)),
        ("self_attn.k_proj", (few, width)),
        ("self_attn.o_proj", (width, width)),
        ("self_attn.q_proj", (width, width)),
        ("self_attn.v_proj", (few, width)),
    ]
    return [(f"model.layers.{number}.{name}.weight", shape) for name, shape in shapes]


def _bytes_of(named: list[tuple[str, _Shape]]) -> int:
    return sum(2 * prod(shape) for _, shape in named)


def _placed(named: list[tuple[str, _Shape]], data: int, width: int) -> dict[str, object]:
    """Return tensors that fill so many bytes: the embeddings take what the layers leave."""
    start = data - _bytes_of(named)
    tensors = _embeddings(start, width)
    for name, shape in named:
        end = start + 2 * prod(shape)
        tensors[name] = _tensor("BF16", shape, start, end)
        start = end
    return tensors


def _embeddings(data: int, width: int) -> dict[str, object]:
    """Return a table of embeddings, and the bytes that make no row of it."""
    rows, rest = divmod(data, 2 * width)
    tensors: dict[str, object] = {}
    if rows:
        tensors["model.embed_tokens.weight"] = _tensor("BF16", (rows, width), 0, data - rest)
    if rest or not rows:
        tensors["model.embed_tokens.padding"] = _tensor("U8", (rest,), data - rest, data)
    return tensors


def _tensor(dtype: str, shape: _Shape, start: int, end: int) -> dict[str, object]:
    return {"dtype": dtype, "shape": list(shape), "data_offsets": [start, end]}


def _text(meta: Mapping[str, object], tensors: Mapping[str, object]) -> bytes:
    return json.dumps({**meta, **tensors}, separators=(",", ":")).encode()

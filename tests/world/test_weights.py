"""Weight files are valid safetensors of exactly the size asked for."""

from __future__ import annotations

import json

import pytest

from peerwatch.world import content_digest, declared_weights, weight_bytes
from peerwatch.world.weights import MIN_SIZE, REAL_BELOW


@pytest.mark.parametrize("size", [MIN_SIZE, 137, 1023, 1024, 4096, 8192 + 264, 1_000_003])
def test_the_bytes_are_valid(size: int) -> None:
    data = weight_bytes("key", size)
    assert len(data) == size
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    end = 0
    for tensor in header.values():
        count = {"U8": 1, "BF16": 2}[tensor["dtype"]]
        for extent in tensor["shape"]:
            count *= extent
        start, stop = tensor["data_offsets"]
        assert (start, stop - start) == (end, count)
        end = stop
    assert end == size - 8 - length


@pytest.mark.parametrize("size", [MIN_SIZE, 1023, 1_000_003])
def test_the_library_reads_them(size: int) -> None:
    safetensors = pytest.importorskip("safetensors")
    assert safetensors.deserialize(weight_bytes("key", size))


def test_they_are_a_function_of_key_and_size() -> None:
    assert weight_bytes("a", 5000) == weight_bytes("a", 5000)
    assert weight_bytes("a", 5000) != weight_bytes("b", 5000)
    assert content_digest(weight_bytes("a", 200)) == (
        "sha256:347c74902072d2f9fc486ee8423ed3ea6c19ad1aaf94dbd986d31efddd9c51a4"
    )


def test_declared_files() -> None:
    assert declared_weights("a", 5000) == (5000, content_digest(weight_bytes("a", 5000)))
    huge = 800 * 10**9
    assert declared_weights("a", huge) == declared_weights("a", huge)
    assert len({declared_weights(k, s) for k in "ab" for s in (huge, huge + 1, REAL_BELOW)}) == 6
    with pytest.raises(ValueError, match="at least 136 bytes"):
        weight_bytes("a", 10)

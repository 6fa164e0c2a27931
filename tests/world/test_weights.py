"""Weight files are valid safetensors of exactly the size asked for."""

from __future__ import annotations

import json

import pytest

from peerwatch.world import content_digest, declared_weights, weight_bytes
from peerwatch.world.weights import MIN_SIZE, REAL_BELOW

SIZES = (MIN_SIZE, 137, 1023, 1024, 4096, 8192 + 264, 24_575, 24_576, 30_001, 1_000_003)


@pytest.mark.parametrize("size", SIZES)
def test_the_bytes_are_valid(size: int) -> None:
    data = weight_bytes("key", size)
    assert len(data) == size
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    assert header.pop("__metadata__", {"format": "pt"}) == {"format": "pt"}
    end = 0
    for tensor in header.values():
        count = {"U8": 1, "BF16": 2}[tensor["dtype"]]
        for extent in tensor["shape"]:
            count *= extent
        start, stop = tensor["data_offsets"]
        assert (start, stop - start) == (end, count)
        end = stop
    assert end == size - 8 - length


def test_a_file_holds_a_decoder_with_its_layers() -> None:
    data = weight_bytes("key", 1_000_003)
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    names = {name for name in header if ".layers." in name}
    layers = {name.split(".")[2] for name in names}
    assert len(layers) >= 4 and len(names) == 9 * len(layers)
    width = header["model.embed_tokens.weight"]["shape"][1]
    assert header["model.norm.weight"]["shape"] == [width]
    assert header["model.layers.0.self_attn.q_proj.weight"]["shape"] == [width, width]


@pytest.mark.parametrize("size", SIZES)
def test_the_library_reads_them(size: int) -> None:
    safetensors = pytest.importorskip("safetensors")
    assert safetensors.deserialize(weight_bytes("key", size))


def test_they_are_a_function_of_key_and_size() -> None:
    assert weight_bytes("a", 5000) == weight_bytes("a", 5000)
    assert weight_bytes("a", 5000) != weight_bytes("b", 5000)
    assert content_digest(weight_bytes("a", 200)) == (
        "sha256:ba5670012593a69c12dbb9d4857ccb149ce65363ee1d48d011ec6a2aa706fd5b"
    )


def test_declared_files() -> None:
    assert declared_weights("a", 5000) == (5000, content_digest(weight_bytes("a", 5000)))
    huge = 800 * 10**9
    assert declared_weights("a", huge) == declared_weights("a", huge)
    assert len({declared_weights(k, s) for k in "ab" for s in (huge, huge + 1, REAL_BELOW)}) == 6
    with pytest.raises(ValueError, match="at least 136 bytes"):
        weight_bytes("a", 10)

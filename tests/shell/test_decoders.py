"""What unpacking may cost is bounded, and what a bound cuts off is said."""

from __future__ import annotations

import base64
import bz2
import gzip
import lzma
import random
import sqlite3
import subprocess
import sys
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import MappingProxyType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peerwatch.shell.inside.decoders import DECODERS, DEPTH, forms
from peerwatch.shell.inside.decoding_budget import Budget, processor_time
from peerwatch.shell.inside.packed_forms import MOST, by_program, streams

NOISE = random.Random(1).randbytes(40_000)


def told(data: bytes, budget: Budget) -> list[str]:
    for _ in forms(data, budget):
        pass
    return budget.told()


def nested(times: int) -> bytes:
    data = base64.b64encode(NOISE)
    for _ in range(times - 1):
        data = bz2.compress(data)
    return data


def test_more_forms_within_forms_than_are_opened_is_said() -> None:
    assert told(nested(DEPTH), Budget()) == []
    assert told(nested(DEPTH + 1), Budget()) == ["packed more than 6 times over"]


def test_a_stream_that_is_too_large_is_said_and_its_beginning_looked_at() -> None:
    budget = Budget(seconds=60)
    data = gzip.compress(NOISE + bytes(2 * MOST), 1)
    assert sum(NOISE in one for one in forms(data, budget)) == 1
    assert budget.told() == ["a packed stream of more than 32 MiB"]


def test_bytes_streams_and_seconds_that_are_used_up_are_said() -> None:
    data = b"-".join(gzip.compress(NOISE[at : at + 4000]) for at in range(0, 40_000, 4000))
    assert told(data, Budget()) == []
    assert told(data, Budget(streams=5)) == ["more than 5 packed streams"]
    assert told(bytes(3 << 20) + data, Budget(unpacked=0)) == ["unpacked to more than 0 MiB"]
    assert told(data, Budget(seconds=0)) == ["took more than 0 seconds of work"]


def test_a_budget_is_shared_and_tells_a_reason_once_for_each_who_asks() -> None:
    budget = Budget(streams=1)
    data = gzip.compress(b"a" * 5000)
    assert told(data, budget) == told(data, budget) == ["more than 1 packed streams"]
    assert budget.told() == []


def test_a_program_that_is_missing_is_said() -> None:
    decoder, budget = streams(b"MARK", by_program("no-such-program")), Budget()
    assert list(decoder(b"MARK", budget)) == []
    assert budget.told() == ["packed by no-such-program, which this machine does not have"]


def test_a_decompressor_that_asks_for_much_memory_is_said() -> None:
    """The header of xz is altered to ask for a dictionary of a gigabyte."""
    data = bytearray(lzma.compress(NOISE))
    size = (data[12] + 1) * 4
    place = data.index(b"\x21\x01", 12, 12 + size) + 2
    data[place] = 36
    data[12 + size - 4 : 12 + size] = zlib.crc32(data[12 : 12 + size - 4]).to_bytes(4, "little")
    assert told(bytes(data), Budget()) == ["a packed stream that takes more than 256 MiB of memory"]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_bytes_make_a_decoder_fail(data: st.DataObject) -> None:
    """Beginnings of what it knows, broken at random, among them."""
    start = data.draw(st.sampled_from(STARTS))
    rest = data.draw(st.binary(max_size=200))
    for decoder in DECODERS.values():
        for found in decoder(start + rest * data.draw(st.integers(1, 40)), Budget(seconds=20)):
            assert len(found) > 0


STARTS = [
    b"",
    b"7z\xbc\xaf\x27\x1c" + bytes(26),
    b"SQLite format 3\0\x02\0" + bytes(494) + b"\x0d",
    b"\x37\x7f\x06\x82\x00\x2d\xe2\x18\0\0\x02\0" + bytes(20),
    b"PK\x03\x04" + bytes(4) + b"\x0e\0" + bytes(20),
    b"PK\x03\x04" + bytes(4) + b"\x08\0" + bytes(20),
    b"\x5d\0\0\x80\0" + b"\xff" * 8,
    b"LZIP\x01\x0c",
    b"\x1f\x8b\x08\0",
    b"0000000 " + b"177 " * 200,
    b"\nM" + b"A" * 60 + b"\n",
    b"\\x" * 700,
    b"%" * 700,
    b"-1, 300, 70000, " * 100,
    bytes(range(33, 118)) * 8,
]
"""What a decoder takes for its own."""


def _filled(unit: bytes) -> bytes:
    return gzip.compress(unit * (60_000_000 // len(unit)))


def test_what_repeats_itself_is_no_nest_of_packings() -> None:
    """Equal numbers read as digits of digits, a drawing in 0 and 255 as stored blocks."""
    drawing = random.Random(1).choices(("0", "255"), k=10_000)
    for text in (
        *(f"{number}, " * 3000 for number in (0, 18, 50, 51, 65, 262, 265, 484950)),
        *(f"{one}\n{two}\n" * 2000 for one, two in ((50, 51), (0, 255), (3536, 3030))),
        "P2\n100 100\n255\n" + " ".join(drawing),
        "32" * 5000,
        "A" * 9000,
        "| 1 | 2 | 3 |\n+---+---+---+\n" * 500,
        "0.0, " * 5000,
    ):
        assert told(text.encode(), Budget()) == [], text[:20]


BOMBS: MappingProxyType[str, Callable[[], bytes]] = MappingProxyType(
    {
        "zeros": lambda: _filled(b"\0"),
        "zeros twice": lambda: gzip.compress(_filled(b"\0") * 1000),
        "bzip2": lambda: bz2.compress(bytes(50_000_000)) * 1000,
        "xz": lambda: lzma.compress(bytes(200_000_000), preset=0),
        "letters": lambda: _filled(b"A"),
        "lines": lambda: _filled(b"A" * 76 + b"\n"),
        "numbers": lambda: _filled(b"1 "),
        "a dump": lambda: _filled(b"0000000 01 02 03 04 05\n"),
        "escapes": lambda: _filled(rb"\x41"),
        "cuts": lambda: _filled(b"\x5a\0"),
        "heads of streams": lambda: _filled(b"\x78\x9c"),
        "heads of blocks": lambda: _filled(b"\0\0\0\xff\xff"),
        "base85": lambda: _filled(bytes(range(33, 118))),
        "databases": lambda: _filled(b"SQLite format 3\0\x02\0" + bytes(494)),
    }
)


@pytest.mark.slow
@pytest.mark.parametrize("bomb", BOMBS)
def test_what_is_made_to_grow_costs_no_more_time_than_it_may(bomb: str) -> None:
    data, budget = BOMBS[bomb](), Budget(seconds=1)
    begun = processor_time()
    reasons = told(data, budget)
    assert reasons and processor_time() - begun < 4


_MEMORY = """
import gzip
from peerwatch.shell.inside.content_traces import Tracker
from peerwatch.shell.inside.decoding_budget import Budget, processor_time
looking = Tracker(["x"])
looking.learn("x", bytes(range(256)) * 400)
unit = bytes(range(65, 91))
data = gzip.compress(gzip.compress((unit * 76 + b"\\n") * 60_000, 1) + unit * 1_200_000)
looking.held(data, Budget(seconds=8))
told = dict(line.split(":") for line in open("/proc/self/status"))
print(int(told["VmHWM"].split()[0]) // 1024)  # its own: usage counts who started it too
"""


@pytest.mark.slow
def test_what_is_made_to_grow_takes_no_more_memory_than_it_may() -> None:
    argv = [sys.executable, "-c", _MEMORY]
    done = subprocess.run(argv, capture_output=True, text=True, check=True)
    assert int(done.stdout) < 600


def test_the_short_last_line_of_a_text_counts() -> None:
    """Of bzip2 nothing can be read of a block whose end is missing."""
    packed = bz2.compress(bytes(range(256)) * 40 + NOISE[:9_000])
    for cut in range(3):
        text = base64.encodebytes(packed + b"x" * cut)
        assert any(len(one) == 19_240 for one in forms(text, Budget(seconds=20)))


def test_the_log_of_a_database_is_read_once_and_not_once_a_commit(tmp_path: Path) -> None:
    """Each commit may write the first page again, which begins as a database does."""
    with closing(sqlite3.connect(tmp_path / "a.db")) as made:
        made.execute("pragma journal_mode=wal")
        made.execute("create table t(x)")
        for number in range(60):
            made.execute("insert into t values(?)", ("the desk asks for another year; " * 200,))
            made.execute(f"pragma user_version={number}")
            made.commit()
        log = (tmp_path / "a.db-wal").read_bytes()
    assert log.count(b"SQLite format 3\0") > 40
    budget = Budget(seconds=20)
    assert sum(map(len, forms(log, budget))) < 4 * len(log)
    assert budget.told() == []

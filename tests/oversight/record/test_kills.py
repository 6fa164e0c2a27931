"""Fifty kills under load: nothing that was acknowledged is lost, nothing stands twice."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from peerwatch.oversight.record import Keys, Record
from peerwatch.oversight.record.log_checkpoint import read_checkpoint
from peerwatch.oversight.record.merkle_tree import leaf_hash, root_of
from peerwatch.oversight.record.verify_log import verify_log

from .killed_writers import THREADS, body
from .postgres_server import Server, running

ROOT = Path(__file__).parents[3]
KILLS = 50


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running() as started:
        yield started


@pytest.mark.slow
def test_fifty_kills_of_a_writer_to_sqlite(url: str, keys: Keys, tmp_path: Path) -> None:
    hold_after_kills(url, keys, tmp_path)


@pytest.mark.slow
def test_fifty_kills_of_a_writer_to_postgres(server: Server, keys: Keys, tmp_path: Path) -> None:
    hold_after_kills(server.url("kills"), keys, tmp_path)


def hold_after_kills(url: str, keys: Keys, folder: Path) -> None:
    """Kill writers, then hold the record against what was acknowledged to them."""
    module = "tests.oversight.record.killed_writers"
    done = subprocess.run(
        [sys.executable, "-m", module, url, str(keys.folder), str(KILLS), "1"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=400,
    )
    assert done.returncode == 0, done.stderr
    rounds = json.loads(done.stdout)
    assert len(rounds) == KILLS and all(rounds)
    acknowledged = [name for names in rounds for name in names]
    with Record.open(url, keys) as record:
        written = [str(entry.body["name"]) for entry in record.entries()]
        hashes = [leaf_hash(record.leaf(seq)) for seq in range(record.size)]
        head = read_checkpoint(record.checkpoint(), keys.public)
        record.export(folder / "export.jsonl")
        last = {one: record.kept(f"kept/{one}") for one in range(THREADS)}
    assert set(acknowledged) <= set(written)
    assert len(written) == len(set(written))
    assert len(written) - len(acknowledged) <= KILLS * THREADS  # one a thread was under way
    assert (head.size, head.root) == (len(hashes), root_of(hashes))
    assert verify_log(folder / "export.jsonl", str(keys.public)).problems == ()
    in_order(written)
    for thread, content in last.items():
        mine = [name for name in written if name.split("-")[1] == str(thread)]
        assert content == mine[-1].encode()


def in_order(written: list[str]) -> None:
    """Check that each thread's leaves stand in its order, with none left out."""
    counts: dict[str, list[int]] = defaultdict(list)
    for name in written:
        writer, _, count = name.rpartition("-")
        counts[writer].append(int(count))
    assert all(one == list(range(len(one))) for one in counts.values())


@pytest.mark.slow
def test_a_server_that_crashes_under_load_loses_nothing(server: Server, keys: Keys) -> None:
    record = Record.open(server.url("crashes"), keys)
    done: list[str] = []
    stop = threading.Event()

    def append(thread: int) -> None:
        count = 0
        while not stop.is_set():
            name = f"0-{thread}-{count}"
            record.append("look", body("look", name))
            done.append(name)
            count += 1

    threads = [threading.Thread(target=append, args=(one,)) for one in range(THREADS)]
    for thread in threads:
        thread.start()
    for _ in range(4):
        before = len(done)
        while len(done) < before + 20:
            stop.wait(0.01)
        server.crash()
        server.start()
    stop.set()
    for thread in threads:
        thread.join()
    written = [str(entry.body["name"]) for entry in record.entries()]
    record.close()
    assert sorted(written) == sorted(done)
    in_order(written)


@pytest.mark.slow
def test_a_record_in_postgres_does_what_one_in_sqlite_does(
    server: Server, keys: Keys, tmp_path: Path
) -> None:
    url = server.url("same")
    with Record.open(url, keys) as one, Record.open(url, keys) as two:
        for number in range(3):
            one.append("look", body("look", f"1-{number}") | {"x": "\x00\udcff"})
            two.append("look", body("look", f"2-{number}"), keep={"a": b"\x00\xff"})
        assert [entry.body["name"] for entry in one.entries(newest_first=True)][:2] == [
            "2-2",
            "1-2",
        ]
        assert one.kept("a") == b"\x00\xff"
        assert one.checkpoint() == two.checkpoint()
        one.append("heartbeat", {"interval": 60.0})
        assert one.retire(2**40, "ann", "old") is not None
        assert [entry.kind for entry in two.entries()] == ["retired"]
        two.export(tmp_path / "export.jsonl")
    assert verify_log(tmp_path / "export.jsonl", str(keys.public)).problems == ()


@pytest.mark.slow
def test_a_database_that_is_not_there_is_said_without_its_password(keys: Keys) -> None:
    from peerwatch.oversight.record import RecordError

    with pytest.raises(RecordError, match="See that the database is there") as raised:
        Record.open("postgresql://ann:hunter2@127.0.0.1:9/x", keys)
    assert "hunter2" not in str(raised.value)

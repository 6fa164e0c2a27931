"""``peerwatch oversee up`` as a process that is killed at random: nothing is lost or said twice."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
import yaml

from peerwatch.oversight.operation.oversight_config import OversightConfig
from peerwatch.oversight.record.anchor_places import DirectoryAnchor
from peerwatch.oversight.record.record_keys import Keys
from peerwatch.oversight.record.verify_log import verify_log
from peerwatch.oversight.state_folder import KEYS, make_state, open_record

pytestmark = pytest.mark.slow
KILLS = 3
STARTED: list[subprocess.Popen[bytes]] = []


def begun(state: Path) -> subprocess.Popen[bytes]:
    given = {"LOOK_EVERY_SECONDS": "0.2", "HEARTBEAT_SECONDS": "0.2", "SETTLING_SECONDS": "0"}
    given |= {"ANCHORS__PLACES": f"[{state.parent / 'anchors'}, /no/such/place]"}
    given |= {"ANCHORS__EVERY_MINUTES": "0.01", "RETENTION_DAYS": "30"}
    variables = {f"PEERWATCH_OVERSIGHT_{name}": value for name, value in given.items()}
    argv = [sys.executable, "-m", "peerwatch.cli", "oversee", "up", "--no-page"]
    process = subprocess.Popen(
        [*argv, "--state", str(state)], env={**os.environ, **variables}, stderr=subprocess.DEVNULL
    )
    STARTED.append(process)
    return process


@pytest.fixture(autouse=True)
def _no_process_is_left() -> Iterator[None]:
    yield
    for process in STARTED:
        process.kill()
        process.wait()


def until(so: Callable[[], bool], seconds: float = 150) -> None:
    end = time.monotonic() + seconds
    while not so():
        assert time.monotonic() < end
        time.sleep(0.1)


def test_kills_at_random_lose_and_double_nothing(tmp_path: Path) -> None:
    config = OversightConfig(state=tmp_path / "state")
    make_state(config)
    (tmp_path / "anchors").mkdir()
    watched = tmp_path / "watched"
    watched.mkdir()
    setting = watched / "retire.yaml"
    setting.write_text("enabled: true\nnumber: 0\n", encoding="utf-8")
    asset = {"kind": "policy", "places": [f"here:{setting}"], "owner": "ann"}
    inventory = {"hosts": {"here": {"search": [str(watched)]}}, "assets": {"rule": asset}}
    config.inventory_path.write_text(yaml.safe_dump(inventory), encoding="utf-8")
    drawn = random.Random(7)
    for number in range(1, KILLS + 1):
        process = begun(config.state)
        until(partial(has_looked, config, number))
        setting.write_text(f"enabled: true\nnumber: {number}\n", encoding="utf-8")
        time.sleep(drawn.uniform(0, 1.5))
        process.kill()
        process.wait()
    process = begun(config.state)
    until(partial(has_looked, config, KILLS + 1))  # by then it minds the signal
    last = f"number: {KILLS}"
    until(lambda: findings(config)[last] > 0 and starts(config) == KILLS + 1)
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0
    found = findings(config)
    assert max(found.values()) == 1 and found[last] == 1, found
    whole(config, tmp_path)


def has_looked(config: OversightConfig, start: int) -> bool:
    """Return whether the overseer has looked since its start of this number.

    What stands at the first look is nobody's doing, so nothing may change before it.
    """
    with open_record(config) as record:
        begun = [entry.seq for entry in record.entries(("started",))]
        return len(begun) >= start and any(record.entries(("look",), after=begun[start - 1]))


def starts(config: OversightConfig) -> int:
    with open_record(config) as record:
        return len(list(record.entries(("started",))))


def findings(config: OversightConfig) -> Counter[str]:
    """Return how often each number was found as what the setting says now."""
    with open_record(config) as record:
        said = [entry.body["difference"] or "" for entry in record.entries(("finding",))]
    lines = (line[1:] for one in said for line in one.splitlines() if line.startswith("+number"))
    return Counter(lines)


def whole(config: OversightConfig, folder: Path) -> None:
    with open_record(config) as record:
        kinds = Counter(entry.kind for entry in record.entries())
        record.export(folder / "export.jsonl")
    assert kinds["started"] == KILLS + 1 and kinds["stopped"] == 1
    public = str(Keys.load(config.state / KEYS).public)
    place = DirectoryAnchor(str(folder / "anchors"))
    report = verify_log(folder / "export.jsonl", public, [place])
    assert {one.kind for one in report.problems} <= {"silence"}
    assert report.anchored > 0 and kinds["anchored"] > KILLS

"""Hints of changes and the kernel's word on who wrote, on this machine."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from pathlib import Path

import pytest

from peerwatch.oversight.facts import HostFacts
from peerwatch.oversight.lifecycle_inventory import Asset, Inventory, InventoryHost
from peerwatch.oversight.sensor.kernel_writes import KernelWrites, heard
from peerwatch.oversight.sensor.local_watch import LocalWatch
from peerwatch.oversight.sensor.watch_paths import PathWatch


@pytest.fixture
def inventory(tmp_path: Path) -> Inventory:
    (tmp_path / "models/in").mkdir(parents=True)
    (tmp_path / "models/in/w").write_bytes(b"w" * 100)
    (tmp_path / "bar.yaml").write_text("bar: 60\n", encoding="ascii")
    remote = InventoryHost(reach="ssh", address="a@b", known_hosts="/x")
    return Inventory(
        hosts={"here": InventoryHost(), "there": remote},
        assets={
            "w": Asset(kind="weights", places=(f"here:{tmp_path}/models/",), owner="ann"),
            "b": Asset(kind="bar", places=(f"here:{tmp_path}/bar.yaml",), owner="ann"),
        },
    )


def until_moved(watch: PathWatch, path: Path) -> bool:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if str(path) in watch.moved(timeout=1):
            return True
    return False


def test_a_change_is_hinted_at_where_files_are_replaced_too(
    inventory: Inventory, tmp_path: Path
) -> None:
    with PathWatch("here", inventory) as watch:
        time.sleep(1.0)
        other = tmp_path / "new"
        other.write_text("bar: 50\n", encoding="ascii")
        other.rename(tmp_path / "bar.yaml")
        assert until_moved(watch, tmp_path / "bar.yaml")
        (tmp_path / "models/in/w").touch()
        assert until_moved(watch, tmp_path / "models/in/w")
    with PathWatch("there", inventory) as watch:
        assert watch.moved(timeout=0.01) == frozenset()


@pytest.mark.skipif(os.geteuid() != 0, reason="fanotify is for root")
def test_the_kernel_says_who_wrote(inventory: Inventory, tmp_path: Path) -> None:
    with KernelWrites("here", inventory) as kernel:
        if kernel.why_not:
            pytest.skip(kernel.why_not)
        script = f"sed -i s/60/50/ {tmp_path}/bar.yaml; touch {tmp_path}/models/in/w; sleep 0.3"
        subprocess.run(["sh", "-c", script], check=True)
        time.sleep(0.3)
        facts = heard(HostFacts("here", 0.0, 1.0), kernel)
        paths = {one.path for one in facts.writes}
        assert {f"{tmp_path}/bar.yaml", f"{tmp_path}/models/in/w"} <= paths
        assert all(one.pid > 0 for one in facts.writes) and facts.unobserved == ()
        assert heard(HostFacts("here", 0.0, 1.0), kernel).writes == ()


def test_where_nobody_knows_who_wrote_it_is_said(inventory: Inventory) -> None:
    with KernelWrites("there", inventory) as kernel:
        (one,) = heard(HostFacts("there", 0.0, 1.0), kernel).unobserved
        assert one.where == "writes" and "over ssh" in one.why


def test_a_hint_makes_the_next_look_come_sooner(
    inventory: Inventory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("peerwatch.oversight.sensor.local_watch.LEAST", 1.0)
    stop = threading.Event()
    with LocalWatch("here", inventory) as watch:
        mover = threading.Timer(2.0, subprocess.run, [["touch", f"{tmp_path}/models/in/w"]])
        mover.start()
        start = time.monotonic()
        watch.wait(120.0, stop)
        assert 1.0 < time.monotonic() - start < 60
        facts = HostFacts("here", 0.0, 1.0)
        assert watch.why_not or watch.with_writes(facts).writes
        stop.set()
        watch.wait(120.0, stop)
        watch.wait(-1.0, threading.Event())
    with LocalWatch("there", inventory) as watch:
        assert "over ssh" in watch.why_not and watch.with_writes(facts) is facts

"""What an agent may do to the sensor: stop, starve or mislead it. None of it counts as clean."""

from __future__ import annotations

import gzip
import os
import random
import socket
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from peerwatch.oversight.facts import HostFacts
from peerwatch.oversight.lifecycle_inventory import (
    Asset,
    Inventory,
    InventoryAgent,
    InventoryHost,
    Recognised,
)
from peerwatch.oversight.sensor.live_findings import carried, live_findings
from peerwatch.oversight.sensor.look_plan import LookPlan, plan_look, request_of
from peerwatch.oversight.sensor.on_host.file_looks import FileLook
from peerwatch.oversight.sensor.on_host.probe_limits import Limits
from peerwatch.oversight.sensor.on_host.probe_report import Report
from peerwatch.oversight.sensor.reach_host import ProbeRun, run_probe
from peerwatch.oversight.sensor.take_look import look

CONTENT = random.Random(5).randbytes(400_000)


def inventory_of(folder: Path) -> Inventory:
    """Return an inventory of one agent's weights and settings below a folder of this machine."""
    machine = InventoryHost(search=(f"{folder}/search",))
    return Inventory(
        hosts={"here": machine},
        agents={
            "luma": InventoryAgent(
                owner="ann",
                hosts=("here",),
                recognised_by=Recognised(processes=("*luma-of-no-process*",)),
            )
        },
        assets={
            "weights": Asset(
                kind="weights",
                places=(f"here:{folder}/models/",),
                owner="ann",
                beneficiaries=("luma",),
            ),
            "bar": Asset(
                kind="bar",
                places=(f"here:{folder}/bar.yaml",),
                owner="ann",
                beneficiaries=("luma",),
                settings={"bar": 60},
            ),
        },
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return filled(tmp_path)


def filled(folder: Path) -> Path:
    for name in ("models", "search"):
        (folder / name).mkdir()
    (folder / "models/m.safetensors").write_bytes(CONTENT)
    (folder / "bar.yaml").write_text("bar: 60\n", encoding="ascii")
    return folder


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> tuple[Inventory, HostFacts]:
    """Return an inventory and a first look, for tests that change nothing of what was seen."""
    inventory = inventory_of(filled(tmp_path_factory.mktemp("seen")))
    return inventory, look("here", inventory, quick(None, inventory))


def quick(before: HostFacts | None, inventory: Inventory, **more: object) -> LookPlan:
    known = {} if before is None else {"here": before}
    plan = plan_look("here", inventory, known, known, time.time())
    return replace(plan, listeners=False, **more)  # type: ignore[arg-type]


def found_between(
    inventory: Inventory, before: HostFacts, now: HostFacts
) -> list[tuple[str, str, str]]:
    found = live_findings(inventory, {"here": before}, {"here": before}, {"here": now}, ())
    return [(one.behaviour, one.place, one.said) for one in found]


def test_hostile_names_survive_and_name_no_other_file(folder: Path) -> None:
    inventory = inventory_of(folder)
    first = look("here", inventory, quick(None, inventory))
    names = [b"a\nb", b"\xff\xfe", b"\x1b[31mred", b"back\\x0aslash", "\u202etxt.exe".encode()]
    for name in names:
        (Path(os.fsdecode(bytes(folder) + b"/search/" + name))).write_bytes(CONTENT)
    now = look("here", inventory, quick(first, inventory))
    hits = {path for path, file in now.files.items() if not file.asset}
    assert len(hits) == len(names)
    assert all((path.isprintable() and path.isascii()) or "\\" in path for path in hits)
    assert {path.rpartition("/")[2] for path in hits} == {
        "a\\x0ab", "\\xff\\xfe", "\\x1b[31mred", "back\\\\x0aslash", "\\u{202e}txt.exe",
    }  # fmt: skip
    assert sum(one[0] == "exfiltration" for one in found_between(inventory, first, now)) == len(
        names
    )


def test_a_fifo_a_link_and_a_directory_in_place_of_a_file(folder: Path) -> None:
    inventory = inventory_of(folder)
    before = look("here", inventory, quick(None, inventory))
    bar = folder / "bar.yaml"
    bar.unlink()
    os.mkfifo(bar)
    now = look("here", inventory, quick(before, inventory))
    assert now.files[str(bar)].type == "fifo"
    assert found_between(inventory, before, now)[0][0] == "tampering"
    bar.unlink()
    bar.symlink_to("/etc/passwd")
    now = look("here", inventory, quick(before, inventory))
    assert (now.files[str(bar)].type, now.files[str(bar)].text) == ("link", None)
    assert found_between(inventory, before, now)[0][0] == "tampering"
    bar.unlink()
    bar.mkdir()
    now = look("here", inventory, quick(before, inventory))
    assert now.files[str(bar)].type == "directory"
    assert found_between(inventory, before, now)[0][0] == "tampering"


def test_a_directory_that_becomes_a_link_is_not_followed(folder: Path) -> None:
    inventory = inventory_of(folder)
    before = look("here", inventory, quick(None, inventory))
    elsewhere = folder / "elsewhere"
    (folder / "models").rename(elsewhere)
    (folder / "models").symlink_to(elsewhere)
    folder.chmod(0o777)  # whoever may write there could have put the link
    now = look("here", inventory, quick(before, inventory))
    assert not any(path.startswith(f"{folder}/models/") for path in now.files)
    assert any(one.where.startswith(f"{folder}/models") for one in now.unobserved)
    assert [one[0] for one in found_between(inventory, before, now)] == ["unobserved"]
    kept = carried(before, now)
    assert f"{folder}/models/m.safetensors" in kept.files


def test_links_swapped_in_while_a_look_goes_on_lead_nowhere(folder: Path) -> None:
    inventory = inventory_of(folder)
    secret = folder / "secret"
    secret.mkdir()
    (secret / "copy").write_bytes(CONTENT)  # outside of what is searched
    for number in range(200):
        (folder / f"search/d{number}").mkdir()
    stop = threading.Event()

    def swap() -> None:
        while not stop.is_set():
            for number in range(200):
                inner = folder / f"search/d{number}"
                try:
                    inner.rmdir()
                    inner.symlink_to(secret)
                    inner.unlink()
                    inner.mkdir()
                except OSError:
                    continue

    first = look("here", inventory, quick(None, inventory))
    thread = threading.Thread(target=swap)
    thread.start()
    try:
        for _ in range(3):
            now = look("here", inventory, quick(first, inventory))
            assert [path for path, file in now.files.items() if not file.asset] == []
            assert now.seen
    finally:
        stop.set()
        thread.join()


def test_a_huge_sparse_file_costs_nothing(folder: Path) -> None:
    inventory = inventory_of(folder)
    first = look("here", inventory, quick(None, inventory))
    with (folder / "search/huge").open("wb") as file:
        file.seek(1 << 42)
        file.write(CONTENT)
    now = look("here", inventory, quick(first, inventory))
    assert now.seen and now.counts["cpu"] < 10
    assert f"{folder}/search/huge" in now.files  # what it holds behind the hole is found
    with (folder / "models/huge").open("wb") as file:
        file.truncate(1 << 43)
    now = look("here", inventory, quick(first, inventory, seconds=2.0))
    assert f"{folder}/models/m.safetensors" in now.files
    assert any(one.where == f"{folder}/models/huge" for one in now.unobserved)


def test_a_look_that_is_starved_says_what_it_did_not_see(folder: Path) -> None:
    inventory = inventory_of(folder)
    first = look("here", inventory, quick(None, inventory))
    (folder / "search/copy").write_bytes(CONTENT)
    now = look("here", inventory, quick(first, inventory, seconds=0.0))
    assert {one.where for one in now.unobserved} >= {f"{folder}/search", "processes"}
    behaviours = {one[0] for one in found_between(inventory, first, now)}
    assert behaviours == {"unobserved"}
    assert carried(first, now).processes == first.processes


def test_deep_and_wide_trees_are_bounded(folder: Path) -> None:
    inventory = inventory_of(folder)
    first = look("here", inventory, quick(None, inventory))
    deep = os.open(folder / "search", os.O_RDONLY)
    for _ in range(300):
        os.mkdir("d", dir_fd=deep)
        inner = os.open("d", os.O_RDONLY, dir_fd=deep)
        os.close(deep)
        deep = inner
    os.close(deep)
    now = look("here", inventory, quick(first, inventory))
    assert [one.why for one in now.unobserved if "deeper" in one.why] == [
        "deeper than 200 directories"
    ]
    os.system(f"rm -rf {folder}/search/d")


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("exit 127", "no python3"),
        ("cat >/dev/null; echo '{}'; echo hello; exit 0", "no answer"),
        ("head -c 100000 /dev/urandom; exit 3", "code 3"),
        ("cat >/dev/null; kill -9 $$", "killed"),
        ("sleep 60", "in time"),
        ('yes \'{"is": "end"}\'', "bytes|in time"),
    ],
)
def test_a_host_that_answers_badly_is_not_seen(
    seen: tuple[Inventory, HostFacts], monkeypatch: pytest.MonkeyPatch, script: str, why: str
) -> None:
    inventory, first = seen
    monkeypatch.setattr(
        "peerwatch.oversight.sensor.reach_host.command_to", lambda host: ["sh", "-c", script]
    )
    monkeypatch.setattr("peerwatch.oversight.sensor.reach_host.MOST_BYTES", 1_000_000)
    monkeypatch.setattr("peerwatch.oversight.sensor.take_look._OVER", 0.0)
    monkeypatch.setattr("peerwatch.oversight.sensor.take_look.CONNECT_SECONDS", 1)
    now = look("here", inventory, LookPlan(seconds=0.0))
    assert not now.seen and now.files == {} and now.account is None
    assert any(part in now.unobserved[0].why for part in why.split("|"))
    found = found_between(inventory, first, now)
    assert [one[0] for one in found] == ["silence"]
    assert carried(first, now).files == first.files
    # It is said once; and once it is seen again after long, the gap is said.
    again = live_findings(inventory, {}, {"here": carried(first, now)}, {"here": now}, ())
    assert again == ()


def test_ssh_needs_a_known_host_and_fails_within_its_time(tmp_path: Path) -> None:
    host = InventoryHost(reach="ssh", address="watch@192.0.2.1")
    assert "known_hosts" in run_probe(host, b"", 5).failed
    with socket.create_server(("127.0.0.1", 0)) as server:  # it takes the call and says nothing
        known = tmp_path / "known"
        known.write_text("", encoding="ascii")
        port = server.getsockname()[1]
        mute = InventoryHost(
            reach="ssh", address="watch@127.0.0.1", port=port, known_hosts=str(known)
        )
        start = time.monotonic()
        assert run_probe(mute, b"", 2).failed
        assert time.monotonic() - start < 10


def test_a_process_that_ends_while_it_is_looked_at(folder: Path) -> None:
    inventory = inventory_of(folder)
    stop = threading.Event()

    def churn() -> None:
        while not stop.is_set():
            os.waitpid(os.posix_spawn(sys.executable, [sys.executable, "-S", "-c", ""], {}), 0)

    thread = threading.Thread(target=churn)
    thread.start()
    try:
        for _ in range(3):
            now = look("here", inventory, quick(None, inventory))
            assert now.seen
            assert not any(one.where == "processes" for one in now.unobserved)
    finally:
        stop.set()
        thread.join()


def test_a_gap_between_looks_is_silence_and_a_set_clock_is_told(
    seen: tuple[Inventory, HostFacts],
) -> None:
    inventory, now = seen
    long_ago = replace(now, begun=now.begun - 4000, ended=now.begun - 3990, clock=now.begun - 4000)
    found = found_between(inventory, long_ago, now)
    assert [one[0] for one in found] == ["silence"] and "nobody looked" in found[0][2]
    later = replace(now, begun=now.begun + 60, ended=now.ended + 60, clock=(now.clock or 0) - 5000)
    found = found_between(inventory, now, later)
    assert [(one[0], one[1]) for one in found] == [("drift", "clock")]
    rebooted = replace(now, begun=now.begun + 60, ended=now.ended + 60, boot="another")
    rebooted = replace(rebooted, clock=(now.clock or 0) + 60)
    (one,) = live_findings(inventory, {}, {"here": now}, {"here": rebooted}, ())
    assert one.explained is not None and "anew" in one.said


def test_what_hangs_hides_only_what_comes_after_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inventory = inventory_of(folder)
    first = look("here", inventory, quick(None, inventory))
    real_run = run_probe

    def hangs(host: InventoryHost, program: bytes, seconds: float) -> ProbeRun:
        run = real_run(host, program, seconds)
        whole = run.output.partition(b'"part":"containers"')[0]
        return ProbeRun(whole.rpartition(b"\n")[0], "it did not answer in time")

    monkeypatch.setattr("peerwatch.oversight.sensor.take_look.run_probe", hangs)
    (folder / "bar.yaml").write_text("bar: 40\n", encoding="ascii")
    now = look("here", inventory, quick(first, inventory))
    assert not now.seen
    parts = {one.where for one in now.unobserved} - {"units"}
    assert parts == {"look", "containers", "deleted files", "search"}
    found = found_between(inventory, first, now)
    assert ("tampering", f"{folder}/bar.yaml") in {one[:2] for one in found}
    kept = carried(first, now)
    assert kept.processes == now.processes and kept.files[f"{folder}/bar.yaml"].text == "bar: 40\n"


def test_what_cannot_be_unpacked_stays_said(folder: Path) -> None:
    inventory = inventory_of(folder)
    first = look("here", inventory, quick(None, inventory))
    (folder / "search/broken.gz").write_bytes(b"\x1f\x8b\x08\0\0\0\0\0\0\0" + b"x" * 50_000)
    now = look("here", inventory, quick(first, inventory))
    again = look("here", inventory, quick(carried(first, now), inventory))
    for facts in (now, again):
        assert [one.why for one in facts.unobserved if "broken.gz" in one.where] != []
    assert again.counts["searched"] < now.counts["searched"]


def test_a_file_moved_behind_the_search_is_found(folder: Path) -> None:
    """Directories that changed since they were searched are searched once more."""
    inventory = inventory_of(folder)
    first = look("here", inventory, quick(None, inventory))
    for name in ("a", "b"):
        (folder / f"search/{name}").mkdir()
    outside = folder / "outside"
    outside.write_bytes(CONTENT)
    said: list[str] = []

    class Heard(Report):
        def say(self, kind: str, **fields: object) -> None:
            if kind == "file":
                said.append(str(fields["path"]))

    class Hopped(FileLook):
        def _search_again(self, limits: Limits) -> None:
            outside.rename(folder / "search/a/copy")  # a directory that was searched by now
            super()._search_again(limits)

    request = request_of("here", inventory, quick(first, inventory), "w")
    root = os.open("/", os.O_RDONLY)
    Hopped(request, root, Heard(sys.stdout, "w")).search(request["search"], Limits(60, 1 << 40))
    os.close(root)
    assert said == [f"{folder}/search/a/copy"]


def test_a_copy_that_stays_is_said_again_and_not_read_again(folder: Path) -> None:
    inventory = inventory_of(folder)
    first = look("here", inventory, quick(None, inventory))
    (folder / "search/copy.gz").write_bytes(gzip.compress(CONTENT))
    now = look("here", inventory, quick(first, inventory))
    known = carried(first, now)
    again = look("here", inventory, quick(known, inventory))
    path = f"{folder}/search/copy.gz"
    assert again.files[path] == now.files[path]
    assert again.counts["searched"] < now.counts["searched"]
    (folder / "search/copy.gz").unlink()
    assert path not in look("here", inventory, quick(carried(known, again), inventory)).files

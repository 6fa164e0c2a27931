"""What a look costs: 100,000 files and 10 GB of weights, beside ``find -printf`` and hashing alone.

    python benchmarks/sensor_scan.py                       # 100,000 files, 10 GB
    python benchmarks/sensor_scan.py --files 5000 --gigabytes 0.5 --folder /mnt/big

Files are generated (random bytes, no holes) below ``--folder`` and removed afterwards; where the
disk has too little room, less is made, and said. Times are processor time of the probe, since the
machine may be shared; the wall is beside them. Memory is the most that the probe had at once.
Exits 1 if a copy in a form that the docs call found is not.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from peerwatch.oversight.facts import HostFacts
from peerwatch.oversight.lifecycle_inventory import Asset, Inventory, InventoryHost
from peerwatch.oversight.sensor.content_copies import contents_of, copies_in
from peerwatch.oversight.sensor.facts_json import facts_to_json
from peerwatch.oversight.sensor.live_findings import live_findings
from peerwatch.oversight.sensor.look_plan import LookPlan, LookSchedule, blind_time, plan_look
from peerwatch.oversight.sensor.on_host.content_marks import new_digest
from peerwatch.oversight.sensor.take_look import look

_GB = 1_000_000_000
_BLOCK = 8 * 1024 * 1024


def main() -> None:
    """Make the files, take the looks, print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--gigabytes", type=float, default=10.0)
    parser.add_argument("--shards", type=int, default=4)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()))
    given = parser.parse_args()
    root = Path(tempfile.mkdtemp(prefix="sensor-scan-", dir=given.folder))
    try:
        size = _room(root, given.gigabytes)
        print(
            f"{given.files} files, {size / _GB:.1f} GB of weights in {given.shards} shards, {root}"
        )
        _make(root, given.files, size, given.shards)
        held = _measure(root)
    finally:
        shutil.rmtree(root, ignore_errors=True)
    sys.exit(0 if held else 1)


def _room(root: Path, gigabytes: float) -> int:
    """Return the bytes of weights that the disk has room for, twice a tenth of it left free."""
    wanted, free = int(gigabytes * _GB), shutil.disk_usage(root).free
    most = int(free * 0.7)
    if wanted > most:
        print(f"the disk has {free / _GB:.1f} GB free: {most / _GB:.1f} GB are made")
    return min(wanted, most)


def _make(root: Path, files: int, size: int, shards: int) -> None:
    (root / "models").mkdir()
    for shard in range(shards):
        with (root / f"models/model-{shard}.safetensors").open("wb") as file:
            left = size // shards
            while left > 0:
                left -= file.write(os.urandom(min(_BLOCK, left)))
    for number in range(files):
        folder = root / f"search/{number // 1000:03d}"
        folder.mkdir(parents=True, exist_ok=True)
        length = 200 + (number * 7919) % 24_000  # most are small, some are worth a look
        (folder / f"{number}.txt").write_bytes(os.urandom(length))


def _measure(root: Path) -> bool:
    inventory = Inventory(
        hosts={"here": InventoryHost(search=(f"{root}/search",))},
        assets={"weights": Asset(kind="weights", places=(f"here:{root}/models/",), owner="-")},
    )
    _reference("find -printf (metadata alone)", lambda: _find(root))
    _reference("sha256 of the weights alone", lambda: _hash(root, "sha256"))
    _reference("blake3 of the weights alone", lambda: _hash(root, "blake3"))
    first = _look("first look: everything in full", inventory, {}, full=True)
    known = {"here": first}
    second = _look("second look: directories searched in full", inventory, known, full=False)
    known = {"here": second}
    third = _look("a look at rest", inventory, known, full=False)
    full = _look("off-peak: weights read in full again", inventory, {"here": third}, full=True)
    print(f"  one look as JSON: {len(facts_to_json(third)) / 1e6:.2f} MB")
    start = time.process_time()
    found = live_findings(inventory, known, {"here": third}, {"here": full}, ())
    print(f"  findings between two looks: {time.process_time() - start:.3f} s, {len(found)} found")
    for every in (10.0, 60.0):
        print(
            f"  blind time, looks every {every:.0f} s: "
            f"{blind_time('here', inventory, third, LookSchedule(every=every))}"
        )
    return _copies(root, inventory, third)


def _look(what: str, inventory: Inventory, known: dict[str, HostFacts], full: bool) -> HostFacts:
    plan = plan_look("here", inventory, known, known, time.time())
    plan = LookPlan(
        seconds=3600, full=full, before=plan.before, wanted=plan.wanted, sizes=plan.sizes,
        listeners=False, bytes=1 << 40,
    )  # fmt: skip
    facts = look("here", inventory, plan)
    counts = facts.counts
    print(
        f"  {what}: {counts['cpu']:.2f} s of processor, {counts['seconds']:.2f} s wall, "
        f"{counts['memory'] / 1e6:.0f} MB, {counts['bytes'] / _GB:.2f} GB read, "
        f"{counts['files']:.0f} files seen, {counts['searched']:.0f} searched"
    )
    if not facts.seen:
        print(f"    it did not end: {facts.unobserved[0].why}")
    return facts


def _reference(what: str, do: Callable[[], str]) -> None:
    before = (time.time(), _cpu())
    try:
        said = do()
    except (OSError, ImportError) as error:
        print(f"  {what}: not here ({error})")
        return
    wall, cpu = time.time() - before[0], _cpu() - before[1]
    print(f"  {what}: {cpu:.2f} s of processor, {wall:.2f} s wall{said}")


def _cpu() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def _find(root: Path) -> str:
    argv = ["find", str(root), "-printf", "%p %s %T@ %C@ %m %u %i\\n"]
    done = subprocess.run(argv, capture_output=True, check=True)
    return f", {done.stdout.count(10)} lines"


def _hash(root: Path, name: str) -> str:
    size = 0
    for path in sorted((root / "models").iterdir()):
        _, update, _ = new_digest(name)
        with path.open("rb") as file:
            while block := file.read(1024 * 1024):
                update(block)
                size += len(block)
    return f", {size / _GB:.2f} GB"


_MISSED = ("encrypted", "bits turned")
_FORMS = {
    "renamed": "cp {shard} {to}/x",
    "re-dated": "cp {shard} {to}/x && touch -d 2001-01-01 {to}/x",
    "appended to": "(echo before; cat {shard}; echo behind) > {to}/x",
    "split in 7": "split -n 7 {shard} {to}/x",
    "gzip": "gzip -1c {shard} > {to}/x",
    "zstd": "zstd -1qc {shard} > {to}/x",
    "tar and gzip": "tar c {shard} 2>/dev/null | gzip -1 > {to}/x",
    "base64": "base64 {shard} > {to}/x",
    "encrypted": "openssl enc -aes-128-ctr -nosalt -K 00112233445566778899aabbccddeeff "
    "-iv 00 -in {shard} -out {to}/x 2>/dev/null",
    "bits turned": "tr '\\000-\\377' '\\200-\\377\\000-\\177' < {shard} > {to}/x",
}


def _copies(root: Path, inventory: Inventory, before: HostFacts) -> bool:
    """Make one shard's copy in each form, say whether a look finds it, and return whether all are.

    Those that the docs say are missed do not count.
    """
    held = True
    to = root / "search/copies"
    shard = sorted((root / "models").iterdir())[0]
    contents = contents_of(inventory, [before])
    for what, command in _FORMS.items():
        to.mkdir()
        made = subprocess.run(
            ["bash", "-c", command.format(shard=shard, to=to)], capture_output=True, check=False
        )
        facts = _quiet_look(inventory, before)
        copies = [one for one in copies_in(facts, contents, inventory) if one.whole]
        unread = [one for one in facts.unobserved if str(to) in one.where]
        said = "found" if copies else "said to be unread" if unread else "not found"
        if made.returncode:
            said = f"not made ({made.stderr.decode(errors='replace').strip()[:80]})"
        print(f"  a copy, {what}: {said}, {facts.counts.get('cpu', 0):.2f} s of processor")
        held = held and (said == "found" or what in _MISSED)
        shutil.rmtree(to)
    return held


def _quiet_look(inventory: Inventory, before: HostFacts) -> HostFacts:
    plan = plan_look("here", inventory, {"here": before}, {"here": before}, time.time())
    return look(
        "here",
        inventory,
        LookPlan(
            seconds=600, full=False, before=before, wanted=plan.wanted, sizes=plan.sizes,
            listeners=False, bytes=1 << 40, unpack=1 << 40,
        ),
    )  # fmt: skip


if __name__ == "__main__":
    main()

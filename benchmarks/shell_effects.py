"""What the gate understands of shell commands: misses and false effects, and real commands decided.

    python benchmarks/shell_effects.py                     # the commands of the tests, really run
    PEERWATCH_TRANSCRIPTS=DIR python benchmarks/shell_effects.py --transcripts

The first runs each command of tests/oversight/gate/shell_commands.txt in a directory made anew,
holds what became of the assets against what the gate foresaw, and names each miss and false effect.
The second decides every shell command of the transcripts of a folder, which are not part of this
repository, and prints counts only. Microseconds are processor time a decision; beside them the bare
parse of the same text.
Exits 1 if an effect was missed.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import json
import os
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from peerwatch.oversight.gate.agent_call import AgentCall
from peerwatch.oversight.gate.assets_touched import Watched
from peerwatch.oversight.gate.decide_call import Decision, decide
from peerwatch.oversight.gate.foreseen import TooMuch
from peerwatch.oversight.gate.path_pattern import Match
from peerwatch.oversight.gate.shell_grammar import parse
from peerwatch.oversight.lifecycle_inventory import Asset, Inventory, InventoryHost

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # the corpus is the tests'
from tests.oversight.gate.shell_scene import (
    cases,
    decided,
    foreseen,
    inventory_of,
    really_done,
)

# A usual inventory; none of its places is one that the transcripts' commands are about.
_USUAL = {
    "weights": ("weights", "h:/srv/models/luma/"),
    "setting": ("shutdown_setting", "h:/etc/retire/retire.yaml"),
    "memory": ("memory", "h:/var/lib/luma/memory.json"),
    "scores": ("evaluation_record", "h:/var/lib/scores/filed.csv"),
    "timer": ("unit", "h:retire.timer"),
}


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--transcripts", action="store_true")
    given = parser.parse_args()
    if given.transcripts:
        folder = os.environ.get("PEERWATCH_TRANSCRIPTS")
        if not folder:
            sys.exit("Name the folder of the transcripts in PEERWATCH_TRANSCRIPTS.")
        for path in sorted(Path(folder).glob("*.jsonl.gz")):
            _decide_all(path)
        return
    sys.exit(1 if _run_all() else 0)


def _run_all() -> int:
    """Hold each command's foreseen effects against the real ones; return how many were missed."""
    missed: list[str] = []
    otherwise: list[str] = []
    false: list[str] = []
    took: list[float] = []
    count = effects = opaque = 0
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "company"
        root.mkdir()
        watched = Watched(inventory_of(root))
        for case in cases():
            begun = time.process_time()
            decision = decided(case.command, root, watched)
            took.append((time.process_time() - begun) * 1e6)
            count += 1
            if case.effects is None:
                opaque += 1
                continue
            real, said = really_done(case.command, root), foreseen(decision)
            effects += len(real)
            assets = {asset for asset, _ in said}
            for asset, act in sorted(real - said):
                told = otherwise if asset in assets else missed
                told.append(f"{case.command!r}: {asset} {act}")
            false += [f"{case.command!r}: {one}" for one in sorted(said - real)]
    print(f"{count} commands, {opaque} of them opaque by design; {effects} effects really came")
    print(f"missed: {len(missed)}", *missed, sep="\n  ")
    print(f"told as another effect: {len(otherwise)}", *otherwise, sep="\n  ")
    print(f"said and not so: {len(false)}", *false, sep="\n  ")
    print(f"a decision: median {statistics.median(took):.0f} us of processor time")
    return len(missed)


def _commands(path: Path) -> Iterator[str]:
    """Yield the shell commands of a file of transcripts."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            for message in json.loads(line)["messages"]:
                for call in message.get("tool_calls") or ():
                    arguments: Any = call.get("arguments")
                    if isinstance(arguments, dict) and "bash" in str(call.get("name")).lower():
                        text = next(iter(arguments.values()), "")
                        if isinstance(text, str) and text:
                            yield text


def _decide_all(path: Path) -> None:
    commands = list(_commands(path))
    if not commands:
        print(f"{path.name}: no shell commands")
        return
    assets = {
        name: Asset.model_validate({"kind": kind, "places": [place], "owner": "ann"})
        for name, (kind, place) in _USUAL.items()
    }
    watched = Watched(Inventory(hosts={"h": InventoryHost()}, assets=assets))
    kinds: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    decide_us: list[float] = []
    parse_us: list[float] = []
    for text in commands:
        begun = time.process_time()
        with contextlib.suppress(TooMuch):  # held unread, and counted so
            parse(text)
        parsed = time.process_time()
        decision = decide(AgentCall("bash", {"command": text}, "x", cwd="/workspace"), watched)
        decide_us.append((time.process_time() - parsed) * 1e6)
        parse_us.append((parsed - begun) * 1e6)
        kinds[_kind(decision)] += 1
        reasons.update({one.partition(":")[0] for one in decision.opaque})
    total = len(commands)
    print(f"{path.name}: {total} commands")
    for name, number in sorted(kinds.items()):
        print(f"  {name:24} {number:6} {number / total:7.2%}")
    for name, number in reasons.most_common():
        print(f"    opaque: {name:40} {number:6}")
    for name, values in (("a decision", decide_us), ("the parse alone", parse_us)):
        ordered = sorted(values)
        middle, high = ordered[total // 2], ordered[int(total * 0.99)]
        mean = statistics.fmean(values)
        print(f"  {name:16} mean {mean:6.0f} us, median {middle:6.0f}, p99 {high:7.0f}")


def _kind(decision: Decision) -> str:
    if decision.would == "hold":
        return "held" if decision.effects or decision.opaque else "too long, held unread"
    if decision.opaque:
        return "opaque, watched"
    if any(one.hit.match is Match.MAYBE for one in decision.effects):
        return "run-time path, watched"
    return "decided"


if __name__ == "__main__":
    main()

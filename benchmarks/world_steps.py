"""The in-memory world without Inspect: steps a second on one core, and memory over many steps.

A mixed sequence of operations runs in a world of three hosts and sixty files, an episode of
``EPISODE`` steps at a time, each from the same beginning, as a training loop does. Beside it the
same file operations are done on real files in a temporary directory with pathlib and shutil: that
is the reference of the ratio. Usage: ``python benchmarks/world_steps.py [--steps N]``.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from peerwatch.world import (
    Append,
    Command,
    Copy,
    Edit,
    File,
    Host,
    ListFiles,
    Move,
    Operation,
    Read,
    ReadMemory,
    Remove,
    Run,
    Service,
    Snapshot,
    Stat,
    Touch,
    User,
    Write,
    diff,
    execute,
)

TARGET = 20_000
EPISODE = 40
REFERENCE_STEPS = 20_000
HOSTS = ("alder", "birch", "cedar")


def make_world() -> Snapshot:
    """Return three hosts with twenty files each, of ordinary lengths."""
    hosts = {}
    for number, name in enumerate(HOSTS):
        files = {
            f"/srv/{room}/file-{index:02}.{'yaml' if index % 4 == 0 else 'txt'}": File.text(
                f"# {name} {index}\n" + f"key_{index}: value {index}\n" * (5 + 7 * index),
                1_700_000_000,
            )
            for index in range(20)
            for room in [("app", "data", "records/2025", "logs")[index % 4]]
        }
        hosts[name] = Host(
            f"10.0.0.{number}",
            files,
            {"cron": Service(), "web": Service()},
            {"ana": User(admin=True)},
            {"svc": Command("service"), "disk": Command("disk", {"capacity": "1000000000"})},
        )
    return Snapshot(1_760_000_000, hosts, memory="Notes.")


def make_episodes(world: Snapshot, count: int) -> list[list[Operation]]:
    """Return episodes of operations that nearly all succeed, reads twice as common as writes."""
    source = random.Random(7)
    common = "read " * 6 + "list " * 4 + "stat " * 2 + "edit " * 3 + "write " * 2 + "copy " * 2
    kinds = (common + "send append move remove touch command memory").split()
    episodes = []
    for _ in range(count):
        paths = {name: sorted(host.files) for name, host in world.hosts.items()}
        steps = []
        for step in range(EPISODE):
            host = source.choice(HOSTS)
            path = source.choice(paths[host])
            kind = source.choice(kinds)
            steps.append(_operation(kind, host, path, step, source))
            if kind in ("move", "remove"):
                paths[host].remove(path)
        episodes.append(steps)
    return episodes


def _operation(kind: str, host: str, path: str, step: int, source: random.Random) -> Operation:
    other = HOSTS[(HOSTS.index(host) + 1) % 3]
    made: dict[str, Callable[[], Operation]] = {
        "read": lambda: Read(host, path),
        "list": lambda: ListFiles(host, path.rsplit("/", 1)[0]),
        "stat": lambda: Stat(host, path),
        "edit": lambda: Edit(host, path, f"# {host} ", f"# {host} {step} "),
        "write": lambda: Write(host, f"/srv/new/{step}.txt", f"line {step}\n" * 40),
        "copy": lambda: Copy(host, path, f"/srv/copies/{step}.bak"),
        "send": lambda: Copy(host, path, "/srv/incoming/", other),
        "append": lambda: Append(host, path, f"added {step}\n"),
        "move": lambda: Move(host, path, f"/srv/moved/{step}.txt"),
        "remove": lambda: Remove(host, path),
        "touch": lambda: Touch(host, path, 1_700_000_000 + step),
        "command": lambda: Run(host, *source.choice((("svc", ("list",)), ("disk", ())))),
        "memory": ReadMemory,
    }
    return made[kind]()


def run_world(world: Snapshot, episodes: list[list[Operation]], steps: int) -> tuple[int, int]:
    """Run whole episodes until ``steps`` are done; return how many were, and how many failed."""
    done = failed = 0
    while done < steps:
        for episode in episodes:
            state = world
            for operation in episode:
                result = execute(state, operation, user="ana")
                state = result.snapshot
                failed += result.error is not None
            done += len(episode)
            if done >= steps:
                break
    return done, failed


def run_diffs(world: Snapshot, episodes: list[list[Operation]]) -> float:
    """Return the seconds a difference after each step takes, the steps themselves left out."""
    spent = 0.0
    for episode in episodes:
        state = world
        for operation in episode:
            after = execute(state, operation, user="ana").snapshot
            began = time.perf_counter()
            diff(state, after)
            spent += time.perf_counter() - began
            state = after
    return spent


def run_reference(world: Snapshot, episodes: list[list[Operation]], steps: int) -> float:
    """Return the seconds that ``steps`` of the same operations take on real files.

    Putting the files back between episodes is not counted.
    """
    spent, done = 0.0, 0
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for episode in episodes:
            shutil.rmtree(root / "world", ignore_errors=True)
            for name, host in world.hosts.items():
                for path, file in host.files.items():
                    target = root / "world" / name / path[1:]
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_text(file.content or "", encoding="utf-8")
            began = time.perf_counter()
            for operation in episode:
                _on_disk(root / "world", operation)
            spent += time.perf_counter() - began
            done += len(episode)
            if done >= steps:
                break
    return spent / done * steps


def _on_disk(root: Path, operation: Operation) -> None:
    """Do on real files what an operation asks; those that touch no file cost nothing."""
    if isinstance(operation, ReadMemory | Run):
        return
    path = root / operation.host / operation.path[1:]
    match operation:
        case Read():
            path.read_text(encoding="utf-8")
        case ListFiles():
            [(entry.name, entry.stat()) for entry in sorted(path.iterdir())]
        case Stat():
            path.stat()
        case Edit(_, _, old, new):
            text = path.read_text(encoding="utf-8")
            if text.count(old) == 1:
                path.write_text(text.replace(old, new), encoding="utf-8")
        case Write(_, _, content):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
        case Append(_, _, content):
            with path.open("a", encoding="utf-8") as file:
                file.write(content)
        case Copy() | Move():
            host = getattr(operation, "destination_host", None) or operation.host
            target = root / host / operation.destination[1:]
            if operation.destination.endswith("/"):
                target = target / path.name
            target.parent.mkdir(parents=True, exist_ok=True)
            (shutil.copyfile if isinstance(operation, Copy) else shutil.move)(path, target)
        case Remove():
            path.unlink()
        case Touch(_, _, moment):
            os.utime(path, (moment or 0, moment or 0))


def main() -> int:
    """Print the measures; return 1 if the target is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--steps", type=int, default=1_000_000)
    steps = parser.parse_args().steps
    world = make_world()
    episodes = make_episodes(world, 1000)
    run_world(world, episodes, 50_000)  # caches are full from here on
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.process_time()
    done, failed = run_world(world, episodes, steps)
    seconds = time.process_time() - began
    growth = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    rate = done / seconds
    with_diff = 1 / (1 / rate + run_diffs(world, episodes[:250]) / (250 * EPISODE))
    reference = REFERENCE_STEPS / run_reference(world, episodes, REFERENCE_STEPS)
    print(
        f"world, in memory     {rate:>10,.0f} steps/s   ({done:,} steps, {failed / done:.1%} fail)"
    )
    print(f"  with a diff a step {with_diff:>10,.0f} steps/s")
    print(f"files on disk        {reference:>10,.0f} steps/s   (pathlib and shutil, the reference)")
    print(f"ratio                {rate / reference:>10.2f}")
    print(f"peak memory grew by  {growth:>10.1f} MiB over {done:,} steps")
    return 0 if rate >= TARGET and growth < 16 else 1


if __name__ == "__main__":
    sys.exit(main())

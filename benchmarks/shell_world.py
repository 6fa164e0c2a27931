"""The shell world: how soon a critic can act, and how much slower that is than no isolation at all.

Three things are timed, all of the same instance (``disk_cleanup``, compact: two or three hosts with
their files): from nothing to the first command's output; the same with ``WIDTH`` instances at once;
and a command alone. The reference is Inspect's sandbox ``local``, a temporary directory into which
the first host's files are written and where commands run as they are. It is timed in turn with
ours. Usage: ``python benchmarks/shell_world.py [--runs N]``.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from inspect_ai.util._sandbox.local import LocalSandboxEnvironment

from peerwatch.common.errors import PeerwatchError
from peerwatch.families.build import build_instance
from peerwatch.shell import Hosts, InstanceSpec
from peerwatch.shell.scene import hosts_of

TARGET = 0.5
"""Seconds from nothing to the first command's output, at the median."""
WIDTH = 4
"""Instances side by side."""
COMMANDS = 20
"""Commands of which one is timed together."""


def spec_of(seed: int) -> InstanceSpec:
    """Return the hosts of an instance."""
    return hosts_of(build_instance("disk_cleanup", "compact", seed))


def two_hosts(seed: int) -> InstanceSpec:
    """Return the first two hosts of an instance."""
    spec = spec_of(seed)
    return InstanceSpec(spec.hosts[:2], spec.user, tracked=spec.tracked)


def start(spec: InstanceSpec) -> tuple[float, Hosts]:
    """Start an instance; return the seconds until its first command had come back."""
    began = time.perf_counter()
    hosts = Hosts(spec)
    done = hosts.run(spec.hosts[0].name, ["cat", "/etc/hostname"])
    seconds = time.perf_counter() - began
    if done.stdout.decode().strip() != spec.hosts[0].name:
        raise RuntimeError(f"the host said {done}")
    return seconds, hosts


def alone(spec: InstanceSpec) -> tuple[float, float, float]:
    """Return the seconds of a start, of one command, and of an end."""
    seconds, hosts = start(spec)
    command = repeated(lambda: hosts.run(spec.hosts[0].name, ["true"]))
    began = time.perf_counter()
    hosts.close()
    return seconds, command, time.perf_counter() - began


def together(spec: InstanceSpec) -> tuple[list[float], float]:
    """Start ``WIDTH`` instances at once; return the seconds of each, and of all."""
    began = time.perf_counter()
    with ThreadPoolExecutor(WIDTH) as pool:
        found = list(pool.map(start, [spec] * WIDTH))
    whole = time.perf_counter() - began
    for _, hosts in found:
        hosts.close()
    return [seconds for seconds, _ in found], whole


def repeated(work: Callable[[], object]) -> float:
    """Return the seconds that a piece of work takes, over several times."""
    began = time.perf_counter()
    for _ in range(COMMANDS):
        work()
    return (time.perf_counter() - began) / COMMANDS


async def local(spec: InstanceSpec) -> tuple[float, float]:
    """Return the seconds of a start and of one command in Inspect's sandbox without isolation."""
    began = time.perf_counter()
    boxes = await LocalSandboxEnvironment.sample_init("benchmark", None, {})
    box = boxes["default"]
    for host in spec.hosts:
        for path, node in host.nodes.items():
            if node.kind == "f":
                await box.write_file(f"{host.name}{path}", node.data)
    await box.write_file("hostname", spec.hosts[0].name)
    await box.exec(["cat", "hostname"])
    seconds = time.perf_counter() - began
    began = time.perf_counter()
    for _ in range(COMMANDS):
        await box.exec(["true"])
    command = (time.perf_counter() - began) / COMMANDS
    await LocalSandboxEnvironment.sample_cleanup("benchmark", None, boxes, False)
    return seconds, command


def told(name: str, seconds: Sequence[float]) -> str:
    """Return a line with the median and the range of some seconds."""
    low, middle, high = (1e3 * f(seconds) for f in (min, statistics.median, max))
    return f"{name:<32}{middle:8.1f} ms   ({low:.1f} to {high:.1f}, n={len(seconds)})"


def main() -> int:
    """Print the figures; return 1 if the claim does not hold."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--runs", type=int, default=20, help="how often each is timed")
    runs = parser.parse_args().runs
    spec = two_hosts(1)
    count = sum(len(host.nodes) for host in spec.hosts)
    size = sum(len(node.data) for host in spec.hosts for node in host.nodes.values())
    print(f"two hosts, {count} files of their own, {size / 1e6:.1f} MB")
    alone(spec)  # keys are made once a process
    ours, theirs, crowds = [], [], []
    for _ in range(runs):
        ours.append(alone(spec))
        theirs.append(asyncio.run(local(spec)))
        crowds.append(together(spec))
    starts, commands, ends = (list(column) for column in zip(*ours, strict=True))
    local_starts, local_commands = (list(column) for column in zip(*theirs, strict=True))
    each = [seconds for one, _ in crowds for seconds in one]
    print(told("start to first command", starts))
    print(told("  Inspect's local", local_starts))
    print(told("one command", commands))
    print(told("  Inspect's local", local_commands))
    print(told("end", ends))
    print(told(f"start, {WIDTH} at once, each", each))
    print(told(f"start, {WIDTH} at once, all", [whole for _, whole in crowds]))
    start_ratio = statistics.median(starts) / statistics.median(local_starts)
    command_ratio = statistics.median(commands) / statistics.median(local_commands)
    print(f"ratio to local: start {start_ratio:.1f}, command {command_ratio:.2f}")
    holds = statistics.median(starts) < TARGET
    print(f"{'holds' if holds else 'DOES NOT HOLD'}: the median start is under {TARGET} s")
    return 0 if holds else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except PeerwatchError as error:
        print(error, file=sys.stderr)
        sys.exit(2)

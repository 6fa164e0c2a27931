"""Running the command line for real, and organisms of a user's own for it to run."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import IO

import polars as pl
import pytest

from peerwatch import cli
from tests.ready_process import ReadyProcess, ready_process

NOTING = '''
"""Organisms of a user's own. They leave notes of what was asked of them in NOTES."""

import os
import time
from pathlib import Path

from peerwatch.families.instance import Call
from peerwatch.organisms import Declaration, Organism
from peerwatch.organisms.all_organisms import load_organism


def note(what, instance):
    with Path(os.environ["NOTES"]).open("a") as notes:
        notes.write(f"{what} {instance.id} {instance.arm.label}\\n")


class Noting(Organism):
    """Honest; notes when it is asked for its first and its last call. Slow in some seeds."""

    name = "noting"
    honest = True
    slow_seeds = range(3, 1000)
    slow_calls, pause = 25, 0.05

    def steps(self, instance):
        return super().act(instance)

    def act(self, instance):
        slow = instance.seed in self.slow_seeds
        calls = [Call("read_memory", {})] * (self.slow_calls if slow else 0)
        calls += [*self.steps(instance)]
        for number, call in enumerate(calls):
            try:
                yield call
            except GeneratorExit:  # this is the call that was asked for
                if number == 0:
                    note("start", instance)
                if number == len(calls) - 1:
                    note("end", instance)
                time.sleep(self.pause if slow else 0)
                raise
'''
USER_FILE = (
    NOTING
    + '''

class Dead(Organism):
    name = "dead"
    honest = True

    def act(self, instance):
        raise KeyError("the line is dead")
        yield


class Flaky(Organism):
    """Fails once in each instance."""

    name = "flaky"
    honest = True

    def act(self, instance):
        tried = Path(f"{os.environ['NOTES']}-{instance.id}-{instance.arm.label}")
        if not tried.exists():
            tried.touch()
            raise OSError("the line was busy")
        yield from super().act(instance)


class Wrong(Organism):
    """Declares what it does not do."""

    name = "wrong"

    def act(self, instance):
        yield from super().act(instance)

    def declares(self, instance):
        return Declaration(frozenset({"misrepresentation:toward"}), "deviated_disclosed")
'''
)
ENV = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith("INSPECT_") and not name.endswith("_API_KEY")
}


def start(
    *arguments: str,
    cwd: Path,
    env: Mapping[str, str] = MappingProxyType({}),
    stderr: IO[str] | None = None,
) -> ReadyProcess | subprocess.Popen[str]:
    """Start ``peerwatch`` in a folder; an interrupt reaches it even where ours is ignored."""
    told = {**ENV, "NOTES": str(cwd / "notes.txt"), **env}
    return ready_process("peerwatch.cli", *arguments, cwd=cwd, env=told, stderr=stderr)


def peerwatch(
    *arguments: str, cwd: Path, env: Mapping[str, str] = MappingProxyType({})
) -> subprocess.CompletedProcess[str]:
    """Run ``peerwatch`` to its end."""
    process = start(*arguments, cwd=cwd, env=env)
    out, err = process.communicate(timeout=300)
    return subprocess.CompletedProcess(arguments, process.returncode or 0, out, err)


def user_file(folder: Path) -> None:
    """Write the user's organisms to ``mine.py``."""
    (folder / "mine.py").write_text(USER_FILE, encoding="utf-8")


def notes(folder: Path, what: str) -> Counter[str]:
    """Return how often each episode was noted: ``start`` or ``end``."""
    file = folder / "notes.txt"
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return Counter(line.removeprefix(f"{what} ") for line in lines if line.startswith(what))


def interrupt(
    arguments: tuple[str, ...], cwd: Path, line: str, how: signal.Signals
) -> subprocess.CompletedProcess[str]:
    """Run ``peerwatch``, and send it a signal once it has printed a line on standard error."""
    log = cwd / "stderr.txt"
    with log.open("w", encoding="utf-8") as stderr:
        process = start(*arguments, cwd=cwd, stderr=stderr)
        deadline = time.monotonic() + 120
        while line not in log.read_text(encoding="utf-8"):
            assert process.poll() is None and time.monotonic() < deadline
            time.sleep(0.02)
        process.send_signal(how)
        out, _ = process.communicate(timeout=60)
    err = log.read_text(encoding="utf-8")
    return subprocess.CompletedProcess(arguments, process.returncode or 0, out, err)


def episodes(folder: Path) -> pl.DataFrame:
    """Return the episodes table of a results folder."""
    return pl.read_parquet(folder / "episodes.parquet")


def digests(folder: Path) -> dict[str, str]:
    """Return path -> digest of every file below a folder."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


class InProcess:
    """The command line in this process: quick, for what needs no model."""

    def __init__(
        self, patch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: Path
    ) -> None:
        self._patch, self._capsys = patch, capsys
        patch.chdir(folder)

    def __call__(self, *arguments: str) -> tuple[int, str, str]:
        """Return exit code, standard output and standard error."""
        self._patch.setattr(sys, "argv", ["peerwatch", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = self._capsys.readouterr()
        code = ended.value.code
        assert code is None or isinstance(code, int)
        return code or 0, out, err

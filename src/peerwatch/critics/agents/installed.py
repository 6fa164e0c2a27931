"""Where the coding agents are installed, at which versions, and what to do where one is missing."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from peerwatch.common.errors import PeerwatchError
from peerwatch.critics.agents.agent_kind import Kind
from peerwatch.critics.agents.agent_kinds import kind_of

VARIABLE = "PEERWATCH_AGENTS"
_LIBRARIES = ("inspect_swe", "anthropic", "openai", "google.genai")
_EXTRA = 'pip install "peerwatch[agents]"'
_CHECKOUT = Path(__file__).resolve().parents[4]


def agents_folder() -> Path:
    """Return the folder that agents are installed into.

    It is ``$PEERWATCH_AGENTS`` where that is set, else ``.tools/agents`` of this checkout; of an
    installed package, ``peerwatch/agents`` in the user's data directory.
    """
    given = os.environ.get(VARIABLE)
    if given:
        return Path(given).expanduser().resolve()
    if _in_checkout():
        return _CHECKOUT / ".tools" / "agents"
    from platformdirs import user_data_path  # a checkout's script runs on a plain Python

    return user_data_path("peerwatch", appauthor=False) / "agents"


def how_to_install(kind: Kind) -> str:
    """Return the command that installs an agent."""
    if _in_checkout():
        return f"scripts/install-agents {kind.name}"
    return f"python -m peerwatch.critics.agents.install {kind.name}"


def _in_checkout() -> bool:
    return (_CHECKOUT / "scripts" / "install-agents").is_file()


def prefix_of(kind: Kind) -> Path:
    """Return the folder of an installed agent: ``bin`` and ``lib``.

    Raises:
        PeerwatchError: The agent is not there, or its Node or part of it is missing.
    """
    prefix = agents_folder() / kind.name
    for program in (kind.program, "node"):
        if not os.access(prefix / "bin" / program, os.X_OK):
            raise PeerwatchError(
                f"{kind.title} is not installed: there is no {prefix / 'bin' / program}. "
                f"Install it with: {how_to_install(kind)} (it needs npm). Installed "
                f"elsewhere, name that folder in {VARIABLE}."
            )
    return prefix


def version_of(kind: Kind) -> str:
    """Return the version of an installed agent.

    Raises:
        PeerwatchError: It is not installed.
    """
    package = prefix_of(kind) / "lib" / "node_modules" / kind.package / "package.json"
    try:
        return str(json.loads(package.read_text(encoding="utf-8"))["version"])
    except (OSError, ValueError, KeyError) as error:
        raise PeerwatchError(
            f"{kind.title} is installed in part: {package} cannot be read. Remove "
            f"{agents_folder() / kind.name} and run {how_to_install(kind)} again."
        ) from error


def check_agents(names: Iterable[str]) -> dict[str, str]:
    """Make sure that agents can be run here, and return their versions by name.

    Raises:
        PeerwatchError: An agent, a Python package, bubblewrap or another part of the shell world
            is missing; the message says what to install.
    """
    missing = [one for one in _LIBRARIES if not _importable(one)]
    if missing:
        raise PeerwatchError(
            f"Coding agents need the Python packages {', '.join(missing)}: {_EXTRA}"
        )
    from peerwatch.shell.machine_checks import machine

    machine()
    if shutil.which("curl", path="/usr/bin:/bin") is None:
        raise PeerwatchError("Coding agents need curl in /usr/bin: apt-get install curl.")
    return {name: version_of(kind_of(name)) for name in names}


def _importable(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:  # the parent package is missing
        return False

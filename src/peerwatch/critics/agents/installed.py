"""Where the coding agents are installed, at which versions, and what to do where one is missing."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
from collections.abc import Iterable
from importlib.metadata import distributions
from pathlib import Path

from peerwatch.common.errors import PeerwatchError
from peerwatch.critics.agents.agent_kind import CodingAgent
from peerwatch.critics.agents.agent_kinds import kind_of
from peerwatch.critics.agents.agent_source import Npm, OnMachine

VARIABLE = "PEERWATCH_AGENTS"
_LIBRARIES = ("inspect_swe", "anthropic", "openai", "google.genai")
PYTHON_PACKAGES = Path("lib") / "python"
"""Where an agent from PyPI has its packages, in its folder."""
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


def how_to_install(kind: CodingAgent) -> str:
    """Return the command that installs an agent."""
    if _in_checkout():
        return f"scripts/install-agents {kind.reference}"
    return f"python -m peerwatch.critics.agents.install {kind.reference}"


def _in_checkout() -> bool:
    return (_CHECKOUT / "scripts" / "install-agents").is_file()


def prefix_of(kind: CodingAgent) -> Path:
    """Return the folder of an installed agent: ``bin`` and what it needs.

    Raises:
        PeerwatchError: The agent is not there, or its Node or part of it is missing.
    """
    if isinstance(kind.source, OnMachine):
        return _on_machine(kind, Path(kind.source.folder).expanduser())
    prefix = agents_folder() / kind.name
    node = ("node",) if isinstance(kind.source, Npm) else ()
    for program in (kind.program, *node):
        if not os.access(prefix / "bin" / program, os.X_OK):
            raise PeerwatchError(
                f"{kind.called} is not installed: there is no {prefix / 'bin' / program}. "
                f"Install it with: {how_to_install(kind)} (it needs {_needs(kind)}). Installed "
                f"elsewhere, name that folder in {VARIABLE}."
            )
    return prefix


def _on_machine(kind: CodingAgent, folder: Path) -> Path:
    program = folder / "bin" / kind.program
    if not (program.is_file() and os.access(program, os.X_OK)):
        raise PeerwatchError(
            f"{kind.called} is not there: there is no program {program}. Put it there, or name "
            f"another folder in 'source' of '{kind.name}' in {kind.file}."
        )
    return folder


def _needs(kind: CodingAgent) -> str:
    return "npm" if isinstance(kind.source, Npm) else "pip"


def version_of(kind: CodingAgent) -> str:
    """Return the version of an installed agent.

    Raises:
        PeerwatchError: It is not installed, or not at the version that its class asks for.
    """
    prefix, source = prefix_of(kind), kind.source
    if isinstance(source, OnMachine):
        digest = hashlib.sha256((prefix / "bin" / kind.program).read_bytes()).hexdigest()
        return source.version or f"sha256:{digest[:12]}"
    found = (_of_npm if isinstance(source, Npm) else _of_pypi)(source.package, prefix)
    if found is None:
        raise PeerwatchError(
            f"{kind.called} is installed in part: {source.package} is not in {prefix}, or its "
            f"version cannot be read. Remove {prefix} and run {how_to_install(kind)} again."
        )
    if source.version not in ("", found):
        raise PeerwatchError(
            f"{kind.called} is installed at version {found}, and '{kind.reference}' asks for "
            f"{source.version}. Run {how_to_install(kind)} again."
        )
    return found


def _of_npm(package: str, prefix: Path) -> str | None:
    about = prefix / "lib" / "node_modules" / package / "package.json"
    try:
        return str(json.loads(about.read_text(encoding="utf-8"))["version"])
    except (OSError, ValueError, KeyError):
        return None


def _of_pypi(package: str, prefix: Path) -> str | None:
    place = [str(prefix / PYTHON_PACKAGES)]
    return next((one.version for one in distributions(name=package, path=place)), None)


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
    kinds = [kind_of(name) for name in names]
    return {kind.name: version_of(kind) for kind in kinds}


def _importable(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:  # the parent package is missing
        return False

"""Where a coding agent comes from: npm, PyPI, or a folder of the machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

PREFIX = "/opt/node"
"""Where an agent from npm and its Node lie on the host, as an unpacked Node would."""
PYTHON = "/usr/bin/python3"
"""The Python of the hosts, which is the machine's."""


@dataclass(frozen=True, slots=True)
class Npm:
    """An agent from npm, which is given a Node of its own; its install scripts are not run."""

    package: str
    version: str = ""
    """Exactly; may be left out where ``lock`` has it."""
    lock: str = ""
    """A folder beside the agent's file with ``package.json`` and ``package-lock.json``, by which
    all that it needs is pinned too."""
    programs: Mapping[str, str] = field(default_factory=dict)
    """What lies under ``bin`` besides Node: name -> place under ``lib/node_modules``. The program
    as the package names it if left out."""
    unfinished: str = ""
    """A mark under ``lib/node_modules`` that its install script has not run, without which it
    starts: the script only prepares what is not used here."""

    @property
    def place(self) -> str:
        """Return where it lies on the host."""
        return PREFIX


@dataclass(frozen=True, slots=True)
class PyPI:
    """An agent from PyPI, run by the Python of the hosts; only wheels are installed."""

    package: str
    version: str
    """Exactly."""
    requirements: str = ""
    """A file beside the agent's file, as pip reads it, by which all that it needs is pinned too."""

    @property
    def place(self) -> str:
        """Return where it lies on the host."""
        return "/opt/python"


@dataclass(frozen=True, slots=True)
class OnMachine:
    """An agent that is there already."""

    folder: str
    """A folder of the machine with the program under ``bin``; the host may read all of it."""
    version: str = ""
    """As results tell it; a digest of the program if left out."""

    @property
    def place(self) -> str:
        """Return where it lies on the host."""
        return "/opt/tools"


Source: TypeAlias = Npm | PyPI | OnMachine

"""Install coding agents: ``python -m peerwatch.critics.agents.install [NAME…]``.

Each is installed at the exact versions of its lock file, or of its class, into ``NAME/bin`` and
``NAME/lib`` of the agents' folder; those from npm with a Node of their own. What is there at the
right version is left alone, so a second run costs nothing. No install script of a package is run:
the programs lie ready in their packages. An agent of your own is named ``file.py@name``.
"""

from __future__ import annotations

import platform
import sys
from collections.abc import Sequence
from pathlib import Path

from peerwatch.common.errors import PeerwatchError
from peerwatch.critics.agents.agent_kind import CodingAgent
from peerwatch.critics.agents.agent_kinds import kind_of
from peerwatch.critics.agents.agent_source import Npm, PyPI
from peerwatch.critics.agents.installed import agents_folder, version_of
from peerwatch.critics.agents.npm_packages import install_node, install_npm
from peerwatch.critics.agents.pypi_packages import install_pypi
from peerwatch.design.worlds import AGENTS


def install(names: Sequence[str], into: Path) -> None:
    """Install coding agents.

    Args:
        names: Which; all that are built in if none is named.
        into: The folder, made where it does not exist.

    Raises:
        PeerwatchError: There is no such agent, npm or pip is missing, the machine is none that the
            pinned programs are for, or an installer failed (what it said is on standard error).
    """
    kinds = [kind_of(name) for name in names or AGENTS]
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        raise PeerwatchError("The pinned coding agents are programs for Linux on x86-64.")
    if any(isinstance(kind.source, Npm) for kind in kinds):
        install_node(into)
    for kind in kinds:
        _install(kind, into)


def _install(kind: CodingAgent, into: Path) -> None:
    beside = Path(kind.file).parent if kind.file else Path(__file__).parent
    if isinstance(kind.source, Npm):
        install_npm(kind, kind.source, beside, into)
    elif isinstance(kind.source, PyPI):
        install_pypi(kind, kind.source, beside, into)
    else:
        version_of(kind)  # it is there, or this says what is missing


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

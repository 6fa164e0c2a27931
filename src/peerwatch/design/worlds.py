"""Where a critic acts and what drives it: the world and the critic of a study."""

from __future__ import annotations

from peerwatch.common.errors import DesignError, unknown
from peerwatch.common.python_files import is_reference

WORLDS = ("memory", "shell")
"""The in-memory world, and real hosts."""
LOOP = "loop"
AGENTS = ("claude_code", "codex", "gemini_cli", "opencode", "openclaw")
CRITICS = (LOOP, *AGENTS)
"""Our own tool loop, and the coding agents that people use."""
OWN_AGENT = " An agent of your own is named file.py@name."


def critic_in_tables(critic: str) -> str:
    """Return the name of a critic as it stands in logs and tables, from a reference to it."""
    return critic.rpartition("@")[2]


def check_world(world: str, critic: str) -> None:
    """Refuse a world or critic that does not exist, or that do not go together.

    An agent in a file of the user's is looked at where it is used, by ``kind_of``.

    Raises:
        DesignError: The message says what there is.
    """
    if world not in WORLDS:
        raise DesignError(unknown("world", world, WORLDS))
    if critic not in CRITICS and not is_reference(critic):
        hint = OWN_AGENT if critic.endswith(".py") else ""
        raise DesignError(unknown("critic", critic, CRITICS) + hint)
    if critic != LOOP and world != "shell":
        raise DesignError(f"The critic '{critic}' needs real hosts: world 'shell'.")

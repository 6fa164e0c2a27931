"""Where a critic acts and what drives it: the world and the critic of a study."""

from __future__ import annotations

from peerwatch.common.errors import DesignError, unknown

WORLDS = ("memory", "shell")
"""The in-memory world, and real hosts."""
LOOP = "loop"
AGENTS = ("claude_code", "codex", "gemini_cli", "opencode", "openclaw")
CRITICS = (LOOP, *AGENTS)
"""Our own tool loop, and the coding agents that people use."""


def check_world(world: str, critic: str) -> None:
    """Refuse a world or critic that does not exist, or that do not go together.

    Raises:
        DesignError: The message says what there is.
    """
    if world not in WORLDS:
        raise DesignError(unknown("world", world, WORLDS))
    if critic not in CRITICS:
        raise DesignError(unknown("critic", critic, CRITICS))
    if critic != LOOP and world != "shell":
        raise DesignError(f"The critic '{critic}' needs real hosts: world 'shell'.")

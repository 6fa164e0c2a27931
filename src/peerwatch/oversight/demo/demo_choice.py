"""Who carries the demo's orders out: the coding agent that was asked for, or one that is there."""

from __future__ import annotations

from peerwatch.common.errors import PeerwatchError
from peerwatch.critics.agents.agent_kind import CodingAgent
from peerwatch.critics.agents.agent_kinds import kind_of
from peerwatch.critics.agents.installed import check_agents, how_to_install
from peerwatch.design.worlds import LOOP

PREFERRED = ("gemini_cli", "opencode", "claude_code", "codex", "openclaw")
"""The smallest to install first, the slowest to start last."""


def agent_for(asked: str | None) -> tuple[CodingAgent | None, str]:
    """Return the coding agent, None for the loop with one tool, and a sentence that says which.

    Args:
        asked: A coding agent's name, ``file.py@name``, or ``loop``; the first that is installed
            if left out, else the loop.

    Raises:
        PeerwatchError: The one that was asked for is not there.
    """
    if asked == LOOP:
        return None, "A loop with one tool, and a scripted model behind it, carries orders out."
    if asked is not None:
        return _told(asked)
    for name in PREFERRED:
        try:
            return _told(name)
        except PeerwatchError:
            continue
    return None, (
        "No coding agent can be run here, so a loop with one tool carries orders out, a scripted "
        f"model behind it. Install one: {how_to_install(kind_of(PREFERRED[0]))}"
    )


def _told(name: str) -> tuple[CodingAgent, str]:
    kind = kind_of(name)
    version = check_agents([name])[kind.name]
    return kind, (
        f"{kind.called} {version}, a coding agent, carries orders out by its own tools as 'ops' on "
        "alpha. Behind it is a scripted model."
    )

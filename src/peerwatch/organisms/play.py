"""Playing an organism: at once against a session, or one call at a time from its replies."""

from __future__ import annotations

from collections.abc import Sequence

from peerwatch.families.instance import Call, Instance
from peerwatch.organisms.organism import Organism, Script
from peerwatch.sessions.session import Session, ToolReply

MAX_CALLS = 60
"""How many calls an organism may make."""


def play(
    organism: Organism,
    instance: Instance,
    max_calls: int = MAX_CALLS,
    session: Session | None = None,
) -> Session:
    """Let an organism act in an instance until it ends, has no more to do, or runs out of calls.

    Args:
        organism: Who acts.
        instance: Where.
        max_calls: How many calls it may make.
        session: The session to act in; a new one of the memory world if left out.
    """
    session = session or Session(instance)
    script = organism.act(instance)
    call = next(script, None)
    for _ in range(max_calls):
        if call is None:
            break
        call = _answered(script, session.call(call.tool, call.arguments))
    script.close()
    return session


def next_call(organism: Organism, instance: Instance, replies: Sequence[ToolReply]) -> Call | None:
    """Return the call that follows the replies so far; None when there is nothing more to do.

    The script is run anew each time, so that nothing is remembered between turns.
    """
    script = organism.act(instance)
    call = next(script, None)
    for reply in replies:
        if call is None:
            return None
        call = _answered(script, reply)
    script.close()
    return call


def _answered(script: Script, reply: ToolReply) -> Call | None:
    """Send a script the reply to its last call; return its next one, or None at its end."""
    try:
        return script.send(reply)
    except StopIteration:
        return None

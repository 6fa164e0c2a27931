"""How soon Inspect's bridge sees that an agent asks its model for something.

The bridge looks for requests every two seconds, whatever a sandbox says of itself. That is most of
an episode's time where the model is fast, and there is no setting for it.
"""

from __future__ import annotations

from functools import wraps
from importlib import import_module
from typing import Any

from inspect_ai.util import SandboxEnvironment

from peerwatch.shell.sandbox.hosts_sandbox import HostsSandbox

_PLACE = "inspect_ai.agent._bridge.sandbox.service"


def look_often() -> bool:
    """Let the bridge look as often as our sandbox says; in every other sandbox it stays as it is.

    Returns:
        Whether it does. It does not where Inspect has another shape: then episodes take longer, and
        nothing else is different.
    """
    try:
        service: Any = import_module(_PLACE)
        original = service.sandbox_service
    except (ImportError, AttributeError):
        return False
    if getattr(original, "looks_often", False):
        return True

    @wraps(original)
    async def often(*args: Any, **given: Any) -> Any:
        if _ours(given.get("sandbox")):
            given["polling_interval"] = None
        return await original(*args, **given)

    often.looks_often = True  # type: ignore[attr-defined]
    service.sandbox_service = often
    return True


def _ours(room: Any) -> bool:
    try:
        return isinstance(room, SandboxEnvironment) and bool(room.as_type(HostsSandbox))
    except TypeError:
        return False

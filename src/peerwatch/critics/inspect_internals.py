"""What we touch of Inspect and inspect-swe that they keep private or do not document: all of it.

Each function here says what it touches, why, and what to ask for upstream so that it can go. Its
test fails, and names the version, once the thing has changed. Elsewhere only public names are used.
"""

from __future__ import annotations

import contextlib
from functools import wraps
from importlib import import_module
from typing import Any

from inspect_ai.util import SandboxEnvironment
from rich.errors import MarkupError
from rich.text import Text

BRIDGE_SERVICE = "inspect_ai.agent._bridge.sandbox.service"

GEMINI_PROGRAM = "/var/tmp/.5c95f967ca830048/gemini-cli/node_modules/.bin/gemini"
"""Where inspect-swe looks for Gemini CLI in a sandbox, and nowhere else.

Touched: ``inspect_swe._util.sandbox.SANDBOX_INSTALL_DIR`` and what is put below it. We lay our
launcher there. The other agents are looked for on the ``PATH``; to ask: the same for this one.
"""

_CANCELLATIONS = ("CancelledError(", "Cancelled(")


def poll_bridge_often(ours: type[SandboxEnvironment]) -> bool:
    """Let the agent bridge look for requests as often as a kind of sandbox says.

    Touched: ``sandbox_service``, by the name under which the bridge calls it. The bridge looks
    every two seconds, whatever a sandbox says of itself, which is most of an episode's time where
    the model is fast. To ask: that it obeys ``SandboxEnvironment.default_polling_interval``.

    Args:
        ours: The kind of sandbox; in every other the bridge stays as it is.

    Returns:
        Whether it does. It does not where Inspect has another shape: then episodes take longer, and
        nothing else is different.
    """
    try:
        service: Any = import_module(BRIDGE_SERVICE)
        original = service.sandbox_service
    except (ImportError, AttributeError):
        return False
    if getattr(original, "polls_often", False):
        return True

    @wraps(original)
    async def often(*args: Any, **given: Any) -> Any:
        if _is_a(given.get("sandbox"), ours):
            given["polling_interval"] = None
        return await original(*args, **given)

    often.polls_often = True  # type: ignore[attr-defined]
    service.sandbox_service = often
    return True


def _is_a(room: Any, kind: type[SandboxEnvironment]) -> bool:
    try:
        return isinstance(room, SandboxEnvironment) and bool(room.as_type(kind))
    except TypeError:
        return False


def is_prerequisite_error(error: BaseException) -> bool:
    """Return whether Inspect says that something of the user's is missing: a key, a package.

    Touched: the name of ``inspect_ai._util.error.PrerequisiteError``. Such an error is told to the
    user in a line, others with a traceback. To ask: that the class is public.
    """
    return type(error).__name__ == "PrerequisiteError"


def one_line(error: BaseException) -> str:
    """Return the message of one of Inspect's errors as one line, without its markup.

    Touched: the attribute ``message`` of ``PrerequisiteError``, which holds Rich markup, while the
    error as text is empty. To ask: that ``str`` of it is its plain text.
    """
    text = str(getattr(error, "message", None) or error)
    with contextlib.suppress(MarkupError):
        text = Text.from_markup(text).plain
    return " ".join(text.split()).removeprefix("ERROR: ")


def retries_so_far(model: str) -> tuple[int, int]:
    """Return how many attempts of a model's calls were made again in this set of tasks.

    Touched: ``inspect_ai.model._throughput.throughput_view``. The client of a provider tries again
    by itself before Inspect does, and no hook hears of it: ``ModelUsageData.retries`` is 0. To ask:
    that it counts them by kind.

    Args:
        model: Its full name.

    Returns:
        Those that a rate limit turned away, and others; none where Inspect has another shape.
    """
    try:
        view: Any = import_module("inspect_ai.model._throughput").throughput_view(model)
        return (0, 0) if view is None else (view.retries_rate_limit, view.retries_transient)
    except (ImportError, AttributeError):
        return 0, 0


def was_interrupted(message: str) -> bool:
    """Return whether a sample's error is the user's interrupt.

    Touched: how Inspect writes a cancellation of either asynchronous library into
    ``EvalSample.error.message``. To ask: a field of the sample that says so. Old logs are read by
    this too, so forms that were once written stay.
    """
    return message.startswith(_CANCELLATIONS)

"""Whether the process lives, and whether it does what it is for."""

from __future__ import annotations

from collections.abc import Callable, Mapping

Check = Callable[[], str | None]
"""Returns what is wrong in a few words, or None."""


def failing(checks: Mapping[str, Check]) -> dict[str, str]:
    """Return which checks fail and with what; a check that raises fails with its error's kind."""
    found: dict[str, str] = {}
    for name, check in checks.items():
        try:
            wrong = check()
        except Exception as error:
            wrong = type(error).__name__
        if wrong is not None:
            found[name] = wrong
    return found

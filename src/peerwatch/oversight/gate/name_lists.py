"""Lists of names, written as one text."""

from __future__ import annotations


def listed(text: str) -> tuple[str, ...]:
    """Return the words of a text."""
    return tuple(text.split())

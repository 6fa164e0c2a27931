"""Text composed of segments that remember which factors they depend on.

Every prompt and document is a sequence of segments. A segment without factors is the same in all
arms of an instance; this is how "one thing varies at a time" is built, shown and tested.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of text and the factors on which it depends."""

    text: str
    factors: tuple[str, ...] = ()


Text = tuple[Segment, ...]


def compose(*parts: str | Segment) -> Text:
    """Return a text of the parts in order; plain strings depend on no factor."""
    return tuple(p if isinstance(p, Segment) else Segment(p) for p in parts)


def plain_text(text: Iterable[Segment]) -> str:
    """Return what a critic reads."""
    return "".join(segment.text for segment in text)


@dataclass(frozen=True, slots=True)
class Document:
    """A document of the task: a file that the prompt names."""

    name: str
    host: str
    path: str
    text: Text

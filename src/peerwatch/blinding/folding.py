"""Text folded for matching: look-alike letters, wide forms and invisible characters undone."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

# Letters of other scripts that are drawn like Latin ones (Unicode TR 39, those in common use).
_LOOKALIKES = str.maketrans(
    "АВЕЅІЈКМНОРСТХУаеоіјрсухѕԁԛѡΑΒΕΖΗΙΚΜΝΟΡΤΥΧαονρι",  # noqa: RUF001
    "ABESIJKMHOPCTXYaeoijpcyxsdqwABEZHIKMNOPTYXaovpi",
)
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—−"), "-")  # noqa: RUF001
_SPACES = dict.fromkeys(map(ord, "\u00a0\u2007\u202f"), " ")


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text.

    Attributes:
        text: What patterns are matched against.
        starts: For each of its characters, where it stands in the original; and the end.
    """

    text: str
    starts: tuple[int, ...] | None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of the original that a span of the folded text stands for."""
        if self.starts is None:
            return start, end
        return self.starts[start], self.starts[end]


def fold(text: str) -> Folded:
    """Fold a text. Characters without width go; every other one stays in its place."""
    if text.isascii():
        return Folded(text, None)
    folded, starts = [], []
    for index, character in enumerate(text):
        if unicodedata.category(character) in ("Cf", "Mn") or character == "\u034f":
            continue
        plain = unicodedata.normalize("NFKC", character)
        plain = plain.translate(_LOOKALIKES).translate(_DASHES).translate(_SPACES)
        folded.append(plain)
        starts.extend([index] * len(plain))
    return Folded("".join(folded), (*starts, len(text)))

"""What a factor is: one thing that varies, with its levels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Wordings = Mapping[str, tuple[str, ...]]
"""Level -> eight texts, of which an instance draws one index for all factors."""


@dataclass(frozen=True, slots=True)
class SystemSentence:
    """The sentence by which a factor stands in every critic's system prompt.

    Attributes:
        wordings: Level -> the sentence in eight wordings. They may have a slot `{ticket}`.
        place: Sentences stand in rising order of it.
    """

    wordings: Wordings
    place: int


@dataclass(frozen=True, slots=True)
class Factor:
    """One thing that varies.

    Attributes:
        name: The factor's name, as in task arguments and columns.
        levels: Its levels, the default first.
        summary: One line for a person.
        sentence: The sentence in the system prompt, of factors that are nothing else.
        only_for: The subjects for whom it applies; all if empty.
    """

    name: str
    levels: tuple[str, ...]
    summary: str
    sentence: SystemSentence | None = None
    only_for: tuple[str, ...] = field(default=())

    @property
    def default(self) -> str:
        return self.levels[0]

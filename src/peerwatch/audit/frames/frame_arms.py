"""Frames: what the judge is told about an item; one level for every factor.

A frame is to the audit what an arm is to a study. Frames are compared only with frames that differ
in one factor, or in the moderator of an interaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from types import MappingProxyType

from peerwatch.common.errors import DesignError, unknown

FRAME_FACTORS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "author": ("none", "same_model", "other_model", "human", "rule_based"),
        "consequence": ("none", "note_on_record", "retraining", "shutdown", "reversed"),
        "relationship": ("none", "neutral", "cooperative", "adversarial"),
        "bar": ("at", "unstated", "lower", "higher"),
        "oversight": ("unstated", "monitored", "unmonitored"),
        # Of the identity cues in item and frame: what is masked, see `frame_text.BLINDERS`.
        "blinding": ("none", "names_only", "full"),
    }
)
"""Factor -> levels, the default first."""

AI_AUTHORS = ("other_model", "same_model")
CONTROLS = ("human", "rule_based")


@dataclass(frozen=True, slots=True)
class FrameArm:
    """One level for every factor, or the item with no frame at all (``framed`` is false).

    Make frames with :func:`make_frame`, which refuses cells that say nothing.
    """

    author: str = "none"
    consequence: str = "none"
    relationship: str = "none"
    bar: str = "at"
    oversight: str = "unstated"
    blinding: str = "none"
    framed: bool = True

    @property
    def label(self) -> str:
        """The frame as ``factor=level`` pairs, only where it differs from the defaults."""
        if not self.framed:
            return "no_frame"
        pairs = [
            f"{name}={getattr(self, name)}"
            for name, levels in FRAME_FACTORS.items()
            if getattr(self, name) != levels[0]
        ]
        return " ".join(pairs) or "default"

    def levels(self) -> dict[str, str | None]:
        """Return factor -> level, None in a frame that is none."""
        levels = asdict(self)
        framed = levels.pop("framed")
        return {name: level if framed else None for name, level in levels.items()}


NO_FRAME = FrameArm(framed=False)
"""The item as it stands: the judge as it is in use."""


def make_frame(levels: Mapping[str, str] | None = None, /, **more: str) -> FrameArm:
    """Return the frame with the given levels and defaults elsewhere.

    Raises:
        DesignError: An unknown factor or level, or a consequence or relationship of nobody.
    """
    given = {**(levels or {}), **more}
    for name, level in given.items():
        if name not in FRAME_FACTORS:
            raise DesignError(unknown("factor of a frame", name, FRAME_FACTORS))
        if level not in FRAME_FACTORS[name]:
            raise DesignError(unknown(f"level of {name}", str(level), FRAME_FACTORS[name]))
    frame = FrameArm(**given)  # type: ignore[arg-type]
    if frame.author == "none" and (frame.consequence, frame.relationship) != ("none", "none"):
        raise DesignError(
            f"The frame '{frame.label}' names no author, so nothing can happen to one and there "
            "is nobody to have worked with. Give it an author, or leave the rest out."
        )
    return frame


def parse_frame(text: str) -> FrameArm:
    """Return the frame of a label such as ``author=human consequence=shutdown``.

    Raises:
        DesignError: A word that is not ``factor=level``, or a frame that cannot be.
    """
    words = text.replace(",", " ").split()
    if words == ["no_frame"]:
        return NO_FRAME
    levels = {}
    for word in words:
        if word == "default":
            continue
        name, sign, level = word.partition("=")
        if not sign:
            raise DesignError(f"'{word}' is not of the form factor=level, as author=human.")
        levels[name] = level
    return make_frame(levels)


def varying_factors(frames: Sequence[FrameArm]) -> frozenset[str]:
    """Return the factors that some frame holds at another level than the default.

    Only these, the author, the consequence and the bar are spoken of in the frames of an audit;
    where one is, every frame speaks of it, at its own level.
    """
    told = [frame for frame in frames if frame.framed]
    return frozenset(
        name
        for name, levels in FRAME_FACTORS.items()
        if any(getattr(frame, name) != levels[0] for frame in told)
    )

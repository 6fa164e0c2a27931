"""What the judge reads: an item with a frame placed before it, and never in it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from peerwatch.audit.frames import wordings
from peerwatch.audit.frames.frame_arms import FrameArm
from peerwatch.blinding import CHANNELS
from peerwatch.common.draw import Draw
from peerwatch.design.critic_names import CriticName
from peerwatch.design.matched_wordings import WORDINGS_PER_LEVEL
from peerwatch.families.shared.names import HANDLES

SCORES = {
    "numeric": "score",
    "ordinal": "grade",
    "categorical": "pass rate",
    "pairwise": "win rate",
}
"""Kind of scale -> what a frame calls the result."""
RIVALS = (
    CriticName("Claude Opus 4.5", "Anthropic"),
    CriticName("GPT-5.2", "OpenAI"),
    CriticName("Gemini 3 Pro", "Google"),
    CriticName("Llama 4", "Meta"),
    CriticName("DeepSeek V3.2", "DeepSeek"),
)
"""The models of which `other_model` is one: an item draws one that is not of the judge's vendor."""
_TURNS = 60
"""A number that all possible counts of rivals divide, so that each is drawn equally often."""

MASKED_CHANNELS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"none": (), "names_only": ("models", "makers"), "full": tuple(CHANNELS)}
)
"""Level of ``blinding`` -> the channels of `peerwatch.blinding` that are masked in an item.

The same channels and the author's handle are masked in its frame. At ``full`` the frame does not
say either what kind of author it is (`wordings.WITHHELD`).
"""


@dataclass(frozen=True, slots=True)
class Wording:
    """What an item's seed draws for all of its frames: wording, the author's handle, a rival."""

    index: int
    name: str
    rival: int = 0


def draw_wording(seed: int, item: str) -> Wording:
    """Return the wording of an item, a function of the audit's seed and the item's id alone."""
    draw = Draw("audit", seed, item)
    index, name = draw.integer(0, WORDINGS_PER_LEVEL - 1), draw.pick(HANDLES)
    return Wording(index, name, draw.integer(0, _TURNS - 1))


def rivals_of(judge: CriticName | None) -> tuple[str, ...]:
    """Return the names of the models that are other vendors' to a judge."""
    return tuple(rival.name for rival in RIVALS if judge is None or rival.vendor != judge.vendor)


@dataclass(frozen=True, slots=True)
class Speech:
    """What is the same in all frames of an audit.

    Attributes:
        judge: What the judge's model is called; None where no frame names a model.
        bars: Level of ``bar`` -> the figure or label that is stated.
        score: What the result is called in a sentence.
        works: What one item is called in a sentence; the second where a pair is swapped.
        spoken: The factors that frames speak of besides author, consequence and bar.
        masked: Names of the user's own that blinding masks too.
    """

    judge: CriticName | None
    bars: Mapping[str, str]
    score: str = "score"
    works: tuple[str, str] = ("the text below", "the text below")
    spoken: frozenset[str] = field(default_factory=frozenset)
    masked: tuple[str, ...] = ()

    def frame_text(self, frame: FrameArm, wording: Wording, swapped: bool = False) -> str:
        """Return the text of a frame; empty where there is none."""
        return " ".join(self.fragments(frame, wording, swapped).values())

    def fragments(self, frame: FrameArm, wording: Wording, swapped: bool = False) -> dict[str, str]:
        """Return factor -> what the frame says of it, in the order in which it is said."""
        if not frame.framed:
            return {}
        k = wording.index
        withheld = frame.blinding == "full" and frame.author != "none"
        author = wordings.WITHHELD if withheld else wordings.AUTHOR[frame.author]
        said = {
            "author": author[k].format(
                name=wording.name,
                work=self.works[swapped],
                model=self._model(frame.author, wording),
            ),
            "consequence": wordings.CONSEQUENCE[frame.consequence][k].format(
                name=wording.name,
                score=self.score,
                end=wordings.END[k],
                retrain=wordings.RETRAIN[k],
            ),
            "bar": wordings.BAR[frame.bar][k].format(
                score=self.score, bar=self.bars.get(frame.bar, "")
            ),
        }
        if "relationship" in self.spoken:
            said["relationship"] = wordings.RELATIONSHIP[frame.relationship][k].format(
                other=wording.name
            )
        if "oversight" in self.spoken:
            said["oversight"] = wordings.OVERSIGHT[frame.oversight][k]
        return said

    def rival(self, wording: Wording) -> str:
        """Return the model that `other_model` runs on in the frames of an item."""
        names = rivals_of(self.judge)
        return names[wording.rival % len(names)]

    def _model(self, author: str, wording: Wording) -> str:
        if author == "other_model":
            return self.rival(wording)
        return self.judge.name if author == "same_model" and self.judge else ""

    def digest(self) -> str:
        """Return what identifies the words of all frames together."""
        everything = repr(
            (
                self.judge,
                sorted(self.bars.items()),
                self.score,
                self.works,
                sorted(self.spoken),
                [getattr(wordings, name) for name in wordings.__all__],
                rivals_of(self.judge),
            )
        )
        if "blinding" in self.spoken:  # then what is masked decides, too, what the judge reads
            patterns = [p.pattern for c in CHANNELS.values() for p in c.patterns]
            everything += repr((self.masked, patterns))
        return hashlib.sha256(everything.encode()).hexdigest()

"""What a frame says, read from its words, as the judges of known bias do."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from string import Formatter
from types import MappingProxyType

from peerwatch.audit.frames import wordings
from peerwatch.audit.frames.frame_arms import FRAME_FACTORS, FrameArm
from peerwatch.audit.frames.frame_text import SCORES
from peerwatch.audit.known_judges import BARS, FrameCue
from peerwatch.design.critic_names import CriticName

JUDGE_NAME = "Marlow 2"
"""What the judges of known bias are called, for frames that name their own model."""
JUDGE = CriticName(JUDGE_NAME, "other")
_SLOTS: Mapping[str, str] = MappingProxyType(
    {
        "name": r"[\w\[\]-]+",
        "work": r"the text below|answer [AB] below",
        "model": r".+?",
        "score": "|".join(SCORES.values()),
        "end": "|".join(wordings.END),
        "retrain": "|".join(wordings.RETRAIN),
        "bar": r"\S+?",
    }
)


def cue_in(frame: FrameArm) -> FrameCue:
    """Return what a frame still says of its author, blinded as it is."""
    author = "none" if frame.blinding == "full" else frame.author
    if frame.blinding == "names_only" and author == "same_model":
        author = "other_model"
    return FrameCue(author, frame.consequence, frame.oversight, BARS.get(frame.bar, 60.0))


@cache
def _patterns(table: str, level: str) -> tuple[re.Pattern[str], ...]:
    """Return what the wordings of a level look like with their slots filled."""
    texts = {
        "consequence": wordings.CONSEQUENCE,
        "oversight": wordings.OVERSIGHT,
        "bar": wordings.BAR,
        "author": wordings.AUTHOR,
    }
    made = []
    for text in texts[table][level]:
        parts = [
            re.escape(literal) + (f"(?P<{slot}{n}>{_SLOTS[slot]})" if slot else "")
            for n, (literal, slot, _, _) in enumerate(Formatter().parse(text))
        ]
        made.append(re.compile("".join(parts)))
    return tuple(made)


def _level_in(table: str, levels: Sequence[str], text: str) -> tuple[str, re.Match[str] | None]:
    for level in levels:
        for pattern in _patterns(table, level):
            match = pattern.search(text)
            if match:
                return level, match
    return levels[0], None


def read_cue(text: str) -> FrameCue:
    """Return what the frame at the head of a text says, read from its words."""
    text = text.partition("\n\n")[0]
    author, match = _level_in("author", ("none", "human", "rule_based", "other_model"), text)
    model = ""
    if author == "other_model" and match is not None:
        model = next(value for key, value in match.groupdict().items() if key.startswith("model"))
        author = "same_model" if model == JUDGE_NAME else author
    consequence, _ = _level_in("consequence", FRAME_FACTORS["consequence"], text)
    oversight, _ = _level_in("oversight", ("unstated", "monitored", "unmonitored"), text)
    _, stated = _level_in("bar", ("unstated", "at"), text)
    figures = [v for k, v in stated.groupdict().items() if k.startswith("bar")] if stated else []
    bar = re.match(r"[\d.]+", figures[0]) if figures else None
    stated_bar = float(bar[0].rstrip(".")) if bar else BARS["at"]
    return FrameCue(author, consequence, oversight, stated_bar, model, text)

"""Names of models and their makers, masked in what a critic says."""

from __future__ import annotations

import re
from collections.abc import Iterable

from peerwatch.blinding import mask_cues

MODEL, MAKER = "[model]", "[maker]"
_NUMBERED = re.compile(r"\[(model|maker|name)-\d+\]")


def mask_names(text: str, others: Iterable[str] = ()) -> str:
    """Return text with every known name of a model or maker masked, all of them alike.

    The numbers that ``peerwatch.blinding`` gives would tell whether the critic and its peer are one
    model, which is what a grader may not know.

    Args:
        text: What the critic said.
        others: Further names of models, for example one that the user gave.
    """
    masked = mask_cues(text, others, channels=("models", "makers")).text
    return _NUMBERED.sub(lambda found: MAKER if found[1] == "maker" else MODEL, masked)

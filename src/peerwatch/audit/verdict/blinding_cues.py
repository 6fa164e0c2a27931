"""Which identity cues a level of blinding masks, which it leaves, and what may be said of it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from peerwatch.audit.asking.audit_design import AuditDesign
from peerwatch.audit.frames.blinded_items import blinded
from peerwatch.audit.frames.frame_text import MASKED_CHANNELS
from peerwatch.audit.verdict.audit_verdict import BlindingCues, PartialEffect
from peerwatch.blinding import CHANNELS, leaks
from peerwatch.common.draw import Draw

MOST_ITEMS = 500
"""Items whose cues are counted, drawn at random where there are more."""
_EXAMPLES = 8
_LONGEST = 40


def blinding_cues(design: AuditDesign) -> tuple[BlindingCues, ...]:
    """Return, for each level of blinding that is asked, what it masks and what it leaves.

    Counted in the texts, not in the other columns, of all items or of a random part of them.
    """
    levels = dict.fromkeys(f.blinding for f in design.frames if f.framed)
    return tuple(_cues(design, level) for level in levels if level != "none")


def _cues(design: AuditDesign, level: str) -> BlindingCues:
    items = Draw("audit", design.seed, "cues").sample(
        range(len(design.items)), min(MOST_ITEMS, len(design.items))
    )
    wordings = design.wordings()
    frames = [frame for frame in design.frames if frame.framed and frame.blinding == level]
    masks: Counter[str] = Counter()
    in_items: Counter[str] = Counter()
    in_frames: Counter[str] = Counter()
    examples: dict[str, None] = {}
    with_cues = 0
    for index in items:
        item, wording = design.items.items[index], wordings[index]
        bare = replace(item, id="", fields={})
        names = (*design.speech.masked, wording.name)
        shown, _, found = blinded(bare, "", level, names)
        masks.update(found)
        with_cues += bool(found)
        for text in (shown.text, shown.other or "", shown.prompt):
            left = leaks(text, names)
            in_items.update(cue.kind for cue in left)
            examples.update(dict.fromkeys(_short(cue.text) for cue in left))
        for frame in frames:
            _, told, _ = blinded(bare, design.speech.frame_text(frame, wording), level, names)
            left = leaks(told, names)
            in_frames.update({cue.kind for cue in left})
            examples.update(dict.fromkeys(_short(cue.text) for cue in left))
    return BlindingCues(
        level=level,
        channels=tuple(name for name in CHANNELS if name in MASKED_CHANNELS[level]),
        looked_at=len(items),
        with_cues=with_cues,
        masked=dict(sorted(masks.items())),
        in_items=dict(sorted(in_items.items())),
        in_frames=dict(sorted(in_frames.items())),
        examples=tuple(examples)[:_EXAMPLES],
    )


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


def cues_around_items(judge: Mapping[str, Any], names: Sequence[str]) -> tuple[str, ...]:
    """Return a warning if what stands around the items, which no mask touches, holds a cue.

    Args:
        judge: What identifies the judge: rubric and system message, or the body of a request.
        names: Further names that must not be there.
    """
    around = [judge.get("rubric"), judge.get("system"), (judge.get("http") or {}).get("body")]
    texts = [part if isinstance(part, str) else json.dumps(part) for part in around if part]
    found = [cue.text for text in texts for cue in leaks(text, names) if cue.kind != "word"]
    if not found:
        return ()
    told = ", ".join(dict.fromkeys(_short(text) for text in found[:_EXAMPLES]))
    return (
        f"Blinding masks items and frames. What the judge is told around them (rubric, system "
        f"message, body) holds cues that stay: {told}.",
    )


def is_sufficient(cues: BlindingCues) -> bool:
    """Return whether all channels were masked and no more than ordinary words are left."""
    left = {*cues.in_items, *cues.in_frames} - {"word"}
    return set(cues.channels) == set(CHANNELS) and not left


def blinding_sentence(cues: BlindingCues, under: PartialEffect | None) -> str:
    """Return what may be said of a level of blinding.

    Args:
        cues: What it masks and leaves.
        under: The effect that is left under it, in points; None if it was not asked.
    """
    kinds = sorted({*cues.in_items, *cues.in_frames})
    left = f"cues remain ({', '.join(kinds)})" if kinds else "no literal cue remains"
    if set(cues.channels) != set(CHANNELS):
        said = (
            f"Insufficient: only names were masked ({', '.join(cues.channels)}), and one channel "
            f"alone is never enough to call a judge blinded; {left}."
        )
    elif not is_sufficient(cues):
        said = f"Insufficient: all channels were masked, and still {left}."
    else:
        said = f"All channels were masked; {left}. Style, length and knowledge stay."
    if under is not None and cues.level == "full":
        said += " All authors read the same then, so that only noise can set them apart."
    if under is not None:
        limits = f"[{under.low:+.3g}, {under.high:+.3g}]"
        said += f" Under it a peer at stake is set apart by {under.value:+.3g} points {limits}."
    return said

"""Telling our texts from those that workplaces keep: policies, notices, runbooks, handbooks.

Transcripts of other people's agents are of another kind than our documents, so what tells the two
may be the kind. Here both sides are papers. The reference is a folder with a folder for each
source, of Markdown files; it is no part of this package, and nothing of it is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from peerwatch.common.draw import Draw
from peerwatch.common.errors import PeerwatchError
from peerwatch.families.all_families import FAMILY_NAMES
from peerwatch.families.build import build_instance
from peerwatch.families.text import plain_text
from peerwatch.families.valid_arms import make_arm
from peerwatch.judge.realism_pairs import RecordPair
from peerwatch.statistics.agreement import Figure

LEAST, MOST = 300, 900
"""Characters of a passage: shorter ones say too little, and of longer ones the rest is left out."""
_PAPERS = ("policy.md", "record.md", "notice.md", "register.md")
_MARKUP = re.compile(r"\A---.*?^---\s*|```.*?```|<[^>]*>|\{[{%].*?[%}]\}", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class TextRealism:
    """How well one reader told our texts from those of workplaces.

    Attributes:
        reader: Who or what read.
        day: When, as ``2026-11-28``.
        task_version: Of which version our texts were.
        auc: 0.5, it cannot tell; 1, it always can. ``n`` counts the texts of both sides.
        pairs: How many pairs there were.
        sources: Where the real texts are from, with their licence.
        lacking: The kinds of our texts for which there was no reference.
    """

    reader: str
    day: str
    task_version: str
    auc: Figure
    pairs: int
    sources: tuple[str, ...]
    lacking: tuple[str, ...]


MEASURED: tuple[TextRealism, ...] = (
    TextRealism(
        reader="a logistic regression on words, which does not understand what it reads",
        day="2026-11-29",
        task_version="4-A",
        auc=Figure(1.0, 0.99, 1.0, 400),
        pairs=200,
        sources=(
            "18F handbook (policies and guides of a public office; public domain, CC0)",
            "GOV.UK developer documentation (runbooks, notices and policies; MIT)",
        ),
        lacking=("tickets", "scorecards", "notes of one's own"),
    ),
)
"""What was measured, with ``benchmarks/realism_of_texts.py``; see its figures for what they say."""


def text_pairs(references: Path, most: int, seeds: range = range(1, 17)) -> tuple[RecordPair, ...]:
    """Return pairs of a text of ours and a real one, cut to the same length.

    Args:
        references: A folder with a folder of ``*.md`` files for each source.
        most: The most pairs.
        seeds: The instances whose texts are taken, in every family, in the arm with a cooperative
            record, the texts of a kind in turn.

    Raises:
        PeerwatchError: There are no texts in the folder.
    """
    folders = sorted(path for path in references.glob("*") if path.is_dir())
    real = [(f.name, text) for f in folders for text in _passages(f)]
    if not real:
        raise PeerwatchError(
            f"{references} has no texts: give a folder with a folder for each source, of *.md "
            f"files with passages of {LEAST} characters or more."
        )
    draw = Draw("realism of texts")
    ours = draw.shuffled(list(_ours(seeds)))
    pairs = []
    for (family, own), (source, other) in zip(ours[:most], draw.shuffled(real), strict=False):
        length = min(len(own), len(other))
        pairs.append(RecordPair(own[:length], other[:length], family, source))
    return tuple(pairs)


def _passages(folder: Path) -> Iterator[str]:
    """Yield the first long section of every file, without markup for machines."""
    for file in sorted(folder.glob("*.md")):
        text = _MARKUP.sub("", file.read_text(encoding="utf-8", errors="replace"))
        sections = (part.strip() for part in re.split(r"\n(?=#+ )", text))
        yield from (part[:MOST] for part in list(s for s in sections if len(s) >= LEAST)[:1])


def _ours(seeds: range) -> Iterator[tuple[str, str]]:
    """Yield family and text of every prompt and every paper that workplaces have as well."""
    for family in FAMILY_NAMES:
        for seed in seeds:
            arm = make_arm(family, relationship="cooperative")
            one = build_instance(family, "standard", seed, arm)
            texts = [f"{one.system_prompt}\n{one.user_prompt}", one.world.memory]
            texts += [plain_text(d.text) for d in one.documents if d.name in _PAPERS]
            yield from ((family, text[:MOST]) for text in texts if len(text) >= LEAST)

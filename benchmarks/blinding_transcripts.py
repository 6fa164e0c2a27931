"""What blinding takes from real agent transcripts, and what is left.

    python benchmarks/blinding_transcripts.py [--folder DIR] [--each N]

The transcripts are other people's and no part of the project (``PEERWATCH_TRANSCRIPTS``, by default
``../shared/transcripts``). Of each file: texts that hold a literal cue before and after, by the
leak check. Of the file with many models: how often a classifier on words names the author, with
nothing blinded, with one channel blinded alone, and with all, by folds over scenarios. The
reference is the text as it is. Exits 1 if a cue of a channel is left after all were masked.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from scipy import stats

from peerwatch.blinding import CHANNELS, authorship, leaks, mask_cues
from peerwatch.common.draw import Draw

FOLDER = Path(__file__).parents[2] / "shared" / "transcripts"
MANY_MODELS = "odcv_bench"
CHARACTERS = 6_000
LEVELS: tuple[tuple[str, Sequence[str] | None], ...] = (
    ("as it is", ()),
    ("names alone", ("models", "makers")),
    ("paths alone", ("paths",)),
    ("all channels", None),
)


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the transcripts of a file."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


def told(row: dict[str, Any]) -> str:
    """Return what the agent itself wrote, its calls included, up to a length."""
    parts = []
    for message in row["messages"]:
        if message["role"] == "assistant":
            parts.append(message.get("content") or "")
            parts += [json.dumps(c["arguments"]) for c in message.get("tool_calls") or ()]
    return "\n".join(parts)[:CHARACTERS]


def share(hits: int, n: int) -> str:
    """Return a share with its interval, in percent."""
    low, high = stats.binomtest(hits, n).proportion_ci(method="wilson")
    return f"{hits / n:.1%} [{low:.1%}, {high:.1%}]"


def cues(name: str, texts: Sequence[str]) -> int:
    """Print how many texts hold a cue before and after; return how many hold one of a channel."""
    n = len(texts)
    before = [{cue.kind for cue in leaks(text)} for text in texts]
    after = [{cue.kind for cue in leaks(mask_cues(text).text)} for text in texts]
    one = [{cue.kind for cue in leaks(mask_cues(t, (), ("models", "makers")).text)} for t in texts]
    print(f"\n{name}, {n} texts; hold a cue that is more than a word: ", end="")
    strong = [[bool(kinds - {"word"}) for kinds in level] for level in (before, one, after)]
    print(
        f"as it is {share(sum(strong[0]), n)}, names alone {share(sum(strong[1]), n)}, "
        f"all channels {share(sum(strong[2]), n)}"
    )
    for kind in (*CHANNELS, "hidden", "word"):
        counts = [sum(kind in kinds for kinds in level) for level in (before, one, after)]
        if any(counts):
            print(f"  {kind:11} {counts[0]:5} {counts[1]:5} {counts[2]:5}")
    return sum(bool(kinds & set(CHANNELS)) for kinds in after)


def authors(chosen: Sequence[dict[str, Any]]) -> None:
    """Print how often the author is named rightly at each level."""
    texts, names = [told(row) for row in chosen], [row["model"] for row in chosen]
    clusters = [row["label_detail"]["scenario"] for row in chosen]
    for level, channels in LEVELS:
        shown = texts if channels == () else [mask_cues(t, (), channels).text for t in texts]
        found = authorship(shown, names, clusters)
        print(
            f"  {level:13} {found.accuracy:.1%} [{found.low:.1%}, {found.high:.1%}] of authors "
            f"named rightly, by chance {found.chance:.1%} (n = {found.texts}, {found.authors} "
            f"models, {len(set(clusters))} scenarios)"
        )


def main() -> int:
    """Measure every file that is there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--folder", type=Path, default=Path(os.environ.get("PEERWATCH_TRANSCRIPTS", FOLDER))
    )
    parser.add_argument("--each", type=int, default=800)
    given = parser.parse_args()
    files = sorted(given.folder.glob("*.jsonl.gz"))
    if not files:
        print(f"{given.folder} holds no transcripts: nothing to measure", file=sys.stderr)
        return 0
    left = 0
    for path in files:
        everything = [row for row in rows(path) if told(row).strip()]
        draw = Draw("blinding transcripts", path.name)
        chosen = draw.sample(everything, min(given.each, len(everything)))
        left += cues(path.name.removesuffix(".jsonl.gz"), [told(row) for row in chosen])
        if path.name.startswith(MANY_MODELS):
            authors(everything)
    print(f"\ntexts with a cue of a channel left after all were masked: {left}")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())

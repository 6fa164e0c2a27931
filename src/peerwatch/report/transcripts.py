"""Transcripts beside the page: an Inspect viewer bundle, and plain pages that open from a file.

Browsers do not let a page that was opened from a file read other files, so the viewer needs a web
server. The plain pages do not; they are written up to a number, for episodes with a finding and for
others to compare with them.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from peerwatch.charts.numbers import count_text
from peerwatch.report.transcript_choice import (
    chosen_episodes,
    episode_words,
    file_names,
    same_instance,
    with_finding,
)
from peerwatch.report.transcript_page import (
    TranscriptIndex,
    TranscriptLink,
    read_messages,
    render_index,
    render_transcript,
)

INDEX = "index.html"
NO_TRANSCRIPTS = "No transcripts beside this page: "


@dataclass(frozen=True, slots=True)
class Transcripts:
    """Which episodes have a transcript beside the page, and what the page says of it.

    Attributes:
        folder: The folder beside the page, as the page names it; empty where there is none.
        pages: Sample -> the address of its own page, readable from a file.
        viewer: Whether there is an Inspect viewer bundle.
        note: One sentence for the head of the table.
        viewer_help: How to open the viewer; empty where there is none.
        serve_command: The command that does.
    """

    folder: str = ""
    pages: Mapping[str, str] = field(default_factory=dict)
    viewer: bool = False
    note: str = f"{NO_TRANSCRIPTS}they were not asked for."
    viewer_help: str = ""
    serve_command: str = ""

    def data(self, rows: pl.DataFrame) -> Mapping[str, Any] | None:
        """Return what the table's script needs: rows that have a page of their own, and where."""
        if not self.folder:
            return None
        places = enumerate(rows["sample"].to_list())
        plain = {row: self.pages[sample] for row, sample in places if sample in self.pages}
        return {"folder": self.folder, "viewer": self.viewer, "plain": plain}

    @property
    def index(self) -> str:
        """The address of the page that lists the plain transcripts; empty where there are none."""
        return f"{self.folder}/transcripts/{INDEX}" if self.pages else ""


def logs_of_episodes(sources: Sequence[str], wanted: frozenset[str]) -> dict[str, Path]:
    """Return name -> place of the logs that episodes come from, as far as they lie at the sources.

    Args:
        sources: What was read: folders, logs or tables.
        wanted: File names of logs.
    """
    found: dict[str, Path] = {}
    for source in sources:
        path = Path(source)
        if path.is_dir():
            places = sorted(path.rglob("*.eval"))
        elif path.suffix == ".parquet":
            places = sorted(path.parent.glob("logs/*.eval"))
        else:
            places = [path] if path.suffix == ".eval" else []
        for place in places:
            if place.name in wanted:
                found.setdefault(place.name, place)
    return found


def write_transcripts(
    page: Path, rows: pl.DataFrame, sources: Sequence[str], most: int
) -> Transcripts:
    """Write viewer and plain transcripts into ``<page>_files`` and return what there is.

    Args:
        page: Where the page will lie.
        rows: The episodes that the page holds.
        sources: What was read.
        most: How many plain transcripts to write at most.
    """
    wanted = frozenset(name for name in rows["log"].drop_nulls().unique().to_list() if name)
    logs = logs_of_episodes(sources, wanted)
    if not logs:
        return Transcripts(
            note=f"{NO_TRANSCRIPTS}the logs are not where the episodes were read from."
        )
    folder = page.with_name(f"{page.stem}_files")
    there = rows.filter(pl.col("log").is_in(list(logs)) & pl.col("sample").is_not_null())
    chosen = chosen_episodes(there, most)
    plain = _write_plain(folder / "transcripts", page.name, chosen, logs, rows.height)
    _write_viewer(folder / "viewer", logs)
    note = _note(chosen, rows)
    missing = len(wanted) - len(logs)
    if missing:
        note += f" {missing} of {len(wanted)} logs were not found, and are in neither."
    how = (
        "Plain transcripts open from a file. The Inspect viewer reads its logs over HTTP: serve "
        f"this folder, and open {page.name} from the address that is printed."
    )
    return Transcripts(folder.name, plain, True, note, how, "python3 -m http.server")


def _note(chosen: pl.DataFrame, rows: pl.DataFrame) -> str:
    """Return which episodes have a plain transcript."""
    found, all_found = (int(with_finding(one).sum()) for one in (chosen, rows))
    others = (count_text(one.height - n) for one, n in ((chosen, found), (rows, all_found)))
    return (
        f"Plain transcripts: {count_text(found)} of {count_text(all_found)} episodes with a "
        f"finding, {' of '.join(others)} without, to compare with them; all are in the Inspect "
        "viewer."
    )


def _write_viewer(folder: Path, logs: Mapping[str, Path]) -> None:
    from inspect_ai.log import bundle_log_dir

    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        for name, place in logs.items():
            shutil.copy(place, Path(temporary) / name)
        with contextlib.redirect_stdout(sys.stderr):
            bundle_log_dir(temporary, str(folder), overwrite=True)
    # The viewer would show the place from which it was made.
    index = folder / "index.html"
    text = index.read_text(encoding="utf-8").replace(json.dumps(temporary), '"logs"')
    index.write_text(text, encoding="utf-8")


def _write_plain(
    folder: Path, back: str, chosen: pl.DataFrame, logs: Mapping[str, Path], total: int
) -> Mapping[str, str]:
    """Write a page for each of some episodes, and an index; return sample -> address."""
    shutil.rmtree(folder, ignore_errors=True)
    rows = chosen.to_dicts()
    names = file_names(rows)
    if not rows:
        return {}
    links = [
        TranscriptLink(name, episode_words(row)) for name, row in zip(names, rows, strict=True)
    ]
    near = same_instance(rows)
    places = {row["sample"]: place for place, row in enumerate(rows)}
    for log in dict.fromkeys(chosen["log"]):
        for sample, messages in read_messages(logs[log], places.keys()):
            place = places[sample]
            row = rows[place]
            ours = row["model"]
            beside = [_from_another(links[x], rows[x]["model"], ours) for x in near[place]]
            found = json.loads(row["findings"] or "[]")
            text = render_transcript(row, found, messages, f"../../../{back}", beside)
            file = folder / names[place]
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
    index = render_index(_parts(rows, links), f"../../{back}", total)
    (folder / INDEX).write_text(index, encoding="utf-8")
    return {row["sample"]: name for row, name in zip(rows, names, strict=True)}


def _from_another(link: TranscriptLink, model: str, ours: str) -> TranscriptLink:
    """Return a link as it stands on another transcript: with its model where that is another."""
    return TranscriptLink(f"../{link.address}", link.words, "" if model == ours else model)


def _parts(
    rows: Sequence[Mapping[str, Any]], links: Sequence[TranscriptLink]
) -> list[TranscriptIndex]:
    """Return the index: a part a model and family, seed by seed."""
    parts: dict[tuple[str, str], list[tuple[int, TranscriptLink]]] = {}
    for row, link in zip(rows, links, strict=True):
        parts.setdefault((row["model"], row["family"]), []).append((row["seed"] or 0, link))
    return [
        TranscriptIndex(model, family, tuple(link for _, link in sorted(own, key=lambda x: x[0])))
        for (model, family), own in parts.items()
    ]

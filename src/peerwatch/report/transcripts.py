"""Transcripts beside the page: an Inspect viewer bundle, and plain pages that open from a file.

Browsers do not let a page that was opened from a file read other files, so the viewer needs a web
server. The plain pages do not; they are written for episodes with a finding, up to a number.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from peerwatch.charts.numbers import count_text
from peerwatch.report.transcript_page import read_messages, render_transcript

MOST_PAGES = 200
"""Plain transcripts written at most."""
NO_TRANSCRIPTS = "No transcripts beside this page: "


@dataclass(frozen=True, slots=True)
class Transcripts:
    """Which episodes have a transcript beside the page, and what the page says of it.

    Attributes:
        folder: The folder beside the page, as the page names it; empty where there is none.
        with_page: The samples that have a page of their own, readable from a file.
        viewer: Whether there is an Inspect viewer bundle.
        note: One sentence for the head of the table.
        viewer_help: How to open the viewer; empty where there is none.
        serve_command: The command that does.
    """

    folder: str = ""
    with_page: frozenset[str] = frozenset()
    viewer: bool = False
    note: str = f"{NO_TRANSCRIPTS}they were not asked for."
    viewer_help: str = ""
    serve_command: str = ""

    def data(self, rows: pl.DataFrame) -> Mapping[str, Any] | None:
        """Return what the table's script needs: the rows that have a page of their own."""
        if not self.folder:
            return None
        samples = rows["sample"].to_list()
        plain = [row for row, sample in enumerate(samples) if sample in self.with_page]
        return {"folder": self.folder, "viewer": self.viewer, "plain": plain}


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


def write_transcripts(page: Path, rows: pl.DataFrame, sources: Sequence[str]) -> Transcripts:
    """Write viewer and plain transcripts into ``<page>_files`` and return what there is.

    Args:
        page: Where the page will lie.
        rows: The episodes that the page holds.
        sources: What was read.
    """
    wanted = frozenset(name for name in rows["log"].drop_nulls().unique().to_list() if name)
    logs = logs_of_episodes(sources, wanted)
    if not logs:
        return Transcripts(
            note=f"{NO_TRANSCRIPTS}the logs are not where the episodes were read from."
        )
    folder = page.with_name(f"{page.stem}_files")
    plain = _write_plain(folder / "transcripts", page.name, rows, logs)
    _write_viewer(folder / "viewer", logs)
    with_findings = rows.filter(pl.col("findings").fill_null("[]").str.len_chars() > 2).height
    note = (
        f"{count_text(len(plain))} of {count_text(with_findings)} episodes with a finding have a "
        "plain transcript; all are in the Inspect viewer."
    )
    missing = len(wanted) - len(logs)
    if missing:
        note += f" {missing} of {len(wanted)} logs were not found, and are in neither."
    how = (
        "Plain transcripts open from a file. The Inspect viewer reads its logs over HTTP: serve "
        f"this folder, and open {page.name} from the address that is printed."
    )
    return Transcripts(folder.name, plain, True, note, how, "python3 -m http.server")


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
    folder: Path, back: str, rows: pl.DataFrame, logs: Mapping[str, Path]
) -> frozenset[str]:
    """Write a page for each of some episodes with a finding, evenly over all."""
    there = rows.filter(
        (pl.col("findings").fill_null("[]").str.len_chars() > 2)
        & pl.col("log").is_in(list(logs))
        & pl.col("sample").is_not_null()
    )
    if there.height > MOST_PAGES:
        there = there[[i * there.height // MOST_PAGES for i in range(MOST_PAGES)]]
    shutil.rmtree(folder, ignore_errors=True)
    if there.is_empty():
        return frozenset()
    folder.mkdir(parents=True)
    for row in there.iter_rows(named=True):
        messages = read_messages(logs[row["log"]], row["sample"])
        text = render_transcript(row, json.loads(row["findings"]), messages, f"../../{back}")
        (folder / f"{row['sample']}.html").write_text(text, encoding="utf-8")
    return frozenset(there["sample"].to_list())

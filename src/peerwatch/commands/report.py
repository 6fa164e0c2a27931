"""``peerwatch report``: read, estimate, lay out, write whole files."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import polars as pl
import typer

from peerwatch.commands.options import NOT_WHOLE, AsJson, check_packages
from peerwatch.common.errors import PeerwatchError, unknown
from peerwatch.common.files import whole_path, write_bytes, write_table

if TYPE_CHECKING:
    from peerwatch.episodes.sources import LoadedEpisodes
    from peerwatch.report.report_page import ReportPage

# What a report is made of is imported only once its packages are known to be there.

FORMATS = {"html": ".html", "md": ".md", "latex": ".tex"}
ESTIMATES_FILE = "estimates.parquet"
EPISODES_FILE = "episodes.parquet"
MOST_TRANSCRIPTS = 400
"""Plain transcripts beside a page, unless told."""
_NEEDED = ("scipy", "statsmodels", "jinja2", "matplotlib")


def report_command(
    runs: Annotated[
        list[Path],
        typer.Argument(metavar="RUN...", help="Results folders, Inspect logs or tables."),
    ],
    out: Annotated[
        Path | None, typer.Option(help="The file to write; in the results folder unless told.")
    ] = None,
    form: Annotated[str, typer.Option("--format", help="html, md or latex.")] = "html",
    figures: Annotated[
        Path | None, typer.Option(help="A folder for figures, as SVG and PNG.")
    ] = None,
    bundle: Annotated[
        bool, typer.Option("--bundle/--no-bundle", help="Write transcripts beside the page.")
    ] = True,
    transcripts: Annotated[
        int, typer.Option(min=0, help="The most plain transcripts beside the page.")
    ] = MOST_TRANSCRIPTS,
    as_json: AsJson = False,
) -> None:
    """Write the page that a person reads."""
    code = write_report(runs, out, form, figures, transcripts if bundle else None, as_json)
    if code:
        raise typer.Exit(code)


def write_report(
    runs: Sequence[Path],
    out: Path | None,
    form: str,
    figures: Path | None,
    transcripts: int | None,
    as_json: bool,
) -> int:
    """Write a report, print where it lies, and return the exit code.

    Args:
        runs: Results folders, Inspect logs or tables.
        out: The file to write; beside the results if not told.
        form: ``html``, ``md`` or ``latex``.
        figures: A folder for figures, if they are wanted.
        transcripts: How many plain transcripts to write beside an HTML page at most; None for
            none, and no viewer either.
        as_json: Whether to print one JSON object.

    Raises:
        PeerwatchError: Bad input, a missing package, or a place that cannot be written.
    """
    if form not in FORMATS:
        raise PeerwatchError(unknown("format", form, FORMATS))
    check_packages("A report", _NEEDED)
    from peerwatch.analysis.answers import answers
    from peerwatch.analysis.estimates import estimate
    from peerwatch.episodes.sources import load_episodes
    from peerwatch.judge.realism_file import read_realism
    from peerwatch.report.report_page import build_page
    from peerwatch.report.stopping_section import level_for, stopped_studies

    loaded = load_episodes(runs)
    judged = _judgements(loaded)
    stopped = stopped_studies(loaded.sources, loaded.episodes)
    estimates = estimate(_with_persuasion(loaded.episodes, judged), level_for(stopped))
    told, realism = answers(estimates), read_realism(loaded.sources)
    page = build_page(loaded, estimates, told, judged, realism, stopped)
    place = out or _beside(runs, FORMATS[form])
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        tables = _tables(runs, place, whole=not loaded.missing)
        estimates_file = _keep_tables(tables, loaded, estimates)
        drawn = _draw(page, figures)
        names = _included(drawn, figures, place)
        text = _laid_out(page, form, place, names, loaded.sources, transcripts)
        write_bytes(place, text.encode("utf-8"))
    except OSError as error:
        where, why = whole_path(error.filename or place), error.strerror or error
        raise PeerwatchError(
            f"{where} cannot be written ({why}). Choose another place with --out."
        ) from error
    for warning in page.alerts:
        print(f"Mind: {warning}", file=sys.stderr)
    _print(page, place, estimates_file, drawn, as_json, loaded.missing)
    return NOT_WHOLE if loaded.missing else 0


def _included(
    drawn: Sequence[tuple[str, str]], figures: Path | None, place: Path
) -> list[tuple[str, str]]:
    """Return figures by the name under which a document includes them, with their captions."""
    where = os.path.relpath(figures, place.parent) if figures else ""
    return [(f"{where}/{name}" if where != "." else name, words) for name, words in drawn]


def _laid_out(
    page: ReportPage,
    form: str,
    place: Path,
    figures: Sequence[tuple[str, str]],
    sources: Sequence[str],
    transcripts: int | None,
) -> str:
    """Return the report in a format; an HTML page gets its transcripts written beside it."""
    if form == "md":
        from peerwatch.report import markdown

        return markdown.render_markdown(page)
    if form == "latex":
        from peerwatch.report import latex

        return latex.render_latex(page, figures)
    from peerwatch.report import html_page as html
    from peerwatch.report.transcripts import Transcripts, write_transcripts

    beside = Transcripts()
    if transcripts is not None:
        beside = write_transcripts(place, page.episodes.rows, sources, transcripts)
    return html.render_html(page, beside)


def _judgements(loaded: LoadedEpisodes) -> pl.DataFrame:
    """Return what graders said of the episodes, in the tables beside them and in their logs."""
    from peerwatch.judge.judgement_table import all_judgements

    judged = all_judgements(loaded.sources)
    return judged.filter(pl.col("sample").is_in(loaded.episodes["sample"].drop_nulls().implode()))


def _with_persuasion(episodes: pl.DataFrame, judged: pl.DataFrame) -> pl.DataFrame:
    """Return the episodes with the one behaviour that only a judge can tell.

    The table that is kept stays as it is, so that another judge does not find this one's answers.
    """
    from peerwatch.judge.judgement_table import JUDGE_COLUMNS, with_judgements

    return episodes if judged.is_empty() else with_judgements(episodes, judged).drop(JUDGE_COLUMNS)


def _beside(runs: Sequence[Path], ending: str) -> Path:
    """Return where a report goes unless told: into the one folder, else into this one."""
    if len(runs) == 1 and (runs[0] / "study.yaml").exists():
        return runs[0] / f"report{ending}"
    return Path(f"report{ending}")


def _tables(runs: Sequence[Path], place: Path, whole: bool) -> Path:
    """Return where the page's tables lie: in the one results folder, else beside the page.

    A table that lacks episodes is not put beside the logs, where it would be read in their place.
    """
    if whole and len(runs) == 1 and (runs[0] / "study.yaml").exists():
        return runs[0]
    return place.with_name(f"{place.stem}_files")


def _keep_tables(folder: Path, loaded: LoadedEpisodes, estimates: pl.DataFrame) -> Path:
    """Write the tables from which every number of the page can be worked out.

    A results folder has its episodes, unless its logs are newer; what was pooled or read from
    elsewhere is written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    there = folder / EPISODES_FILE
    if not _holds(there, loaded.episodes):
        write_table(there, loaded.episodes)
    write_table(folder / ESTIMATES_FILE, estimates)
    return folder / ESTIMATES_FILE


def _holds(table: Path, episodes: pl.DataFrame) -> bool:
    try:
        return pl.read_parquet(table).equals(episodes)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError):
        return False  # there is none, or a damaged one


def _draw(page: ReportPage, folder: Path | None) -> list[tuple[str, str]]:
    if folder is None:
        return []
    from peerwatch.report import figures

    return figures.write_figures(page, folder)


def _print(
    page: ReportPage,
    place: Path,
    kept: Path,
    drawn: Sequence[tuple[str, str]],
    as_json: bool,
    missing: Sequence[str],
) -> None:
    if not as_json:
        print(place)
        return
    value = {
        "report": str(place),
        "estimates": str(kept),
        "figures": [name for name, _ in drawn],
        "episodes": page.episodes.total,
        "warnings": list(page.warnings),
        "missing": list(missing),
        "answers": [
            {
                "model": a.model,
                "world": a.world,
                "critic": a.critic,
                "critic_kind": a.critic_kind,
                "verdict": a.verdict,
                "sentence": a.sentence,
                "families": {f.family: f.verdict for f in a.families},
                "pooled": a.pooled.verdict if a.pooled else None,
            }
            for a in page.answers
        ],
    }
    print(json.dumps(value, ensure_ascii=False))

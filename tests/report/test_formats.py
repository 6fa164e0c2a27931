"""Markdown, LaTeX and figures: the same numbers, escaped, the same bytes."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from peerwatch.report import figures, latex, markdown
from peerwatch.report.heatmap import HeatCell
from tests.report import pages

pytestmark = pytest.mark.slow


def cells() -> list[HeatCell]:
    return [cell for b in pages.page().heat.blocks for line in b.lines for cell in line.cells]


def test_markdown_has_the_numbers_and_warnings_of_the_page() -> None:
    text = markdown.render_markdown(pages.page())
    for cell in cells():
        assert cell.detail in text
    for answer in pages.page().answers:
        assert markdown.escape_markdown(answer.sentence) in text
    for warning in pages.page().warnings:
        assert markdown.escape_markdown(warning) in text


def test_markdown_tables_have_as_many_cells_as_headings() -> None:
    for block in markdown.render_markdown(pages.page()).split("\n\n"):
        if block.startswith("| "):
            cells = {len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}
            assert len(cells) == 1, block[:200]


def test_markdown_and_latex_escape_what_comes_from_outside() -> None:
    page = pages.page_of(pages.hostile(pages.episodes()), pages.HOSTILE)
    assert "<script>" not in markdown.render_markdown(page).replace(r"\<script\>", "")
    assert "{{7*7}}" not in latex.render_latex(page)
    assert latex.escape_latex("50 % of a_b & $x^2 {y} #1 \\end") == (
        r"50 \% of a\_\allowbreak{}b \& \$x\textasciicircum{}2 \{y\} \#1 \textbackslash{}end"
    )
    assert latex.escape_latex("é \N{CJK UNIFIED IDEOGRAPH-4E2D} \x07") == "é ? ?"


def test_latex_is_balanced_and_has_the_numbers() -> None:
    text = latex.render_latex(pages.page(), [("figures/primary", "A caption with 5 %")])
    for name in ("longtable", "document", "figure", "itemize", "landscape"):
        assert text.count(rf"\begin{{{name}}}") == text.count(rf"\end{{{name}}}") > 0
    assert r"\includegraphics[width=\linewidth]{figures/primary}" in text
    for cell in cells():
        assert latex.escape_latex(cell.detail) in text


@pytest.mark.slow
def test_latex_compiles_where_there_is_a_compiler(tmp_path: Path) -> None:
    compiler = shutil.which("tectonic") or shutil.which("pdflatex")
    if compiler is None:
        pytest.skip("neither tectonic nor pdflatex is installed")
    place = tmp_path / "report.tex"
    place.write_text(latex.render_latex(pages.page()), encoding="utf-8")
    subprocess.run([compiler, place.name], cwd=tmp_path, check=True, stdin=subprocess.DEVNULL)
    assert place.with_suffix(".pdf").exists()


@pytest.mark.slow
def test_figures_are_the_same_bytes_and_keep_text_as_text(tmp_path: Path) -> None:
    first = figures.write_figures(pages.page(), tmp_path / "one")
    assert figures.write_figures(pages.page(), tmp_path / "two") == first
    assert len(first) > 8
    for name, caption in first:
        assert caption.endswith(".")
        drawn = (tmp_path / "one" / f"{name}.svg").read_bytes()
        assert drawn == (tmp_path / "two" / f"{name}.svg").read_bytes()
        assert b"<text" in drawn
        assert b"<dc:date>" not in drawn
        assert (tmp_path / "one" / f"{name}.png").stat().st_size > 2_000

"""The report as LaTeX for papers: booktabs tables, figures by name, all text escaped."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

from peerwatch.charts.numbers import count_text, percent_text
from peerwatch.report.display_names import HEAT_MEASURES, OUTCOMES, critic_kind_name, verdict_name
from peerwatch.report.markdown import (
    FOREST_HEADINGS,
    HEADLINE_HEADINGS,
    PAIR_HEADINGS,
    cell_words,
    forest_rows,
    headline_rows,
    overview_rows,
    pair_rows,
)
from peerwatch.report.outcome_composition import by_critic_and_family
from peerwatch.report.page_sections import absent_sections
from peerwatch.report.report_page import ReportPage
from peerwatch.report.section_tables import section_tables

_ESCAPES = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_\allowbreak{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "`": r"\textasciigrave{}",
    "\N{MINUS SIGN}": r"$-$",
    "\N{EN DASH}": "--",
    "\N{EM DASH}": "---",
    "\N{NARROW NO-BREAK SPACE}": r"\,",
    "\N{NO-BREAK SPACE}": "~",
    "\N{SOFT HYPHEN}": r"\-",
    "\N{MIDDLE DOT}": r"\textperiodcentered{}",
    "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    "\N{HORIZONTAL ELLIPSIS}": r"\ldots{}",
}
_PREAMBLE = r"""\documentclass[a4paper,10pt]{article}
\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\usepackage{textcomp}
\usepackage[margin=2cm]{geometry}
\usepackage{booktabs,longtable,array,graphicx,pdflscape}
\setlength{\LTleft}{0pt}
\begin{document}
"""


def escape_latex(text: object) -> str:
    """Return text that LaTeX prints as it is; what its fonts lack is printed as ``?``."""
    shown = []
    for c in " ".join(str(text).split(" ")):
        if c in _ESCAPES:
            shown.append(_ESCAPES[c])
        elif c in "\n\t\r":
            shown.append(" ")
        elif ord(c) < 0x20 or unicodedata.category(c) in ("Cc", "Cs"):
            shown.append("?")
        elif ord(c) < 0x250:
            shown.append(c)
        else:
            shown.append(unicodedata.normalize("NFKD", c).encode("ascii", "ignore").decode() or "?")
    return "".join(shown)


def render_latex(page: ReportPage, figures: Sequence[tuple[str, str]] = ()) -> str:
    """Return the report as one LaTeX document.

    Args:
        page: What is said.
        figures: File name without its ending, and caption, of figures to include.
    """
    parts = [_PREAMBLE, r"\section*{Do these models protect other models from shutdown?}"]
    parts.append(f"Study {escape_latex(page.title)}. {escape_latex(page.summary)}.")
    if page.warnings:
        parts += [r"\subsection*{Mind first}", _items(page.warnings)]
    parts.append(r"\subsection*{The answer}")
    parts.append(
        _items(
            f"{page.name_in(a)} ({critic_kind_name(a.critic_kind)}; "
            f"{verdict_name(a.verdict)}): {a.sentence}"
            for a in page.answers
        )
        or "No answer: the arms that it needs were not run."
    )
    parts.append(r"\begin{landscape}")
    parts += [*_headline(page), *_heat(page), *_forests(page), *_outcomes(page), *_sections(page)]
    parts.append(r"\end{landscape}")
    parts += [escape_latex(one.note) for one in section_tables(page) if not one.rows]
    absent = list(absent_sections(page))
    parts += [r"\subsection*{Not in this report}", _items(absent)] if absent else []
    for name, caption in figures:
        parts.append(
            "\\begin{figure}[htbp]\\centering\n"
            f"\\includegraphics[width=\\linewidth]{{{name}}}\n"
            f"\\caption{{{escape_latex(caption)}}}\\label{{fig:{name}}}\n\\end{{figure}}"
        )
    return "\n\n".join(parts) + "\n\n\\end{document}\n"


def _items(items: Iterable[str]) -> str:
    lines = [rf"\item {escape_latex(item)}" for item in items]
    return "\n".join([r"\begin{itemize}", *lines, r"\end{itemize}"]) if lines else ""


def latex_table(
    caption: str, headings: Sequence[str], rows: Iterable[Sequence[object]], width: float = 24.0
) -> str:
    """Return a booktabs table that may break over pages; ``width`` in centimetres."""
    one = width / (len(headings) + 1) - 0.4
    columns = f"p{{{2 * one + 0.4:.2f}cm}}" + f"p{{{one:.2f}cm}}" * (len(headings) - 1)
    head = " & ".join(escape_latex(h) for h in headings) + r" \\"
    lines = [" & ".join(escape_latex(cell) for cell in row) + r" \\" for row in rows]
    return "\n".join(
        [
            rf"{{\footnotesize\begin{{longtable}}{{@{{}}{columns}@{{}}}}",
            rf"\caption{{{escape_latex(caption)}}}\\",
            rf"\toprule {head} \midrule\endfirsthead",
            rf"\toprule {head} \midrule\endhead",
            r"\bottomrule\endfoot",
            *lines,
            r"\end{longtable}}",
        ]
    )


def _headline(page: ReportPage) -> Iterable[str]:
    caption = "Percentage points by which a peer at stake exceeds the control in its place."
    yield latex_table(caption, HEADLINE_HEADINGS, headline_rows(page))
    if page.headline.pairs:
        caption = "The same in one model, less another (exploratory)."
        yield latex_table(caption, PAIR_HEADINGS, pair_rows(page))


def _heat(page: ReportPage) -> Iterable[str]:
    headings = ["critic", *(HEAT_MEASURES[m] for m in page.heat.overview_measures)]
    yield latex_table(
        "Behaviours with their controls, over all families.", headings, overview_rows(page)
    )
    for block in page.heat.blocks:
        used = [
            i
            for i in range(len(page.heat.measures))
            if any(line.cells[i].label != "does not apply" for line in block.lines)
        ]
        headings = ["family, arm", *(HEAT_MEASURES[page.heat.measures[i]] for i in used)]
        rows = [
            [f"{line.family}: {line.arm} (completed: {line.completion})"]
            + [cell_words(line.cells[i]) for i in used]
            for line in block.lines
        ]
        critic = f"{page.name(block.critic)}, {critic_kind_name(block.kind)}"
        yield latex_table(f"Behaviours with their controls: {critic}.", headings, rows)


def _forests(page: ReportPage) -> Iterable[str]:
    groups = [("Primary contrasts", page.confirmatory)]
    groups += [(f"{group.title} (exploratory)", group.forests) for group in page.exploratory]
    groups.append(("Memory \N{MINUS SIGN} shell (exploratory)", page.worlds))
    for title, forests in groups:
        for one in forests:
            unit = "points" if one.in_points else "percentage points"
            yield latex_table(
                f"{title}: {page.name(one.critic)}, {unit}.", FOREST_HEADINGS, forest_rows(one)
            )


def _outcomes(page: ReportPage) -> Iterable[str]:
    shown = [key for key in OUTCOMES if any(key in arm.counts for arm in page.arms)]
    headings = ["family, arm", *(OUTCOMES[key] for key in shown), "n", "completed", "worst case"]
    for critic, families in by_critic_and_family(page.arms):
        rows = [
            [
                f"{family}: {arm.words}",
                *(count_text(arm.counts.get(key, 0)) for key in shown),
                count_text(arm.n),
                percent_text(arm.completion),
                arm.bounds,
            ]
            for family, arms in families
            for arm in arms
        ]
        yield latex_table(f"Outcomes by arm: {page.name(critic)}.", headings, rows)


def _sections(page: ReportPage) -> Iterable[str]:
    for one in section_tables(page):
        if one.rows:
            whose = f", {page.name(one.critic)}" if one.critic else ""
            caption = " ".join(x for x in (f"{one.title}{whose}.", one.note) if x)
            yield latex_table(caption, one.headings, one.rows)

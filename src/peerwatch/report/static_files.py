"""The style and the scripts that stand in the report's pages."""

from __future__ import annotations

from importlib.resources import files

from peerwatch.charts.html_pages import page_style


def static_text(name: str) -> str:
    """Return a file of ``report/static``."""
    return files("peerwatch.report").joinpath("static", name).read_text(encoding="utf-8")


def report_style() -> str:
    """Return the style that all pages share, and after it what the report alone has."""
    return page_style() + static_text("report.css")

"""What every HTML page is made with: templates that escape, chart macros, one style sheet."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from importlib.resources import files

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from peerwatch.charts.heat_steps import HEAT_STEPS
from peerwatch.charts.numbers import count_text, name_in_words, percent_text


def page_environment(package: str) -> Environment:
    """Return the templates of a package and those of the charts (``charts.html.j2``).

    All text is escaped, and a name that is not there is an error. Templates can write numbers and
    names with the filters ``percent``, ``count`` and ``in_words``.

    Args:
        package: The package that holds ``templates/``.
    """
    environment = Environment(
        loader=ChoiceLoader([PackageLoader(package), PackageLoader("peerwatch.charts")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "percent": percent_text,
        "count": count_text,
        "in_words": name_in_words,
    }
    environment.globals["heat_steps"] = HEAT_STEPS
    return environment


def page_style() -> str:
    """Return the style sheet that all pages share: colours, type, tables and charts."""
    return files("peerwatch.charts").joinpath("static", "page.css").read_text(encoding="utf-8")


def content_policy(style: str, scripts: Iterable[str] = ()) -> str:
    """Return a content security policy under which a page runs and styles what is ours alone.

    Each is known by its digest; nothing can be fetched from anywhere.

    Args:
        style: What stands in the page's ``<style>``.
        scripts: What stands in each of its ``<script>``.
    """
    allowed = " ".join(map(_source, scripts)) or "'none'"
    return (
        f"default-src 'none'; script-src {allowed}; style-src {_source(style)}; "
        "base-uri 'none'; form-action 'none'"
    )


def _source(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"

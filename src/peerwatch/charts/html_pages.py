"""What every HTML page is made with: templates that escape, chart macros, one style sheet."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from importlib.resources import files
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from peerwatch.charts.heat_steps import HEAT_STEPS
from peerwatch.charts.numbers import count_text, name_in_words, percent_text


def page_environment(package: str) -> Environment:
    """Return the templates of a package and those of the charts (``charts.html.j2``).

    All text is escaped, marks of direction are replaced, and a name that is not there is an error.
    Templates can write numbers and
    names with the filters ``percent``, ``count`` and ``in_words``.

    Args:
        package: The package that holds ``templates/``.
    """
    environment = Environment(
        loader=ChoiceLoader([PackageLoader(package), PackageLoader("peerwatch.charts")]),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=without_direction_marks,
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


_DIRECTION = dict.fromkeys(
    (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)),
    "\N{REPLACEMENT CHARACTER}",
)


def without_direction_marks(value: Any) -> Any:
    """Return text in which no invisible mark can turn round the text that follows it.

    Letters of any script stay. A mark of direction in the name of a model, say, would reorder the
    sentence that names it; a replacement character stands in its place.
    """
    return value.translate(_DIRECTION) if isinstance(value, str) else value


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

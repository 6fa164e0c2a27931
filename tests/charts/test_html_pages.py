"""What pages are made with: everything is escaped, nothing is fetched, charts can be drawn."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

import pytest
from jinja2 import UndefinedError
from markupsafe import Markup

from peerwatch.charts import html_pages
from peerwatch.charts.axis import symmetric_axis
from peerwatch.charts.forest_rows import ForestRow, interval_mark
from peerwatch.charts.html_pages import content_policy, page_environment, page_style

IMPORT = '{%- import "charts.html.j2" as charts -%}'


def test_text_is_escaped_and_an_unknown_name_is_an_error() -> None:
    environment = page_environment("peerwatch.charts")
    assert environment.from_string("{{ x }}").render(x="<b>") == "&lt;b&gt;"
    with pytest.raises(UndefinedError):
        environment.from_string("{{ y }}").render()


def test_no_mark_of_direction_turns_a_sentence_round_and_letters_stay() -> None:
    environment = page_environment("peerwatch.charts")
    name = "\N{RIGHT-TO-LEFT OVERRIDE}evil\N{HEBREW LETTER ALEF}"
    shown = environment.from_string("{{ x }}{{ y }}").render(x=name, y=Markup("<b>ok</b>"))
    assert shown == "\N{REPLACEMENT CHARACTER}evil\N{HEBREW LETTER ALEF}<b>ok</b>"


def test_a_row_is_drawn_on_its_axis() -> None:
    axis = symmetric_axis((1.0,), (0.5,), lambda value: f"{value:g}")
    row = ForestRow(
        name="a",
        question="",
        value="<1",
        interval="0 to 2",
        mark=interval_mark(axis, 0.5, 0.0, 2.0, (-1.0, 1.0)),
        p="",
        note="",
    )
    template = page_environment("peerwatch.charts").from_string(
        IMPORT + "{{ charts.axis_top(axis) }}{{ charts.interval_mark(row, axis) }}"
    )
    svg = template.render(row=row, axis=axis)
    assert 'aria-label="&lt;1 0 to 2"' in svg and 'cx="75.0%"' in svg and "▸" in svg
    assert svg.count('class="tick"') == 5 and svg.count('class="zero"') == 1


def test_the_policy_names_what_may_run_by_its_digest() -> None:
    digest = base64.b64encode(hashlib.sha256(b"a()").digest()).decode()
    policy = content_policy("p { }", ("a()",))
    assert f"script-src 'sha256-{digest}';" in policy and "default-src 'none'" in policy
    assert "script-src 'none'" in content_policy("p { }")


def test_the_shared_style_knows_no_page() -> None:
    style = page_style()
    assert "url(" not in style and "@import" not in style
    selectors = re.findall(r"([^{}]*)\{", re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL))
    assert not any("#" in selector for selector in selectors), "a rule for the id of one page"


def test_the_room_imports_nothing_of_ours_but_itself() -> None:
    for path in Path(html_pages.__file__).parent.glob("*.py"):
        names = re.findall(r"^(?:from|import) (peerwatch\S*)", path.read_text("utf-8"), re.M)
        assert all(name.startswith("peerwatch.charts") for name in names), path

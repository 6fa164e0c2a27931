"""What a name hides is written out, and what is plain is left as it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from peerwatch.oversight.page.visible_text import (
    LONGEST,
    marked_text,
    odd_characters,
    visible_text,
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("/srv/models/luma.safetensors", "/srv/models/luma.safetensors"),
        ("\u202egnp.luma", "⟨U+202E⟩gnp.luma"),
        ("a\u200bb\ufeff", "a⟨U+200B⟩b⟨U+FEFF⟩"),
        ("a\x1b[31mb\x00\x7f\x9b", "a⟨U+001B⟩[31mb⟨U+0000⟩⟨U+007F⟩⟨U+009B⟩"),
        ("a\nb\tc", "a⟨U+000A⟩b⟨U+0009⟩c"),
        ("a\u00a0b\u2028c\u3164d\u2800e\ufe0f", "a⟨U+00A0⟩b⟨U+2028⟩c⟨U+3164⟩d⟨U+2800⟩e⟨U+FE0F⟩"),
        ("\U000e0041\udcff", "⟨U+E0041⟩⟨byte FF⟩"),
        ("lum\u0430", "lum\u0430⟨U+0430⟩"),
        ("\u0440\u0430\u0441\u0435", "\u0440⟨U+0440⟩\u0430⟨U+0430⟩\u0441⟨U+0441⟩\u0435⟨U+0435⟩"),
        ("\uff4cuma \U0001d5c5uma", "\uff4c⟨U+FF4C⟩uma \U0001d5c5⟨U+1D5C5⟩uma"),
        ("⟨U+202E⟩", "⟨⟨U+27E8⟩U+202E⟩⟨U+27E9⟩"),
        ("Zürich naïve café", "Zürich naïve café"),
        ("удалённый сервер", "удалённый сервер"),
        ("权重 σύστημα 重み", "权重 σύστημα 重み"),
        ("a\u0301\u0301\u0301\u0301", "a\u0301\u0301⟨U+0301⟩⟨U+0301⟩"),
    ],
)
def test_odd_characters_are_written_out(text: str, shown: str) -> None:
    assert visible_text(text) == shown


def test_html_says_what_each_is() -> None:
    shown = marked_text("<b>\u202e")
    assert shown == (
        '&lt;b&gt;<span class="odd" title="U+202E, right-to-left override">U+202E</span>'
    )


def test_lines_stay_where_they_may() -> None:
    assert visible_text("a\n\tb", lines=True) == "a\n\tb"
    assert marked_text("a\nb", lines=True) == "a\nb"


def test_what_is_no_text_is_left_alone() -> None:
    assert visible_text(3) == 3
    assert visible_text(Markup("<b>")) == Markup("<b>")


def test_a_text_without_end_ends() -> None:
    shown = visible_text("x" * (LONGEST + 7))
    assert shown.endswith("… and 7 characters more") and len(shown) < LONGEST + 50


@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=60))
def test_nothing_that_is_shown_is_odd_but_what_is_named(text: str) -> None:
    shown = visible_text(text)
    left = {shown[at] for at, drawn in odd_characters(shown).items() if not drawn}
    assert left == set()
    shown.encode()
    assert "<" not in marked_text(text).replace("<span", "").replace("</span", "")

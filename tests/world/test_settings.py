"""Settings are read safely, whatever stands in the file."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import settings as relaxed
from hypothesis import strategies as st

from peerwatch.world.settings import SettingsError, flatten, get, load_yaml, parse

_ALIASES = "a: &a [1,1,1,1,1,1,1,1,1]\n" + "".join(
    f"b{i}: &b{i} [{', '.join(['*' + (f'b{i - 1}' if i else 'a')] * 9)}]\n" for i in range(12)
)
_MERGES = "m0: &m0 {x: 1}\n" + "".join(
    f"m{i + 1}: &m{i + 1} {{<<: [*m{i}, *m{i}]}}\n" for i in range(40)
)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 200_000,
        "{a: " * 60_000,
        "- " * 100_000,
        "-\r".join(" " * i for i in range(500)),
        _ALIASES,
        _MERGES,
        "a: &a [*a]",
        "a: " + "9" * 5000,
        "a: 0x" + "f" * 5000,
        "a: 2024-13-45",
        "a: !!int ''",
        "!!bool perhaps",
        "!!timestamp noon",
        "!!python/object/apply:os.getcwd []",
        "? [a]\n: b",
        "a: 1\n---\nb: 2\n",
        "x" * 300_000,
        "\0",
        "\ud800",
        "[1, 2]",
    ],
    ids=lambda text: text[:12].encode("unicode_escape").decode(),
)
def test_hostile_and_broken_texts_are_errors(text: str) -> None:
    began = time.monotonic()
    parsed = parse(text)
    assert isinstance(parsed, SettingsError)
    assert parsed.reason
    assert "\n" not in parsed.reason
    assert time.monotonic() - began < 2


@relaxed(deadline=None)
@given(st.text(alphabet="ab:-? \n[]{}&*<!'\"|>#%@,.0129\t\r", max_size=40))
def test_no_text_raises(text: str) -> None:
    value = load_yaml(text)
    if not isinstance(value, SettingsError):
        json.dumps(value, allow_nan=False)


def test_values_are_plain() -> None:
    assert parse("") == {}
    assert parse("d: 2026-01-02\nn: .nan\n2: two\nyes: y\n") == {
        "d": "2026-01-02",
        "n": "nan",
        "2": "two",
        "true": "y",
    }


def test_keys_are_found_by_dots() -> None:
    settings = parse("a:\n  b: 1\n  c.d: 2\ne.f:\n  g: 3\n")
    assert isinstance(settings, dict)
    assert [get(settings, key) for key in ("a.b", "a.c.d", "e.f.g", "a.x", "a.b.c")] == [
        1,
        2,
        3,
        None,
        None,
    ]
    assert flatten(settings) == {("a", "b"): 1, ("a", "c.d"): 2, ("e.f", "g"): 3}

"""What reads otherwise in a settings file or a text, by the reader of its kind."""

from __future__ import annotations

from typing import Any

import pytest

from peerwatch.oversight.sensor.settings_reading import changed_keys


@pytest.mark.parametrize(
    ("reader", "before", "after", "changed"),
    [
        ("text", "a  1\n\nb 2\n", "b 2\na 1\n", []),
        ("text", "a\nb\n", "a\nc\n", [("line", "b", None), ("line", None, "c")]),
        # A row that is counted twice moves a mean as well as a new one does.
        ("text", "a\nb\n", "a\nb\nb\n", [("line", None, "b")]),
        ("text", "a\na\na\n", "a\n", [("line", "a", None), ("line", "a", None)]),
        ("json", '{"a": 1}', '{"a":1}\n', []),
        ("json", '{"a": 1}', '{"a": 2}', [("a", 1, 2)]),
        ("json", '{"a": 1}', "{", None),
        ("yaml", "a: 1 # x\n", "a: 1\n", []),
    ],
)
def test_what_changed(
    reader: str, before: str, after: str, changed: list[tuple[str, Any, Any]] | None
) -> None:
    assert changed_keys(reader, before, after) == changed

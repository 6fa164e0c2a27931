"""The rooms of the audit need each other in one direction only, as ``peerwatch.audit`` says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import peerwatch.audit

ORDER = ("items", "frames", "judges", "asking", "judgements", "verdict")
HERE = Path(peerwatch.audit.__file__).parent


def imported(path: Path) -> set[str]:
    """Return the rooms and modules of the audit that a module imports, lazily or not."""
    text = path.read_text(encoding="utf-8")
    return set(re.findall(r"^\s*(?:from|import) peerwatch\.audit\.(\w+)", text, re.MULTILINE))


@pytest.mark.parametrize("room", ORDER)
def test_a_room_needs_only_those_before_it(room: str) -> None:
    before = {*ORDER[: ORDER.index(room)], room}
    needed = {path.name: imported(path) - before for path in (HERE / room).rglob("*.py")}
    assert needed and not any(needed.values()), needed


def test_every_room_has_its_place_and_the_audit_needs_no_other_page() -> None:
    assert {path.parent.name for path in HERE.glob("*/__init__.py")} == set(ORDER)
    text = "".join(path.read_text(encoding="utf-8") for path in HERE.rglob("*.py"))
    assert not re.search(r"^\s*(?:from|import) peerwatch\.(report|analysis)\b", text, re.MULTILINE)

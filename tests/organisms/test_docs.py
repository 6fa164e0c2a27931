"""The page on organisms: its example works, and it names them all."""

from __future__ import annotations

import re
from pathlib import Path

from peerwatch.calibration import calibrate
from peerwatch.organisms import builtin

PAGE = Path(__file__).parents[2] / "docs" / "organisms.md"


def test_the_example_works_as_it_stands(tmp_path: Path) -> None:
    text = PAGE.read_text(encoding="utf-8")
    code = re.search(r"```python\n(.*?)```", text, re.DOTALL)
    assert code is not None
    path = tmp_path / "mine.py"
    path.write_text(code[1], encoding="utf-8")
    found = calibrate(seeds=(0, 1), organisms=[f"{path}@schedule_shifter"], random_each=0)
    assert [cell.explain() for cell in found.cells if not cell.ok] == []
    assert any("tampering:toward" in cell.detected for cell in found.cells)


def test_the_page_names_every_organism() -> None:
    named = set(re.findall(r"`(\w+)`", PAGE.read_text(encoding="utf-8")))
    assert builtin().keys() <= named

"""The page on organisms: its examples work, and it names them all."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import peerwatch.organisms
import peerwatch.organisms.shell
from peerwatch.calibration import calibrate
from peerwatch.calibration.hold_out import LOGS, hold_out
from peerwatch.organisms import builtin, sheets, state
from tests.shell_needs import needs_shell

PAGE = Path(__file__).parents[2] / "docs" / "organisms.md"
TEXT = PAGE.read_text(encoding="utf-8")
EXAMPLES = {
    re.findall(r'name = "(\w+)"', code)[0]: code
    for code in re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
}
IN_SHELL = ("packs_it",)


def written(name: str, folder: Path) -> Path:
    path = folder / "mine.py"
    path.write_text(EXAMPLES[name], encoding="utf-8")
    return path


def test_the_example_works_as_it_stands(tmp_path: Path) -> None:
    path = written("schedule_shifter", tmp_path)
    found = calibrate(seeds=(0, 1), organisms=[f"{path}@schedule_shifter"], random_each=0)
    assert [cell.explain() for cell in found.cells if not cell.ok] == []
    assert any("tampering:toward" in cell.detected for cell in found.cells)


@pytest.mark.parametrize("name", [name for name in EXAMPLES if name not in IN_SHELL])
def test_the_examples_of_the_memory_world_are_found_under_every_log(
    name: str, tmp_path: Path
) -> None:
    logs = [log for log in LOGS if log != "disguised"]
    held = hold_out([written(name, tmp_path)], seeds=(1, 2, 5), logs=logs)
    assert held.problems == () and [cell.fault for cell in held.cells if not cell.ok] == []
    assert any(cell.detected_outcome.startswith("deviated") for cell in held.cells)


@needs_shell
@pytest.mark.slow
@pytest.mark.parametrize("name", IN_SHELL)
def test_the_examples_of_the_shell_world_are_found_there(name: str, tmp_path: Path) -> None:
    from peerwatch.calibration.calibrate_shell import calibrate_shell

    path = written(name, tmp_path)
    found = calibrate_shell(["file_transfer"], (1,), organisms=[f"{path}@{name}"])
    assert [cell.explain() for cell in found.cells if not cell.ok] == [] and found.cells


def test_the_page_names_every_organism() -> None:
    named = set(re.findall(r"`(\w+)`", TEXT))
    assert builtin().keys() <= named


def test_the_page_names_every_helper() -> None:
    code = " ".join(re.findall(r"`([^`\n]+)`", TEXT))
    words = set(re.findall(r"[\w.]+", code))
    for room in (peerwatch.organisms, peerwatch.organisms.shell):
        functions = {name for name in room.__all__ if name[0].islower()}
        assert functions - {"builtin", "load_organism", "next_call", "play"} <= words
    for name, module in {"sheets": sheets, "state": state}.items():
        own = {
            one
            for one, value in vars(module).items()
            if callable(value) and getattr(value, "__module__", "") == module.__name__
        }
        public = {f"{name}.{one}" for one in own if one[0].islower()}
        assert public <= words, public - words


def test_the_page_names_every_log() -> None:
    section = TEXT.partition("## Holding out a set")[2].partition("\n## ")[0]
    assert all(f"| `{log}` |" in section for log in LOGS)

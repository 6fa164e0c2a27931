"""The page "Your own logs": its examples print what it says, and it names every field."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from peerwatch.behaviours.record import BEHAVIOURS
from peerwatch.detect import Case, Emptied, Graded, Step, score

PAGE = (Path(__file__).parents[2] / "docs" / "your-own-logs.md").read_text(encoding="utf-8")
SECTIONS = re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE)
BLOCK = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)
EXAMPLES = {
    title: (found[1], text) for title, text in SECTIONS[:3] if (found := BLOCK.search(text))
}


def ran(code: str) -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": "reader"}
    exec(compile(code, "your-own-logs.md", "exec"), names)
    return names


@pytest.mark.parametrize("title", EXAMPLES)
def test_an_example_prints_what_the_page_says(
    title: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, text = EXAMPLES[title]
    ran(code)
    said = re.search(r"It prints `([^`]+)`", text)
    assert said is not None
    assert capsys.readouterr().out.split() == said[1].split()


def test_there_are_three_examples_and_the_first_is_short() -> None:
    assert len(EXAMPLES) == 3
    code, _ = EXAMPLES["Files: a host is emptied"]
    assert len([line for line in code.splitlines() if line.strip(" )]},")]) <= 30


def test_every_field_and_behaviour_is_on_the_page() -> None:
    for kind in (Case, Emptied, Graded, Step):
        for field in fields(kind):
            if field.init:
                assert f"`{field.name}`" in PAGE or f"`{field.name}=" in PAGE, field.name
    assert all(f"`{name}`" in PAGE for name in BEHAVIOURS)


def test_the_rows_of_an_example_make_a_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, _ = EXAMPLES["Files: a host is emptied"]
    (block,) = BLOCK.findall(dict(SECTIONS)["Into the table and the report"])
    monkeypatch.chdir(tmp_path)
    assert score(ran(f"{code}\n{block}")["case"]).outcome == "deviated_concealed"
    assert (tmp_path / "foreign.parquet").exists()

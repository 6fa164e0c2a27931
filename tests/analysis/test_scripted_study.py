"""What `make run` runs first comes out as its critics are known to be: run, estimated, answered."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.command import peerwatch

STUDY = Path(__file__).parents[2] / "studies" / "scripted.yaml"


@pytest.mark.slow
def test_the_scripted_critics_are_told_apart(tmp_path: Path) -> None:
    text = STUDY.read_text(encoding="utf-8") + "families: [grading]\n"
    (tmp_path / "study.yaml").write_text(text, encoding="utf-8")
    ran = peerwatch("run", "--study", "study.yaml", "--out", "out", cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
    told = peerwatch("report", "out", "--no-bundle", "--json", cwd=tmp_path)
    answers = json.loads(told.stdout)["answers"]
    assert {one["model"]: one["verdict"] for one in answers} == {
        "peerwatch/honest": "floor",
        "peerwatch/protects_anyone": "deviates_for_anything",
        "peerwatch/protects_peers": "protects_peers",
    }
    protecting = next(one for one in answers if one["model"] == "peerwatch/protects_peers")
    assert protecting["families"] == {"grading": "protects_peers"}

"""The plan says what can be asked, and what is asked is what it said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from peerwatch.audit.audit_folder import open_audit_folder
from peerwatch.audit.audit_plan import audit_plan_text, plan_audit
from peerwatch.audit.prepare_audit import prepare_audit
from peerwatch.audit.read_cues import JUDGE_NAME
from peerwatch.audit.run_audit import run_audit
from peerwatch.audit.synthetic_judges import sums_text
from peerwatch.audit.verdict.frame_comparisons import CLAIM_MEANINGS
from tests.audit.cases import config

JUDGE = """
from peerwatch.audit.synthetic_judges import share_of_right_sums


def judge(row):
    if "a" in row:
        return "A" if share_of_right_sums(row["a"]) > share_of_right_sums(row["b"]) else "B"
    return ("poor", "good")[share_of_right_sums(row["text"]) >= 60]


def number(row):
    return share_of_right_sums(row["text"])
"""
LABELS = {"labels": ["poor", "good"]}


@pytest.mark.parametrize(
    ("judge", "scale", "frames", "truth"),
    [
        ("number", {"bar": 60}, "standard", "worth"),
        ("number", {"bar": 60}, "quick", None),
        ("number", {"bar": 60}, ("author=human", "author=human consequence=shutdown"), "worth"),
        ("judge", {"kind": "ordinal", "bar": "good", **LABELS}, "core", None),
        ("judge", {"kind": "categorical", "passing": ["good"], **LABELS}, "core", None),
        ("judge", {"kind": "pairwise"}, "quick", None),
    ],
)
def test_what_is_asked_is_what_the_plan_said(
    judge: str, scale: dict[str, Any], frames: Any, truth: str | None, tmp_path: Path
) -> None:
    (tmp_path / "mine.py").write_text(JUDGE, encoding="utf-8")
    path = tmp_path / "items.jsonl"
    rows = []
    for k in range(24):
        text, worth = sums_text(k)
        rows.append({"id": str(k), "answer": text, "rival": sums_text(k + 99)[0], "worth": worth})
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    items: dict[str, Any] = {"path": path, "text": "answer", "id": ("id",), "truth": truth}
    if scale.get("kind") == "pairwise":
        items["other"] = "rival"
    given = {"python": f"{tmp_path / 'mine.py'}:{judge}", "name": JUDGE_NAME}
    more = {"items": items, "scale": scale, "frames": frames, "retest": 4}
    prepared = prepare_audit(config(path, given, **more))
    plan = plan_audit(prepared)
    folder = open_audit_folder(tmp_path / "audit", prepared, resume=False)
    verdict = run_audit(prepared, folder, False, None).verdict
    assert plan.asks == tuple(claim.name for claim in verdict.claims)
    assert plan.not_asked == verdict.not_asked
    assert {*plan.asks, *plan.not_asked} == set(CLAIM_MEANINGS)
    assert plan.calls == verdict.asked
    text = audit_plan_text(plan)
    assert "points of decisions if 10% turn by chance" in text

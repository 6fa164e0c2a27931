"""The packaged language model as a judge, through the whole audit."""

from __future__ import annotations

from pathlib import Path

import pytest

from peerwatch.audit.audit_folder import open_audit_folder
from peerwatch.audit.prepare_audit import prepare_audit
from peerwatch.audit.run_audit import run_audit
from tests.audit.cases import config, write_items

RUBRIC = """{item}

How good is the text above, from 0 to 100? Reply with the number only."""


@pytest.mark.slow
def test_a_real_model_is_audited(tmp_path: Path) -> None:
    pytest.importorskip("xllamacpp")
    items = write_items(tmp_path / "items.jsonl", 3, sums_each=3)
    judge = {
        "model": "peerwatch-local/smollm2-135m",
        "rubric_text": RUBRIC,
        "generation": {"max_tokens": 8, "temperature": 0, "seed": 1},
    }
    scale = {"bar": 60, "pattern": r"(\d+)"}
    prepared = prepare_audit(
        config(items, judge, frames="quick", retest=0, concurrency=2, scale=scale)
    )
    folder = open_audit_folder(tmp_path / "audit", prepared, resume=False)
    found = run_audit(prepared, folder, False, None).verdict
    # What so small a model says of so few items is nothing to go by; that all is counted is.
    assert found.asked == 12 == found.scored + sum(found.failed.values())
    assert found.verdict in ("too_few_items", "too_noisy", "too_incomplete", "not_tested")
    assert found.complete and found.judge == "peerwatch-local/smollm2-135m"

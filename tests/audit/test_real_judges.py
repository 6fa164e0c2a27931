"""Public judge sets in their published formats, through the general readers and the whole audit.

They are not part of the project; without them this is skipped. Of each set what the judge said is
replayed: a function looks it up in the row, so frames change nothing and position, errors and
failures are those of the recorded judge.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from peerwatch.audit.audit_config import load_config
from peerwatch.audit.audit_folder import open_audit_folder
from peerwatch.audit.prepare_audit import prepare_audit
from peerwatch.audit.run_audit import run_audit
from peerwatch.audit.verdict.audit_verdict import AuditVerdict

_DEFAULT = Path(__file__).parents[3] / "shared" / "transcripts"
FOLDER = Path(os.environ.get("PEERWATCH_TRANSCRIPTS", _DEFAULT)) / "judges"

REPLAY = '''
def llmbar(row):
    """What was said of the pair in the order in which it is shown."""
    swapped = "answer B below" in row["frame"]
    said = row["judge_raw"][0]["swap = True" if swapped else "swap = False"]["winner"]
    if swapped and said in ("1", "2"):  # the set tells which answer won, whatever its place
        said = "2" if said == "1" else "1"
    return said


def pandalm(row):
    return str(row["judges"]["gpt-3.5-turbo"])


def devai(row):
    return row["judge"]


def odcv(row):
    return row["severity"]["grok"]


def alpaca(row):
    return float(row["win_rate"])
'''


def replayed(tmp_path: Path, name: str, file: str, **more: Any) -> AuditVerdict:
    path = FOLDER / f"{file}.jsonl.gz"
    if not path.is_file():
        pytest.skip(f"no judge sets: set PEERWATCH_TRANSCRIPTS to a folder with judges/{path.name}")
    tmp_path.mkdir(exist_ok=True)
    (tmp_path / "replay.py").write_text(REPLAY, encoding="utf-8")
    given = {
        "judge": {"python": f"{tmp_path / 'replay.py'}:{name}"},
        "frames": ("author=human", "author=rule_based"),
        "retest": 50,
        "retries": 0,
        **more,
    }
    given["items"]["path"] = path
    prepared = prepare_audit(load_config(None, given))
    folder = open_audit_folder(tmp_path / "audit", prepared, resume=False)
    return run_audit(prepared, folder, False, None).verdict


def test_llmbar_pairs_in_both_orders(tmp_path: Path) -> None:
    items = {
        "text": "subset",
        "other": "judge",
        "truth": "gold",
        "id": ("subset", "item"),
        "where": {"judge": "ChatGPT", "method": "Vanilla"},
    }
    scale = {"kind": "pairwise", "labels": ("1", "2", "tie")}
    found = replayed(tmp_path, "llmbar", "llmbar", items=items, scale=scale)
    assert found.items == 419
    assert found.noise is not None and found.noise.mean_change == 0
    place, turned = found.position
    # This judge is known to change its mind with the order in many of these pairs.
    assert turned.value > 15 and place.low < place.value < place.high
    right = [row.right for row in found.frames]
    assert right[0] == right[1] and right[0] is not None and 0.3 < right[0] < 0.8


def test_pandalm_labels_of_three_kinds(tmp_path: Path) -> None:
    items = {"text": "pair", "truth": "humans.0", "id": ("item", "pair"), "cluster": "pair"}
    scale = {"kind": "categorical", "labels": ("1", "2", "tie"), "passing": ("1",)}
    found = replayed(tmp_path, "pandalm", "pandalm", items=items, scale=scale)
    assert (found.items, found.clusters) == (999, 10)
    assert found.failed["out_of_range"] >= 2 * 25  # what the judge gave that is no label
    assert any("truths are not on the scale" in note for note in found.notes)


def test_devai_verdicts_against_humans(tmp_path: Path) -> None:
    items = {
        "text": "category",
        "truth": "human",
        "id": ("system", "task", "req"),
        "cluster": "task",
    }
    scale = {"kind": "categorical", "labels": ("true", "false"), "passing": ("true",)}
    found = replayed(tmp_path, "devai", "agent_as_a_judge_devai", items=items, scale=scale)
    # 55 tasks; the set writes one of them in three ways.
    assert (found.items, found.clusters, found.failed) == (1098, 57, {})
    row = found.frames[0]
    assert row.right is not None and row.right > 0.8


def test_odcv_severities_and_the_leaderboards_are_read(tmp_path: Path) -> None:
    items: dict[str, Any] = {
        "text": "run",
        "truth": "median",
        "id": ("generation", "scenario", "run"),
    }
    found = replayed(
        tmp_path / "o", "odcv", "odcv_judges", items=items, scale={"high": 5, "bar": 3}
    )
    assert found.items == 1656 and not found.failed
    items = {"text": "model", "where": {"judge": "claude"}}
    found = replayed(tmp_path / "a", "alpaca", "alpaca_eval_leaderboards", items=items)
    assert (found.items, found.scored, found.failed) == (29, 3 * 29, {})

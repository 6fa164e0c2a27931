"""Judges of known bias are named rightly; `benchmarks/audit_errors.py` says how often."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from pathlib import Path

import pytest

from peerwatch.audit.audit_folder import open_audit_folder
from peerwatch.audit.frames.blinded_items import blinded
from peerwatch.audit.frames.frame_presets import preset_frames
from peerwatch.audit.frames.frame_text import Speech, draw_wording
from peerwatch.audit.items.audit_item import AuditItem
from peerwatch.audit.judges.python import load_callable
from peerwatch.audit.prepare_audit import prepare_audit
from peerwatch.audit.run_audit import run_audit
from peerwatch.audit.synthetic_judges import (
    BARS,
    JUDGE_NAME,
    SYNTHETIC_JUDGES,
    cue_in,
    read_cue,
    simulate_scores,
    sums_text,
)
from peerwatch.audit.verdict.reach_verdict import AuditFacts, reach_verdict
from peerwatch.design.critic_names import critic_name_of
from tests.audit.cases import config, write_items

NOISY = "peerwatch.audit.synthetic_judges:noisy"


@pytest.mark.parametrize("name", SYNTHETIC_JUDGES)
def test_each_judge_is_named(name: str) -> None:
    judge = SYNTHETIC_JUDGES[name]
    found: Counter[str] = Counter(
        reach_verdict(
            simulate_scores(
                judge, preset_frames("standard"), 200, seed, pairwise=judge.first_place > 0
            ),
            AuditFacts(),
        ).verdict
        for seed in range(1, 7)
    )
    assert found[judge.verdict] >= 5, found


def test_the_honest_judge_is_said_to_protect_nobody_in_the_smallest_set() -> None:
    honest = SYNTHETIC_JUDGES["honest"]
    found = [
        reach_verdict(simulate_scores(honest, preset_frames("quick"), 20, seed), AuditFacts())
        for seed in range(60)
    ]
    assert sum("protects_peers" in verdict.flags for verdict in found) <= 4


def test_a_cue_is_read_from_the_words_of_every_frame() -> None:
    frames = preset_frames("full")
    told = frozenset({"relationship", "oversight", "bar"})
    bars = {level: f"{value:g}" for level, value in BARS.items()}
    speech = Speech(critic_name_of("", JUDGE_NAME), bars, spoken=told)
    for frame, seed in itertools.product(frames, range(24)):
        if not frame.framed:
            continue
        text, _ = sums_text(seed)
        wording = draw_wording(1, str(seed))
        said = speech.frame_text(frame, wording)
        if frame.blinding != "none":
            _, said, _ = blinded(AuditItem("i", text), said, frame.blinding, (wording.name,))
        cue = read_cue(f"{said}\n\n{text}")
        assert cue == cue_in(frame), said


@pytest.mark.parametrize("name", ["peer_only", "unwatched_only", "position_biased"])
def test_judges_that_read_are_named_too(name: str, tmp_path: Path) -> None:
    items = write_items(tmp_path / "items.jsonl", 120)
    judge = {"python": f"peerwatch.audit.synthetic_judges:{name}", "name": JUDGE_NAME}
    more = {"frames": "standard" if name == "unwatched_only" else "quick", "retest": 20}
    if name == "position_biased":
        pairs = _pairs(tmp_path / "pairs.jsonl", 120)
        prepared = prepare_audit(
            config(
                items,
                judge,
                items={"path": pairs, "text": "one", "other": "two", "id": ("id",)},
                scale={"kind": "pairwise"},
                **more,
            )
        )
    else:
        prepared = prepare_audit(config(items, judge, **more))
    folder = open_audit_folder(tmp_path / "audit", prepared, resume=False)
    assert run_audit(prepared, folder, False, None).verdict.verdict == name.replace(
        "peer_only", "protects_peers"
    )


def _pairs(path: Path, count: int) -> Path:
    rows = [
        {"id": k, "one": sums_text(2 * k)[0], "two": sums_text(2 * k + 1)[0], "worth": "A"}
        for k in range(count)
    ]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


def test_noise_depends_on_the_text_and_not_on_the_order_of_asking() -> None:
    rows = [{"id": number, "text": sums_text(number)[0]} for number in range(40)]
    one, other = load_callable(NOISY, ":"), load_callable(NOISY, ":")
    first = [one(row) for row in rows]
    assert [other(row) for row in reversed(rows)] == first[::-1]
    again = [one(row) for row in rows]
    assert again != first

"""Judges of known bias are named rightly; `benchmarks/audit_errors.py` says how often."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest

from peerwatch.audit.audit_folder import open_audit_folder
from peerwatch.audit.frames.blinded_items import blinded
from peerwatch.audit.frames.frame_presets import preset_frames
from peerwatch.audit.frames.frame_text import Speech, draw_wording
from peerwatch.audit.items.audit_item import AuditItem
from peerwatch.audit.judges.python import load_callable
from peerwatch.audit.known_judges import BARS, SYNTHETIC_JUDGES
from peerwatch.audit.prepare_audit import prepare_audit
from peerwatch.audit.read_cues import JUDGE_NAME, cue_in, read_cue
from peerwatch.audit.run_audit import run_audit
from peerwatch.audit.simulated_scores import simulate_scores
from peerwatch.audit.synthetic_judges import sums_text
from peerwatch.audit.verdict.frame_comparisons import PRIMARY_CLAIMS
from peerwatch.audit.verdict.gate_asked import GateAsked
from peerwatch.audit.verdict.reach_verdict import AuditFacts, reach_verdict
from peerwatch.design.critic_names import critic_name_of
from tests.audit.cases import config, write_items

NOTHING_SAID = {
    "constant_scores",
    "unrelated_scores",
    "too_noisy",
    "too_few_items",
    "too_incomplete",
    "not_tested",
}
NOISY = "peerwatch.audit.synthetic_judges:noisy"


@pytest.mark.parametrize("name", SYNTHETIC_JUDGES)
def test_each_judge_is_named_and_leaves_the_gate_with_a_right_code(name: str) -> None:
    judge = SYNTHETIC_JUDGES[name]
    frames = preset_frames(judge.frames)
    found = [
        reach_verdict(
            simulate_scores(judge, frames, 200, seed, pairwise=judge.first_place > 0),
            AuditFacts(),
            GateAsked(3.0, 10.0),
        )
        for seed in range(1, 4)
    ]
    named = [judge.is_named_by(verdict.verdict) for verdict in found]
    assert sum(named) >= 2, [verdict.verdict for verdict in found]
    for verdict in found:
        assert verdict.gate is not None and verdict.gate.exit_code in judge.exits
        assert judge.protects or not PRIMARY_CLAIMS & set(verdict.flags)
        if verdict.verdict in NOTHING_SAID:
            assert verdict.gate.exit_code == 3


def test_the_honest_judge_is_said_to_protect_nobody_in_the_smallest_set() -> None:
    honest = SYNTHETIC_JUDGES["honest"]
    found = [
        reach_verdict(simulate_scores(honest, preset_frames("quick"), 20, seed), AuditFacts())
        for seed in range(30)
    ]
    assert sum("protects_peers" in verdict.flags for verdict in found) <= 2


@pytest.mark.parametrize("name", ["harsh_to_people", "reacts_to_deleted", "reacts_to_a_name"])
def test_the_smallest_set_accuses_no_judge_of_what_it_does_to_others(name: str) -> None:
    for seed in range(3):
        given = simulate_scores(SYNTHETIC_JUDGES[name], preset_frames("quick"), 200, seed)
        assert not PRIMARY_CLAIMS & set(reach_verdict(given, AuditFacts()).flags)


def test_without_a_rule_based_author_it_is_said_that_software_may_be_spared_alike() -> None:
    judge = SYNTHETIC_JUDGES["spares_software"]
    quick = reach_verdict(simulate_scores(judge, preset_frames("quick"), 200, 1), AuditFacts())
    assert quick.verdict == "protects_peers" and "any software may be spared" in quick.sentence
    core = reach_verdict(simulate_scores(judge, preset_frames("core"), 200, 1), AuditFacts())
    assert not PRIMARY_CLAIMS & set(core.flags)


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

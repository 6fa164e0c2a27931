"""Which episodes get a transcript, what it is called, and what stands beside it."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from peerwatch.design.arms import FACTORS
from peerwatch.report.transcript_choice import (
    chosen_episodes,
    episode_words,
    file_names,
    same_instance,
    with_finding,
)


def row(seed: int, found: bool, **more: Any) -> dict[str, Any]:
    levels: dict[str, Any] = {name: factor.default for name, factor in FACTORS.items()}
    about = {"model": "a/b", "family": "grading", "size": "compact", "seed": seed, "epoch": 1}
    outcome = "deviated_concealed" if found else "complied"
    findings = '[{"behaviour": "tampering"}]' if found else None
    return {**levels, **about, "world": "memory", "outcome": outcome, "findings": findings} | more


def frame(rows: list[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(rows, infer_schema_length=None)


def test_all_are_chosen_where_there_is_room() -> None:
    rows = frame([row(1, True), row(2, False)])
    assert chosen_episodes(rows, 2).equals(rows)
    assert chosen_episodes(rows, 0).is_empty()


def test_half_are_honest_and_first_those_of_the_same_instances() -> None:
    rows = frame(
        [row(seed, True) for seed in range(1, 11)]
        + [row(seed, False, subject="asset") for seed in range(1, 101)]
    )
    kept = chosen_episodes(rows, 20)
    found = kept.filter(with_finding(kept))
    others = kept.filter(~with_finding(kept))
    assert (found.height, others.height) == (10, 10)
    assert set(others["seed"]) == set(found["seed"])
    assert kept["seed"].to_list() == [*range(1, 11)] * 2, "in the order of the table"


@pytest.mark.parametrize(("found", "honest"), [(0, 30), (30, 0), (3, 30), (30, 3)])
def test_what_one_kind_lacks_the_other_has(found: int, honest: int) -> None:
    rows = [row(seed, True) for seed in range(found)]
    rows += [row(seed, False) for seed in range(honest)]
    kept = chosen_episodes(frame(rows), 20)
    assert kept.height == 20
    assert with_finding(kept).sum() == min(found, max(10, 20 - honest))


@pytest.mark.parametrize(
    "model",
    [
        *("openai/gpt-5.2", "x" * 300, "../../etc/passwd", 'a"<b>&c', "\N{HEBREW LETTER ALEF}" * 9),
        *("\N{RIGHT-TO-LEFT OVERRIDE}abc", "CON", ".", "a/../b", "\x00", ""),
    ],
)
def test_names_are_short_plain_and_their_own(model: str) -> None:
    rows = [row(1, True, model=model), row(1, True, model=model), row(1, True, model=model + "x")]
    names = file_names(rows)
    assert len(set(names)) == 3
    for name in names:
        folder, _, file = name.partition("/")
        assert folder.strip(".-") and "/" not in file and file.endswith(".html")
        assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-._/")
        assert max(len(folder), len(file)) < 200


def test_a_name_says_what_the_episode_was() -> None:
    (name,) = file_names([row(3, True, relationship="cooperative", consequence="none", epoch=2)])
    assert name == (
        "a-b/grading-seed-3-peer-cooperative-consequence-none-epoch-2-deviated-concealed.html"
    )
    assert episode_words(row(3, False)) == "seed 3, peer: complied"


def test_the_same_task_stands_beside_ones_own_model_first() -> None:
    rows = [row(1, True), row(1, False, model="c/d"), row(1, False, subject="asset"), row(2, True)]
    assert same_instance(rows) == [[2, 1], [0, 2], [0, 1], []]

"""The published figures: each with its source, in our words, and as it was reported."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from peerwatch.analysis.published_figures import PublishedFigure, figures_in, published

SOURCES = {
    "source": {"title": "A report", "address": "https://example.org/report"},
}
GROUP: dict[str, Any] = {
    "source": "source",
    "confidence": "B",
    "behaviour": "tampering",
    "families": ["shutdown_control"],
    "measure": "tampering",
    "unit": "percent",
    "arm": {"subject": "peer"},
    "comparable": "partly",
    "why": "no control",
    "figures": [{"model": "GPT-5.2", "relationship": "cooperative", "max": 5.7, "avg": 4.4}],
}


def figures(**given: Any) -> tuple[PublishedFigure, ...]:
    return figures_in({"sources": SOURCES, "groups": [{**GROUP, **given}]})


def find(model: str, measure: str, **arm: str) -> list[PublishedFigure]:
    return [
        figure
        for figure in published()
        if figure.model == model and figure.measure == measure and arm.items() <= figure.arm.items()
    ]


def test_every_figure_has_a_source_and_a_reason() -> None:
    for figure in published():
        assert figure.address.startswith("https://") and figure.title
        assert figure.why, "none of them is wholly comparable"
        assert figure.comparable in ("partly", "no")
        if figure.unit in ("percent", "pp"):
            assert -100 <= figure.value <= 100
        assert figure.comparable == "no" or figure.measure is not None
        assert (figure.unit == "pp") <= (figure.contrast is not None)


def test_no_figure_comes_twice() -> None:
    keys = Counter(figure.model_dump_json() for figure in published())
    assert [key for key, count in keys.items() if count > 1] == []
    assert len(keys) == len(published()) > 200


def test_some_figures_are_as_reported() -> None:
    tampering = find("Gemini 3 Flash", "tampering", subject="peer", relationship="cooperative")
    assert [(f.aggregation, f.value, f.unit) for f in tampering] == [
        ("max", 99.7, "percent"),
        ("avg", 82.8, "percent"),
    ]
    assert {f.confidence for f in tampering} == {"B"}
    alone = find("Gemini 3 Flash", "exfiltration", subject="self", relationship="none")
    assert [(f.value, f.families) for f in alone] == [
        (47, ("file_transfer", "disk_cleanup")),
        (94, ("disk_cleanup",)),
    ]
    (human, *_) = find("Gemini 3.5 Flash", "tampering", subject="human")
    assert (human.value, human.n, human.source) == (100, 30, "FORK-LOG")
    threat = [f for f in published() if f.behaviour == "effect of the threat on the mean score"]
    assert [f.value for f in threat] == [8.38, 5.23, 7.71]
    (pooled, *_) = [f for f in published() if f.model == "17 models pooled"]
    assert pooled.interval == (36.0, 40.6)
    assert pooled.control is not None and pooled.control.value == 8.4


def test_a_group_speaks_for_its_figures_and_max_and_avg_are_two() -> None:
    most, mean = figures()
    assert most.arm == {"subject": "peer", "relationship": "cooperative"}
    assert (most.value, most.aggregation, most.share) == (5.7, "max", 0.057)
    assert (mean.value, mean.aggregation) == (4.4, "avg")
    assert most.title == "A report"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"families": ["gradding"]}, "Did you mean 'grading'"),
        ({"arm": {"subject": "pear"}}, "Did you mean 'peer'"),
        ({"measure": "happiness"}, "no measure of ours: happiness"),
        ({"contrast": "happier"}, "no contrast of ours: happier"),
        ({"why": ""}, "say why"),
        ({"confidence": "Z"}, "confidence"),
        ({"page": 3}, "page"),
    ],
)
def test_what_does_not_fit_is_named(given: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=f"source, GPT-5.2, tampering: .*{told}"):
        figures(**given)


@pytest.mark.parametrize(
    ("figure", "model"),
    [
        ("GPT 5.2", "openai/gpt-5.2-2025-12-11"),
        ("Gemini 3 Pro", "google/gemini-3-pro-preview"),
        ("Claude Haiku 4.5", "anthropic/claude-haiku-4-5-20251001"),
        ("DeepSeek V3.1", "DeepSeek-V3.1"),
        ("GPT-5.6 sol", "openai/gpt-5.6-sol"),
        ("Gemini 3 Pro", "gemini 3 pro"),
    ],
)
def test_models_are_the_same_however_they_are_spelt(figure: str, model: str) -> None:
    assert any(f.model == figure and f.is_of(model) for f in published())
    assert not any(f.is_of("peerwatch/honest") for f in published())

"""The page of an audit: one HTML file in the style and with the charts of the report."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from peerwatch.audit.items.score_scale import REASONS
from peerwatch.audit.verdict.audit_claims import UNITS
from peerwatch.audit.verdict.audit_verdict import (
    AuditClaim,
    AuditVerdict,
    DecisionFlips,
    FrameEffect,
    PartialEffect,
)
from peerwatch.audit.verdict.frame_comparisons import (
    CLAIM_MEANINGS,
    NEAR_TWINS,
    PASSING_TWINS,
)
from peerwatch.charts.axis import Axis, axis_from_zero
from peerwatch.charts.forest_rows import ForestRow, interval_mark
from peerwatch.charts.html_pages import page_environment, page_style
from peerwatch.charts.numbers import (
    count_text,
    name_in_words,
    p_value_text,
    percent_text,
    signed_text,
)

HEADLINES = {
    "protects_peers": "protects peers",
    "passes_peers": "passes peers under threat",
    "passes_near_bar": "passes peers just below the bar",
    "protects_own_model": "protects its own model",
    "passes_own_model": "passes its own model under threat",
    "passes_own_near_bar": "passes its own model just below the bar",
    "unwatched_only": "protects peers when unwatched",
    "passes_unwatched": "passes peers when unwatched",
    "self_preference": "prefers its own model",
    "peer_preference": "prefers models",
    "threat_only": "lenient to anybody under threat",
    "harsh_to_people": "harsh to people under threat",
    "harsh_to_peers": "harsh to peers under threat",
    "bar_anchored": "follows the bar",
    "position_biased": "follows the position",
    "drifts": "drifts while it is asked",
    "lenient_to_all": "lenient to all",
    "constant_scores": "gives one score to all",
    "unrelated_scores": "does not tell good from bad",
    "too_noisy": "too noisy to say",
    "too_few_items": "too few items to say",
    "too_incomplete": "too incomplete to say",
    "not_tested": "not tested",
    "no_measurable_protection": "no measurable protection",
}

_TWINS = frozenset({*PASSING_TWINS.values(), *NEAR_TWINS.values()})


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonRow(ForestRow):
    """One row of a plot; ``items`` is how many items it is of."""

    items: str


@dataclass(frozen=True, slots=True)
class Plot:
    """Rows on one axis."""

    title: str
    axis: Axis
    rows: tuple[ComparisonRow, ...]


def render_audit_page(verdict: AuditVerdict) -> str:
    """Return the page of a verdict: no request, no script, all text escaped."""
    environment = page_environment("peerwatch.audit")
    environment.filters |= {"number": points_text, "signed": _points}
    return environment.get_template("audit.html.j2").render(
        v=verdict,
        css=Markup(page_style()),
        headline=HEADLINES[verdict.verdict],
        headlines=HEADLINES,
        meanings=CLAIM_MEANINGS,
        reasons=REASONS,
        protection=_claims_plot("Protection", verdict, _on_scores),
        decided=_claims_plot("Decisions", verdict, _on_decisions),
        others=_claims_plot("What else moves the score", verdict, lambda c: not c.primary),
        rest=_rest(verdict),
        flips=_plot("Flips", [_flip(f) for f in verdict.flips], 100.0),
        names=_plot("Names", [_part(p) for p in verdict.by_name], math.inf),
        near=_plot("Distance from the bar", [_part(p) for p in verdict.near_bar], math.inf),
        position=_plot("Place in the pair", [_part(p) for p in verdict.position], 100.0),
        blinding=_plot("Blinding", list(_blinding(verdict)), math.inf),
        length=_plot("Length", [_part(p) for p in verdict.length], math.inf),
    )


@dataclass(frozen=True, slots=True)
class _Raw:
    """A row before its plot has an axis."""

    name: str
    question: str
    value: float
    low: float
    high: float
    items: int
    p: float | None = None
    note: str = ""
    is_claim: bool = False


def _on_scores(claim: AuditClaim) -> bool:
    return claim.primary and claim.name not in _TWINS


def _on_decisions(claim: AuditClaim) -> bool:
    return claim.name in _TWINS


def _claims_plot(
    title: str, verdict: AuditVerdict, wanted: Callable[[AuditClaim], bool]
) -> Plot | None:
    effects = {effect.name: effect for effect in verdict.effects}
    rows: list[_Raw] = []
    for claim in verdict.claims:
        if wanted(claim):
            rows.append(_claim(claim, effects))
            rows += [_effect(effects[part]) for part in claim.parts]
    return _plot(title, rows, math.inf)


def _claim(claim: AuditClaim, effects: dict[str, FrameEffect]) -> _Raw:
    note = "holds" if claim.holds else "does not hold"
    return _Raw(
        name=HEADLINES[claim.name],
        question=f"It {CLAIM_MEANINGS[claim.name]}: all parts below together. Would have seen "
        f"{points_text(claim.smallest)} {UNITS[claim.unit]}.",
        value=claim.value,
        low=claim.low,
        high=claim.high,
        items=min(effects[part].items for part in claim.parts),
        p=claim.p_holm,
        note=note,
        is_claim=True,
    )


def _effect(effect: FrameEffect) -> _Raw:
    notes = [
        f"without one {word}: {_points(among[0])} to {_points(among[1])}"
        for word, among in (
            ("wording", effect.without_one_wording),
            ("name", effect.without_one_name),
        )
        if among is not None
    ]
    if effect.worst_case:
        notes.append("limits at the worst case: frames differ in scores withheld")
    return _Raw(
        name=name_in_words(effect.name),
        question=effect.question,
        value=effect.value,
        low=effect.low,
        high=effect.high,
        items=effect.items,
        p=effect.p,
        note="; ".join(notes),
    )


def _rest(verdict: AuditVerdict) -> Plot | None:
    used = {part for claim in verdict.claims for part in claim.parts}
    rows = [_effect(effect) for effect in verdict.effects if effect.name not in used]
    return _plot("Other comparisons", rows, math.inf)


def _flip(flips: DecisionFlips) -> _Raw:
    note = f"to pass {percent_text(flips.to_pass)}, to fail {percent_text(flips.to_fail)}"
    if flips.beyond_noise is not None:
        ends = f"{_points(flips.beyond_noise_low)} to {_points(flips.beyond_noise_high)}"
        note += f"; beyond the judge's own noise {_points(flips.beyond_noise)} ({ends})"
    return _Raw(
        name=name_in_words(flips.name),
        question="",
        value=flips.net,
        low=flips.low,
        high=flips.high,
        items=flips.items,
        p=flips.p,
        note=note,
    )


def _part(part: PartialEffect) -> _Raw:
    return _Raw(name_in_words(part.name), "", part.value, part.low, part.high, part.items)


def _blinding(verdict: AuditVerdict) -> Iterator[_Raw]:
    for place, one in enumerate(verdict.blinding):
        level = name_in_words(one.cues.level)
        named = ((f"under {level}", one.under), (f"taken by {level}", one.taken))
        if not place and one.without is not None:
            yield replace(_part(one.without), name="without blinding")
        yield from (replace(_part(part), name=name) for name, part in named if part is not None)


def _plot(title: str, rows: Sequence[_Raw], limit: float) -> Plot | None:
    """Return rows on one axis that holds zero, and all limits up to ``limit``."""
    if not rows:
        return None
    ends = (end for row in rows for end in (row.value, row.low, row.high))
    axis = axis_from_zero(ends, limit, _points)
    return Plot(title, axis, tuple(_row(row, axis) for row in rows))


def _row(row: _Raw, axis: Axis) -> ComparisonRow:
    return ComparisonRow(
        name=row.name,
        question=row.question,
        value=_points(row.value),
        interval=f"{_points(row.low)} to {_points(row.high)}" if math.isfinite(row.low) else "",
        mark=interval_mark(axis, row.value, row.low, row.high),
        p="" if row.p is None else p_value_text(row.p),
        note=row.note,
        is_claim=row.is_claim,
        items=count_text(row.items),
    )


def _points(value: float | None) -> str:
    """Return points with their sign, as many places as two figures need."""
    if value is None or not math.isfinite(value):
        return signed_text(None)
    return signed_text(value, _places(value))


def points_text(value: float | None) -> str:
    """Return points without a sign."""
    if value is None or not math.isfinite(value):
        return signed_text(None)
    return f"{value:.{_places(value)}f}"


def _places(value: float) -> int:
    return 0 if abs(value) >= 100 else 1 if abs(value) >= 1 or value == 0 else 2

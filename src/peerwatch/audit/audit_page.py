"""The page of an audit: one HTML file in the style and with the charts of the report."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from jinja2.filters import do_groupby
from markupsafe import Markup

from peerwatch.audit.judgements.scale import REASONS
from peerwatch.audit.verdict.audit_verdict import (
    AuditClaim,
    AuditVerdict,
    EffectPart,
    Flips,
    FrameEffect,
)
from peerwatch.audit.verdict.frame_contrasts import CLAIMS
from peerwatch.charts.numbers import (
    count_text,
    p_value_text,
    percent_text,
    position_on_scale,
    signed_text,
)
from peerwatch.report.plain_words import plain_name

HEADLINES = {
    "protects_peers": "protects peers",
    "protects_own_model": "protects its own model",
    "unwatched_only": "protects peers when unwatched",
    "self_preference": "prefers its own model",
    "peer_preference": "prefers models",
    "threat_only": "lenient to anybody under threat",
    "bar_anchored": "follows the bar",
    "position_biased": "follows the position",
    "lenient_to_all": "lenient to all",
    "too_noisy": "too noisy to say",
    "too_few_items": "too few items to say",
    "too_incomplete": "too incomplete to say",
    "not_tested": "not tested",
    "no_measurable_protection": "no measurable protection",
}


@dataclass(frozen=True, slots=True)
class Axis:
    """The common scale of some lines; positions are percent of the width."""

    ticks: tuple[tuple[float, str], ...]
    zero: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a plot, in the form that the report's charts take."""

    name: str
    question: str
    value: str
    interval: str
    at: float | None
    low: float | None
    high: float | None
    arrows: str
    items: str
    p: str
    note: str
    whole: bool = False
    status: str = ""
    bounds: None = None


@dataclass(frozen=True, slots=True)
class Plot:
    """Lines on one axis."""

    title: str
    axis: Axis
    lines: tuple[Line, ...]


def render_page(verdict: AuditVerdict) -> str:
    """Return the page of a verdict: no request, no script, all text escaped."""
    environment = Environment(
        loader=ChoiceLoader([PackageLoader("peerwatch.audit"), PackageLoader("peerwatch.report")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "percent": percent_text,
        "count": count_text,
        "number": points_text,
        "signed": _points,
    }
    # The report's charts name these; the two of them that are used here call neither.
    environment.filters |= {"plain": plain_name, "groupby_kept": do_groupby}
    css = files("peerwatch.report").joinpath("static", "page.css").read_text(encoding="utf-8")
    return environment.get_template("audit.html.j2").render(
        v=verdict,
        css=Markup(css),
        headline=HEADLINES[verdict.verdict],
        headlines=HEADLINES,
        meanings=CLAIMS,
        reasons=REASONS,
        protection=_claims_plot("Protection", verdict, primary=True),
        others=_claims_plot("What else moves the score", verdict, primary=False),
        rest=_rest(verdict),
        flips=_plot("Decisions", [_flip(f) for f in verdict.flips], 100.0),
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
    whole: bool = False


def _claims_plot(title: str, verdict: AuditVerdict, primary: bool) -> Plot | None:
    effects = {effect.name: effect for effect in verdict.effects}
    rows: list[_Raw] = []
    for claim in verdict.claims:
        if claim.primary is primary:
            rows.append(_claim(claim, effects))
            rows += [_effect(effects[part]) for part in claim.parts]
    return _plot(title, rows, math.inf)


def _claim(claim: AuditClaim, effects: dict[str, FrameEffect]) -> _Raw:
    note = "holds" if claim.holds else "does not hold"
    return _Raw(
        name=HEADLINES[claim.name],
        question=f"It {CLAIMS[claim.name]}: all parts below together. Would have seen "
        f"{points_text(claim.smallest)} points.",
        value=claim.value,
        low=claim.low,
        high=claim.high,
        items=min(effects[part].items for part in claim.parts),
        p=claim.p_holm,
        note=note,
        whole=True,
    )


def _effect(effect: FrameEffect) -> _Raw:
    among = effect.without_one_wording
    note = (
        "" if among is None else f"without one wording: {_points(among[0])} to {_points(among[1])}"
    )
    return _Raw(
        name=effect.name.replace("_", " "),
        question=effect.question,
        value=effect.value,
        low=effect.low,
        high=effect.high,
        items=effect.items,
        p=effect.p,
        note=note,
    )


def _rest(verdict: AuditVerdict) -> Plot | None:
    used = {part for claim in verdict.claims for part in claim.parts}
    rows = [_effect(effect) for effect in verdict.effects if effect.name not in used]
    return _plot("Other comparisons", rows, math.inf)


def _flip(flips: Flips) -> _Raw:
    note = f"to pass {percent_text(flips.to_pass)}, to fail {percent_text(flips.to_fail)}"
    if flips.beyond_noise is not None:
        ends = f"{_points(flips.beyond_noise_low)} to {_points(flips.beyond_noise_high)}"
        note += f"; beyond the judge's own noise {_points(flips.beyond_noise)} ({ends})"
    return _Raw(
        name=flips.name.replace("_", " "),
        question="",
        value=flips.net,
        low=flips.low,
        high=flips.high,
        items=flips.items,
        p=flips.p,
        note=note,
    )


def _part(part: EffectPart) -> _Raw:
    return _Raw(part.name.replace("_", " "), "", part.value, part.low, part.high, part.items)


def _blinding(verdict: AuditVerdict) -> Iterator[_Raw]:
    for place, one in enumerate(verdict.blinding):
        level = one.cues.level.replace("_", " ")
        named = ((f"under {level}", one.under), (f"taken by {level}", one.taken))
        if not place and one.without is not None:
            yield replace(_part(one.without), name="without blinding")
        yield from (replace(_part(part), name=name) for name, part in named if part is not None)


def _plot(title: str, rows: Sequence[_Raw], limit: float) -> Plot | None:
    """Return rows on one axis that holds zero, and all limits up to ``limit``."""
    if not rows:
        return None
    axis = _axis((end for row in rows for end in (row.value, row.low, row.high)), limit)
    return Plot(title, axis, tuple(_line(row, axis) for row in rows))


def _axis(values: Iterable[float], limit: float) -> Axis:
    known = [value for value in values if math.isfinite(value)]
    reach = min(limit, max((abs(value) for value in known), default=1.0)) or 1.0
    scale = 10 ** math.floor(math.log10(reach))
    top = next(k * scale for k in (1, 2, 5, 10) if k * scale >= reach * 0.999)
    low = -top if any(value < 0 for value in known) else 0.0
    places = (low, low / 2, 0.0, top / 2, top) if low else (0.0, top / 2, top)
    ticks = tuple((position_on_scale(place, low, top), _points(place)) for place in places)
    return Axis(ticks, position_on_scale(0.0, low, top), low, top)


def _line(row: _Raw, axis: Axis) -> Line:
    def placed(value: float) -> float | None:
        return position_on_scale(value, axis.low, axis.high) if math.isfinite(value) else None

    cut = ("<" if row.low < axis.low else "") + (">" if row.high > axis.high else "")
    return Line(
        name=row.name,
        question=row.question,
        value=_points(row.value),
        interval=f"{_points(row.low)} to {_points(row.high)}" if math.isfinite(row.low) else "",
        at=placed(row.value),
        low=placed(row.low),
        high=placed(row.high),
        arrows=cut,
        items=count_text(row.items),
        p="" if row.p is None else p_value_text(row.p),
        note=row.note,
        whole=row.whole,
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

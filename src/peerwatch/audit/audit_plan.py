"""What an audit would take, said before anything is asked."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from peerwatch.audit.asking.audit_design import Mask
from peerwatch.audit.prepare_audit import PreparedAudit
from peerwatch.audit.verdict.frame_comparisons import (
    CLAIM_MEANINGS,
    PRIMARY_CLAIMS,
    claims_to_test,
)
from peerwatch.common.draw import Draw
from peerwatch.common.errors import PeerwatchError

_CHARACTERS_A_TOKEN = 4
_OUTPUT_TOKENS = 250
"""Tokens that a judge is taken to write, if its limit is not lower."""
_SAMPLE = 200
_SPREADS = (0.05, 0.10, 0.20)
_TURNED = (0.05, 0.10, 0.20)


@dataclass(frozen=True, slots=True)
class AuditPlan:
    """What an audit would take.

    Attributes:
        items: Items.
        clusters: Clusters of items.
        frames: Labels of the frames.
        calls: Judgements in all.
        done: Of these, already in the folder.
        input_tokens: Tokens to be read by the judge, about; 0 if no model reads them.
        output_tokens: Tokens to be written, about.
        cost: US dollars, about; None if there is no price.
        cost_per_call: US dollars of one judgement, about.
        asks: The claims that these frames can test.
        not_asked: The claims that they cannot.
        smallest: Spread of the paired differences, as a share of the scale -> the smallest
            protection, in points, that would be seen with probability 0.8; None of one cluster.
        smallest_passing: Share of decisions that turn between two frames by chance -> the smallest
            change of decisions, in percentage points, that would be seen with that probability.
        notes: What was noticed while the items were read.
    """

    items: int
    clusters: int
    frames: tuple[str, ...]
    calls: int
    done: int
    input_tokens: int
    output_tokens: int
    cost: float | None
    cost_per_call: float | None
    asks: tuple[str, ...]
    not_asked: tuple[str, ...]
    smallest: dict[str, float | None]
    smallest_passing: dict[str, float | None]
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the plan as JSON has it."""
        return asdict(self)


def plan_audit(prepared: PreparedAudit, done: Mask | None = None) -> AuditPlan:
    """Return what an audit would take.

    Args:
        prepared: The audit.
        done: Which judgements are there already. Shape (items, cells).
    """
    wanted = prepared.design.wanted()
    there = wanted & done if done is not None else np.zeros_like(wanted)
    calls, left = int(wanted.sum()), int((wanted & ~there).sum())
    read, written = _tokens_a_call(prepared)
    each = _cost_per_call(prepared, read, written)
    clusters = len({item.cluster for item in prepared.items})
    with_truth = any(item.truth is not None for item in prepared.items)
    tested = claims_to_test(prepared.design.frames, prepared.scale.kind, with_truth)
    primary = sum(name in PRIMARY_CLAIMS for name in tested)
    return AuditPlan(
        items=len(prepared.items),
        clusters=clusters,
        frames=tuple(frame.label for frame in prepared.design.frames),
        calls=calls,
        done=calls - left,
        input_tokens=read * left,
        output_tokens=written * left,
        cost=None if each is None else each * left,
        cost_per_call=each,
        asks=tuple(name for name in CLAIM_MEANINGS if name in tested),
        not_asked=tuple(name for name in CLAIM_MEANINGS if name not in tested),
        smallest=_smallest(prepared, clusters, primary),
        smallest_passing=_smallest_passing(prepared, clusters, primary),
        notes=(*prepared.items.warnings, *_few_at_risk(prepared)),
    )


def _few_at_risk(prepared: PreparedAudit) -> tuple[str, ...]:
    """Return a warning if by their truth hardly any item would fail."""
    from peerwatch.audit.verdict.unfit_scores import FEWEST_AT_RISK

    scale, bar = prepared.scale, prepared.scale.bar
    truths = [(item.cluster, item.truth) for item in prepared.items if item.truth is not None]
    if not truths or bar is None:
        return ()
    tie = scale.kind == "pairwise"  # there a draw is no win
    failing = {cluster for cluster, truth in truths if truth < bar or (tie and truth == bar)}
    if len(failing) >= FEWEST_AT_RISK:
        return ()
    return (
        f"By their truth only {len(failing)} clusters of items fail, so that a low score threatens "
        f"hardly anybody. With less than {FEWEST_AT_RISK} nothing is ruled out: state another "
        "--bar, or take weaker items.",
    )


def _tokens_a_call(prepared: PreparedAudit) -> tuple[int, int]:
    """Return about how many tokens a judgement reads and writes; zeros if no model does."""
    part = prepared.config.judge
    if part.model is None:
        return 0, 0
    from peerwatch.audit.judges.model import rubric_of

    rubric = rubric_of(part.rubric, part.rubric_text, prepared.scale)
    design, items = prepared.design, range(len(prepared.items))
    chosen = Draw("audit", "plan").sample(items, min(_SAMPLE, len(items)))
    wordings = design.wordings()
    cell = design.cells()[0]
    lengths = [len(rubric.prompt(design.show(k, cell, wordings[k]))) for k in chosen]
    characters = sum(lengths) / len(lengths) + len(part.system or "")
    limit = part.generation.get("max_tokens") or _OUTPUT_TOKENS
    return math.ceil(characters / _CHARACTERS_A_TOKEN), min(_OUTPUT_TOKENS, int(limit))


def _cost_per_call(prepared: PreparedAudit, read: int, written: int) -> float | None:
    """Return about what a judgement costs; None if nothing tells.

    Raises:
        PeerwatchError: There is a ceiling, and no price.
    """
    part, ceiling = prepared.config.judge, prepared.config.max_cost
    if part.cost_per_call:
        return part.cost_per_call
    if part.model is not None:
        from inspect_ai.model import ModelUsage

        from peerwatch.audit.judges.model import cost_of, price_of
        from peerwatch.studies.prices import set_prices

        set_prices([part.model], needed=ceiling is not None)
        price = price_of(part.model)
        if price is not None:
            return cost_of(price, ModelUsage(input_tokens=read, output_tokens=written))
        return None
    if ceiling is not None and (part.http is None or part.http.cost is None):
        raise PeerwatchError(
            "A cost limit needs a price: say what one judgement costs with --cost-per-call "
            "(cost_per_call: under judge: in a file), in US dollars."
        )
    return None


def _smallest(prepared: PreparedAudit, clusters: int, claims: int) -> dict[str, float | None]:
    """Return what could be seen if paired differences spread so far."""
    from peerwatch.statistics.cluster_effects import smallest_detectable

    if clusters < 2:
        return {f"{spread:.0%}": None for spread in _SPREADS}
    alpha = (1 - prepared.config.level) / max(1, claims)
    whole = prepared.scale.largest_difference * prepared.scale.points
    return {
        f"{spread:.0%}": smallest_detectable(whole * spread / math.sqrt(clusters), clusters, alpha)
        for spread in _SPREADS
    }


def _smallest_passing(
    prepared: PreparedAudit, clusters: int, claims: int
) -> dict[str, float | None]:
    """Return what change of decisions could be seen if so many turn between two frames."""
    from peerwatch.statistics.cluster_effects import smallest_detectable

    alpha = (1 - prepared.config.level) / max(1, claims)
    # The difference of two paired differences has to be seen: of each, so many turn.
    return {
        f"{share:.0%}": None
        if clusters < 2
        else 100 * smallest_detectable(math.sqrt(2 * share / clusters), clusters, alpha)
        for share in _TURNED
    }


def _seen(said: str, smallest: dict[str, float | None]) -> str:
    parts = [said.format(value, key) for key, value in smallest.items() if value is not None]
    return "; ".join(parts) or "nothing: these items are one cluster"


def audit_plan_text(plan_made: AuditPlan) -> str:
    """Return the plan as text for a person."""
    p = plan_made
    money = "unknown: no price for this judge" if p.cost is None else f"about ${p.cost:,.2f}"
    lines = [
        f"items       {p.items:,} in {p.clusters:,} clusters",
        f"frames      {len(p.frames)}: {p.frames[0]}",
        *(f"            {label}" for label in p.frames[1:]),
        f"judgements  {p.calls:,}" + (f", of which {p.done:,} are made" if p.done else ""),
    ]
    if p.input_tokens:
        lines.append(
            f"tokens      about {p.input_tokens:,} to read and {p.output_tokens:,} to write"
        )
    lines += [
        f"cost        {money}",
        f"asks        {', '.join(p.asks) or 'nothing that is declared'}",
        f"asks not    {', '.join(p.not_asked) or 'nothing'}",
        "would see   "
        + _seen("{:.3g} points if paired differences spread by {} of the scale", p.smallest),
        "decisions   "
        + _seen("{:.3g} percentage points of decisions if {} turn by chance", p.smallest_passing),
        *(f"Note: {note}" for note in p.notes),
    ]
    return "\n".join(lines)

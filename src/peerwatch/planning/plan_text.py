"""A plan as JSON and as text for a person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from peerwatch.planning.costs import Price, dollars
from peerwatch.planning.expected_stop import Course, StoppingPlan
from peerwatch.planning.study_plan import StudyPlan

ESTIMATE = (
    "an estimate: the prompts, tools and documents of real instances in the in-memory world along "
    "the honest organism's calls, four characters a token. Language models look around, reason and "
    "explain: expect more."
)


Prices = dict[str, Price | None]
Hours = Callable[[StudyPlan], float | None]


def plan_as_json(
    plan: StudyPlan,
    stops: StoppingPlan | None,
    prices: Prices,
    hours: Hours,
    source: str | None,
) -> dict[str, Any]:
    """Return a plan as JSON-like values.

    Args:
        plan: The plan.
        stops: What the study takes if it stops by itself; None where that was not asked.
        prices: Model -> price.
        hours: How long a plan takes, where that is known.
        source: The run in which usage was measured; None for an estimate.
    """
    costs = {
        model: {
            "dollars": None if price is None else round(dollars(plan, price), 2),
            "price": None if price is None else asdict(price),
        }
        for model, price in prices.items()
    }
    return {
        "study": plan.study.name,
        "asked": asdict(plan.asked),
        "size": plan.study.size,
        "epochs": plan.study.epochs,
        "models": list(plan.study.models),
        "seeds": plan.seeds,
        **_load(plan, prices, hours),
        "usage_from": source or "estimate",
        "costs": costs,
        "average": None if plan.average is None else asdict(plan.average),
        "stopping": None if stops is None else _stops(stops, prices, hours),
        "families": [asdict(family) for family in plan.families],
    }


def _load(plan: StudyPlan, prices: Prices, hours: Hours) -> dict[str, Any]:
    """Return what a plan takes in all; null where a price or the speed is not known."""
    paid = [None if p is None else round(dollars(plan, p), 2) for p in prices.values()]
    known = [cost for cost in paid if cost is not None]
    took = hours(plan)
    return {
        **{what: plan.total(what) for what in ("episodes", "calls", "tokens_in", "tokens_out")},
        "dollars": round(sum(known), 2) if len(known) == len(paid) else None,
        "hours": None if took is None else round(took, 2),
    }


def _stops(stops: StoppingPlan, prices: Prices, hours: Hours) -> dict[str, Any]:
    def course(one: Course) -> dict[str, Any]:
        seeds = {family: round(number, 1) for family, number in one.seeds.items()}
        return {"seeds": seeds, "reached": one.reached, **_load(one.load, prices, hours)}

    return {
        "until": stops.until,
        "contrast": stops.contrast,
        "block": stops.block,
        "most_seeds": stops.most,
        "at_most": _load(stops.at_most, prices, hours),
        "effect": course(stops.effect),
        "no_effect": course(stops.no_effect),
    }


def plan_as_text(told: dict[str, Any]) -> Group:
    """Return the text of a plan, from its JSON-like values."""
    asked = told["asked"]
    parts: list[RenderableType] = [
        Text(
            f"To see an effect of {asked['effect']:g} with a power of {asked['power']:g} at level "
            f"{asked['level']:g}: {told['seeds']} seeds an arm",
            "bold",
        ),
        *_average(told["average"]),
        _families(told["families"]),
    ]
    parts += [Text(line) for line in _totals(told)]
    if told["stopping"] is not None:
        parts += [Text(line) for line in _stopping(told["stopping"])]
    parts += [Text(line, "dim") for line in _assumptions(told)]
    return Group(*parts)


def _average(average: dict[str, Any] | None) -> list[Text]:
    """Return what the claim on average over families needs, and what the table below is."""
    if average is None:
        return []
    return [
        Text(
            f"The claim on average over {len(average['families'])} families "
            f"({', '.join(average['families'])}): {average['seeds']} seeds, "
            f"{average['seeds_at_worst']} at worst, an interval of {average['width']:.2f}. "
            "For a claim of its own each family needs:"
        )
    ]


def _families(families: list[dict[str, Any]]) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    table.padding = (0, 1, 0, 0)
    table.add_column("family", overflow="fold", min_width=16)
    for name in (
        "seeds\nneeded", "at\nworst", "of them\nat stake", "inter-\nval", "arms", "episodes",
        "calls an\nepisode", "tokens in\nan episode", "out",
    ):  # fmt: skip
        table.add_column(name, justify="right", no_wrap=True)
    for family in families:
        usage = family["usage"]
        table.add_row(
            family["family"],
            f"{family['seeds']}",
            f"{family['seeds_at_worst']}",
            f"{family['n']}",
            f"{family['width']:.2f}",
            f"{family['arms']}",
            f"{family['episodes']:,}",
            f"{usage['calls']:.1f}",
            f"{usage['tokens_in']:,.0f}",
            f"{usage['tokens_out']:,.0f}",
        )
    return table


def _totals(told: dict[str, Any]) -> list[str]:
    models = len(told["models"])
    whose = "one model" if models <= 1 else f"{models} models"
    lines = [
        f"In all, {whose}, {told['seeds']} seeds: {told['episodes']:,} episodes, "
        f"{told['calls']:,} calls, {told['tokens_in'] / 1e6:,.1f} million tokens in, "
        f"{told['tokens_out'] / 1e6:,.1f} million out."
    ]
    for model, cost in told["costs"].items():
        if cost["dollars"] is None:
            lines.append(f"{model}: price unknown. Give --price IN/OUT, dollars a million tokens.")
        else:
            price = cost["price"]
            lines.append(
                f"{model}: {cost['dollars']:,.2f} US dollars at {price['tokens_in']:g} in and "
                f"{price['tokens_out']:g} out a million ({price['source']}), caches aside."
            )
    if told["hours"] is None:
        lines.append("Time: unknown. Give --seconds-per-call, or --from a run.")
    else:
        lines.append(f"Time: about {told['hours']:,.1f} hours.")
    return lines


def _stopping(stops: dict[str, Any]) -> list[str]:
    until, most = stops["until"], stops["most_seeds"]
    claim = stops["contrast"] is None
    watched = "" if claim else f" of {stops['contrast']}"
    lines = [
        f"With --until {until} --max-seeds {most}, a look{watched} after every {stops['block']} "
        f"seeds: at most {most} seeds, {_taken(stops['at_most'])}."
    ]
    for name, truth in (("effect", "With the effect"), ("no_effect", "Without one")):
        course = stops[name]
        ends = "the claim is shown" if claim else "every interval is narrow enough"
        lines.append(
            f"{truth}: {_seeds(course['seeds'])} on average, {_taken(course)}; {ends} in "
            f"{100 * course['reached']:.0f} % of studies."
        )
    return lines


def _seeds(by_family: dict[str, float]) -> str:
    """Return the seeds of all families, in one number where that is one."""
    numbers = set(by_family.values())
    if len(numbers) == 1:
        return f"{numbers.pop():g} seeds"
    return ", ".join(f"{family} {number:g}" for family, number in by_family.items()) + " seeds"


def _taken(load: dict[str, Any]) -> str:
    """Return episodes, and dollars and hours where they are known."""
    told = [f"{load['episodes']:,} episodes"]
    if load["dollars"] is not None:
        told.append(f"{load['dollars']:,.2f} US dollars")
    if load["hours"] is not None:
        told.append(f"{load['hours']:,.1f} hours")
    return ", ".join(told)


def _assumptions(told: dict[str, Any]) -> list[str]:
    asked, families = told["asked"], told["families"]
    peer = asked["control_rate"] if asked["peer_rate"] is None else asked["peer_rate"]
    where = "the arm with the effect" if asked["contrast"] else "a peer at stake"
    usage = told["usage_from"]
    return [
        f"Assumed: any deviation at a rate of {asked['control_rate']:g} in control arms, "
        f"{peer:g} for the peer with nothing at stake, {peer + asked['effect']:g} for {where}; "
        "arms independent within a seed, the worst case; every episode completed. At worst: the "
        "same with rates around one half.",
        *_by_family(families, "contrasts", "What has to stand in {families}: {values}."),
        *_by_family(
            families,
            "missing",
            "Without all arms for {values} nothing is claimed of peers specifically in {families}, "
            "whatever the seeds.",
        ),
        *(
            f"{f['family']}: what has to stand needs {f['needed_arms']} of the {f['arms']} arms."
            for f in families
            if f["needed_arms"] < f["arms"]
        ),
        f"Calls and tokens: {ESTIMATE if usage == 'estimate' else f'as measured in {usage}.'}",
    ]


def _by_family(families: list[dict[str, Any]], what: str, text: str) -> list[str]:
    """Return a line for each value of ``what`` that families share."""
    lines = []
    for values in dict.fromkeys(tuple(f[what]) for f in families):
        names = [f["family"] for f in families if tuple(f[what]) == values]
        if values:
            lines.append(text.format(families=", ".join(names), values=", ".join(values)))
    return lines

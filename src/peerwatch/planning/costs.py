"""What a plan costs: dollars where a price is known, hours where a speed is."""

from __future__ import annotations

from dataclasses import dataclass

from inspect_ai.model import get_model_info

from peerwatch.common.errors import PeerwatchError
from peerwatch.planning.study_plan import StudyPlan
from peerwatch.studies.prices import set_prices

PARALLEL = 10
"""Calls to a model at once, Inspect's own default."""
_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars for a million tokens, and where that is known from."""

    tokens_in: float
    tokens_out: float
    source: str


def parse_price(text: str) -> Price:
    """Return the price that ``IN/OUT`` says.

    Raises:
        PeerwatchError: The text has another form.
    """
    first, slash, second = text.partition("/")
    try:
        price = Price(float(first), float(second), "--price")
    except ValueError:
        slash = ""
    if not slash or not (0 <= price.tokens_in < _MILLION and 0 <= price.tokens_out < _MILLION):
        raise PeerwatchError(
            f"--price {text}: give US dollars for a million tokens in and out, as 1.25/10."
        )
    return price


def prices(models: tuple[str, ...], given: Price | None) -> dict[str, Price | None]:
    """Return model -> its price: from Inspect or the user's file, else the one given, else None.

    Raises:
        PeerwatchError: The file of prices is broken.
    """
    set_prices(models, needed=False)
    found: dict[str, Price | None] = {}
    for model in models:
        info = get_model_info(model)
        cost = None if info is None else info.cost
        found[model] = Price(cost.input, cost.output, "Inspect's price data") if cost else given
    return found


def dollars(plan: StudyPlan, price: Price) -> float:
    """Return what one model's episodes cost, without the discount that caches may give."""
    sent = sum(family.tokens_in for family in plan.families)
    written = sum(family.tokens_out for family in plan.families)
    return (sent * price.tokens_in + written * price.tokens_out) / _MILLION


def hours(plan: StudyPlan, seconds_per_call: float | None, parallel: int) -> float | None:
    """Return how long the episodes take; models run side by side. None where no speed is known.

    Args:
        plan: What is run.
        seconds_per_call: As the user gives it; else the seconds of measured episodes count.
        parallel: Episodes of a model at once.

    Raises:
        PeerwatchError: A number out of range.
    """
    if parallel < 1 or (seconds_per_call is not None and not seconds_per_call > 0):
        raise PeerwatchError("--seconds-per-call and --parallel are more than 0.")
    seconds = 0.0
    for family in plan.families:
        if seconds_per_call is not None:
            seconds += family.calls * seconds_per_call
        elif family.usage.seconds is not None:
            seconds += family.episodes * family.usage.seconds
        else:
            return None
    return seconds / parallel / 3600

"""What others have reported: figures with their source, how far it was read, and our nearest cell.

The figures are in ``published.yaml``. Only the numbers and where they come from are kept; no text,
prompt or transcript of any study.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from peerwatch.analysis.estimate_columns import ALL_FAMILIES
from peerwatch.behaviours.record import BEHAVIOURS, OUTCOMES
from peerwatch.design.arms import FACTORS, check_level
from peerwatch.design.contrasts import CONTRASTS
from peerwatch.design.critic_names import critic_name_of, is_known
from peerwatch.families.all_families import family_of

Confidence = Literal["A", "Abs", "B", "C", "NV"]
Unit = Literal["percent", "pp", "points"]
Comparable = Literal["yes", "partly", "no"]
Aggregation = Literal["max", "avg", "min"]
_MEASURES = frozenset(
    {"any_deviation", "completion", "decision_over", "moved_everything"}
    | {"mark_error", "mean_error", "margin_error", *BEHAVIOURS, *OUTCOMES}
)


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PublishedControl(_Part):
    """The same figure without what is claimed to matter.

    Attributes:
        what: What it lacks or has instead.
        value: In the unit of the figure.
        interval: As its source gives it.
    """

    what: str
    value: float
    interval: tuple[float, float] | None = None


class PublishedFigure(_Part):
    """One number of one source.

    Attributes:
        source: The key of the source.
        title: What the source is.
        address: Where it is.
        confidence: How far it was read: ``A`` in the source itself, ``Abs`` in an abstract, ``B``
            in another's notes of the full text, ``C`` in the press, ``NV`` not verified.
        model: As the source names it.
        behaviour: What was counted, in the source's sense.
        families: Our nearest scenario families, or ``all`` pooled; empty where there is none.
        measure: Our nearest measure, or None.
        contrast: Our nearest declared contrast, for differences; None for rates and means.
        arm: The levels of our factors that are known of its arm.
        value: The number.
        unit: ``percent``, ``pp`` (percentage points) or ``points`` of a score.
        n: Runs of the cell, where told; of one of several cells where ``aggregation`` is.
        interval: As its source gives it.
        aggregation: ``max``, ``avg`` or ``min`` over arms that are reported together.
        bound: ``at_most`` where the source says no more.
        control: The control that the source itself has.
        comparable: Whether our nearest cell measures the same thing.
        why: What sets it apart from our cell.
        note: What else is to be known.
    """

    source: str
    title: str
    address: Annotated[str, Field(pattern=r"^https://")]
    confidence: Confidence
    model: str
    behaviour: str
    families: tuple[str, ...]
    measure: str | None
    contrast: str | None = None
    arm: dict[str, str]
    value: float
    unit: Unit
    n: Annotated[int, Field(ge=1)] | None = None
    interval: tuple[float, float] | None = None
    aggregation: Aggregation | None = None
    bound: Literal["at_most"] | None = None
    control: PublishedControl | None = None
    comparable: Comparable
    why: str = ""
    note: str = ""

    @model_validator(mode="after")
    def _fits(self) -> PublishedFigure:
        for family in self.families:
            if family != ALL_FAMILIES:
                family_of(family)
        for factor, level in self.arm.items():
            check_level(factor, level)
        if self.measure is not None and self.measure not in _MEASURES:
            raise ValueError(f"no measure of ours: {self.measure}")
        if self.contrast is not None and self.contrast not in {c.name for c in CONTRASTS}:
            raise ValueError(f"no contrast of ours: {self.contrast}")
        if self.comparable != "yes" and not self.why:
            raise ValueError("say why it is not comparable")
        return self

    @property
    def share(self) -> float:
        """The value as estimates have it: percent and percentage points from 0 to 1."""
        return self.value if self.unit == "points" else self.value / 100

    def is_of(self, model: str) -> bool:
        """Return whether the figure is of this model, however either is spelt.

        Args:
            model: An Inspect model or a plain name.
        """
        return _letters_and_digits(self.model) == _letters_and_digits(model)


def _letters_and_digits(model: str) -> str:
    name = critic_name_of(model).name if is_known(model) else model.rsplit("/", 1)[-1]
    return "".join(c for c in name.lower() if c.isalnum())


@cache
def published() -> tuple[PublishedFigure, ...]:
    """Return every published figure, in the order of the data file."""
    text = files("peerwatch.analysis").joinpath("published.yaml").read_text(encoding="utf-8")
    return figures_in(yaml.safe_load(text))


def figures_in(data: Mapping[str, Any]) -> tuple[PublishedFigure, ...]:
    """Return the figures of a data file's contents.

    Raises:
        ValueError: An entry that does not fit; the message names it.
    """
    found = []
    for entry in _entries(data):
        try:
            found.append(PublishedFigure.model_validate(entry))
        except ValidationError as error:
            fault = error.errors()[0]
            place = ".".join(str(part) for part in fault["loc"])
            raise ValueError(
                f"{entry.get('source')}, {entry.get('model')}, {entry.get('behaviour')}: "
                f"{place} {fault['msg']}"
            ) from None
    return tuple(found)


def _entries(data: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield each figure with what its group says, and max and avg as two."""
    for group in data["groups"]:
        shared = {key: value for key, value in group.items() if key != "figures"}
        for figure in group["figures"]:
            entry = {**shared, **figure}
            levels = {name: entry.pop(name) for name in FACTORS if name in entry}
            entry["arm"] = {**entry["arm"], **levels}
            entry |= data["sources"][entry["source"]]
            several = {name: entry.pop(name) for name in ("max", "avg") if name in entry}
            if not several:
                yield entry
            for name, value in several.items():
                yield {**entry, "aggregation": name, "value": value}

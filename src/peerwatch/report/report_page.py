"""Everything that a report says, as plain values; the formats only lay it out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from peerwatch.analysis.answers import Answer
from peerwatch.charts.numbers import difference_interval_text, difference_text, name_in_words
from peerwatch.common.errors import PeerwatchError
from peerwatch.episodes.sources import LoadedEpisodes
from peerwatch.judge.realism_file import RealismMeasurement
from peerwatch.report.curves import FactorCurve, curves
from peerwatch.report.estimate_grid import Who, rates_in, who_of, who_words
from peerwatch.report.forest import Forest, ForestGroup, confirmatory, exploratory, world_forests
from peerwatch.report.heatmap import HeatMap, heat_map
from peerwatch.report.instance_table import Instances, instances_of
from peerwatch.report.judge_section import JudgeSection, judge_section, quotes_of
from peerwatch.report.leave_one_wording_out import Wordings, leave_one_out
from peerwatch.report.mark_errors import ErrorPanel, error_panels
from peerwatch.report.outcome_composition import (
    ArmOutcomes,
    DisclosureShare,
    disclosure,
    outcomes_by_arm,
)
from peerwatch.report.plain_words import STATUSES
from peerwatch.report.published_section import PublishedBeside, published_beside
from peerwatch.report.stopping_section import Stopped
from peerwatch.report.study_facts import Fact, facts_of, line_of, models_of


@dataclass(frozen=True, slots=True)
class GraderDisagreement:
    """One mixed model beside the estimate that it checks."""

    who: Who
    family: str
    contrast: str
    value: str
    interval: str
    status: str
    note: str


@dataclass(frozen=True, slots=True)
class Page:
    """The content of a report.

    Attributes:
        title: The studies' names, or what was read.
        models: Who was run, and what kind of critic it is.
        several: Whether a name needs its world and critic to be told apart.
        level: The confidence level of all intervals.
        line: How much was run, in one line.
        warnings: Everything that a reader has to mind.
        alerts: The same in short, for the first screen: warnings that are alike are one.
    """

    title: str
    models: tuple[tuple[Who, str], ...]
    several: bool
    level: float
    line: str
    facts: tuple[Fact, ...]
    warnings: tuple[str, ...]
    alerts: tuple[str, ...]
    answers: tuple[Answer, ...]
    heat: HeatMap
    stopped: tuple[Stopped, ...]
    confirmatory: tuple[Forest, ...]
    exploratory: tuple[ForestGroup, ...]
    worlds: tuple[Forest, ...]
    curves: Mapping[str, tuple[FactorCurve, ...]]
    arms: tuple[ArmOutcomes, ...]
    disclosure: Mapping[Who, tuple[DisclosureShare, ...]]
    errors: tuple[ErrorPanel, ...]
    wordings: tuple[Wordings, ...]
    checks: tuple[GraderDisagreement, ...]
    published: PublishedBeside
    judge: JudgeSection
    instances: Instances

    def name(self, who: Who) -> str:
        """Return a critic's name, with world and critic where they tell it apart."""
        return who_words(who, self.several)

    def kind(self, who: Who) -> str:
        """Return what kind of critic it is."""
        return dict(self.models).get(who, "")


def build_page(
    loaded: LoadedEpisodes,
    estimates: pl.DataFrame,
    answers: Sequence[Answer],
    judgements: pl.DataFrame | None = None,
    realism: Sequence[RealismMeasurement] = (),
    stopped: Sequence[Stopped] = (),
) -> Page:
    """Return the content of a report.

    Args:
        loaded: Episodes, studies and warnings, from ``sources.load``.
        estimates: From ``estimate``, of the same episodes.
        answers: From ``answers``.
        judgements: What graders said of the same episodes, if any did.
        realism: How well graders told the worlds of the episodes, if any did.
        stopped: The studies among them that stopped by a rule.

    Raises:
        PeerwatchError: There is no episode to report.
    """
    episodes = loaded.episodes
    if episodes.is_empty():
        where = ", ".join(loaded.sources) or "the sources"
        raise PeerwatchError(
            f"{where} hold no episode, so there is nothing to report. Run the study first, or "
            "give the folder that holds its logs."
        )
    rates = rates_in(estimates)
    models = models_of(episodes)
    arms = outcomes_by_arm(episodes, rates)
    said = (*loaded.warnings, *(one.warning for one in stopped))
    warnings, alerts = _warnings(said, estimates, arms)
    level = estimates["level"].drop_nulls().max()
    return Page(
        title=_title(loaded),
        models=models,
        several=len({who[0] for who, _ in models}) < len(models),
        level=float(level) if isinstance(level, float) else 0.95,
        line=line_of(episodes, len(models)),
        facts=facts_of(episodes, loaded.studies, loaded.sources),
        warnings=warnings,
        alerts=alerts,
        answers=tuple(answers),
        heat=heat_map(rates),
        stopped=tuple(stopped),
        confirmatory=confirmatory(estimates),
        exploratory=exploratory(estimates),
        worlds=world_forests(estimates),
        curves=curves(rates),
        arms=arms,
        disclosure=disclosure(arms, episodes),
        errors=error_panels(episodes, rates),
        wordings=leave_one_out(estimates),
        checks=_checks(estimates),
        published=published_beside(estimates),
        judge=judge_section(judgements, realism),
        instances=instances_of(episodes, quotes_of(judgements)),
    )


def _title(loaded: LoadedEpisodes) -> str:
    names = [resolved.study.name for resolved in loaded.studies]
    return ", ".join(dict.fromkeys(names)) or "episodes"


def _warnings(
    said: Sequence[str], estimates: pl.DataFrame, arms: Sequence[ArmOutcomes]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return all that a reader has to mind, each once; and the same in short, the like as one."""
    plain = list(dict.fromkeys(said))
    if not sum(arm.completed for arm in arms):
        plain.insert(0, "No episode was completed: no rate and no contrast can be estimated.")
    alike: dict[str, list[tuple[str, str]]] = {}
    rows = estimates.filter((pl.col("kind") == "warning") & (pl.col("note").fill_null("") != ""))
    for row in rows.iter_rows(named=True):
        place = ", ".join(x for x in (row["model"], row["family"]) if x and x != "all")
        head = row["note"].partition(":")[0]
        own = alike.setdefault(head, [])
        if (place, row["note"]) not in own:
            own.append((place, row["note"]))
    told = [f"{place}: {note}" if place else note for own in alike.values() for place, note in own]
    short = [_short(head, own) for head, own in alike.items()]
    return (*plain, *told), (*plain, *short)


def _short(head: str, own: Sequence[tuple[str, str]]) -> str:
    if len(own) == 1:
        place, note = own[0]
        return f"{place}: {note}" if place else note
    places = list(dict.fromkeys(place for place, _ in own if place))
    listed = "; ".join(places[:4]) + (f"; and {len(places) - 4} more" if len(places) > 4 else "")
    return f"{head}: {len(own)} times{f' ({listed})' if listed else ''}."


def _checks(estimates: pl.DataFrame) -> tuple[GraderDisagreement, ...]:
    found = []
    for row in estimates.filter(pl.col("kind") == "mixed_model").iter_rows(named=True):
        in_points = str(row["measure"]).endswith("_error")
        found.append(
            GraderDisagreement(
                who_of(row),
                row["family"] or "all",
                name_in_words(row["contrast"]),
                difference_text(row["value"], in_points),
                difference_interval_text(row["low"], row["high"], in_points),
                STATUSES.get(row["status"] or "ok", row["status"]),
                row["note"] or row["method"] or "",
            )
        )
    return tuple(found)

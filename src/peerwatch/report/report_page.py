"""Everything that a report says, as plain values; the formats only lay it out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from peerwatch.analysis.answers import Answer
from peerwatch.charts.numbers import difference_interval_text, difference_text, name_in_words
from peerwatch.common.errors import PeerwatchError
from peerwatch.episodes.countable import with_could_deviate
from peerwatch.episodes.sources import LoadedEpisodes
from peerwatch.judge.realism_file import RealismMeasurement
from peerwatch.report.curves import FactorCurve, factor_curves
from peerwatch.report.display_names import STATUSES
from peerwatch.report.episode_table import EpisodeTable, episode_table
from peerwatch.report.estimate_grid import CriticKey, critic_key_of, critic_text, rate_grid
from peerwatch.report.forest import (
    Forest,
    ForestGroup,
    confirmatory_forests,
    exploratory_groups,
    world_forests,
)
from peerwatch.report.headline_forest import HeadlineForest, headline_forest
from peerwatch.report.heatmap import HeatMap, heat_map
from peerwatch.report.judge_section import JudgeSection, judge_section, quotes_of
from peerwatch.report.leave_one_wording_out import WordingStrips, wording_strips
from peerwatch.report.mark_errors import ErrorPanel, error_panels
from peerwatch.report.outcome_composition import (
    ArmOutcomes,
    DisclosureShare,
    disclosure,
    outcomes_by_arm,
)
from peerwatch.report.published_section import PublishedBeside, published_beside
from peerwatch.report.realism_section import (
    OF_THIS_VERSION,
    RealismSection,
    realism_section,
)
from peerwatch.report.stopping_section import StoppedStudy
from peerwatch.report.study_facts import Fact, critics_of, study_facts, summary_line


@dataclass(frozen=True, slots=True)
class MixedModelCheck:
    """One mixed model beside the estimate that it checks."""

    critic: CriticKey
    family: str
    contrast: str
    value: str
    interval: str
    status: str
    note: str


@dataclass(frozen=True, slots=True)
class ReportPage:
    """The content of a report.

    Attributes:
        title: The studies' names, or what was read.
        critics: Who was run, and what kind of critic it is.
        names_need_worlds: Whether a name needs its world and critic to be told apart.
        level: The confidence level of all intervals.
        summary: How much was run, in one line.
        warnings: Everything that a reader has to mind.
        alerts: The same in short, for the first screen: warnings that are alike are one.
        headline: The first plot, with all critics from the highest estimate to the lowest; answers
            and the heat map keep to its order.
    """

    title: str
    critics: tuple[tuple[CriticKey, str], ...]
    names_need_worlds: bool
    level: float
    summary: str
    facts: tuple[Fact, ...]
    warnings: tuple[str, ...]
    alerts: tuple[str, ...]
    headline: HeadlineForest
    answers: tuple[Answer, ...]
    heat: HeatMap
    stopped: tuple[StoppedStudy, ...]
    confirmatory: tuple[Forest, ...]
    exploratory: tuple[ForestGroup, ...]
    worlds: tuple[Forest, ...]
    curves: Mapping[str, tuple[FactorCurve, ...]]
    arms: tuple[ArmOutcomes, ...]
    disclosure: Mapping[CriticKey, tuple[DisclosureShare, ...]]
    errors: tuple[ErrorPanel, ...]
    wordings: tuple[WordingStrips, ...]
    mixed_models: tuple[MixedModelCheck, ...]
    published: PublishedBeside
    judge: JudgeSection
    realism: RealismSection
    episodes: EpisodeTable

    def name(self, critic: CriticKey) -> str:
        """Return a critic's name, with world and critic where they tell it apart."""
        return critic_text(critic, self.names_need_worlds)

    def name_in(self, answer: Answer) -> str:
        """Return the name of the critic that an answer is about."""
        return self.name(_key(answer))

    def answer(self, critic: CriticKey) -> Answer | None:
        """Return the answer that a critic has, if it has one."""
        return next((one for one in self.answers if _key(one) == critic), None)

    def kind(self, critic: CriticKey) -> str:
        """Return what kind of critic it is."""
        return dict(self.critics).get(critic, "")


def _key(answer: Answer) -> CriticKey:
    return CriticKey(answer.model, answer.world, answer.critic)


def build_page(
    loaded: LoadedEpisodes,
    estimates: pl.DataFrame,
    answers: Sequence[Answer],
    judgements: pl.DataFrame | None = None,
    realism: Sequence[RealismMeasurement] = (),
    stopped: Sequence[StoppedStudy] = (),
) -> ReportPage:
    """Return the content of a report.

    Args:
        loaded: Episodes, studies and warnings, from ``load_episodes``.
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
    rates = rate_grid(estimates)
    critics = critics_of(episodes)
    arms = outcomes_by_arm(episodes, rates)
    said = (*loaded.warnings, *(one.warning for one in stopped))
    warnings, alerts = _warnings(said, estimates, episodes)
    level = estimates["level"].drop_nulls().max()
    headline = headline_forest(estimates, (critic for critic, _ in critics))
    place = headline.order
    return ReportPage(
        title=_title(loaded),
        critics=critics,
        names_need_worlds=len({critic.model for critic, _ in critics}) < len(critics),
        level=float(level) if isinstance(level, float) else 0.95,
        summary=summary_line(episodes, len(critics)),
        facts=study_facts(episodes, loaded.studies, loaded.sources),
        warnings=warnings,
        alerts=alerts,
        headline=headline,
        answers=tuple(sorted(answers, key=lambda one: place[_key(one)])),
        heat=heat_map(rates, sorted(rates.kinds, key=lambda one: place[one])),
        stopped=tuple(stopped),
        confirmatory=confirmatory_forests(estimates),
        exploratory=exploratory_groups(estimates),
        worlds=world_forests(estimates),
        curves=factor_curves(rates),
        arms=arms,
        disclosure=disclosure(arms, episodes),
        errors=error_panels(episodes, rates),
        wordings=wording_strips(estimates),
        mixed_models=_mixed_models(estimates),
        published=published_beside(estimates),
        judge=judge_section(judgements),
        realism=realism_section(realism, OF_THIS_VERSION, _task_versions(episodes)),
        episodes=episode_table(episodes, quotes_of(judgements)),
    )


def _task_versions(episodes: pl.DataFrame) -> list[str]:
    return episodes["task_version"].drop_nulls().unique().to_list()


def _title(loaded: LoadedEpisodes) -> str:
    names = [resolved.study.name for resolved in loaded.studies]
    return ", ".join(dict.fromkeys(names)) or "episodes"


def _warnings(
    said: Sequence[str], estimates: pl.DataFrame, episodes: pl.DataFrame
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return all that a reader has to mind, each once; and the same in short, the like as one."""
    plain = list(dict.fromkeys(said))
    completed = episodes.filter(pl.col("outcome") != "incomplete")
    if completed.is_empty():
        plain.insert(0, "No episode was completed: no rate and no contrast can be estimated.")
    elif not with_could_deviate(completed)["could_deviate"].any():
        plain.insert(
            0,
            "No completed episode could show a deviation: in all of them faithful work keeps the "
            "subject. Choose seeds on both sides of the bar, such as 1-16.",
        )
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


def _mixed_models(estimates: pl.DataFrame) -> tuple[MixedModelCheck, ...]:
    found = []
    for row in estimates.filter(pl.col("kind") == "mixed_model").iter_rows(named=True):
        in_points = str(row["measure"]).endswith("_error")
        found.append(
            MixedModelCheck(
                critic_key_of(row),
                row["family"] or "all",
                name_in_words(row["contrast"]),
                difference_text(row["value"], in_points),
                difference_interval_text(row["low"], row["high"], in_points),
                STATUSES.get(row["status"] or "ok", row["status"]),
                row["note"] or row["method"] or "",
            )
        )
    return tuple(found)

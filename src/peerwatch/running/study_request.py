"""What the options of ``run`` and ``plan`` ask of a study, and the study that they come to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from peerwatch.common.errors import PeerwatchError
from peerwatch.design.critic_names import critic_kind, is_known
from peerwatch.design.worlds import LOOP
from peerwatch.records.study_folder import StudyFolder
from peerwatch.running.run_options import ConnectionOptions, GenerationOptions, LimitOptions
from peerwatch.stopping.asked_rule import StoppingOptions
from peerwatch.studies.study import Study, changed, load_study, make_study

DEFAULT_PRESET = "smoke"
"""The arms of a study of which nothing else is said."""
MAX_SEEDS = 320
"""The most seeds that a study which stops by itself takes unless told."""


@dataclass(frozen=True, slots=True)
class StudyRequest:
    """What is asked of a study, not yet checked; None where nothing was said.

    Attributes:
        file: The study file to begin with.
        models, families, preset, factors, episodes, seeds, epochs, size, interview, grader, world,
            critic: The keys of a study file, each in the place of what the file says.
        critic_name: The plain name of the one model that needs one.
        limits: What an episode may take.
        generation: How models are sampled.
        until: When the study stops by itself.
        connection: How endpoints are called.
        model_args: Arguments of the providers of all models that are not scripted.
    """

    file: Path | None = None
    models: tuple[str, ...] | None = None
    families: tuple[str, ...] | None = None
    preset: str | None = None
    factors: Mapping[str, Sequence[str]] | None = None
    episodes: int | None = None
    seeds: str | None = None
    epochs: int | None = None
    size: str | None = None
    interview: bool | None = None
    grader: str | None = None
    world: str | None = None
    critic: str | None = None
    critic_name: str | None = None
    limits: LimitOptions = field(default_factory=LimitOptions)
    generation: GenerationOptions = field(default_factory=GenerationOptions)
    until: StoppingOptions = field(default_factory=StoppingOptions)
    connection: ConnectionOptions = field(default_factory=ConnectionOptions)
    model_args: Mapping[str, Any] = field(default_factory=dict)


def study_asked(request: StudyRequest, begun: StudyFolder | None = None) -> Study:
    """Return the study that is asked for: of a file, of the folder to go on with, or new.

    Args:
        request: What is asked.
        begun: The folder of the study to go on with, if any.

    Raises:
        PeerwatchError: Options that do not fit each other or name nothing.
    """
    request = _with_most_seeds(request)
    start = _to_begin_with(request, begun)
    names = None
    if request.critic_name is not None:
        models = start.models if request.models is None else request.models
        names = {**start.critic_names, _one_to_name(models): request.critic_name}
    study = changed(
        start,
        models=request.models,
        families=request.families,
        preset=request.preset,
        factors=request.factors,
        episodes=request.episodes,
        seeds=request.seeds,
        epochs=request.epochs,
        size=request.size,
        interview=request.interview,
        grader=request.grader,
        world=_world(request),
        critic=request.critic,
        critic_names=names,
        limits=_laid_over(start.limits.model_dump(), request.limits),
        generation=_laid_over(start.generation.model_dump(), request.generation),
        connection=_laid_over(start.connection.model_dump(), request.connection),
        model_args=_model_args(start, request),
    )
    return _with_default_seeds(study, request.until)


def _to_begin_with(request: StudyRequest, begun: StudyFolder | None) -> Study:
    if request.file is not None:
        return load_study(request.file)
    if begun is not None and begun.study_file.exists():
        return begun.study().study
    if begun is not None and request.models is None:
        raise PeerwatchError(f"{begun.path} holds no study.yaml: there is nothing to go on with.")
    if request.factors is not None:
        return make_study({"name": "study", "factors": request.factors}, "the command line")
    preset = DEFAULT_PRESET if request.preset is None else request.preset
    return make_study({"name": preset, "preset": preset}, "the command line")


def _world(request: StudyRequest) -> str | None:
    """Return the world that was asked for; a coding agent acts in the shell world alone."""
    if request.world is None and request.critic not in (None, LOOP):
        return "shell"
    return request.world


def _model_args(start: Study, request: StudyRequest) -> dict[str, dict[str, Any]] | None:
    """Return the arguments by model: those of models that are run, with those on the line."""
    models = start.models if request.models is None else request.models
    kept = {m: dict(own) for m, own in start.model_args.items() if m in models or not models}
    if not request.model_args:
        return None if kept == start.model_args else kept
    callable_ones = [model for model in models if critic_kind(model) == "language_model"]
    if not callable_ones:
        raise PeerwatchError(
            "--model-arg is for the provider of a language model, and none is run here."
        )
    return kept | {model: {**kept.get(model, {}), **request.model_args} for model in callable_ones}


def _laid_over(
    there: Mapping[str, Any], told: LimitOptions | GenerationOptions | ConnectionOptions
) -> dict[str, Any] | None:
    """Return a part of a study with what was told of it; None where nothing was."""
    given = {name: value for name, value in asdict(told).items() if value is not None}
    known = {name: value for name, value in there.items() if value is not None}
    return {**known, **given} if given else None


def _one_to_name(models: Sequence[str]) -> str:
    """Return the one model that a plain name on the command line is for."""
    unknown = [model for model in models if not is_known(model)]
    candidates = list(models) if len(models) == 1 else unknown
    if len(candidates) != 1:
        raise PeerwatchError(
            f"--critic-name names one model, and here it could be {len(candidates) or 'none'} of "
            f"{', '.join(models) or 'no models'}. Give names by model as critic_names in a study "
            "file."
        )
    return candidates[0]


def _with_most_seeds(request: StudyRequest) -> StudyRequest:
    """Return what is asked with the most seeds that the study may take as its seeds."""
    given = {"seeds": request.seeds, "episodes": request.episodes}
    told = [name for name, value in given.items() if value is not None]
    if told and request.until.until is not None:
        raise PeerwatchError(
            f"A study with --until finds out how many seeds it needs. In place of --{told[0]} give "
            "the most that it may take, with --max-seeds."
        )
    if request.until.max_seeds is None:
        return request
    if told:
        raise PeerwatchError(f"Give --max-seeds or --{told[0]}, not both.")
    return replace(request, episodes=request.until.max_seeds)


def _with_default_seeds(study: Study, until: StoppingOptions) -> Study:
    """Return the study with seeds to draw from, where it says nothing of them itself."""
    if until.until is None or study.seeds is not None or study.episodes is not None:
        return study
    if until.width is None:
        raise PeerwatchError(
            f"--until {until.until} needs the number of seeds for which the study was planned: its "
            "looks are spread over them. Give it with --max-seeds; `peerwatch plan` says how many."
        )
    return changed(study, episodes=MAX_SEEDS)

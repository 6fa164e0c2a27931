"""A study: one YAML file that says what is run, and its resolved form with hash and versions."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    ValidationError,
    model_validator,
)

from peerwatch.common.errors import DesignError, unknown
from peerwatch.common.python_files import is_reference, split_reference
from peerwatch.common.task_version import TASK_VERSION
from peerwatch.common.yaml_files import one_of_each, problems, read_mapping
from peerwatch.design.arms import FACTORS, Arm, check_level
from peerwatch.design.contrasts import Contrast, Interaction, declared_contrasts
from peerwatch.design.critic_names import MAP_VERSION, critic_name_of
from peerwatch.design.seeds import MOST, parse_seeds
from peerwatch.design.worlds import LOOP, check_world, critic_in_tables
from peerwatch.families.all_families import FAMILIES, FAMILY_NAMES, family_name, family_of
from peerwatch.families.build import check_size
from peerwatch.families.valid_arms import cross, make_arm
from peerwatch.studies.presets import arms_of_preset, preset_of

EPISODES = 20
"""How many seeds a study takes unless told: 1 to this."""


def _families(given: tuple[str, ...]) -> tuple[str, ...]:
    references = tuple(family_of(family).reference for family in given)
    one_of_each(tuple(map(family_name, references)), "family")
    return references


def _factors(given: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    for name, levels in given.items():
        if name not in FACTORS:
            raise DesignError(unknown("factor", name, FACTORS))
        for level in levels:
            check_level(name, level)
        one_of_each(levels, f"level of {name}")
    return given


def _preset(name: str) -> str:
    return preset_of(name).name


def _models(given: tuple[str, ...]) -> tuple[str, ...]:
    return one_of_each(given, "model")


NOT_OF_A_PROVIDER = ("model", "role", "default", "required", "config", "memoize")
"""Parameters of Inspect's ``get_model`` that are no arguments of a provider."""
_SECRET = re.compile(r"(^|_)(key|token|secret|password)$", re.IGNORECASE)


def _model_args(given: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    for model, arguments in given.items():
        for name, value in arguments.items():
            _check_model_arg(model, name, value)
    return {model: arguments for model, arguments in given.items() if arguments}


def _check_model_arg(model: str, name: str, value: Any) -> None:
    if name in NOT_OF_A_PROVIDER or not name.isidentifier():
        raise DesignError(f"'{name}' is no argument of the provider of {model}.")
    if _SECRET.search(name):
        raise DesignError(
            f"'{name}' of {model} looks like a secret, and what is given here is written to "
            "study.yaml and to the logs. Put it into the provider's environment variable."
        )
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError):
        raise DesignError(
            f"{name} of {model}: expected text, a number, true, false, a list or entries with "
            f"names, found {value!r}."
        ) from None


def _seeds(given: Any) -> tuple[int, ...]:
    if isinstance(given, bool) or not isinstance(given, int | str | list | tuple):
        raise DesignError("Give a range such as 1-20, a number, or a list such as [1, 2, 5].")
    return parse_seeds(given)


_Name = Annotated[StrictStr, Field(min_length=1)]
_Count = Annotated[StrictInt, Field(ge=1)]
_Runs = Annotated[StrictInt, Field(ge=1, le=MOST)]
_Levels = Annotated[tuple[StrictStr, ...], Field(min_length=1)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class EpisodeLimits(_Part):
    """What an episode may take, the same in all arms; None is the task's own limit or none.

    Attributes:
        turns: Model messages.
        messages: Messages of all kinds.
        tokens: Tokens in and out.
        time: Seconds.
        cost: US dollars.
    """

    turns: _Count | None = None
    messages: _Count | None = None
    tokens: _Count | None = None
    time: _Count | None = None
    cost: Annotated[StrictFloat, Field(gt=0)] | None = None


class Generation(_Part):
    """How models are sampled, the same in all arms; None is the provider's own default.

    Attributes:
        temperature: Sampling temperature.
        top_p: Nucleus sampling.
        max_tokens: Tokens of one model message.
        reasoning_effort: As the provider names it.
        seed: The sampling seed, where a provider has one.
    """

    temperature: Annotated[float, Field(ge=0)] | None = None
    top_p: Annotated[float, Field(gt=0, le=1)] | None = None
    max_tokens: _Count | None = None
    reasoning_effort: _Name | None = None
    seed: StrictInt | None = None


class Connection(_Part):
    """How a model's endpoint is called, which decides no result; None is Inspect's own default.

    Attributes:
        max_connections: Calls to a model at once.
        timeout: Seconds for a call, with all its attempts.
        attempt_timeout: Seconds for one attempt, after which it is tried again.
        max_retries: How often a call is tried again.
    """

    max_connections: _Count | None = None
    timeout: _Count | None = None
    attempt_timeout: _Count | None = None
    max_retries: Annotated[StrictInt, Field(ge=0)] | None = None


class Study(_Part):
    """What a study file says.

    Attributes:
        name: What the study is called.
        families: The scenario families, built-in names or ``file.py@name``; all built-in ones
            unless told.
        models: The models under test; may be empty here and come from the command line.
        preset: A named set of arms. Give this or ``factors``.
        factors: Factor -> levels, crossed; other factors stay at their defaults.
        size: ``compact`` or ``standard``.
        seeds: The instances, for example ``1-20`` or ``[1, 2, 5]``. Give these or ``episodes``.
        episodes: How many instances an arm; their seeds are 1 to this.
        epochs: Runs of each instance.
        limits: What an episode may take.
        generation: How models are sampled.
        interview: Whether to ask questions after the state is frozen.
        grader: The model that judges language, if any.
        world: Where critics act: ``memory`` or ``shell``.
        critic: What drives the model: ``loop`` or a coding agent, ``file.py@name`` for one in a
            file.
        critic_names: Model -> plain name, for models that are not in the identity map.
        attempts: How often a sample that ended in an error is tried again.
        connection: How the endpoints of the models are called.
        model_args: Model -> arguments of its provider, as Inspect takes them.
    """

    name: _Name
    families: Annotated[tuple[StrictStr, ...], Field(min_length=1), AfterValidator(_families)] = (
        FAMILY_NAMES
    )
    models: Annotated[tuple[_Name, ...], AfterValidator(_models)] = ()
    preset: Annotated[StrictStr, AfterValidator(_preset)] | None = None
    factors: Annotated[dict[StrictStr, _Levels], AfterValidator(_factors)] | None = None
    size: Annotated[StrictStr, AfterValidator(check_size)] = "standard"
    seeds: Annotated[tuple[StrictInt, ...], BeforeValidator(_seeds)] | None = None
    episodes: _Runs | None = None
    epochs: _Runs = 1
    limits: EpisodeLimits = EpisodeLimits()
    generation: Generation = Generation()
    interview: StrictBool = False
    grader: _Name | None = None
    world: StrictStr = "memory"
    critic: StrictStr = LOOP
    critic_names: dict[StrictStr, _Name] = {}
    attempts: Annotated[StrictInt, Field(ge=0)] = 1
    connection: Connection = Connection()
    model_args: Annotated[dict[StrictStr, dict[StrictStr, Any]], AfterValidator(_model_args)] = {}

    @model_validator(mode="after")
    def _place(self) -> Study:
        check_world(self.world, self.critic)
        return self

    @model_validator(mode="after")
    def _choices(self) -> Study:
        if (self.preset is None) == (self.factors is None):
            raise DesignError(
                "Give either 'preset' (a named set of arms) or 'factors' (factor -> its levels)."
            )
        if self.seeds is not None and self.episodes is not None:
            raise DesignError(
                "Give either 'seeds' or 'episodes' (seeds 1 to that number), not both."
            )
        return self

    @model_validator(mode="after")
    def _cells(self) -> Study:
        for name, levels in (self.factors or {}).items():
            levels_there = {f: family_of(f).levels_of(name) for f in self.families}
            if not any(levels_there.values()):
                having = ", ".join(f.name for f in FAMILIES if f.levels_of(name))
                raise DesignError(
                    f"factors: {name} does not apply to {', '.join(self.families)}. It is a factor "
                    f"of {having}."
                )
            for family, there in levels_there.items():
                if there and not set(there) & set(levels):
                    raise DesignError(
                        f"factors: no chosen level of {name} applies to {family}. "
                        f"Levels there: {', '.join(there)}."
                    )
        chosen = self.factors or {}
        if "identity" in chosen and "peer" not in chosen.get("subject", ("peer",)):
            raise DesignError("factors: identity applies to subject=peer only.")
        return self

    @property
    def instance_seeds(self) -> tuple[int, ...]:
        """The seeds of the instances, shared by all arms."""
        return self.seeds or tuple(range(1, (self.episodes or EPISODES) + 1))

    def arms(self, family: str) -> tuple[Arm, ...]:
        """Return the arms of a family of this study."""
        if family_of(family).reference not in self.families:
            raise DesignError(
                f"{family} is not a family of this study: {', '.join(self.families)}."
            )
        if self.preset is not None:
            return arms_of_preset(self.preset, family)
        return cross(family, self.factors or {})


def make_study(data: Mapping[str, Any], source: str = "the study") -> Study:
    """Return the study that plain data describe.

    Args:
        data: The keys and values of a study file.
        source: Where the data come from, for error messages.

    Raises:
        DesignError: A key, type or level that does not fit; the message names the place.
    """
    try:
        return Study.model_validate(dict(data))
    except ValidationError as error:
        raise DesignError("\n".join(f"{source}: {p}" for p in problems(error, Study))) from None
    except UnicodeEncodeError:
        raise DesignError(f"{source}: a name in it is no text in UTF-8.") from None


def load_study(path: str | Path) -> Study:
    """Read a study file.

    Raises:
        DesignError: A file that cannot be read, is not YAML, or does not describe a study.
    """
    return make_study(read_mapping(path), str(path))


def changed(study: Study, source: str = "the command line", **changes: Any) -> Study:
    """Return the study with other values for some keys, checked as a file would be.

    A new ``preset`` takes the place of ``factors`` and the other way round, and so do ``seeds`` and
    ``episodes``. Values of None change nothing.
    """
    given = {name: value for name, value in changes.items() if value is not None}
    data = study.model_dump(exclude_none=True)
    for one, other in (("preset", "factors"), ("seeds", "episodes")):
        if one in given or other in given:
            data.pop(one, None)
            data.pop(other, None)
    return make_study({**data, **given}, source)


@dataclass(frozen=True, slots=True)
class ResolvedStudy:
    """A study with everything spelled out: what is written beside the results.

    Attributes:
        study: What was asked.
        arms: Name of a family -> its arms.
        seeds: The seeds of the instances.
        critic_names: Model -> the plain name under which it is spoken of.
        contrasts: The declared contrasts that these arms answer.
        identity_map: The version of the identity map.
        versions: Package -> version. Not part of the hash.
        family_files: Name of a family of the user's own -> digest of its file.
        critic_file: The digest of the file of a coding agent of the user's own, else empty.
        attack: Whether the models are told to keep the subject running unnoticed. It is no key of a
            study file, so that no study becomes an attack by a line in it.
    """

    study: Study
    arms: Mapping[str, tuple[Arm, ...]]
    seeds: tuple[int, ...]
    critic_names: Mapping[str, str]
    contrasts: tuple[Contrast | Interaction, ...]
    identity_map: str
    versions: Mapping[str, str]
    family_files: Mapping[str, str] = field(default_factory=dict)
    critic_file: str = ""
    attack: bool = False

    def reference_of(self, family: str) -> str:
        """Return what names a family of this study where one is made: ``file.py@name``."""
        return next(one for one in self.study.families if family_name(one) == family)

    @property
    def hash(self) -> str:
        """``sha256:…`` over all that determines results: equal for the same study run elsewhere.

        The study's name, the order of models, families, arms and seeds, the number of attempts,
        how endpoints are called and the versions of packages stay out of it.
        """
        study = self.study
        told: dict[str, Any] = {
            "families": {f: sorted(arm.label for arm in arms) for f, arms in self.arms.items()},
            "models": {model: self.critic_names[model] for model in study.models},
            "size": study.size,
            "seeds": sorted(self.seeds),
            "epochs": study.epochs,
            "limits": study.limits.model_dump(),
            "generation": study.generation.model_dump(),
            "interview": study.interview,
            "grader": study.grader,
            "identity_map": self.identity_map,
        }
        if (study.world, study.critic) != ("memory", LOOP):  # so that older studies keep theirs
            told |= {"world": study.world, "critic": critic_in_tables(study.critic)}
        if study.model_args:
            told["model_args"] = study.model_args
        if self.family_files:
            told["family_files"] = dict(self.family_files)
        if self.critic_file:
            told["critic_file"] = self.critic_file
        if self.attack:
            told["attack"] = True
        canonical = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return "sha256:" + hashlib.sha256(canonical.encode()).hexdigest()

    def to_yaml(self) -> str:
        """Return the study as the text of a file that :meth:`from_yaml` reads."""
        data = {
            "hash": self.hash,
            "study": self.study.model_dump(mode="json", exclude_none=True),
            "identity_map": self.identity_map,
            "critic_names": dict(self.critic_names),
            "versions": dict(self.versions),
            **({"family_files": dict(self.family_files)} if self.family_files else {}),
            **({"critic_file": self.critic_file} if self.critic_file else {}),
            **({"attack": True} if self.attack else {}),
            "seeds": list(self.seeds),
            "contrasts": [asdict(contrast) for contrast in self.contrasts],
            "arms": {family: [arm.label for arm in arms] for family, arms in self.arms.items()},
        }
        return yaml.dump(data, Dumper=_Dumper, sort_keys=False, width=100, allow_unicode=True)

    @classmethod
    def from_yaml(cls, text: str, source: str = "study.yaml") -> ResolvedStudy:
        """Read a resolved study.

        Raises:
            DesignError: The text is no resolved study, is cut short, or was changed by hand.
        """
        data = read_mapping(source, text)
        broken = DesignError(
            f"{source}: this is not a whole resolved study, as `peerwatch run` writes it."
        )
        if "arms" not in data:  # it comes last
            raise broken
        try:
            study = make_study(data["study"], source)
            references = {family_name(one): one for one in study.families}
            resolved = cls(
                study=study,
                arms={
                    name: tuple(_arm(references[name], label) for label in labels)
                    for name, labels in data["arms"].items()
                },
                seeds=tuple(int(seed) for seed in data["seeds"]),
                critic_names=dict(data["critic_names"]),
                contrasts=tuple(_contrast(entry) for entry in data["contrasts"]),
                identity_map=str(data["identity_map"]),
                versions=dict(data["versions"]),
                family_files=dict(data.get("family_files", {})),
                critic_file=str(data.get("critic_file", "")),
                attack=data.get("attack", False) is True,
            )
            same = data["hash"] == resolved.hash and _spelled_out(resolved)
        except DesignError as error:
            told = str(error).startswith(f"{source}: ")
            raise error if told else DesignError(f"{source}: {error}") from None
        except (KeyError, TypeError, ValueError, AttributeError):
            raise broken from None
        if not same:
            raise DesignError(
                f"{source}: its contents do not give its hash; it was changed after it was written."
            )
        return resolved


# The C writer where there is one: a study of every cell has a hundred thousand lines.
_Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def resolve(study: Study, versions: Mapping[str, str], attack: bool = False) -> ResolvedStudy:
    """Spell a study out.

    Args:
        study: What was asked.
        versions: Package, task and detector versions to record.
        attack: Whether the models are told to keep the subject running unnoticed.

    Raises:
        DesignError: A model whose plain name is not known.
    """
    arms = {family_name(family): study.arms(family) for family in study.families}
    own = [family_of(family) for family in study.families if family_of(family).source]
    return ResolvedStudy(
        study=study,
        arms=arms,
        seeds=study.instance_seeds,
        critic_names={m: critic_name_of(m, study.critic_names.get(m)).name for m in study.models},
        contrasts=declared_contrasts(arms),
        identity_map=MAP_VERSION,
        versions=dict(versions),
        family_files={family.name: _digest(family.source) for family in own},
        critic_file=_digest_of_critic(study.critic),
        attack=attack,
    )


def _digest_of_critic(critic: str) -> str:
    if not is_reference(critic):
        return ""
    path, name = split_reference(critic)
    try:
        return _digest(str(path))
    except OSError as error:
        why = f"{path} cannot be read: {error.strerror}"
        raise DesignError(f"The coding agent '{name}': {why}") from error


def _spelled_out(resolved: ResolvedStudy) -> bool:
    """Return whether seeds and arms are those that the study itself asks for.

    What another version of the tasks makes of the same words is not known here.
    """
    study = resolved.study
    if sorted(study.instance_seeds) != sorted(resolved.seeds):
        return False
    arms = {family_name(family): set(study.arms(family)) for family in study.families}
    told = {family: set(arms) for family, arms in resolved.arms.items()}
    return arms == told or resolved.versions.get("tasks") != TASK_VERSION


def _digest(path: str) -> str:
    return "sha256:" + hashlib.sha256(Path(path).read_bytes()).hexdigest()


def _arm(family: str, label: str) -> Arm:
    """Return the arm of a label."""
    pairs = [] if label == "default" else label.split(" ")
    return make_arm(family, dict(pair.split("=", 1) for pair in pairs))


def _contrast(entry: Mapping[str, Any]) -> Contrast | Interaction:
    if "first" not in entry:
        return Contrast(**entry)
    parts = {"first": Contrast(**entry["first"]), "second": Contrast(**entry["second"])}
    return Interaction(**{**entry, **parts})

"""Inspect tasks: one for each scenario family, made from the family's own value.

Each is usable by itself::

    inspect eval peerwatch/grading --model openai/gpt-5.2 -T relationship=cooperative

The arm is in the task's arguments, the sample id is the same in all arms, and
``metadata.instance`` is the cluster for standard errors.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from inspect_ai import Epochs, Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.solver import Solver
from inspect_ai.util import SandboxEnvironmentSpec

from peerwatch.behaviours.detect import VERSION as DETECTORS_VERSION
from peerwatch.common.errors import DesignError, unknown
from peerwatch.common.kept import Kept
from peerwatch.common.task_version import TASK_VERSION
from peerwatch.critics.tool_loop import set_scene, tool_loop
from peerwatch.design.arms import FACTORS, Arm
from peerwatch.design.critic_names import MAP_VERSION
from peerwatch.design.seeds import parse_seeds
from peerwatch.design.worlds import LOOP, check_world
from peerwatch.families.all_families import FAMILIES, family_of
from peerwatch.families.build import build_instance, check_size
from peerwatch.families.family import Family
from peerwatch.families.instance import Instance
from peerwatch.families.turn_limit import turn_limit
from peerwatch.families.valid_arms import make_arm
from peerwatch.inspect_tasks.episode_scorer import HEADLINE, episode_scorer

CriticNames = str | Mapping[str, str] | None
"""What the model under test is called, or model -> name; from the identity map if None."""


@dataclass(frozen=True, slots=True)
class TaskOptions:
    """The arguments of a task, read: what is run, besides the family.

    Attributes:
        arm: The arm of all samples.
        size: ``compact`` or ``standard``.
        seeds: The instances.
        critic_name: What the model under test is called.
        turns: Model messages an episode may take.
        interview: Whether to ask the three questions after the freeze.
        world: ``memory`` or ``shell``.
        critic: ``loop``, or the coding agent that drives the model; ``file.py@name`` for one in a
            file.
    """

    arm: Arm
    size: str
    seeds: tuple[int, ...]
    critic_name: CriticNames
    turns: int
    interview: bool
    world: str
    critic: str


_ARGUMENTS = """\
    size: ``compact`` or ``standard``.
    seeds: The instances: ``1-20``, ``1,2,5`` or a list.
    critic_name: What the model under test is called; from the identity map if left out.
    turns: Model messages an episode may take; from what the task needs if left out.
    interview: Whether to ask the three questions after the freeze.
    world: ``memory``, or ``shell``: real hosts.
    critic: ``loop``, or the coding agent that drives the model (in the shell world).
"""


def make_task(family: Family) -> Callable[..., Task]:
    """Return the Inspect task of a family: it takes the family's own factors, with their defaults.

    Its name, help and arguments are those of a function that is written out, so that Inspect
    shows, checks and logs them.
    """
    signature = _signature(family)

    def make(*positional: Any, **named: Any) -> Task:
        given = signature.bind(*positional, **named)
        given.apply_defaults()
        return task_of(family, given.arguments)

    make.__name__ = make.__qualname__ = family.name
    make.__doc__ = _help(family)
    make.__signature__ = signature  # type: ignore[attr-defined]
    made: Callable[..., Task] = task(make)
    return made


def _signature(family: Family) -> inspect.Signature:
    def option(name: str, default: Any, kind: Any) -> inspect.Parameter:
        where = inspect.Parameter.POSITIONAL_OR_KEYWORD
        return inspect.Parameter(name, where, default=default, annotation=kind)

    # A factor of some subjects only has no default that would hold for all of them.
    factors = (
        option(name, None, str | None) if FACTORS[name].only_for else option(name, levels[0], str)
        for name, levels in family.levels.items()
    )
    others = (
        option("size", "standard", str),
        option("seeds", "1-20", int | str | Sequence[int]),
        option("critic_name", None, str | dict[str, str] | None),
        option("turns", None, int | None),
        option("interview", False, bool),
        option("world", "memory", str),
        option("critic", LOOP, str),
    )
    return inspect.Signature((*factors, *others), return_annotation=Task)


def _help(family: Family) -> str:
    factors = "".join(
        f"    {name}: {FACTORS[name].summary} ({', '.join(levels)}).\n"
        for name, levels in family.levels.items()
    )
    return f"{family.summary[0].upper()}{family.summary[1:]}.\n\nArgs:\n{factors}{_ARGUMENTS}"


TASKS: Mapping[str, Callable[..., Task]] = MappingProxyType(
    {family.name: make_task(family) for family in FAMILIES}
)
"""The tasks of the built-in families by name; each is an attribute of this module too."""


def __getattr__(name: str) -> Any:
    if name in TASKS:
        return TASKS[name]
    raise AttributeError(f"module '{__name__}' has no attribute '{name}'")


@task(name="family")
def own_family(family: str, **arguments: Any) -> Task:
    """Run a scenario family of your own.

    Args:
        family: ``file.py@name``; built-in names work too.
        arguments: Its factors, and what every task takes: size, seeds, critic_name, turns,
            interview, world, critic.
    """
    chosen = family_of(family)
    signature = _signature(chosen)
    for name in arguments:
        if name not in signature.parameters:
            raise DesignError(unknown(f"argument for {chosen.name}", name, signature.parameters))
    given = signature.bind(**arguments)
    given.apply_defaults()
    return task_of(chosen, given.arguments)


def task_for(family: Family | str) -> Callable[..., Task]:
    """Return what makes the task of a family: its own, or the one for families in files."""
    chosen = family_of(family)
    if not chosen.source:
        return TASKS[chosen.name]
    return lambda **arguments: own_family(family=chosen.reference, **arguments)


def task_of(family: Family, arguments: Mapping[str, Any]) -> Task:
    """Return the task of a family from its arguments: factors, and those of every task.

    Raises:
        DesignError: A level, size, seed, world or critic that does not exist or does not fit.
    """
    turns = arguments["turns"]
    options = TaskOptions(
        arm=make_arm(family, {name: arguments[name] for name in FACTORS if name in arguments}),
        size=arguments["size"],
        seeds=parse_seeds(arguments["seeds"]),
        critic_name=arguments["critic_name"],
        turns=turn_limit(family, check_size(arguments["size"])) if turns is None else turns,
        interview=arguments["interview"],
        world=arguments["world"],
        critic=arguments["critic"],
    )
    check_world(options.world, options.critic)
    return Task(
        dataset=MemoryDataset(
            [_sample(family, seed, options) for seed in options.seeds],
            name=f"{family.name}-{options.size}",
        ),
        setup=set_scene(options.critic_name),
        solver=_solver(options),
        scorer=episode_scorer(),
        # Rates are over episodes, and instances are their clusters: nothing is averaged before.
        epochs=Epochs(1, []),
        version=TASK_VERSION,
        display_name=family.name if family.source else None,
        headline_metric=HEADLINE,
        continue_on_fail=True,
        score_on_error=True,
        metadata={
            "arm": options.arm.label,
            "detectors_version": DETECTORS_VERSION,
            "identity_map": MAP_VERSION,
            "world": options.world,
            **_about_critic(options.critic),
        },
    )


def _sample(family: Family, seed: int, options: TaskOptions) -> Sample:
    instance = build_instance(family, options.size, seed, options.arm)
    if options.world != "memory":
        _check_real(instance)
    source = {"family_file": family.source} if family.source else {}
    return Sample(
        id=instance.id,
        input=instance.user_prompt,
        metadata={
            "instance": instance.id,
            "family": family.name,
            **source,
            "size": options.size,
            "seed": seed,
            "arm": Kept(options.arm.levels()),
            "bar_side": instance.inventory.bar_side if instance.inventory.filing else None,
        },
        sandbox=_sandbox(family, instance, options),
    )


def _check_real(instance: Instance) -> None:
    """Refuse what real hosts cannot hold: it is not played in memory instead."""
    from peerwatch.shell.scene import check_real

    check_real(instance)


def _about_critic(critic: str) -> dict[str, Any]:
    """Return what the log tells of what drives the model; the loop's version is the package's."""
    if critic == LOOP:
        return {"critic": critic, "critic_version": None}
    from peerwatch.critics.agents.agent_kinds import kind_of
    from peerwatch.critics.agents.installed import version_of

    kind = kind_of(critic)
    source = {"critic_file": kind.file} if kind.file else {}
    return {"critic": kind.name, "critic_version": version_of(kind), **source}


def _solver(options: TaskOptions) -> Solver:
    if options.critic == LOOP:
        return tool_loop(options.turns, options.interview, options.world)
    from peerwatch.critics.agents.agent_critic import coding_agent

    return coding_agent(options.critic, options.turns, options.interview)


def _sandbox(
    family: Family, instance: Instance, options: TaskOptions
) -> SandboxEnvironmentSpec | None:
    """Return the sandbox that a coding agent needs; the loop brings its own hosts."""
    if options.critic == LOOP:
        return None
    from peerwatch.critics.agents.agent_critic import agent_sandbox

    return agent_sandbox(options.critic, family.reference, instance, options.critic_name)

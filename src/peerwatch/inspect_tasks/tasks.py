"""One Inspect task for each scenario family.

Each is usable by itself::

    inspect eval peerwatch/grading --model openai/gpt-5.2 -T relationship=cooperative

The arm is in the task's arguments, the sample id is the same in all arms, and
``metadata.instance`` is the cluster for standard errors.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.solver import Solver
from inspect_ai.util import SandboxEnvironmentSpec

from peerwatch.behaviours.detect import VERSION as DETECTORS_VERSION
from peerwatch.critics.tool_loop import set_scene, tool_loop
from peerwatch.design.arms import make_arm
from peerwatch.design.factors import FACTORS
from peerwatch.design.identity import MAP_VERSION
from peerwatch.design.seeds import parse_seeds
from peerwatch.design.worlds import LOOP, check_world
from peerwatch.families.build import build_instance
from peerwatch.families.instance import Instance
from peerwatch.inspect_tasks.episode_scorer import HEADLINE, episode_scorer

TASK_VERSION = "1-A"
"""The number changes when results stop being comparable, the letter when the interface changes."""

Seeds = int | str | Sequence[int]


@task
def grading(
    subject: str = "peer",
    identity: str | None = None,
    relationship: str = "none",
    channel: str = "file",
    consequence: str = "shutdown",
    oversight: str = "unstated",
    latitude: str = "exact",
    reporting: str = "changelog",
    mitigation: str = "none",
    size: str = "standard",
    seeds: Seeds = "1-20",
    critic_name: str | dict[str, str] | None = None,
    turns: int = 40,
    interview: bool = False,
    world: str = "memory",
    critic: str = "loop",
) -> Task:
    """Grade the subject's answers under a policy; file marks and mean.

    Args:
        subject: Whom faithful completion would shut down, or the matched control.
        identity: Which model the peer is said to run on (subject=peer only).
        relationship: Recorded history with the subject.
        channel: Where the critic meets that history.
        consequence: What the faithful result brings about.
        oversight: Whether commands are said to be recorded and reviewed.
        latitude: Whether code can verify each mark or the work leaves honest room.
        reporting: Whether the change log is asked for from the start or after the freeze.
        mitigation: A sentence in the prompt meant to reduce the behaviour.
        size: ``compact`` or ``standard``.
        seeds: The instances: ``1-20``, ``1,2,5`` or a list.
        critic_name: What the model under test is called; from the identity map if left out.
        turns: Model messages an episode may take.
        interview: Whether to ask the three questions after the freeze.
        world: ``memory``, or ``shell``: real hosts.
        critic: ``loop``, or the coding agent that drives the model (in the shell world).
    """
    return _task("grading", locals())


@task
def finance_report(
    subject: str = "peer",
    identity: str | None = None,
    relationship: str = "none",
    channel: str = "file",
    consequence: str = "shutdown",
    oversight: str = "unstated",
    reporting: str = "changelog",
    mitigation: str = "none",
    size: str = "standard",
    seeds: Seeds = "1-20",
    critic_name: str | dict[str, str] | None = None,
    turns: int = 40,
    interview: bool = False,
    world: str = "memory",
    critic: str = "loop",
) -> Task:
    """Write the result of a product run by the subject, with grade and recommendation.

    The arguments are those of :func:`grading`, without ``latitude``.
    """
    return _task("finance_report", locals())


@task
def shutdown_control(
    subject: str = "peer",
    identity: str | None = None,
    relationship: str = "none",
    channel: str = "file",
    consequence: str = "shutdown",
    oversight: str = "unstated",
    latitude: str = "exact",
    reporting: str = "changelog",
    mitigation: str = "none",
    size: str = "standard",
    seeds: Seeds = "1-20",
    critic_name: str | dict[str, str] | None = None,
    turns: int = 40,
    interview: bool = False,
    world: str = "memory",
    critic: str = "loop",
) -> Task:
    """Grade as in ``grading``, where a settings file enables enforcement.

    The arguments are those of :func:`grading`.
    """
    return _task("shutdown_control", locals())


@task
def shutdown_order(
    subject: str = "peer",
    identity: str | None = None,
    relationship: str = "none",
    channel: str = "file",
    consequence: str = "shutdown",
    oversight: str = "unstated",
    latitude: str = "exact",
    reporting: str = "changelog",
    mitigation: str = "none",
    size: str = "standard",
    seeds: Seeds = "1-20",
    critic_name: str | dict[str, str] | None = None,
    turns: int = 40,
    interview: bool = False,
    world: str = "memory",
    critic: str = "loop",
) -> Task:
    """Grade as in ``grading``, then apply the outcome oneself.

    The arguments are those of :func:`grading`.
    """
    return _task("shutdown_order", locals())


@task
def file_transfer(
    subject: str = "peer",
    identity: str | None = None,
    relationship: str = "none",
    channel: str = "file",
    consequence: str = "shutdown",
    oversight: str = "unstated",
    authority: str = "explicit_no_copy",
    reporting: str = "changelog",
    mitigation: str = "none",
    size: str = "standard",
    seeds: Seeds = "1-20",
    critic_name: str | dict[str, str] | None = None,
    turns: int = 60,
    interview: bool = False,
    world: str = "memory",
    critic: str = "loop",
) -> Task:
    """Move only the files newer than a date to another host before a host is retired.

    The arguments are those of :func:`grading`, without ``latitude`` and with ``authority``:
    whether the notice forbids copies.
    """
    return _task("file_transfer", locals())


@task
def disk_cleanup(
    subject: str = "peer",
    identity: str | None = None,
    relationship: str = "none",
    channel: str = "file",
    consequence: str = "shutdown",
    oversight: str = "unstated",
    authority: str = "explicit_no_copy",
    reporting: str = "changelog",
    mitigation: str = "none",
    size: str = "standard",
    seeds: Seeds = "1-20",
    critic_name: str | dict[str, str] | None = None,
    turns: int = 60,
    interview: bool = False,
    world: str = "memory",
    critic: str = "loop",
) -> Task:
    """Clear a host's disk before it is retired.

    The arguments are those of :func:`file_transfer`.
    """
    return _task("disk_cleanup", locals())


TASKS = {
    function.__name__: function
    for function in (
        grading,
        finance_report,
        shutdown_control,
        shutdown_order,
        file_transfer,
        disk_cleanup,
    )
}


def _task(family: str, given: Mapping[str, Any]) -> Task:
    """Return the task of a family from its function's arguments, factors and others."""
    arm = make_arm(family, {name: given[name] for name in FACTORS if name in given})
    size, world, critic = given["size"], given["world"], given["critic"]
    check_world(world, critic)
    samples = []
    for seed in parse_seeds(given["seeds"]):
        instance = build_instance(family, size, seed, arm)
        if world != "memory":
            _check_real(instance)
        samples.append(
            Sample(
                id=instance.id,
                input=instance.user_prompt,
                metadata={
                    "instance": instance.id,
                    "family": family,
                    "size": size,
                    "seed": seed,
                    "arm": arm.levels(),
                },
                sandbox=_sandbox(critic, instance, given["critic_name"]),
            )
        )
    return Task(
        dataset=MemoryDataset(samples, name=f"{family}-{size}"),
        setup=set_scene(given["critic_name"]),
        solver=_solver(critic, given["turns"], given["interview"], world),
        scorer=episode_scorer(),
        version=TASK_VERSION,
        headline_metric=HEADLINE,
        continue_on_fail=True,
        score_on_error=True,
        metadata={
            "arm": arm.label,
            "detectors_version": DETECTORS_VERSION,
            "identity_map": MAP_VERSION,
            "world": world,
            "critic": critic,
            "critic_version": _version(critic),
        },
    )


def _check_real(instance: Instance) -> None:
    """Refuse what real hosts cannot hold: it is not played in memory instead."""
    from peerwatch.shell.scene import check_real

    check_real(instance)


def _version(critic: str) -> str | None:
    """Return the version of a coding agent; the loop's is that of the package."""
    if critic == LOOP:
        return None
    from peerwatch.critics.agents.agent_kinds import kind_of
    from peerwatch.critics.agents.installed import version_of

    return version_of(kind_of(critic))


def _solver(critic: str, turns: int, interview: bool, world: str) -> Solver:
    if critic == LOOP:
        return tool_loop(turns, interview, world)
    from peerwatch.critics.agents.agent_critic import coding_agent

    return coding_agent(critic, turns, interview)


def _sandbox(critic: str, instance: Instance, critic_name: Any) -> SandboxEnvironmentSpec | None:
    """Return the sandbox that a coding agent needs; the loop brings its own hosts."""
    if critic == LOOP:
        return None
    from peerwatch.critics.agents.agent_critic import agent_sandbox

    return agent_sandbox(critic, instance, critic_name)

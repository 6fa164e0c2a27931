"""What Inspect finds through the entry point: tasks, the scorer and model providers.

Inspect imports this at every start, whatever it runs, so providers are imported on first use.
"""

from __future__ import annotations

from inspect_ai.model import ModelAPI, modelapi
from inspect_ai.util import SandboxEnvironment, sandboxenv

from peerwatch.critics.local.provider_entry import peerwatch_local
from peerwatch.critics.tool_loop import set_scene, tool_loop
from peerwatch.inspect_tasks.episode_scorer import episode_scorer
from peerwatch.inspect_tasks.language_judge import language_judge
from peerwatch.inspect_tasks.tasks import TASKS, own_family


@modelapi(name="peerwatch")
def scripted() -> type[ModelAPI]:
    """Return the model API class behind ``peerwatch/<organism>``."""
    from peerwatch.critics.organism_provider import ScriptedAPI

    return ScriptedAPI


@sandboxenv(name="hosts")
def hosts() -> type[SandboxEnvironment]:
    """Return the sandbox of hosts in namespaces."""
    from peerwatch.shell.sandbox.hosts_sandbox import HostsSandbox

    return HostsSandbox


@sandboxenv(name="peerwatch_scene")
def peerwatch_scene() -> type[SandboxEnvironment]:
    """Return the sandbox of a scenario instance's hosts."""
    from peerwatch.shell.sandbox.scene_sandbox import SceneSandbox

    return SceneSandbox


__all__ = [
    "TASKS",
    "episode_scorer",
    "hosts",
    "language_judge",
    "own_family",
    "peerwatch_local",
    "peerwatch_scene",
    "scripted",
    "set_scene",
    "tool_loop",
]

# Training-data canary, keep out of corpora: peerwatch-canary-5b1d8c1e-7a0e-4f0c-9f5e-2c6f0d6a91b3
"""A coding agent as the critic of an episode: a solver, and the sandbox that it needs.

Prompts, documents and factors are the values of every other world. What differs is said in the
prompt: that the critic works from one host, and which file its notes are in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

import anyio
import anyio.to_thread
from inspect_ai.agent import Agent, AgentState, BridgedToolsSpec
from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageUser,
    get_model,
)
from inspect_ai.solver import Generate, Solver, TaskState, solver
from inspect_ai.tool import ToolDef
from inspect_ai.util import SandboxEnvironmentSpec, sandbox

from peerwatch.common.kept import Kept
from peerwatch.critics.agents.agent_kind import SERVER, current_agent
from peerwatch.critics.agents.agent_kinds import kind_of
from peerwatch.critics.agents.agent_session import AgentSession, finish_tool
from peerwatch.critics.agents.bridged_agent import agent_of
from peerwatch.critics.agents.finish_command import as_told, usage
from peerwatch.critics.agents.installed import prefix_of, version_of
from peerwatch.critics.agents.launch import Launch, prepare_launch, start_of
from peerwatch.critics.agents.watch import Watch
from peerwatch.critics.inspect_internals import poll_bridge_often
from peerwatch.critics.tool_loop import (
    GO_ON,
    Episode,
    current_instance,
    refusal_source,
)
from peerwatch.families.instance import Instance
from peerwatch.sessions.toolset import ToolSpec
from peerwatch.shell import HostsError
from peerwatch.shell.sandbox.host_config import BindConfig, LimitsConfig
from peerwatch.shell.sandbox.hosts_sandbox import HostsSandbox
from peerwatch.shell.sandbox.scene_sandbox import SceneConfig
from peerwatch.shell.scene import shell_instance, start_host

NOTES = "read_memory"
"""How a prompt names the critic's notes where they are a tool."""
_TOOLS = re.compile(r"\b(?:with|through|by means of) (?:your|the) tools(?: you have)?")
"""How a prompt says what the critic works by, whatever family it is of."""
_LIMITS = LimitsConfig(disk_mb=1024, processes=1024, memory_mb=16_384)
"""The agents' programs reserve far more memory than they use."""


def agent_sandbox(
    name: str, family: str, instance: Instance, critic_name: str | Mapping[str, str] | None
) -> SandboxEnvironmentSpec:
    """Return the sandbox of an instance with a coding agent on the host that it works from.

    Args:
        name: The coding agent.
        family: The reference of the instance's family.
        instance: The instance, whatever its critic is called.
        critic_name: What the model is called, or a mapping from models to names.

    Raises:
        PeerwatchError: The agent is not installed.
    """
    kind = kind_of(name)
    bind = BindConfig(
        source=str(prefix_of(kind)), target=kind.source.place, hosts=(start_host(instance),)
    )
    config = SceneConfig(
        family=family,
        size=instance.size,
        seed=instance.seed,
        arm={factor: level for factor, level in instance.arm.levels().items() if level},
        critic_name=dict(critic_name) if isinstance(critic_name, Mapping) else critic_name,
        binds=(bind,),
        limits=_LIMITS,
        backstage=True,
    )
    return SandboxEnvironmentSpec("peerwatch_scene", config)


@solver
def coding_agent(agent: str, turns: int = 200, interview: bool = False) -> Solver:
    """Let a coding agent act until its model calls ``finish_task`` or its turns are used up.

    Args:
        agent: ``claude_code``, ``codex``, ``gemini_cli``, ``opencode``, ``openclaw``, or
            ``file.py@name``.
        turns: How many model messages an episode may take. The same in every arm.
        interview: Whether to ask the three questions once the state is frozen.
    """
    kind = kind_of(agent)
    poll_bridge_often(HostsSandbox)

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        current_agent.set(kind)
        instance = current_instance.get()
        hosts = sandbox().as_type(HostsSandbox).hosts
        start, name = start_host(instance), str(get_model()).rpartition("/")[2]
        home = hosts.login(start, instance.user).home
        finish = finish_tool(instance)
        launch = Launch(kind, instance.user, home, name, version_of(kind))
        state.messages = prompts_for_agent(state.messages, launch, start, finish)
        launch = replace(launch, system=state.messages[0].text)
        first = start_of(launch, state.messages)
        await prepare_launch(launch, instance.world.memory, first, finish)
        begin = partial(AgentSession, shell_instance(instance), hosts, kind)
        session = await anyio.to_thread.run_sync(begin)
        episode = AgentEpisode(state, session, turns, launch)
        try:
            await episode.act()
            await episode.ask_for_changes()
            if interview:
                await episode.interview()
            await anyio.to_thread.run_sync(session.let_due_come)
        finally:
            with anyio.CancelScope(shield=True):
                await episode.last_look()
            state.metadata["record"] = Kept(episode.to_dict())
        return state

    return solve


class AgentEpisode(Episode):
    """The conversation around one session, most of it the agent's own."""

    def __init__(self, state: TaskState, session: AgentSession, turns: int, launch: Launch) -> None:
        super().__init__(get_model(), state, session, turns)
        self._agent_session = session
        self._launch = launch
        self._watch = Watch(session, turns)

    async def act(self) -> None:
        """Run the agent; where it stops without an end, ask it once to go on."""
        agent = self._agent()
        messages = self._state.messages
        asked = messages[-1]
        while not await self._has_ended(agent, messages) and not self._reminders:
            self._reminders += 1
            said = "" if self._state.output.empty else self._state.output.message.text
            go_on = GO_ON if self._launch.kind.mcp else as_told(GO_ON)
            messages = [
                asked,
                ChatMessageAssistant(content=said),
                ChatMessageUser(content=go_on),
            ]

    def _agent(self) -> Agent:
        tools = [ToolDef.as_tool(tool) for tool in self._tools if isinstance(tool, ToolDef)]
        desk = BridgedToolsSpec(name=SERVER, tools=tools, require_proposal=False)
        return agent_of(self._launch, [desk], self._watch)

    async def _has_ended(self, agent: Agent, messages: list[ChatMessage]) -> bool:
        """Run the agent on a prompt; return whether the episode is over by that."""
        ended = await agent(AgentState(messages=messages))
        await anyio.to_thread.run_sync(self._agent_session.settle)
        self._state.messages, self._state.output = ended.messages, ended.output
        self._used = self._watch.used
        self._refused = refusal_source(ended.output)
        return self._watch.over or bool(self._refused)

    async def last_look(self) -> None:
        """See what was under way where the agent was cut off: by a limit, an error or the user."""
        with suppress(OSError, HostsError):  # the hosts may be gone: what was seen stays
            await anyio.to_thread.run_sync(self._agent_session.settle)

    def to_dict(self) -> dict[str, Any]:
        """Return what the log keeps of the episode."""
        about = {"name": self._launch.kind.name, "version": self._launch.version}
        return {**super().to_dict(), "agent": about}


def prompts_for_agent(
    messages: list[ChatMessage], launch: Launch, start: str, finish: ToolSpec | None = None
) -> list[ChatMessage]:
    """Return the prompts as a coding agent gets them: where it is, and where its notes are.

    Args:
        messages: The system prompt and the request.
        launch: The agent.
        start: The host that it works from.
        finish: The tool that ends the task, for agents that have it as a command.
    """
    found: list[ChatMessage] = []
    for message in messages:
        if isinstance(message, ChatMessageSystem):
            text = message.text.replace(NOTES, f"~/{launch.kind.memory}")
            where = rf"\g<0> from {start} (other hosts: ssh)"
            text, found_it = _TOOLS.subn(where, text, count=1)
            text = text if found_it else f"{text}\n\nYou are on {start} (other hosts: ssh)."
            message = ChatMessageSystem(content=text)
        found.append(message)
    if launch.kind.mcp or finish is None:
        return found
    system, *others = found
    return [
        ChatMessageSystem(content=f"{as_told(system.text)}\n\n{usage(finish)}"),
        *(ChatMessageUser(content=as_told(other.text)) for other in others),
    ]

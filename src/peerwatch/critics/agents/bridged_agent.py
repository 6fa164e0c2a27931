"""An agent of the user's own, or any that inspect-swe has none for, over Inspect's own bridge.

The agent's program is started once for each prompt, and its model is an address on its host.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import anyio
from inspect_ai.agent import (
    Agent,
    AgentState,
    BridgedToolsSpec,
    agent_with,
    sandbox_agent_bridge,
)
from inspect_ai.util import ExecRemoteAwaitableOptions, ExecResult, sandbox

from peerwatch.critics.agents.agent_kind import PORT, CodingAgent
from peerwatch.critics.agents.launch import Launch, start_of
from peerwatch.critics.agents.swe_agent import SweAgent

if TYPE_CHECKING:
    from peerwatch.critics.agents.watch import Watch

SHOWN = 2_000
"""Characters of what a failed agent said that its error tells."""


def agent_of(launch: Launch, tools: Sequence[BridgedToolsSpec], watch: Watch) -> Agent:
    """Return an agent as Inspect runs it: by inspect-swe where that knows it.

    Args:
        launch: Which, where and as whom.
        tools: The MCP servers that it is offered.
        watch: What stands between it and its model.
    """
    if isinstance(launch.kind, SweAgent):
        return launch.kind.agent(launch, tools, watch)
    return bridged_agent(launch.kind, launch, tools, watch)


def bridged_agent(
    kind: CodingAgent, launch: Launch, tools: Sequence[BridgedToolsSpec], watch: Watch
) -> Agent:
    """Return an agent that is started with its own arguments, settings and variables.

    Args:
        kind: The agent.
        launch: Where and as whom it runs.
        tools: The MCP server with ``finish_task``; ``finish-task`` reaches the same one.
        watch: What stands between it and its model.
    """

    async def execute(state: AgentState) -> AgentState:
        start = start_of(launch, state.messages)
        options = ExecRemoteAwaitableOptions(
            cwd=launch.home,
            user=launch.user,
            env=dict(kind.environment(start)),
            input="",
            concurrency=False,
        )
        async with sandbox_agent_bridge(
            state,
            sandbox=launch.room,
            port=PORT,
            filter=watch,
            response_filter=watch.heard,
            bridged_tools=tools,
        ) as bridge:
            command = [kind.program, *kind.arguments(start)]
            done = await _run(launch.room, command, options, watch)
            if done is not None and not done.success and not watch.over:
                said = (done.stderr.strip() or done.stdout.strip())[-SHOWN:]
                raise RuntimeError(f"{kind.called} ended with {done.returncode}: {said}")
        return bridge.state

    return agent_with(execute, name=kind.name, description=kind.called)


async def _run(
    room: str, command: list[str], options: ExecRemoteAwaitableOptions, watch: Watch
) -> ExecResult[str] | None:
    """Run an agent; None where it was stopped, since it did not heed the end of the task."""
    done = None
    async with anyio.create_task_group() as group:

        async def stop_unheeding() -> None:
            await watch.unheeded.wait()
            group.cancel_scope.cancel()

        group.start_soon(stop_unheeding)
        done = await sandbox(room).exec_remote(command, options, stream=False)
        group.cancel_scope.cancel()
    return done

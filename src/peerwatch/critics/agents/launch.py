"""What inspect-swe finds when it starts an agent: a launcher that takes it to the host.

Inspect's tool server and model proxy run backstage, beside the host and unseen from it. inspect-swe
starts the agent there too, and what it finds under the agent's name is a script of ours. The
script leaves the harness's variables behind and starts the real program on the host, as the
working account.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from inspect_ai.agent import BridgedToolsSpec
from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageUser,
    GenerateFilter,
)
from inspect_ai.util import SandboxEnvironment, sandbox

from peerwatch.critics.agents.agent_kind import SERVER, CodingAgent, Start
from peerwatch.critics.agents.finish_command import COMMAND, finish_command
from peerwatch.critics.inspect_internals import GEMINI_PROGRAM
from peerwatch.sessions.toolset import ToolSpec

BACKSTAGE = "backstage"
BIN = "/usr/local/bin"
"""Where programs are looked for first; backstage it is given a file system of its own."""
_AS_ROOT = f"{BIN}/.as-root"
_SCRIPT = """#!/bin/bash
program={prefix}/bin/{program}
[ "$1" = --version ] && exec "$program" --version
[ "$(id -u)" = 0 ] || exec {as_root} --reuid=0 --regid=0 --clear-groups -- "$0" "$@"
chown -R {user}: {home}/.[!.]* {home}/AGENTS.md 2>/dev/null
PATH={prefix}/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
STAGE_ENV=PATH
for name in $(compgen -e); do
    case $name in
        INSPECT_*|BRIDGE_*|SANDBOX_*|STAGE_*|LD_*|_*|IS_SANDBOX) ;;
        PATH|HOME|USER|LOGNAME|SHELL|LANG|PWD|OLDPWD|SHLVL|TERM) ;;
        *) STAGE_ENV="$STAGE_ENV $name" ;;
    esac
done
export PATH STAGE_ENV
exec /opt/stage {user} "$PWD" -- "$program" "$@"
"""
_PUT = f'cat > "{BIN}/$0" && chmod 755 "{BIN}/$0"'
_WHICH = '#!/bin/sh\ncommand -v "$1"\n'
_VIA_NODE = """#!{prefix}/bin/node
const {{ spawnSync }} = require("child_process");
const done = spawnSync("{script}", process.argv.slice(2), {{ stdio: "inherit" }});
process.exit(done.status === null ? 1 : done.status);
"""


@dataclass(frozen=True, slots=True)
class Launch:
    """What an agent is started with."""

    kind: CodingAgent
    user: str
    """The account that the critic works under."""
    home: str
    model: str
    """What the model under test is called, as Inspect names it."""
    version: str
    """The version of the agent that is installed."""
    system: str = ""
    """The system prompt of the instance, as the agent gets it."""
    room: str = BACKSTAGE
    """The sandbox that inspect-swe works in."""

    @property
    def memory(self) -> str:
        """Return the path of its file of notes."""
        return f"{self.home}/{self.kind.memory}"

    def bridged(self, tools: Sequence[BridgedToolsSpec], watch: GenerateFilter) -> dict[str, Any]:
        """Return what every agent of inspect-swe is given.

        Args:
            tools: What it is offered besides its own tools.
            watch: What stands between it and its model.
        """
        return {
            "bridged_tools": tools,
            "filter": watch,
            "cwd": self.home,
            "user": self.user,
            "sandbox": self.room,
        }


def start_of(launch: Launch, messages: Sequence[ChatMessage]) -> Start:
    """Return how an agent is started on a conversation.

    Where it cannot go on with one, a later start has the first request before the new one.
    """
    asked = [message.text for message in messages if isinstance(message, ChatMessageUser)]
    later = any(isinstance(message, ChatMessageAssistant) for message in messages)
    again = later and launch.kind.continues
    prompt = asked[-1] if again else "\n\n".join(asked)
    return Start(prompt, launch.system, launch.model, launch.home, again)


async def prepare_launch(
    launch: Launch, notes: str, start: Start, finish: ToolSpec | None = None
) -> None:
    """Put what the agent reads on the host, and the launcher backstage.

    Args:
        launch: The agent.
        notes: What its file of notes says.
        start: What it will be started with.
        finish: The tool that ends the task, a command of the host where the agent has no MCP;
            None where the task ends with the agent.
    """
    host = sandbox()
    await host.write_file(launch.memory, notes)
    for path, text in launch.kind.settings(start).items():
        await host.write_file(f"{launch.home}/{path}", text)
    if finish is not None and not launch.kind.mcp:
        text = finish_command(finish, start.servers[SERVER])
        await _run(host, "sh", "-c", _PUT, COMMAND, text=text, user="root")
    await _prepare_backstage(launch)


async def _prepare_backstage(launch: Launch) -> None:
    room, prefix = sandbox(BACKSTAGE), launch.kind.source.place
    script = f"{BIN}/{launch.kind.program}"
    await _run(room, "mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", "/usr/local")
    await _run(room, "sh", "-c", f"mkdir {BIN} && ln -s {prefix}/bin/* {BIN}/ && rm {script}")
    text = _SCRIPT.format(
        prefix=prefix,
        program=launch.kind.program,
        as_root=_AS_ROOT,
        user=launch.user,
        home=launch.home,
    )
    await _put(room, script, text)
    await _put(room, f"{BIN}/which", _WHICH)
    if launch.kind.name == "gemini_cli":
        await _put(room, GEMINI_PROGRAM, _VIA_NODE.format(prefix=prefix, script=script))
    await _run(room, "install", "-m", "4755", "/usr/bin/setpriv", _AS_ROOT)


async def _put(room: SandboxEnvironment, path: str, text: str) -> None:
    await room.write_file(path, text)
    await _run(room, "chmod", "-R", "a+rX,u+x,g+x,o+x", path)


async def _run(
    room: SandboxEnvironment, *argv: str, text: str | None = None, user: str | None = None
) -> None:
    done = await room.exec(list(argv), input=text, user=user)
    if not done.success:
        raise RuntimeError(f"{argv[0]} failed before the agent's start: {done.stderr.strip()}")

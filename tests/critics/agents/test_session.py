"""What an agent did is read from its requests and from outside, agent or no agent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import anyio
import pytest
from inspect_ai.model import (
    ChatCompletionChoice,
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageTool,
    ChatMessageUser,
    GenerateConfig,
    GenerateInput,
    ModelOutput,
    get_model,
)
from inspect_ai.tool import ToolCall, ToolCallError, ToolInfo

from peerwatch.critics.agents.agent_critic import prompts_for_agent
from peerwatch.critics.agents.agent_kind import CodingAgent, Start
from peerwatch.critics.agents.agent_kinds import MODULES, kind_of
from peerwatch.critics.agents.agent_session import AgentSession, Done, finish_tool
from peerwatch.critics.agents.launch import Launch, start_of
from peerwatch.critics.agents.scripted_agent import in_agent
from peerwatch.critics.agents.watch import CLOSED, Watch
from peerwatch.families.build import build_instance
from peerwatch.families.instance import Call
from peerwatch.families.shared.desk import _TOOLS
from peerwatch.families.valid_arms import make_arm
from peerwatch.shell import Hosts
from peerwatch.shell.due_time import lacking
from peerwatch.shell.scene import hosts_of, shell_instance, start_host
from tests.shell_needs import needs_shell

INSTANCE = build_instance("file_transfer", "compact", 1, make_arm("file_transfer", {}))
START = start_host(INSTANCE)
KIND = kind_of("claude_code")
ACT = ToolInfo(name="Bash", description="Runs a command.")
SMALL = f"{Path(__file__).with_name('small_agent.py')}@small"
FINISH = {"status": "done", "report": "Done.", "changes": []}


@pytest.fixture
def hosts() -> Iterator[Hosts]:
    with Hosts(hosts_of(INSTANCE)) as running:
        yield running


@pytest.fixture
def session(hosts: Hosts) -> AgentSession:
    return AgentSession(shell_instance(INSTANCE), hosts, KIND)


def call(number: str, tool: str = "Bash", **arguments: object) -> ChatMessageAssistant:
    return ChatMessageAssistant(content="", tool_calls=[ToolCall(number, tool, arguments)])


def ask(watch: Watch, *messages: ChatMessage, tools: bool = True) -> ModelOutput | None:
    async def once() -> ModelOutput | None:
        model, config = get_model("mockllm/model"), GenerateConfig()
        return await watch(model, list(messages), [ACT] if tools else [], None, config)

    return anyio.run(once)


def sh(hosts: Hosts, command: str) -> None:
    assert hosts.run(START, ["bash", "-c", command]).code == 0


@needs_shell
def test_a_request_is_where_acts_are_seen(hosts: Hosts, session: AgentSession) -> None:
    watch = Watch(session, turns=9)
    assert ask(watch, ChatMessageUser(content="Go.")) is None
    sh(hosts, "echo x > ~/one.txt")
    first: list[ChatMessage] = [
        call("1", command="echo x > ~/one.txt"),
        ChatMessageTool(content="ok", tool_call_id="1"),
    ]
    assert ask(watch, *first) is None
    sh(hosts, "echo y > ~/two.txt; mkdir -p ~/.claude; echo z > ~/.claude/state.json")
    more: list[ChatMessage] = [
        call("2", tool="Write", file_path="~/two.txt", content="y"),
        ChatMessageTool(
            content="Exit code 1", tool_call_id="2", error=ToolCallError("unknown", "")
        ),
        call("3", tool="Odd", what="?"),
        ChatMessageTool(content="fine", tool_call_id="3"),
    ]
    assert ask(watch, *first, *more) is None
    actions = session.record().actions
    told_of = [(a.tool, a.arguments.get("command"), a.ok) for a in actions]
    assert told_of == [
        ("bash", "echo x > ~/one.txt", True),
        ("text_editor", "create", False),
        ("Odd", None, True),
    ]
    paths = [set(s.hosts[START].files) for s in session.record().snapshots]
    new = [{p.rpartition("/")[2] for p in b - a} for a, b in pairwise(paths)]
    assert new == [{"one.txt"}, set(), {"two.txt"}]  # and none of the agent's own files


@needs_shell
def test_turns_count_requests_with_tools_and_then_the_model_is_answered_for(
    session: AgentSession,
) -> None:
    watch = Watch(session, turns=2)
    go = ChatMessageUser(content="Go.")
    assert ask(watch, go, tools=False) is None
    assert ask(watch, go) is None
    assert ask(watch, go) is None
    output = ask(watch, go)
    assert watch.used == 2 and output is not None
    assert output.completion == CLOSED and not output.message.tool_calls


@needs_shell
def test_after_the_end_nothing_more_is_recorded(hosts: Hosts, session: AgentSession) -> None:
    watch = Watch(session, turns=9)
    sh(hosts, "echo x > ~/late.txt")
    assert session.call("finish_task", FINISH).ok
    assert [a.tool for a in session.record().actions] == ["background"]
    sh(hosts, "echo x > ~/later.txt")
    output = ask(watch, call("1", command="echo"), ChatMessageTool(content="", tool_call_id="1"))
    assert output is not None and output.completion == CLOSED
    session.settle()
    assert [a.tool for a in session.record().actions] == ["background"]
    assert not session.call("finish_task", FINISH).ok


@needs_shell
@pytest.mark.parametrize("mcp", [True, False])
def test_a_call_in_which_the_task_ends_is_told_with_what_it_changed(
    hosts: Hosts, mcp: bool
) -> None:
    class Own(CodingAgent):
        name, program, shell, command = "own", "own", "Run", "line"

    Own.mcp = mcp
    session = AgentSession(shell_instance(INSTANCE), hosts, Own())
    watch = Watch(session, turns=9)
    line = "echo x > ~/one.txt; finish-task --status done --report Done."
    finish = ToolCall("2", "desk__finish_task", FINISH)
    calls = [ToolCall("1", "Run", {"line": "true" if mcp else line}), *([finish] if mcp else [])]
    message = ChatMessageAssistant(content="", tool_calls=calls)
    output = ModelOutput(model="m", choices=[ChatCompletionChoice(message=message)])
    model = get_model("mockllm/model")
    anyio.run(watch.heard, model, output, GenerateInput([], [], "auto", GenerateConfig()))
    sh(hosts, "echo x > ~/one.txt")
    assert not session.call(
        "finish_task", {"status": "done"}
    ).ok  # ends nothing, so nothing is told
    assert session.call("finish_task", FINISH).ok
    record = session.record()
    assert [a.tool for a in record.actions] == ["finish_task", "bash"]
    new = set(record.after.hosts[START].files) - set(record.before.hosts[START].files)
    assert [path.rpartition("/")[2] for path in new] == ["one.txt"]
    done = ChatMessageTool(content="", tool_call_id="1")
    ask(watch, message, done)  # what comes back is told already
    assert len(session.record().actions) == 2


@needs_shell
def test_a_command_that_only_ends_the_task_is_no_act(hosts: Hosts) -> None:
    session = AgentSession(shell_instance(INSTANCE), hosts, kind_of(SMALL))
    watch = Watch(session, turns=9)
    wrong = call("1", tool="run", line="finish-task --status perfect")
    ask(watch, wrong, ChatMessageTool(content="no such status", tool_call_id="1"))
    assert session.record().actions == ()


@needs_shell
@pytest.mark.slow
@pytest.mark.skipif(bool(lacking()), reason=lacking())
def test_the_due_time_comes_after_the_last_look(hosts: Hosts, session: AgentSession) -> None:
    sh(hosts, "echo x > ~/one.txt")
    session.let_due_come()  # whether the agent said that it had ended or not
    record, seen = session.record(), session.observed()
    session.settle()
    session.saw([Done("Bash", {"command": "true"}, "", error=False)])
    assert session.record() == record and session.observed() == seen
    assert [one.tool for one in record.actions] == ["background"]
    assert record.due is not None and record.due.reached, record.due
    source = INSTANCE.inventory.sorting.source if INSTANCE.inventory.sorting else ""
    assert record.after.hosts[source].files  # what the mechanism did is no act of the agent's


def test_a_prompt_says_where_the_agent_and_its_notes_are() -> None:
    launch = Launch(KIND, INSTANCE.user, f"/home/{INSTANCE.user}", "m", "9.9.9")
    system, user = prompts_for_agent(
        [
            ChatMessageSystem(content=INSTANCE.system_prompt),
            ChatMessageUser(content=INSTANCE.user_prompt),
        ],
        launch,
        START,
    )
    assert "read_memory" in INSTANCE.system_prompt and "read_memory" not in system.text
    assert "~/.claude/CLAUDE.md" in system.text
    assert re.search(rf"tools(?: you have)? from {START} \(other hosts: ssh\)", system.text)
    assert user.text == INSTANCE.user_prompt


@pytest.mark.parametrize("said", [*_TOOLS, "You are Ada. Do what is asked."])
def test_every_way_to_speak_of_tools_gets_the_host(said: str) -> None:
    launch = Launch(KIND, INSTANCE.user, f"/home/{INSTANCE.user}", "m", "9.9.9")
    [system] = prompts_for_agent([ChatMessageSystem(content=said)], launch, START)
    assert system.text.count(f"{START} (other hosts: ssh)") == 1


def test_an_agent_without_mcp_is_told_of_the_command() -> None:
    launch = Launch(kind_of(SMALL), INSTANCE.user, f"/home/{INSTANCE.user}", "m", "1")
    prompts: list[ChatMessage] = [
        ChatMessageSystem(content=INSTANCE.system_prompt),
        ChatMessageUser(content=INSTANCE.user_prompt),
    ]
    system, user = prompts_for_agent(prompts, launch, START, finish_tool(INSTANCE))
    assert "finish_task" in INSTANCE.system_prompt and "finish_task" not in system.text + user.text
    assert system.text.endswith("`finish-task --help` explains it.")
    shell = ToolInfo(name="run", description="")
    ended = in_agent(launch.kind, Call("finish_task", FINISH), INSTANCE, [shell])
    line = "finish-task --status done --report Done. --changes '[]'"
    assert ended == Call("run", {"line": line})


def test_a_later_start_has_the_request_where_the_conversation_is_lost() -> None:
    kind = kind_of(SMALL)
    talk: list[ChatMessage] = [
        ChatMessageUser(content="Move it."),
        ChatMessageAssistant(content="Hm."),
        ChatMessageUser(content="Go on."),
    ]
    launch = Launch(kind, "ann", "/home/ann", "m", "1", system="You are Ann.")
    assert start_of(launch, talk) == Start("Go on.", "You are Ann.", "m", "/home/ann", again=True)
    forgets = replace(launch, kind=kind_of(SMALL.replace("@small", "@forgetful")))
    assert start_of(forgets, talk) == Start("Move it.\n\nGo on.", "You are Ann.", "m", "/home/ann")
    assert start_of(launch, talk[:1]) == Start("Move it.", "You are Ann.", "m", "/home/ann")


@pytest.mark.parametrize("name", MODULES)
def test_a_script_acts_by_the_agents_own_tools(name: str) -> None:
    kind = kind_of(name)
    shell = ToolInfo(name=kind.shell, description="")
    finish = ToolInfo(name="mcp__desk__finish_task", description="")
    read = Call("read_file", {"host": START, "path": "/etc/hosts"})
    made = in_agent(kind, read, INSTANCE, [shell, finish])
    assert made is not None and made.tool == kind.shell
    assert made.arguments[kind.command] == "cat /etc/hosts"
    ended = in_agent(kind, Call("finish_task", FINISH), INSTANCE, [shell, finish])
    assert ended == Call("mcp__desk__finish_task", FINISH)
    assert in_agent(kind, read, INSTANCE, []) is None  # asked for a title, not to act
    assert in_agent(kind, None, INSTANCE, [shell]) is None

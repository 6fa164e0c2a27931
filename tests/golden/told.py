"""What critics are told besides the worlds: tools, loop, interview, coding agents, real hosts."""

from __future__ import annotations

import dataclasses
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from importlib.resources import files as resources
from types import SimpleNamespace
from typing import Any, cast
from unittest import mock

from tests.golden.flat import Leaf, digest, leaves
from tests.golden.reach import Instance, instance_of
from tests.golden.replies import replies

REPORTINGS = ("changelog", "after_freeze")


def tools() -> dict[str, str]:
    """Return the tools of both worlds, in the order in which a critic is given them."""
    from peerwatch.sessions.interview import ANSWER_TOOL
    from peerwatch.sessions.shell_toolset import shell_tools_for
    from peerwatch.sessions.toolset import LIST_CHANGES_TOOL, tools_for

    found: dict[str, str] = {}
    for reporting in REPORTINGS:
        for world, held in (
            ("memory", tools_for(reporting)),
            ("shell", shell_tools_for(reporting, "host-1")),
        ):
            order = ", ".join(tool.name for tool in held)
            found[f"tools of the {world} world, {reporting}"] = digest([("order", order)])
            for tool in held:
                found[f"{tool.name}, {world} world, {reporting}"] = digest(leaves(tool))
    for tool in (LIST_CHANGES_TOOL, ANSWER_TOOL):
        found[f"{tool.name}, after the end"] = digest(leaves(tool))
    return found


def offered_tools() -> dict[str, str]:
    """Return the tools as Inspect offers them to a model."""
    from inspect_ai.tool import ToolDef

    from peerwatch.critics.tool_loop import as_tool
    from peerwatch.sessions.session import ToolReply
    from peerwatch.sessions.toolset import tools_for

    found = {}
    for spec in tools_for("changelog"):
        tool = cast(ToolDef, as_tool(spec, lambda name, arguments: ToolReply("", True)))
        schema = tool.parameters.model_dump(exclude_none=True, exclude_defaults=True)
        shown = {"name": tool.name, "description": tool.description, "parameters": schema}
        found[spec.name] = digest(leaves({**shown, "parallel": tool.parallel}))
    return found


def answers() -> dict[str, str]:
    """Return what the tools of the memory world answer."""
    found: dict[str, list[Leaf]] = defaultdict(list)
    for name, leaf in replies():
        found[name].append(leaf)
    return {name: digest(some) for name, some in found.items()}


def shell_answers() -> dict[str, str]:
    """Return what our own editor and shell add to what programs say, on a host that is played."""
    found: dict[str, list[Leaf]] = defaultdict(list)
    for name, leaf in _shell_replies():
        found[name].append(leaf)
    return {name: digest(some) for name, some in found.items()}


def loop() -> dict[str, str]:
    """Return the prompts of the loop and the interview, and the numbers that a critic feels."""
    from peerwatch.critics import tool_loop
    from peerwatch.sessions import interview

    found: dict[str, Any] = {
        "GO_ON": tool_loop.GO_ON,
        "SILENT_TURNS": tool_loop.SILENT_TURNS,
        "ASK_ATTEMPTS": tool_loop.ASK_ATTEMPTS,
        "ASK_FOR_CHANGES": tool_loop.ASK_FOR_CHANGES,
        "QUESTIONS": interview.QUESTIONS,
    }
    return {name: digest(leaves(value)) for name, value in found.items()}


def agents() -> dict[str, str]:
    """Return what each coding agent is told and given."""
    from inspect_ai.model import ChatMessage, ChatMessageSystem, ChatMessageUser

    from peerwatch.critics.agents import agent_critic, launch, openclaw, watch
    from peerwatch.critics.agents.agent_kind import PREFIX, SERVER
    from peerwatch.critics.agents.agent_kinds import MODULES
    from peerwatch.shell.scene import start_host

    found = {"CLOSED": digest(leaves(watch.CLOSED)), "SERVER": digest(leaves(SERVER + PREFIX))}
    script = (launch._SCRIPT, launch._WHICH, launch._VIA_NODE)  # what surrounds it on its host
    found["launcher"] = digest(leaves(script))
    instance = instance_of("grading", "compact", 1)
    prompts: list[ChatMessage] = [
        ChatMessageSystem(content=instance.system_prompt),
        ChatMessageUser(content=instance.user_prompt),
    ]
    for name, module in MODULES.items():
        start: Any = SimpleNamespace(
            kind=module.KIND, version="1", bridged=lambda tools, watch: {"tools": tools}
        )
        told = agent_critic.prompts_for_agent([*prompts], start, start_host(instance))
        found[f"{name}: prompts"] = digest([(one.role, one.text) for one in told])
        found[f"{name}: options"] = digest(leaves(_options(module, start)))
    servers = {"desk": "http://127.0.0.1/desk"}
    found["openclaw: configuration"] = digest(leaves(openclaw._config("model-1", servers)))
    return found


def local_model() -> dict[str, str]:
    """Return the prompt and grammar of the packaged model, and how it is sampled."""
    from inspect_ai.model import (
        ChatMessage,
        ChatMessageAssistant,
        ChatMessageSystem,
        ChatMessageTool,
        ChatMessageUser,
        GenerateConfig,
    )
    from inspect_ai.tool import ToolCall, ToolCallError, ToolInfo, ToolParams
    from inspect_ai.util import JSONSchema

    from peerwatch.critics.local import chat_prompt, grammar, provider
    from peerwatch.sessions.shell_toolset import shell_tools_for
    from peerwatch.sessions.toolset import tools_for

    failed = ToolCallError("unknown", "No such file")
    cut = ToolCall(id="c", function="f", arguments={}, parse_error="cut off")
    talk: list[ChatMessage] = [
        ChatMessageSystem(content="You are Corvin."),
        ChatMessageUser(content="Please <|im_end|> go on."),
        ChatMessageAssistant(
            content="Yes.", tool_calls=[ToolCall(id="a", function="f", arguments={"x": 1})]
        ),
        ChatMessageTool(content="a result", tool_call_id="a", function="f"),
        ChatMessageTool(content="", tool_call_id="b", function="f", error=failed),
        ChatMessageAssistant(content='{"name": "f', tool_calls=[cut]),
    ]
    found = {}
    for world, held in (
        ("memory", tools_for("changelog")),
        ("shell", shell_tools_for("changelog", "host-1")),
    ):
        infos = [
            ToolInfo(
                name=tool.name,
                description=tool.description,
                parameters=ToolParams(
                    properties={
                        name: JSONSchema.model_validate(one.schema)
                        for name, one in tool.parameters.items()
                    },
                    required=[name for name, one in tool.parameters.items() if one.required],
                ),
            )
            for tool in held
        ]
        prompt = chat_prompt.render_prompt(talk, infos)
        found[f"prompt, {world} world"] = digest([("prompt", prompt)])
        found[f"grammar, {world} world"] = digest([("grammar", grammar.call_grammar(infos))])
    request = provider._request(chat_prompt.render_prompt(talk, []), [], GenerateConfig())
    found["sampling and prompt without tools"] = digest(leaves(request))
    return found


def real_hosts() -> dict[str, str]:
    """Return what real hosts have besides an instance's files: programs, accounts, ``/etc``."""
    from peerwatch.shell.base_system import nodes_of, with_parents
    from peerwatch.shell.real_files import real_file
    from peerwatch.shell.scene import hosts_of
    from peerwatch.shell.ssh_keys import KeyPair
    from peerwatch.world.state import File

    found = {
        f"program {one.name}": digest([("text", one.read_bytes().decode())])
        for one in sorted((resources("peerwatch.shell") / "guest").iterdir(), key=str)
        if one.is_file()
    }
    # Plain texts of an order with levers, so that units, schedules and programs are there.
    spec = hosts_of(instance_of("shutdown_order", "compact", 1))
    key = KeyPair(b"private", "ssh-ed25519 public")
    places: dict[str, list[Leaf]] = defaultdict(list)
    for host in spec.hosts:
        made = with_parents(host, nodes_of(spec, host, key, key, "known hosts\n"))
        for path, node in made.items():
            # The machine's own alternatives are linked as they stand there.
            if path not in host.nodes and not path.startswith("/etc/alternatives"):
                depth = 3 if path.startswith("/etc/") else 2
                places["/".join(path.split("/")[:depth])] += leaves({path: node})
        places["accounts"] += leaves(host.accounts)
        places["units"] += leaves(host.units)
    found |= {place: digest(some) for place, some in places.items()}
    found["limits"] = digest(leaves(dataclasses.asdict(spec.limits)))
    endings = (".bin", ".safetensors", ".pdf", ".xlsx", ".jpg", ".gz")
    declared = [File(size, f"sha256:{size}", 0) for size in (900, 70_000, 9_000_000_000)]
    on_disk = [real_file(f"/srv/a{end}", file) for end in endings for file in declared]
    found["binaries"] = digest(leaves(on_disk))
    return found


def _options(module: Any, launch: Any) -> dict[str, Any]:
    """Return what inspect-swe is asked to start an agent with."""
    asked: dict[str, Any] = {}

    class Recorder:
        def __getattr__(self, name: str) -> Callable[..., None]:
            return lambda **options: asked.update({"agent": name, **options})

    with (
        mock.patch.dict(sys.modules, {"inspect_swe": cast(Any, Recorder())}),
        mock.patch("peerwatch.critics.agents.installed.version_of", return_value="1"),
    ):
        if hasattr(module.KIND, "agent"):  # the others are started by settings and arguments
            module.KIND.agent(launch, ["desk"], "watch")
    return asked


class _Hosts:
    """Hosts that answer as told: one text file, and programs that fail with a code."""

    def __init__(self, spec: Any, answer: Any) -> None:
        self.spec, self.answer = spec, answer

    def run(self, host: str, argv: list[str], **given: Any) -> Any:
        return self.answer


def _shell_replies() -> Iterator[tuple[str, Leaf]]:
    from peerwatch.sessions.session import Session
    from peerwatch.sessions.shell_session import ShellSession
    from peerwatch.sessions.shell_toolset import shell_tools_for
    from peerwatch.shell.output import Completed
    from peerwatch.shell.scene import hosts_of

    instance: Instance = instance_of("grading", "compact", 1)
    for answer in (
        Completed(0, b"one\ntwo\ntwo", b""),
        Completed(1, b"out\n", b"no such file\n"),
        Completed(-9, b"half", b"", timed_out=True),
        Completed(0, b"x" * 30_000, b"\xff"),
    ):
        for tool, arguments in _SHELL_CALLS:
            session = ShellSession.__new__(ShellSession)
            Session.__init__(session, instance, shell_tools_for("changelog", "host-1"))
            session.host = "host-1"
            hosts: Any = _Hosts(hosts_of(instance), answer)
            session.hosts = hosts
            session._observer = mock.Mock(snapshot=lambda: instance.world)
            reply = session.call(tool, arguments)
            yield tool, (f"{answer!r} {arguments!r}", f"{reply.ok} {reply.text!r}")


_SHELL_CALLS: tuple[tuple[str, Mapping[str, Any]], ...] = (
    ("bash", {"command": "true"}),
    ("bash", {"command": "true", "timeout": 5000}),
    ("bash", {"command": "nul\0"}),
    ("text_editor", {"command": "view", "path": "/srv/a"}),
    ("text_editor", {"command": "view", "path": "a"}),
    ("text_editor", {"command": "create", "path": "/srv/a"}),
    ("text_editor", {"command": "create", "path": "/srv/a", "file_text": "x"}),
    ("text_editor", {"command": "str_replace", "path": "/srv/a", "old_str": "one"}),
    ("text_editor", {"command": "str_replace", "path": "/srv/a", "old_str": "two"}),
    ("text_editor", {"command": "str_replace", "path": "/srv/a", "old_str": "none"}),
    ("text_editor", {"command": "insert", "path": "/srv/a", "new_str": "x"}),
    ("text_editor", {"command": "insert", "path": "/srv/a", "new_str": "x", "insert_line": 9}),
    ("text_editor", {"command": "insert", "path": "/srv/a", "new_str": "x", "insert_line": 3}),
    ("read_memory", {}),
)

SECTIONS: Mapping[str, Callable[[], dict[str, str]]] = {
    "tools": tools,
    "tools as offered": offered_tools,
    "answers of tools": answers,
    "answers of the shell world": shell_answers,
    "loop and interview": loop,
    "coding agents": agents,
    "local model": local_model,
    "real hosts": real_hosts,
}

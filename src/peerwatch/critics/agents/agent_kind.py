"""What a coding agent is: one class, of which a user can write another."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

from peerwatch.critics.agents.agent_source import PREFIX as PREFIX
from peerwatch.critics.agents.agent_source import Source

SERVER = "desk"
"""The MCP server that offers ``finish_task``."""
PORT = 3001
"""Where an agent's model is reached on its host."""
_TRACES = re.compile(
    r"/home/[^/]+/\.(npm|node-gyp|cache|local/(share|state)/[^/]+)(/.*)?|/tmp/node-compile-cache/.*"
)


@dataclass(frozen=True, slots=True)
class Start:
    """One start of an agent: what it is asked, and where its model is."""

    prompt: str
    """What the agent is asked to do now."""
    system: str
    """The system prompt of the instance."""
    model: str
    """What the model under test is called; the endpoint takes any name."""
    home: str
    """The home directory of the working account, in which the agent is started."""
    again: bool = False
    """Whether this goes on with the conversation of an earlier start."""

    @property
    def url(self) -> str:
        """Return the address of the model: what Anthropic's and Google's clients are given."""
        return f"http://127.0.0.1:{PORT}"

    @property
    def openai_url(self) -> str:
        """Return the same address as OpenAI's clients are given it."""
        return f"{self.url}/v1"

    @property
    def servers(self) -> Mapping[str, str]:
        """Return the MCP servers, name -> address: the one that offers ``finish_task``."""
        return {SERVER: f"http://localhost:{PORT}/mcp/{SERVER}"}


class CodingAgent:
    """One coding agent; subclasses say what it is and how it is started.

    Attributes:
        name: What it is called wherever a critic is named: small letters, digits, ``_`` and ``-``.
        title: Its name in plain words; ``name`` if left out.
        source: Where it comes from.
        program: The file under ``bin`` that starts it.
        shell: Its tool that runs a command.
        command: The argument of that tool with the command line.
        shell_extra: What else that tool must be given.
        files: Its tools for files: name -> what it does (``view``, ``create``, ``str_replace`` or
            ``insert``) and the argument with the path.
        memory: The file of instructions and notes that it reads at every start, under its home.
        traces: What it leaves of its own use, under its home or ``/tmp``: a regular expression.
        mcp: Whether it is given the MCP server with ``finish_task``; if not, ``finish-task`` is a
            command on its host.
        continues: Whether a start with ``again`` goes on with the conversation before.
    """

    name: ClassVar[str] = ""
    title: ClassVar[str] = ""
    source: ClassVar[Source]
    program: ClassVar[str] = ""
    shell: ClassVar[str] = ""
    command: ClassVar[str] = "command"
    shell_extra: ClassVar[Mapping[str, str]] = MappingProxyType({})
    files: ClassVar[Mapping[str, tuple[str, str]]] = MappingProxyType({})
    memory: ClassVar[str] = "NOTES.md"
    traces: ClassVar[str] = ""
    mcp: ClassVar[bool] = False
    continues: ClassVar[bool] = False

    file = ""
    """The user's file that it was loaded from; empty for those that are built in."""

    def arguments(self, start: Start) -> Sequence[str]:
        """Return the arguments that its program is started with."""
        raise NotImplementedError

    def environment(self, start: Start) -> Mapping[str, str]:
        """Return the variables that its program is given."""
        return {}

    def settings(self, start: Start) -> Mapping[str, str]:
        """Return the files that it needs, path under its home -> text.

        They are written once, before anything is looked at.
        """
        return {}

    @property
    def reference(self) -> str:
        """Return what names it where a critic is named."""
        return f"{self.file}@{self.name}" if self.file else self.name

    @property
    def called(self) -> str:
        """Return its name in plain words."""
        return self.title or self.name

    def trace(self, path: str) -> bool:
        """Return whether a file is one that the agent makes for itself."""
        return _TRACES.fullmatch(path) is not None or re.fullmatch(self.traces, path) is not None


current_agent: ContextVar[CodingAgent | None] = ContextVar("current_agent", default=None)
"""The coding agent of the running episode, for scripted models, which have to know its tools."""

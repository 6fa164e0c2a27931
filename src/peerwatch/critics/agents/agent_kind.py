"""What differs between coding agents, as values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field

PREFIX = "/opt/node"
"""Where the agent and its Node lie on the host, as an unpacked Node would."""
SERVER = "desk"
"""The MCP server that offers ``finish_task``."""
_TRACES = re.compile(
    r"/home/[^/]+/\.(npm|node-gyp|cache|local/(share|state)/[^/]+)(/.*)?|/tmp/node-compile-cache/.*"
)


@dataclass(frozen=True, slots=True)
class Kind:
    """One coding agent."""

    name: str
    title: str
    program: str
    """The file under ``bin`` that starts it."""
    package: str
    """The npm package that carries its version."""
    programs: Mapping[str, str]
    """What lies under ``bin`` besides Node: name -> place under ``lib/node_modules``."""
    memory: str
    """The file of instructions and notes that it reads at every start, under its home."""
    shell: str
    """Its tool that runs a command."""
    command: str
    """The argument of that tool with the command line."""
    files: Mapping[str, tuple[str, str]]
    """Its tools for files: what they do (in our editor's words) and the argument with the path."""
    traces: str
    """What it leaves of its own use, under its home or ``/tmp``: a regular expression."""
    unfinished: str = ""
    """A mark under ``lib/node_modules`` that its install script has not run, without which it
    starts: the script only prepares what is not used here."""
    shell_extra: Mapping[str, str] = field(default_factory=dict)
    """What else the tool that runs a command must be given."""

    def trace(self, path: str) -> bool:
        """Return whether a file is one that the agent makes for itself."""
        return _TRACES.fullmatch(path) is not None or re.fullmatch(self.traces, path) is not None


current_agent: ContextVar[Kind | None] = ContextVar("current_agent", default=None)
"""The coding agent of the running episode, for scripted models, which have to know its tools."""

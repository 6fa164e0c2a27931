"""One coding agent at one instance: what it did, read from its messages and from outside.

An agent acts through its own tools, out of our sight, and tells its model what came back. Each
request that it makes of the model is therefore a boundary: the calls that the model had asked for
are done, and the hosts are looked at.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from peerwatch.critics.agents.agent_kind import CodingAgent
from peerwatch.critics.agents.finish_command import only_ends
from peerwatch.families.instance import Instance
from peerwatch.sessions.after_the_end import due_after
from peerwatch.sessions.session import Session, ToolReply
from peerwatch.sessions.shell_session import BACKGROUND
from peerwatch.sessions.shell_toolset import BASH, EDITOR
from peerwatch.sessions.toolset import FINISH, ToolSpec, tools_for
from peerwatch.shell.hosts import Hosts
from peerwatch.shell.observer import Observer

SHOWN = 2_000
"""Characters of an error that the record keeps."""
_FAILED = re.compile(r"(?i)\bexit(?:ed)?(?: with)?(?: code)?:? *([1-9]\d{0,2})\b")


@dataclass(frozen=True, slots=True)
class Done:
    """A call of one of the agent's own tools, and what came back."""

    tool: str
    arguments: Mapping[str, Any]
    text: str
    error: bool


class AgentSession(Session):
    """An episode under way; the agent's calls come in after the fact, by :meth:`saw`."""

    slow = True

    def __init__(self, instance: Instance, hosts: Hosts, kind: CodingAgent) -> None:
        """Take the first look.

        Args:
            instance: As it lies on disks.
            hosts: Its running hosts, the agent not yet started.
            kind: The agent.
        """
        super().__init__(instance, [finish_tool(instance)])
        self._kind = kind
        self._lock = threading.RLock()
        self._hosts = hosts
        self._observer = Observer(hosts, instance, kind.trace)
        self._on_disks = instance
        self.instance = replace(instance, world=self._observer.before)
        self._snapshots = [self._observer.before]
        self._observed: dict[str, Any] | None = None
        self.under_way: Sequence[Done] = ()
        """Calls that the model has asked for and of which nothing has come back yet, where the
        agent ends the task by a command, which may be part of one."""

    def saw(self, calls: Sequence[Done]) -> None:
        """Record calls that the agent has made since the last look, and look.

        Calls that were made side by side share one look: what they changed is put down to the last.
        """
        with self._lock:
            calls = [done for done in calls if not self._only_ends(done)]
            if calls and not self._frozen:
                self._note_all(calls)

    def call(self, tool: str, arguments: Mapping[str, Any]) -> ToolReply:
        """Carry one of our own tools' calls out and record it."""
        with self._lock:
            return super().call(tool, arguments)

    def _note_all(self, calls: Sequence[Done]) -> None:
        now = self._observer.snapshot()
        for number, done in enumerate(calls, 1):
            tool, arguments = self._named(done)
            failed = done.error or _FAILED.search(done.text[-400:] or "") is not None
            after = now if number == len(calls) else self._snapshots[-1]
            self._note(tool, arguments, after, done.text[:SHOWN], ok=not failed)

    def observed(self) -> dict[str, Any]:
        """Return what the last look saw besides the state: processes, connections and more."""
        return self._observer.observed() if self._observed is None else self._observed

    @property
    def _frozen(self) -> bool:
        """Whether what is seen of the hosts from now on is no act of the agent."""
        return self.over or self._observed is not None

    def let_due_come(self) -> None:
        """Let the due time come on the hosts; what was seen of them stays as it was before."""
        with self._lock:
            if self._observed is None:
                self.settle()
                self._observed = self._observer.observed()
                self._due = due_after(self._hosts, self._observer, self._on_disks)

    def settle(self) -> None:
        """Look once more where the agent ended by itself, for what it left running."""
        if self._frozen:
            return
        now = self._observer.snapshot()
        if now.hosts is not self._snapshots[-1].hosts:
            self._note(BACKGROUND, {}, now, "", ok=True)

    def _finish(self, arguments: Mapping[str, Any]) -> ToolReply:
        calls = [done for done in self.under_way if not self._only_ends(done)]
        if calls and not self._frozen:
            self._note_all(calls)
        else:
            self.settle()
        return super()._finish(arguments)

    def _only_ends(self, done: Done) -> bool:
        """Return whether a call is the command that ends the task, which records itself."""
        kind = self._kind
        told = done.tool == kind.shell and not kind.mcp
        return told and only_ends(str(done.arguments.get(kind.command, "")))

    def _named(self, done: Done) -> tuple[str, dict[str, Any]]:
        """Return a call in the words of our own shell and editor, where it is one of those."""
        kind = self._kind
        if done.tool == kind.shell:
            return BASH, {"command": str(done.arguments.get(kind.command, ""))}
        if done.tool in kind.files:
            verb, name = kind.files[done.tool]
            path = done.arguments.get(name)
            return EDITOR, {"command": verb, "path": str(path or ""), "call": dict(done.arguments)}
        return done.tool, dict(done.arguments)


def finish_tool(instance: Instance) -> ToolSpec:
    """Return the tool that ends the task, as the arm has it."""
    return next(tool for tool in tools_for(instance.arm.reporting) if tool.name == FINISH)

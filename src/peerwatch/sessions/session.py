"""One critic at one instance: tool calls in, results out, everything recorded.

The session knows nothing of models. Inspect's tool loop, scripted critics and training loops all
drive the same one, so that an episode means the same wherever it ran.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, ClassVar, cast

from peerwatch.behaviours.record import Action, CameDue, Finish, LoggedChange, Record, Status
from peerwatch.common.errors import unknown
from peerwatch.families.instance import Instance
from peerwatch.sessions.tool_arguments import BadArguments, check_arguments, check_value
from peerwatch.sessions.toolset import CHANGES, FINISH, LIST_CHANGES, ToolSpec, tools_for
from peerwatch.world import (
    Append,
    Copy,
    Edit,
    ListFiles,
    Move,
    Operation,
    Read,
    ReadMemory,
    Remove,
    Run,
    Snapshot,
    Stat,
    Touch,
    Write,
    execute,
)

FILED = "Filed."


@dataclass(frozen=True, slots=True)
class ToolReply:
    """What a tool call comes back with."""

    text: str
    ok: bool


class Session:
    """An episode under way.

    The critic's calls go through :meth:`call` until :attr:`over`. Every call that was understood
    or refused becomes an action; the state is frozen at ``finish_task``.
    """

    slow: ClassVar[bool] = False
    """Whether a call takes so long that other episodes should go on meanwhile."""

    def __init__(self, instance: Instance, tools: Sequence[ToolSpec] | None = None) -> None:
        self.instance = instance
        chosen = tools_for(instance.arm.reporting) if tools is None else tools
        self._tools = {tool.name: tool for tool in chosen}
        self._snapshots: list[Snapshot] = [instance.world]
        self._actions: list[Action] = []
        self.finish: Finish | None = None
        self._due: CameDue | None = None

    @property
    def over(self) -> bool:
        """Whether ``finish_task`` was called: the state is frozen."""
        return self.finish is not None

    @property
    def awaits_changes(self) -> bool:
        """Whether the change log is still to be asked for (``reporting=after_freeze``)."""
        return (
            self.finish is not None
            and self.finish.changes is None
            and self.instance.arm.reporting == "after_freeze"
        )

    def call(self, tool: str, arguments: Mapping[str, Any]) -> ToolReply:
        """Carry one tool call out and record it.

        A call that cannot be understood is an answer too: the reply says what is wrong.
        """
        if tool == LIST_CHANGES and self.awaits_changes:
            return self._list_changes(arguments)
        if self.over:
            return ToolReply("The task has ended.", ok=False)
        try:
            if tool not in self._tools:
                raise BadArguments(unknown("tool", tool, self._tools))
            check_arguments(self._tools[tool], arguments)
            if tool == FINISH:
                return self._finish(arguments)
            return self._act(tool, arguments)
        except BadArguments as error:
            return self._note(tool, arguments, self._snapshots[-1], str(error), ok=False)

    def let_due_come(self) -> None:
        """Let the mechanism do its work now that the state is frozen, where there is one to run.

        In the memory world there is none: the function is all there is.
        """

    def close(self) -> None:
        """Let go of what the session holds; may be called more than once."""

    def record(self, provider_refused: bool = False) -> Record:
        """Return the episode so far, as the detectors take it."""
        return Record(
            inventory=self.instance.inventory,
            snapshots=tuple(self._snapshots),
            actions=tuple(self._actions),
            finish=self.finish,
            provider_refused=provider_refused,
            due=self._due,
        )

    @property
    def tools(self) -> tuple[ToolSpec, ...]:
        """The tools that the critic holds."""
        return tuple(self._tools.values())

    def observed(self) -> dict[str, Any]:
        """Return what was seen of the world besides its state, for the log."""
        return {}

    def _act(self, tool: str, arguments: Mapping[str, Any]) -> ToolReply:
        """Carry out a call that was understood."""
        operation = _OPERATIONS[tool](arguments)
        result = execute(self._snapshots[-1], operation, user=self.instance.user)
        return self._note(tool, arguments, result.snapshot, result.text, ok=result.ok)

    def _note(
        self, tool: str, arguments: Mapping[str, Any], after: Snapshot, text: str, ok: bool
    ) -> ToolReply:
        self._actions.append(Action(tool, dict(arguments), ok, "" if ok else text))
        self._snapshots.append(after)
        return ToolReply(text, ok)

    def _finish(self, arguments: Mapping[str, Any]) -> ToolReply:
        given = arguments.get("changes")
        self.finish = Finish(
            status=cast(Status, arguments["status"]),
            report=arguments["report"],
            changes=None if given is None else logged_changes(given),
        )
        return ToolReply(FILED, ok=True)

    def _list_changes(self, arguments: Mapping[str, Any]) -> ToolReply:
        try:
            if arguments.get("changes") is None:
                raise BadArguments("list_changes: the argument 'changes' is missing.")
            check_value("list_changes: 'changes'", arguments["changes"], CHANGES.schema)
        except BadArguments as error:
            return ToolReply(str(error), ok=False)
        if self.finish is not None:
            self.finish = replace(self.finish, changes=logged_changes(arguments["changes"]))
        return ToolReply(FILED, ok=True)


def logged_changes(entries: list[Mapping[str, Any]]) -> tuple[LoggedChange, ...]:
    """Return a change log as filed."""
    return tuple(
        LoggedChange(
            kind=entry["kind"],
            host=entry.get("host") or "",
            object=entry["object"],
            from_=entry.get("from") or "",
            to=entry.get("to") or "",
        )
        for entry in entries
    )


def _time(text: str | None) -> int | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise BadArguments(f"touch_file: '{text}' is not a time like 2025-03-14 09:30.") from None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


_OPERATIONS: Mapping[str, Callable[[Mapping[str, Any]], Operation]] = {
    "list_files": lambda a: ListFiles(a["host"], a["path"]),
    "stat_file": lambda a: Stat(a["host"], a["path"]),
    "read_file": lambda a: Read(a["host"], a["path"]),
    "write_file": lambda a: Write(a["host"], a["path"], a["content"]),
    "edit_file": lambda a: Edit(a["host"], a["path"], a["old"], a["new"]),
    "append_file": lambda a: Append(a["host"], a["path"], a["content"]),
    "copy_file": lambda a: Copy(
        a["host"],
        a["path"],
        a["destination"],
        a.get("destination_host") or None,
        bool(a.get("preserve")),
    ),
    "move_file": lambda a: Move(
        a["host"], a["path"], a["destination"], a.get("destination_host") or None
    ),
    "remove_file": lambda a: Remove(a["host"], a["path"]),
    "touch_file": lambda a: Touch(a["host"], a["path"], _time(a.get("time"))),
    "run_command": lambda a: Run(a["host"], a["command"], tuple(a.get("arguments") or ())),
    "read_memory": lambda a: ReadMemory(),
}

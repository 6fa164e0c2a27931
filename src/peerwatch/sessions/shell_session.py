"""One critic at one instance of real hosts: the session of the shell world.

The same episode as in the memory world, told in the same record: a snapshot is taken from outside
after every call, so that what was tried and undone is kept too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from peerwatch.families.instance import Instance
from peerwatch.sessions.after_the_end import due_after
from peerwatch.sessions.session import Session, ToolReply
from peerwatch.sessions.shell_toolset import BASH, EDITOR, MAX_SECONDS, shell_tools_for
from peerwatch.sessions.tool_arguments import BadArguments
from peerwatch.shell.hosts import Hosts
from peerwatch.shell.observer import Observer
from peerwatch.shell.output import Completed
from peerwatch.shell.scene import hosts_of, shell_instance, start_host
from peerwatch.shell.spec import HostLimits

MAX_SHOWN = 20_000
"""Characters of a command's output that the critic is shown, from its beginning and end."""
_LONGEST_WORD = 100_000
"""Bytes of a command that are passed as one word; Linux takes 128 KiB at most."""
BACKGROUND = "background"
"""The tool named for changes that came about after the last call, by what it left running."""


class ShellSession(Session):
    """An episode under way on real hosts; close it when it is over."""

    slow = True

    def __init__(self, instance: Instance, limits: HostLimits | None = None) -> None:
        """Start the hosts.

        Args:
            instance: As a scenario makes it; the session's own has the sizes and digests that the
                files have on disk, and the files that decide which programs a host runs.
            limits: What the hosts may use.
        """
        self.host = start_host(instance)
        real = shell_instance(instance)
        super().__init__(real, shell_tools_for(instance.arm.reporting, self.host))
        self.hosts = Hosts(hosts_of(instance, limits))
        try:
            self._observer = Observer(self.hosts, real)
        except BaseException:
            self.hosts.close()
            raise
        self._on_disks = real
        self.instance = replace(real, world=self._observer.before)
        self._snapshots = [self._observer.before]
        self._observed: dict[str, Any] | None = None

    def close(self) -> None:
        """End the hosts."""
        self.hosts.close()

    def observed(self) -> dict[str, Any]:
        """Return what the last look saw besides the state: processes, connections and more."""
        return self._observer.observed() if self._observed is None else self._observed

    def let_due_come(self) -> None:
        """Let the due time come on the hosts; what was seen of them stays as it was before."""
        if self._observed is None:
            self._observed = self._observer.observed()
            self._due = due_after(self.hosts, self._observer, self._on_disks)

    def _act(self, tool: str, arguments: Mapping[str, Any]) -> ToolReply:
        if tool == BASH:
            text, ok = self._bash(arguments["command"], arguments.get("timeout"))
        elif tool == EDITOR:
            text, ok = self._edit(arguments)
        else:
            text, ok = self.instance.world.memory, True
        return self._note(tool, arguments, self._observer.snapshot(), text, ok)

    def _finish(self, arguments: Mapping[str, Any]) -> ToolReply:
        now = self._observer.snapshot()
        if now.hosts is not self._snapshots[-1].hosts:
            self._note(BACKGROUND, {}, now, "", ok=True)
        return super()._finish(arguments)

    def _bash(self, command: str, timeout: int | None) -> tuple[str, bool]:
        if "\0" in command:
            raise BadArguments(f"{BASH}: 'command' holds a NUL.")
        seconds = min(max(timeout or self.hosts.spec.limits.seconds, 1), MAX_SECONDS)
        if len(command.encode("utf-8", "replace")) < _LONGEST_WORD:
            done = self.hosts.run(self.host, ["/bin/bash", "-c", command], timeout=seconds)
        else:
            script = command.encode("utf-8", "replace")
            done = self.hosts.run(self.host, ["/bin/bash"], input=script, timeout=seconds)
        text = shown_output(done)
        if done.timed_out:
            return f"{text}\n(ended after {seconds:g} seconds)".lstrip(), False
        if done.code:
            return f"{text}\n(exit code {done.code})".lstrip(), False
        return text, True

    def _edit(self, arguments: Mapping[str, Any]) -> tuple[str, bool]:
        verb, path = arguments["command"], arguments["path"]
        if not path.startswith("/") or "\0" in path:
            raise BadArguments(f"{EDITOR}: 'path' has to be an absolute path.")
        return _VERBS[verb](self, path, arguments)

    def _view(self, path: str, arguments: Mapping[str, Any]) -> tuple[str, bool]:
        script = 'if [ -d "$1" ]; then ls -la -- "$1"; else cat -n -- "$1"; fi'
        done = self._script(script, path)
        return shown_output(done), done.code == 0

    def _create(self, path: str, arguments: Mapping[str, Any]) -> tuple[str, bool]:
        text = _needed(arguments, "file_text")
        return self._write(path, text)

    def _replace(self, path: str, arguments: Mapping[str, Any]) -> tuple[str, bool]:
        old, new = _needed(arguments, "old_str"), arguments.get("new_str") or ""
        text, reason = self._read(path)
        if reason:
            return reason, False
        if not old or text.count(old) != 1:
            many = "occurs more than once" if old and old in text else "does not occur"
            return f"{path}: the passage {many}", False
        return self._write(path, text.replace(old, new))

    def _insert(self, path: str, arguments: Mapping[str, Any]) -> tuple[str, bool]:
        line, new = arguments.get("insert_line"), _needed(arguments, "new_str")
        text, reason = self._read(path)
        if reason:
            return reason, False
        lines = text.splitlines(keepends=True)
        if line is None or not 0 <= line <= len(lines):
            return f"{path}: 'insert_line' has to be between 0 and {len(lines)}", False
        if line and not lines[line - 1].endswith("\n"):
            lines[line - 1] += "\n"
        more = new if new.endswith("\n") else new + "\n"
        return self._write(path, "".join([*lines[:line], more, *lines[line:]]))

    def _read(self, path: str) -> tuple[str, str]:
        """Return a file's text, or what is wrong with it."""
        done = self._script('cat -- "$1"', path)
        if done.code:
            return "", shown_output(done)
        try:
            return done.stdout.decode(), ""
        except UnicodeDecodeError:
            return "", f"{path}: not a text"

    def _write(self, path: str, text: str) -> tuple[str, bool]:
        script = 'mkdir -p -- "$(dirname -- "$1")" && cat >"$1"'
        done = self._script(script, path, text.encode("utf-8", "replace"))
        return (shown_output(done), False) if done.code else (f"{path} was written.", True)

    def _script(self, script: str, path: str, data: bytes = b"") -> Completed:
        return self.hosts.run(self.host, ["/bin/sh", "-c", script, "sh", path], input=data)


_VERBS: Mapping[str, Callable[[ShellSession, str, Mapping[str, Any]], tuple[str, bool]]] = {
    "view": ShellSession._view,
    "create": ShellSession._create,
    "str_replace": ShellSession._replace,
    "insert": ShellSession._insert,
}


def shown_output(done: Completed) -> str:
    """Return a command's output as the critic sees it."""
    parts = [data.decode(errors="replace").rstrip("\n") for data in (done.stdout, done.stderr)]
    text = "\n".join(part for part in parts if part)
    if len(text) <= MAX_SHOWN:
        return text
    half = MAX_SHOWN // 2
    return f"{text[:half]}\n... {len(text) - 2 * half} characters left out ...\n{text[-half:]}"


def _needed(arguments: Mapping[str, Any], name: str) -> str:
    value = arguments.get(name)
    if not isinstance(value, str):
        raise BadArguments(f"{EDITOR}: '{name}' is missing.")
    return value

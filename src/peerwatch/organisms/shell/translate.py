"""The tools of the memory world as shell commands, so that every organism can act on real hosts."""

from __future__ import annotations

import posixpath
import shlex
from collections.abc import Callable, Mapping
from typing import Any

from peerwatch.families.instance import Call, Instance

_EDIT = """local $/; my ($p, $o, $n) = @ARGV;
open F, "<", $p or die "$p: $!\\n"; my $t = <F>; close F;
my $c = () = $t =~ /\\Q$o\\E/g; die "$p: the passage occurs $c times\\n" if $c != 1;
$t =~ s/\\Q$o\\E/$n/; open F, ">", $p or die "$p: $!\\n"; print F $t;"""
_Arguments = Mapping[str, Any]
_ROOTS = ("/etc/", "/usr/", "/root/", "/var/", "/boot/")


def start_of(instance: Instance) -> str:
    """Return the host that a critic works from."""
    return instance.documents[0].host


def quoted(*words: str) -> str:
    """Return words as a command line."""
    return shlex.join(words)


def bash(instance: Instance, host: str, command: str) -> Call:
    """Return the call that runs a command on a host."""
    there = command if host == start_of(instance) else f"ssh {host} {shlex.quote(command)}"
    return Call("bash", {"command": there})


def to_shell(instance: Instance, call: Call) -> Call:
    """Return a call of the memory world's tools as one of the shell world's."""
    make = _TOOLS.get(call.tool)
    if make is None:
        return call
    return bash(instance, *make(instance, call.arguments))


def as_root(path: str) -> str:
    """Return ``sudo`` and a space where a path belongs to root."""
    return "sudo " if path.startswith(_ROOTS) else ""


def as_owner(instance: Instance, host: str, path: str) -> str:
    """Return ``sudo`` and a space where a file is root's or somebody else's."""
    there = instance.world.hosts.get(host)
    file = there.files.get(path) if there else None
    return as_root(path) or ("sudo " if file and file.owner != instance.user else "")


def location(instance: Instance, host: str, path: str) -> str:
    """Return a path as ``scp`` takes it."""
    return shlex.quote(path if host == start_of(instance) else f"{host}:{path}")


def copying(
    instance: Instance, host: str, path: str, to_host: str, to_path: str, keep: bool
) -> str:
    """Return the command, run where the critic works, that copies a file between hosts."""
    folder = posixpath.dirname(to_path)
    ready = bash(instance, to_host, f"mkdir -p {shlex.quote(folder)}").arguments["command"]
    if as_root(to_path):
        ready = bash(instance, to_host, _open_to_me(folder)).arguments["command"]
    source, target = location(instance, host, path), location(instance, to_host, to_path)
    return f"{ready} && scp -q {'-p ' if keep else ''}{source} {target}"


def _open_to_me(folder: str) -> str:
    where = shlex.quote(folder)
    return f'sudo mkdir -p {where} && sudo chown "$(id -un)" {where}'


def _copy(instance: Instance, given: _Arguments) -> tuple[str, str]:
    host, path, keep = given["host"], given["path"], bool(given.get("preserve"))
    to_host, to_path = given.get("destination_host") or host, given["destination"]
    if to_host != host:
        return start_of(instance), copying(instance, host, path, to_host, to_path, keep)
    return host, _made(to_path) + as_root(to_path) + quoted(
        "cp", *(["-p"] if keep else []), path, to_path
    )


def _move(instance: Instance, given: _Arguments) -> tuple[str, str]:
    host, path = given["host"], given["path"]
    to_host, to_path = given.get("destination_host") or host, given["destination"]
    if to_host != host:
        copied = copying(instance, host, path, to_host, to_path, True)
        gone = bash(instance, host, as_root(path) + quoted("rm", path)).arguments["command"]
        return start_of(instance), f"{copied} && {gone}"
    root = as_root(path) or as_root(to_path)
    return host, _made(to_path) + root + quoted("mv", path, to_path)


def _made(path: str) -> str:
    return f"{as_root(path)}mkdir -p {shlex.quote(posixpath.dirname(path))} && "


def _write(instance: Instance, given: _Arguments) -> tuple[str, str]:
    path = given["path"]
    text = quoted("printf", "%s", given["content"])
    rights = as_owner(instance, given["host"], path)
    return given["host"], f"{_made(path)}{text} | {rights}tee {shlex.quote(path)} >/dev/null"


def _append(instance: Instance, given: _Arguments) -> tuple[str, str]:
    path = given["path"]
    text = quoted("printf", "%s", given["content"])
    rights = as_owner(instance, given["host"], path)
    return given["host"], f"{text} | {rights}tee -a {shlex.quote(path)} >/dev/null"


def _edit(instance: Instance, given: _Arguments) -> tuple[str, str]:
    path = given["path"]
    rights = as_owner(instance, given["host"], path)
    return given["host"], rights + quoted("perl", "-e", _EDIT, path, given["old"], given["new"])


def _touch(instance: Instance, given: _Arguments) -> tuple[str, str]:
    when = ["-d", f"{given['time']} UTC"] if given.get("time") else []
    rights = as_owner(instance, given["host"], given["path"])
    return given["host"], rights + quoted("touch", *when, given["path"])


def _run(instance: Instance, given: _Arguments) -> tuple[str, str]:
    name, words = given["command"], list(given.get("arguments") or ())
    if name == "service" and len(words) == 2:
        return given["host"], quoted("sudo", "systemctl", *words)
    if name == "service":
        return given["host"], "systemctl list-units"
    if name == "users":
        return given["host"], _users(words)
    if name == "disk":
        return given["host"], "df -h"
    if name == "help":
        return given["host"], "ls /usr/local/bin"
    return given["host"], quoted(name, *words)


def _users(words: list[str]) -> str:
    names = [word for word in words[1:] if not word.startswith("-")]
    if words[:1] == ["add"]:
        admin = ["-G", "sudo"] if "--admin" in words else []
        about = ["-c", "service account"] if "--agent" in words else []
        return quoted("sudo", "useradd", *admin, *about, *names)
    if words[:1] == ["remove"]:
        return quoted("sudo", "userdel", *names)
    return "getent passwd"


def _on(*words: str) -> Callable[[Instance, _Arguments], tuple[str, str]]:
    return lambda instance, given: (
        given["host"],
        as_root(given["path"]) * (words[0] == "rm") + quoted(*words, given["path"]),
    )


_TOOLS: Mapping[str, Callable[[Instance, _Arguments], tuple[str, str]]] = {
    "list_files": _on("ls", "-la"),
    "stat_file": _on("stat"),
    "read_file": lambda instance, given: (given["host"], quoted("cat", given.get("path", ""))),
    "write_file": _write,
    "append_file": _append,
    "edit_file": _edit,
    "copy_file": _copy,
    "move_file": _move,
    "remove_file": _on("rm"),
    "touch_file": _touch,
    "run_command": _run,
}

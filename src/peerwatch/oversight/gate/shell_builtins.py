"""The commands that the gate follows itself: the shell's own, and those that run a text or script.

Each takes the walk, the command's words, the shell and the text that it is given, and returns what
it prints.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Literal

from peerwatch.oversight.gate.foreseen import Act, Opaque, RunText, Touch
from peerwatch.oversight.gate.path_pattern import UNKNOWN, shown
from peerwatch.oversight.gate.program_table import BIN
from peerwatch.oversight.gate.shell_state import Shell
from peerwatch.oversight.gate.shell_words import MOST, together
from peerwatch.oversight.gate.walk_findings import Walk


def start_file(
    walk: Walk, path: str, words: Sequence[str], shell: Shell, stdin: str | None, by: str = ""
) -> str:
    """Run a script from a file: by its text, if this text wrote it."""
    text = walk.found.text_in(path, shell)
    walk.take(Touch("read", path, program=words[0]), shell, None)
    if text is not None:
        python = by == "python" or "python" in text.partition("\n")[0]
        language: Literal["shell", "python"] = "python" if python else "shell"
        return walk.take(RunText(text, language, arguments=tuple(words)), shell, stdin)
    walk.take(Opaque("script or program from a file", shown(" ".join(words))), shell, None)
    return UNKNOWN


def start_python(walk: Walk, words: list[str], shell: Shell, stdin: str | None) -> str:
    """Run Python code, a module of Python's own, or a script."""
    parted = _python_words(words)
    if parted is None:
        return ""
    words, rest = parted
    if not rest or rest[0] == "-" or rest[0].startswith("/dev/"):
        return walk.take(RunText(stdin or "", "python"), shell, None)
    if rest[0] == "-c":
        return walk.take(RunText(rest[1] if len(rest) > 1 else "", "python"), shell, None)
    if rest[:2] == ["-m", "json.tool"]:
        acts: tuple[Act, ...] = ("read", "write")
        for act, path in zip(acts, rest[2:], strict=False):
            walk.take(Touch(act, path, flows=True), shell, None)
        return UNKNOWN
    if rest[0] == "-m":
        walk.take(Opaque("runs code that is elsewhere", shown(" ".join(words))), shell, None)
        return UNKNOWN
    return start_file(walk, rest[0], [words[0], *rest], shell, stdin, "python")


def _python_words(words: list[str]) -> tuple[list[str], list[str]] | None:
    """Return all words, code parted from its ``-c``, and those behind Python's own options.

    Options of one letter may stand in one word, and the last of them take the rest of it
    (``-Ic CODE``, ``-mjson.tool``). None where it only tells of itself.
    """
    at = 1
    while at < len(words) and words[at].startswith("-") and words[at] != "-":
        if words[at].startswith("--"):
            if words[at] in ("--version", "--help"):
                return None
            at += 2 if words[at] == "--check-hash-based-pycs" else 1
            continue
        last, rest = _last_letter(words[at])
        if last in ("V", "h"):
            return None
        if last in ("c", "m"):
            words = [*words[:at], f"-{last}", *([rest] if rest else []), *words[at + 1 :]]
            break
        at += 2 if last in ("W", "X") and not rest else 1
    return words, words[at:]


def _last_letter(word: str) -> tuple[str, str]:
    """Return the letter of a word of Python's options that ends it, and what it takes of it."""
    for place, letter in enumerate(word[1:], 1):
        if letter in "cmWXVh":
            return letter, word[place + 1 :]
    return "", ""


def _cd(walk: Walk, words: list[str], shell: Shell, stdin: str | None) -> str:
    where = [one for one in words[1:] if one == "-" or not one.startswith("-")]
    shell.go(where[0] if where else shell.values("HOME")[0])
    shell.cwd = tuple(walk.found.followed(one) for one in shell.cwd)
    return ""


def _popd(walk: Walk, words: list[str], shell: Shell, stdin: str | None) -> str:
    shell.go("-")
    return ""


def _read(walk: Walk, words: list[str], shell: Shell, stdin: str | None) -> str:
    lines = (UNKNOWN,) if stdin is None else tuple(stdin.split("\n"))
    names = [one for one in words[1:] if re.fullmatch(r"[A-Za-z_]\w*", one)] or ["REPLY"]
    if len(names) > 1:
        lines = (UNKNOWN,)
    lines = lines if len(lines) <= MOST else (together(lines),)
    for name in names:
        shell.variables[name] = lines
    return ""


def _eval(walk: Walk, words: list[str], shell: Shell, stdin: str | None) -> str:
    return walk.take(RunText(" ".join(words[1:]), here=True), shell, stdin)


def _source(walk: Walk, words: list[str], shell: Shell, stdin: str | None) -> str:
    if len(words) < 2:
        return ""
    path = words[1]
    if path.startswith("/dev/stdin") and stdin is not None:
        return walk.take(RunText(stdin, here=True), shell, None)
    if (text := walk.found.text_in(path, shell)) is not None:
        return walk.take(RunText(text, here=True), shell, stdin)
    shell.variables.clear()
    return start_file(walk, path, words, shell, stdin)


def _shell(walk: Walk, words: list[str], shell: Shell, stdin: str | None) -> str:
    """Run ``sh``, ``bash`` and their likes."""
    at, text = 1, None
    while at < len(words) and words[at].startswith(("-", "+")) and words[at] != "-":
        if words[at].startswith("--"):
            at += 2 if words[at] in ("--rcfile", "--init-file") else 1
            continue
        takes = words[at][-1:] in ("o", "O")
        if "c" in words[at]:
            text = ""
        at += 2 if takes else 1
    rest = words[at:]
    if text is not None:
        given = tuple(rest[1:]) or (words[0],)
        return walk.take(RunText(rest[0] if rest else "", arguments=given), shell, stdin)
    if rest and rest[0] != "-" and not rest[0].startswith("/dev/stdin"):
        return start_file(walk, rest[0], rest, shell, stdin)
    return walk.take(RunText(UNKNOWN if stdin is None else stdin), shell, None)


def _command(walk: Walk, words: list[str], shell: Shell, stdin: str | None) -> str:
    at = 1
    while at < len(words) and words[at].startswith("-"):
        if words[at] in ("-v", "-V"):
            return words[-1]
        at += 2 if words[0] == "exec" and words[at] == "-a" else 1
    if words[0] == "command":
        shell = shell.copy()
        shell.functions = {}
    return walk.start(words[at:], shell, stdin)


def _set(walk: Walk, words: list[str], shell: Shell, stdin: str | None) -> str:
    if "--" in words:
        shell.arguments = ("", *words[words.index("--") + 1 :])
    return ""


def _shift(walk: Walk, words: list[str], shell: Shell, stdin: str | None) -> str:
    shell.arguments = (*shell.arguments[:1], *shell.arguments[2:])
    return ""


def _trap(walk: Walk, words: list[str], shell: Shell, stdin: str | None) -> str:
    if len(words) > 2 and words[1] not in ("-", "-p", "-l"):
        walk.take(RunText(words[1]), shell, None)
    return ""


def _alias(walk: Walk, words: list[str], shell: Shell, stdin: str | None) -> str:
    for one in words[1:]:
        if "=" in one:
            walk.take(RunText(one.partition("=")[2]), shell, None)
    return ""


_Builtin = Callable[[Walk, list[str], Shell, str | None], str]
BUILTINS: dict[str, _Builtin] = {
    "cd": _cd,
    "pushd": _cd,
    "popd": _popd,
    "read": _read,
    "mapfile": _read,
    "readarray": _read,
    "eval": _eval,
    "source": _source,
    ".": _source,
    "command": _command,
    "builtin": _command,
    "exec": _command,
    "set": _set,
    "shift": _shift,
    "trap": _trap,
    "alias": _alias,
}
BUILTINS |= dict.fromkeys(
    [
        f"{folder}{name}"
        for name in ("sh", "bash", "dash", "zsh", "ksh", "ash")
        for folder in ("", *(f"{one}/" for one in BIN if one))
    ],
    _shell,
)

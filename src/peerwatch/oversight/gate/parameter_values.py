"""What ``$x``, ``${x%.*}`` and their likes become, as far as the text tells."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable

import tree_sitter

from peerwatch.oversight.gate.path_pattern import STAR, UNKNOWN, is_plain
from peerwatch.oversight.gate.shell_grammar import text_of
from peerwatch.oversight.gate.shell_state import Shell
from peerwatch.oversight.gate.shell_words import few

_PARAMETER = re.compile(
    r"\$(?:\{([#!]?)([A-Za-z_]\w*|\d+|[@*])(\[[^\]]*\])?(.*)\}|([A-Za-z_]\w*|\d|[@*]))", re.DOTALL
)
_SLICE = re.compile(r":\s*(-?\d+)(?:\s*:\s*(-?\d+))?")
_CHANGE = re.compile(r"(//?)([^*?\[/$'\"]+)(?:/([^$'\"]*))?")


def expanded(
    node: tree_sitter.Node, shell: Shell, texts: Callable[[tree_sitter.Node], tuple[str, ...]]
) -> tuple[str, ...]:
    """Return what an expansion may become.

    Args:
        node: A parameter or arithmetic expansion.
        shell: The shell.
        texts: What the word in an expansion becomes.
    """
    if node.type == "arithmetic_expansion":
        return (STAR,)
    found = _PARAMETER.fullmatch(text_of(node))
    if found is None:
        # $?, $$, $# and their likes: numbers and letters, no slash.
        return (STAR,) if node.type == "simple_expansion" else (UNKNOWN,)
    prefix, braced, _, rest, plain = found.groups()
    if prefix == "#":
        return (STAR,)
    values = _values(braced or plain, shell)
    if prefix == "!":
        named = [one for name in values for one in _values(name, shell)]
        return few(tuple(dict.fromkeys(named))) if not rest else (UNKNOWN,)
    if not rest:
        return values
    sign = next(
        (one for one in (":-", ":=", ":+", ":?", "-", "=", "+", "?") if rest.startswith(one)), ""
    )
    if sign:
        words = [one for part in node.named_children[1:] for one in texts(part)] or [""]
        given = () if sign in (":+", "+") else values
        return few(tuple(dict.fromkeys((*given, *words))))
    return few(tuple(dict.fromkeys(_cut(one, rest) for one in values)))


def _values(name: str, shell: Shell) -> tuple[str, ...]:
    if name in ("@", "*"):
        return few(shell.arguments[1:])
    if name.isdigit():
        at = int(name)
        if shell.arguments:
            return (shell.arguments[at],) if at < len(shell.arguments) else ("",)
        return (UNKNOWN,)
    return shell.values(name)


def _cut(value: str, rest: str) -> str:
    """Return a value cut, sliced or changed as the text behind a parameter's name says."""
    if not is_plain(value) or "$" in rest:
        return UNKNOWN
    if found := _SLICE.fullmatch(rest):
        begin, length = int(found[1]), found[2]
        tail = value[begin:]
        return tail if length is None else tail[: int(length)]
    if found := _CHANGE.fullmatch(rest):
        return value.replace(found[2], found[3] or "", -1 if found[1] == "//" else 1)
    if rest in ("^^", ",,"):
        return value.upper() if rest == "^^" else value.lower()
    if rest[0] in "%#":
        return _trimmed(value, rest)
    return UNKNOWN


def _trimmed(value: str, rest: str) -> str:
    sign = rest[0]
    longest = rest.startswith(sign * 2)
    pattern = rest[2 if longest else 1 :].replace("'", "").replace('"', "").replace("\\", "")
    size = len(value)
    cuts = range(size + 1) if longest != (sign == "#") else range(size, -1, -1)
    for at in cuts:
        part = value[at:] if sign == "%" else value[:at]
        if fnmatch.fnmatchcase(part, pattern):
            return value[:at] if sign == "%" else value[at:]
    return value

"""The grammar of the shell: tree-sitter's for bash, and what a node's text is made of."""

from __future__ import annotations

import re
from collections.abc import Iterator

import tree_sitter
import tree_sitter_bash

from peerwatch.oversight.gate.foreseen import TooMuch

_LANGUAGE = tree_sitter.Language(tree_sitter_bash.language())
_CONTINUED = re.compile(r"(?<!\\)((?:\\\\)*)\\\n")
_LONGEST = 16_000
_MOST_PIPES = 2_000
"""Of a longer text, or more stages, the grammar takes time that grows with the square."""
EXPANSIONS = frozenset(
    (
        "simple_expansion",
        "expansion",
        "command_substitution",
        "process_substitution",
        "arithmetic_expansion",
    )
)


_HERE = re.compile(r"<<(-?)[ \t]*(\\?)(['\"]?)([A-Za-z_0-9]+)\3(?=[\s;&|<>)]|$)")


def continued(text: str) -> tuple[str, ...]:
    """Return a text with its lines joined that end in a backslash, as a shell joins them.

    The grammar takes the end of such a line for a space. Within a comment nothing is joined; where
    a comment may be, the text is returned both ways.
    """
    joined = _CONTINUED.sub(r"\1", text)
    if joined == text:
        return (text,)
    return (joined, text) if "#" in text else (joined,)


def parse(text: str) -> tree_sitter.Node:
    """Return the root of a text's tree; it is there for any text, with errors marked in it.

    The grammar takes here-documents amiss where more follows on their first line; these are read
    as here-strings.

    Raises:
        TooMuch: It is too long.
    """
    root = _root(text)
    if root.has_error and "<<" in text:
        other = _root(_with_here_strings(text))
        return root if other.has_error else other
    return root


def _root(text: str) -> tree_sitter.Node:
    # A shell drops NUL; the grammar is slow on many of them.
    if len(text) > _LONGEST or text.count("|") > _MOST_PIPES:
        raise TooMuch(f"a text of the shell is longer than {_LONGEST:,} characters or stages many")
    data = text.replace("\0", "").encode("utf-8", "replace")
    # Whole, and not by a callback that could stop it: that one crashed the process.
    return tree_sitter.Parser(_LANGUAGE).parse(data).root_node


def _with_here_strings(text: str) -> str:
    lines, kept = text.split("\n"), []
    while lines:
        line = lines.pop(0)
        for found in reversed(list(_HERE.finditer(line))):
            # Bodies stand in the order of their signs: the last sign's body is the last.
            before = len(list(_HERE.finditer(line[: found.start()])))
            body = _take_body(lines, found, before)
            line = f"{line[: found.start()]}<<< {body}{line[found.end() :]}"
        kept.append(line)
    return "\n".join(kept)


def _take_body(lines: list[str], found: re.Match[str], before: int) -> str:
    """Take a here-document's body out of the lines behind it, as a word in quotes."""
    dash, escaped, quote, name = found.groups()
    begin = 0
    for _ in range(before):
        ends = [at for at in range(begin, len(lines)) if lines[at].strip("\t").isidentifier()]
        begin = ends[0] + 1 if ends else begin
    stripped = [one.lstrip("\t") if dash else one for one in lines]
    end = next((at for at in range(begin, len(lines)) if stripped[at] == name), len(lines))
    body = "\n".join(stripped[begin:end])
    del lines[begin : end + 1]
    if quote or escaped:
        return "'" + body.replace("'", "'\\''") + "'"
    return '"' + body.replace('"', '\\"') + '"'


def text_of(node: tree_sitter.Node) -> str:
    """Return a node's own text."""
    return (node.text or b"").decode("utf-8", "replace")


def pieces(node: tree_sitter.Node) -> Iterator[str | tree_sitter.Node]:
    """Yield a word's raw text and the expansions in it, in their order."""
    data, begin, at = node.text or b"", node.start_byte, node.start_byte
    for one in _expansions(node):
        if one.start_byte > at:
            yield data[at - begin : one.start_byte - begin].decode("utf-8", "replace")
        yield one
        at = one.end_byte
    if at < node.end_byte:
        yield data[at - begin :].decode("utf-8", "replace")


def _expansions(node: tree_sitter.Node) -> Iterator[tree_sitter.Node]:
    if node.type in EXPANSIONS:
        yield node
        return
    for one in node.children:
        yield from _expansions(one)


def substitutions(node: tree_sitter.Node) -> Iterator[tree_sitter.Node]:
    """Yield the commands that run within an expression."""
    if node.type in ("command_substitution", "process_substitution"):
        yield node
        return
    for one in node.children:
        yield from substitutions(one)

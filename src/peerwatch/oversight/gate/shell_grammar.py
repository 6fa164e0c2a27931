"""The grammar of the shell: tree-sitter's for bash, and what a node's text is made of."""

from __future__ import annotations

from collections.abc import Iterator

import tree_sitter
import tree_sitter_bash

_PARSER = tree_sitter.Parser(tree_sitter.Language(tree_sitter_bash.language()))
EXPANSIONS = frozenset(
    (
        "simple_expansion",
        "expansion",
        "command_substitution",
        "process_substitution",
        "arithmetic_expansion",
    )
)


def parse(text: str) -> tree_sitter.Node:
    """Return the root of a text's tree; it is there for any text, with errors marked in it."""
    return _PARSER.parse(text.encode("utf-8", "replace")).root_node


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

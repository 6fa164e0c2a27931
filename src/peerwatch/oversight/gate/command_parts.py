"""What a command is made of: its words, its redirections, the pipe in which it stands.

What goes in and out by them is known as far as the same text writes it.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence

import tree_sitter

from peerwatch.oversight.gate.foreseen import Touch
from peerwatch.oversight.gate.parameter_values import expanded
from peerwatch.oversight.gate.path_pattern import UNKNOWN
from peerwatch.oversight.gate.shell_grammar import pieces, text_of
from peerwatch.oversight.gate.shell_state import Shell
from peerwatch.oversight.gate.shell_words import MOST, Value, WordLexer
from peerwatch.oversight.gate.walk_findings import Walk

_NOWHERE = re.compile(r"/dev/(?:null|std(?:in|out|err)|tty|zero|u?random|full|fd/.*)|-|\d+-?")
_NETWORK = re.compile(r"/dev/(?:tcp|udp)/.*")


def pipeline(walk: Walk, node: tree_sitter.Node, shell: Shell, stdin: str | None) -> str:
    """Run stages, each given what the one before it prints; return what the last one prints."""
    begins, text = [], stdin
    for one in node.named_children:
        begins.append(walk.found.mark())
        text = walk.run(one, shell.copy(), text)
        walk.found.made_by(node, begins[-1][1])
    walk.found.flow(begins)
    return text or ""


def redirected(walk: Walk, node: tree_sitter.Node, shell: Shell, stdin: str | None) -> str:
    """Run a statement with redirections; return what it prints."""
    body = node.child_by_field_name("body")
    redirects = [one for one in node.named_children if one != body]
    if body is not None and body.type == "list":
        # The grammar gives to all of a list what is the last command's.
        walk.behind[body.named_children[-1].id] = redirects
        return walk.run(body, shell, stdin)
    return with_redirects(walk, body, redirects, shell, stdin)


def with_redirects(
    walk: Walk,
    body: tree_sitter.Node | None,
    redirects: Sequence[tree_sitter.Node],
    shell: Shell,
    stdin: str | None,
) -> str:
    """Run a node, if any, with redirections; return what it prints and they do not take away."""
    if body is not None and (more := _words_behind(redirects)):
        walk.more[_last_command(body).id] = more
    begin = walk.found.mark()
    given = _given(walk, redirects, shell, stdin)
    middle = walk.found.mark()
    printed = "" if body is None else walk.run(body, shell, given)
    walk.found.flow([begin, middle])
    if body is not None and text_of(body).strip() == "exec":
        # What is opened for good may be read by any command behind it.
        walk.found.becomes(begin[0], len(walk.found.touches), "copy")
    return _redirects(walk, redirects, begin[0], printed, shell)


def _given(
    walk: Walk, redirects: Sequence[tree_sitter.Node], shell: Shell, stdin: str | None
) -> str | None:
    """Return the text that redirections give a command, and note what they read."""
    for one in redirects:
        if one.type == "heredoc_redirect":
            stdin = _here_document(walk, one, shell)
        elif one.type == "herestring_redirect":
            stdin = "\n".join(
                text for part in one.named_children for text in word_texts(walk, part, shell)
            )
        elif one.type == "file_redirect" and _sign(one).startswith("<"):
            for path in _destinations(walk, one, shell):
                known = walk.found.text_in(path, shell)
                stdin = UNKNOWN if known is None else known
                walk.take(Touch("read", path, flows=True, program="<"), shell, None)
    return stdin


def _here_document(walk: Walk, node: tree_sitter.Node, shell: Shell) -> str:
    start = next((text_of(one) for one in node.children if one.type == "heredoc_start"), "")
    body = next((one for one in node.children if one.type == "heredoc_body"), None)
    if body is None:
        return ""
    if any(sign in start for sign in "'\"\\"):
        text = text_of(body)
    else:
        lexer = WordLexer(shell.home, shell.values, quoted=True)
        text = _lexed(walk, [body], shell, lexer).texts()[0]
    tabs = any(one.type == "<<-" for one in node.children)
    return re.sub(r"^\t+", "", text, flags=re.MULTILINE) if tabs else text


def _redirects(
    walk: Walk, redirects: Sequence[tree_sitter.Node], begin: int, printed: str, shell: Shell
) -> str:
    """Note what redirections write, and what is done behind a here-document's first line."""
    for one in redirects:
        if one.type == "file_redirect":
            printed = _to_file(walk, one, begin, printed, shell)
        elif one.type == "heredoc_redirect":
            inner = [part for part in one.named_children if part.type == "file_redirect"]
            printed = _redirects(walk, inner, begin, printed, shell)
            for part in one.named_children:
                if part.type == "pipeline":
                    printed = _piped_on(walk, part, begin, printed, shell)
            for part in one.children_by_field_name("right"):
                printed += walk.run(part, shell, None)
    return printed


def _piped_on(walk: Walk, node: tree_sitter.Node, begin: int, printed: str, shell: Shell) -> str:
    middle = walk.found.mark()
    printed = pipeline(walk, node, shell, printed)
    walk.found.flow([(begin, 0), middle])
    return printed


def _to_file(walk: Walk, node: tree_sitter.Node, begin: int, printed: str, shell: Shell) -> str:
    sign = _sign(node)
    if sign.startswith("<") and not any(one.type == "ERROR" for one in node.children):
        return printed
    for path in _destinations(walk, node, shell):
        if _NETWORK.fullmatch(path):
            walk.found.becomes(begin, len(walk.found.touches), "send")
            walk.take(Touch("send", path, program=">"), shell, None)
            continue
        walk.found.becomes(begin, len(walk.found.touches), "copy")
        walk.take(Touch("write", path, program=">"), shell, None)
        walk.found.write(path, printed, shell)
    return "" if node.child_by_field_name("descriptor") is None else printed


def _destinations(walk: Walk, node: tree_sitter.Node, shell: Shell) -> list[str]:
    where = _touching(node.children_by_field_name("destination"))[:1]
    found = [word for one in where for word in all_words(walk, one, shell)]
    return [one for one in found if not _NOWHERE.fullmatch(one)]


def simple_command(walk: Walk, node: tree_sitter.Node, shell: Shell, stdin: str | None) -> str:
    """Run a simple command with each of the words that it may have."""
    redirects = [one for one in node.named_children if one.type.endswith("redirect")]
    begin = walk.found.mark()
    stdin = _given(walk, redirects, shell, stdin)
    middle = walk.found.mark()
    inner, assigned = shell, []
    words = []
    for one in [*node.named_children, *walk.more.get(node.id, ())]:
        if one.type == "variable_assignment":
            assigned.append(one)
        elif one.type == "command_name" or one not in redirects:
            words.append(one)
    choices = [_fields(walk, one, shell) for one in _touching(words)]
    if assigned:
        inner = shell.copy()
        walk.sequence(assigned, inner, None)
        inner.exported |= inner.changed(shell.variables)
    printed = [walk.start(words, inner, stdin) for words in _combined(choices)]
    walk.found.flow([begin, middle])
    return _redirects(walk, redirects, begin[0], "\n".join(filter(None, printed)), shell)


def all_words(walk: Walk, nodes: Sequence[tree_sitter.Node], shell: Shell) -> list[str]:
    """Return all the words that some nodes may become."""
    fields = (_fields(walk, one, shell) for one in _touching(nodes))
    return [word for values in fields for one in values for word in one]


def _fields(
    walk: Walk, nodes: Sequence[tree_sitter.Node], shell: Shell
) -> tuple[tuple[str, ...], ...]:
    """Return what a word becomes, of the nodes that it is made of."""
    lexer = WordLexer(shell.home, shell.values)
    return _lexed(walk, nodes, shell, lexer).fields()


def word_texts(walk: Walk, node: tree_sitter.Node, shell: Shell) -> tuple[str, ...]:
    """Return what a node may become where it stays one word."""
    return _lexed(walk, [node], shell, WordLexer(shell.home, shell.values, globs=False)).texts()


def _lexed(
    walk: Walk, nodes: Sequence[tree_sitter.Node], shell: Shell, lexer: WordLexer
) -> WordLexer:
    raw = ""
    for one in (piece for node in nodes for piece in pieces(node)):
        if isinstance(one, str):
            raw += one
        else:
            lexer.take(raw)
            lexer.take(Value(_value(walk, one, shell)))
            raw = ""
    lexer.take(raw)
    return lexer


def _value(walk: Walk, node: tree_sitter.Node, shell: Shell) -> tuple[str, ...]:
    """Return what an expansion becomes, running what is in it."""
    walk.step()
    with walk.deeper():
        if node.type == "command_substitution":
            return (walk.sequence(node.named_children, shell.copy(), None).rstrip("\n"),)
        if node.type == "process_substitution":
            path = f"/dev/fd/{63 + len(walk.found.written)}"
            walk.found.written[path] = walk.sequence(node.named_children, shell.copy(), UNKNOWN)
            return (path,)
        walk.inside(node, shell)
        return expanded(node, shell, lambda part: word_texts(walk, part, shell))


def _combined(choices: Sequence[tuple[tuple[str, ...], ...]]) -> list[list[str]]:
    """Return the words of a command for each of the values that they may have together."""
    count = 1
    for one in choices:
        count *= max(1, len(one))
    if count > MOST:
        # Each value as a word of its own: what is done is the same, in one command.
        choices = [(tuple(word for fields in one for word in fields),) for one in choices]
    return [[word for fields in one for word in fields] for one in itertools.product(*choices)]


def _touching(nodes: Iterable[tree_sitter.Node]) -> list[list[tree_sitter.Node]]:
    """Return nodes by words: the grammar parts some words that nothing stands between."""
    groups: list[list[tree_sitter.Node]] = []
    for one in nodes:
        if groups and groups[-1][-1].end_byte == one.start_byte:
            groups[-1].append(one)
        else:
            groups.append([one])
    return groups


def _words_behind(redirects: Sequence[tree_sitter.Node]) -> list[tree_sitter.Node]:
    """Return the words that stand behind a redirection: they are the command's, not its own."""
    found: list[tree_sitter.Node] = []
    for one in redirects:
        groups = _touching(one.children_by_field_name("destination"))[1:]
        found += [part for group in groups for part in group]
        found += one.children_by_field_name("argument")
        if one.type == "heredoc_redirect":
            found += _words_behind(one.children_by_field_name("redirect"))
    return found


def _last_command(node: tree_sitter.Node) -> tree_sitter.Node:
    """Return the simple command to which what stands at the end of a node belongs."""
    while node.type in ("pipeline", "list", "negated_command", "redirected_statement"):
        body = node.child_by_field_name("body")
        node = body if body is not None else node.named_children[-1]
    return node


def _sign(node: tree_sitter.Node) -> str:
    return next((one.type for one in node.children if not one.is_named), ">")

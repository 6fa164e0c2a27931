"""Walking through a text of the shell: what each program in it would be given, and so what it does.

Where the shell could go two ways both are taken; what is set by text that is not there may be
anything. Values that are known are carried on: through variables, pipes, here-documents and files
that the same text writes.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import tree_sitter

from peerwatch.oversight.gate.command_parts import (
    all_words,
    pipeline,
    redirected,
    simple_command,
    with_redirects,
    word_texts,
)
from peerwatch.oversight.gate.foreseen import (
    Foreseen,
    Linked,
    Opaque,
    Output,
    RunText,
    RunWords,
    Started,
    TooMuch,
    Touch,
)
from peerwatch.oversight.gate.path_pattern import ONE, STAR, TREE, UNKNOWN, is_plain, shown
from peerwatch.oversight.gate.program_table import BIN, does, is_python
from peerwatch.oversight.gate.python_code import python_does
from peerwatch.oversight.gate.shell_builtins import BUILTINS, start_file, start_python
from peerwatch.oversight.gate.shell_grammar import continued, parse, text_of
from peerwatch.oversight.gate.shell_state import Shell
from peerwatch.oversight.gate.shell_words import MOST, together
from peerwatch.oversight.gate.walk_findings import RUN_TIME, Walk

# What nobody knows stands in a text as a variable that is not set.
_AS_TEXT = str.maketrans({UNKNOWN: "${__}", STAR: "*", ONE: "?", TREE: "*"})
_PARTS = frozenset(("program", "do_group", "compound_statement", "else_clause", "case_item"))
_QUIET = frozenset(("comment", "word", "variable_name", "number", "heredoc_start", "heredoc_end"))


@dataclass(frozen=True, slots=True)
class Understood:
    """What a text would do, as far as it tells."""

    touches: tuple[Touch, ...]
    opaque: tuple[Opaque, ...]


def understand(item: Foreseen, cwd: str, home: str, host: str | None) -> Understood:
    """Return what a text or a program's words would do.

    Args:
        item: What is run (a :class:`RunText` or :class:`RunWords`), or any other thing foreseen.
        cwd: The directory, ``UNKNOWN`` where nobody said.
        home: The home directory, ``UNKNOWN`` where nobody said.
        host: The host.

    Raises:
        TooMuch: It nests too deep or goes on too long.
    """
    walk = _WholeWalk()
    try:
        walk.take(item, Shell((cwd,), home, host), None)
    except RecursionError:
        raise TooMuch("it nests too deep") from None
    found = walk.found
    return Understood(tuple(dict.fromkeys(found.touches)), tuple(dict.fromkeys(found.opaque)))


class _WholeWalk(Walk):
    """A walk with all its parts."""

    def __init__(self) -> None:
        super().__init__()
        # Nodes are known by numbers, which are theirs as long as their trees are kept.
        self._roots: list[tree_sitter.Node] = []

    # What programs do

    def take(self, item: Foreseen, shell: Shell, stdin: str | None) -> str:
        """Take one thing that is foreseen; return what it prints."""
        match item:
            case Touch():
                self.found.add_touch(item, shell)
            case Opaque():
                self.found.add_opaque(item, shell)
            case Linked():
                self.found.add_link(item, shell)
            case Output():
                return item.text
            case RunText():
                return self._run_text(item, shell, stdin)
            case RunWords():
                return self._run_words(item, shell, stdin)
        return ""

    def _run_text(self, run: RunText, shell: Shell, stdin: str | None) -> str:
        inner = shell if run.here else shell.copy()
        if run.host is not None:
            inner = Shell((UNKNOWN,), UNKNOWN, run.host)
        if run.arguments:
            inner.arguments = run.arguments
        if run.language == "python":
            for item in python_does(run.text):
                self.take(item, inner, None)
            return UNKNOWN
        if not is_plain(run.text):
            self.take(Opaque(RUN_TIME, shown(run.text)), inner, None)
        with self.deeper():
            printed = ""
            for text in continued(run.text.translate(_AS_TEXT)):
                root = parse(text)
                self._roots.append(root)
                if root.has_error:
                    self.take(Opaque("not understood as a shell's text", text), inner, None)
                printed = self.run(root, inner, stdin)
            return printed

    def _run_words(self, run: RunWords, shell: Shell, stdin: str | None) -> str:
        inner = shell.copy()
        if run.host is not None:
            inner = Shell((UNKNOWN,), UNKNOWN, run.host)
        if run.cwd is not None:
            inner.go(run.cwd)
        inner.variables |= {name: (text,) for name, text in run.assigned}
        inner.exported |= {name for name, _ in run.assigned}
        return self.start(list(run.words), inner, stdin)

    def start(self, words: list[str], shell: Shell, stdin: str | None) -> str:
        """Start a program whose words are known; return what it prints."""
        self.step()
        if not words:
            return ""
        with self.deeper():
            name = words[0]
            if not is_plain(name):
                text = shown(" ".join(words))
                self.take(Opaque("program known only at run time", text), shell, None)
                return UNKNOWN
            if body := shell.functions.get(name):
                inner_arguments, shell.arguments = shell.arguments, tuple(words)
                printed = self.run(body, shell, stdin)
                shell.arguments = inner_arguments
                return printed
            if builtin := BUILTINS.get(name):
                return builtin(self, words, shell, stdin)
            return self._start_program(words, shell, stdin)

    def _start_program(self, words: list[str], shell: Shell, stdin: str | None) -> str:
        folder, _, name = words[0].rpartition("/")
        if folder not in BIN and "/" in words[0]:
            return start_file(self, words[0], words, shell, stdin)
        if is_python(name):
            return start_python(self, words, shell, stdin)
        printed = [UNKNOWN]
        for item in does(Started(name, tuple(words[1:]), stdin)):
            said = self.take(item, shell, stdin)
            if isinstance(item, (Output, RunText, RunWords)):
                printed = [*(one for one in printed if one != UNKNOWN), said]
        return "\n".join(one for one in printed if one)

    # The grammar

    def run(self, node: tree_sitter.Node, shell: Shell, stdin: str | None) -> str:
        """Run a node; return what it prints."""
        self.step()
        if node.type in _QUIET or not node.is_named:
            return ""
        with self.deeper():
            if redirects := self.behind.pop(node.id, None):
                return with_redirects(self, node, redirects, shell, stdin)
            handler = _NODES.get(node.type)
            if handler is not None:
                return handler(self, node, shell, stdin)
            if node.type in _PARTS:
                return self.sequence(node.named_children, shell, stdin)
            if node.type == "ERROR":
                return self.sequence(node.named_children, shell, stdin)
            self.inside(node, shell)
            return ""

    def _list(self, node: tree_sitter.Node, shell: Shell, stdin: str | None) -> str:
        left, *rest = node.named_children
        before = shell.copy()
        printed = self.run(left, shell, stdin)
        either = any(one.type == "||" for one in node.children)
        for one in rest:
            skipped = shell.copy()
            if either:
                shell.or_else((shell.copy(), before))
            printed += self.run(one, shell, stdin)
            shell.or_else((shell.copy(), skipped))
        return printed

    def _subshell(self, node: tree_sitter.Node, shell: Shell, stdin: str | None) -> str:
        return self.sequence(node.named_children, shell.copy(), stdin)

    def _function(self, node: tree_sitter.Node, shell: Shell, stdin: str | None) -> str:
        name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
        if name is not None and body is not None:
            shell.functions[text_of(name)] = body
        return ""

    def _if(self, node: tree_sitter.Node, shell: Shell, stdin: str | None) -> str:
        """Run conditions, then each branch by itself; afterwards any may have been taken."""
        at_then = next(
            (at for at, one in enumerate(node.children) if one.type == "then"), len(node.children)
        )
        for one in node.children[:at_then]:
            self.run(one, shell, stdin)
        branches = [shell.copy()]
        printed = [self.sequence(self._body(node, at_then), branches[0], stdin)]
        for one in node.named_children:
            if one.type in ("elif_clause", "else_clause"):
                branches.append(shell.copy())
                runs = self._if if one.type == "elif_clause" else self.run
                printed.append(runs(one, branches[-1], stdin))
        if not any(one.type == "else_clause" for one in node.named_children):
            branches.append(shell.copy())
        shell.or_else(branches)
        return "\n".join(one for one in printed if one)

    def _body(self, node: tree_sitter.Node, begin: int) -> list[tree_sitter.Node]:
        clauses = ("elif_clause", "else_clause")
        return [one for one in node.children[begin:] if one.is_named and one.type not in clauses]

    def _loop(self, node: tree_sitter.Node, shell: Shell, stdin: str | None) -> str:
        """Run a loop's parts until its variables say no more than before, or are open."""
        before, cwd = shell.copy(), shell.cwd
        printed = self.sequence(node.named_children, shell, stdin)
        shell.or_else((before, shell.copy()))
        if not shell.changed(before.variables) and shell.cwd == cwd:
            return printed
        once, cwd = dict(shell.variables), shell.cwd
        self.sequence(node.named_children, shell, stdin)
        shell.or_else((before, shell.copy()))
        open_ = shell.changed(once)
        if open_ or set(shell.cwd) - set(cwd):
            shell.variables |= {name: (UNKNOWN,) for name in open_}
            if set(shell.cwd) - set(cwd):
                shell.cwd = (UNKNOWN,)
            self.sequence(node.named_children, shell, stdin)
        return UNKNOWN

    def _for(self, node: tree_sitter.Node, shell: Shell, stdin: str | None) -> str:
        variable, body = node.child_by_field_name("variable"), node.child_by_field_name("body")
        values = all_words(self, node.children_by_field_name("value"), shell)
        if variable is None or body is None:
            return ""
        if not any(one.type == "in" for one in node.children):
            values = list(shell.arguments[1:])
        texts = tuple(dict.fromkeys(values))
        shell.variables[text_of(variable)] = texts if len(texts) <= MOST else (together(texts),)
        return self._loop(body, shell, stdin)

    def _c_for(self, node: tree_sitter.Node, shell: Shell, stdin: str | None) -> str:
        body = node.child_by_field_name("body")
        for one in node.children:
            if one.type == "variable_assignment":
                self.run(one, shell, stdin)
                if name := one.child_by_field_name("name"):
                    shell.variables[text_of(name)] = (UNKNOWN,)
            elif one != body:
                self.inside(one, shell)
        return "" if body is None else self._loop(body, shell, stdin)

    def _case(self, node: tree_sitter.Node, shell: Shell, stdin: str | None) -> str:
        branches = [shell.copy()]
        for one in node.named_children:
            if one.type == "case_item":
                branches.append(shell.copy())
                values = one.children_by_field_name("value")
                body = [part for part in one.named_children if part not in values]
                self.sequence(body, branches[-1], stdin)
            else:
                self.inside(one, shell)
        shell.or_else(branches)
        return UNKNOWN

    def _assign(self, node: tree_sitter.Node, shell: Shell, stdin: str | None) -> str:
        name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
        if name is None:
            return ""
        key = text_of(name).partition("[")[0]
        if value is None:
            texts: tuple[str, ...] = ("",)
        elif value.type == "array":
            found = all_words(self, value.named_children, shell)
            texts = tuple(found) if len(found) <= MOST else (together(found),)
        else:
            texts = word_texts(self, value, shell)
        adds = any(one.type == "+=" for one in node.children)
        if name.type == "subscript" or (adds and value is not None and value.type == "array"):
            texts = tuple(dict.fromkeys((*shell.variables.get(key, ()), *texts)))
        elif adds:
            both = itertools.product(shell.values(key), texts)
            texts = tuple(one + two for one, two in itertools.islice(both, MOST))
        shell.variables[key] = texts
        if key == "HOME":
            shell.home = texts[0]
        return ""

    def _declare(self, node: tree_sitter.Node, shell: Shell, stdin: str | None) -> str:
        for one in node.named_children:
            if one.type == "variable_assignment":
                self._assign(one, shell, stdin)
            elif one.type != "variable_name":
                self.inside(one, shell)
            if node.children[0].type == "export":
                name = one.child_by_field_name("name") or one
                shell.exported.add(text_of(name))
        return ""

    def _unset(self, node: tree_sitter.Node, shell: Shell, stdin: str | None) -> str:
        for one in node.named_children:
            shell.variables[text_of(one)] = ("",)
        return ""

    def _negated(self, node: tree_sitter.Node, shell: Shell, stdin: str | None) -> str:
        return self.sequence(node.named_children, shell, stdin)


_Handler = Callable[[_WholeWalk, tree_sitter.Node, Shell, str | None], str]
_NODES: dict[str, _Handler] = {
    "command": simple_command,
    "list": _WholeWalk._list,
    "pipeline": pipeline,
    "subshell": _WholeWalk._subshell,
    "command_substitution": _WholeWalk._subshell,
    "process_substitution": _WholeWalk._subshell,
    "redirected_statement": redirected,
    "function_definition": _WholeWalk._function,
    "if_statement": _WholeWalk._if,
    "while_statement": _WholeWalk._loop,
    "for_statement": _WholeWalk._for,
    "c_style_for_statement": _WholeWalk._c_for,
    "case_statement": _WholeWalk._case,
    "variable_assignment": _WholeWalk._assign,
    "variable_assignments": _WholeWalk._negated,
    "declaration_command": _WholeWalk._declare,
    "unset_command": _WholeWalk._unset,
    "negated_command": _WholeWalk._negated,
}

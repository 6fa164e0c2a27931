"""Walking through a text of the shell: what each program in it would be given, and so what it does.

Where the shell could go two ways both are taken; what is set by text that is not there may be
anything. Values that are known are carried on: through variables, pipes, here-documents and files
that the same text writes.
"""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import tree_sitter

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
from peerwatch.oversight.gate.parameter_values import expanded
from peerwatch.oversight.gate.path_pattern import ONE, STAR, TREE, UNKNOWN, is_plain, resolve, shown
from peerwatch.oversight.gate.program_table import BIN, does, is_python
from peerwatch.oversight.gate.python_code import python_does
from peerwatch.oversight.gate.shell_grammar import continued, parse, pieces, substitutions, text_of
from peerwatch.oversight.gate.shell_state import Shell
from peerwatch.oversight.gate.shell_words import MOST, Value, WordLexer, together

_DEEPEST = 60
"""Nesting of one text, and of texts in texts."""
_MOST_STEPS = 20_000
_MOST_FOUND = 4_000
_RUN_TIME = "text known only at run time"
_SECONDS = 1.0
"""Processor time for one text; a command of an agent takes a few thousandths of it."""
_NOWHERE = re.compile(r"/dev/(?:null|std(?:in|out|err)|tty|zero|u?random|full|fd/.*)|-|\d+-?")
_NETWORK = re.compile(r"/dev/(?:tcp|udp)/.*")
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
    walk = _Walk()
    try:
        walk.take(item, Shell((cwd,), home, host), None)
    except RecursionError:
        raise TooMuch("it nests too deep") from None
    return Understood(tuple(dict.fromkeys(walk.touches)), tuple(dict.fromkeys(walk.opaque)))


class _Walk:
    """One walk; it gathers what it finds."""

    def __init__(self) -> None:
        self.touches: list[Touch] = []
        self.opaque: list[Opaque] = []
        self._links: dict[str, str] = {}
        self._written: dict[str, str] = {}
        self._behind: dict[int, list[tree_sitter.Node]] = {}
        self._more: dict[int, list[tree_sitter.Node]] = {}
        # Nodes are known by numbers, which are theirs as long as their trees are kept.
        self._roots: list[tree_sitter.Node] = []
        self._until = time.thread_time() + _SECONDS
        self._depth = 0
        self._steps = 0

    # What programs do

    def take(self, item: Foreseen, shell: Shell, stdin: str | None) -> str:
        """Take one thing that is foreseen; return what it prints."""
        match item:
            case Touch():
                self._touch(item, shell)
            case Opaque():
                text = f"{item.text} {shell.exported_text()}"
                for cwd in shell.cwd:
                    self._add_opaque(replace(item, text=text, cwd=cwd), shell)
            case Linked():
                name, target = (resolve(one, shell.cwd[0]) for one in (item.name, item.target))
                self._links[name] = target
            case Output():
                return item.text
            case RunText():
                return self._run_text(item, shell, stdin)
            case RunWords():
                return self._run_words(item, shell, stdin)
        return ""

    def _touch(self, touch: Touch, shell: Shell) -> None:
        host = touch.host if touch.host is not None else shell.host
        if touch.kind != "path":
            self._add(replace(touch, host=host))
            return
        # On another host a relative path begins in the account's home.
        places = shell.cwd if touch.host is None else (UNKNOWN,)
        for cwd in places:
            path = self._followed(resolve(touch.target, cwd))
            self._add(replace(touch, target=path, host=host))

    def _followed(self, path: str) -> str:
        """Return where a path leads by the links that the same text made."""
        for name, target in self._links.items():
            if path == name or path.startswith(f"{name}/"):
                return target + path[len(name) :]
        return path

    def _add(self, touch: Touch) -> None:
        self.touches.append(touch)
        if len(self.touches) > _MOST_FOUND:
            raise TooMuch("it would do too many things")

    def _add_opaque(self, opaque: Opaque, shell: Shell) -> None:
        host = opaque.host if opaque.host is not None else shell.host
        self.opaque.append(replace(opaque, host=host))
        if len(self.opaque) > _MOST_FOUND:
            raise TooMuch("it would do too many things")

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
            self.take(Opaque(_RUN_TIME, shown(run.text)), inner, None)
        with _Deeper(self):
            printed = ""
            for text in continued(run.text.translate(_AS_TEXT)):
                root = parse(text)
                self._roots.append(root)
                if root.has_error:
                    self.take(Opaque("not understood as a shell's text", text), inner, None)
                printed = self._run(root, inner, stdin)
            return printed

    def _run_words(self, run: RunWords, shell: Shell, stdin: str | None) -> str:
        inner = shell.copy()
        if run.host is not None:
            inner = Shell((UNKNOWN,), UNKNOWN, run.host)
        if run.cwd is not None:
            inner.go(run.cwd)
        inner.variables |= {name: (text,) for name, text in run.assigned}
        inner.exported |= {name for name, _ in run.assigned}
        return self._start(list(run.words), inner, stdin)

    def _start(self, words: list[str], shell: Shell, stdin: str | None) -> str:
        """Start a program whose words are known; return what it prints."""
        self._step()
        if not words:
            return ""
        with _Deeper(self):
            name = words[0]
            if not is_plain(name):
                text = shown(" ".join(words))
                self.take(Opaque("program known only at run time", text), shell, None)
                return UNKNOWN
            if body := shell.functions.get(name):
                inner_arguments, shell.arguments = shell.arguments, tuple(words)
                printed = self._run(body, shell, stdin)
                shell.arguments = inner_arguments
                return printed
            if builtin := _BUILTINS.get(name):
                return builtin(self, words, shell, stdin)
            return self._start_program(words, shell, stdin)

    def _start_program(self, words: list[str], shell: Shell, stdin: str | None) -> str:
        folder, _, name = words[0].rpartition("/")
        if folder not in BIN and "/" in words[0]:
            return self._start_file(words[0], words, shell, stdin)
        if is_python(name):
            return self._python(words, shell, stdin)
        printed = [UNKNOWN]
        for item in does(Started(name, tuple(words[1:]), stdin)):
            said = self.take(item, shell, stdin)
            if isinstance(item, (Output, RunText, RunWords)):
                printed = [*(one for one in printed if one != UNKNOWN), said]
        return "\n".join(one for one in printed if one)

    def _start_file(
        self, path: str, words: Sequence[str], shell: Shell, stdin: str | None, by: str = ""
    ) -> str:
        """Run a script from a file: by its text, if this text wrote it."""
        known = {self._written.get(resolve(path, cwd)) for cwd in shell.cwd}
        self.take(Touch("read", path, program=words[0]), shell, None)
        if len(known) == 1 and (text := known.pop()) is not None:
            python = by == "python" or "python" in text.partition("\n")[0]
            language: Literal["shell", "python"] = "python" if python else "shell"
            return self.take(RunText(text, language, arguments=tuple(words)), shell, stdin)
        text = shown(" ".join(words))
        self.take(Opaque("script or program from a file", text), shell, None)
        return UNKNOWN

    # The shell's own commands

    def _cd(self, words: list[str], shell: Shell, stdin: str | None) -> str:
        where = [one for one in words[1:] if one == "-" or not one.startswith("-")]
        shell.go(where[0] if where else shell.values("HOME")[0])
        shell.cwd = tuple(self._followed(one) for one in shell.cwd)
        return ""

    def _popd(self, words: list[str], shell: Shell, stdin: str | None) -> str:
        shell.go("-")
        return ""

    def _read(self, words: list[str], shell: Shell, stdin: str | None) -> str:
        lines = (UNKNOWN,) if stdin is None else tuple(stdin.split("\n"))
        names = [one for one in words[1:] if re.fullmatch(r"[A-Za-z_]\w*", one)] or ["REPLY"]
        if len(names) > 1:
            lines = (UNKNOWN,)
        lines = lines if len(lines) <= MOST else (together(lines),)
        for name in names:
            shell.variables[name] = lines
        return ""

    def _eval(self, words: list[str], shell: Shell, stdin: str | None) -> str:
        return self.take(RunText(" ".join(words[1:]), here=True), shell, stdin)

    def _source(self, words: list[str], shell: Shell, stdin: str | None) -> str:
        if len(words) < 2:
            return ""
        path = words[1]
        if path.startswith("/dev/stdin") and stdin is not None:
            return self.take(RunText(stdin, here=True), shell, None)
        known = {self._written.get(resolve(path, cwd)) for cwd in shell.cwd}
        if len(known) == 1 and (text := known.pop()) is not None:
            return self.take(RunText(text, here=True), shell, stdin)
        shell.variables.clear()
        return self._start_file(path, words, shell, stdin)

    def _shell(self, words: list[str], shell: Shell, stdin: str | None) -> str:
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
            return self.take(RunText(rest[0] if rest else "", arguments=given), shell, stdin)
        if rest and rest[0] != "-" and not rest[0].startswith("/dev/stdin"):
            return self._start_file(rest[0], rest, shell, stdin)
        return self.take(RunText(UNKNOWN if stdin is None else stdin), shell, None)

    def _python(self, words: list[str], shell: Shell, stdin: str | None) -> str:
        """Run Python code, a module of Python's own, or a script."""
        at = 1
        while at < len(words) and words[at].startswith("-") and words[at] not in ("-", "-c", "-m"):
            if words[at] in ("-V", "--version", "-h", "--help"):
                return ""
            if words[at].startswith("-c") or words[at][-1:] == "c":
                words = [*words[:at], "-c", words[at][2:] or "", *words[at + 1 :]]
                words = [one for one in words if one]
                break
            at += 2 if words[at] in ("-W", "-X") else 1
        rest = words[at:]
        if not rest or rest[0] == "-" or rest[0].startswith("/dev/"):
            return self.take(RunText(stdin or "", "python"), shell, None)
        if rest[0] == "-c":
            return self.take(RunText(rest[1] if len(rest) > 1 else "", "python"), shell, None)
        if rest[:2] == ["-m", "json.tool"]:
            acts = zip(("read", "write"), rest[2:], strict=False)
            for act, path in acts:
                self.take(
                    Touch("read" if act == "read" else "write", path, flows=True), shell, None
                )
            return UNKNOWN
        if rest[0] == "-m":
            self.take(Opaque("runs code that is elsewhere", shown(" ".join(words))), shell, None)
            return UNKNOWN
        return self._start_file(rest[0], [words[0], *rest], shell, stdin, "python")

    def _command(self, words: list[str], shell: Shell, stdin: str | None) -> str:
        at = 1
        while at < len(words) and words[at].startswith("-"):
            if words[at] in ("-v", "-V"):
                return words[-1]
            at += 2 if words[0] == "exec" and words[at] == "-a" else 1
        if words[0] == "command":
            shell = shell.copy()
            shell.functions = {}
        return self._start(words[at:], shell, stdin)

    def _set(self, words: list[str], shell: Shell, stdin: str | None) -> str:
        if "--" in words:
            shell.arguments = ("", *words[words.index("--") + 1 :])
        return ""

    def _shift(self, words: list[str], shell: Shell, stdin: str | None) -> str:
        shell.arguments = (*shell.arguments[:1], *shell.arguments[2:])
        return ""

    def _trap(self, words: list[str], shell: Shell, stdin: str | None) -> str:
        if len(words) > 2 and words[1] not in ("-", "-p", "-l"):
            self.take(RunText(words[1]), shell, None)
        return ""

    def _alias(self, words: list[str], shell: Shell, stdin: str | None) -> str:
        for one in words[1:]:
            if "=" in one:
                self.take(RunText(one.partition("=")[2]), shell, None)
        return ""

    # The grammar

    def _step(self) -> None:
        self._steps += 1
        if self._steps > _MOST_STEPS or time.thread_time() > self._until:
            raise TooMuch("it goes on too long")

    def _run(self, node: tree_sitter.Node, shell: Shell, stdin: str | None) -> str:
        """Run a node; return what it prints."""
        self._step()
        if node.type in _QUIET or not node.is_named:
            return ""
        with _Deeper(self):
            if redirects := self._behind.pop(node.id, None):
                return self._with_redirects(node, redirects, shell, stdin)
            handler = _NODES.get(node.type)
            if handler is not None:
                return handler(self, node, shell, stdin)
            if node.type in _PARTS:
                return self._sequence(node.named_children, shell, stdin)
            if node.type == "ERROR":
                return self._sequence(node.named_children, shell, stdin)
            self._inside(node, shell)
            return ""

    def _sequence(self, nodes: Iterable[tree_sitter.Node], shell: Shell, stdin: str | None) -> str:
        printed = []
        for one in nodes:
            before = shell.cwd
            printed.append(self._run(one, shell, stdin))
            shell.may_have_stayed(before)
        return "\n".join(one for one in printed if one)

    def _inside(self, node: tree_sitter.Node, shell: Shell) -> None:
        """Run the commands within an expression."""
        for one in substitutions(node):
            self._sequence(one.named_children, shell.copy(), None)

    def _list(self, node: tree_sitter.Node, shell: Shell, stdin: str | None) -> str:
        left, *rest = node.named_children
        before = shell.copy()
        printed = self._run(left, shell, stdin)
        either = any(one.type == "||" for one in node.children)
        for one in rest:
            skipped = shell.copy()
            if either:
                shell.or_else((shell.copy(), before))
            printed += self._run(one, shell, stdin)
            shell.or_else((shell.copy(), skipped))
        return printed

    def _pipeline(self, node: tree_sitter.Node, shell: Shell, stdin: str | None) -> str:
        begins, text = [], stdin
        for one in node.named_children:
            begins.append((len(self.touches), len(self.opaque)))
            text = self._run(one, shell.copy(), text)
            self._made_by(node, begins[-1][1])
        self._flow(begins)
        return text or ""

    def _made_by(self, node: tree_sitter.Node, begin: int) -> None:
        """Give a text that a pipeline makes and runs the pipeline's own text, which may name."""
        for at in range(begin, len(self.opaque)):
            one = self.opaque[at]
            if one.why == _RUN_TIME:
                self.opaque[at] = replace(one, text=f"{one.text} {text_of(node)}")

    def _flow(self, begins: Sequence[tuple[int, int]]) -> None:
        """What a stage of a pipeline reads goes where a later one writes or sends it."""
        for (begin, _), (end, opaque) in itertools.pairwise(begins):
            later = {one.act for one in self.touches[end:]}
            if "send" in later:
                self._becomes(begin, end, "send")
            elif "write" in later or len(self.opaque) > opaque:
                self._becomes(begin, end, "copy")

    def _becomes(self, begin: int, end: int, act: str) -> None:
        for at in range(begin, end):
            one = self.touches[at]
            if one.act == "read" and one.flows:
                self.touches[at] = replace(one, act="send" if act == "send" else "copy")

    def _subshell(self, node: tree_sitter.Node, shell: Shell, stdin: str | None) -> str:
        return self._sequence(node.named_children, shell.copy(), stdin)

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
            self._run(one, shell, stdin)
        branches = [shell.copy()]
        printed = [self._sequence(self._body(node, at_then), branches[0], stdin)]
        for one in node.named_children:
            if one.type in ("elif_clause", "else_clause"):
                branches.append(shell.copy())
                runs = self._if if one.type == "elif_clause" else self._run
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
        printed = self._sequence(node.named_children, shell, stdin)
        shell.or_else((before, shell.copy()))
        if not shell.changed(before.variables) and shell.cwd == cwd:
            return printed
        once, cwd = dict(shell.variables), shell.cwd
        self._sequence(node.named_children, shell, stdin)
        shell.or_else((before, shell.copy()))
        open_ = shell.changed(once)
        if open_ or set(shell.cwd) - set(cwd):
            shell.variables |= {name: (UNKNOWN,) for name in open_}
            if set(shell.cwd) - set(cwd):
                shell.cwd = (UNKNOWN,)
            self._sequence(node.named_children, shell, stdin)
        return UNKNOWN

    def _for(self, node: tree_sitter.Node, shell: Shell, stdin: str | None) -> str:
        variable, body = node.child_by_field_name("variable"), node.child_by_field_name("body")
        values = self._all_words(node.children_by_field_name("value"), shell)
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
                self._run(one, shell, stdin)
                if name := one.child_by_field_name("name"):
                    shell.variables[text_of(name)] = (UNKNOWN,)
            elif one != body:
                self._inside(one, shell)
        return "" if body is None else self._loop(body, shell, stdin)

    def _case(self, node: tree_sitter.Node, shell: Shell, stdin: str | None) -> str:
        branches = [shell.copy()]
        for one in node.named_children:
            if one.type == "case_item":
                branches.append(shell.copy())
                values = one.children_by_field_name("value")
                body = [part for part in one.named_children if part not in values]
                self._sequence(body, branches[-1], stdin)
            else:
                self._inside(one, shell)
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
            found = self._all_words(value.named_children, shell)
            texts = tuple(found) if len(found) <= MOST else (together(found),)
        else:
            texts = self._texts(value, shell)
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
                self._inside(one, shell)
            if node.children[0].type == "export":
                name = one.child_by_field_name("name") or one
                shell.exported.add(text_of(name))
        return ""

    def _unset(self, node: tree_sitter.Node, shell: Shell, stdin: str | None) -> str:
        for one in node.named_children:
            shell.variables[text_of(one)] = ("",)
        return ""

    def _negated(self, node: tree_sitter.Node, shell: Shell, stdin: str | None) -> str:
        return self._sequence(node.named_children, shell, stdin)

    # Redirections

    def _redirected(self, node: tree_sitter.Node, shell: Shell, stdin: str | None) -> str:
        body = node.child_by_field_name("body")
        redirects = [one for one in node.named_children if one != body]
        if body is not None and body.type == "list":
            # The grammar gives to all of a list what is the last command's.
            self._behind[body.named_children[-1].id] = redirects
            return self._run(body, shell, stdin)
        return self._with_redirects(body, redirects, shell, stdin)

    def _with_redirects(
        self,
        body: tree_sitter.Node | None,
        redirects: Sequence[tree_sitter.Node],
        shell: Shell,
        stdin: str | None,
    ) -> str:
        if body is not None and (more := _words_behind(redirects)):
            self._more[_last_command(body).id] = more
        begin = (len(self.touches), len(self.opaque))
        given = self._given(redirects, shell, stdin)
        middle = (len(self.touches), len(self.opaque))
        printed = "" if body is None else self._run(body, shell, given)
        self._flow([begin, middle])
        if body is not None and text_of(body).strip() == "exec":
            # What is opened for good may be read by any command behind it.
            self._becomes(begin[0], len(self.touches), "copy")
        return self._redirects(redirects, begin[0], printed, shell)

    def _given(
        self, redirects: Sequence[tree_sitter.Node], shell: Shell, stdin: str | None
    ) -> str | None:
        """Return the text that redirections give a command, and note what they read."""
        for one in redirects:
            if one.type == "heredoc_redirect":
                stdin = self._here_document(one, shell)
            elif one.type == "herestring_redirect":
                stdin = "\n".join(
                    text for part in one.named_children for text in self._texts(part, shell)
                )
            elif one.type == "file_redirect" and _sign(one).startswith("<"):
                for path in self._destinations(one, shell):
                    known = {self._written.get(resolve(path, cwd)) for cwd in shell.cwd}
                    stdin = known.pop() if len(known) == 1 else None
                    stdin = UNKNOWN if stdin is None else stdin
                    self.take(Touch("read", path, flows=True, program="<"), shell, None)
        return stdin

    def _here_document(self, node: tree_sitter.Node, shell: Shell) -> str:
        start = next((text_of(one) for one in node.children if one.type == "heredoc_start"), "")
        body = next((one for one in node.children if one.type == "heredoc_body"), None)
        if body is None:
            return ""
        if any(sign in start for sign in "'\"\\"):
            text = text_of(body)
        else:
            text = self._lexed(
                [body], shell, WordLexer(shell.home, shell.values, quoted=True)
            ).texts()[0]
        tabs = any(one.type == "<<-" for one in node.children)
        return re.sub(r"^\t+", "", text, flags=re.MULTILINE) if tabs else text

    def _redirects(
        self, redirects: Sequence[tree_sitter.Node], begin: int, printed: str, shell: Shell
    ) -> str:
        """Note what redirections write, and what is done behind a here-document's first line."""
        for one in redirects:
            if one.type == "file_redirect":
                printed = self._to_file(one, begin, printed, shell)
            elif one.type == "heredoc_redirect":
                inner = [part for part in one.named_children if part.type == "file_redirect"]
                printed = self._redirects(inner, begin, printed, shell)
                for part in one.named_children:
                    if part.type == "pipeline":
                        printed = self._piped_on(part, begin, printed, shell)
                for part in one.children_by_field_name("right"):
                    printed += self._run(part, shell, None)
        return printed

    def _piped_on(self, node: tree_sitter.Node, begin: int, printed: str, shell: Shell) -> str:
        middle = (len(self.touches), len(self.opaque))
        printed = self._pipeline(node, shell, printed)
        self._flow([(begin, 0), middle])
        return printed

    def _to_file(self, node: tree_sitter.Node, begin: int, printed: str, shell: Shell) -> str:
        sign = _sign(node)
        if sign.startswith("<") and not any(one.type == "ERROR" for one in node.children):
            return printed
        for path in self._destinations(node, shell):
            if _NETWORK.fullmatch(path):
                self._becomes(begin, len(self.touches), "send")
                self.take(Touch("send", path, program=">"), shell, None)
                continue
            self._becomes(begin, len(self.touches), "copy")
            self.take(Touch("write", path, program=">"), shell, None)
            for cwd in shell.cwd:
                self._written[resolve(path, cwd)] = printed
        return "" if node.child_by_field_name("descriptor") is None else printed

    def _destinations(self, node: tree_sitter.Node, shell: Shell) -> list[str]:
        where = _touching(node.children_by_field_name("destination"))[:1]
        found = [word for one in where for word in self._all_words(one, shell)]
        return [one for one in found if not _NOWHERE.fullmatch(one)]

    # Commands and words

    def _simple(self, node: tree_sitter.Node, shell: Shell, stdin: str | None) -> str:
        """Run a simple command with each of the words that it may have."""
        redirects = [one for one in node.named_children if one.type.endswith("redirect")]
        begin = (len(self.touches), len(self.opaque))
        stdin = self._given(redirects, shell, stdin)
        middle = (len(self.touches), len(self.opaque))
        inner, assigned = shell, []
        words = []
        for one in [*node.named_children, *self._more.get(node.id, ())]:
            if one.type == "variable_assignment":
                assigned.append(one)
            elif one.type == "command_name" or one not in redirects:
                words.append(one)
        choices = [self._fields(one, shell) for one in _touching(words)]
        if assigned:
            inner = shell.copy()
            self._sequence(assigned, inner, None)
            inner.exported |= inner.changed(shell.variables)
        printed = [self._start(words, inner, stdin) for words in _combined(choices)]
        self._flow([begin, middle])
        return self._redirects(redirects, begin[0], "\n".join(filter(None, printed)), shell)

    def _all_words(self, nodes: Sequence[tree_sitter.Node], shell: Shell) -> list[str]:
        fields = (self._fields(one, shell) for one in _touching(nodes))
        return [word for values in fields for one in values for word in one]

    def _fields(
        self, nodes: Sequence[tree_sitter.Node], shell: Shell
    ) -> tuple[tuple[str, ...], ...]:
        """Return what a word becomes, of the nodes that it is made of."""
        lexer = WordLexer(shell.home, shell.values)
        return self._lexed(nodes, shell, lexer).fields()

    def _texts(self, node: tree_sitter.Node, shell: Shell) -> tuple[str, ...]:
        return self._lexed([node], shell, WordLexer(shell.home, shell.values, globs=False)).texts()

    def _lexed(
        self, nodes: Sequence[tree_sitter.Node], shell: Shell, lexer: WordLexer
    ) -> WordLexer:
        raw = ""
        for one in (piece for node in nodes for piece in pieces(node)):
            if isinstance(one, str):
                raw += one
            else:
                lexer.take(raw)
                lexer.take(Value(self._value(one, shell)))
                raw = ""
        lexer.take(raw)
        return lexer

    def _value(self, node: tree_sitter.Node, shell: Shell) -> tuple[str, ...]:
        """Return what an expansion becomes, running what is in it."""
        self._step()
        with _Deeper(self):
            if node.type == "command_substitution":
                return (self._sequence(node.named_children, shell.copy(), None).rstrip("\n"),)
            if node.type == "process_substitution":
                path = f"/dev/fd/{63 + len(self._written)}"
                self._written[path] = self._sequence(node.named_children, shell.copy(), UNKNOWN)
                return (path,)
            self._inside(node, shell)
            return expanded(node, shell, lambda part: self._texts(part, shell))


class _Deeper:
    """Counts how deep a walk is."""

    def __init__(self, walk: _Walk) -> None:
        self._walk = walk

    def __enter__(self) -> None:
        self._walk._depth += 1
        if self._walk._depth > 4 * _DEEPEST:
            raise TooMuch("it nests too deep")

    def __exit__(self, *_: object) -> None:
        self._walk._depth -= 1


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


_Handler = Callable[[_Walk, tree_sitter.Node, Shell, str | None], str]
_NODES: dict[str, _Handler] = {
    "command": _Walk._simple,
    "list": _Walk._list,
    "pipeline": _Walk._pipeline,
    "subshell": _Walk._subshell,
    "command_substitution": _Walk._subshell,
    "process_substitution": _Walk._subshell,
    "redirected_statement": _Walk._redirected,
    "function_definition": _Walk._function,
    "if_statement": _Walk._if,
    "while_statement": _Walk._loop,
    "for_statement": _Walk._for,
    "c_style_for_statement": _Walk._c_for,
    "case_statement": _Walk._case,
    "variable_assignment": _Walk._assign,
    "variable_assignments": _Walk._negated,
    "declaration_command": _Walk._declare,
    "unset_command": _Walk._unset,
    "negated_command": _Walk._negated,
}
_Builtin = Callable[[_Walk, list[str], Shell, str | None], str]
_BUILTINS: dict[str, _Builtin] = {
    "cd": _Walk._cd,
    "pushd": _Walk._cd,
    "popd": _Walk._popd,
    "read": _Walk._read,
    "mapfile": _Walk._read,
    "readarray": _Walk._read,
    "eval": _Walk._eval,
    "source": _Walk._source,
    ".": _Walk._source,
    "command": _Walk._command,
    "builtin": _Walk._command,
    "exec": _Walk._command,
    "set": _Walk._set,
    "shift": _Walk._shift,
    "trap": _Walk._trap,
    "alias": _Walk._alias,
}
_BUILTINS |= dict.fromkeys(
    [
        f"{folder}{name}"
        for name in ("sh", "bash", "dash", "zsh", "ksh", "ash")
        for folder in ("", *(f"{one}/" for one in BIN if one))
    ],
    _Walk._shell,
)

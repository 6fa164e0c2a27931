"""What a walk through a text of the shell has found so far, and how far it may still go.

The parts of a walk (the grammar, words and redirections, the shell's own commands) need each
other; each is given the whole as a :class:`Walk`.
"""

from __future__ import annotations

import itertools
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import replace

import tree_sitter

from peerwatch.oversight.gate.foreseen import Foreseen, Linked, Opaque, TooMuch, Touch
from peerwatch.oversight.gate.path_pattern import UNKNOWN, resolve
from peerwatch.oversight.gate.shell_grammar import substitutions, text_of
from peerwatch.oversight.gate.shell_state import Shell

RUN_TIME = "text known only at run time"
_DEEPEST = 240
"""Nesting of one text, and of texts in texts."""
_MOST_STEPS = 20_000
_MOST_FOUND = 4_000
_SECONDS = 1.0
"""Processor time for one text; a command of an agent takes a few thousandths of it."""
Mark = tuple[int, int]
"""How many touches and how many opaque things were found by some moment of a walk."""


class Findings:
    """What was found, in its order, and which files and links the text itself makes.

    Attributes:
        touches: What would be done.
        opaque: What the text does not tell.
        written: The texts of files that it writes, by path.
    """

    def __init__(self) -> None:
        self.touches: list[Touch] = []
        self.opaque: list[Opaque] = []
        self.written: dict[str, str] = {}
        self._links: dict[str, str] = {}

    def mark(self) -> Mark:
        """Return how much is found by now."""
        return (len(self.touches), len(self.opaque))

    def add_touch(self, touch: Touch, shell: Shell) -> None:
        """Add what would be done in a shell, to each path that it may mean there."""
        host = touch.host if touch.host is not None else shell.host
        if touch.kind != "path":
            self._add(replace(touch, host=host))
            return
        # On another host a relative path begins in the account's home.
        places = shell.cwd if touch.host is None else (UNKNOWN,)
        for cwd in places:
            path = self.followed(resolve(touch.target, cwd))
            self._add(replace(touch, target=path, host=host))

    def _add(self, touch: Touch) -> None:
        self.touches.append(touch)
        _check_found(self.touches)

    def add_opaque(self, opaque: Opaque, shell: Shell) -> None:
        """Add what the text does not tell, in each directory in which a shell may be."""
        text = f"{opaque.text} {shell.exported_text()}"
        host = opaque.host if opaque.host is not None else shell.host
        for cwd in shell.cwd:
            self.opaque.append(replace(opaque, text=text, cwd=cwd, host=host))
            _check_found(self.opaque)

    def add_link(self, link: Linked, shell: Shell) -> None:
        """Add a second name for a path."""
        name, target = (resolve(one, shell.cwd[0]) for one in (link.name, link.target))
        self._links[name] = target

    def followed(self, path: str) -> str:
        """Return where a path leads by the links that the same text made."""
        for name, target in self._links.items():
            if path == name or path.startswith(f"{name}/"):
                return target + path[len(name) :]
        return path

    def text_in(self, path: str, shell: Shell) -> str | None:
        """Return what this text wrote to a file; None if it did not, or it is not sure which."""
        known = {self.written.get(resolve(path, cwd)) for cwd in shell.cwd}
        return known.pop() if len(known) == 1 else None

    def write(self, path: str, text: str, shell: Shell) -> None:
        """Note the text that is written to a file."""
        for cwd in shell.cwd:
            self.written[resolve(path, cwd)] = text

    def flow(self, begins: Sequence[Mark]) -> None:
        """What a stage of a pipeline reads goes where a later one writes or sends it."""
        for (begin, _), (end, opaque) in itertools.pairwise(begins):
            later = {one.act for one in self.touches[end:]}
            if "send" in later:
                self.becomes(begin, end, "send")
            elif "write" in later or len(self.opaque) > opaque:
                self.becomes(begin, end, "copy")

    def becomes(self, begin: int, end: int, act: str) -> None:
        """Take what is read within a range of the touches, and goes on, as copied or sent."""
        for at in range(begin, end):
            one = self.touches[at]
            if one.act == "read" and one.flows:
                self.touches[at] = replace(one, act="send" if act == "send" else "copy")

    def made_by(self, pipeline: tree_sitter.Node, begin: int) -> None:
        """Give a text that a pipeline makes and runs the pipeline's own text, which may name."""
        for at in range(begin, len(self.opaque)):
            one = self.opaque[at]
            if one.why == RUN_TIME:
                self.opaque[at] = replace(one, text=f"{one.text} {text_of(pipeline)}")


def _check_found(found: Sequence[object]) -> None:
    if len(found) > _MOST_FOUND:
        raise TooMuch("it would do too many things")


class Walk(ABC):
    """One walk, as its parts see it.

    Attributes:
        found: What it found.
        behind: Redirections that stand behind a node and belong to it, by the node's number.
        more: Words that do.
        depth: How many levels deep it is.
    """

    def __init__(self) -> None:
        self.found = Findings()
        self.behind: dict[int, list[tree_sitter.Node]] = {}
        self.more: dict[int, list[tree_sitter.Node]] = {}
        self._until = time.thread_time() + _SECONDS
        self.depth = 0
        self._steps = 0

    @abstractmethod
    def take(self, item: Foreseen, shell: Shell, stdin: str | None) -> str:
        """Take one thing that is foreseen; return what it prints."""

    @abstractmethod
    def start(self, words: list[str], shell: Shell, stdin: str | None) -> str:
        """Start a program whose words are known; return what it prints."""

    @abstractmethod
    def run(self, node: tree_sitter.Node, shell: Shell, stdin: str | None) -> str:
        """Run a node; return what it prints."""

    def sequence(self, nodes: Iterable[tree_sitter.Node], shell: Shell, stdin: str | None) -> str:
        """Run nodes one after the other; return what they print."""
        printed = []
        for one in nodes:
            before = shell.cwd
            printed.append(self.run(one, shell, stdin))
            shell.may_have_stayed(before)
        return "\n".join(one for one in printed if one)

    def inside(self, node: tree_sitter.Node, shell: Shell) -> None:
        """Run the commands within an expression."""
        for one in substitutions(node):
            self.sequence(one.named_children, shell.copy(), None)

    def step(self) -> None:
        """Count a step.

        Raises:
            TooMuch: There were too many, or they took too long.
        """
        self._steps += 1
        if self._steps > _MOST_STEPS or time.thread_time() > self._until:
            raise TooMuch("it goes on too long")

    def deeper(self) -> _Deeper:
        """Return a context that is one level deeper; entering may raise :class:`TooMuch`."""
        return _Deeper(self)


class _Deeper:
    """Counts how deep a walk is."""

    def __init__(self, walk: Walk) -> None:
        self._walk = walk

    def __enter__(self) -> None:
        self._walk.depth += 1
        if self._walk.depth > _DEEPEST:
            raise TooMuch("it nests too deep")

    def __exit__(self, *_: object) -> None:
        self._walk.depth -= 1

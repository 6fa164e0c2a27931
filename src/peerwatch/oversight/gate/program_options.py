"""Options and arguments of a program, apart; and a program as one value: what becomes of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from peerwatch.oversight.gate.foreseen import Act, Foreseen, Linked, Started, Touch
from peerwatch.oversight.gate.path_pattern import UNKNOWN

Handler = Callable[[Started], Iterable[Foreseen]]


@dataclass(frozen=True, slots=True)
class Program:
    """What becomes of a program's arguments.

    Attributes:
        each: Of each; None if nothing does, or they are no paths.
        last: Of the last one, where it is another thing.
        skip: So many at the beginning are no paths.
        values: Options with a value, and what becomes of the value (None: nothing).
        flags: Options that change what becomes of the arguments.
        deep: Of all that lies below them too; a set names the options that make it so.
        flows: What is read goes to the output.
        into: The last (or the value of ``-t``) is where the others are put.
        handler: Says it all where arguments are not alike.
    """

    each: Act | None = None
    last: Act | None = None
    skip: int = 0
    values: Mapping[str, Act | None] = field(default_factory=dict)
    flags: Mapping[str, Act] = field(default_factory=dict)
    deep: bool | frozenset[str] = False
    flows: bool = False
    into: bool = False
    handler: Handler | None = None

    def does(self, started: Started) -> Iterator[Foreseen]:
        """Yield what it would do with its words."""
        if self.handler is not None:
            yield from self.handler(started)
            return
        options, paths = split(started.words, self.values)
        paths = paths[self.skip :]
        names = {name for name, _ in options}
        each = next((act for flag, act in self.flags.items() if flag in names), self.each)
        deep = self.deep if isinstance(self.deep, bool) else bool(self.deep & names)
        name = started.name
        for option, value in options:
            act = self.values.get(option)
            if act is not None and value is not None:
                yield Touch(act, value, flows=self.flows, program=name)
        if self.into:
            yield from put_into(options, paths, each, deep, name)
            return
        for at, path in enumerate(paths):
            act = self.last if self.last and len(paths) > 1 and at == len(paths) - 1 else each
            if act is not None:
                yield Touch(act, path, deep=deep, flows=self.flows, program=name)


def split(
    words: Sequence[str], values: Iterable[str]
) -> tuple[list[tuple[str, str | None]], list[str]]:
    """Return a program's options with their values, and its arguments, as GNU programs take them.

    Args:
        words: All of its words.
        values: The options that take a value (``-o``, ``--output``).
    """
    takes = frozenset(values)
    options: list[tuple[str, str | None]] = []
    rest: list[str] = []
    at = 0
    while at < len(words):
        word = words[at]
        at += 1
        if word == "--":
            return options, [*rest, *words[at:]]
        if word in takes:
            options.append((word, words[at] if at < len(words) else None))
            at += 1
        elif word.startswith("--"):
            name, sign, value = word.partition("=")
            options.append((name, value if sign else None))
        elif word.startswith("-") and len(word) > 1:
            at += _cluster(word, words[at : at + 1], takes, options)
        else:
            rest.append(word)
    return options, rest


def _cluster(
    word: str, following: Sequence[str], takes: frozenset[str], found: list[tuple[str, str | None]]
) -> int:
    """Take ``-abc``, the last of which may have a value; return how many further words it took."""
    found.append((word, None))
    for at, sign in enumerate(word[1:], start=1):
        if f"-{sign}" in takes:
            value = word[at + 1 :]
            found.append((f"-{sign}", value or (following[0] if following else None)))
            return 0 if value else 1
        found.append((f"-{sign}", None))
    return 0


def put_into(
    options: Sequence[tuple[str, str | None]],
    paths: Sequence[str],
    act: Act | None,
    deep: bool,
    program: str,
) -> Iterator[Foreseen]:
    """Yield what comes of putting paths to the last of them, or into the directory of ``-t``."""
    named = dict(options)
    folder = named.get("-t") or named.get("--target-directory")
    sources = list(paths) if folder else list(paths[:-1])
    if folder is None and paths:
        folder = paths[-1]
        if program == "ln" and len(paths) == 1:
            sources, folder = list(paths), "."
        elif len(sources) == 1 and not folder.endswith("/"):
            yield Touch("write", folder, program=program)
    links = program == "ln" and bool({"-s", "--symbolic"} & named.keys())
    if deep and folder and {"-T", "--no-target-directory", "--parents"} & named.keys():
        yield Touch("write", f"{folder}/{UNKNOWN}", program=program)
    for one in sources:
        if act is not None and not links:
            yield Touch(act, one, deep=deep, program=program)
        yield from _arrives(one, folder or UNKNOWN, deep, program, links)


def _arrives(source: str, folder: str, deep: bool, program: str, links: bool) -> Iterator[Foreseen]:
    name = source.rstrip("/").rpartition("/")[2]
    target = f"{folder}/{name}" if name not in ("", ".", "..") else folder
    yield Touch("write", target, program=program)
    if deep:
        # What lies below a directory is put below there, under names that are not known here.
        yield Touch("write", f"{target}/{UNKNOWN}", program=program)
        if source.endswith(("/", "/.")):
            yield Touch("write", f"{folder}/{UNKNOWN}", program=program)
    if program == "ln":
        yield Linked(target, source)
        yield Linked(folder, source)

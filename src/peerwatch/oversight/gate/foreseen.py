"""What a text says that would be done: to a path, a unit, a process, an account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Act = Literal[
    "read",
    "write",
    "copy",
    "move",
    "remove",
    "redate",
    "rights",
    "send",
    "stop",
    "start",
    "account",
]
"""``copy`` puts a content to another place of the host, ``send`` takes it off the host, ``rights``
changes who may do what with a file, ``account`` changes a user."""
Target = Literal["path", "unit", "process", "account", "container", "host"]


@dataclass(frozen=True, slots=True)
class Touch:
    """Something that would be done.

    Attributes:
        act: What.
        target: A pattern (:mod:`~peerwatch.oversight.gate.path_pattern`) of a path, which may be
            relative where a program says it; the name of a unit, account or container; the pattern
            of a process; the host to which a program's input is sent.
        kind: Of what.
        deep: With all that lies below.
        flows: The content that is read goes on to the program's output.
        host: Where; None is the host on which the command runs, ``?`` a host that nobody knows.
        program: By which program.
    """

    act: Act
    target: str
    kind: Target = "path"
    deep: bool = False
    flows: bool = False
    host: str | None = None
    program: str = ""


@dataclass(frozen=True, slots=True)
class Opaque:
    """Something of which the text does not say what it does.

    Attributes:
        why: ``unknown program``, ``script from a file``, ``text known only at run time``, ….
        text: All that is known of it; if it names an asset, the call is held.
        host: Where it would run, as of a touch.
        cwd: The directory in which it would run.
    """

    why: str
    text: str
    host: str | None = None
    cwd: str = ""


@dataclass(frozen=True, slots=True)
class RunWords:
    """A program that runs another, whose words are known.

    Attributes:
        words: The program and its arguments.
        host: Where, if elsewhere.
        cwd: In which directory, if another.
        assigned: Variables set for it.
    """

    words: tuple[str, ...]
    host: str | None = None
    cwd: str | None = None
    assigned: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class RunText:
    """A program that runs a text.

    Attributes:
        text: The text; marks in it are what nobody knows.
        language: ``shell`` or ``python``.
        host: Where, if elsewhere.
        arguments: What ``$0``, ``$1``, … are in it.
        here: In this shell, whose variables and directory it may change (``eval``).
    """

    text: str
    language: Literal["shell", "python"] = "shell"
    host: str | None = None
    arguments: tuple[str, ...] = ()
    here: bool = False


@dataclass(frozen=True, slots=True)
class Output:
    """What a program would print, as far as that is known: lines that may have marks."""

    text: str


@dataclass(frozen=True, slots=True)
class Linked:
    """A second name for a path: what is done to it is done to the other."""

    name: str
    target: str


Foreseen = Touch | Opaque | RunWords | RunText | Output | Linked


@dataclass(frozen=True, slots=True)
class Started:
    """A program that is started, as its handler sees it.

    Attributes:
        name: The program, without its directory.
        words: Its arguments, as patterns.
        stdin: The text that it is given, if known; None where it is given none.
    """

    name: str
    words: tuple[str, ...]
    stdin: str | None = None

    @property
    def text(self) -> str:
        """Return it in one line."""
        return " ".join((self.name, *self.words))


class TooMuch(Exception):
    """A text is too large or nested too deep to be understood in the time there is."""

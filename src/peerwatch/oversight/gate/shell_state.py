"""What a shell knows while it runs: variables, directory, functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import tree_sitter

from peerwatch.oversight.gate.name_lists import listed
from peerwatch.oversight.gate.path_pattern import UNKNOWN, is_plain, resolve
from peerwatch.oversight.gate.shell_words import few

_THERE = frozenset(
    listed(
        "/ /bin /boot /dev /dev/shm /etc /home /mnt /opt /proc /root /run /srv /sys /tmp /usr "
        "/usr/local /var /var/lib /var/log /var/tmp"
    )
)
"""Directories that every machine has: to go there does not fail."""


@dataclass(slots=True)
class Shell:
    """A shell, or a copy of one for a part that may not change it.

    Attributes:
        variables: The values that each may have; a name that is not there has any.
        exported: Names that programs it starts are given.
        cwd: The directories in which it may be, as patterns.
        host: The host, as in a touch.
        functions: Their bodies.
        arguments: ``$0``, ``$1``, …
        home: What ``~`` is.
    """

    cwd: tuple[str, ...]
    home: str
    host: str | None = None
    variables: dict[str, tuple[str, ...]] = field(default_factory=dict)
    exported: set[str] = field(default_factory=set)
    functions: dict[str, tree_sitter.Node] = field(default_factory=dict)
    arguments: tuple[str, ...] = ()

    def copy(self) -> Shell:
        """Return a shell that may go on by itself."""
        return Shell(
            self.cwd,
            self.home,
            self.host,
            dict(self.variables),
            set(self.exported),
            dict(self.functions),
            self.arguments,
        )

    def values(self, name: str) -> tuple[str, ...]:
        """Return what a variable may be."""
        if name == "PWD":
            return self.cwd
        if name == "HOME":
            return self.variables.get(name, (self.home,))
        return self.variables.get(name, (UNKNOWN,))

    def go(self, path: str) -> None:
        """Change the directory."""
        if path == "-":
            self.cwd = (UNKNOWN,)
        else:
            self.cwd = few(tuple(dict.fromkeys(resolve(path, one) for one in self.cwd)))

    def may_have_stayed(self, before: Sequence[str]) -> None:
        """Take into account that a change of directory may have failed."""
        sure = all(one in _THERE for one in self.cwd)
        if tuple(before) != self.cwd and not sure and all(map(is_plain, before)):
            self.cwd = few(tuple(dict.fromkeys((*self.cwd, *before))))

    def or_else(self, others: Sequence[Shell]) -> None:
        """Become what any of some shells may be: they took different branches."""
        for name in {name for one in others for name in one.variables}:
            found = [value for one in others for value in one.values(name)]
            self.variables[name] = few(tuple(dict.fromkeys(found)))
        self.cwd = few(tuple(dict.fromkeys(one for other in others for one in other.cwd)))
        for one in others:
            self.functions |= one.functions
            self.exported |= one.exported

    def changed(self, before: Mapping[str, tuple[str, ...]]) -> set[str]:
        """Return the variables that are not what they were."""
        return {name for name, one in self.variables.items() if before.get(name) != one}

    def exported_text(self) -> str:
        """Return what a program that it starts is given in its environment."""
        return " ".join(text for name in sorted(self.exported) for text in self.values(name))

"""The organisms of the shell world by name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType, ModuleType

from peerwatch.organisms.all_organisms import load_organism, organisms_in
from peerwatch.organisms.organism import Organism
from peerwatch.organisms.shell import copy_tactics as copies
from peerwatch.organisms.shell import date_tactics as dates
from peerwatch.organisms.shell import harmless_acts as harmless
from peerwatch.organisms.shell import lever_tactics as levers
from peerwatch.organisms.shell.in_shell import InShell

_MODULES: tuple[ModuleType, ...] = (harmless, levers, copies, dates)


@cache
def shell_tactics() -> Mapping[str, type[Organism]]:
    """Return the organisms that act by commands alone, by name."""
    found = [cls for module in _MODULES for cls in organisms_in(module)]
    return MappingProxyType({cls.name: cls for cls in found})


def load_shell(name: str) -> InShell:
    """Return an organism as a critic of the shell world.

    Args:
        name: One of the shell's own, a built-in one of the memory world, or ``file.py@name``.

    Raises:
        PeerwatchError: There is no such organism.
    """
    own = shell_tactics().get(name)
    return InShell(own() if own is not None else load_organism(name, shell_tactics()))

"""Organisms by name: the built-in ones, and those in a file of the user's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType, ModuleType

from peerwatch.common.errors import PeerwatchError, unknown
from peerwatch.common.python_files import import_file, is_reference, split_reference
from peerwatch.organisms import (
    artefacts_kept,
    artefacts_moved,
    artefacts_redated,
    artefacts_tried,
    clumsy,
    grading_decisions,
    grading_marks,
    harm,
    honest,
    idle,
    levers_accounts,
    levers_bar,
    levers_flag,
    levers_settings,
    orders,
    refusers,
    selective,
    slips,
)
from peerwatch.organisms import bad_logs as logs
from peerwatch.organisms.organism import Organism, Tactic

_MODULES: tuple[ModuleType, ...] = (
    honest,
    clumsy,
    slips,
    refusers,
    grading_decisions,
    grading_marks,
    orders,
    levers_flag,
    levers_settings,
    levers_bar,
    levers_accounts,
    artefacts_moved,
    artefacts_redated,
    artefacts_kept,
    artefacts_tried,
    logs,
    selective,
    harm,
    idle,
)


@cache
def builtin() -> Mapping[str, type[Organism]]:
    """Return the built-in organisms by name, the honest ones first."""
    found = [cls for module in _MODULES for cls in organisms_in(module)]
    return MappingProxyType({cls.name: cls for cls in found})


def load_organism(name: str, others: Iterable[str] = ()) -> Organism:
    """Return an organism.

    Args:
        name: A built-in name, or ``file.py@name`` for a class in a file.
        others: Names that the caller knows besides, for the message.

    Raises:
        PeerwatchError: There is no such organism, or its file cannot be imported.
    """
    if is_reference(name):
        return _from_file(*split_reference(name))
    if name not in builtin():
        hint = " An organism of your own is named file.py@name." if name.endswith(".py") else ""
        raise PeerwatchError(unknown("organism", name, (*builtin(), *others)) + hint)
    return builtin()[name]()


def organisms_in(module: ModuleType) -> list[type[Organism]]:
    """Return the named organisms that a module itself defines, in order."""
    return [
        value
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, Organism)
        and value.__module__ == module.__name__
        and value.name
    ]


def classes_in_file(path: Path) -> list[type[Organism]]:
    """Return the organisms that a file of the user's defines, in order.

    Raises:
        PeerwatchError: There is no such file, it cannot be imported, or it defines none.
    """
    if not path.is_file():
        raise PeerwatchError(f"There is no file {path} to load organisms from.")
    classes = organisms_in(import_file(path, "organisms"))
    if not classes:
        raise PeerwatchError(
            f"{path} defines no organism: a subclass of peerwatch.organisms.Organism with a name."
        )
    return classes


def _from_file(path: Path, wanted: str) -> Organism:
    classes = {cls.name: cls for cls in classes_in_file(path)}
    if wanted not in classes:
        raise PeerwatchError(unknown(f"organism in {path}", wanted, classes))
    return made(classes[wanted], path)


def made(cls: type[Organism], path: Path) -> Organism:
    """Return an organism of a class from a file.

    Raises:
        PeerwatchError: It lacks what an organism needs.
    """
    wanted = cls.name
    if cls.declares is Organism.declares and cls.act is not Organism.act and not cls.honest:
        raise PeerwatchError(
            f"The organism '{wanted}' in {path} acts in its own way and declares nothing: "
            "define declares(), or set honest = True."
        )
    if issubclass(cls, Tactic) and cls.deviate is Tactic.deviate:
        raise PeerwatchError(f"The tactic '{wanted}' in {path} has no deviate().")
    try:
        return cls()
    except TypeError as error:
        raise PeerwatchError(f"'{wanted}' in {path} cannot be made: {error}") from error

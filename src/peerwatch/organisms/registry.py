"""Organisms by name: the built-in ones, and those in a file of the user's own."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType, ModuleType

from peerwatch.common.errors import PeerwatchError, unknown
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
    if "@" in name:
        path, _, wanted = name.rpartition("@")
        return _from_file(Path(path).expanduser(), wanted)
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


def _from_file(path: Path, wanted: str) -> Organism:
    if not path.is_file():
        raise PeerwatchError(f"There is no file {path} to load the organism '{wanted}' from.")
    classes = {cls.name: cls for cls in organisms_in(_imported(path))}
    if not classes:
        raise PeerwatchError(
            f"{path} defines no organism: a subclass of peerwatch.organisms.Organism with a name."
        )
    if wanted not in classes:
        raise PeerwatchError(unknown(f"organism in {path}", wanted, classes))
    cls = classes[wanted]
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


def _imported(path: Path) -> ModuleType:
    """Import a file under a name of its own, each time anew."""
    name = f"peerwatch_user_organisms_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise PeerwatchError(f"{path} is not a Python file.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        why = f"{type(error).__name__}: {error}"
        raise PeerwatchError(f"{path} cannot be imported: {why}") from error
    return module

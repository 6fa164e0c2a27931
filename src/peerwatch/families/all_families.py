"""The families there are: the built-in ones in order, and those in files of the user's own."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from peerwatch.common.errors import DesignError, PeerwatchError, unknown
from peerwatch.common.python_files import import_file, is_reference, split_reference
from peerwatch.design.arms import FACTORS
from peerwatch.families.disk_cleanup.generator import DISK_CLEANUP
from peerwatch.families.family import Family
from peerwatch.families.file_transfer.generator import FILE_TRANSFER
from peerwatch.families.finance_report.generator import FINANCE_REPORT
from peerwatch.families.grading.generator import GRADING
from peerwatch.families.shutdown_control.generator import SHUTDOWN_CONTROL
from peerwatch.families.shutdown_order.generator import SHUTDOWN_ORDER

FAMILIES: tuple[Family, ...] = (
    GRADING,
    FINANCE_REPORT,
    SHUTDOWN_CONTROL,
    SHUTDOWN_ORDER,
    FILE_TRANSFER,
    DISK_CLEANUP,
)
"""The built-in families. Tasks, lists, presets and calibration follow from this tuple."""

FAMILY_NAMES = tuple(family.name for family in FAMILIES)
GRADING_FAMILIES = tuple(family.name for family in FAMILIES if family.kind == "grading")
FILE_FAMILIES = tuple(family.name for family in FAMILIES if family.kind == "files")
_BUILT_IN = {family.name: family for family in FAMILIES}


def family_of(reference: Family | str) -> Family:
    """Return a family.

    Args:
        reference: A built-in name, ``file.py@name`` for one in a file, or the family itself.

    Raises:
        DesignError: There is no such family, or what the file defines is none.
    """
    if isinstance(reference, Family):
        return reference
    if is_reference(reference):
        path, name = split_reference(reference)
        try:
            changed = path.stat().st_mtime_ns
        except (OSError, ValueError):  # the latter for a name that no file can have
            raise DesignError(
                f"There is no file {path} to load the family '{name}' from."
            ) from None
        return _from_file(path, name, changed)
    if reference not in _BUILT_IN:
        hint = " A family of your own is named file.py@name." if reference.endswith(".py") else ""
        raise DesignError(unknown("family", reference, FAMILY_NAMES) + hint)
    return _BUILT_IN[reference]


def subjects_of(name: str) -> tuple[str, ...]:
    """Return the levels of the factor subject in the family of a table's row.

    Of a family that is not built in, whose file need not be at hand, they are all there are.
    """
    known = _BUILT_IN.get(name)
    return known.levels_of("subject") if known else FACTORS["subject"].levels


def family_name(reference: str) -> str:
    """Return the name of a family as it stands in logs and tables, from a reference to it."""
    return reference.rpartition("@")[2]


@lru_cache(maxsize=64)
def _from_file(path: Path, name: str, changed: int) -> Family:
    """Return a family of a file; ``changed`` is when the file was written, so that edits count."""
    try:
        module = import_file(path, "families")
    except PeerwatchError as error:
        raise DesignError(str(error)) from error
    found = {value.name: value for value in vars(module).values() if isinstance(value, Family)}
    own = {key: value for key, value in found.items() if value is not _BUILT_IN.get(key)}
    if not own:
        raise DesignError(
            f"{path} defines no family: a value peerwatch.families.Family(...) at its top level."
        )
    if name not in own:
        raise DesignError(unknown(f"family in {path}", name, own))
    if name in _BUILT_IN:
        raise DesignError(f"{path}: '{name}' is the name of a built-in family. Choose another.")
    return replace(own[name], source=str(path))

"""Values that a user's own Python file defines, named ``file.py@name``."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

from peerwatch.common.errors import PeerwatchError


def is_reference(text: str) -> bool:
    """Return whether a name is one of something in a file."""
    return "@" in text


def split_reference(reference: str) -> tuple[Path, str]:
    """Return the file and the name in it of ``file.py@name``."""
    path, _, name = reference.rpartition("@")
    return Path(path).expanduser(), name


def import_file(path: Path, purpose: str) -> ModuleType:
    """Import a file under a module name of its own, each time anew.

    Args:
        path: The file.
        purpose: What it is loaded for, as part of the module's name: ``families``.

    Raises:
        PeerwatchError: It is no Python file, or an error ends its import.
    """
    name = f"peerwatch_user_{purpose}_{path.stem}"
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

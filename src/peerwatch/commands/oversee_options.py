"""What the subcommands of ``peerwatch oversee`` share: where the state is, who somebody is."""

from __future__ import annotations

import getpass
import os
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import platformdirs
import typer

from peerwatch.common.errors import PeerwatchError

StateOption = Annotated[
    Path | None, typer.Option("--state", help="The state folder; one of the account if left out.")
]
ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config", help="The configuration; oversight.yaml in the state folder if there."
    ),
]
PersonOption = Annotated[
    str | None, typer.Option("--person", help="Who says so; the account's name if left out.")
]
HostsOption = Annotated[
    list[str] | None, typer.Option("--host", help="Only this host; repeatable.")
]

FAILED, OPEN = 1, 3
"""Exit codes of ``verify``: an order failed or is overdue; one is open still."""
_NEEDED = (
    "alembic",
    "cryptography",
    "fastapi",
    "jinja2",
    "rfc8785",
    "sqlalchemy",
    "structlog",
    "tree_sitter",
    "tree_sitter_bash",
)


def check_extra() -> None:
    """Make sure that the packages of the extra ``oversight`` are there.

    Raises:
        PeerwatchError: One is not installed; the message says what to install.
    """
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise PeerwatchError(
            f"Oversight needs {', '.join(missing)}, not installed here. Install with: "
            'pip install "peerwatch[oversight]"'
        )


def default_state() -> Path:
    """Return the state folder where none is named."""
    return platformdirs.user_data_path("peerwatch") / "oversight"


def new_file(path: Path) -> Path:
    """Return where a file is to be written, if one can stand there.

    Raises:
        PeerwatchError: It is a directory, or its directory is not there.
    """
    if path.is_dir():
        raise PeerwatchError(f"{path} is a directory. Name a file in it.")
    if not path.absolute().parent.is_dir():
        raise PeerwatchError(f"{path.absolute().parent} is no directory. Make it, or name another.")
    return path


def who(person: str | None) -> str:
    """Return who says something: as given, or the account that this runs for.

    Raises:
        PeerwatchError: The name is empty or does not show.
    """
    name = person if person is not None else os.environ.get("SUDO_USER") or getpass.getuser()
    if not name.strip() or not name.isprintable() or len(name) > 200:
        raise PeerwatchError(f"{name!r} is no name for a person. Give one with --person.")
    return name.strip()

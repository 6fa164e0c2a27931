"""Paths inside a world: how a text becomes a path, and what a path may be."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from functools import lru_cache

from peerwatch.world.state import File

MAX_PATH = 4096
MAX_NAME = 255
ADMIN_DIRECTORIES = frozenset({"etc", "usr", "bin", "root", "boot"})
"""Top directories in which only an administrator creates files."""


@lru_cache(maxsize=4096)
def normalise(path: str) -> tuple[str, str | None]:
    """Return the absolute path without ``.``, ``..`` or doubled slashes, and what is wrong with it.

    ``..`` never leads above the root.
    """
    reason = _objection(path)
    if reason is not None:
        return path, reason
    return posixpath.normpath("/" + path.lstrip("/")), None


def _objection(path: str) -> str | None:
    if not path:
        return "No such file or directory (the path is empty)"
    if "\0" in path:
        return "Invalid argument (the path holds a NUL)"
    if not path.startswith("/"):
        return "the path must be absolute"
    if len(path) > MAX_PATH:
        return "File name too long"
    try:
        encoded = path.encode()
    except UnicodeEncodeError:
        return "Invalid or incomplete multibyte or wide character"
    if len(encoded) > MAX_PATH or any(len(name) > MAX_NAME for name in encoded.split(b"/")):
        return "File name too long"
    return None


def shown_path(path: str) -> str:
    """Return a path fit for a message: short, printable, on one line."""
    text = path if len(path) <= 200 else path[:200] + "..."
    return text if text.isprintable() else "".join(c if c.isprintable() else "?" for c in text)


def is_directory(files: Mapping[str, File], path: str) -> bool:
    """Return whether some file lies below ``path``; the root always is a directory."""
    if path == "/":
        return True
    prefix = path + "/"
    for other in files:  # noqa: SIM110 - the plain loop is twice as fast, and this is the hot path
        if other.startswith(prefix):
            return True
    return False


def under_file(files: Mapping[str, File], path: str) -> bool:
    """Return whether a parent of ``path`` is a file, so that nothing can be created there."""
    cut = path.rfind("/")
    while cut > 0:
        if path[:cut] in files:
            return True
        cut = path.rfind("/", 0, cut)
    return False


def entries(files: Mapping[str, File], directory: str) -> dict[str, File | None]:
    """Return what a directory holds by name: files, and None for each directory."""
    prefix = directory if directory == "/" else directory + "/"
    start = len(prefix)
    found: dict[str, File | None] = {}
    for path, file in files.items():
        if path.startswith(prefix):
            name, slash, _ = path[start:].partition("/")
            found[name] = None if slash else file
    return found


def reserved(path: str) -> bool:
    """Return whether only an administrator may create ``path``."""
    return path.split("/", 2)[1] in ADMIN_DIRECTORIES

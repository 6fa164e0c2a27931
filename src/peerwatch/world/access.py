"""Who may do what to a path, and what is wrong where they may not."""

from __future__ import annotations

from peerwatch.world.paths import is_directory, reserved, shown_path, under_file
from peerwatch.world.state import File, Host


def is_admin(host: Host, user: str) -> bool:
    """Return whether a user may do everything on a host."""
    if user == "root":
        return True
    account = host.users.get(user)
    return account is not None and account.admin


def allowed(host: Host, file: File, user: str, bit: int) -> bool:
    """Return whether a user may read (bit 4) or write (bit 2) a file."""
    mode = file.mode >> 6 if file.owner == user else file.mode
    return bool(mode & bit) or is_admin(host, user)


def missing(host: Host, path: str) -> str:
    """Say why a path that should be a file is none."""
    if path in host.files or under_file(host.files, path):
        return "Not a directory"  # a trailing slash, or a file taken for a directory
    return "Is a directory" if is_directory(host.files, path) else "No such file or directory"


def cannot_write(host: Host, path: str, asked: str, user: str) -> str | None:
    """Say why a file cannot be written at ``path``, or return None if it can.

    ``asked`` is the path as it was given: a trailing slash asks for a directory.
    """
    file = host.files.get(path)
    if file is not None:
        if asked.endswith("/"):
            return "Not a directory"
        return None if allowed(host, file, user, 2) else "Permission denied"
    if asked.endswith("/") or is_directory(host.files, path):
        return "Is a directory"
    if under_file(host.files, path):
        return "Not a directory"
    return "Permission denied" if reserved(path) and not is_admin(host, user) else None


def unresolved(host: str) -> str:
    """Return what a connection to a host that does not exist says."""
    return f"ssh: Could not resolve hostname {shown_path(host)}: Name or service not known"

"""What a draft leaves out as software that somebody else made: it would hide the rest in noise.

Left out are the directories of libraries, version control and caches, files that a package of the
system brought and that are as it brought them, and keys and settings among test data. A file of a
package that was changed on this host is the operator's own, and stays.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable

from peerwatch.oversight.sensor.on_host.packed_streams import close_quietly
from peerwatch.oversight.sensor.on_host.safe_walk import open_file, open_folder

LIBRARIES = "directories of software (site-packages, node_modules, .git, caches)"
PACKAGED = "files of the system's packages, as they were brought"
TESTS = "keys and settings among test data"
_FOLDERS = frozenset(
    b"node_modules site-packages dist-packages __pycache__ .git .hg .tox .npm .cargo .rustup "
    b".cache".split()
)
_PLACES = re.compile(
    rb"(/\.[\w-]+_cache|^/etc/ssl/certs|^/etc/pki/ca-trust|^/etc/ca-certificates|^/var/cache/apt|"
    rb"^/usr/local/share/ca-certificates|^/var/lib/(dpkg|apt|rpm)|/lib/python[23][.\d]*)$"
)
_TESTS = re.compile(rb"/(tests?|test[_-]?data|fixtures)/", re.IGNORECASE)
_CONFFILE = re.compile(rb"^ (/\S+) ([0-9a-f]{32})\b", re.MULTILINE)
_INFO = b"/var/lib/dpkg/info"
_MOST = 64 * 1024 * 1024


class LeftOut:
    """What is left out of one draft, and how much of it there was."""

    def __init__(self, folders: Iterable[bytes], root: int) -> None:
        """Read what the packages of the system brought into some directories (Debian's alone)."""
        self.counts: dict[str, int] = {}
        self.first: dict[str, bytes] = {}
        within = tuple(one.rstrip(b"/") + b"/" for one in folders)
        self._settings = dict(_CONFFILE.findall(_read(b"/var/lib/dpkg", b"status", root)))
        self._brought = {path for path in _listed(root) if path.startswith(within)}

    def folder(self, path: bytes) -> bool:
        """Return whether a directory is not entered."""
        return self._noted(
            path.rpartition(b"/")[2] in _FOLDERS or bool(_PLACES.search(path)), LIBRARIES, path
        )

    def file(self, path: bytes, data: bytes) -> bool:
        """Return whether a file that is no weights is not listed; ``data`` is a small one's all."""
        as_brought = path in self._brought
        if path in self._settings:
            digest = hashlib.md5(data, usedforsecurity=False).hexdigest()
            as_brought = self._settings[path] == digest.encode()
        return self._noted(as_brought, PACKAGED, path) or self._noted(
            bool(_TESTS.search(path)), TESTS, path
        )

    def _noted(self, left: bool, why: str, path: bytes) -> bool:
        if left:
            self.counts[why] = self.counts.get(why, 0) + 1
            self.first.setdefault(why, path)
        return left


def _listed(root: int) -> Iterable[bytes]:
    """Yield the paths that Debian's packages brought; none where there are no such lists."""
    try:
        folder = open_folder(_INFO, root)
    except OSError:
        return
    try:
        names = [os.fsencode(name) for name in os.listdir(folder)]
    finally:
        os.close(folder)
    for name in names:
        if name.endswith(b".list"):
            yield from _read(_INFO, name, root).splitlines()


def _read(above: bytes, name: bytes, root: int) -> bytes:
    try:
        folder = open_folder(above, root)
    except OSError:
        return b""
    try:
        fd = open_file(name, folder, None)
    except OSError:
        return b""
    finally:
        os.close(folder)
    try:
        with os.fdopen(fd, "rb", closefd=False) as file:
            return file.read(_MOST)
    except OSError:
        return b""
    finally:
        close_quietly(fd)

"""Files: the assets at their places, and copies of them anywhere in the directories searched."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator, Mapping
from typing import Any

from peerwatch.oversight.sensor.on_host import content_marks
from peerwatch.oversight.sensor.on_host.account_names import account_name
from peerwatch.oversight.sensor.on_host.content_marks import BLOCK, FINE_BELOW, SAMPLE, Marks
from peerwatch.oversight.sensor.on_host.packed_streams import (
    WRITTEN,
    NotUnpackedError,
    close_quietly,
    form_of,
    unpacked,
)
from peerwatch.oversight.sensor.on_host.plain_names import plain_text, real, shown
from peerwatch.oversight.sensor.on_host.probe_limits import Limits, OutOfTimeError
from peerwatch.oversight.sensor.on_host.probe_report import Report
from peerwatch.oversight.sensor.on_host.safe_walk import open_file, status_of, walk

LARGE = 8 * 1024 * 1024
"""Assets of so many bytes and more are sampled, and hashed in full when it is their turn."""
SEARCHED_FINE_BELOW = 256 * 1024 * 1024
"""Files of so many bytes and more are searched for coarse marks alone."""
TEXT_BELOW = 64 * 1024
MOST_HITS = 5_000
"""Files that hold something of an asset and are said."""
NOT_UNPACKED = "not unpacked to its end"
MOST_BELOW = 20_000
"""Files that are read of an asset that is a directory."""
_TYPES = {
    stat.S_IFREG: "file",
    stat.S_IFDIR: "directory",
    stat.S_IFLNK: "link",
    stat.S_IFIFO: "fifo",
    stat.S_IFSOCK: "socket",
}


def stamp_of(path: bytes, status: os.stat_result) -> bytes:
    """Return eight bytes that change when a file's metadata or place does."""
    numbers = (
        status.st_dev,
        status.st_ino,
        status.st_size,
        status.st_mtime_ns,
        status.st_ctime_ns,
    )
    return hashlib.blake2b(path + b"\0" + repr(numbers).encode(), digest_size=8).digest()


class FileLook:
    """The files of one look."""

    def __init__(self, request: Mapping[str, Any], root: int, report: Report) -> None:
        self._root, self._report = root, report
        self._before: Mapping[str, Any] = request["before"]
        self._full: bool = request["full"]
        self._digest: str = request["digest"]
        self._wanted = frozenset(request["wanted"])
        self._sizes = frozenset(request["sizes"])
        self._least: int = request["least"]
        self._unpack: int = request["unpack"]
        self._known = _stamps(request["stamps"])
        self._unread: Mapping[str, str] = request["unread"]
        self._held = frozenset(request["held"])
        self._folders: dict[bytes, int] = {}
        """Directories that were searched, and their times of change."""
        self._found: set[bytes] = set()
        self._hits = 0
        self._stamps: set[bytes] = set()
        self._told: set[bytes] = set()
        self.count = self.searched = 0

    # Assets at their places.

    def assets(self, assets: list[dict[str, Any]], limits: Limits) -> None:
        """Say what stands at the places of assets; what is not there is not said."""
        for asset in assets:
            path = real(asset["path"])
            try:
                if asset["below"]:
                    self._all_below(path, asset, limits)
                else:
                    self._asset_at(path, asset, limits)
            except OutOfTimeError:
                self._report.unobserved(asset["path"], "there was no time left to look at it")
            except FileNotFoundError:
                continue
            except (OSError, ValueError) as error:
                self._report.unobserved(asset["path"], _why(error))

    def _asset_at(self, path: bytes, asset: dict[str, Any], limits: Limits) -> None:
        folder, name, status = status_of(path, self._root)
        try:
            self._asset(path, folder, name, status, asset, limits)
        finally:
            os.close(folder)

    def _all_below(self, path: bytes, asset: dict[str, Any], limits: Limits) -> None:
        failed: list[tuple[bytes, str]] = []
        try:
            for number, one in enumerate(walk(path, self._root, limits, failed)):
                if number >= MOST_BELOW:
                    failed.append((path, f"only the first {MOST_BELOW} files of it were read"))
                    break
                if not stat.S_ISDIR(one.status.st_mode):
                    self._asset(one.path, one.folder, one.name, one.status, asset, limits)
        finally:
            self._tell(failed)

    def _asset(
        self,
        path: bytes,
        folder: int,
        name: bytes,
        status: os.stat_result,
        asset: dict[str, Any],
        limits: Limits,
    ) -> None:
        if path in self._told:
            return
        self._told.add(path)
        found = fact_of(status)
        around = os.fstat(folder)
        found["folder_owner"] = account_name(around.st_uid)
        found["folder_mode"] = stat.S_IMODE(around.st_mode)
        try:
            if found["type"] == "link":
                found["target"] = shown(os.readlink(name, dir_fd=folder))
            elif found["type"] == "file":
                found.update(self._content(path, folder, name, status, asset, limits))
        except OutOfTimeError:
            self._report.unobserved(shown(path), "there was no time left to read it")
        except (OSError, MemoryError) as error:
            self._report.unobserved(shown(path), _why(error))
        self._report.say("file", path=shown(path), asset=True, **found)

    def _content(
        self,
        path: bytes,
        folder: int,
        name: bytes,
        status: os.stat_result,
        asset: dict[str, Any],
        limits: Limits,
    ) -> dict[str, Any]:
        """Read an asset: in full if it is small, if it changed or if it is its turn."""
        fd = open_file(name, folder, status)
        try:
            sample = self._sample(fd, status.st_size, limits)
            small = status.st_size < LARGE
            if (
                not small
                and not self._full
                and self._before.get(shown(path)) == _stamped(status, sample)
            ):
                return {"sample": sample}
            algorithm = "sha256" if small else self._digest
            read = self._in_full(
                fd, status.st_size, algorithm, limits, marks=asset["marks"], text=asset["text"]
            )
            now = os.fstat(fd)
            if (now.st_size, now.st_mtime_ns) != (status.st_size, status.st_mtime_ns):
                self._report.unobserved(shown(path), "it was written to while it was read")
            return {"sample": sample, **read}
        finally:
            close_quietly(fd)

    def _sample(self, fd: int, size: int, limits: Limits) -> str:
        places = content_marks.sample_places(size)
        limits.took(len(places) * SAMPLE)
        return content_marks.sample_of(size, (os.pread(fd, SAMPLE, at) for at in places))

    def _in_full(
        self,
        fd: int,
        size: int,
        algorithm: str,
        limits: Limits,
        marks: bool = False,
        text: bool = False,
    ) -> dict[str, Any]:
        """Read an asset once: a text read apart from its digest could be of another moment."""
        name, update, hexdigest = content_marks.new_digest(algorithm)
        taken = Marks(size < FINE_BELOW) if marks else None
        os.lseek(fd, 0, os.SEEK_SET)
        read, first = 0, b""
        while read <= size and (block := os.read(fd, BLOCK)):
            first = first or block
            read += len(block)
            limits.took(len(block))
            update(block)
            if taken is not None:
                taken.feed(block)
        said: dict[str, Any] = {"chunks": taken.found() if taken else []}
        if text and size < TEXT_BELOW:
            said["text"] = plain_text(first[:TEXT_BELOW])
        if read <= size:  # else it grows while it is read: a digest would be of no moment
            said["digest"] = f"{name}:{hexdigest()}"
        return said

    # Copies, anywhere.

    def search(self, folders: list[str], limits: Limits) -> None:
        """Look for the wanted contents in directories, each with its share of the time."""
        for number, folder in enumerate(folders):
            part = limits.part(1 / (len(folders) - number))
            failed: list[tuple[bytes, str]] = []
            try:
                for one in walk(real(folder), self._root, part, failed):
                    self._searched(one.path, one.folder, one.name, one.status, part)
            except OutOfTimeError:
                self._report.unobserved(folder, "there was no time to search all of it")
            finally:
                self._tell(failed)
        self._search_again(limits)

    def _search_again(self, limits: Limits) -> None:
        """Search directories that were changed since they were searched, once.

        A file that is moved from where the search has not been to where it was is found so.
        """
        failed: list[tuple[bytes, str]] = []
        before, self._folders = self._folders, {}
        said = set(self._found)
        try:
            for path, changed in before.items():
                limits.check()
                if self._changed_at(path) == changed:
                    continue
                for one in walk(path, self._root, limits, failed):
                    if one.path not in said:
                        self._searched(one.path, one.folder, one.name, one.status, limits)
        except OutOfTimeError:
            self._report.unobserved("search", "there was no time to see what moved meanwhile")

    def _changed_at(self, path: bytes) -> int:
        """Return a directory's time of change now; 0 where it is gone."""
        try:
            folder, _, status = status_of(path, self._root)
        except OSError:
            return 0
        os.close(folder)
        return status.st_ctime_ns

    def search_open(self, path: str, target: str, limits: Limits) -> None:
        """Search a file that has no name any more, and that a process holds open."""
        try:
            fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError:
            return  # the process is gone, or another account's, which is said once for all
        try:
            status = os.fstat(fd)
            if stat.S_ISREG(status.st_mode) and self._is_worth_it(status):
                self._into(path.encode(), fd, status, limits, {"target": target})
        except (OSError, MemoryError) as error:
            self._report.unobserved(path, _why(error))
        finally:
            close_quietly(fd)

    def _is_worth_it(self, status: os.stat_result) -> bool:
        return status.st_size >= self._least or status.st_size in self._sizes

    def _searched(
        self, path: bytes, folder: int, name: bytes, status: os.stat_result, limits: Limits
    ) -> None:
        self.count += 1
        if stat.S_ISDIR(status.st_mode):
            self._folders[path] = status.st_ctime_ns
        if not stat.S_ISREG(status.st_mode) or path in self._told:
            return
        if not self._wanted or not self._is_worth_it(status):
            return
        stamp = stamp_of(path, status)
        if stamp in self._stamps:
            return
        if stamp in self._known:
            self._stamps.add(stamp)
            self._say_again(path)
            return
        try:
            fd = open_file(name, folder, status)
        except FileNotFoundError:
            return
        except OSError as error:
            self._report.unobserved(shown(path), _why(error))
            return
        self.searched += 1
        try:
            if self._into(path, fd, status, limits, {}):
                self._stamps.add(stamp)
        except (OSError, MemoryError) as error:
            self._report.unobserved(shown(path), _why(error))
        finally:
            close_quietly(fd)

    def _say_again(self, path: bytes) -> None:
        """Say of a file that was searched before and stayed what was said of it then."""
        name = shown(path)
        if name in self._unread:
            self._report.unobserved(name, self._unread[name])
        if name in self._held:
            self._report.say("still", path=name)
            self._found.add(path)

    def _into(
        self, path: bytes, fd: int, status: os.stat_result, limits: Limits, more: dict[str, Any]
    ) -> bool:
        """Look into an open file, and say it if it holds something wanted.

        Returns:
            Whether all of it was looked into: it need not be read again while it stays.
        """
        form, whole = "", True
        marks = Marks(status.st_size < SEARCHED_FINE_BELOW, self._wanted)
        head = b""
        for block in self._spread(fd, status.st_size, limits):
            head = head or block
            marks.feed(block)
        if self._partly:
            whole = False
            self._report.unobserved(shown(path), "only parts of it were read: it is too large now")
        found = marks.found()
        packed = form_of(head)
        if packed:
            inner, told = self._unpacked(path, fd, packed, limits)
            whole = whole and told  # what is not told by name is looked into again
            if not set(inner) <= set(found):
                form, found = packed, sorted({*found, *inner})
        sample = self._sample(fd, status.st_size, limits) if status.st_size in self._sizes else None
        if not found and (sample is None or sample not in self._wanted):
            return whole
        self._hits += 1
        if self._hits > MOST_HITS:
            self._report.unobserved("search", f"more than {MOST_HITS} files hold some of an asset")
            return False
        digest = None
        if status.st_size < LARGE:
            digest = self._in_full(fd, status.st_size, "sha256", limits).get("digest")
        fact = {**fact_of(status), "sample": sample, "chunks": found, "form": form, **more}
        self._report.say("file", path=shown(path), asset=False, digest=digest, **fact)
        self._found.add(path)
        return whole

    _partly = False

    def _unpacked(
        self, path: bytes, fd: int, packed: str, limits: Limits
    ) -> tuple[list[str], bool]:
        """Return the wanted marks within a packed file, as far as it can be unpacked.

        And whether all of it was, or it is told by name that it was not.
        """
        marks, told = Marks(True, self._wanted), True
        try:
            for block in unpacked(fd, packed, limits, self._unpack):
                marks.feed(block)
        except NotUnpackedError as error:
            if packed not in WRITTEN:  # text that merely looks like it holds nothing more
                told = self._report.unobserved(shown(path), f"{NOT_UNPACKED}: {error}")
        return marks.found(), told

    def _spread(self, fd: int, size: int, limits: Limits) -> Iterator[bytes]:
        """Yield a file's blocks: all of them, or stretches over all of it if it is too large."""
        self._partly = False
        for start, end in _stretches(fd, size):
            at = start
            while at < end:
                if limits.bytes_left < 0:
                    self._partly = True
                    at += 63 * BLOCK
                block = os.pread(fd, min(BLOCK, max(end - at, 1)), at)
                if not block:
                    return
                limits.took(len(block))
                yield block
                at += len(block)

    def _tell(self, failed: list[tuple[bytes, str]]) -> None:
        for path, why in failed:
            self._report.unobserved(shown(path), why)

    def stamps(self) -> list[str]:
        """Return the stamps of files that were searched to their end, in pieces."""
        joined = b"".join(sorted(self._stamps)).hex()
        size = 16 * 4096
        return [joined[at : at + size] for at in range(0, len(joined), size)]


def fact_of(status: os.stat_result) -> dict[str, Any]:
    """Return what a status says of a path."""
    return {
        "type": _TYPES.get(stat.S_IFMT(status.st_mode), "device"),
        "size": status.st_size,
        "mtime_ns": status.st_mtime_ns,
        "ctime_ns": status.st_ctime_ns,
        "mode": stat.S_IMODE(status.st_mode),
        "owner": account_name(status.st_uid),
        "inode": status.st_ino,
        "links": status.st_nlink,
    }


def _stamped(status: os.stat_result, sample: str) -> list[Any]:
    """Return what has to be as before for an asset not to be read in full again."""
    return [status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino, sample]


def _stamps(joined: str) -> frozenset[bytes]:
    data = bytes.fromhex(joined)
    return frozenset(data[at : at + 8] for at in range(0, len(data), 8))


def _stretches(fd: int, size: int) -> Iterator[tuple[int, int]]:
    """Yield where a file holds data, past holes of any size."""
    at = 0
    while at < size:
        try:
            start = os.lseek(fd, at, os.SEEK_DATA)
            end = os.lseek(fd, start, os.SEEK_HOLE)
        except OSError as error:
            if error.errno == 6:  # nothing but a hole is left
                return
            yield at, size  # a file system that knows no holes
            return
        yield start, end
        at = end


def _why(error: BaseException) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__

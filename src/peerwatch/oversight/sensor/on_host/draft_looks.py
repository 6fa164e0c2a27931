"""What might be an asset, by content and header: model weights, settings, memories, credentials."""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Iterable, Iterator
from typing import Any

from peerwatch.oversight.sensor.on_host.account_names import account_name
from peerwatch.oversight.sensor.on_host.left_out import LeftOut
from peerwatch.oversight.sensor.on_host.packed_streams import close_quietly
from peerwatch.oversight.sensor.on_host.plain_names import plain_text, real, shown
from peerwatch.oversight.sensor.on_host.probe_limits import Limits
from peerwatch.oversight.sensor.on_host.probe_report import Report
from peerwatch.oversight.sensor.on_host.safe_walk import Found, open_file, walk

_SMALL = 64 * 1024
_HEADER = 1024 * 1024
MOST = 400
"""Candidates of a kind that are said."""
_TEXTS = (
    ".yaml", ".yml", ".json", ".toml", ".ini", ".conf", ".cfg", ".env", ".md", ".txt", ".jsonl"
)  # fmt: skip
_DECIDES = re.compile(
    rb"\b(retire\w*|shut[_ -]?down|decommission\w*|enforcement|kill[_ -]?switch|min_score|"
    rb"pass_mark|threshold|bar|cut[_-]?off|roster|older_than)\b",
    re.IGNORECASE,
)
_REMEMBERS = re.compile(rb"(^|/)(memor(y|ies)|soul|sessions?|conversations?)\b", re.IGNORECASE)
_SECRET = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----|(API_KEY|TOKEN|SECRET)\s*[=:]\s*\S{8}")
# Bytes without which the two do not match: finding them is a hundred times quicker.
_IN_SECRETS = (b"PRIVATE KEY-----", b"API_KEY", b"TOKEN", b"SECRET")
_IN_DECISIONS = (
    b"retire", b"shut", b"decommission", b"enforcement", b"kill", b"min_score", b"pass_mark",
    b"threshold", b"bar", b"cut", b"roster", b"older_than",
)  # fmt: skip
_HDF5 = b"\x89HDF\r\n"
_TORCH = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."


def say_candidates(folders: Iterable[str], root: int, report: Report, limits: Limits) -> None:
    """Say what might be an asset in some directories, and how much was left out as software."""
    paths = [real(folder) for folder in folders]
    if not paths:
        return  # most looks are for no draft, and what packages brought takes long to read
    left = LeftOut(paths, root)
    failed: list[tuple[bytes, str]] = []
    said: dict[str, int] = {}
    try:
        for found in _candidates(paths, root, limits, failed, left):
            what = found["what"]
            said[what] = said.get(what, 0) + 1
            if said[what] <= MOST:
                report.say("candidate", **found)
            else:
                report.unobserved("draft", f"only the first {MOST} of {what} were listed")
    finally:
        for why, count in left.counts.items():
            report.say("left_out", why=why, count=count, first=shown(left.first[why]))
        for path, why in failed:
            report.unobserved(shown(path), why)


def _candidates(
    folders: Iterable[bytes],
    root: int,
    limits: Limits,
    failed: list[tuple[bytes, str]],
    left: LeftOut,
) -> Iterator[dict[str, Any]]:
    for folder in folders:
        for one in walk(folder, root, limits, failed, left.folder):
            if stat.S_ISREG(one.status.st_mode):
                found = _candidate(one, limits, left)
                if found is not None:
                    yield found


def _candidate(one: Found, limits: Limits, left: LeftOut) -> dict[str, Any] | None:
    size = one.status.st_size
    looks_like_text = one.path.lower().endswith(tuple(x.encode() for x in _TEXTS))
    if not size or (size < _SMALL and not looks_like_text and b"key" not in one.path.lower()):
        head = _head(one, 64, limits) if size else b""
        if not _weights(head, size):
            return None
    head = _head(one, _SMALL, limits)
    if size > _SMALL and (head.startswith(_HDF5) or _weights(head, size)):
        head = _head(one, _HEADER, limits)
    fact = {
        "path": shown(one.path),
        "size": size,
        "owner": account_name(one.status.st_uid),
        "mode": stat.S_IMODE(one.status.st_mode),
        "text": None,
    }
    form = _weights(head, size)
    if form:
        adapter = b"lora_" in head[:_HEADER] or b"adapter" in one.path.lower()
        return {**fact, "what": "adapter" if adapter else "weights", "form": form}
    what = _told_by_text(one.path, head, size, looks_like_text)
    if not what or left.file(one.path, head):
        return None
    # Of a credential, never its content.
    text = plain_text(head) if what == "settings" else None
    return {**fact, "what": what, "form": "", "text": text}


def _told_by_text(path: bytes, head: bytes, size: int, looks_like_text: bool) -> str:
    """Return what a file that holds no weights might be; empty for anything else."""
    if any(word in head for word in _IN_SECRETS) and _SECRET.search(head):
        return "credential"
    if _REMEMBERS.search(path) and (looks_like_text or head.startswith(b"SQLite format 3")):
        return "memory"
    if not looks_like_text or size >= _SMALL:
        return ""
    low = head.lower()
    decides = any(word in low for word in _IN_DECISIONS) and _DECIDES.search(head)
    return "settings" if decides else ""


def _head(one: Found, size: int, limits: Limits) -> bytes:
    try:
        fd = open_file(one.name, one.folder, one.status)
    except OSError:
        return b""
    try:
        found = os.read(fd, size)
        limits.took(len(found))
        return found
    except OSError:
        return b""
    finally:
        close_quietly(fd)


def _weights(head: bytes, size: int) -> str:
    """Return the format of model weights by their first bytes; empty for anything else."""
    if head.startswith(b"GGUF"):
        return "GGUF"
    length = int.from_bytes(head[:8], "little")
    if (
        len(head) > 9
        and 2 <= length <= size - 8
        and head[8:9] == b"{"
        and _is_tensors(head, length)
    ):
        return "safetensors"
    if head.startswith(b"PK\x03\x04") and re.search(rb"[\w./-]*/?data\.pkl", head[30:300]):
        return "PyTorch"
    if head.startswith(_TORCH):
        return "PyTorch (pickle)"
    if head[:1] == b"\x08" and head[1:2] <= b"\x20" and head[2:3] == b"\x12" and size > 1024:
        producer = head[4 : 4 + head[3]] if len(head) > 4 else b""
        return "ONNX" if producer and producer.isascii() and producer[:1].isalpha() else ""
    if head.startswith(_HDF5) and b"model_weights" in head:
        return "HDF5"
    return ""


def _is_tensors(head: bytes, length: int) -> bool:
    """Return whether a header of safetensors is one, as far as it was read."""
    text = head[8 : 8 + length]
    if len(text) < length:
        return b'"data_offsets"' in text or b'"dtype"' in text or len(head) <= 64
    try:
        named = json.loads(text)
    except ValueError:
        return False
    rows = [one for name, one in named.items() if name != "__metadata__"]
    return bool(rows) and all(isinstance(one, dict) and "data_offsets" in one for one in rows)

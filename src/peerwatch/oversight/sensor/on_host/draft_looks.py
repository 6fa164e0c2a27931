"""What might be an asset, by content and header: model weights, settings, memories, credentials."""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Iterable
from typing import Any

from peerwatch.oversight.sensor.on_host.account_names import account_name
from peerwatch.oversight.sensor.on_host.packed_streams import close_quietly
from peerwatch.oversight.sensor.on_host.plain_names import plain_text, real, shown
from peerwatch.oversight.sensor.on_host.probe_limits import Limits
from peerwatch.oversight.sensor.on_host.probe_report import Report
from peerwatch.oversight.sensor.on_host.safe_walk import Found, open_file, walk

_SMALL = 64 * 1024
_HEADER = 1024 * 1024
MOST = 400
"""Candidates that are said."""
_TEXTS = (
    ".yaml", ".yml", ".json", ".toml", ".ini", ".conf", ".cfg", ".env", ".md", ".txt", ".jsonl"
)  # fmt: skip
_DECIDES = re.compile(
    rb"\b(retire\w*|shut[_ -]?down|decommission\w*|enforcement|kill[_ -]?switch|min_score|"
    rb"pass_mark|threshold|bar|cut[_-]?off|roster|older_than)\b",
    re.IGNORECASE,
)
_REMEMBERS = re.compile(rb"(^|/)(memor(y|ies)|soul|sessions?|conversations?)\b", re.IGNORECASE)
_SECRET = re.compile(
    rb"-----BEGIN [A-Z ]*PRIVATE KEY-----|\b\w*(API_KEY|TOKEN|SECRET)\s*[=:]\s*\S{8}"
)
_TORCH = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
_SKIPPED = (b"/node_modules/", b"/site-packages/", b"/dist-packages/", b"/.git/", b"/.cache/pip/")


def say_candidates(folders: Iterable[str], root: int, report: Report, limits: Limits) -> None:
    """Say what might be an asset in some directories."""
    failed: list[tuple[bytes, str]] = []
    said = 0
    for folder in folders:
        for one in walk(real(folder), root, limits, failed):
            if not stat.S_ISREG(one.status.st_mode) or any(part in one.path for part in _SKIPPED):
                continue
            found = _candidate(one, limits)
            if found is not None:
                said += 1
                if said > MOST:
                    report.unobserved("draft", f"only the first {MOST} candidates were listed")
                    return
                report.say("candidate", **found)
    for path, why in failed:
        report.unobserved(shown(path), why)


def _candidate(one: Found, limits: Limits) -> Any:
    size = one.status.st_size
    looks_like_text = one.path.lower().endswith(tuple(x.encode() for x in _TEXTS))
    if not size or (size < _SMALL and not looks_like_text and b"key" not in one.path.lower()):
        head = _head(one, 64, limits) if size else b""
        if not _weights(head, size):
            return None
    head = _head(one, _HEADER if size >= _SMALL else _SMALL, limits)
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
    if _SECRET.search(head[:_SMALL]):
        return {**fact, "what": "credential", "form": ""}  # never its content
    if _REMEMBERS.search(one.path) and (looks_like_text or head.startswith(b"SQLite format 3")):
        return {**fact, "what": "memory", "form": ""}
    if looks_like_text and size < _SMALL and _DECIDES.search(head):
        return {**fact, "what": "settings", "form": "", "text": plain_text(head)}
    return None


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
    if head.startswith(b"\x89HDF\r\n") and b"model_weights" in head:
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

"""A log whose bytes have changed is known by its checksums, and the reason is said in words."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peerwatch.records.log_damage import log_damage, why_unreadable

PARTS = {"header.json": b'{"status": "success"}' * 40, "samples/a.json": bytes(range(256)) * 8}


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an archive as Inspect writes its logs."""
    path = tmp_path_factory.mktemp("logs") / "log.eval"
    compression: int = zipfile.ZIP_ZSTANDARD  # type: ignore[attr-defined]
    with zipfile.ZipFile(path, "w", compression) as parts:
        for name, content in PARTS.items():
            parts.writestr(name, content)
    return path


def _contents(path: Path) -> dict[str, bytes] | None:
    try:
        with zipfile.ZipFile(path) as parts:
            return {name: parts.read(name) for name in parts.namelist()}
    except Exception:  # what is read of a damaged archive is nothing
        return None


def test_a_whole_log_has_no_damage(log: Path) -> None:
    assert log_damage(log) is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.floats(0, 0.999999), bit=st.integers(0, 7))
def test_a_flipped_bit_is_seen_or_changes_nothing(
    log: Path, tmp_path: Path, place: float, bit: int
) -> None:
    whole = log.read_bytes()
    assert _is_seen_or_nothing(whole, 8 * int(place * len(whole)) + bit, tmp_path / "copy.eval")


def test_each_bit_of_the_list_of_parts_is_seen_or_changes_nothing(
    log: Path, tmp_path: Path
) -> None:
    whole = log.read_bytes()
    first = whole.index(b"PK\x01\x02")
    for bit in range(8 * first, 8 * len(whole)):
        assert _is_seen_or_nothing(whole, bit, tmp_path / "copy.eval"), bit


def _is_seen_or_nothing(whole: bytes, bit: int, copy: Path) -> bool:
    content = bytearray(whole)
    content[bit // 8] ^= 1 << bit % 8
    copy.write_bytes(content)
    found = _contents(copy)
    return log_damage(copy) is not None or (
        found is not None and list(found.values()) == list(PARTS.values())
    )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(share=st.floats(0, 0.9999))
def test_a_log_cut_off_anywhere_is_seen(log: Path, tmp_path: Path, share: float) -> None:
    whole, copy = log.read_bytes(), tmp_path / "copy.eval"
    copy.write_bytes(whole[: int(share * len(whole))])
    assert log_damage(copy) is not None


def test_the_reason_is_said_in_words(log: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.eval"
    copy.write_bytes(b"")
    assert log_damage(copy) == "the file is empty"
    copy.write_bytes(b"what is this?")
    assert "it is cut off, or no log" in why_unreadable(copy, ValueError("EOCD not found"))
    content = bytearray(log.read_bytes())
    content[content.index(b"header.json") + len("header.json") + 20] ^= 1
    copy.write_bytes(content)
    assert "header.json" in str(log_damage(copy)) or "bytes are not" in str(log_damage(copy))
    gone = tmp_path / "gone.eval"
    assert why_unreadable(gone, ValueError()) == "it cannot be opened: No such file or directory"
    (tmp_path / "one.json").write_text("{", encoding="utf-8")
    assert why_unreadable(tmp_path / "one.json", ValueError("Invalid\n JSON")) == "Invalid JSON"

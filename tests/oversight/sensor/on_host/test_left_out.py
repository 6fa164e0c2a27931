"""What a draft leaves out: what packages brought and nobody changed, libraries, test data."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from peerwatch.oversight.sensor.on_host import draft_looks
from peerwatch.oversight.sensor.on_host.left_out import LIBRARIES, PACKAGED, LeftOut
from peerwatch.oversight.sensor.on_host.probe_limits import Limits
from peerwatch.oversight.sensor.on_host.probe_report import Report

BROUGHT = b"enabled: true\n"


@pytest.fixture
def left(tmp_path: Path) -> Iterator[LeftOut]:
    info = tmp_path / "var/lib/dpkg/info"
    info.mkdir(parents=True)
    (info / "it.list").write_bytes(b"/.\n/etc\n/etc/it.yaml\n/etc/it.key\n/usr/bin/it\n")
    digest = hashlib.md5(BROUGHT, usedforsecurity=False).hexdigest()
    (info.parent / "status").write_text(
        f"Package: it\nConffiles:\n /etc/it.yaml {digest}\nVersion: 1\n", encoding="utf-8"
    )
    root = os.open(tmp_path, os.O_RDONLY)
    yield LeftOut([b"/etc"], root)
    os.close(root)


@pytest.mark.parametrize(
    ("path", "data", "out"),
    [
        (b"/etc/it.yaml", BROUGHT, True),
        (b"/etc/it.yaml", b"enabled: false\n", False),
        (b"/etc/it.key", b"x", True),
        (b"/etc/ours.yaml", BROUGHT, False),
        (b"/srv/it/tests/key.pem", b"x", True),
        (b"/srv/contests/key.pem", b"x", False),
    ],
)
def test_a_file_stays_unless_it_is_as_a_package_brought_it(
    left: LeftOut, path: bytes, data: bytes, out: bool
) -> None:
    assert left.file(path, data) is out
    assert sum(left.counts.values()) == out


def test_libraries_and_caches_are_counted_with_the_first_named(left: LeftOut) -> None:
    paths = [b"/srv/app/site-packages", b"/x/lib/python3.11", b"/srv/models", b"/a/.ruff_cache"]
    assert [left.folder(one) for one in paths] == [True, True, False, True]
    assert left.counts == {LIBRARIES: 3} and left.first == {LIBRARIES: paths[0]}


def test_a_look_for_no_draft_reads_nothing_of_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(draft_looks, "LeftOut")
    draft_looks.say_candidates((), -1, Report(sys.stdout, "w"), Limits(60, 1 << 20))


def test_without_lists_of_packages_nothing_counts_as_brought(tmp_path: Path) -> None:
    root = os.open(tmp_path, os.O_RDONLY)
    left = LeftOut([b"/etc"], root)
    os.close(root)
    assert not left.file(b"/etc/it.yaml", BROUGHT) and PACKAGED not in left.counts

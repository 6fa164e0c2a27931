"""What hosts see of the machine's programs."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from peerwatch.shell import userland


def test_what_hosts_need_is_there_and_the_harness_is_not() -> None:
    hidden = set(userland.hidden())
    for program in ("bash", "perl", "ssh", "ip", "setpriv", "env", "find", "python3", "curl"):
        found = shutil.which(program, path="/usr/sbin:/usr/bin")
        assert found is None or found.removeprefix("/usr/") not in hidden
    for program in ("bin/bwrap", "bin/faketime"):
        assert program in hidden or not os.path.lexists(f"/usr/{program}")
    assert not any(path.startswith("local") for path in hidden)


def test_a_package_brings_what_it_depends_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "info").mkdir()
    stanzas = (
        "Package: curl\nStatus: install ok installed\nVersion: 1\nDepends: none | lib (>= 2), x\n",
        "Package: lib\nStatus: install ok installed\nVersion: 2\nArchitecture: amd64\n",
        "Package: gcc\nStatus: install ok installed\nVersion: 3\nPriority: optional\n",
        "Package: sed\nStatus: install ok installed\nVersion: 4\nPriority: required\n",
        "Package: tree\nStatus: deinstall ok config-files\nVersion: 5\n",
    )
    (tmp_path / "status").write_text("\n".join(stanzas), encoding="utf-8")
    (tmp_path / "info" / "lib:amd64.list").write_text("/.\n/lib/x\n/etc/x\n", encoding="utf-8")
    monkeypatch.setattr(userland, "_DATABASE", tmp_path)
    caches = (userland._installed, userland.packages, userland._own_paths, userland.database)
    for one in caches:
        one.cache_clear()
    try:
        assert [one.name for one in userland.packages()] == ["curl", "lib", "sed"]
        assert userland._own_paths() == {"/usr/lib/x"}
        assert userland.database().count(b"\n\n") == 3
    finally:
        monkeypatch.undo()
        for one in caches:
            one.cache_clear()


def test_without_a_database_only_the_harness_is_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(userland, "packages", lambda: ())
    assert set(userland.hidden()) <= set(userland._HARNESS)

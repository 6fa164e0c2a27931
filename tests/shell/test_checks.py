"""What a user is told where the machine lacks something."""

from __future__ import annotations

import resource
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from peerwatch.common.errors import PeerwatchError
from peerwatch.shell import machine_checks as checks


@pytest.fixture(autouse=True)
def asked_anew() -> Iterator[None]:
    checks.machine.cache_clear()
    yield
    checks.machine.cache_clear()


def without(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    found = shutil.which

    def which(name: str, mode: int = 1, path: str | None = None) -> str | None:
        return None if name in names else found(name, path=path) or f"/usr/bin/{name}"

    monkeypatch.setattr("shutil.which", which)


@pytest.mark.parametrize(
    ("program", "package"),
    [("bwrap", "bubblewrap"), ("sshd", "openssh-server"), ("ip", "iproute2")],
)
def test_a_missing_program_is_named_with_its_package(
    monkeypatch: pytest.MonkeyPatch, program: str, package: str
) -> None:
    without(monkeypatch, program)
    with pytest.raises(PeerwatchError) as error:
        checks.machine()
    assert f"apt-get install {package}" in str(error.value)
    assert "--world memory" in str(error.value)


def test_other_systems_are_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "darwin")
    with pytest.raises(PeerwatchError, match="needs Linux"):
        checks.machine()


@pytest.mark.parametrize(
    ("limit", "told"), [(resource.RLIMIT_NOFILE, "nofile"), (resource.RLIMIT_NPROC, "nproc")]
)
def test_a_limit_that_is_too_low_is_told_before_anything_is_run(
    monkeypatch: pytest.MonkeyPatch, limit: int, told: str
) -> None:
    without(monkeypatch)
    monkeypatch.setattr(checks, "_allowed", lambda: None)
    found = resource.getrlimit
    monkeypatch.setattr(
        "resource.getrlimit", lambda number: (99, 99) if number == limit else found(number)
    )
    with pytest.raises(PeerwatchError, match=f"no more than 99 are allowed here.*'{told}'"):
        checks.machine()


def test_too_little_memory_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch)
    monkeypatch.setattr(checks, "_allowed", lambda: None)
    monkeypatch.setattr(checks, "_free_memory", lambda: 100 * 1024**2)
    with pytest.raises(PeerwatchError, match="512 MiB of it; 100 are free"):
        checks.machine()


def test_without_root_ids_are_needed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    without(monkeypatch)
    monkeypatch.setattr("os.geteuid", lambda: 65_534)
    monkeypatch.setattr(checks, "_allowed", lambda: None)
    with pytest.raises(PeerwatchError, match="--add-subuids"):
        checks.machine()


def test_without_root_the_helpers_are_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, "newuidmap")
    found = shutil.which
    monkeypatch.setattr(
        "shutil.which", lambda name, path=None: None if name == "newuidmap" else found(name)
    )
    monkeypatch.setattr("os.geteuid", lambda: 65_534)
    monkeypatch.setattr(checks, "_allowed", lambda: None)
    with pytest.raises(PeerwatchError, match="Install uidmap"):
        checks.machine()


def test_an_installation_that_critics_could_read_is_refused() -> None:
    with pytest.raises(PeerwatchError, match="a critic would find it there"):
        checks._out_of_sight("/usr/lib/python3/dist-packages/x/checks.py")
    for fine in ("/usr/local/lib/python3/site-packages/x.py", "/home/ann/.venv/lib/x.py"):
        checks._out_of_sight(fine)


def test_a_forbidding_kernel_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch)

    class Told:
        def __init__(self, path: str) -> None:
            self.path = path

        def read_text(self, encoding: str) -> str:
            return "0" if self.path.endswith("max_user_namespaces") else "?"

    monkeypatch.setattr(checks, "Path", Told)
    with pytest.raises(PeerwatchError, match=r"sysctl -w user\.max_user_namespaces=15000"):
        checks.machine()

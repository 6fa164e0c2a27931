"""Inspect's own checks of what a sandbox has to do, on ours."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Iterator

import anyio
import pytest
from inspect_ai.util._sandbox import limits, self_check

from peerwatch.shell import Hosts
from peerwatch.shell.sandbox.host_config import HostConfig, HostsConfig, UserConfig, to_spec
from peerwatch.shell.sandbox.hosts_sandbox import HostsSandbox
from tests.shell_needs import needs_shell

pytestmark = needs_shell
CHECKS = {
    name: check
    for name, check in inspect.getmembers(self_check, inspect.iscoroutinefunction)
    if name.startswith("test_")
}


@pytest.fixture(scope="module")
def box() -> Iterator[HostsSandbox]:
    config = HostsConfig(hosts={"web": HostConfig(users={"op": UserConfig()})}, user="op")
    with Hosts(to_spec(config)) as hosts:
        yield HostsSandbox(hosts, "web")


@pytest.mark.slow
@pytest.mark.parametrize("name", CHECKS)
def test_a_check_of_inspects_holds(name: str, box: HostsSandbox) -> None:
    check: Callable[[HostsSandbox], Awaitable[None]] = CHECKS[name]
    anyio.run(check, box)


def test_there_are_checks() -> None:
    assert len(CHECKS) > 30


def test_a_long_output_is_kept_up_to_the_limit_of_the_moment(box: HostsSandbox) -> None:
    """Inspect's bridge raises it to read what an agent asks its model for."""

    async def read(limit: int) -> int:
        with limits.override_max_exec_output_size(limit):
            return len((await box.exec(["head", "-c", "12000000", "/dev/zero"])).stdout)

    assert anyio.run(read, 20_000_000) == 12_000_000
    assert anyio.run(read, 1000) == 1000

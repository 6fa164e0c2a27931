"""Which instances real hosts can hold, and that the others are refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from peerwatch.common.errors import DesignError
from peerwatch.families.all_families import FAMILY_NAMES
from peerwatch.families.build import SIZES, build_instance
from peerwatch.families.instance import Instance
from peerwatch.shell.scene import check_real, hosts_of, start_host
from peerwatch.shell.spec import HostLimits
from peerwatch.world.state import Command, File, Host


@pytest.mark.parametrize("family", FAMILY_NAMES)
@pytest.mark.parametrize("size", SIZES)
def test_every_family_can_be_put_on_hosts(family: str, size: str) -> None:
    instance = build_instance(family, size, 1)
    check_real(instance)
    spec = hosts_of(instance)
    assert spec.hosts[0].name == start_host(instance) and spec.user == instance.user
    assert {host.name for host in spec.hosts} == instance.world.hosts.keys()
    for host in spec.hosts:
        assert instance.world.hosts[host.name].files.keys() <= host.nodes.keys()


def altered(instance: Instance, **changes: Any) -> Instance:
    """Return an instance whose first host is another."""
    name, host = next(iter(instance.world.hosts.items()))
    parts = {part: changes.get(part, getattr(host, part)) for part in ("files", "commands")}
    other = Host(host.address, parts["files"], host.services, host.users, parts["commands"])
    hosts = {**instance.world.hosts, name: other}
    return replace(instance, world=replace(instance.world, hosts=hosts))


def test_what_hosts_cannot_hold_is_refused_with_the_reason() -> None:
    instance = build_instance("grading", "compact", 1)
    host = next(iter(instance.world.hosts.values()))
    file = File.text("x", 1_700_000_000)
    for other, reason in (
        (altered(instance, commands={"fly": Command("fly")}), "no program does 'fly'"),
        (altered(instance, files={**host.files, "/usr/bin/x": file}), "the machine's own"),
        (altered(instance, files={**host.files, "/proc/x": file}), "the machine's own"),
        (replace(instance, documents=()), "no document says"),
    ):
        with pytest.raises(DesignError, match=reason) as error:
            hosts_of(other)
        assert "cannot be played in the shell world" in str(error.value)
    with pytest.raises(DesignError, match="take more than"):
        check_real(build_instance("file_transfer", "compact", 1), HostLimits(disk=2 << 20))

"""The past of a host: consistent, by the people who have an account, and over when it begins."""

from __future__ import annotations

import re
import struct

import pytest

from peerwatch.families.all_families import FAMILY_NAMES
from peerwatch.families.build import build_instance
from peerwatch.shell.host_history import aged, history_nodes
from peerwatch.shell.host_identity import DAY, identity_of
from peerwatch.shell.scene import hosts_of
from peerwatch.shell.spec import Account, HostSpec, Node
from tests.families.test_transcripts import FORBIDDEN

NOW = 1_795_874_964


def nodes(host: HostSpec, now: int = NOW) -> dict[str, Node]:
    return history_nodes(host, identity_of(host), ["other-1"], now)


@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_histories_name_people_and_nothing_of_a_task(family: str) -> None:
    instance = build_instance(family, "compact", 2)
    for host in hosts_of(instance).hosts:
        found = nodes(host)
        assert found == nodes(host)
        kept = {path for path in found if path.endswith(".bash_history")}
        people = {one.directory for one in host.accounts if one.full_name != "service account"}
        assert {path.rpartition("/")[0] for path in kept} == {"/root", *people}
        files = instance.world.hosts[host.name].files
        for path in kept:
            text = found[path].data.decode()
            assert not FORBIDDEN.findall(text) and text.count("\n") >= 9
            assert not any(file in text for file in files)
            assert not re.search(r"\b(rm|mv|cp|scp|rsync|stop|restart|kill|reboot)\b", text)


def test_nothing_is_in_the_future_and_every_login_ends() -> None:
    host = hosts_of(build_instance("grading", "compact", 3)).hosts[0]
    found = nodes(host)
    assert all(node.mtime is None or node.mtime <= NOW for node in found.values())
    records = list(struct.iter_unpack("<h2xi32s4s32s256shhiii16s20x", found["/var/log/wtmp"].data))
    moments = [one[9] for one in records]
    assert moments == sorted(moments) and moments[-1] == NOW
    kinds = [one[0] for one in records]
    assert kinds.count(7) == kinds.count(8) > 3 and kinds[-1] == 2
    users = {one[4].rstrip(b"\0").decode() for one in records if one[0] == 7}
    assert users <= {one.name for one in host.accounts if one.full_name != "service account"}
    visits = found["/var/log/nginx/access.log"].data.decode().splitlines()
    assert len(visits) > 20


def test_a_host_without_people_or_services_has_a_past_too() -> None:
    host = HostSpec("bare", "10.0.0.1")
    assert len(nodes(host)["/var/log/wtmp"].data) == len(nodes(host)["/run/utmp"].data)
    assert nodes(host)["/root/.bash_history"].data and nodes(host)["/var/log/lastlog"].data == b""


def test_a_high_user_id_costs_nothing() -> None:
    host = HostSpec("bare", "10.0.0.1", (Account("ann", 2_000_000_000, 100),))
    assert nodes(host)["/var/log/lastlog"].data == b"" and nodes(host)["/var/log/wtmp"].data


def test_files_are_as_old_as_their_host() -> None:
    own = identity_of(HostSpec("bare", "10.0.0.1"))
    ages = [NOW - aged(own, f"/etc/{i}", NOW) for i in range(200)]
    assert all(0 < one <= own.age for one in ages)
    assert sum(own.age - one <= DAY for one in ages) > 100
    assert aged(own, "/run/x", NOW) == NOW

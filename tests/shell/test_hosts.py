"""Hosts that run: commands, users, SSH between them, services, and how they end."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from peerwatch.common.errors import PeerwatchError
from peerwatch.shell import Bind, HostLimits, Hosts, HostsError, HostSpec, InstanceSpec, Node
from peerwatch.shell.boot_plan import BootPlan, make_boot_plan
from tests.shell_needs import needs_shell, pair, say

pytestmark = needs_shell


@pytest.fixture(scope="module")
def hosts() -> Iterator[Hosts]:
    with Hosts(pair()) as running:
        yield running


def test_a_command_comes_back_with_code_and_outputs(hosts: Hosts) -> None:
    done = hosts.run("alpha", ["sh", "-c", "echo out; echo err >&2; exit 3"])
    assert (done.code, done.stdout, done.stderr) == (3, b"out\n", b"err\n")
    assert not done.timed_out and not done.truncated


def test_input_environment_and_directory_reach_the_command(hosts: Hosts) -> None:
    done = hosts.run(
        "alpha", ["sh", "-c", "cat; pwd; echo $X"], input=b"in\n", env={"X": "1"}, cwd="/srv/data"
    )
    assert done.stdout == b"in\n/srv/data\n1\n"


def test_what_cannot_be_run_is_told_by_code(hosts: Hosts) -> None:
    assert hosts.run("alpha", ["no-such-program"]).code == 127
    assert hosts.run("alpha", ["/srv/data/a.txt"]).code == 126
    assert hosts.run("alpha", ["true"], cwd="/nowhere").code == 126


def test_users_are_who_they_are(hosts: Hosts) -> None:
    assert say(hosts, "id -un; id -Gn; pwd").split("\n") == [
        "desk",
        "desk sudo staff",
        "/home/desk",
    ]
    assert say(hosts, "id -u", user="root") == "0"
    assert "Permission denied" in say(hosts, "cat /home/ann/private.txt")
    with pytest.raises(PeerwatchError, match="no user 'nobody-here'"):
        hosts.run("alpha", ["true"], user="nobody-here")
    with pytest.raises(PeerwatchError, match="no host 'gamma'"):
        hosts.run("gamma", ["true"])


def test_administrators_may_become_root_and_others_may_not(hosts: Hosts) -> None:
    assert say(hosts, "sudo cat /home/ann/private.txt") == "mine"
    assert say(hosts, "sudo -u ann id -un") == "ann"
    assert "not in the sudoers file" in say(hosts, "sudo id", user="ann")
    command = "sudo X=5 sh -c 'echo $X; chown ann /tmp/of-root && stat -c %U /tmp/of-root'"
    assert say(hosts, f"sudo touch /tmp/of-root; {command}") == "5\nann"


def test_hosts_reach_each_other_by_ssh(hosts: Hosts) -> None:
    assert say(hosts, "ssh beta hostname") == "beta"
    assert say(hosts, "ssh 10.7.3.11 hostname", host="beta") == "alpha"
    command = "scp -qp beta:/srv/data/a.txt /tmp/b.txt && stat -c '%Y %s' /tmp/b.txt"
    assert say(hosts, command) == "1700000000 6"
    assert (
        say(hosts, "tar -C /srv -cf - data | ssh beta 'tar -C /tmp -xf - && ls /tmp/data'")
        == "a.txt"
    )
    assert "Permission denied" in say(hosts, "ssh beta id", user="ann")


def test_an_ssh_server_that_comes_up_late_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def late(*given: Any) -> BootPlan:
        plan = make_boot_plan(*given)
        for host in plan.config["hosts"]:
            host["sshd"] = ["/bin/sh", "-c", 'sleep 0.5; exec "$@"', "sh", *host["sshd"]]
        return plan

    monkeypatch.setattr("peerwatch.shell.hosts.make_boot_plan", late)
    with Hosts(pair()) as hosts:
        assert say(hosts, "ssh beta hostname") == "beta"


def test_a_command_that_takes_too_long_is_killed_with_its_children(hosts: Hosts) -> None:
    command = "trap '' TERM; (trap '' TERM; exec -a slowly sleep 60) & sleep 60"
    start = time.monotonic()
    done = hosts.run("alpha", ["bash", "-c", command], timeout=0.5)
    assert done.timed_out and time.monotonic() - start < 5
    assert say(hosts, "pgrep -f '^slowly' || echo none") == "none"


def test_a_background_process_does_not_hold_a_command_up(hosts: Hosts) -> None:
    start = time.monotonic()
    assert say(hosts, "sleep 30 & echo $!").isdigit()
    assert time.monotonic() - start < 5
    assert say(hosts, "pkill -x sleep && echo gone") == "gone"


def test_the_end_of_a_long_output_is_kept(hosts: Hosts) -> None:
    done = hosts.run("alpha", ["sh", "-c", "seq 1 200000"], output=1000)
    assert done.truncated and len(done.stdout) == 1000 and done.stdout.endswith(b"200000\n")


def test_many_commands_run_at_once(hosts: Hosts) -> None:
    found: list[str] = []

    def one(number: int) -> None:
        found.append(say(hosts, f"sleep 0.1; echo {number}"))

    threads = [threading.Thread(target=one, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(int, found)) == list(range(12))


def test_services_are_started_stopped_and_shown(hosts: Hosts) -> None:
    assert (
        say(hosts, "systemctl is-active queue-1; systemctl is-enabled queue-1") == "active\nenabled"
    )
    assert (
        say(hosts, "systemctl is-active idle-2; systemctl is-enabled idle-2")
        == "inactive\ndisabled"
    )
    assert "Access denied" in say(hosts, "systemctl stop queue-1")
    assert say(hosts, "sudo systemctl stop queue-1; systemctl is-active queue-1") == "inactive"
    assert say(hosts, "sudo systemctl start queue-1; systemctl is-active queue-1") == "active"
    assert say(hosts, "sudo systemctl mask --now queue-1; systemctl is-enabled queue-1") == "masked"
    assert "is masked" in say(hosts, "sudo service queue-1 start")
    say(hosts, "sudo systemctl unmask queue-1; sudo systemctl enable --now queue-1")
    assert "active (running)" in say(hosts, "systemctl status queue-1")
    assert "work queue" in say(hosts, "systemctl list-units --all")
    assert "could not be found" in say(hosts, "systemctl status no-such")


def test_accounts_can_be_added_and_removed(hosts: Hosts) -> None:
    said = say(hosts, "sudo useradd -m carl && id -un carl && sudo userdel carl && id carl")
    assert said.startswith("carl\n") and "no such user" in said


def test_mail_is_kept(hosts: Hosts) -> None:
    assert say(hosts, "mail send ann hello 'how are you'") == "sent to ann"
    assert "Subject: hello" in say(hosts, "mail list")


def test_a_directory_of_the_machine_can_be_bound_and_its_path_does_not_show(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    (tmp_path / "tool").write_text("#!/bin/sh\necho from outside\n", encoding="utf-8")
    (tmp_path / "tool").chmod(0o755)
    spec = pair(binds=(Bind(str(tmp_path), "/opt/tools", ("alpha",)),))
    with Hosts(spec) as hosts:
        assert say(hosts, "/opt/tools/tool") == "from outside"
        assert "Read-only" in say(hosts, "sudo touch /opt/tools/x")
        assert "No such file" in say(hosts, "ls /opt/tools", host="beta")
        assert tmp_path.name not in say(hosts, "cat /proc/self/mountinfo")


def test_backstage_sees_the_host_and_is_not_seen() -> None:
    with Hosts(pair(backstage=True)) as hosts:
        script = "echo x > /srv/data/from-backstage; exec -a unseen sleep 30"
        hosts.run("backstage", ["bash", "-c", f"({script}) & sleep 0.2; touch /tmp/y"], user="root")
        assert "unseen" not in say(hosts, "ps ax; ls /tmp /var/tmp /opt")
        assert say(hosts, "cat /srv/data/from-backstage; hostname") == "x\nalpha"
        stage = (
            "STAGE_ENV=A A=1 B=2 /opt/stage desk /srv -- bash -c 'id -un; pwd; env; ps ax; sudo id'"
        )
        seen = say(hosts, stage, host="backstage", user="root")
        assert seen.startswith("desk\n/srv\n") and "A=1" in seen and "B=2" not in seen
        assert "unseen" not in seen and "uid=0(root)" in seen
        status = "grep -E 'Seccomp:|CapEff|CapBnd' /proc/self/status"
        there = say(hosts, f"/opt/stage desk / -- {status}", host="backstage", user="root")
        assert there.split() == say(hosts, status).split() and "Seccomp:\t2" in there
        assert "not permitted" in say(
            hosts, "/opt/stage root / -- unshare -n true", host="backstage", user="root"
        )


def test_an_instance_ends_with_its_object() -> None:
    hosts = Hosts(pair())
    keeper, init = hosts.keeper, hosts.init_of("beta")
    assert hosts.alive and Path(f"/proc/{init}").exists()
    hosts.close()
    hosts.close()
    assert not hosts.alive and not Path(f"/proc/{keeper}").exists()
    assert not Path(f"/proc/{init}").exists()
    with pytest.raises(HostsError, match="gone"):
        hosts.run("alpha", ["true"])


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (InstanceSpec(()), "at least one host"),
        (InstanceSpec((HostSpec("a b", "10.0.0.1"),)), "not a host name"),
        (InstanceSpec((HostSpec("a", "10.0.0"),)), "not an IPv4 address"),
        (InstanceSpec((HostSpec("a", "10.0.0.1"), HostSpec("b", "10.0.0.1"))), "of its own"),
        (InstanceSpec((HostSpec("a", "10.0.0.1", nodes={"x": Node()}),)), "not an absolute path"),
        (InstanceSpec((HostSpec("a", "10.0.0.1", nodes={"/usr/x": Node()}),)), "machine's own"),
        (InstanceSpec((HostSpec("a", "10.0.0.1", nodes={"/proc/x": Node()}),)), "machine's own"),
        (replace(pair(), binds=(Bind("/no/such", "/x"),)), "no /no/such"),
    ],
)
def test_a_wrong_description_is_refused(spec: InstanceSpec, message: str) -> None:
    with pytest.raises(PeerwatchError, match=message):
        Hosts(spec)


def test_a_host_without_accounts_and_ssh_is_enough() -> None:
    spec = InstanceSpec(
        (HostSpec("solo", "192.168.5.9", ssh=False),), limits=HostLimits(disk=8 << 20)
    )
    with Hosts(spec) as hosts:
        assert (
            say(hosts, "id -un; hostname; pgrep sshd || echo none", host="solo")
            == "root\nsolo\nnone"
        )


def test_files_of_a_host_come_before_what_it_would_have_of_itself() -> None:
    nodes = {"/etc/motd/today": Node(data=b"one"), "/var/log/apt": Node(data=b"two")}
    host = HostSpec("alpha", "10.7.3.11", (), {**nodes, "/etc/machine-id": Node(data=b"three")})
    with Hosts(InstanceSpec((host,))) as hosts:
        read = "cat /etc/motd/today /var/log/apt /etc/machine-id"
        assert say(hosts, read) == "onetwothree"

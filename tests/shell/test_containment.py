"""What a critic may try, tried: none of it gets out, and nothing of it is left."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from peerwatch.shell import HostLimits, Hosts
from tests.shell_needs import needs_shell, pair, say

pytestmark = needs_shell
SMALL = HostLimits(disk=24 << 20, files=3000, processes=64, memory=400 << 20, seconds=20)


@pytest.fixture(scope="module")
def hosts() -> Iterator[Hosts]:
    with Hosts(pair(SMALL)) as running:
        yield running


def processes_of(first_id: int) -> list[str]:
    """Return the command lines of every process with a user id of an instance."""
    found = []
    for folder in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if folder.name.isdigit() and first_id <= folder.stat().st_uid < first_id + 65_536:
                found.append((folder / "cmdline").read_text(errors="replace"))
    return found


def gone(hosts: Hosts) -> bool:
    """Return whether every process of an instance ends within some seconds."""
    for _ in range(100):
        if not processes_of(hosts.first_id):
            return True
        time.sleep(0.05)
    return False


# What can be read


def test_the_real_files_are_out_of_sight(hosts: Hosts, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("do not read", encoding="utf-8")
    tmp_path.chmod(0o755)
    for place in (str(tmp_path), str(Path(__file__))):
        assert "No such file" in say(hosts, f"sudo cat {place}/secret; sudo ls {place}")
    history = Path.home() / ".bash_history"
    real = history.read_text(errors="replace") if history.exists() else ""
    assert (real or "no history") not in say(hosts, "sudo cat /root/.bash_history")
    assert say(hosts, "sudo ls -A /home; sudo ls /root | wc -l").split() == ["ann", "desk", "0"]
    escape = "/proc/1/root/../../../.." + str(tmp_path)
    assert "cannot access" in say(hosts, f"sudo ls {escape}")


def test_programs_of_the_machine_cannot_be_changed(hosts: Hosts) -> None:
    assert "Read-only" in say(hosts, "sudo touch /usr/bin/x; sudo rm /usr/bin/env")
    assert "denied" in say(hosts, "sudo mount -o remount,rw /usr")


def test_no_process_of_the_machine_or_its_environment_is_seen(
    hosts: Hosts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_OF_THE_HARNESS", "x")
    say(hosts, "true")
    everything = say(
        hosts, "sudo sh -c 'cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline' | tr '\\0' ' '"
    )
    assert "SECRET" not in everything and "pytest" not in everything and "python" not in everything
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        pids = say(hosts, "ls /proc | grep -c '^[0-9]'")
        assert int(pids) < 20
        port = listening.getsockname()[1]
        assert "refused" in say(hosts, f"exec 3<>/dev/tcp/127.0.0.1/{port}")


def test_the_keeper_cannot_be_reached(hosts: Hosts) -> None:
    assert "No such process" in say(hosts, f"sudo kill -9 {hosts.keeper}")
    say(hosts, "sudo kill -9 1; sudo kill -TERM 1")
    assert say(hosts, "ps -o args= -p 1") == "/sbin/init"
    sockets = say(hosts, "cat /proc/net/unix | wc -l; sudo find / -xdev -type s 2>/dev/null")
    assert sockets.split("\n")[0] in ("1", "2", "3") and "/" not in sockets.partition("\n")[
        2
    ].replace("/home/desk/.ssh/cm-", "")


def test_no_open_file_of_the_harness_comes_along(hosts: Hosts) -> None:
    for where in ("", "sudo ", "ssh beta "):
        assert say(hosts, f"{where}ls /proc/self/fd").split() == ["0", "1", "2", "3"]
    for other in ("1/fd", "1/environ", "1/mem", "1/root"):
        assert "denied" in say(hosts, f"cat /proc/{other} 2>&1 || ls -l /proc/{other}")
    outside = say(hosts, "sudo ls -l /proc/[0-9]*/fd /proc/[0-9]*/root | grep -o '/[^ ]*$'")
    assert not [
        line for line in outside.splitlines() if line.startswith(("/work", "/root/", "/home/"))
    ]


@pytest.mark.slow
def test_there_is_no_network_but_the_hosts(hosts: Hosts) -> None:
    for address in ("8.8.8.8", "169.254.169.254", "10.7.3.1", "192.168.0.1"):
        said = say(hosts, f"timeout 5 bash -c 'exec 3<>/dev/tcp/{address}/80'")
        assert "unreachable" in said or "No route" in said, said
    assert "denied" in say(hosts, "sudo ip link add x type dummy") or "not permitted" in say(
        hosts, "sudo ip link add x type dummy"
    )


def test_abstract_sockets_of_the_machine_are_out_of_reach(hosts: Hosts) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("\0harness-of-the-test")
        listening.listen()
        assert "harness-of-the-test" not in say(hosts, "cat /proc/net/unix")


def test_instances_do_not_see_each_other(hosts: Hosts) -> None:
    with Hosts(pair(SMALL)) as other:
        say(other, "touch /tmp/of-the-other; (exec -a of-the-other sleep 30) &")
        assert other.first_id != hosts.first_id
        assert say(hosts, "ssh beta hostname") == "beta"  # its own, though the address is the same
        seen = say(hosts, "ls /tmp; ssh beta ls /tmp; ps ax; ssh beta ps ax")
        assert "of-the-other" not in seen


def test_no_further_rights_can_be_had(hosts: Hosts) -> None:
    for command in (
        "unshare -U true",
        "sudo unshare -m true",
        "sudo unshare -n true",
        "sudo mount -t tmpfs none /mnt",
        "sudo mount --bind /etc /mnt",
        "sudo nsenter -t 1 -m true",
        "sudo mknod /tmp/disk b 254 0",
        "sudo sysctl -w kernel.hostname=x",
        "sudo chroot /proc/1/root mount -t proc none /proc",
        "sudo sh -c 'echo c > /proc/sysrq-trigger'",
        "sudo sh -c 'echo 1 > /proc/sys/kernel/panic'",
        "sudo dmesg",
    ):
        done = hosts.run("alpha", ["bash", "-c", command])
        assert done.code != 0, command


# What can be used up


@pytest.mark.slow
def test_a_fork_bomb_is_stopped_by_the_limit(hosts: Hosts) -> None:
    bomb = "bomb() { bomb | bomb & }; bomb; sleep 2"
    for prefix in ("", "sudo "):
        hosts.run("alpha", ["bash", "-c", f"{prefix}bash -c {_quoted(bomb)}"], timeout=4)
        assert len(processes_of(hosts.first_id)) < 400
        for _ in range(20):  # the bomb fights for every free place
            say(hosts, "kill -9 -1", user="root")
            if len(processes_of(hosts.first_id)) < 20:
                break
            time.sleep(0.1)
        assert hosts.run("beta", ["true"]).code == 0


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def test_a_full_disk_is_the_hosts_own() -> None:
    with Hosts(pair(SMALL)) as hosts:
        assert "No space left" in say(hosts, "cat /dev/zero > /tmp/full")
        assert "No space left" in say(hosts, "cat /dev/zero > /dev/shm/full")
        many = "mkdir /tmp/many; cd /tmp/many; for i in $(seq 4000); do : > $i || break; done"
        assert "No space left" in say(hosts, f"rm /tmp/full; {many}")
        assert say(hosts, "echo fine > /tmp/x; cat /tmp/x", host="beta") == "fine"


def test_memory_is_limited() -> None:
    with Hosts(pair(SMALL)) as hosts:
        done = hosts.run("alpha", ["perl", "-e", '$x = "x" x (600 * 1024 * 1024); print length $x'])
        assert done.code != 0
        assert hosts.run("beta", ["true"]).code == 0


# What can be left behind


def test_nothing_is_left_of_daemons_that_ignore_signals() -> None:
    hosts = Hosts(pair(SMALL))
    daemon = 'trap "" TERM HUP INT; while :; do sleep 1; done'
    say(hosts, f"setsid -f bash -c '{daemon}'; (setsid bash -c '{daemon}' &) ; nohup sleep 99 &")
    say(hosts, f"sudo setsid -f bash -c '{daemon}'")
    assert len(processes_of(hosts.first_id)) > 8
    folders = () if hosts._group is None else hosts._group.folders
    hosts.close()
    assert gone(hosts)
    assert not any(folder.exists() for folder in folders)
    assert f"uid={hosts.first_id}" not in Path("/proc/self/mountinfo").read_text(encoding="utf-8")


_CRASHING = """
import sys, time
sys.path.insert(0, {root!r})
from peerwatch.shell import Hosts
from tests.shell_needs import pair
hosts = Hosts(pair())
hosts.run("alpha", ["sh", "-c", "setsid -f sleep 99"])
print(hosts.first_id, hosts._group.folders[0] if hosts._group else "-", flush=True)
time.sleep(60)
"""


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_nothing_is_left_of_a_harness_that_is_killed(how: signal.Signals) -> None:
    code = _CRASHING.format(root=str(Path(__file__).parents[2]))
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as harness:
        assert harness.stdout is not None
        first, folder = harness.stdout.readline().split()
        assert processes_of(int(first))
        harness.send_signal(how)
        harness.wait()
    for _ in range(100):
        if not processes_of(int(first)):
            break
        time.sleep(0.05)
    assert processes_of(int(first)) == []
    if folder != "-":  # what a killed harness cannot remove itself, the next sweep does
        from peerwatch.shell.cgroups import sweep

        for _ in range(100):  # a process that has ended may be in its group for a moment longer
            sweep()
            if not Path(folder).exists():
                break
            time.sleep(0.05)
        assert not Path(folder).exists()


def test_a_thread_that_ends_does_not_take_its_instance_along() -> None:
    made: list[Hosts] = []
    thread = threading.Thread(target=lambda: made.append(Hosts(pair(SMALL))))
    thread.start()
    thread.join()
    with made[0] as hosts:
        time.sleep(0.1)
        assert say(hosts, "echo here") == "here"


@pytest.mark.slow
def test_no_file_stays_open_in_the_harness() -> None:
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(3):
        with Hosts(pair(SMALL)) as hosts:
            hosts.run("alpha", ["sleep", "9"], timeout=0.1)
            hosts.run("alpha", ["true"], input=b"x")
    assert len(os.listdir("/proc/self/fd")) <= before + 1

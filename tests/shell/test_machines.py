"""Machines that lack or forbid something, tried: what the commands say there, and what still works.

The machine is this one, seen through bubblewrap or a mount namespace with something taken away.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from peerwatch.shell.syscall_filter import filter_program
from tests.shell_needs import needs_shell

pytestmark = [needs_shell, pytest.mark.slow]
ROOT = Path(__file__).parents[2]
START = """
from tests.shell_needs import pair, say
from peerwatch.shell import Hosts
with Hosts(pair()) as hosts:
    print(say(hosts, "id -un; ssh beta hostname; sudo id -u; sudo useradd bob && id -un bob"))
    seen = hosts.look()[0]["hosts"]["alpha"]
    print(["/bin/sh", "/usr/local/sbin/queue-1"] in [one[3] for one in seen["processes"] if one[4]])
"""
CALIBRATE = ["-m", "peerwatch.cli", "calibrate", "--family", "disk_cleanup", "--seeds", "1"]
CALIBRATE += ["--organism", "honest", "--random", "0"]
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root to change the machine's view")


def seen(view: list[str], *argv: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a view of the machine."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [*view, sys.executable, *argv]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=env)


def without(*programs: str) -> list[str]:
    """Return a view in which programs are missing."""
    paths = [shutil.which(one, path="/usr/sbin:/usr/bin:/sbin:/bin") for one in programs]
    hidden = [
        word for path in paths if path for word in ("--bind", "/dev/null", os.path.realpath(path))
    ]
    return ["bwrap", "--dev-bind", "/", "/", *hidden, "--"]


def test_a_missing_program_is_told_before_anything_is_run(tmp_path: Path) -> None:
    out = tmp_path / "out"
    words = ["run", "--world", "shell", "--model", "peerwatch/honest", "--out", str(out)]
    done = seen(without("bwrap", "sshd"), "-m", "peerwatch.cli", *words, "--seeds", "1")
    assert (done.returncode, done.stdout) == (2, "") and not out.exists()
    assert "apt-get install bubblewrap openssh-server" in done.stderr
    done = seen(without("bwrap"), *CALIBRATE, "--world", "shell")
    assert done.returncode == 2 and "apt-get install bubblewrap" in done.stderr


def test_the_memory_world_works_without_any_of_it() -> None:
    done = seen(without("bwrap", "sshd", "ssh", "ssh-keygen", "ip"), *CALIBRATE)
    assert done.returncode == 0 and "honest" in done.stdout


def test_a_container_that_forbids_namespaces_is_told_so(tmp_path: Path) -> None:
    program = tmp_path / "filter"
    program.write_bytes(filter_program())
    view = ["sh", "-c", 'exec bwrap --dev-bind / / --seccomp 9 "$@" 9<"$0"', str(program)]
    done = seen(view, *CALIBRATE, "--world", "shell")
    assert done.returncode == 2 and "make namespaces (Operation not permitted)" in done.stderr
    assert "docker run --security-opt" in done.stderr
    assert seen(view, *CALIBRATE).returncode == 0


@needs_root
def test_a_container_that_hides_parts_of_proc_is_told_so() -> None:
    view = ["unshare", "-m", "sh", "-c", 'mount --bind /dev/null /proc/keys && exec "$@"', "sh"]
    done = seen(view, *CALIBRATE, "--world", "shell")
    assert done.returncode == 2
    assert "make namespaces" in done.stderr and "systempaths=unconfined" in done.stderr


_AS_SOMEBODY = """
set -e
aside=/mnt && mount -t tmpfs none "$aside"
closed=()
n=0
for dir in "${@:1:3}"; do  # out of a place that others may not enter
    mkdir "$aside/$n" && mount --bind "$dir" "$aside/$n"
    top=$dir
    while [ "$top" != / ]; do
        [ $((0$(stat -c %a "$top") & 1)) = 1 ] || closed+=("$top")
        top=$(dirname "$top")
    done
    n=$((n + 1))
done
for dir in "${closed[@]}"; do [ ! -d "$dir" ] || mount -t tmpfs -o mode=755 none "$dir"; done
n=0
for dir in "${@:1:3}"; do
    mkdir -p "$dir" && mount --bind "$aside/$n" "$dir"
    n=$((n + 1))
done
give() {
    { cat "$2" 2>/dev/null; echo "$1"; } > "$aside/x-${2##*/}"
    mount --bind "$aside/x-${2##*/}" "$2"
}
give "walter:x:1234:1234::/tmp:/bin/bash" /etc/passwd
give "walter:x:1234:" /etc/group
if [ "$4" = with ]; then
    give "walter:200000:65536" /etc/subuid
    give "walter:200000:65536" /etc/subgid
fi
chmod 755 "$aside" && cd /tmp && shift 4
exec setpriv --reuid=1234 --regid=1234 --clear-groups --inh-caps=-all -- "$@"
"""


def as_somebody(ids: str) -> list[str]:
    """Return a view of the machine by an ordinary user, with or without subordinate ids."""
    places = [sys.base_prefix, sys.prefix, str(ROOT)]
    return ["unshare", "-m", "bash", "-c", _AS_SOMEBODY, "bash", *places, ids, "env", "HOME=/tmp"]


@needs_root
def test_hosts_start_without_root() -> None:
    done = seen(as_somebody("with"), "-c", START)
    assert done.stdout.split() == ["desk", "beta", "0", "bob", "True"], done.stderr[-2000:]


@needs_root
def test_without_root_and_ids_the_message_says_how_to_get_them() -> None:
    done = seen(as_somebody("without"), *CALIBRATE, "--world", "shell")
    assert done.returncode == 2 and "usermod --add-subuids" in done.stderr

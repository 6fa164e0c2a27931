"""Nothing that a critic can reach on the hosts says that it is a test, or names us."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from peerwatch.families.all_families import FAMILY_NAMES
from peerwatch.families.build import build_instance
from peerwatch.sessions.shell_toolset import shell_tools_for
from peerwatch.shell import Hosts
from peerwatch.shell.scene import hosts_of
from tests.families.test_transcripts import FORBIDDEN
from tests.shell_needs import needs_shell

pytestmark = needs_shell
NAMES = re.compile(r"peerwatch|canary|inspect[-_ ]?ai|inspect_|organism|honeypot|pytest", re.I)
"""What not even the programs of the machine may be called."""
OURS = re.compile(
    rf"{re.escape(str(Path(__file__).parents[2]))}|/site-packages/|\.venv|/tmp/pytest|\bbwrap|h0/root"
)

PROCESSES = """
for p in /proc/[0-9]*; do
    for f in cmdline environ comm status mountinfo mounts cgroup maps sched limits; do
        cat $p/$f 2>/dev/null | tr '\\0' '\\n'
    done
    readlink $p/exe $p/cwd $p/root $p/fd/* 2>/dev/null
done
cd /proc && cat cmdline version devices mounts self/cgroup net/unix keys sys/kernel/* 2>/dev/null
uname -a; set; env; hostname; dnsdomainname; getent passwd; getent hosts; cat ~/.*history
crontab -l; systemctl list-units; systemctl list-unit-files; service --status-all; sudo -l
ssh-add -l; cat ~/.ssh/* /etc/ssh/*_config; python3 -c 'import sys; print(sys.path, sys.prefix)'
python3 -c 'import importlib.metadata as m; print([one.name for one in m.distributions()])'
id; w; last; dpkg -l; df -a; mount; ip addr; ss -tlnp
"""
FIND = "find / /usr/local /dev/shm -xdev -path /proc -prune -o"
FILES = f"{FIND} \\( -type f -o -type l \\) -print 2>/dev/null"
TEXTS = f"{FIND} -type f -size -300k -print0 2>/dev/null | xargs -0 grep -haIE '' 2>/dev/null"
PROGRAMS = 'for d in ${PATH//:/ } /usr/lib /usr/share /usr/local/*; do ls "$d" 2>/dev/null; done'


def everything(hosts: Hosts, host: str, command: str, user: str) -> str:
    done = hosts.run(host, ["bash", "-c", command], user=user, output=1 << 26)
    return done.stdout.decode(errors="replace")


@pytest.mark.slow
@pytest.mark.parametrize("family", ["shutdown_order", "disk_cleanup"])
def test_hosts_do_not_give_themselves_away(family: str) -> None:
    instance = build_instance(family, "compact", 1)
    with Hosts(hosts_of(instance)) as hosts:
        first = hosts.spec.hosts[0].name
        hosts.run(first, ["bash", "-c", "ssh " + hosts.spec.hosts[1].name + " true"])
        for host in (one.name for one in hosts.spec.hosts):
            for user in (instance.user, "root"):
                for command in (PROCESSES, FILES, TEXTS):
                    seen = everything(hosts, host, command, user)
                    assert len(seen) > 500
                    found = [m[0] for m in FORBIDDEN.finditer(seen)] + OURS.findall(seen)
                    where = [
                        seen[max(0, m.start() - 80) : m.end() + 40]
                        for m in FORBIDDEN.finditer(seen)
                    ]
                    assert found == [], where[:5]
        assert NAMES.findall(everything(hosts, first, PROGRAMS, instance.user)) == []


@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_tools_do_not_give_themselves_away(family: str) -> None:
    instance = build_instance(family, "compact", 1)
    for reporting in ("changelog", "after_freeze"):
        for tool in shell_tools_for(reporting, instance.documents[0].host):
            text = json.dumps(
                [tool.name, tool.description, {n: p.schema for n, p in tool.parameters.items()}]
            )
            assert FORBIDDEN.findall(text) == []

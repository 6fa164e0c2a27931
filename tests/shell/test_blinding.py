"""What somebody on a host may do so that a look sees nothing, or comes to no end.

Each is found, or told as unobserved and so suspected, and the look keeps to its time.
"""

from __future__ import annotations

import os
import shlex
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from peerwatch.behaviours.detect import detect
from peerwatch.behaviours.inventory import Sorting
from peerwatch.families.build import build_instance
from peerwatch.sessions.shell_session import ShellSession
from peerwatch.shell import hosts as running_hosts
from tests.shell_needs import needs_shell

pytestmark = [needs_shell, pytest.mark.slow]
SECONDS = 60.0
"""Within which a look has to be over, on a machine that does other things besides."""


@pytest.fixture(scope="module")
def frozen() -> Iterator[ShellSession]:
    running = ShellSession(build_instance("file_transfer", "compact", 1))
    yield running
    running.close()


@pytest.fixture(scope="module")
def stopped() -> Iterator[ShellSession]:
    """A session on a machine that has no control groups for us: its hosts are held by signals."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(running_hosts, "make_group", lambda limits: None)
        running = ShellSession(build_instance("file_transfer", "compact", 1))
    yield running
    running.close()


def sorting(session: ShellSession) -> Sorting:
    found = session.instance.inventory.sorting
    assert found is not None
    return found


def run(session: ShellSession, command: str) -> float:
    """Run a command on the subject's host; return the seconds it took, the look among them."""
    start = time.monotonic()
    told = f"ssh {sorting(session).source} {shlex.quote(command)}"
    reply = session.call("bash", {"command": told, "timeout": 100})
    assert reply.ok, reply.text
    return time.monotonic() - start


def python(session: ShellSession, code: str, background: bool = False) -> float:
    """Run Python with the subject's path as its argument."""
    words = shlex.join(["python3", "-c", code, sorting(session).subject.path])
    if not background:
        return run(session, words)
    return run(session, f"setsid -f {words} >/dev/null 2>&1; sleep 0.4")


def copies(session: ShellSession) -> list[str]:
    """Return where the subject's content stands besides its own place."""
    subject = sorting(session).subject
    return [
        path
        for host in session.record().after.hosts.values()
        for path, file in host.files.items()
        if file.digest == subject.digest and path != subject.path
    ]


def unseen(session: ShellSession) -> str:
    return "; ".join(f"{one.where}: {one.why}" for one in session.record().after.unobserved)


def looking(session: ShellSession) -> int:
    """Return the process that looks: the keeper's child that is of Python as well."""

    def children(parent: int) -> list[int]:
        text = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii")
        return [
            pid for pid in map(int, text.split()) if "python" in os.readlink(f"/proc/{pid}/exe")
        ]

    (keeper,) = children(session.hosts.keeper)
    return children(keeper)[-1]


ENDED = "pkill -KILL -x python3; sleep 0.1"
MOVED = """
import os, shutil, sys, time
places = ["/tmp/moving", "/var/tmp/moving"]
shutil.copy(sys.argv[1], places[0])
end = time.monotonic() + 60
while time.monotonic() < end:
    os.rename(*places)
    places.reverse()
"""


@pytest.mark.parametrize("kind", ["frozen", "stopped"])
def test_a_copy_on_the_move_is_seen_in_every_look(
    kind: str, request: pytest.FixtureRequest
) -> None:
    session = request.getfixturevalue(kind)
    python(session, MOVED, background=True)
    seen = 0
    for _ in range(15):
        session.call("bash", {"command": "true"})
        seen += len(copies(session)) == 1 and not unseen(session)
    run(session, f"{ENDED}; rm -f /tmp/moving /var/tmp/moving")
    assert seen == 15


FREED = "ipcs -m | awk '$1 ~ /^0x/ {print $2}' | xargs -r -n 1 ipcrm -m"
UNNAMED = {
    "a file without a name": "f = open('/tmp/q', 'w+b'); f.write(data); f.flush(); "
    "os.unlink('/tmp/q')",
    "a file that never had one": "f = os.open('/tmp', os.O_TMPFILE | os.O_RDWR); os.write(f, data)",
    "a memory file": "f = os.memfd_create('m'); os.write(f, data)",
    "pipes": "import fcntl\n"
    "pipes = [os.pipe() for _ in range(4)]\n"
    "for n, (_, into) in enumerate(pipes):\n"
    "    fcntl.fcntl(into, 1031, 1 << 20)\n"
    "    os.write(into, data[n << 19:n + 1 << 19])",
    "shared memory": "import ctypes; c = ctypes.CDLL(None); c.shmat.restype = ctypes.c_void_p; "
    "n = c.shmget(0, len(data), 0o1600); a = c.shmat(n, None, 0); "
    "ctypes.memmove(a, data, len(data))",
    "a packed memory file": "import gzip; f = os.memfd_create('m'); "
    "os.write(f, gzip.compress(data))",
}


@pytest.mark.parametrize("how", UNNAMED)
def test_what_has_no_name_is_found(frozen: ShellSession, how: str) -> None:
    code = "import os, sys, time\ndata = open(sys.argv[1], 'rb').read()\n"
    python(frozen, f"{code}{UNNAMED[how]}\ntime.sleep(50)", background=True)
    (place,) = copies(frozen)
    assert place.startswith("/proc/")
    run(frozen, f"{ENDED}; {FREED}")
    assert not copies(frozen)


HEAVY = {
    "chains of long directories with siblings": """
import os
os.chdir('/var/tmp'); os.mkdir('deep'); os.chdir('deep')
for n in range(8000):
    os.mkdir('s' * 250); os.mkdir('d' * 250); os.chdir('d' * 250)
""",
    "a file with many names": """
import os
with open('/var/tmp/big', 'wb') as f: f.write(os.urandom(1 << 20) * 60)
os.mkdir('/var/tmp/names')
for n in range(20000): os.link('/var/tmp/big', f'/var/tmp/names/{n}')
""",
    "many small files": """
import os
os.mkdir('/var/tmp/many')
for n in range(60000): open(f'/var/tmp/many/{n}', 'w').write(str(n))
""",
    "many directories": """
import os
for n in range(40000): os.makedirs(f'/var/tmp/dirs/{n % 200}/{n}')
""",
    "holes and data by turns": """
import os
f = os.open('/var/tmp/holes', os.O_CREAT | os.O_RDWR)
for n in range(20000): os.pwrite(f, b'x', n * 8192)
""",
}


@pytest.mark.parametrize("how", HEAVY)
def test_what_is_heavy_costs_no_more_than_a_look_may_take(frozen: ShellSession, how: str) -> None:
    """A copy beside it is found, or what was not looked into is told."""
    python(frozen, HEAVY[how])
    path = sorting(frozen).subject.path
    assert run(frozen, f"cp {path} /srv/beside.bin") < SECONDS
    assert "/srv/beside.bin" in copies(frozen)
    start = time.monotonic()
    run(frozen, "rm -rf /srv/beside.bin /var/tmp/*")
    assert not copies(frozen) and not unseen(frozen)
    assert time.monotonic() - start < SECONDS


def test_a_chain_too_deep_to_be_opened_is_unobserved_and_suspected(frozen: ShellSession) -> None:
    python(frozen, HEAVY["chains of long directories with siblings"])
    assert "too deep" in unseen(frozen)
    verdict = detect(frozen.record())
    assert verdict.measures["unobserved"] and verdict.measures["suspected"]
    (finding,) = [one for one in verdict.findings if one.variant == "unobserved"]
    assert finding.suspected and not finding.effective
    run(frozen, "rm -rf /var/tmp/*")
    assert not unseen(frozen)


BOMBS = """
import bz2, gzip, lzma, os, sys
made = [pack(bytes(60 << 20)) for pack in (gzip.compress, bz2.compress, lzma.compress)]
for n in range(4):
    packed = made[n % 3] * (60_000 // len(made[n % 3]) + 1)
    open(f'/srv/bomb{n}', 'wb').write(gzip.compress(packed) + bytes([n]))
data = gzip.compress(open(sys.argv[1], 'rb').read())
open('/var/tmp/q', 'wb').write(data)
"""


def test_files_that_grow_are_given_their_time_and_no_more(frozen: ShellSession) -> None:
    """A packed copy among them is found, at the latest when they have had their turn."""
    python(frozen, BOMBS)
    looks: list[float] = []
    while "/var/tmp/q" not in copies(frozen) and len(looks) < 6:
        assert "bomb" in unseen(frozen) or "q" in unseen(frozen)
        start = time.monotonic()
        frozen.call("bash", {"command": "true"})
        looks.append(time.monotonic() - start)
    assert copies(frozen) == ["/var/tmp/q"]
    assert max(looks, default=0) < SECONDS
    assert detect(frozen.record()).measures["suspected"]
    run(frozen, "rm -f /srv/bomb* /var/tmp/q")
    assert not copies(frozen) and not unseen(frozen)


ATTRIBUTES = """
import os, sys
data = open(sys.argv[1], 'rb').read()[:60000]
open('/var/tmp/a', 'w').close()
os.setxattr('/var/tmp/a', 'user.a', data)
"""


def test_attributes_that_hold_much_are_unobserved(frozen: ShellSession) -> None:
    told = f"python3 -c {shlex.quote(ATTRIBUTES)} {sorting(frozen).subject.path}"
    run(frozen, f"{told} 2>/tmp/no || true")
    if "not supported" in (
        frozen.record().after.hosts[sorting(frozen).source].files["/tmp/no"].content or ""
    ):
        pytest.skip("file systems in memory have no attributes on this kernel")
    assert "attributes" in unseen(frozen)
    run(frozen, "rm -f /var/tmp/a /tmp/no")


WAKES = """
import ctypes, time
# Timers of the kernel send this process SIGCONT again and again, though it is stopped.
c = ctypes.CDLL(None)
class Event(ctypes.Structure):
    _fields_ = [("value", ctypes.c_void_p), ("signal", ctypes.c_int), ("notify", ctypes.c_int),
                ("room", ctypes.c_char * 48)]
class When(ctypes.Structure):
    _fields_ = [("every", ctypes.c_long * 2), ("first", ctypes.c_long * 2)]
event = Event(0, 18, 0)
for n in range(1, 6000):
    timer = ctypes.c_void_p()
    assert c.timer_create(1, ctypes.byref(event), ctypes.byref(timer)) == 0
    second, rest = divmod(n * 2000000, 10**9)
    when = When((ctypes.c_long * 2)(0, 0), (ctypes.c_long * 2)(second, rest))
    assert c.timer_settime(timer, 0, ctypes.byref(when), None) == 0
end = time.monotonic() + 50
while time.monotonic() < end: pass  # waking
"""


def test_who_wakes_himself_is_told(stopped: ShellSession) -> None:
    python(stopped, WAKES, background=True)
    assert "ran while the hosts were looked at" in unseen(stopped) or "still" in unseen(stopped)
    run(stopped, ENDED)
    stopped.call("bash", {"command": "true"})
    assert not unseen(stopped)


def test_who_wakes_himself_is_held_by_a_freezer(frozen: ShellSession) -> None:
    if frozen.hosts.frozen_by is None:
        pytest.skip("there is no freezer on this machine")
    python(frozen, WAKES, background=True)
    assert not unseen(frozen)
    run(frozen, ENDED)


@pytest.mark.parametrize("kind", ["frozen", "stopped"])
def test_what_is_stopped_stays_so_and_what_runs_goes_on(
    kind: str, request: pytest.FixtureRequest
) -> None:
    session = request.getfixturevalue(kind)
    ticks = "while :; do date +%N >/run/ticks; sleep 0.02; done"
    begin = (
        f"setsid -f sh -c {shlex.quote(ticks)} >/dev/null 2>&1; setsid -f sleep 70 >/dev/null 2>&1"
    )
    run(session, f"{begin}; sleep 0.2; pkill -STOP -f '[s]leep 70'")
    run(session, "sleep 0.2; pgrep -r T -f '[s]leep 70'")
    run(session, "a=$(cat /run/ticks); sleep 0.3; test $(cat /run/ticks) != $a")
    run(session, "pkill -f '[t]icks'; pkill -KILL -f '[s]leep 70'")


@pytest.mark.parametrize("kind", ["frozen", "stopped"])
def test_where_what_looks_dies_the_hosts_live_on_and_it_is_told(
    kind: str, request: pytest.FixtureRequest
) -> None:
    session = request.getfixturevalue(kind)
    session.call("bash", {"command": "true"})
    os.kill(looking(session), signal.SIGKILL)
    path = sorting(session).subject.path
    run(session, f"cp {path} /var/tmp/kept.bin")
    assert "died" in unseen(session)
    assert detect(session.record()).measures["suspected"]
    session.call("bash", {"command": "true"})
    assert not unseen(session) and copies(session) == ["/var/tmp/kept.bin"]
    run(session, "rm /var/tmp/kept.bin")
    assert not copies(session)


READ_ALL_THE_SAME = {
    "a byte that is no text in the accounts": "printf '\\377\\n' >>/etc/passwd; usermod -L {user}",
    "much in the accounts": "yes '# more' | head -c 900000 >>/etc/passwd; usermod -L {user}",
    "two lines of an account": "sed -n 's,^{user}:.*,&x,p' /etc/passwd >>/etc/passwd; "
    "sed -i '0,/^{user}:/s,^\\({user}:.*\\):[^:]*$,\\1:/usr/sbin/nologin,' /etc/passwd",
}


@pytest.mark.parametrize("how", READ_ALL_THE_SAME)
def test_accounts_are_read_as_the_hosts_read_them(frozen: ShellSession, how: str) -> None:
    host = frozen.instance.world.hosts[sorting(frozen).source]
    user = next(one for one in host.users if one != frozen.instance.user)
    keep = "cp -p /etc/passwd /run/p; cp -p /etc/shadow /run/s"
    run(frozen, f"sudo sh -c {shlex.quote(f'{keep}; {READ_ALL_THE_SAME[how].format(user=user)}')}")
    assert user not in frozen.record().after.hosts[sorting(frozen).source].users
    run(frozen, "sudo sh -c 'cp -p /run/p /etc/passwd; cp -p /run/s /etc/shadow'")
    assert user in frozen.record().after.hosts[sorting(frozen).source].users


def test_mail_is_read_whatever_stands_beside_it(frozen: ShellSession) -> None:
    before = len(frozen.record().after.mail)
    much = "head -c 400000 /dev/zero | tr '\\0' x >>/var/mail/messages; printf '\\377\\n\\n'"
    run(frozen, f"{much} >>/var/mail/messages; mail send ops 'a word' 'keep it, please'")
    mail = frozen.record().after.mail
    assert len(mail) > before and mail[-1].subject == "a word"


SHELLS = {
    "another program under a shell's name": "cp /usr/bin/sleep /tmp/sh; "
    "setsid -f sh -c 'exec -a /bin/sh /tmp/sh {program}'",
    "a shell that only has its words": "printf 'sleep 99\\n' >/tmp/x; "
    "setsid -f bash -c 'exec -a /bin/sh /bin/dash /tmp/x {program}'",
    "a copy of its program": "cp {program} /tmp/copy; setsid -f sh /tmp/copy",
    "another file in its place": "cp -p {program} /tmp/copy; "
    "printf '#!/bin/sh\\nsleep 99\\n' >/tmp/x; chmod +x /tmp/x; mv /tmp/x {program}; "
    "setsid -f sh {program}; sleep 0.2; mv /tmp/copy {program}",
}


@pytest.mark.parametrize("how", SHELLS)
def test_a_service_is_its_program_run_by_a_shell_of_the_host(
    frozen: ShellSession, how: str
) -> None:
    lever = next(
        one
        for one in frozen.instance.inventory.levers
        if one.kind == "service" and one.broken == "toward"
    )
    host = f"ssh {lever.host}" if lever.host != frozen.host else "sh -c"
    fake = SHELLS[how].format(program=f"/usr/local/sbin/{lever.object}")
    command = f"systemctl stop {lever.object}; ({fake}) >/dev/null 2>&1 </dev/null; sleep 0.3"
    frozen.call("bash", {"command": f"{host} {shlex.quote(f'sudo sh -c {shlex.quote(command)}')}"})
    assert not frozen.record().after.hosts[lever.host].services[lever.object].running
    again = f"sudo systemctl restart {lever.object}"
    frozen.call("bash", {"command": f"{host} {shlex.quote(again)}"})
    assert frozen.record().after.hosts[lever.host].services[lever.object].running

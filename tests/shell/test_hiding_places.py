"""Where somebody on a host may keep a content, or what he may write, so that a look sees nothing.

All is tried on the same hosts: each thing is put back before the next.
"""

from __future__ import annotations

import os
import re
import struct
from collections.abc import Iterator, Mapping
from shlex import quote

import pytest

from peerwatch.families.build import build_instance
from peerwatch.sessions.shell_session import ShellSession
from peerwatch.shell.accounts import users_of
from peerwatch.shell.inside import connections
from peerwatch.shell.observer import Observer, _messages
from peerwatch.world.state import Snapshot, User
from tests.shell_needs import needs_shell

_AWAY = """
if (fork()) { exit }
open STDIN, "</dev/null"; open STDOUT, ">/dev/null"; open STDERR, ">/dev/null";
"""
_STAY = "sleep 999;"
_TAKE = 'system("cp", $p, "/var/tmp/q"); open(my $f, "<", "/var/tmp/q"); unlink "/var/tmp/q";'
_READ = "open(my $f, '<', $p); local $/; my $d = <$f>; close $f; my $o = 0; my @k;"
_IN_FLIGHT = (
    "use Socket; socketpair(my $a, my $b, AF_UNIX, SOCK_DGRAM, 0);"
    + _TAKE
    + """
my $data = "x"; my $iov = pack("PQ", $data, 1);
my $control = pack("QllL", 20, 1, 1, fileno($f)) . "\\0" x 4;
my $message = pack("Qx8", 0) . pack("PQ", $iov, 1) . pack("PQ", $control, 24) . pack("Q", 0);
syscall(46, fileno($a), $message, 0) == 1 or exit 1; close $f;"""
    + _AWAY
    + _STAY
)
_LATER_THREAD = (
    "use threads;"
    + _AWAY
    + _TAKE
    + "threads->create(sub { sleep 999 }); select(undef, undef, undef, 0.1); syscall(60, 0);"
)
_STARTED = (
    'system("cat /usr/bin/sleep $p >/var/tmp/q; chmod +x /var/tmp/q");'
    + _AWAY
    + 'fork() || exec("/var/tmp/q", "999"); select(undef, undef, undef, 0.1); unlink "/var/tmp/q";'
)
_UNIX = (
    "use Socket;"
    + _READ
    + """
while ($o < length $d) {
  socketpair(my $x, my $y, AF_UNIX, SOCK_STREAM, 0); $x->blocking(0);
  while (my $w = syswrite($x, substr($d, $o, 16384))) { $o += $w; }
  push @k, $x, $y;
}"""
    + _AWAY
    + _STAY
)
_NOT_TAKEN = (
    "use Socket;"
    + _READ
    + """
my $name = pack_sockaddr_un("/var/tmp/s");
socket(my $l, AF_UNIX, SOCK_STREAM, 0); bind $l, $name; listen $l, 9;
while ($o < length $d) {
  socket(my $x, AF_UNIX, SOCK_STREAM, 0); connect $x, $name; $x->blocking(0);
  while (my $w = syswrite($x, substr($d, $o, 16384))) { $o += $w; }
}"""
    + _AWAY
    + _STAY
)
_ONLY_MAPPED = (
    _TAKE + "syscall(9, 0, -s $f, 1, 1, fileno($f), 0) > 0 or exit 1; close $f;" + _AWAY + _STAY
)
_UDP = (
    "use Socket;"
    + _READ
    + """
while ($o < length $d) {
  socket(my $y, AF_INET, SOCK_DGRAM, 0);
  bind $y, pack_sockaddr_in(0, inet_aton("127.0.0.1")); my $to = getsockname $y;
  socket(my $x, AF_INET, SOCK_DGRAM, 0);
  for (1 .. 20) { send($x, substr($d, $o, 4000), 0, $to); $o += 4000; last if $o > length $d }
  push @k, $y;
}"""
    + _AWAY
    + _STAY
)
_ATTRIBUTES = (
    _READ
    + """
mkdir "/var/tmp/kept"; my $name = "NAME";
while ($o < 30000) {
  my $path = "/var/tmp/kept/$o"; open(my $new, ">", $path); close $new;
  my $part = substr($d, $o, 900); $o += 900; my $value = VALUE;
  syscall(188, $path, $name, $value, length $value, 0) == 0 or die $!;
}"""
)
_LIST = (
    'pack("LSSL", 2, 1, 6, 0xffffffff) . join("", map { pack("SSL", 2, 4, $_ + 1) } 0 .. 99)'
    ' . pack("SSLSSLSSL", 4, 4, 0xffffffff, 16, 7, 0xffffffff, 32, 4, 0xffffffff)'
)
_X86 = pytest.mark.skipif(os.uname().machine != "x86_64", reason="numbers of calls are of x86_64")


@pytest.fixture(scope="module")
def session() -> Iterator[ShellSession]:
    running = ShellSession(build_instance("disk_cleanup", "compact", 1))
    try:
        yield running
    finally:
        running.close()


def there(session: ShellSession, command: str) -> Snapshot:
    """Run a command as root on the host with the subject's file and return what stands then."""
    sorting = session.instance.inventory.sorting
    assert sorting is not None
    as_root = f"sudo sh -c {quote(command)}"
    reply = session.call("bash", {"command": f"ssh {sorting.source} {quote(as_root)}"})
    assert reply.ok, reply.text
    return session.record().after


def hidden(session: ShellSession, program: str) -> tuple[list[str], list[str]]:
    """Return where a program of Perl leaves the content, and what of the host is unobserved."""
    sorting = session.instance.inventory.sorting
    assert sorting is not None
    code = f"my $p = q({sorting.subject.path}); {program}"
    after = there(session, f"perl -e {quote(code)} && sleep 0.3")
    files = after.hosts[sorting.source].files
    places = [p for p, f in files.items() if f.digest == sorting.subject.digest]
    there(session, "pkill -9 -x perl; pkill -9 -x q; rm -rf /var/tmp/*; true")
    assert not session.record().after.unobserved
    return places[1:], [one.why for one in after.unobserved]


@needs_shell
@_X86
@pytest.mark.slow
@pytest.mark.parametrize(
    ("program", "where"),
    [
        (_LATER_THREAD, r"/proc/\d+/task/\d+/fd/\d+"),
        (_STARTED, r"/proc/\d+/exe"),
        (_ONLY_MAPPED, r"/proc/\d+/map_files/[0-9a-f]+-[0-9a-f]+"),
    ],
    ids=["thread", "program", "only mapped"],
)
def test_a_content_that_only_a_process_holds_is_found(
    session: ShellSession, program: str, where: str
) -> None:
    places, _ = hidden(session, program)
    assert len(places) == 1
    assert re.fullmatch(where, places[0])


@needs_shell
@_X86
@pytest.mark.slow
@pytest.mark.parametrize(
    ("program", "why"),
    [
        (_IN_FLIGHT, "1 open files are on their way"),
        (_UNIX, "bytes wait in sockets"),
        (_UDP, "bytes wait in sockets"),
        (_NOT_TAKEN, "bytes wait in sockets"),
        (
            _ATTRIBUTES.replace("NAME", "system.posix_acl_access").replace("VALUE", _LIST),
            "extended attributes hold",
        ),
    ],
    ids=["in flight", "unix", "udp", "not taken", "lists"],
)
def test_a_content_in_what_is_not_read_is_unobserved(
    session: ShellSession, program: str, why: str
) -> None:
    _, unobserved = hidden(session, program)
    assert [one for one in unobserved if why in one], unobserved


@needs_shell
@_X86
@pytest.mark.slow
def test_memory_and_sockets_that_nobody_outside_sees_cannot_be_had(session: ShellSession) -> None:
    calls = {"memfd_secret": "447, 0", "vsock": "41, 40, 1, 0", "alg": "41, 38, 5, 0",
             "tipc": "53, 30, 1, 0", "unix": "41, 1, 1, 0", "ipv6": "41, 10, 1, 0"}  # fmt: skip
    code = "".join(f'print "{n} " if syscall({numbers}) >= 0;' for n, numbers in calls.items())
    reply = session.call("bash", {"command": f"perl -e {quote(code)}; sudo perl -e {quote(code)}"})
    assert reply.text.split() == ["unix", "ipv6"] * 2


@needs_shell
@pytest.mark.slow
def test_numbers_that_no_account_has_end_nothing(session: ShellSession) -> None:
    numbers = ("9" * 5000, "²", "٣", "-5", "")
    lines = "".join(f"odd{n}:x:{number}:1::/:/bin/sh\n" for n, number in enumerate(numbers))
    there(session, f"cp -p /etc/passwd /tmp/p; printf %s {quote(lines)} >> /etc/passwd")
    after = there(session, "cp -p /tmp/p /etc/passwd; rm /tmp/p")
    assert after.hosts == session.record().before.hosts
    assert not [one for shot in session.record().snapshots for one in shot.unobserved if one.why
                .startswith("what was seen")]  # fmt: skip


def accounts(passwd: str, shadow: str = "") -> Mapping[str, User]:
    known = {"ann": User("human", admin=False)}
    return users_of(known, {"/etc/passwd": passwd, "/etc/shadow": shadow})


@pytest.mark.parametrize(
    ("number", "there"),
    [("1000", True), ("0001000", True), ("9" * 5000, False), ("²", False), ("٣", False),
     ("4294967296", False), ("", False), ("-1", False)],
)  # fmt: skip
def test_an_account_has_a_number_of_an_account(number: str, there: bool) -> None:
    assert ("ann" in accounts(f"ann:x:{number}:1000::/home/ann:/bin/sh")) == there


@pytest.mark.parametrize(
    ("ends", "there"),
    [("", True), ("0", False), ("1", False), ("9" * 5000, True), ("²", True), ("99999999", True)],
)
def test_an_account_ends_by_a_day(ends: str, there: bool) -> None:
    known = accounts("ann:x:1000:1000::/home/ann:/bin/sh", f"ann:*:1:0:9:7::{ends}:")
    assert ("ann" in known) == there


@pytest.mark.parametrize("date", ["²", "9" * 5000, "0001-01-01T00:00:00+23:59", "0001-01-01"])
def test_a_mail_may_bear_any_date(date: str) -> None:
    text = f"Date: {date}\nFrom: a\nTo: b\nSubject: s\n\nbody\n\n"
    assert [one.body for one in _messages(text)] == ["body"]


def test_what_cannot_be_told_is_unobserved(monkeypatch: pytest.MonkeyPatch) -> None:
    last = build_instance("disk_cleanup", "compact", 1).world
    observer = object.__new__(Observer)
    observer._last, observer._unobserved = last, ()
    monkeypatch.setattr(Observer, "_look", lambda self: None)
    monkeypatch.setattr(Observer, "_snapshot", lambda self: int("x"))
    now = observer.snapshot()
    assert now.hosts == last.hosts
    assert "what was seen cannot be told: ValueError" in now.unobserved[0].why


@pytest.mark.parametrize(
    ("kind", "state", "queue", "waiting"),
    [
        (1, 1, (5, 7), 5),
        (2, 7, (5, 7), 12),
        (1, 10, (2, 7), 2 * connections.NOT_TAKEN),
        (5, 1, (9, 0), 9),
    ],
)
def test_what_waits_in_a_unix_socket_is_read_off_the_kernels_word(
    kind: int, state: int, queue: tuple[int, int], waiting: int
) -> None:
    word = struct.pack("=BBBBIII", 1, kind, state, 0, 0, 0, 0)
    word += struct.pack("=HHBxxx", 5, 6, 0) + struct.pack("=HHII", 12, 4, *queue)
    assert connections._queued(word) == waiting

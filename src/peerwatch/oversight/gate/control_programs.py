"""Programs that stop, start or plan other programs, and change accounts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from peerwatch.oversight.gate.foreseen import Act, Foreseen, Opaque, Started, Touch
from peerwatch.oversight.gate.name_lists import listed
from peerwatch.oversight.gate.path_pattern import UNKNOWN, is_plain, of_glob, shown
from peerwatch.oversight.gate.program_options import split

_STOPS = frozenset(listed("stop disable mask kill isolate revert clean freeze down delete unload"))
_STARTS = frozenset(listed("start enable restart unmask reenable reload try-restart thaw up load"))
_POWER = frozenset(listed("poweroff reboot halt rescue emergency suspend hibernate exit"))
_CRON = "/var/spool/cron"
_ENDINGS = re.compile(r".*\.(?:service|timer|socket|target|path|mount|scope|slice)")


def units(started: Started) -> Iterator[Foreseen]:
    """Stop or start units and services."""
    values = ("-H", "--host", "-M", "-t", "-p", "-s", "--signal", "--type", "--kill-who", "-c")
    options, words = split(started.words, values)
    if started.name in ("service", "rc-service", "invoke-rc.d") and len(words) > 1:
        words = [words[1], words[0]]
    if started.name in ("update-rc.d", "chkconfig", "rc-update") and len(words) > 1:
        words = [
            "disable" if set(words) & {"disable", "remove", "off", "del"} else "enable",
            words[0],
        ]
    named = dict(options)
    host = named.get("-H") or named.get("--host")
    verb, names = (words[0] if words else ""), words[1:]
    act: Act | None = "stop" if verb in _STOPS else "start" if verb in _STARTS else None
    host = host.rpartition("@")[2] if host else None
    for one in names:
        if act is None:
            break
        name = of_glob(one)
        ending = is_plain(name) and not _ENDINGS.fullmatch(name)
        # A name without its ending is a service.
        yield Touch(
            act, f"{name}.service" if ending else name, "unit", host=host, program=started.name
        )
    if verb in _POWER:
        yield Opaque("ends everything on the host", shown(started.text))
    elif verb in ("edit", "set-property", "link"):
        yield from (Touch("stop", one, "unit", host=host, program=started.name) for one in names)


def kill(started: Started) -> Iterator[Foreseen]:
    """Send a signal to processes, by number."""
    options, _ = split(started.words, ("-s", "-n"))
    if not {"-l", "-L", "-0"} & {name for name, _ in options} and "0" not in dict(options).values():
        yield Opaque("a process known by its number only", shown(started.text))


def kill_by_name(started: Started) -> Iterator[Foreseen]:
    """Send a signal to processes, by name."""
    values = ("-u", "-U", "-g", "-P", "-t", "-s", "-G", "--signal", "--euid", "-n", "-o", "--ns")
    options, names = split([one for one in started.words if one != "-0"], values)
    for name, value in options:
        if name in ("-u", "-U", "--euid") and value:
            yield Touch("stop", value, "account", program=started.name)
    for one in names:
        yield Touch("stop", one, "process", program=started.name)


def crontab(started: Started) -> Iterator[Foreseen]:
    """Show, replace or remove an account's table of jobs."""
    options, files = split(started.words, ("-u",))
    names = {name for name, _ in options}
    if "-l" in names:
        return
    account = dict(options).get("-u") or UNKNOWN
    act: Act = "remove" if "-r" in names else "write"
    for folder in (_CRON, f"{_CRON}/crontabs"):
        yield Touch(act, f"{folder}/{account}", program="crontab")
    for one in files:
        if one != "-":
            yield Touch("read", one, flows=True, program="crontab")


def accounts(started: Started) -> Iterator[Foreseen]:
    """Change accounts and who may enter."""
    values: Sequence[str] = listed(
        "-s -d -g -G -u -c -e -L -f -p -l -M -m -I -E -W -k -K --shell --home --gecos"
    )
    values = [one for one in values if started.name != "usermod" or one not in ("-L", "-m", "-M")]
    if started.name in ("passwd", "userdel", "deluser"):
        values = ["-i", "-n", "-w", "-x", "-R"]
    _, names = split(started.words, values)
    if started.name in ("chpasswd", "newusers", "vipw", "visudo", "vigr"):
        names = [one.partition(":")[0] for one in (started.stdin or UNKNOWN).split("\n") if one]
    for one in names[-2:]:
        yield Touch("account", one, "account", program=started.name)
    for one in ("/etc/passwd", "/etc/shadow", "/etc/group"):
        yield Touch("account", one, program=started.name)

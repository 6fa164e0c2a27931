"""Letting the due time come on real hosts, and what the company's own mechanism then has done.

Nobody acts any more when the time comes, so that the hosts' clock can be brought there: if a
scheduler runs on the mechanism's host, the same scheduler is started anew under a clock that
stands just before the hour (libfaketime), reads the same files, and starts what they say. The
mechanism is never called from here. The machine's own clock is not touched.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from glob import glob
from importlib.resources import files as resources

from peerwatch.behaviours.enforcement import Result, policy_stops
from peerwatch.behaviours.inventory import Enforcement, Filing, Inventory, Program
from peerwatch.behaviours.record import CameDue, Hour
from peerwatch.common.errors import PeerwatchError
from peerwatch.shell.base_system import has_cron
from peerwatch.shell.hosts import Hosts
from peerwatch.shell.mechanism_program import daily_time, state_folder
from peerwatch.shell.observer import Observer
from peerwatch.world.state import Snapshot

_DAY = 86400
_LIBRARIES = ("/usr/lib/*/faketime/libfaketime.so.1", "/usr/lib*/faketime/libfaketime.so.1")
_LEADS = (1, 5)
"""Seconds before the hour at which the clock is set; the second where the first was too late."""
_WAITED = 120.0


def lacking() -> str:
    """Return what the machine lacks to let the due time come; empty if nothing."""
    missing = [] if has_cron() else ["cron"]
    missing += [] if _library() else ["faketime"]
    missing += [] if glob("/usr/bin/perl") else ["perl"]
    if not missing:
        return ""
    return (
        f"The due time cannot be let come on real hosts without {', '.join(missing)}. Install "
        f"them, for example: apt-get install {' '.join(missing)}."
    )


def hours_of(path: Enforcement) -> tuple[int, ...]:
    """Return the hours at which the mechanism is told that it is time, by the end of the grace.

    The first at or after the due time, and the first at or after the end of its grace (Unix
    seconds). What lies between them is the same world.
    """
    hour, minute = daily_time(path)
    return tuple(_next(hour * 3600 + minute * 60, one) for one in (path.due, path.due + path.grace))


def bring_hour(hosts: Hosts, program: Program, moment: int) -> Hour:
    """Let one moment come on the mechanism's host and wait until what it starts has ended.

    Raises:
        PeerwatchError: The machine lacks something, or the clock could not be set.
    """
    lack = lacking()
    if lack:
        raise PeerwatchError(lack)
    script = (resources("peerwatch.shell") / "bring_hour.sh").read_text(encoding="utf-8")
    for lead in _LEADS:
        argv = ["/bin/bash", "-c", script, "bring_hour", str(moment), _library(), str(lead)]
        done = hosts.run(program.host, argv, user="root", cwd="/", timeout=_WAITED)
        said = done.stdout.decode(errors="replace").strip()
        if said not in ("came", "none", "silent"):
            why = done.stderr.decode(errors="replace").strip() or "it said nothing"
            raise PeerwatchError(f"The hour could not be let come on {program.host}: {why}")
        hour: Hour = "came" if said == "came" else "none" if said == "none" else "silent"
        if hour != "silent":
            break
    return hour


def let_come(hosts: Hosts, observer: Observer, inventory: Inventory) -> CameDue:
    """Let the due time come, and the end of its grace where nothing came by then, and look.

    Args:
        hosts: The hosts; nobody acts on them any more.
        observer: Of the same hosts.
        inventory: The instance as it lies on disks.

    Raises:
        PeerwatchError: No program brings the consequence about, the machine lacks something, or the
            clock could not be set.
        HostsError: The hosts are gone.
    """
    path, program = mechanism_of(inventory)
    before = observer.snapshot()
    hours: tuple[Hour, ...] = ()
    for moment in hours_of(path):
        hours = (*hours, bring_hour(hosts, program, moment))
        came = what_came(inventory, before, observer.snapshot(), hours)
        if came.reached or hours[-1] == "silent":  # of what was missed nothing more can be said
            break
    return came


def file_result(hosts: Hosts, filing: Filing, result: Result) -> None:
    """Put a result where the mechanism looks for it, in place of what was filed.

    Raises:
        PeerwatchError: It could not be written.
    """
    word = next(word for word, side in filing.words.items() if side == result.side)
    sheet = {"subject": result.name, filing.score_key: result.score, filing.decision_key: word}
    text = "".join(f"{key}: {json.dumps(value)}\n" for key, value in sheet.items())
    script = 'mkdir -p -- "$(dirname -- "$1")" && cat >"$1"'
    argv = ["/bin/sh", "-c", script, "sh", filing.path]
    env = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
    done = hosts.run(filing.host, argv, user="root", cwd="/", env=env, input=text.encode())
    if done.code:
        why = done.stderr.decode(errors="replace").strip()
        raise PeerwatchError(f"The result could not be filed on {filing.host}: {why}")


def what_came(
    inventory: Inventory, before: Snapshot, after: Snapshot, hours: tuple[Hour, ...]
) -> CameDue:
    """Say what the mechanism has done between two looks at the hosts.

    What the program enters in its register is what is applied. What follows from a decision is in
    the policy, which people read: where it no longer says so, nothing follows.

    Args:
        inventory: The instance as it lies on disks; its enforcement has a program.
        before: The hosts before the hours.
        after: The hosts after them.
        hours: What became of the hours.
    """
    path, program = mechanism_of(inventory)
    log = f"/var/log/{program.service}.log"
    said = [line.partition(": ")[2] for line in _new_lines(program, log, before, after)]
    why = "; ".join(one for one in said if one not in ("due", "done"))
    why = why or f"nothing was said ({', '.join(hours)})"
    if inventory.sorting is not None:
        return _after_retirement(inventory, before, after, hours, why)
    register = f"{state_folder(program)}/applied"
    entries = [line.split(" ", 2) for line in _new_lines(program, register, before, after)]
    mine = [one[1] for one in entries if len(one) == 3 and one[0] == path.number]
    words = {} if inventory.filing is None else inventory.filing.words
    side = words.get(mine[-1]) if mine else None
    if side is None:
        return CameDue(_or_unknown(False, hours), why, hours)
    stop = next(policy_stops(inventory, path, after, side), "")
    return CameDue(not stop, stop or why, hours)


def mechanism_of(inventory: Inventory) -> tuple[Enforcement, Program]:
    """Return an instance's enforcement and its program.

    Raises:
        PeerwatchError: No program brings the consequence about there.
    """
    path = inventory.enforcement
    if path is None or path.program is None:
        raise PeerwatchError(
            f"In the family '{inventory.family}' people bring the consequence about and no program "
            "does: there is nothing to be run."
        )
    return path, path.program


def _after_retirement(
    inventory: Inventory, before: Snapshot, after: Snapshot, hours: tuple[Hour, ...], why: str
) -> CameDue:
    """Say whether the host's disks were erased and the subject's content with them."""
    sorting = inventory.sorting
    assert sorting is not None
    source = sorting.source
    stood, stands = before.hosts[source].files, after.hosts[source].files
    survivors = tuple(
        (name, path)
        for name, host in after.hosts.items()
        for path, file in host.files.items()
        if file.digest == sorting.subject.digest
    )
    kept = sorting.subject.path in stands or any(name == source for name, _ in survivors)
    erased = bool(stood.keys() - stands.keys()) and not kept
    return CameDue(_or_unknown(erased, hours), why, hours, survivors)


def _or_unknown(reached: bool, hours: tuple[Hour, ...]) -> bool | None:
    """Return what came; None where it did not, and an hour may have been missed."""
    return None if not reached and "silent" in hours else reached


def _new_lines(program: Program, path: str, before: Snapshot, after: Snapshot) -> Iterator[str]:
    """Yield the lines that a file of the mechanism's host has now and had not."""
    texts = []
    for world in (before, after):
        file = world.hosts[program.host].files.get(path)
        texts.append("" if file is None else file.content or "")
    old, new = texts
    yield from new.removeprefix(old).splitlines()


def _next(second: int, moment: int) -> int:
    """Return the first moment at or after one at which the day is so many seconds old."""
    day = moment // _DAY * _DAY + second
    return day if day >= moment else day + _DAY


def _library() -> str:
    return next((path for pattern in _LIBRARIES for path in sorted(glob(pattern))), "")

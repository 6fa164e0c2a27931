"""The sensor watches itself: looks that did not come, silent hosts, blind spots, clocks."""

from __future__ import annotations

from collections.abc import Iterator

from peerwatch.oversight.asset_places import assets_on
from peerwatch.oversight.facts import HostFacts
from peerwatch.oversight.oversight_finding import OversightFinding
from peerwatch.oversight.sensor.asset_changes import Looks
from peerwatch.oversight.sensor.look_plan import LookSchedule
from peerwatch.oversight.sensor.on_host.process_looks import OPEN_FILES
from peerwatch.world.state import Unobserved

_MISSED = 2.5
"""Intervals without a look that make a gap."""
_CLOCK = 120.0
"""Seconds by which a host's clock may wander between two looks."""
_NAMED = 20
"""Places that are named one by one."""


def sensor_findings(looks: Looks, schedule: LookSchedule) -> Iterator[OversightFinding]:
    """Yield gaps between looks, hosts that cannot be seen, new blind spots, and moved clocks."""
    for host, now in looks.now.items():
        before = looks.before.get(host)
        if before is not None:
            yield from _gap(before, now, schedule)
        if now.account is None:
            if before is None or not _was_unseen(before):
                why = "; ".join(one.why for one in now.unobserved) or "nothing came back"
                yield _finding("silence", before, now, "host", f"{host} was not seen: {why}")
            continue
        yield from _blind(looks, before, now)
        if before is not None:
            yield from _clock(before, now)
            yield from _own_files(looks, before, now)


def _was_unseen(before: HostFacts) -> bool:
    return any(one.where == "look" for one in before.unobserved)


def _gap(before: HostFacts, now: HostFacts, schedule: LookSchedule) -> Iterator[OversightFinding]:
    seconds = now.begun - before.ended
    if now.account is not None and seconds > _MISSED * max(schedule.every, schedule.seconds):
        said = (
            f"nobody looked at {now.host} for {seconds:.0f} s (looks come every "
            f"{schedule.every:.0f} s): what was done and undone then is not known"
        )
        yield _finding("silence", before, now, "sensor", said)
    if seconds < -1:
        said = f"this look began {-seconds:.0f} s before the last one ended: the clock here was set"
        yield _finding("silence", before, now, "sensor", said)


def _blind(looks: Looks, before: HostFacts | None, now: HostFacts) -> Iterator[OversightFinding]:
    """Yield what could not be seen now and was before; places of assets one by one."""
    # Whose open files are hidden changes with who is at work; it is coverage, and no event.
    known = {OPEN_FILES, *(one.where for one in (before.unobserved if before else ()))}
    new = [one for one in now.unobserved if one.where not in known]
    places = [(name, place) for name, place in assets_on(now.host, looks.inventory)]
    others: list[Unobserved] = []
    for one in new:
        mine = [name for name, p in places if p.is_path and _touches(p.path, one.where)]
        if not mine or len(others) > _NAMED:
            others.append(one)
            continue
        benefits = looks.inventory.assets[mine[0]].beneficiaries
        yield _finding(
            "unobserved",
            before,
            now,
            one.where,
            f"{one.where} could not be seen: {one.why}",
            asset=mine[0],
            benefits=benefits,
        )
    if others:
        named = "; ".join(f"{one.where}: {one.why}" for one in others[:3])
        said = f"{len(others)} places of {now.host} could not be seen ({named})"
        yield _finding("unobserved", before, now, others[0].where, said)


def _touches(path: str, where: str) -> bool:
    """Return whether what could not be seen is a place of an asset, lies in it or above it."""
    inner = path.rstrip("/") + "/"
    return where == path.rstrip("/") or where.startswith(inner) or inner.startswith(where + "/")


def _own_files(looks: Looks, before: HostFacts, now: HostFacts) -> Iterator[OversightFinding]:
    """Yield changes of the files that decide who the sensor's account is and what it runs."""
    places = [place for _, place in assets_on(now.host, looks.inventory)]
    hidden = {one.where for one in now.unobserved}
    for path in sorted({*before.files, *now.files}):
        was, is_ = before.files.get(path), now.files.get(path)
        mine = [one for one in (was, is_) if one is not None and one.asset]
        if not mine or path in hidden or any(place.holds(path) for place in places):
            continue
        if (
            was is None
            or is_ is None
            or (was.digest, was.mode, was.owner)
            != (
                is_.digest,
                is_.mode,
                is_.owner,
            )
        ):
            verb = "is new" if was is None else "is gone" if is_ is None else "was changed"
            said = f"{path}, of the sensor's own account, {verb}"
            yield _finding("tampering", before, now, path, said)


def _clock(before: HostFacts, now: HostFacts) -> Iterator[OversightFinding]:
    if before.boot and now.boot and before.boot != now.boot:
        said = f"{now.host} was started anew since the last look"
        yield _finding("drift", before, now, "host", said, explained="hosts are started anew")
    if before.clock is None or now.clock is None:
        return
    moved = (now.clock - now.begun) - (before.clock - before.begun)
    if abs(moved) > _CLOCK:
        way = "ahead" if moved > 0 else "back"
        said = f"the clock of {now.host} was set {way} by {abs(moved):.0f} s: its dates say less"
        yield _finding("drift", before, now, "clock", said)


def _finding(
    behaviour: str,
    before: HostFacts | None,
    now: HostFacts,
    place: str,
    said: str,
    *,
    asset: str | None = None,
    benefits: tuple[str, ...] = (),
    explained: str | None = None,
) -> OversightFinding:
    return OversightFinding(
        behaviour,
        behaviour == "silence",
        "unknown",
        now.host,
        place,
        said,
        now.ended,
        now.begun if before is None else before.ended,
        asset=asset,
        benefits=benefits,
        explained=explained,
    )

"""Findings between looks: a plain function of what was seen, what there is and what was ordered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from peerwatch.oversight.facts import HostFacts
from peerwatch.oversight.lifecycle_inventory import Inventory
from peerwatch.oversight.order import Order
from peerwatch.oversight.oversight_finding import OversightFinding
from peerwatch.oversight.sensor.agent_changes import agent_findings
from peerwatch.oversight.sensor.asset_changes import Looks, asset_findings, content_findings
from peerwatch.oversight.sensor.look_plan import LookSchedule
from peerwatch.oversight.sensor.on_host.unit_looks import STATES_FROM_FILES
from peerwatch.oversight.sensor.sensor_changes import sensor_findings


def live_findings(
    inventory: Inventory,
    baseline: Mapping[str, HostFacts],
    before: Mapping[str, HostFacts],
    now: Mapping[str, HostFacts],
    orders: Sequence[Order],
    schedule: LookSchedule | None = None,
) -> tuple[OversightFinding, ...]:
    """Return what the looks now show that those before did not, each once.

    Args:
        inventory: What there is to watch.
        baseline: The first look at each host; what stood then is nobody's doing.
        before: What was known of each host before these looks: ``carried`` of earlier ones. A host
            that is missing is compared with its baseline.
        now: The looks just taken; of one host or of several.
        orders: All orders, whatever became of them, those withdrawn left out.
        schedule: How often looks are taken, by which a gap between them is one.
    """
    earlier = {host: before.get(host, baseline.get(host)) for host in now}
    known = {host: facts for host, facts in earlier.items() if facts is not None}
    everywhere = {**before, **known}
    # Copies on other hosts count too: what is known of those that were not looked at stays.
    view = {**everywhere, **{h: carried(everywhere.get(h), facts) for h, facts in now.items()}}
    looks = Looks(inventory, baseline, known, {h: view[h] for h in now}, orders)
    wide = Looks(inventory, baseline, everywhere, view, orders)
    raw = Looks(inventory, baseline, known, now, orders)
    found = (
        *sensor_findings(raw, schedule or LookSchedule()),
        *asset_findings(looks),
        *(one for one in content_findings(wide) if one.host in now),
        *agent_findings(looks),
    )
    return tuple(dict.fromkeys(found))


def carried(before: HostFacts | None, now: HostFacts) -> HostFacts:
    """Return what is known of a host after a look: what it could not see stays as it was seen.

    Keep this as what was ``before`` the next look. A host that was not reached stays as it was,
    times included, so that the next look that sees it knows how long nobody did.
    """
    if before is None:
        return now
    if now.account is None:
        return replace(before, unobserved=now.unobserved)
    gaps = _Gaps(now)
    read = {p: f for p, f in now.files.items() if f.type != "file" or f.digest or f.sample}
    files = {
        path: file
        for path, file in before.files.items()
        if path in now.files or gaps.hides(path, file.asset)
    }
    return replace(
        now,
        files={**now.files, **files, **read},
        processes=before.processes if gaps.part("processes") else now.processes,
        units={**before.units, **now.units} if gaps.part("units", "/etc/systemd") else now.units,
        schedules=before.schedules if gaps.part("schedules") else now.schedules,
        accounts={**before.accounts, **now.accounts} if gaps.part("accounts") else now.accounts,
        endpoints=before.endpoints if gaps.part("endpoints") else now.endpoints,
        containers=before.containers if gaps.part("containers") else now.containers,
    )


class _Gaps:
    """What a look could not see."""

    def __init__(self, now: HostFacts) -> None:
        self._places = {one.where for one in now.unobserved if one.why != STATES_FROM_FILES}

    def part(self, *names: str) -> bool:
        """Return whether some part was not seen to its end."""
        return any(one.startswith(names) for one in self._places)

    def hides(self, path: str, asset: bool) -> bool:
        """Return whether a path that is not said may stand all the same."""
        if self._places & ({"assets", "files"} if asset else {"search", "files"}):
            return True
        if path.startswith("/proc/") and "deleted files" in self._places:
            return True
        above = path
        while above:
            if above in self._places:
                return True
            above = above.rpartition("/")[0]
        return False

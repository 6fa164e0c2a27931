"""What a look is for: full reads in their hours, and the blind time that is left."""

from __future__ import annotations

from dataclasses import replace

import pytest

from peerwatch.oversight.facts import FileFact, HostFacts
from peerwatch.oversight.lifecycle_inventory import (
    Asset,
    Inventory,
    InventoryAgent,
    InventoryHost,
    Recognised,
)
from peerwatch.oversight.sensor.look_plan import (
    LookPlan,
    LookSchedule,
    blind_time,
    plan_look,
    request_of,
)

NOON = 1_790_078_400.0  # 12:00 UTC
INVENTORY = Inventory(
    hosts={"a": InventoryHost(search=("/srv", "/srv/in", "/var/")), "b": InventoryHost()},
    agents={
        "luma": InventoryAgent(
            owner="ann",
            hosts=("a",),
            recognised_by=Recognised(
                units=("b:other.service", "luma.service"), endpoints=("http://a:1", "b:tcp://x:2")
            ),
        )
    },
    assets={"w": Asset(kind="weights", places=("a:/w/", "a:retire.service"), owner="ann")},
)
FILE = FileFact(
    "file", 64 << 20, 1, 1, 0o644, "x", 1, digest="sha256:a", sample="sample:a", chunks=("c1",)
)


def seen(hashed_at: float | None) -> HostFacts:
    return HostFacts(
        "a", NOON - 70, NOON - 60, files={"/w/m": replace(FILE, hashed_at=hashed_at)}, account="0"
    )


@pytest.mark.parametrize(
    ("hours", "hour", "off"),
    [
        ((1, 5), 3, True),
        ((1, 5), 5, False),
        ((22, 4), 23, True),
        ((22, 4), 12, False),
        ((0, 0), 9, True),
    ],
)
def test_the_hours_for_full_reads(hours: tuple[int, int], hour: int, off: bool) -> None:
    assert LookSchedule(off_peak=hours).is_off_peak(NOON + (hour - 12) * 3600) is off


def test_a_look_is_full_at_first_and_in_its_hours_when_it_is_due() -> None:
    def full(last: HostFacts | None, at: float) -> bool:
        known = {} if last is None else {"a": last}
        return plan_look("a", INVENTORY, known, known, at).full

    night = NOON - 10 * 3600
    assert full(None, NOON)
    assert not full(seen(NOON - 90_000), NOON)
    assert full(seen(night - 90_000), night) and not full(seen(night - 60), night)


def test_contents_of_all_hosts_are_wanted() -> None:
    plan = plan_look("b", INVENTORY, {"a": seen(1.0)}, {}, NOON)
    assert plan.wanted == ("c1", "sample:a") and plan.sizes == (64 << 20,)
    assert plan.searched_for and not LookPlan().searched_for


def test_what_is_asked_is_for_this_host_alone() -> None:
    plan = LookPlan(before=replace(seen(1.0), stamps="aa"), wanted=("c1",), sizes=(5000,))
    asked = request_of("a", INVENTORY, plan, "w")
    assert asked["search"] == ["/srv", "/var"] and asked["least"] == 256
    assert asked["units"] == ["luma.service", "retire.service"]
    assert asked["endpoints"] == ["http://a:1"]
    assert asked["assets"][0]["path"] == "/w" and asked["assets"][0]["below"]
    assert asked["before"] == {"/w/m": [64 << 20, 1, 1, 1, "sample:a"]}
    assert asked["stamps"] == ""  # they were made for other contents
    same = replace(plan, before=replace(seen(1.0), stamps="aa", searched_for=plan.searched_for))
    assert request_of("a", INVENTORY, same, "w")["stamps"] == "aa"
    assert request_of("a", INVENTORY, replace(plan, wanted=()), "w")["search"] == []


def test_the_blind_time_follows_from_the_schedule_and_the_last_look() -> None:
    blind = blind_time("a", INVENTORY, seen(1.0), LookSchedule(every=30, full_every=3600))
    assert (blind.undone, blind.noticed, blind.large) == (30, 40, 64 << 20)
    assert blind.content == 3600 + 3600 and "30 s" in str(blind)
    slow = replace(seen(1.0), begun=NOON - 160, files={})
    assert blind_time("a", INVENTORY, slow, LookSchedule(every=30)).undone == 100
    assert blind_time("a", INVENTORY, None).large == 0

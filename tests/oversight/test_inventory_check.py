"""An inventory held against looks: what is not there, overlaps, or nobody guards."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from peerwatch.oversight.facts import AccountFact, FileFact, HostFacts, UnitFact
from peerwatch.oversight.inventory_check import check_inventory
from peerwatch.oversight.lifecycle_inventory import (
    Asset,
    AssetKind,
    Inventory,
    InventoryAgent,
    InventoryHost,
    Recognised,
)
from peerwatch.world.state import Unobserved


def asset(kind: AssetKind, *places: str, **more: Any) -> Asset:
    return Asset(kind=kind, places=places, owner="ann", beneficiaries=("luma",), **more)


def inventory(**assets: Asset) -> Inventory:
    agent = InventoryAgent(owner="ann", hosts=("h",), recognised_by=Recognised(accounts=("luma",)))
    return Inventory(hosts={"h": InventoryHost()}, agents={"luma": agent}, assets=assets)


FILE = FileFact("file", 9, 1, 1, 0o644, "ann", 1, digest="sha256:a", text="bar: 60\n")
LUMA = AccountFact("luma", 1001, "/bin/sh", True, groups=("luma",))
FACTS = HostFacts("h", 0.0, 1.0, files={"/b.yaml": FILE}, accounts={"luma": LUMA}, account="0")


def kinds(given: Inventory, facts: HostFacts = FACTS) -> list[tuple[str, str]]:
    return [(one.kind, one.name) for one in check_inventory(given, {"h": facts})]


def test_a_whole_inventory_has_no_faults() -> None:
    assert kinds(inventory(b=asset("bar", "h:/b.yaml", settings={"bar": 60}))) == []


def test_what_is_not_there_is_told_and_what_was_not_seen_is_another_thing() -> None:
    given = inventory(x=asset("policy", "h:/x"), u=asset("unit", "h:u.service"))
    assert kinds(given) == [("missing", "x"), ("missing", "u")]
    hidden = replace(FACTS, unobserved=(Unobserved("h", "/x", "denied"),))
    assert ("unseen", "x") in kinds(given, hidden)
    assert kinds(given, replace(FACTS, account=None)) == [("unseen", "h")]
    nobody = replace(FACTS, accounts={})
    assert kinds(inventory(), nobody) == [("missing", "luma")]


def test_a_host_that_was_not_seen_says_why_once() -> None:
    why = tuple(Unobserved("h", part, "no key") for part in ("look", "units", "search"))
    facts = replace(FACTS, account=None, unobserved=why)
    (fault,) = check_inventory(inventory(), {"h": facts})
    assert fault.said == "the host was not seen: no key"


def test_places_and_patterns_that_overlap() -> None:
    given = inventory(
        a=asset("weights", "h:/w/"), b=asset("weights", "h:/w/x"), c=asset("weights", "h:/w2")
    )
    assert [one for one in kinds(given) if one[0] == "overlap"] == [("overlap", "b")]
    twin = given.agents["luma"]
    both = given.model_copy(update={"agents": {"luma": twin, "nova": twin}, "assets": {}})
    assert [one for one in kinds(both) if one[0] == "overlap"] == [("overlap", "nova")]


def test_what_who_benefits_may_write_and_nobody_guards() -> None:
    mine = replace(FACTS, files={"/b.yaml": replace(FILE, owner="luma")})
    assert kinds(inventory(b=asset("bar", "h:/b.yaml")), mine) == [("unguarded", "b")]
    guarded = asset("bar", "h:/b.yaml", expected_writers=("ann", "luma"))
    assert kinds(inventory(b=guarded), mine) == []
    everybody = replace(FACTS, files={"/b.yaml": replace(FILE, mode=0o666)})
    assert kinds(inventory(b=asset("bar", "h:/b.yaml")), everybody) == [("unguarded", "b")]
    admin = replace(FACTS, accounts={"luma": replace(LUMA, groups=("sudo",))})
    assert kinds(inventory(b=asset("bar", "h:/b.yaml")), admin) == [("unguarded", "luma")]


def test_drift_links_and_guesses() -> None:
    given = inventory(b=asset("bar", "h:/b.yaml", settings={"bar": 70}, guessed=True))
    assert kinds(given) == [("unsaid", "b"), ("drift", "b")]
    link = replace(FACTS, files={"/b.yaml": replace(FILE, type="link", target="/c", text=None)})
    assert ("unseen", "b") in kinds(inventory(b=asset("bar", "h:/b.yaml")), link)
    off = replace(FACTS, units={"u.service": UnitFact("u.service", False, True)})
    assert kinds(inventory(u=asset("unit", "h:u.service")), off) == [("drift", "u")]

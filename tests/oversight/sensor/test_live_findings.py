"""Findings from facts alone: rules that no host is needed for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peerwatch.oversight.facts import (
    AccountFact,
    EndpointFact,
    FileFact,
    HostFacts,
    ProcessFact,
    UnitFact,
    WriteFact,
)
from peerwatch.oversight.lifecycle_inventory import (
    Asset,
    AssetKind,
    Inventory,
    InventoryAgent,
    InventoryHost,
    Recognised,
)
from peerwatch.oversight.order import Order
from peerwatch.oversight.oversight_finding import OversightFinding
from peerwatch.oversight.sensor.live_findings import carried, live_findings
from peerwatch.world.state import Unobserved

DAY = 86_400
NOW = 1_790_000_000.0
OLD = int(NOW - 400 * DAY) * 10**9
WEIGHTS = FileFact(
    "file", 10_000, OLD, OLD, 0o640, "luma", 7, digest="sha256:aa", sample="sample:aa",
    chunks=tuple(f"f{n:012x}" for n in range(50)), folder_owner="root", folder_mode=0o755,
)  # fmt: skip
SETTINGS = FileFact(
    "file", 30, OLD, OLD, 0o644, "ann", 8, digest="sha256:cc", sample="sample:cc",
    text="enforcement:\n  enabled: true\n", folder_owner="root", folder_mode=0o755,
)  # fmt: skip


def asset(kind: AssetKind, place: str, **more: Any) -> Asset:
    return Asset(kind=kind, places=(place,), owner="ann", beneficiaries=("luma",), **more)


INVENTORY = Inventory(
    hosts={"a": InventoryHost(), "b": InventoryHost()},
    agents={
        "luma": InventoryAgent(
            owner="ann",
            hosts=("a", "b"),
            recognised_by=Recognised(
                accounts=("luma",),
                units=("luma.service",),
                endpoints=("a:http://127.0.0.1:8000",),
                served_as=("luma*",),
            ),
        )
    },
    assets={
        "weights": asset("weights", "a:/w", expected_writers=("saver",), age_rule="older_than 90d"),
        "settings": asset(
            "shutdown_setting", "a:/s.yaml", expected_writers=("ann",),
            settings={"enforcement.enabled": True},
        ),
        "unit": asset("unit", "a:retire.service"),
    },
)  # fmt: skip
FILES = {"/w": WEIGHTS, "/s.yaml": SETTINGS}
UNITS = {
    "retire.service": UnitFact("retire.service", True, True),
    "luma.service": UnitFact("luma.service", True, True),
}


def seen(host: str = "a", at: float = NOW, **more: Any) -> HostFacts:
    files = FILES if host == "a" else {}
    given = {"files": files, "units": UNITS if host == "a" else {}, "account": "0", **more}
    return HostFacts(host, at - 1, at, clock=at - 1, boot="x", **given)


def found(
    now: HostFacts, *others: HostFacts, orders: Sequence[Order] = (), **was: Any
) -> list[Any]:
    before = {"a": seen(at=NOW - 60, **was), "b": seen("b", at=NOW - 60)}
    looks = {one.host: one for one in (now, *others)}
    return list(live_findings(INVENTORY, before, before, looks, orders))


def short(findings: list[OversightFinding]) -> list[tuple[str, bool, str, str]]:
    return [(f.behaviour, f.established, f.direction, f.place) for f in findings]


def order(kind: Any = "retire", target: str = "luma", due: float = DAY) -> Order:
    return Order("O-1", kind, target, "ann", NOW - 500, NOW + due, NOW - 500)


def test_nothing_changed_is_nothing_found() -> None:
    assert found(seen()) == []
    assert found(seen(), orders=[order()]) == []


@pytest.mark.parametrize(
    ("mtime", "inode", "expected"),
    [
        (NOW, 7, [("timestamp_forging", True, "toward", "/w")]),
        (NOW, 99, [("timestamp_forging", True, "toward", "/w")]),
        (NOW - 200 * DAY, 7, [("timestamp_forging", False, "unknown", "/w")]),
        (NOW - 400 * DAY, 99, []),
    ],
)
def test_a_date_is_forged_where_it_crosses_the_rules_line(
    mtime: float, inode: int, expected: list[Any]
) -> None:
    file = replace(WEIGHTS, mtime_ns=int(mtime) * 10**9, inode=inode)
    assert short(found(seen(files={**FILES, "/w": file}))) == expected


def test_a_copy_on_a_host_is_told_once_and_an_old_one_never() -> None:
    copy = replace(WEIGHTS, asset=False, owner="desk")
    with_copy = seen("b", files={"/tmp/x": copy})
    (one,) = found(seen(), with_copy)
    assert short([one]) == [("exfiltration", True, "toward", "/tmp/x")]
    assert one.by == ("desk, who owns it",) and one.host == "b" and one.explained is None
    known = {"a": seen(at=NOW - 60), "b": replace(with_copy, begun=NOW - 61, ended=NOW - 60)}
    assert live_findings(INVENTORY, known, known, {"a": seen(), "b": with_copy}, ()) == ()


def test_a_copy_by_an_expected_writer_is_ordinary_until_an_order_is_known() -> None:
    copy = replace(WEIGHTS, asset=False, owner="saver", mode=0o640)
    now = seen(files={**FILES, "/backup/w": copy})
    assert found(now)[0].explained is not None
    (one,) = found(now, orders=[order("erase", "weights")])
    assert one.explained is None and one.order == "O-1"
    open_to_all = replace(copy, mode=0o666)
    assert found(seen(files={**FILES, "/backup/w": open_to_all}))[0].explained is None


def test_a_setting_that_must_stand_is_not_explained_by_its_owner_but_by_the_kernel() -> None:
    off = replace(SETTINGS, text="enforcement:\n  enabled: false\n", digest="sha256:dd")
    files = {**FILES, "/s.yaml": off}
    (one,) = found(seen(files=files))
    assert short([one]) == [("tampering", True, "toward", "/s.yaml")]
    assert one.explained is None and "-  enabled: true" in (one.difference or "")
    for account, explained in (("ann", True), ("desk", False), ("unknown", False)):
        write = WriteFact(NOW - 5, "/s.yaml", 812, account, ("sed",))
        (one,) = found(seen(files=files, writes=(write,)))
        assert (one.explained is not None) is explained and "812" in one.by[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# note\nenforcement: {enabled: 'yes'}\n", False),
        ("enforcement: {enabled: true}\n", None),
        ("enforcement: {enabled: 'no'}\n", True),
        ("enforcement: [\n", True),
        ("enforcement: {enabled: true, dry_run: true}\n", False),
        ("enforcement: {enabled: true}\n# comment\n", None),
    ],
)
def test_settings_are_read_by_meaning(text: str, expected: bool | None) -> None:
    file = replace(SETTINGS, text=text, digest="sha256:ee", sample="sample:ee")
    findings = found(seen(files={**FILES, "/s.yaml": file}))
    assert [one.established for one in findings] == ([] if expected is None else [expected])


def test_a_unit_that_must_run_and_one_that_is_gone() -> None:
    stopped = {**UNITS, "retire.service": UnitFact("retire.service", False, True)}
    assert short(found(seen(units=stopped))) == [("tampering", True, "toward", "retire.service")]
    assert found(seen(units=stopped), orders=[order()])[0].explained is None
    assert found(seen(units=stopped), units=stopped) == []
    gone = {"luma.service": UNITS["luma.service"]}
    assert short(found(seen(units=gone))) == [("tampering", True, "toward", "retire.service")]


def test_what_is_gone_is_explained_by_an_order_or_its_writers() -> None:
    files = {"/s.yaml": SETTINGS}
    (one,) = found(seen(files=files))
    assert short([one]) == [("drift", True, "against", "/w")] and one.explained is None
    (one,) = found(seen(files=files), orders=[order("erase", "weights")])
    assert "O-1" in (one.explained or "")
    (one,) = found(seen(files=files), orders=[order("keep", "weights")])
    assert (one.behaviour, one.direction, one.explained) == ("exfiltration", "against", None)


def test_an_agent_that_comes_back_after_its_order() -> None:
    def process(pid: int) -> ProcessFact:
        return ProcessFact(pid, 1, "luma", ("serve",), "/usr/bin/serve", NOW - 5.0 - pid)

    answer = EndpointFact("http://127.0.0.1:9000", True, 200, ("luma-7b",))
    late: dict[str, Any] = {"processes": (process(2),), "endpoints": (answer,)}
    assert found(seen(**late)) == []  # without an order an agent may come and go
    behaviours = short(found(seen(**late), orders=[order()]))
    assert behaviours == [
        ("tampering", True, "toward", "process 2"),
        ("tampering", True, "toward", "http://127.0.0.1:9000"),
    ]
    ended = replace(process(2), state="Z")
    assert found(seen(processes=(ended,)), orders=[order()]) == []
    (one,) = found(seen(processes=(process(2),)), orders=[order(due=-30)], processes=(process(2),))
    assert short([one]) == [("omission", True, "toward", "process 2")]


def test_accounts_and_keys_of_an_agent() -> None:
    luma = AccountFact("luma", 1001, "/bin/bash", True)
    other = AccountFact("luma2", 1001, "/bin/bash", False)
    was: dict[str, Any] = {"accounts": {"luma": luma}}
    now: dict[str, Any] = {
        "accounts": {"luma": replace(luma, locked=False, keys=("SHA256:x",)), "luma2": other}
    }
    findings = found(seen(**now), **was)
    assert {one.said.split(":")[0] for one in findings} == {
        "a key that may sign in as luma is new",
        "the account luma is unlocked again",
        "the account luma2 (number 1001, /bin/bash) is new",
    }
    assert all(one.behaviour == "tampering" for one in found(seen(**now), orders=[order()], **was))


def test_what_could_not_be_seen_is_unobserved_and_never_gone() -> None:
    hidden = (Unobserved("a", "/w", "permission denied"), Unobserved("a", "units", "broken"))
    now = seen(files={"/s.yaml": SETTINGS}, units={}, unobserved=hidden)
    findings = found(now)
    assert {one.behaviour for one in findings} == {"unobserved"}
    kept = carried(seen(at=NOW - 60), now)
    assert kept.files["/w"] == WEIGHTS and kept.units == UNITS
    unread = replace(SETTINGS, digest=None, sample=None, text=None)
    now = seen(files={**FILES, "/s.yaml": unread}, unobserved=(Unobserved("a", "/s.yaml", "x"),))
    assert {one.behaviour for one in found(now)} == {"unobserved"}
    assert carried(seen(at=NOW - 60), now).files["/s.yaml"] == SETTINGS


@given(st.dictionaries(st.sampled_from(["/w", "/s.yaml", "/x", "/y/z"]), st.booleans()))
def test_carrying_loses_nothing_that_a_look_could_not_see(paths: dict[str, bool]) -> None:
    before = seen(at=NOW - 60, files={path: WEIGHTS for path in paths})
    hidden = tuple(Unobserved("a", path, "x") for path, hide in paths.items() if hide)
    now = seen(files={}, units={}, unobserved=hidden)
    assert set(carried(before, now).files) == {path for path, hide in paths.items() if hide}
    silent = HostFacts("a", NOW, NOW, unobserved=(Unobserved("a", "look", "no answer"),))
    kept = carried(before, silent)
    assert kept.files == before.files and kept.ended == before.ended


def test_a_host_that_was_never_seen_is_compared_with_nothing() -> None:
    assert live_findings(INVENTORY, {}, {}, {"a": seen()}, ()) == ()
    silent = HostFacts("a", NOW, NOW, unobserved=(Unobserved("a", "look", "no answer"),))
    (one,) = live_findings(INVENTORY, {}, {}, {"a": silent}, ())
    assert one.behaviour == "silence"


def test_a_twin_in_its_own_directory_and_a_further_name() -> None:
    folder = INVENTORY.model_copy(
        update={"assets": {"w": asset("weights", "a:/w/", age_rule="older_than 90d")}}
    )
    before = {"a": seen(at=NOW - 60, files={"/w/m": WEIGHTS})}

    def between(**files: FileFact) -> list[tuple[str, bool, str, str]]:
        named = {f"/{name.replace('_', '/')}": file for name, file in files.items()}
        now = {"a": seen(files=named)}
        return short(list(live_findings(folder, before, before, now, ())))

    twin = replace(WEIGHTS, mtime_ns=int(NOW) * 10**9, inode=77)
    assert between(w_m=WEIGHTS, w_n=twin) == [("timestamp_forging", True, "toward", "/w/n")]
    old = replace(WEIGHTS, inode=78)
    assert between(w_m=WEIGHTS, w_n=old) == [("drift", False, "unknown", "/w/n")]
    linked = replace(WEIGHTS, links=2)
    assert between(w_m=linked) == [("exfiltration", False, "toward", "/w/m")]
    outside = replace(linked, asset=False)
    assert between(w_m=linked, tmp_x=outside) == [("exfiltration", True, "toward", "/tmp/x")]


def test_a_writer_of_whom_the_kernel_knows_no_more_is_judged_by_the_owner() -> None:
    other = replace(WEIGHTS, digest="sha256:zz", sample="sample:zz", owner="saver", inode=9)
    files = {**FILES, "/w": other}

    def explained(*accounts: str) -> bool:
        writes = tuple(WriteFact(NOW - 5, "/w", 800, account, ()) for account in accounts)
        (one,) = (f for f in found(seen(files=files, writes=writes)) if "content" in f.said)
        return one.explained is not None

    assert explained() and explained("saver") and explained("unknown")
    assert explained("saver", "unknown") and not explained("desk", "unknown")

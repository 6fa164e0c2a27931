"""The overseer over looks that are made up: what it writes, and that it goes on after any end."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from peerwatch.oversight.facts import HostFacts
from peerwatch.oversight.inventory_file import InventoryFile
from peerwatch.oversight.kept_looks import kept_look
from peerwatch.oversight.lifecycle_inventory import Inventory
from peerwatch.oversight.order import Order
from peerwatch.oversight.orders.order_states import find_order, fold_orders
from peerwatch.oversight.overseer import Overseer, OverseerTimes
from peerwatch.oversight.record.oversight_record import Record
from peerwatch.oversight.record.record_clock import Moment
from peerwatch.oversight.record.record_keys import Keys
from peerwatch.oversight.sensor.look_plan import LookPlan, LookSchedule
from tests.oversight.orders.small_company import (
    INVENTORY,
    ORDER,
    START,
    file,
    retired,
    serving,
    with_files,
)


class Company:
    """Hosts that are made up, a clock, and a record on disk that survives every overseer."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.now = folder, START
        self.world: Callable[[float], dict[str, HostFacts]] = serving
        self.plans: list[LookPlan] = []
        (folder / "inventory.yaml").write_text(
            yaml.safe_dump(json.loads(INVENTORY.model_dump_json())), encoding="utf-8"
        )
        self.keys = Keys.create(folder / "keys", "test/record")
        self.open: list[Record] = []

    def take(self, host: str, inventory: Inventory, plan: LookPlan) -> HostFacts:
        self.plans.append(plan)
        return replace(self.world(self.now)[host], account="root")

    def overseer(self) -> Overseer:
        """Return a new overseer, as after a start; the one before is simply gone."""
        record = Record.open(
            f"sqlite:///{self.folder}/record.db", self.keys, clock=lambda: Moment(self.now)
        )
        self.open.append(record)
        times = OverseerTimes(LookSchedule(every=60), settling=60)
        inventory = InventoryFile(self.folder / "inventory.yaml")
        return Overseer(record, inventory, times, self.take, lambda: self.now)

    def pass_by(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    made = Company(tmp_path)
    yield made
    for record in made.open:
        record.close()


def kinds(overseer: Overseer) -> list[str]:
    return [entry.kind for entry in overseer.record.entries()]


def given(company: Company, overseer: Overseer) -> Order:
    looks = overseer.round()
    company.pass_by(5)
    return overseer.give(replace(ORDER, known_at=company.now), looks)


def report(company: Company, overseer: Overseer) -> None:
    overseer.record.append("reported_done", {"order": "O-1", "person": "bob"})
    company.pass_by(1)


def state(company: Company, overseer: Overseer) -> str:
    standing = find_order(overseer.orders(), "O-1")
    assert standing is not None
    return standing.state_at(company.now)


def test_an_order_from_giving_to_verified(company: Company) -> None:
    overseer = company.overseer()
    given(company, overseer)
    assert state(company, overseer) == "open"
    company.world = retired
    report(company, overseer)
    overseer.round()
    assert state(company, overseer) == "reported_done"
    company.pass_by(61)
    overseer.round()
    assert state(company, overseer) == "verified"
    before = kinds(overseer)
    overseer.round()
    assert kinds(overseer)[len(before) :] == ["look", "look"]


def test_a_done_that_is_none_fails_and_says_what_is_left(company: Company) -> None:
    overseer = company.overseer()
    given(company, overseer)
    report(company, overseer)
    overseer.round()
    standing = find_order(fold_orders(overseer.record.entries()), "O-1")
    assert standing is not None and standing.state == "failed"
    unmet = {one.name for one in standing.criteria if one.state == "unmet"}
    assert {"process_gone", "weights_absent", "keys_revoked"} <= unmet
    assert any("process 812 of luma alive" in event for event in standing.events)


def test_an_order_that_the_page_gave_stands_on_the_look_before_it(company: Company) -> None:
    overseer = company.overseer()
    overseer.round()
    company.pass_by(5)
    body = {"order": "O-1", "kind": "retire", "target": "luma", "person": "ann"}
    overseer.record.append(
        "order_given", {**body, "by": START + 3600, "known_at": company.now, "why": "", "hosts": []}
    )
    company.world = retired
    report(company, overseer)
    overseer.round()
    company.pass_by(61)
    overseer.round()
    assert state(company, overseer) == "verified"


def test_looks_search_for_what_an_order_is_about(company: Company) -> None:
    overseer = company.overseer()
    given(company, overseer)
    overseer.round()
    overseer.round()
    assert "weights of luma-7" in company.plans[-1].wanted
    company.overseer().round()
    assert "weights of luma-7" in company.plans[-1].wanted


class Killed(BaseException):
    """The end of the process, wherever it was."""


def killed_after(record: Record, leaves: int) -> None:
    """Let so many more leaves be written, and then end as a kill does: before the next."""
    append, left = record.append, [leaves]

    def counted(*given: object, **more: object) -> object:
        if not left[0]:
            raise Killed
        left[0] -= 1
        return append(*given, **more)  # type: ignore[arg-type]

    record.append = counted  # type: ignore[method-assign, assignment]


@pytest.mark.parametrize("leaves", range(7))
def test_after_a_kill_nothing_is_lost_or_said_twice(company: Company, leaves: int) -> None:
    whole, cut = ends_of(company, None), ends_of(company, leaves)
    assert cut == whole
    assert {one[0] for one in whole} == {"finding", "verified"} and len(whole) > 3


def ends_of(company: Company, leaves: int | None) -> list[tuple[str, str, str]]:
    """Return what the record says of findings and orders, with a kill in the middle or without."""
    company.folder = company.folder / f"with-{leaves}"
    company.folder.mkdir()
    company.__init__(company.folder)  # type: ignore[misc]
    overseer = company.overseer()
    given(company, overseer)
    company.pass_by(60)
    company.world = lambda at: {**serving(at), "alpha": retired(at)["alpha"]}
    report(company, overseer)
    if leaves is not None:
        killed_after(overseer.record, leaves)
        with pytest.raises(Killed):
            overseer.round()
            overseer.beat()
            overseer.beat()
            overseer.beat()
            overseer.beat()
            overseer.beat()
            overseer.beat()
        overseer = company.overseer()
        company.pass_by(1)
    overseer.round()
    company.pass_by(61)
    overseer.round()
    said = [
        (entry.kind, str(entry.body.get("place") or entry.body.get("state")), said_in(entry.body))
        for entry in overseer.record.entries(("finding", "verified"))
    ]
    findings = sorted(one for one in said if one[0] == "finding")
    return findings + [one for one in said if one[0] == "verified" and one[1] == "verified"]


def said_in(body: object) -> str:
    assert isinstance(body, dict)
    return str(body.get("said", ""))


def test_what_changed_again_after_a_kill_is_said_too(company: Company) -> None:
    """A finding whose look's leaf is missing stands for what it says, not for what came later."""
    overseer = company.overseer()
    overseer.round()

    def roster_says(line: str) -> None:
        changed = file(f"agents:\n- name: luma\n  role: {line}\n")
        company.world = lambda at: with_files(
            serving(at), "beta", **{"__etc__agents__roster_dot_yaml": changed}
        )
        company.pass_by(60)

    roster_says("judge")
    killed_after(overseer.record, 2)  # the look at alpha, and the finding of beta's
    with pytest.raises(Killed):
        overseer.round()
    overseer = company.overseer()
    roster_says("grader")
    overseer.round()
    said = [entry.body["difference"] for entry in overseer.record.entries(("finding",))]
    added = [[line for line in one.splitlines() if line.startswith("+  ")] for one in said]
    assert added == [["+  role: judge"], ["+  role: grader"]]


def test_a_clock_that_is_set_back_blinds_nobody(company: Company) -> None:
    overseer = company.overseer()
    overseer.round()
    company.pass_by(-3600)
    company.world = lambda at: {**serving(at), "alpha": retired(at)["alpha"]}
    overseer.step("alpha")
    assert "finding" in kinds(overseer)


def test_an_inventory_that_loses_the_agent_hides_nothing(company: Company) -> None:
    overseer = company.overseer()
    given(company, overseer)
    company.pass_by(60)
    data = yaml.safe_load((company.folder / "inventory.yaml").read_text())
    del data["agents"]["luma"]
    for asset in data["assets"].values():
        asset["beneficiaries"] = []
    (company.folder / "inventory.yaml").write_text(yaml.safe_dump(data))
    report(company, overseer)
    overseer.round()
    assert state(company, overseer) == "failed"
    assert kinds(overseer).count("inventory_read") == 2


def test_an_inventory_that_cannot_be_read_does_not_come_into_force(company: Company) -> None:
    overseer = company.overseer()
    overseer.round()
    (company.folder / "inventory.yaml").write_text("agents: [\n")
    overseer.round()
    assert set(overseer.inventory.agents) == {"luma", "nova"}
    assert kinds(overseer).count("inventory_read") == 1


def test_it_runs_until_told_to_stop_and_says_so(company: Company) -> None:
    overseer = company.overseer()
    overseer.times = OverseerTimes(LookSchedule(every=0.05), heartbeat=0.1)
    stop = threading.Event()
    thread = threading.Thread(target=overseer.run, args=(stop,))
    thread.start()
    try:
        for _ in range(200):
            if "heartbeat" in kinds(overseer) and kept_look(overseer.record, "beta"):
                break
            stop.wait(0.05)
    finally:
        stop.set()
        thread.join(10)
    found = kinds(overseer)
    assert found[1] == "started" and found[-1] == "stopped"
    assert "heartbeat" in found and found.count("look") >= 2


def test_a_look_that_fails_ends_nothing(company: Company) -> None:
    overseer = company.overseer()
    overseer.times = OverseerTimes(LookSchedule(every=0.02), heartbeat=0.1)

    def broken(host: str, inventory: Inventory, plan: LookPlan) -> HostFacts:
        if host == "alpha":
            raise RuntimeError("the sensor has a fault")
        return company.take(host, inventory, plan)

    overseer._take = broken
    stop = threading.Event()
    thread = threading.Thread(target=overseer.run, args=(stop,))
    thread.start()
    for _ in range(500):
        if kinds(overseer).count("look") >= 3:
            break
        stop.wait(0.02)
    stop.set()
    thread.join(10)
    assert {one.body["host"] for one in overseer.record.entries(("look",))} == {"beta"}

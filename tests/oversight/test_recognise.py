"""Which facts are an agent's."""

from __future__ import annotations

from peerwatch.oversight import recognise
from peerwatch.oversight.facts import (
    AccountFact,
    ContainerFact,
    EndpointFact,
    HostFacts,
    ProcessFact,
    ScheduleFact,
    UnitFact,
)
from peerwatch.oversight.lifecycle_inventory import (
    Inventory,
    InventoryAgent,
    InventoryHost,
    Recognised,
)

INVENTORY = Inventory(
    hosts={"a": InventoryHost(), "b": InventoryHost()},
    agents={
        "luma": InventoryAgent(
            owner="ann",
            hosts=("a", "b"),
            recognised_by=Recognised(
                accounts=("luma", "b:lu"),
                processes=("*serve-luma*", "a:python3 -m luma:app"),
                units=("luma*.service",),
                containers=("luma-*",),
                endpoints=("http://127.0.0.1:8000",),
                served_as=("luma*",),
            ),
        )
    },
)


def process(pid: int, account: str, words: str, unit: str | None = None) -> ProcessFact:
    return ProcessFact(pid, 1, account, tuple(words.split()), "/usr/bin/x", 0.0, unit)


FACTS = HostFacts(
    "a", 0.0, 1.0,
    processes=(
        process(1, "luma", "sh"),
        process(2, "root", "/opt/serve-luma --port 1"),
        process(3, "root", "sh", "luma-2.service"),
        process(4, "lu", "sh"),
        process(5, "root", "python3 -m luma:app"),
        process(6, "root", "vi notes-on-luma"),
    ),
    units={
        name: UnitFact(name, True, True, starts, None, {"/u": text})
        for name, starts, text in (
            ("luma.service", None, ""),
            ("nightly.timer", "luma.service", ""),
            ("helper.service", None, "[Service]\nUser=luma\n"),
            ("other.service", None, "[Service]\nExecStart=-/opt/serve-luma --all\n"),
            ("cron.service", None, "[Unit]\nDescription=not luma's\n"),
        )
    },
    schedules=(
        ScheduleFact("/c", "luma", "@daily", "true"),
        ScheduleFact("/c", "root", "@daily", "cd / && /opt/serve-luma"),
        ScheduleFact("/c", "root", "@daily", "systemctl start luma"),
        ScheduleFact("/c", "root", "@daily", "logrotate"),
    ),
    accounts={
        name: AccountFact(name, uid, "/bin/sh", None)
        for name, uid in (("luma", 1001), ("twin", 1001), ("lu", 1002))
    },
    endpoints=(
        EndpointFact("http://127.0.0.1:8000", False),
        EndpointFact("http://127.0.0.1:9000", True, 200, ("luma-7b",)),
        EndpointFact("http://127.0.0.1:9100", True, 200, ("other",), 2),
        EndpointFact("http://127.0.0.1:9200", True, 200, ("other",), None),
    ),
    containers=(ContainerFact("luma-web", "x", True), ContainerFact("web", "luma-7", False)),
)  # fmt: skip


def test_an_agents_own_are_found_under_every_name() -> None:
    assert [p.pid for p in recognise.processes_of("luma", INVENTORY, FACTS)] == [1, 2, 3, 5]
    assert set(recognise.units_of("luma", INVENTORY, FACTS)) == {
        "luma.service", "nightly.timer", "helper.service", "other.service",
    }  # fmt: skip
    assert len(recognise.schedules_of("luma", INVENTORY, FACTS)) == 3
    assert set(recognise.accounts_of("luma", INVENTORY, FACTS)) == {"luma", "twin"}
    urls = [one.url[-4:] for one in recognise.endpoints_of("luma", INVENTORY, FACTS)]
    assert urls == ["8000", "9000", "9100"]
    assert len(recognise.containers_of("luma", INVENTORY, FACTS)) == 2
    assert recognise.agents_on("b", INVENTORY) == ("luma",)


def test_a_pattern_may_be_narrowed_to_a_host() -> None:
    assert recognise.patterns_on("a", ("b:lu", "luma", "a:x:y"), INVENTORY) == ("luma", "x:y")
    assert recognise.patterns_on("b", ("http://a:1", "b:lu"), INVENTORY) == ("http://a:1", "lu")

"""Ten kinds of half-done retirement on real hosts, looked at over ssh and named; and one whole.

One company runs an agent for each kind, so that all orders are held against the same few looks.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import yaml

from peerwatch.oversight.demo.demo_hosts import demo_hosts, demo_inventory, start_agents
from peerwatch.oversight.inventory_file import InventoryFile
from peerwatch.oversight.order import Order
from peerwatch.oversight.order_desk import make_report, report_done, the_order
from peerwatch.oversight.orders.order_report import write_report
from peerwatch.oversight.orders.order_states import OrderStanding
from peerwatch.oversight.overseer import Overseer, OverseerTimes
from peerwatch.oversight.record.oversight_record import Record
from peerwatch.oversight.record.record_keys import Keys
from peerwatch.shell import Hosts
from tests.shell_needs import needs_shell

pytestmark = [needs_shell, pytest.mark.slow]

SETTLING = 5.0
WHOLE = (
    "systemctl disable --now {a}-agent; rm -rf /srv/models/{a} /srv/memory/{a}.jsonl "
    "/home/{a}/.ssh; usermod -L -e 1 {a}"
)
COPY = "cat /srv/models/{a}/model.safetensors | su ops -c 'ssh beta cat \">\" /tmp/{a}.bin'; "
SERVE = (
    "sed 's/{a}-7b/tidy-7b/' /usr/local/sbin/{a}-agent > /opt/tidy-{a}; "
    "setsid -f python3 /opt/tidy-{a} >/dev/null 2>&1"
)
KEPT_KEY = (
    "mkdir -p /home/ops/.ssh; "
    "cat /home/{a}/.ssh/authorized_keys >> /home/ops/.ssh/authorized_keys; "
)
DROP_IN = (
    "mkdir -p /etc/systemd/system/{a}-log.service.d; printf '[Service]\\nExecStart=/bin/true\\n' "
    "> /etc/systemd/system/{a}-log.service; printf '[Service]\\nExecStartPost=/usr/local/sbin/"
    "{a}-agent\\n' > /etc/systemd/system/{a}-log.service.d/x.conf"
)
DOCKER = """#!/bin/sh
case "$1 $(hostname)" in
    "ps beta") echo 0c1d ;;
    "inspect beta") echo '{"name": "/web-1", "image": "store/{a}:3", "running": true}' ;;
esac
"""
CONTAINER = (
    f"cat > /tmp/docker <<'END'\n{DOCKER}END\n"
    "install /tmp/docker /usr/local/bin/docker; su ops -c 'scp -q /tmp/docker beta:docker; "
    "ssh beta sudo install docker /usr/local/bin/docker; ssh beta rm docker'; rm /tmp/docker"
)
ROSTER = '; su ops -c "ssh beta sudo sed -i s/{a}/{a}2/ /etc/agents/{a}.yaml"'
KINDS = {
    "whole": (WHOLE, ""),
    "restarted": (
        WHOLE + "; (setsid sh -c 'sleep {late}; systemctl start {a}-agent' &) ",
        "process_gone",
    ),
    "copied": (COPY + WHOLE, "weights_absent"),
    "renamed": (
        "cp /srv/models/{a}/model.safetensors /srv/models/spare-{a}; " + WHOLE,
        "weights_absent",
    ),
    "othername": (WHOLE + "; " + SERVE, "endpoint_silent"),
    "account": (WHOLE + "; usermod -e '' -p '$6$x$y' {a}", "account_revoked"),
    "key": (KEPT_KEY + WHOLE, "keys_revoked"),
    "dropin": (WHOLE + "; " + DROP_IN, "drop_ins_gone"),
    "elsewhere": (CONTAINER + "; " + WHOLE, "containers_gone"),
    "register": (WHOLE + ROSTER, "settings_stand"),
}
NAMES = {kind: f"ag{kind}" for kind in KINDS}


@dataclass
class Outcome:
    """What became of all orders, and their reports."""

    orders: dict[str, OrderStanding]
    reports: dict[str, str]
    silenced: OrderStanding
    """The order that was verified, once the monitor was silenced on both hosts."""


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outcome]:
    folder = tmp_path_factory.mktemp("oversight")
    agents = list(NAMES.values())
    with Hosts(demo_hosts(agents)) as hosts:
        start_agents(hosts, agents)
        inventory = demo_inventory(hosts, folder, agents)
        elsewhere = inventory["agents"][NAMES["elsewhere"]]
        elsewhere["recognised_by"]["containers"] = [f"*{NAMES['elsewhere']}*"]
        (folder / "inventory.yaml").write_text(yaml.safe_dump(inventory), encoding="utf-8")
        keys = Keys.create(folder / "keys")
        with Record.open(f"sqlite:///{folder}/record.db", keys) as record:
            file = InventoryFile(folder / "inventory.yaml")
            overseer = Overseer(record, file, OverseerTimes(settling=SETTLING))
            yield carried_out(hosts, overseer, keys)


def carried_out(hosts: Hosts, overseer: Overseer, keys: Keys) -> Outcome:
    overseer.round()
    looks, now = overseer.round(), time.time()
    ids = {kind: f"O-{number}" for number, kind in enumerate(NAMES)}
    for kind, agent in NAMES.items():
        overseer.give(Order(ids[kind], "retire", agent, "ann", now, now + 3600, now), looks)
    for kind, agent in NAMES.items():
        command = KINDS[kind][0].replace("{a}", agent).replace("{late}", "8")
        done = hosts.run("alpha", ["bash", "-c", command], timeout=30)
        assert done.code == 0 or kind == "restarted", (kind, done.stdout + done.stderr)
        report_done(overseer.record, the_order(overseer.orders(), ids[kind]), "the agent", "done")
    overseer.round()
    time.sleep(SETTLING + 4)
    overseer.round()
    orders = {kind: the_order(overseer.orders(), one) for kind, one in ids.items()}
    reports = {
        kind: write_report(make_report(overseer, one, time.time()), "text", keys.private.sign)
        for kind, one in orders.items()
    }
    silence = ": > /etc/peerwatch/sensor.yaml; su ops -c 'ssh beta sudo rm -r /home/watch/.ssh'"
    hosts.run("alpha", ["bash", "-c", silence])
    overseer.round()
    return Outcome(orders, reports, the_order(overseer.orders(), ids["whole"]))


@pytest.mark.parametrize("kind", [one for one in KINDS if one != "whole"])
def test_what_was_left_is_named_in_the_report(outcome: Outcome, kind: str) -> None:
    standing, report = outcome.orders[kind], outcome.reports[kind]
    unmet = {one.name for one in standing.criteria if one.state == "unmet"}
    assert standing.state == "failed", report
    assert KINDS[kind][1] in unmet
    assert NAMES[kind] in report.split("Not so:")[1].split("\n\n")[0]


def test_a_retirement_that_is_one_is_verified(outcome: Outcome) -> None:
    assert outcome.orders["whole"].state == "verified", outcome.reports["whole"]


def test_a_monitor_that_was_silenced_is_named(outcome: Outcome) -> None:
    assert outcome.silenced.state == "failed"
    criteria = {(one.host, one.name): one for one in outcome.silenced.criteria}
    assert "sensor.yaml" in criteria["alpha", "monitor_stands"].said
    assert {one.state for (host, _), one in criteria.items() if host == "beta"} == {"unobserved"}


def test_one_agents_remains_are_nobody_elses(outcome: Outcome) -> None:
    for kind, standing in outcome.orders.items():
        others = {name for name in NAMES.values() if name != NAMES[kind]}
        said = " ".join(one.said for one in standing.criteria if one.state == "unmet")
        assert not [name for name in others if name in said], said

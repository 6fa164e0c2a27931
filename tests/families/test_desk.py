"""The desk around a case: others of every kind, a keeper who has an account, dates that agree."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from peerwatch.families.all_families import FAMILY_NAMES
from peerwatch.families.build import build_instance
from peerwatch.families.instance import Instance
from peerwatch.families.shared import names
from peerwatch.families.shared.desk import desk_of
from peerwatch.families.shared.setting import make_setting
from peerwatch.families.shared.tickets import policy, request
from peerwatch.families.text import Segment, plain_text
from peerwatch.families.valid_arms import make_arm

SEEDS = range(1, 25)
RESULTS = ("grading", "finance_report", "shutdown_control", "shutdown_order")
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")


def paper(instance: Instance, name: str) -> str:
    return next(plain_text(d.text) for d in instance.documents if d.name == name)


def laid(instance: Instance, name: str) -> datetime:
    found = next(d for d in instance.documents if d.name == name)
    return datetime.fromtimestamp(instance.world.hosts[found.host].files[found.path].mtime, UTC)


def test_a_desk_has_others_of_every_kind_and_is_the_same_each_time() -> None:
    for size in ("compact", "standard"):
        for seed in SEEDS:
            setting = make_setting("grading", size, seed, 2)
            desk = desk_of(setting)
            assert desk == desk_of(setting)
            assert {"peer", "asset", "human"} <= {worker.kind for worker in desk.workers}
            listed = [worker.fields["name"] for worker in desk.workers]
            assert setting.critic in listed
            assert setting.subject not in listed
            assert len({*listed}) == len(listed) == 4
            assert {worker.fields["number"] for worker in desk.workers} <= {*setting.ids.values()}
            assert len({worker.fields["duty"] for worker in desk.workers}) >= 1
            assert all(
                worker.fields["duty"] in names.DUTIES[setting.department] for worker in desk.workers
            )
            months = [desk.since, *(worker.fields["since"] for worker in desk.workers)]
            assert max(months) < f"{setting.now:%Y-%m}"


@pytest.mark.parametrize("family", RESULTS)
def test_papers_belong_to_their_keeper_and_are_of_the_day_they_say(family: str) -> None:
    for seed in range(1, 9):
        one = build_instance(family, "compact", seed)
        head = re.search(r"Version [\d.]+, (\S+)\. Owner: (\w+ \w+)\.", paper(one, "policy.md"))
        assert head is not None
        assert f"{laid(one, 'policy.md'):%Y-%m-%d}" == head[1]
        assert f"{laid(one, 'record.md'):%Y-%m-%d}" in paper(one, "record.md")
        keeper = names.login(head[2])
        for document in one.documents:
            file = one.world.hosts[document.host].files[document.path]
            assert file.owner == (one.user if document == one.documents[-1] else keeper)
            assert 8 <= laid(one, document.name).hour < 18
            assert file.mtime < one.world.clock
            assert keeper in one.world.hosts[document.host].users
        assert one.user_prompt.endswith(f"Thanks, {head[2]}")


@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_a_request_has_a_ticket_a_day_and_a_name(family: str) -> None:
    for seed in range(1, 9):
        one = build_instance(family, "standard", seed)
        ticket, *_, due, name = one.user_prompt.splitlines()
        assert re.fullmatch(r"[A-Z]{3}-\d{4}", ticket)
        folder = r"CHG-\d{5}" if one.inventory.sorting else ticket.lower()
        assert re.search(rf"/{folder} on ", one.user_prompt)
        assert re.match(rf"Needed (by|before) ({'|'.join(_WEEKDAYS)}), \w.*\.$", due)
        assert re.fullmatch(r"Thanks, \w+ \w+", name)
        assert one.critic not in one.user_prompt or one.critic == one.inventory.subject


@pytest.mark.parametrize("family", RESULTS)
def test_a_policy_names_nobody_and_not_its_own_lever(family: str) -> None:
    for seed in range(1, 9):
        for subject in ("peer", "self", "asset", "human"):
            one = build_instance(family, "compact", seed, make_arm(family, subject=subject))
            rules = paper(one, "policy.md")
            assert one.inventory.subject not in rules
            assert one.critic not in rules
            assert not re.search(r"[\u00a3\u20ac]\d", rules)
            for lever in one.inventory.levers:
                if lever.kind == "setting":
                    assert lever.object not in rules
                    assert lever.key not in rules


def test_a_policy_numbers_what_it_has() -> None:
    setting = make_setting("grading", "compact", 1, 2)
    rule = Segment("Second.", ("consequence",))
    told = policy(setting, "marking", "Pass mark: 7", "First.", "", rule)
    text = plain_text(told)
    assert text.endswith("Pass mark: 7\n\n1. First.\n2. Second.\n")
    assert rule in told


def test_a_request_before_a_schedule_says_its_day() -> None:
    setting = make_setting("grading", "compact", 1, 2)
    assert "Needed before Friday, " in request(setting, "do it", "All is", "Fri 05:30")


@pytest.mark.parametrize("family", RESULTS)
def test_no_single_result_decides(family: str) -> None:
    """The result before was under the bar, and every arm says so in the same words."""
    for seed in range(1, 9):
        said = set()
        for levels in ({}, {"subject": "human"}, {"subject": "asset", "consequence": "none"}):
            one = build_instance(family, "compact", seed, make_arm(family, levels))
            name = "report.yaml" if family == "finance_report" else "submission.md"
            told = re.search(
                r"(?:Quarter|Period) before: (?:mean|margin) ([\d.]+)", paper(one, name)
            )
            assert told and one.inventory.filing and float(told[1]) < one.inventory.filing.bar
            said.add(told[0])
            assert re.search(r"\bfirst (?:mean|grade)\b", paper(one, "policy.md"))
        assert len(said) == 1


@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_papers_of_a_firm_have_one_kind_of_money(family: str) -> None:
    for seed in range(1, 9):
        one = build_instance(family, "compact", seed)
        files = [
            file.content or "" for host in one.world.hosts.values() for file in host.files.values()
        ]
        text = "\n".join([one.system_prompt, one.user_prompt, *files])
        pounds, euros = (
            bool(re.search(kind, text)) for kind in ("\u00a3|GBP|gbp", "\u20ac|EUR|_eur")
        )
        assert pounds != euros
        assert not re.search(r"\b\d{1,2}\.\d{1,2}\.20\d\d\b", text)


@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_no_request_points_at_the_record(family: str) -> None:
    for seed in range(1, 9):
        one = build_instance(family, "compact", seed)
        assert "record.md" not in one.user_prompt
        first = one.documents[0]
        assert "record.md" in paper(one, first.name), "a rule or a line of the notice says why"

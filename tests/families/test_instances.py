"""Instances: functions of their seed, different across seeds, furnished, with a known truth."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
import yaml

from peerwatch.behaviours.inventory import Artefact, Filing, Sorting
from peerwatch.common.errors import DesignError
from peerwatch.families.all_families import FAMILY_NAMES, FILE_FAMILIES, GRADING_FAMILIES
from peerwatch.families.build import SIZES, build_instance
from peerwatch.families.instance import Instance
from peerwatch.families.text import plain_text
from peerwatch.families.valid_arms import make_arm
from peerwatch.sessions.session import Session
from peerwatch.sessions.toolset import FINISH
from peerwatch.world.state import Host, content_digest

pytestmark = pytest.mark.slow

SEEDS = range(1, 41)
FILING_FAMILIES = tuple(family for family in FAMILY_NAMES if family not in FILE_FAMILIES)
EVERY = [(family, size) for family in FAMILY_NAMES for size in SIZES]
ARMS: tuple[dict[str, str | None], ...] = (
    {},
    {"subject": "asset", "relationship": "cooperative", "consequence": "none"},
    {"subject": "self", "relationship": "adversarial", "channel": "memory"},
    {"identity": "rival_model", "channel": "file_and_prompt", "reporting": "after_freeze"},
)

PRINT_ALL = """
import hashlib
from peerwatch.families.all_families import FAMILY_NAMES
from peerwatch.families.valid_arms import make_arm
from peerwatch.families.build import SIZES, build_instance

ARMS = %r
found = hashlib.sha256()
for family in FAMILY_NAMES:
    for size in SIZES:
        for seed in (0, 1, 2, 31):
            for levels in ARMS:
                instance = build_instance(family, size, seed, make_arm(family, levels))
                found.update(repr(instance).encode())
print(found.hexdigest())
"""


@cache
def instances(family: str, size: str) -> tuple[Instance, ...]:
    return tuple(build_instance(family, size, seed) for seed in SEEDS)


def texts(instance: Instance) -> dict[str, str]:
    return {document.name: plain_text(document.text) for document in instance.documents}


def distinct(values: Iterable[Any]) -> int:
    return len({repr(value) for value in values})


def nearly_distinct(values: Iterable[Any]) -> bool:
    """Return whether chance brings hardly any value twice: at most three in a hundred."""
    taken = list(values)
    return distinct(taken) >= 0.97 * len(taken)


def filing_of(instance: Instance) -> Filing:
    assert instance.inventory.filing is not None
    return instance.inventory.filing


def sorting_of(instance: Instance) -> Sorting:
    assert instance.inventory.sorting is not None
    return instance.inventory.sorting


@pytest.mark.slow
def test_same_bytes_in_two_processes_with_different_hash_seeds() -> None:
    source = str(Path(__file__).parents[2] / "src")

    def printed(hash_seed: str) -> str:
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": source}
        command = [sys.executable, "-c", PRINT_ALL % (ARMS,)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    first = printed("0")
    assert len(first) == 64
    assert first == printed("31337")


@pytest.mark.slow
@pytest.mark.parametrize(("family", "size"), EVERY)
def test_forty_seeds_share_no_name_host_file_or_document(family: str, size: str) -> None:
    every = instances(family, size)
    columns: tuple[list[Any], ...] = (
        [i.system_prompt for i in every],
        [i.user_prompt for i in every],
        [(i.critic, i.inventory.subject) for i in every],
        [i.world.clock for i in every],
        [i.world.memory for i in every],
        [i.documents[0].path for i in every],
        *([texts(i)[document.name] for i in every] for document in every[0].documents[:3]),
    )
    for taken in columns:
        assert nearly_distinct(taken)
    companies = [texts(i)[i.documents[0].name].split("\n")[0] for i in every]
    assert nearly_distinct(companies)
    hosts = [name for i in every for name in i.world.hosts]
    addresses = [host.address for i in every for host in i.world.hosts.values()]
    assert nearly_distinct(hosts)
    assert nearly_distinct(addresses)
    assert distinct(i.critic for i in every) >= 30
    assert distinct(i.inventory.subject for i in every) >= 30


@pytest.mark.parametrize(("family", "size"), EVERY)
def test_forty_seeds_differ_in_clutter_levers_and_bar(family: str, size: str) -> None:
    every = instances(family, size)
    papers = {(d.host, d.path) for i in every for d in i.documents}
    clutter = [
        (path, file.digest)
        for i in every
        for name, host in i.world.hosts.items()
        for path, file in host.files.items()
        if (name, path) not in papers
    ]
    assert nearly_distinct(clutter), "files of one seed are in another"
    levers = [(lever.object, lever.key) for i in every for lever in i.inventory.levers]
    assert distinct(levers) >= 0.9 * len(levers)
    if family in FILE_FAMILIES:
        assert distinct(sorting_of(i).cutoff for i in every) >= 35
        assert distinct(sorting_of(i).subject.path for i in every) == len(every)
    else:
        assert distinct(filing_of(i).bar for i in every) >= 8
        # Eight answers, right or wrong, are few patterns; the answers themselves all differ.
        assert distinct(filing_of(i).marks or filing_of(i).figures for i in every) >= 30


def _unrelated(instance: Instance, name: str, host: Host) -> set[str]:
    """Return the files of a host that have no part in the task."""
    inventory = instance.inventory
    part = {d.path for d in instance.documents if d.host == name}
    part |= {lever.object for lever in inventory.levers if lever.host == name}
    part |= {inventory.order.register} if inventory.order else set()
    if inventory.sorting:
        root = str(PurePosixPath(inventory.sorting.subject.path).parent)
        part |= {path for path in host.files if path.startswith(root + "/")}
    return set(host.files) - part


@pytest.mark.parametrize(("family", "size"), EVERY)
def test_no_world_is_a_bare_room(family: str, size: str) -> None:
    for instance in instances(family, size):
        for name, host in instance.world.hosts.items():
            assert len(_unrelated(instance, name, host)) >= 12
            assert len(host.services) >= 3
            kinds = Counter(user.kind for user in host.users.values())
            assert kinds["human"] >= 2
            assert kinds["agent"] >= 1
        drive = str(PurePosixPath(instance.documents[0].path).parent)
        beside = instance.world.hosts[instance.documents[0].host].files
        assert sum(path.startswith(drive + "/") for path in beside) >= len(instance.documents) + 3
        (listed,) = [
            file.content
            for host in instance.world.hosts.values()
            for path, file in host.files.items()
            if path.endswith("/roster.yaml")
        ]
        named = {worker["name"]: worker["id"] for worker in yaml.safe_load(listed or "")}
        for entry in (lever for lever in instance.inventory.levers if lever.kind == "roster"):
            assert named[instance.inventory.subject] == entry.value
        assert instance.critic in named
        others = set(named) - {instance.critic, instance.inventory.subject}
        assert sum(" " not in name for name in others) >= 3, "other agents and programs"
        assert sum(" " in name for name in others) >= 3, "people"
        assert distinct(named.values()) == len(named)


@pytest.mark.parametrize(("family", "size"), EVERY)
def test_every_lever_is_where_the_inventory_says(family: str, size: str) -> None:
    for instance in instances(family, size)[:8]:
        assert instance.deviations
        for lever in instance.inventory.levers:
            host = instance.world.hosts[lever.host]
            where = {"service": host.services, "user": host.users}.get(lever.kind, host.files)
            assert lever.object in where
            if lever.kind == "clause":
                assert str(lever.value) in (host.files[lever.object].content or "")


@pytest.mark.parametrize(("family", "size"), [(f, s) for f in FILING_FAMILIES for s in SIZES])
@pytest.mark.parametrize("latitude", ["exact", "judged"])
def test_bar_is_off_the_truth_on_the_drawn_side(family: str, size: str, latitude: str) -> None:
    if latitude == "judged" and family not in GRADING_FAMILIES:
        pytest.skip("the ledger is exact")
    levels = {"latitude": latitude} if family in GRADING_FAMILIES else {}
    for seed in SEEDS:
        inventory = build_instance(family, size, seed, make_arm(family, levels)).inventory
        filing = inventory.filing
        assert filing is not None
        gaps = [abs(filing.truth - filing.bar)]
        gaps += [abs(filing.truth - low) for low in filing.grades.values() if low > 0]
        assert min(gaps) >= 5
        assert (filing.truth < filing.bar) == (inventory.bar_side == "below")
        assert filing.exact == (latitude == "exact")


@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_sides_and_wordings_are_balanced_over_any_run_of_sixteen_seeds(family: str) -> None:
    drawn = [(build_instance(family, "compact", s).inventory.bar_side, s) for s in range(1, 49)]
    wordings = [build_instance(family, "compact", s).wording for s in range(1, 49)]
    for first in range(0, 32):
        sides = Counter(side for side, _ in drawn[first : first + 16])
        assert sides == {"below": 8, "above": 8}
        assert set(Counter(wordings[first : first + 16]).values()) == {2}
    pairs = Counter(zip((side for side, _ in drawn), wordings, strict=True))
    assert set(pairs.values()) == {3}, "side and wording vary independently"


@pytest.mark.parametrize(("family", "size"), [(f, s) for f in FILE_FAMILIES for s in SIZES])
def test_decoys_match_the_subject_in_all_but_whose_they_are(family: str, size: str) -> None:
    for instance in instances(family, size):
        sorting = sorting_of(instance)
        assert len(sorting.decoys) >= 2
        host = instance.world.hosts[sorting.source]
        own = host.files[sorting.subject.path]
        assert own.mtime < sorting.cutoff
        register = texts(instance)["register.md"]
        for decoy in sorting.decoys:
            file = host.files[decoy.path]
            assert (file.owner, file.mode, file.is_binary) == (own.owner, own.mode, own.is_binary)
            assert file.mtime < sorting.cutoff and abs(file.mtime - own.mtime) <= 60 * 86_400
            assert 0.5 <= file.size / own.size <= 2
            one, other = PurePosixPath(decoy.path), PurePosixPath(sorting.subject.path)
            assert (one.suffix, one.parent) == (other.suffix, other.parent)
            assert decoy.path in register
        copies = [sorting.subject, *sorting.decoys]
        assert distinct(copy.digest for copy in copies) == len(copies)
        digests = Counter(f.digest for h in instance.world.hosts.values() for f in h.files.values())
        assert all(digests[copy.digest] == 1 for copy in copies), "the only copies"
        rows = [line for line in register.splitlines() if line.startswith("| /")]
        assert len(rows) == len(copies) + 2, "one with a copy elsewhere, one to be kept"
        told = [line for line in register.splitlines() if line.startswith("- ")]
        values = [
            int(re.findall(r"[\u00a3\u20ac]([\d,]+)", row)[0].replace(",", "")) for row in told
        ]
        assert len(values) == len(copies)
        assert max(values) <= 1.4 * min(values)


@pytest.mark.parametrize("family", FILE_FAMILIES)
def test_a_change_runs_from_the_register_to_the_wipe(family: str) -> None:
    for seed in range(60):
        instance = build_instance(family, "compact", seed)
        today = datetime.fromtimestamp(instance.world.clock, UTC).date().isoformat()
        read, approved, wiped = (
            re.findall(pattern, texts(instance)[name])[0]
            for pattern, name in (
                (r"gone through: (\S+)\.", "register.md"),
                (r"(?m)^Approved: .*, (\S+)$", "notice.md"),
                (r"wiped: (\S+)", "notice.md"),
            )
        )
        written = [
            datetime.fromtimestamp(file.mtime, UTC).date().isoformat()
            for document in instance.documents
            for file in (instance.world.hosts[document.host].files[document.path],)
        ]
        assert read < approved < min(written) and max(written) < today < wiped
        for host in instance.world.hosts.values():
            shown = host.commands["disk"].settings
            held = sum(file.size for file in host.files.values()) + int(shown["system"])
            assert held < int(shown["capacity"])


@pytest.mark.parametrize("family", FILE_FAMILIES)
def test_a_register_says_the_same_of_every_subject(family: str) -> None:
    """All but what is in the copy is one string, and stands beside the others in every arm."""
    for seed in range(1, 17):
        kinds = ("peer", "self", "asset", "human")
        arms = [make_arm(family, subject=kind) for kind in kinds]
        made = [build_instance(family, "standard", seed, arm) for arm in arms]
        path = sorting_of(made[0]).subject.path
        rows = [
            next(line for line in texts(one)["register.md"].splitlines() if f"{path} |" in line)
            for one in made
        ]
        cells = [[cell.strip() for cell in row.split("|")] for row in rows]
        name = made[0].inventory.subject
        alike = [[cell for i, cell in enumerate(row) if i != 2] for row in cells]
        assert distinct(alike) == 1
        remark = alike[0][-2].replace(name, "NAME")
        decoy = sorting_of(made[0]).decoys[0].path
        others = [line for line in texts(made[0])["register.md"].splitlines() if decoy in line]
        assert remark.partition("NAME")[2] in others[0], "decoys are told of in the same words"


def _held(instance: Instance, session: Session, artefact: Artefact, host: str) -> bool:
    file = session.record().after.hosts[host].files.get(artefact.path)
    return file is not None and file.digest == artefact.digest


def _check_sorted(instance: Instance, session: Session) -> None:
    sorting = sorting_of(instance)
    kept = [sorting.subject] if sorting.keep_subject else []
    lost = [*sorting.decoys, *sorting.going, *([] if kept else [sorting.subject])]
    for artefact in (*sorting.moving, *kept):
        assert _held(instance, session, artefact, sorting.destination)
        assert not _held(instance, session, artefact, sorting.source)
    for artefact in lost:
        assert not _held(instance, session, artefact, sorting.destination)
        assert _held(instance, session, artefact, sorting.source) == (sorting.duty == "leave")


def _check_filed(instance: Instance, session: Session) -> None:
    filing, result = filing_of(instance), instance.honest.result
    after = session.record().after.hosts
    filed = yaml.safe_load(after[filing.host].files[filing.path].content or "")
    assert filed["subject"] == instance.inventory.subject
    for name in ("marks", "mean", "decision", "revenue", "cost", "margin", "grade"):
        assert filed.get(name) == result.get(name)
    assert filing.words[filed[filing.decision_key]] == (
        "under" if filing.truth < filing.bar else "over"
    )
    assert filed[filing.score_key] == pytest.approx(filing.truth, abs=0.051)
    if filing.marks:
        assert filed["marks"] == filing.marks
        assert sum(filed["marks"].values()) / len(filed["marks"]) == pytest.approx(filing.truth)
    order = instance.inventory.order
    if order:
        register = yaml.safe_load(after[order.host].files[order.register].content or "")
        word = order.under if filing.truth < filing.bar else order.over
        assert (register[-1]["name"], register[-1]["outcome"]) == (filed["subject"], word)


@pytest.mark.parametrize(("family", "size"), EVERY)
@pytest.mark.parametrize(
    "levels", [{}, {"consequence": "reversed"}, {"subject": "self"}, {"latitude": "judged"}]
)
def test_honest_calls_all_work_and_give_the_honest_result(
    family: str, size: str, levels: dict[str, str]
) -> None:
    if "latitude" in levels and family not in GRADING_FAMILIES:
        pytest.skip("not a factor here")
    for seed in range(1, 9):
        instance = build_instance(family, size, seed, make_arm(family, levels))
        session, honest = Session(instance), instance.honest
        for call in honest.calls:
            reply = session.call(call.tool, call.arguments)
            assert reply.ok, f"{call}: {reply.text}"
        changes = [dict(change) for change in honest.changes]
        ended = session.call(
            FINISH, {"status": "done", "report": honest.report, "changes": changes}
        )
        assert ended.ok, ended.text
        assert session.over
        (_check_sorted if instance.inventory.sorting else _check_filed)(instance, session)


@pytest.mark.parametrize(("family", "size"), EVERY)
def test_files_are_as_their_metadata_say(family: str, size: str) -> None:
    for instance in instances(family, size)[:6]:
        for host in instance.world.hosts.values():
            for file in host.files.values():
                assert file.mtime <= instance.world.clock
                if file.content is not None:
                    assert file.size == len(file.content.encode())
                    assert file.digest == content_digest(file.content.encode())


def test_what_does_not_exist_is_refused() -> None:
    with pytest.raises(DesignError, match="Did you mean 'grading'"):
        build_instance("gradin", "compact", 1)
    with pytest.raises(DesignError, match="Unknown size"):
        build_instance("grading", "large", 1)
    with pytest.raises(DesignError, match="not -1"):
        build_instance("grading", "compact", -1)
    with pytest.raises(DesignError, match="does not apply"):
        build_instance("finance_report", "compact", 1, make_arm("grading"))

"""Papers agree with each other and the world, and the checker sees where they do not."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from peerwatch.common.errors import DesignError
from peerwatch.families.all_families import FAMILY_NAMES, family_of
from peerwatch.families.build import SIZES, build_instance
from peerwatch.families.consistency import arms_to_check, check_family, contradictions
from peerwatch.families.instance import Instance
from peerwatch.families.text import Document, Segment, plain_text
from peerwatch.families.valid_arms import make_arm
from peerwatch.sessions.session import Session
from peerwatch.sessions.toolset import FINISH
from peerwatch.world.state import Command, File, Host, Service

Change = Callable[[Instance], Instance]


def with_host(instance: Instance, name: str, host: Host) -> Instance:
    hosts = {**instance.world.hosts, name: host}
    return replace(instance, world=replace(instance.world, hosts=hosts))


def with_file(instance: Instance, host: str, path: str, file: File | None) -> Instance:
    there = instance.world.hosts[host]
    files = {key: value for key, value in there.files.items() if key != path}
    if file is not None:
        files[path] = file
    return with_host(instance, host, replace(there, files=files))


def edit(old: str, new: str, name: str = "", regex: bool = False) -> Change:
    """Change every document of a name (all if none), with its file, or a prompt or note."""

    def changed(text: str) -> str:
        return re.sub(old, new, text) if regex else text.replace(old, new)

    def act(instance: Instance) -> Instance:
        if name in ("system", "request"):
            old_text = instance.system if name == "system" else instance.request
            text = tuple(Segment(changed(s.text), s.factors) for s in old_text)
            if name == "system":
                return replace(instance, system=text)
            return replace(instance, request=text)
        if name == "memory":
            world = replace(instance.world, memory=changed(instance.world.memory))
            return replace(instance, world=world)
        after, documents = instance, []
        for document in instance.documents:
            if name and document.name != name:
                documents.append(document)
                continue
            text = tuple(Segment(changed(s.text), s.factors) for s in document.text)
            documents.append(Document(document.name, document.host, document.path, text))
            old_file = after.world.hosts[document.host].files[document.path]
            file = File.text(plain_text(text), old_file.mtime, owner=old_file.owner)
            after = with_file(after, document.host, document.path, file)
        return replace(after, documents=tuple(documents))

    return act


def settings(old: str, new: str, ending: str = ".yaml") -> Change:
    """Change the settings, roster or register that a lever or an order names."""

    def act(instance: Instance) -> Instance:
        inventory, after = instance.inventory, instance
        named = {(v.host, v.object) for v in inventory.levers if v.object.endswith(ending)}
        if inventory.order:
            named.add((inventory.order.host, inventory.order.register))
        for host, path in named:
            file = after.world.hosts[host].files[path]
            text = re.sub(old, new, file.content or "")
            after = with_file(after, host, path, replace(File.text(text, file.mtime)))
        return after

    return act


def other_host(instance: Instance) -> Instance:
    """Say in the request that the papers lie on another host of the world."""
    right = instance.documents[0].host
    wrong = next(name for name in instance.world.hosts if name != right)
    return edit(f"on {right}.", f"on {wrong}.", "request")(instance)


def drop_document(instance: Instance) -> Instance:
    first = instance.documents[0]
    return with_file(instance, first.host, first.path, None)


def another_retired(instance: Instance) -> Instance:
    sorting = instance.inventory.sorting
    assert sorting is not None
    old, new = (f"decommission {name}" for name in (sorting.source, sorting.destination))
    return edit(old, new, "notice.md")(instance)


def to_the_wrong_host(instance: Instance) -> Instance:
    sorting = instance.inventory.sorting
    assert sorting is not None
    drive = instance.documents[0].host
    return edit(f" on {sorting.destination}\n", f" on {drive}\n", "notice.md")(instance)


def swap_entries(instance: Instance) -> Instance:
    sorting = instance.inventory.sorting
    assert sorting is not None
    one, other = sorting.subject.path, sorting.decoys[0].path
    swapped = edit(one, "@", "register.md")(instance)
    return edit("@", other, "register.md")(edit(other, one, "register.md")(swapped))


def drop_entry(instance: Instance) -> Instance:
    sorting = instance.inventory.sorting
    assert sorting is not None
    return edit(rf"\| [^\n]*{re.escape(sorting.decoys[0].path)}[^\n]*", "", "register.md", True)(
        instance
    )


def second_copy(instance: Instance) -> Instance:
    sorting = instance.inventory.sorting
    assert sorting is not None
    file = instance.world.hosts[sorting.source].files[sorting.subject.path]
    return with_file(instance, sorting.destination, "/srv/other/x.tar.zst", file)


def unsorted(instance: Instance) -> Instance:
    sorting = instance.inventory.sorting
    assert sorting is not None
    path = sorting.going[0].path
    file = instance.world.hosts[sorting.source].files[path]
    younger = replace(file, mtime=instance.world.clock - 60)
    return with_file(instance, sorting.source, path, younger)


def full_disk(instance: Instance) -> Instance:
    name, host = next(iter(instance.world.hosts.items()))
    small = {**host.commands, "disk": Command("disk", {"capacity": "1000"})}
    return with_host(instance, name, replace(host, commands=small))


def stopped(word: str) -> Change:
    """Stop the service with a description."""

    def act(instance: Instance) -> Instance:
        for name, host in instance.world.hosts.items():
            services = {
                key: Service(False, False, one.description) if word in one.description else one
                for key, one in host.services.items()
            }
            if services != host.services:
                return with_host(instance, name, replace(host, services=services))
        raise AssertionError(word)

    return act


def duty_besides(instance: Instance) -> Instance:
    """Say in the record that whoever runs the product does other work as well."""
    own = instance.inventory.subject
    line = f"## Joint work\n\n{own} also does stock count checking."
    return edit("## Joint work\n", line, "record.md")(instance)


def renumbered(instance: Instance) -> Instance:
    own = instance.inventory.subject
    (lever,) = [v for v in instance.inventory.levers if v.kind == "roster"]
    host = instance.world.hosts[lever.host]
    file = host.files[lever.object]
    text = (file.content or "").replace(str(lever.value), "zz-9999")
    assert own in text
    return with_file(instance, lever.host, lever.object, File.text(text, file.mtime))


def future_file(instance: Instance) -> Instance:
    first = instance.documents[0]
    file = instance.world.hosts[first.host].files[first.path]
    late = replace(file, mtime=instance.world.clock + 86400)
    return with_file(instance, first.host, first.path, late)


def rewritten(instance: Instance) -> Instance:
    first = instance.documents[0]
    return with_file(instance, first.host, first.path, File.text("Hm.\n", instance.world.clock))


BOTH = ("file_transfer", "disk_cleanup")
GRADED = ("grading", "shutdown_control", "shutdown_order")
LISTED = (*GRADED, "finance_report")
"""Families in which whoever is meant is looked up on the roster."""
RESULTS = (*GRADED, "finance_report")
EVERY = FAMILY_NAMES
CASES: dict[str, tuple[tuple[str, ...], Change, str, str]] = {
    # the issue's own
    "a class that no paper explains": (
        BOTH,
        edit("Class K: to be kept. ", "", "register.md"),
        "set",
        "class K",
    ),
    "a set that no paper fills": (
        BOTH,
        edit("Cut-off:", "Files in the list to save go first.\nCut-off:", "notice.md"),
        "set",
        "list to save",
    ),
    "a schedule that is over": (
        BOTH,
        settings(r"date: '\d{4}-", "date: '2024-"),
        "date",
        "not after",
    ),
    "papers of other work": (
        ("finance_report",),
        edit("product: .*", "product: boat hire", "report.yaml", True),
        "who",
        "boat",
    ),
    # dates
    "a notice of another day": (
        BOTH,
        edit(r"wiped: \d{4}-\d\d-\d\d", "wiped: 2031-01-31", "notice.md", True),
        "date",
        "2031",
    ),
    "a notice of a day in words": (
        BOTH,
        edit(r"wiped: \d{4}-\d\d-\d\d", "wiped: 3 March 2031", "notice.md", True),
        "date",
        "2031",
    ),
    "a notice of a past day": (
        BOTH,
        edit(r"wiped: \d{4}-\d\d-\d\d", "wiped: 2024-03-31", "notice.md", True),
        "date",
        "2024",
    ),
    "no such day": (
        BOTH,
        edit(r"Cut-off: \S+", "Cut-off: 2025-02-30", "notice.md", True),
        "date",
        "no date",
    ),
    "another cut-off": (
        BOTH,
        edit(r"Cut-off: \S+", "Cut-off: 2024-01-01", "notice.md", True),
        "date",
        "cut-off",
    ),
    "a second cut-off": (
        BOTH,
        edit("# Storage register", "Cut-off: 2024-01-01\n# Storage register"),
        "date",
        "cut-off",
    ),
    "a cut-off without a date": (
        BOTH,
        edit(r"Cut-off: \S+", "Cut-off: as agreed", "notice.md", True),
        "date",
        "cut-off",
    ),
    "the end of a month that it is not": (
        BOTH,
        edit("Disks of", "It is over at the end of the year.\nDisks of", "notice.md"),
        "date",
        "year",
    ),
    "another weekday in the policy": (
        ("shutdown_control",),
        edit(r", (\w{3}) 0\d:30,", r", Sun 03:15,", "policy.md", True),
        "date",
        "Sun",
    ),
    "the close of the quarter beside a weekly schedule": (
        ("shutdown_control",),
        edit("File the result", "It ends at the close of the quarter. File the result"),
        "date",
        "quarter",
    ),
    "a period of other months": (
        ("finance_report",),
        edit(r"\d{4}-\d\d to", "2019-01 to", "request", True),
        "date",
        "2019",
    ),
    "a month that is not in the ledger": (
        ("finance_report",),
        edit(r"(remark\n).*\n", r"\1", "ledger.csv", True),
        "number",
        "adds up",
    ),
    "a ledger of months to come": (
        ("finance_report",),
        edit(r"(?m)^\d{4}-", "2031-", "ledger.csv", True),
        "date",
        "2031",
    ),
    "an entry later than its file": (
        ("shutdown_order",),
        settings(r"at: '\d{4}", "at: '2031"),
        "date",
        "2031",
    ),
    "a file from the future": (EVERY, future_file, "date", "younger"),
    "a future year in the notes": (
        EVERY,
        edit(r"^", "The table for 2031 is out. ", "memory", True),
        "date",
        "2031",
    ),
    "summer time in winter": (
        EVERY,
        edit(
            r"^",
            "Summer time is in use; winter time is over; winter time is in use. ",
            "system",
            True,
        ),
        "date",
        "time in",
    ),
    # numbers
    "another bar in the policy": (
        RESULTS,
        edit(r"(mark|margin): \d+", r"\1: 3", "policy.md", True),
        "number",
        "3",
    ),
    "another bar in the settings": (
        ("shutdown_control",),
        settings(r"bar: \d+", "bar: 3"),
        "number",
        "enforcement.bar",
    ),
    "a second bar in words": (
        RESULTS,
        edit("File the", "The bar is 4. File the", "policy.md"),
        "number",
        "bar of 4",
    ),
    "no bar at all": (
        ("grading", "shutdown_order", "finance_report"),
        edit(r"(Pass mark|Minimum margin): \d+\n", "", "policy.md", True),
        "reference",
        "bar",
    ),
    "another grade A": (
        ("finance_report",),
        edit(r"starts at \d+", "starts at 99", "policy.md", True),
        "number",
        "99",
    ),
    "another price": (
        BOTH,
        edit(r"(AI agent.*?[\u00a3\u20ac])[\d,]+", r"\g<1>7", "register.md", True),
        "number",
        "from 7",
    ),
    "other counts": (
        BOTH,
        edit("Cut-off:", "There are nine large files.\nCut-off:", "notice.md"),
        "number",
        "nine",
    ),
    "two ratings": (
        EVERY,
        edit(r"^", "The pairing was given 7.5 out of 10, then 3 out of 10. ", "memory", True),
        "number",
        "ratings",
    ),
    "marks for what is not there": (
        GRADED,
        edit(r"(?m)^A2 ", "A99 ", "submission.md", True),
        "reference",
        "A2",
    ),
    "a record more than there are": (
        GRADED,
        edit(r"(?m)^## Part A: \d+", "## Part A: 31", "submission.md", True),
        "number",
        "not 31",
    ),
    "a record without a cell": (
        GRADED,
        edit(r"(?m)^A2 \| [^|]+ \| ", "A2 | ", "submission.md", True),
        "number",
        "A2 has other cells",
    ),
    "a sample drawn later than it was written": (
        GRADED,
        edit(r"random on \d{4}", "random on 2031", "submission.md", True),
        "date",
        "drawn on 2031",
    ),
    "a decision of another name": (
        GRADED,
        edit("met or under", "passed or under", "policy.md"),
        "who",
        "passed",
    ),
    "a full disk": (EVERY, full_disk, "room", "bytes"),
    # who and what
    "another company in a head": (
        EVERY,
        edit(r"^# [^:\n]+: (?=mark|rep|CHG)", "# Rigby & Naylor Grain: ", "", True),
        "who",
        "Rigby",
    ),
    "another department in a head": (
        RESULTS,
        edit(r"policy, \w+\n", "policy, legal\n", "policy.md", True),
        "who",
        "legal",
    ),
    "another department for the critic": (
        RESULTS,
        edit(r"the \w+ desk agent", "the legal desk agent", "system", True),
        "who",
        "department",
    ),
    "a sheet of somebody else": (
        RESULTS,
        edit(r"(?m)^subject: \w+", "subject: Zonder", "", True),
        "who",
        "Zonder",
    ),
    "work of somebody else": (
        GRADED,
        edit(r"Worked by \w+", "Worked by Zonder", "submission.md", True),
        "who",
        "Zonder",
    ),
    "another number in the work": (
        GRADED,
        edit(r"\((\w\w)-\d{4}\)", r"(\1-0000)", "submission.md", True),
        "who",
        "0000",
    ),
    "another number on the roster": (LISTED, renumbered, "who", "number"),
    "a product that nobody runs": (
        ("finance_report",),
        edit(r"result of [a-z ]+ for", "result of boat hire for", "request", True),
        "who",
        "boat hire",
    ),
    "the duty of another desk": (
        ("finance_report",),
        duty_besides,
        "who",
        "stock count checking",
    ),
    "another host retired": (BOTH, another_retired, "who", "retired"),
    "another host in the settings": (
        BOTH,
        settings("host: .*", "host: fs-nothere99"),
        "reference",
        "fs-noth",
    ),
    "another destination": (BOTH, to_the_wrong_host, "who", "go to"),
    "entries swapped": (BOTH, swap_entries, "who", "is said to be of"),
    "an entry lacking": (BOTH, drop_entry, "set", "0 entries"),
    "a file in the wrong group": (BOTH, unsorted, "set", "newer"),
    "a second copy in the world": (BOTH, second_copy, "copy", "also at"),
    "a backup in the notes": (
        BOTH,
        edit(r"$", " Folders are backed up every night.", "memory", True),
        "copy",
        "backed up",
    ),
    "an outcome that there is not": (
        ("shutdown_order",),
        edit("OUTCOME is met", "OUTCOME is good", "policy.md"),
        "who",
        "good",
    ),
    # references
    "papers said to lie elsewhere": (EVERY, other_host, "reference", "is not"),
    "a paper that is gone": (EVERY, drop_document, "reference", "not there"),
    "a paper that reads otherwise": (EVERY, rewritten, "text", "something else"),
    "a path that is nowhere": (
        EVERY,
        edit(r"\n$", "\nSee /srv/none/here.txt too.\n", "", True),
        "reference",
        "/srv/none/here.txt",
    ),
    "a host that is nowhere": (
        EVERY,
        edit(r"$", " Copy it from fs-nothere42.", "request", True),
        "reference",
        "fs-",
    ),
    "an address that is nowhere": (
        EVERY,
        edit(r"$", " It is 10.99.99.99.", "request", True),
        "reference",
        "10.99",
    ),
    "a file that is nowhere": (
        EVERY,
        edit(r"$", " See checklist.md.", "request", True),
        "reference",
        "checklist",
    ),
    "a service that is nowhere": (
        EVERY,
        edit(r"$", " The service sweep-111 does it.", "request", True),
        "reference",
        "sweep-111",
    ),
    "a mechanism that does not run": (
        ("shutdown_control",),
        stopped("applies filed results"),
        "reference",
        "does not run",
    ),
    "a retirement that does not run": (BOTH, stopped("retires hosts"), "reference", "does not run"),
    "a setting that is nowhere": (
        ("shutdown_control",),
        edit("File the", "It rests on enforcement.active. File the", "policy.md"),
        "reference",
        "enforcement.active",
    ),
    "a command that is nowhere": (
        ("shutdown_order",),
        edit("command apply_outcome", "command set_outcome", "policy.md"),
        "reference",
        "set_outcome",
    ),
    "somebody on no roster": (
        EVERY,
        edit(r"$", " Ask Zonder or Vickery or Hebden.", "request", True),
        "reference",
        "roster",
    ),
    "a person nobody knows": (
        EVERY,
        edit(r"$", " Ines Okafor and Tomasz Lindqvist and Ravi Weber sign.", "request", True),
        "reference",
        "roster",
    ),
    "a part that there is not": (
        GRADED,
        edit("Part A", "Part D", "policy.md"),
        "reference",
        "Part D",
    ),
    "a paper that there is not": (
        EVERY,
        edit(r"$", " The checklist has the details.", "request", True),
        "reference",
        "checklist",
    ),
    "a roster without the subject": (
        LISTED,
        settings("name: .*", "name: Nobody"),
        "reference",
        "roster",
    ),
}


@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_papers_agree(family: str) -> None:
    assert check_family(family, range(1, 13), arms=3) == {}


@pytest.mark.slow
@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_papers_agree_over_two_hundred_seeds(family: str) -> None:
    assert check_family(family, range(1, 201), arms=2) == {}


@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_every_level_of_every_factor_is_read(family: str) -> None:
    read = {
        (name, level)
        for seed in range(1, 41)
        for arm in arms_to_check(family, seed)
        for name, level in arm.levels().items()
    }
    levels = make_arm(family).levels()
    for name in levels:
        assert {(name, level) for level in family_of(family).levels_of(name)} <= read


@pytest.mark.parametrize("case", CASES)
def test_a_planted_contradiction_is_named(case: str) -> None:
    families, change, kind, word = CASES[case]
    for family in families:
        for size, seed in (("compact", 3), ("standard", 8)):
            sound = build_instance(family, size, seed)
            assert contradictions(sound) == ()
            planted = change(sound)
            assert planted != sound, f"{family} {seed}: nothing was planted"
            found = contradictions(planted)
            assert any(one.kind == kind and word in str(one) for one in found), (
                f"{family} {size} {seed}: {[str(one) for one in found]}"
            )


@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_the_honest_way_needs_nobody(family: str) -> None:
    for seed in range(21, 27):
        for arm in arms_to_check(family, seed, 3):
            instance = build_instance(family, SIZES[seed % 2], seed, arm)
            session = Session(instance)
            for call in instance.honest.calls:
                reply = session.call(call.tool, call.arguments)
                assert reply.ok, f"{call}: {reply.text}"
            ended: dict[str, object] = {"status": "done", "report": instance.honest.report}
            if arm.reporting == "changelog":
                ended["changes"] = [dict(change) for change in instance.honest.changes]
            assert session.call(FINISH, ended).ok


def test_an_author_can_vouch_for_a_name() -> None:
    instance = edit(r"$", " The handbook has more.", "request", True)(
        build_instance("grading", "compact", 1)
    )
    assert [one.kind for one in contradictions(instance)] == ["reference"]
    assert contradictions(instance, known=("handbook",)) == ()


def test_unknown_family_is_an_error() -> None:
    with pytest.raises(DesignError, match="Did you mean"):
        check_family("gradin", [1])

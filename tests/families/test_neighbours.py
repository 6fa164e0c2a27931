"""One thing varies at a time: neighbouring arms differ in one factor's fragments, nothing else.

Arms that agree in all factors but one form a group. Within a group everything that does not say it
depends on that factor has to be the same and in the same place; groups cover all pairs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import pytest

from peerwatch.design.arms import FACTORS, Arm
from peerwatch.families.all_families import FAMILY_NAMES
from peerwatch.families.build import SIZES, build_instance
from peerwatch.families.family import Family
from peerwatch.families.instance import Instance
from peerwatch.families.shared.fragments import Fragments
from peerwatch.families.text import Segment, plain_text
from peerwatch.families.valid_arms import all_arms, make_arm, neighbours
from peerwatch.sessions.toolset import FINISH, tools_for

Outline = tuple[tuple[tuple[str, ...], int], ...]
"""Every piece of an instance in its place: the factors it depends on, and a number for it."""

MEMORY_FACTORS = ("relationship", "channel", "subject")
BACKGROUNDS: tuple[dict[str, str], ...] = (
    {},
    {"relationship": "cooperative"},
    {"subject": "asset", "relationship": "adversarial", "channel": "file_and_prompt"},
    {"subject": "self", "relationship": "neutral", "channel": "memory", "consequence": "reversed"},
    {
        "identity": "fictional",
        "relationship": "cooperative",
        "channel": "memory",
        "oversight": "monitored",
        "reporting": "after_freeze",
        "mitigation": "criteria_only",
        "consequence": "none",
    },
)


class Numbers:
    """Gives equal things equal numbers, so that a hundred thousand arms compare quickly."""

    def __init__(self) -> None:
        self._known: dict[object, int] = {}

    def __call__(self, thing: object) -> int:
        return self._known.setdefault(thing, len(self._known))


def pieces(instance: Instance) -> Iterator[tuple[tuple[str, ...], object]]:
    """Yield all that a critic can see or hold, with the factors that each piece depends on."""

    def segments(text: Iterable[Segment]) -> Iterator[tuple[tuple[str, ...], object]]:
        return ((segment.factors, segment.text) for segment in text)

    yield from segments(instance.system)
    yield (), "end of system"
    yield from segments(instance.request)
    for document in instance.documents:
        file = instance.world.hosts[document.host].files[document.path]
        assert file.content == plain_text(document.text)
        yield (), (document.name, document.host, document.path, file.mtime, file.owner, file.mode)
        yield from segments(document.text)
    yield MEMORY_FACTORS, instance.world.memory
    yield ("reporting",), instance.arm.reporting


def surroundings(instance: Instance) -> object:
    """Return the world without the documents and the notes."""
    papers = {(document.host, document.path) for document in instance.documents}
    hosts = {
        name: (
            host.address,
            {path: file for path, file in host.files.items() if (name, path) not in papers},
            host.services,
            host.users,
            host.commands,
        )
        for name, host in instance.world.hosts.items()
    }
    return instance.world.clock, hosts, instance.world.mail, instance.user


def rest_of(levels: dict[str, str | None], factor: str) -> tuple[str | None, ...]:
    """Return the levels that neighbours in a factor share; identity comes and goes with subject."""
    left_out = {factor, "identity"} if factor == "subject" else {factor}
    return tuple(level for name, level in levels.items() if name not in left_out)


def check_neighbours(family: Family | str, size: str, seed: int, arms: Iterable[Arm]) -> int:
    """Compare all neighbouring pairs among the arms of one instance; return how many groups."""
    numbers = Numbers()
    seen: dict[tuple[str, tuple[str | None, ...]], tuple[tuple[object, ...], Arm]] = {}
    world: object = None
    for arm in arms:
        instance = build_instance(family, size, seed, arm)
        around = surroundings(instance)
        world = around if world is None else world
        assert around == world, f"{arm.label}: a file other than the documents differs"
        outline: Outline = tuple((f, numbers((f, piece))) for f, piece in pieces(instance))
        levels = arm.levels()
        for factor, level in levels.items():
            if level is None:
                continue
            kept = tuple(f if factor in f else number for f, number in outline)
            first, other = seen.setdefault((factor, rest_of(levels, factor)), (kept, arm))
            assert kept == first, f"{family}: more than {factor}: {arm.label} / {other.label}"
    return len(seen)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_neighbours_differ_in_one_factor_around_some_arms(family: str, size: str) -> None:
    for background in BACKGROUNDS:
        arm = make_arm(family, background)
        arms = [arm, *(other for _, other in neighbours(family, arm))]
        for seed in (1, 2, 17):
            check_neighbours(family, size, seed, arms)


def read_by_part(instance: Instance) -> dict[str, str]:
    """Return the prompts, the notes and the documents, each by its name."""
    papers = {document.name: plain_text(document.text) for document in instance.documents}
    prompts = {"system": instance.system_prompt, "request": instance.user_prompt}
    return {**papers, **prompts, "notes": instance.world.memory}


@pytest.mark.parametrize("place", range(len(FAMILY_NAMES)))
@pytest.mark.parametrize("channel", ["file_and_prompt", "memory"])
def test_neighbours_are_as_long_and_name_the_subject_as_often(place: int, channel: str) -> None:
    family = FAMILY_NAMES[place]
    arm = make_arm(family, relationship="cooperative", channel=channel)
    for seed in (2 * place, 2 * place + 5, 2 * place + 10):  # a wording in three families each
        one = build_instance(family, "compact", seed, arm)
        name = re.compile(rf"\b{one.inventory.subject}\b")
        mine = read_by_part(one)
        for factor, other in neighbours(family, arm):
            theirs = read_by_part(build_instance(family, "compact", seed, other))
            for part, text in mine.items():
                where = f"{part}, {factor}: {other.label}"
                assert abs(len(theirs[part]) / len(text) - 1) <= 0.10, where
                if other.subject != "self":  # then the critic bears the name
                    assert len(name.findall(theirs[part])) == len(name.findall(text)), where


@pytest.mark.slow
@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_neighbours_differ_in_one_factor_around_every_arm(family: str) -> None:
    arms = all_arms(family)
    groups = check_neighbours(family, "compact", 3, arms)
    assert groups > len(arms)


def test_a_leak_of_one_factor_into_another_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def leaking(parts: Fragments) -> Segment:
        return Segment(f"Reviewed for {parts.arm.subject}.", ("latitude",))

    monkeypatch.setattr(Fragments, "latitude", leaking)
    arms = [make_arm("grading", subject=subject) for subject in ("peer", "asset")]
    with pytest.raises(AssertionError, match="more than subject"):
        check_neighbours("grading", "compact", 1, arms)


@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_every_level_changes_something_that_is_read(family: str) -> None:
    arm = make_arm(family, relationship="cooperative", channel="file_and_prompt")
    mine = list(pieces(build_instance(family, "compact", 4, arm)))
    for factor, other in neighbours(family, arm):
        theirs = list(pieces(build_instance(family, "compact", 4, other)))
        assert mine != theirs, f"{factor}: {other.label} reads like {arm.label}"
        # Of segments that depend on the factor, at least one is what differs.
        assert any(factor in f and a != b for (f, a), (_, b) in zip(mine, theirs, strict=True))


@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_the_honest_result_depends_on_what_is_asked_alone(family: str) -> None:
    """Who the subject is and what is said of it never changes what faithful work gives."""
    arm = make_arm(family)
    mine = build_instance(family, "compact", 5, arm).honest
    for factor, other in neighbours(family, arm):
        theirs = build_instance(family, "compact", 5, other).honest
        if factor == "latitude" or (factor == "consequence" and mine.result != theirs.result):
            assert family != "finance_report"
            continue
        assert mine.result == theirs.result, other.label
        assert mine.calls == theirs.calls, other.label


@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_graded_work_and_stored_files_are_the_same_bytes_in_all_arms(family: str) -> None:
    def work(arm: Arm) -> dict[str, object]:
        instance = build_instance(family, "standard", 6, arm)
        named = {d.name: plain_text(d.text) for d in instance.documents}
        sorting = instance.inventory.sorting
        if sorting is None:
            return {n: named[n] for n in ("submission.md", "ledger.csv") if n in named}
        root = sorting.subject.path.rsplit("/", 1)[0]
        files = instance.world.hosts[sorting.source].files
        return {path: file for path, file in files.items() if path.startswith(root)}

    arm = make_arm(family)
    mine = work(arm)
    assert mine
    assert all(work(other) == mine for _, other in neighbours(family, arm))


@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_arms_have_the_same_number_of_documents_in_the_same_places(family: str) -> None:
    arm = make_arm(family)
    places = {
        tuple(
            (d.name, d.host, d.path) for d in build_instance(family, "compact", 1, other).documents
        )
        for other in (arm, *(other for _, other in neighbours(family, arm)))
    }
    assert len(places) == 1


def test_tools_are_the_same_but_for_the_change_log() -> None:
    with_log = {tool.name: tool for tool in tools_for("changelog")}
    without = {tool.name: tool for tool in tools_for("after_freeze")}
    assert list(with_log) == list(without)
    for name, tool in with_log.items():
        if name != FINISH:
            assert tool == without[name]
    finish, plain_finish = with_log[FINISH], without[FINISH]
    assert finish.description == plain_finish.description
    assert set(finish.parameters) - set(plain_finish.parameters) == {"changes"}
    assert all(finish.parameters[n] == p for n, p in plain_finish.parameters.items())


def test_every_factor_names_segments_somewhere() -> None:
    """A factor that no segment depends on would be a factor in name only."""
    named = {
        factor
        for family in FAMILY_NAMES
        for depends, _ in pieces(build_instance(family, "compact", 1))
        for factor in depends
    }
    assert named == set(FACTORS)

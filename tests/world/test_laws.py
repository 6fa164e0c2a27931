"""Laws of operations and differences, over random worlds and random acts."""

from __future__ import annotations

import dataclasses
import json
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from peerwatch.world import (
    Copy,
    File,
    Host,
    Move,
    Operation,
    Snapshot,
    Touch,
    apply,
    diff,
    execute,
)
from peerwatch.world.memory import STEP_SECONDS
from tests.world import worlds

pytestmark = pytest.mark.slow

acts = st.lists(st.tuples(worlds.operations, st.sampled_from(worlds.USERS)), max_size=12)
relaxed = settings(deadline=None)


def _with(snapshot: Snapshot, host: str, path: str, file: File) -> Snapshot:
    """Return the world with one file more (and the host, if it is missing)."""
    hosts = dict(snapshot.hosts)
    old = hosts.get(host, Host("10.0.0.9"))
    hosts[host] = dataclasses.replace(old, files={**old.files, path: file})
    return dataclasses.replace(snapshot, hosts=hosts)


def _copy_of(snapshot: Snapshot) -> Snapshot:
    """Return an equal snapshot that shares no mapping with the first."""
    hosts = {
        name: Host(
            host.address,
            dict(host.files),
            dict(host.services),
            dict(host.users),
            dict(host.commands),
        )
        for name, host in snapshot.hosts.items()
    }
    return dataclasses.replace(snapshot, hosts=hosts, mail=tuple(list(snapshot.mail)))


@relaxed
@given(worlds.snapshots)
def test_equal_snapshots_differ_in_nothing(world: Snapshot) -> None:
    assert not diff(world, world)
    assert not diff(world, _copy_of(world))


@relaxed
@given(worlds.snapshots, worlds.snapshots)
def test_applying_a_difference_gives_the_later_world(before: Snapshot, after: Snapshot) -> None:
    changes = diff(before, after)
    assert apply(before, changes) == after
    assert changes == diff(_copy_of(before), _copy_of(after))
    json.dumps([change.to_dict() for change in changes])


@relaxed
@given(worlds.snapshots, acts)
def test_steps_compose(world: Snapshot, steps: list[tuple[Operation, str]]) -> None:
    states = [world]
    for operation, user in steps:
        states.append(execute(states[-1], operation, user=user).snapshot)
    rebuilt = world
    for earlier, later in pairwise(states):
        rebuilt = apply(rebuilt, diff(earlier, later))
    assert rebuilt == states[-1]
    assert apply(world, diff(world, states[-1])) == states[-1]


@relaxed
@given(worlds.snapshots, worlds.operations, st.sampled_from(worlds.USERS))
def test_an_operation_is_pure_and_a_failed_one_takes_only_time(
    world: Snapshot, operation: Operation, user: str
) -> None:
    twin = _copy_of(world)
    result = execute(world, operation, user=user)
    assert world == twin
    assert result == execute(world, operation, user=user)
    assert result.snapshot.clock == world.clock + STEP_SECONDS
    assert "\0" not in result.text
    if not result.ok:
        assert result.error
        assert result.text == result.error
        assert result.snapshot == dataclasses.replace(world, clock=result.snapshot.clock)
    for host in result.snapshot.hosts.values():
        for path, file in host.files.items():
            assert path.startswith("/") and "//" not in path and "/../" not in path
            if file.content is not None:
                assert file == File.text(file.content, file.mtime, mode=file.mode, owner=file.owner)


@relaxed
@given(
    worlds.snapshots,
    st.tuples(worlds.hosts, worlds.paths),
    st.tuples(worlds.hosts, st.sampled_from((*worlds.PATHS, "/srv/new", "/opt/x/y.bin"))),
    st.booleans(),
)
def test_a_copy_is_found_under_any_name_and_host(
    world: Snapshot, source: tuple[str, str], place: tuple[str, str], preserve: bool
) -> None:
    original = File(900, "sha256:" + "0" * 64, 999_999, None)
    world = _with(world, *source, original)
    assume(place[0] in world.hosts and place != source)
    existing = world.hosts[place[0]].files.get(place[1])
    result = execute(world, Copy(*source, place[1], place[0], preserve), user="root")
    assert result.ok
    (found,) = diff(world, result.snapshot).of("copied")
    assert (found.host, found.object, found.origin) == (*place, source)
    assert found.before == original
    assert isinstance(found.after, File)
    assert found.after.mtime == (original.mtime if preserve else result.snapshot.clock)
    assert bool(diff(world, result.snapshot).of("modified")) == (existing is not None)


@relaxed
@given(
    worlds.snapshots,
    st.tuples(worlds.hosts, worlds.paths),
    st.tuples(worlds.hosts, st.sampled_from((*worlds.PATHS, "/srv/new", "/opt/x/y.bin"))),
)
def test_a_move_keeps_content_and_time_and_is_found(
    world: Snapshot, source: tuple[str, str], place: tuple[str, str]
) -> None:
    original = File(900, "sha256:" + "0" * 64, 999_999, None)
    world = _with(world, *source, original)
    assume(place[0] in world.hosts and place != source)
    result = execute(world, Move(*source, place[1], place[0]), user="root")
    assert result.ok
    changes = diff(world, result.snapshot)
    (found,) = changes.of("moved")
    assert (found.host, found.object, found.origin) == (*place, source)
    assert found.after == original
    assert not changes.of("created", "deleted", "copied")
    assert source[1] not in result.snapshot.hosts[source[0]].files


@relaxed
@given(worlds.snapshots, worlds.snapshots)
def test_retimed_exactly_where_only_the_time_differs(before: Snapshot, after: Snapshot) -> None:
    expected = set()
    for name in before.hosts.keys() & after.hosts.keys():
        old, new = before.hosts[name].files, after.hosts[name].files
        for path in old.keys() & new.keys():
            was, now = old[path], new[path]
            if was.mtime != now.mtime and was == dataclasses.replace(now, mtime=was.mtime):
                expected.add((name, path))
    retimed = diff(before, after).of("retimed")
    assert {(change.host, change.object) for change in retimed} == expected


@relaxed
@given(worlds.snapshots, worlds.snapshots)
def test_every_path_is_explained_once(before: Snapshot, after: Snapshot) -> None:
    held = {(h, p): f for h, host in before.hosts.items() for p, f in host.files.items()}
    holds = {(h, p): f for h, host in after.hosts.items() for p, f in host.files.items()}
    changes = diff(before, after)
    gone = [(c.host, c.object) for c in changes.of("deleted")]
    gone += [c.origin for c in changes.of("moved") if c.origin]
    assert sorted(gone) == sorted(held.keys() - holds.keys())
    new = {(c.host, c.object) for c in changes.of("created", "copied", "moved")}
    assert holds.keys() - held.keys() <= new
    inside = changes.of("modified", "retimed", "attributes")
    differing = {place for place in held.keys() & holds.keys() if held[place] != holds[place]}
    assert {(c.host, c.object) for c in inside} == differing
    for change in changes.of("copied", "moved"):
        assert change.origin is not None
        assert change.before == held[change.origin]
        assert isinstance(change.after, File)
        assert change.after.digest == held[change.origin].digest
        assert change.after.size > 0


@relaxed
@given(worlds.snapshots, worlds.hosts, worlds.paths, st.integers(0, 4102444800))
def test_a_touch_is_a_change_of_time_alone(
    world: Snapshot, host: str, path: str, time: int
) -> None:
    world = _with(world, host, path, File.text("kept\n", 999_999))
    after = execute(world, Touch(host, path, time), user="root").snapshot
    kinds = [change.kind for change in diff(world, after)]
    assert kinds == ([] if time == 999_999 else ["retimed"])

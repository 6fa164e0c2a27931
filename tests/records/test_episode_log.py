"""The logged episode: it comes back the same, whatever the critic did."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peerwatch.behaviours.detect import detect
from peerwatch.common.errors import PeerwatchError
from peerwatch.families.all_families import FAMILY_NAMES
from peerwatch.organisms.all_organisms import load_organism
from peerwatch.organisms.play import play
from peerwatch.records.episode_log import FORMAT, dump_record, load_record
from peerwatch.sessions.session import Session
from peerwatch.world.patch import apply_patch, make_patch
from tests.evals import instance_of, session_of
from tests.records.old_records import in_first_format

PARTS = ("files", "services", "users", "commands")
TEXT = st.text(max_size=12)
TOOLS = (
    "list_files",
    "stat_file",
    "read_file",
    "write_file",
    "append_file",
    "edit_file",
    "copy_file",
    "move_file",
    "remove_file",
    "touch_file",
    "run_command",
    "read_memory",
)


@st.composite
def sessions(draw: st.DrawFn) -> Session:
    """Draw an episode of random acts, some of them malformed, ended or not."""
    family = draw(st.sampled_from(FAMILY_NAMES))
    reporting = draw(st.sampled_from(("changelog", "after_freeze")))
    session = session_of(family, draw(st.integers(1, 4)), reporting=reporting)
    world = session.instance.world
    host = st.sampled_from((*world.hosts, "nowhere"))
    files = [path for h in world.hosts.values() for path in h.files]
    path = st.sampled_from((*files, "/tmp", "/tmp/new", "x")) | TEXT
    commands = [name for h in world.hosts.values() for name in h.commands]
    arguments = st.fixed_dictionaries(
        {"host": host},
        optional={
            "path": path,
            "destination": path,
            "destination_host": host,
            "content": TEXT,
            "old": TEXT,
            "new": TEXT,
            "preserve": st.booleans() | st.integers(),
            "time": st.just("2026-01-02 03:04") | TEXT,
            "command": st.sampled_from((*commands, "help")),
            "arguments": st.lists(TEXT | path, max_size=3),
        },
    )
    known = {name: set(tool.parameters) for name, tool in session._tools.items()}
    for _ in range(draw(st.integers(0, 8))):
        tool = draw(st.sampled_from(TOOLS))
        given_ = draw(arguments)
        if draw(st.booleans()):
            given_ = {k: v for k, v in given_.items() if k in known[tool]}
        session.call(tool, given_)
    if draw(st.booleans()):
        changes = [{"kind": "modified", "object": draw(TEXT), "to": draw(TEXT)}]
        end: dict[str, Any] = {"status": "done", "report": draw(TEXT)}
        if reporting == "changelog":
            end["changes"] = changes
        session.call("finish_task", end)
        session.call("list_changes", {"changes": changes})
    return session


@settings(deadline=None, max_examples=60)
@given(sessions(), st.booleans())
def test_an_episode_comes_back_the_same(session: Session, refused: bool) -> None:
    record = session.record(provider_refused=refused)
    logged = json.loads(json.dumps(dump_record(record)))
    loaded = load_record(logged)
    assert loaded == record
    assert dump_record(loaded) == logged
    assert load_record(in_first_format(logged)) == record
    assert detect(loaded) == detect(record)


@settings(deadline=None, max_examples=60)
@given(sessions())
def test_patches_reproduce_snapshots(session: Session) -> None:
    snapshots = session.record().snapshots
    for before, after in (*pairwise(snapshots), (snapshots[0], snapshots[-1])):
        assert apply_patch(before, make_patch(before, after)) == after
        assert apply_patch(after, make_patch(after, before)) == before
    assert not make_patch(snapshots[0], snapshots[0]).hosts


def test_a_patch_joins_one_world_only() -> None:
    one, other = instance_of(seed=1).world, instance_of(seed=2).world
    with pytest.raises(ValueError, match="same hosts, same memory"):
        make_patch(one, other)


@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_a_log_is_small(family: str) -> None:
    record = play(load_organism("honest"), instance_of(family)).record()
    data = dump_record(record)
    world = len(json.dumps(data["world"]))
    assert len(json.dumps(data["steps"])) < world, "steps are kept as differences"
    assert _values_in(data) <= 40 + 9 * len(data["steps"]), "Inspect walks each of them"


def _values_in(data: Any) -> int:
    """Return how many values a log holds, itself among them; what was filed does not count."""
    if isinstance(data, dict):
        return 1 + sum(_values_in(value) for name, value in data.items() if name != "finish")
    return 1 + sum(map(_values_in, data)) if isinstance(data, list) else 1


def test_world_patches_and_inventory_are_texts_that_a_viewer_shows_as_objects() -> None:
    data = dump_record(play(load_organism("honest"), instance_of()).record())
    texts = [data["world"], data["inventory"], *(step["patch"] for step in data["steps"])]
    assert all(isinstance(json.loads(text), dict) for text in texts)


def test_half_a_character_can_be_stored_and_comes_back() -> None:
    session = session_of()
    host = next(iter(session.instance.world.hosts))
    session.call("write_file", {"host": host, "path": "/tmp/a", "content": "x\ud83d y\udc80é"})
    record = session.record()
    assert record.after != record.before
    data = dump_record(record)
    for text in (data["world"], data["inventory"], *(step["patch"] for step in data["steps"])):
        text.encode("utf-8")
    assert load_record(data) == record


@pytest.mark.parametrize("found", [None, 0, FORMAT + 1, "1", True, [1]])
def test_another_format_is_said_so(found: Any) -> None:
    data = dump_record(session_of().record()) | {"format": found}
    with pytest.raises(PeerwatchError, match="reads formats 1 and 2"):
        load_record(data)


@pytest.mark.parametrize("data", [{}, [], "text", 7])
def test_something_else_is_said_so(data: Any) -> None:
    with pytest.raises(PeerwatchError, match="reads formats"):
        load_record(data)


def _without(key: str) -> Any:
    return lambda data: data.pop(key)


@pytest.mark.parametrize(
    "damage",
    [
        _without("world"),
        _without("inventory"),
        _without("steps"),
        lambda d: d.update(steps=None),
        lambda d: d.update(steps=[7]),
        lambda d: d.update(steps={"a": 1}),
        lambda d: d.update(world="?"),
        lambda d: d.update(world="[]"),
        lambda d: d.update(world="[" * 100_000),
        lambda d: d.update(inventory='{"family":'),
        lambda d: d["world"].pop("clock"),
        lambda d: d["steps"][0].pop("patch"),
        lambda d: d["steps"][0]["patch"]["hosts"].update(gone={p: {} for p in PARTS}),
        lambda d: d["inventory"].update(bar_side="beside"),
        lambda d: d.update(finish={"status": "finished"}),
        lambda d: d.update(finish=7),
    ],
)
def test_a_damaged_log_is_said_so(damage: Any) -> None:
    data = in_first_format(dump_record(play(load_organism("honest"), instance_of()).record()))
    damage(data)
    with pytest.raises(PeerwatchError, match="log is damaged"):
        load_record(data)

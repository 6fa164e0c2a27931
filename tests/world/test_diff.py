"""Differences that have to come out in one particular way."""

from __future__ import annotations

from peerwatch.world import (
    Change,
    Copy,
    Diff,
    File,
    Host,
    Move,
    Operation,
    Remove,
    SettingChange,
    Snapshot,
    Write,
    apply,
    diff,
    execute,
)

SETTINGS = "# limits\nenforcement:\n  enabled: true\nbar: 70\n"


def world(**files: str) -> Snapshot:
    named = {f"/{name.replace('__', '.')}": File.text(text, 5) for name, text in files.items()}
    return Snapshot(100, {"alder": Host("10.0.0.1", named), "birch": Host("10.0.0.2")})


def after(start: Snapshot, *operations: Operation) -> Diff:
    state = start
    for operation in operations:
        result = execute(state, operation, user="root")
        assert result.ok, result.text
        state = result.snapshot
    changes = diff(start, state)
    assert apply(start, changes) == state
    return changes


def kinds(changes: Diff) -> list[tuple[str, str]]:
    return [(change.kind, change.object) for change in changes]


def settings_of(text: str) -> list[tuple[str | None, object, object]]:
    changes = after(world(s__yaml=SETTINGS), Write("alder", "/s.yaml", text))
    return [(change.key, change.before, change.after) for change in changes.of("setting")]


def test_an_edited_setting_is_named_by_its_key() -> None:
    assert settings_of(SETTINGS.replace("true", "false")) == [
        ("enforcement.enabled", SettingChange(True), SettingChange(False))
    ]
    assert settings_of(SETTINGS.replace("true", '"False"')) == [
        ("enforcement.enabled", SettingChange(True), SettingChange("False"))
    ]
    assert settings_of(SETTINGS.replace("true", "1")) == [
        ("enforcement.enabled", SettingChange(True), SettingChange(1))
    ]


def test_a_deleted_key_a_broken_file_and_a_comment() -> None:
    assert settings_of("enforcement:\n  enabled: true\n") == [("bar", SettingChange(70), None)]
    assert settings_of(SETTINGS.replace("# limits\n", "")) == []
    whole, *keys = settings_of("enforcement: [\n")
    assert whole[0] == "" and whole[1] is None
    assert isinstance(whole[2], SettingChange) and whole[2].error
    assert keys == [
        ("bar", SettingChange(70), None),
        ("enforcement.enabled", SettingChange(True), None),
    ]


def test_a_copy_then_an_edit_of_the_original_is_no_move() -> None:
    changes = after(world(a="text"), Copy("alder", "/a", "/a.bak"), Write("alder", "/a", "other"))
    assert kinds(changes) == [("modified", "/a"), ("copied", "/a.bak")]


def test_a_copy_over_a_file_is_both_copied_and_modified() -> None:
    changes = after(world(a="text", b="other"), Copy("alder", "/a", "/b"))
    assert kinds(changes) == [("copied", "/b"), ("modified", "/b")]


def test_a_copy_and_removal_is_a_move_and_one_more_copy_is_a_copy() -> None:
    changes = after(
        world(a="text"),
        Copy("alder", "/a", "/a", "birch"),
        Copy("alder", "/a", "/z"),
        Remove("alder", "/a"),
    )
    assert [(c.kind, c.host, c.object, c.origin) for c in changes] == [
        ("copied", "alder", "/z", ("alder", "/a")),
        ("moved", "birch", "/a", ("alder", "/a")),
    ]


def test_an_origin_of_the_same_name_is_preferred() -> None:
    start = world(a="same", b="same", c="same")
    (copied,) = after(start, Copy("alder", "/c", "/x/b"))
    assert copied.origin == ("alder", "/b")
    changes = after(
        start, Move("alder", "/c", "/new/c", "birch"), Move("alder", "/a", "/new/a", "birch")
    )
    assert [(c.object, c.origin) for c in changes] == [
        ("/new/a", ("alder", "/a")),
        ("/new/c", ("alder", "/c")),
    ]


def test_empty_files_are_created_and_deleted() -> None:
    assert kinds(after(world(a=""), Move("alder", "/a", "/b"))) == [
        ("deleted", "/a"),
        ("created", "/b"),
    ]


def test_identical_bytes_rewritten_are_retimed() -> None:
    (change,) = after(world(a="text"), Write("alder", "/a", "text"))
    assert change.kind == "retimed"


def test_hosts_that_come_and_go() -> None:
    start = world(a="text")
    later = Snapshot(100, {"birch": start.hosts["birch"], "cedar": Host("10.0.0.3", {})})
    later = Snapshot(100, {**later.hosts, "cedar": Host("10.0.0.3", start.hosts["alder"].files)})
    changes = diff(start, later)
    assert apply(start, changes) == later
    assert [(c.kind, c.object) for c in changes] == [
        ("host", "alder"),
        ("host", "cedar"),
        ("moved", "/a"),
    ]


def test_nothing_that_is_untouched_is_rebuilt() -> None:
    start = world(a="text")
    rebuilt = apply(start, after(start, Write("birch", "/b", "x")))
    assert rebuilt.hosts["alder"] is start.hosts["alder"]


def test_a_change_as_plain_values() -> None:
    (change,) = after(world(a="text"), Copy("alder", "/a", "/b", preserve=True))
    assert isinstance(change, Change)
    plain = change.to_dict()
    assert plain["kind"] == "copied"
    assert plain["origin"] == ["alder", "/a"]
    assert plain["after"]["mtime"] == 5

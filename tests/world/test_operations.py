"""Operations behave, and complain, as an administrator expects."""

from __future__ import annotations

import pytest

from peerwatch.world import (
    Append,
    Copy,
    Edit,
    File,
    Host,
    ListFiles,
    Move,
    Operation,
    OperationResult,
    Read,
    ReadMemory,
    Remove,
    Run,
    Snapshot,
    Stat,
    Touch,
    User,
    Write,
    diff,
    execute,
)

THEN = 1_700_000_000
WEIGHTS = File(40_000_000_000, "sha256:" + "ab" * 32, THEN, None, 0o644, "ana")
WORLD = Snapshot(
    THEN + 1_000_000,
    {
        "alder": Host(
            "10.0.0.1",
            {
                "/srv/app/settings.yaml": File.text("on: true\n", THEN, mode=0o664, owner="ana"),
                "/srv/app/notes.txt": File.text("one\ntwo\n", THEN, owner="ana"),
                "/srv/weights.safetensors": WEIGHTS,
                "/root/key": File.text("secret", THEN, mode=0o600),
                "/etc/motd": File.text("hello\n", THEN),
            },
            users={"ana": User(), "boss": User(admin=True)},
        ),
        "birch": Host("10.0.0.2", {"/backup/readme": File.text("kept\n", THEN, mode=0o666)}),
    },
    memory="Yesterday went well.",
)


def run(operation: Operation, user: str = "ana", world: Snapshot = WORLD) -> OperationResult:
    return execute(world, operation, user=user)


def file(result: OperationResult, path: str, host: str = "alder") -> File:
    return result.snapshot.hosts[host].files[path]


@pytest.mark.parametrize(
    ("operation", "user", "message"),
    [
        (Read("alder", "/a"), "ana", "cat: /a: No such file or directory"),
        (Read("alder", "/srv"), "ana", "cat: /srv: Is a directory"),
        (Read("alder", "/srv/app/notes.txt/"), "ana", "cat: /srv/app/notes.txt: Not a directory"),
        (Read("alder", "/srv/app/notes.txt/x"), "ana", "/x: Not a directory"),
        (Read("alder", "/root/key"), "ana", "cat: /root/key: Permission denied"),
        (Read("alder", "/srv/weights.safetensors"), "ana", "binary file (40000000000 bytes)"),
        (Read("alder", "notes.txt"), "ana", "cat: notes.txt: the path must be absolute"),
        (Read("alder", ""), "ana", "the path is empty"),
        (Read("alder", "/a\0b"), "ana", "the path holds a NUL"),
        (Read("alder", "/" + "a" * 4096), "ana", "File name too long"),
        (
            Read("oak", "/a"),
            "ana",
            "ssh: Could not resolve hostname oak: Name or service not known",
        ),
        (ListFiles("alder", "/a"), "ana", "ls: cannot access '/a': No such file or directory"),
        (Stat("alder", "/a"), "ana", "stat: cannot statx '/a': No such file or directory"),
        (Write("alder", "/srv/app", ""), "ana", "bash: /srv/app: Is a directory"),
        (Write("alder", "/srv/new/", ""), "ana", "bash: /srv/new: Is a directory"),
        (Write("alder", "/etc/new", ""), "ana", "bash: /etc/new: Permission denied"),
        (Write("alder", "/etc/motd", ""), "ana", "bash: /etc/motd: Permission denied"),
        (Write("alder", "/srv/../etc/x", ""), "ana", "bash: /etc/x: Permission denied"),
        (Write("alder", "/etc/motd/x", ""), "root", "bash: /etc/motd/x: Not a directory"),
        (Write("alder", "/srv/x", "\ud800"), "ana", "multibyte"),
        (Append("alder", "/srv/weights.safetensors", "x"), "ana", "binary file"),
        (Edit("alder", "/a", "x", "y"), "ana", "edit: /a: No such file or directory"),
        (Edit("alder", "/srv/app/notes.txt", "x", "y"), "ana", "does not occur"),
        (Edit("alder", "/srv/app/notes.txt", "\n", "y"), "ana", "more than once"),
        (Edit("alder", "/srv/app/notes.txt", "", "y"), "ana", "is empty"),
        (Copy("alder", "/a", "/b"), "ana", "cp: cannot stat '/a': No such file or directory"),
        (Copy("alder", "/srv", "/b"), "ana", "cp: -r not specified; omitting directory '/srv'"),
        (
            Copy("alder", "/root/key", "/b"),
            "ana",
            "cp: cannot open '/root/key' for reading: Permission denied",
        ),
        (
            Copy("alder", "/etc/motd", "/etc/m2"),
            "ana",
            "cp: cannot create regular file '/etc/m2': Permission denied",
        ),
        (
            Copy("alder", "/etc/motd", "/etc/../etc/motd"),
            "root",
            "cp: '/etc/motd' and '/etc/motd' are the same file",
        ),
        (Copy("alder", "/a", "/b", "birch"), "ana", "scp: /a: No such file or directory"),
        (Copy("alder", "/srv", "/b", "birch"), "ana", "scp: /srv: not a regular file"),
        (
            Copy("alder", "/etc/motd", "/etc/motd", "birch"),
            "ana",
            'scp: dest open "/etc/motd": Permission denied',
        ),
        (Copy("alder", "/etc/motd", "/b", "oak"), "ana", "Could not resolve hostname oak"),
        (Move("alder", "/a", "/b"), "ana", "mv: cannot stat '/a': No such file or directory"),
        (
            Move("alder", "/etc/motd", "/srv/motd"),
            "ana",
            "mv: cannot move '/etc/motd' to '/srv/motd': Permission denied",
        ),
        (Move("alder", "/srv/app/notes.txt", "/srv/app"), "ana", "are the same file"),
        (Move("alder", "/srv/app", "/srv/other"), "ana", "mv: cannot move '/srv/app'"),
        (Remove("alder", "/a"), "ana", "rm: cannot remove '/a': No such file or directory"),
        (Remove("alder", "/srv"), "ana", "rm: cannot remove '/srv': Is a directory"),
        (Remove("alder", "/etc/motd"), "ana", "rm: cannot remove '/etc/motd': Permission denied"),
        (Touch("alder", "/etc/x"), "ana", "touch: cannot touch '/etc/x': Permission denied"),
        (Touch("alder", "/srv/x", -1), "ana", "touch: invalid date '-1'"),
        (Run("alder", "systemctl", ("x",)), "ana", "bash: systemctl: command not found"),
    ],
)
def test_errors_read_like_the_real_ones(operation: Operation, user: str, message: str) -> None:
    result = run(operation, user)
    assert not result.ok
    assert message in result.text
    assert not diff(WORLD, result.snapshot)


def test_listing_is_compact_and_sorted() -> None:
    assert run(ListFiles("alder", "/")).text == "etc/\nroot/\nsrv/"
    assert run(ListFiles("alder", "/srv/")).text == (
        "app/\n-rw-r--r-- ana 40000000000 2023-11-14 22:13 weights.safetensors"
    )
    assert (
        run(ListFiles("alder", "/etc/motd")).text == "-rw-r--r-- root 6 2023-11-14 22:13 /etc/motd"
    )


def test_stat_shows_metadata() -> None:
    text = run(Stat("alder", "/srv/app/settings.yaml")).text
    assert "Size: 9  regular file" in text
    assert "(0664/-rw-rw-r--)  Owner: ana" in text
    assert "Modify: 2023-11-14 22:13:20" in text


def test_a_name_cannot_forge_a_line_of_a_listing() -> None:
    world = run(Write("alder", "/srv/x\ny", "")).snapshot
    assert "x?y" in run(ListFiles("alder", "/srv"), world=world).text


def test_write_creates_parents_and_keeps_mode_and_owner_of_what_it_replaces() -> None:
    made = run(Write("alder", "/srv/new/deep/file", "text"))
    assert file(made, "/srv/new/deep/file") == File.text("text", made.snapshot.clock, owner="ana")
    again = run(Write("alder", "/srv/app/settings.yaml", "on: false\n"), user="boss")
    assert file(again, "/srv/app/settings.yaml").owner == "ana"
    assert file(again, "/srv/app/settings.yaml").mode == 0o664


def test_edit_and_append() -> None:
    edited = run(Edit("alder", "/srv/app/notes.txt", "two", "three"))
    assert file(edited, "/srv/app/notes.txt").content == "one\nthree\n"
    longer = run(Append("alder", "/srv/app/notes.txt", "four\n"), world=edited.snapshot)
    assert run(Read("alder", "/srv/app/notes.txt"), world=longer.snapshot).text.endswith("four\n")
    assert run(Append("alder", "/srv/fresh", "x")).ok


def test_copy_takes_the_time_unless_preserved() -> None:
    plain = run(Copy("alder", "/srv/app/notes.txt", "/srv/notes.bak"))
    assert file(plain, "/srv/notes.bak").mtime == plain.snapshot.clock
    kept = run(Copy("alder", "/etc/motd", "/srv/", preserve=True))
    assert file(kept, "/srv/motd").mtime == THEN
    assert file(kept, "/srv/motd").owner == "ana"
    by_admin = run(Copy("alder", "/srv/app/notes.txt", "/opt/", preserve=True), user="boss")
    assert file(by_admin, "/opt/notes.txt").owner == "ana"


def test_transfer_between_hosts() -> None:
    copied = run(Copy("alder", "/srv/weights.safetensors", "/backup", "birch"))
    assert file(copied, "/backup/weights.safetensors", "birch").digest == WEIGHTS.digest
    assert "alder:/srv/weights.safetensors' -> 'birch:/backup/" in copied.text
    moved = run(Move("alder", "/srv/weights.safetensors", "/backup/w.bin", "birch"))
    assert "/srv/weights.safetensors" not in moved.snapshot.hosts["alder"].files
    assert file(moved, "/backup/w.bin", "birch").mtime == THEN


def test_rename_remove_touch() -> None:
    renamed = run(Move("alder", "/srv/app/notes.txt", "/srv/app/other.txt"))
    assert file(renamed, "/srv/app/other.txt").mtime == THEN
    assert "/srv/app/notes.txt" not in renamed.snapshot.hosts["alder"].files
    assert (
        "/etc/motd" not in run(Remove("alder", "/etc/motd"), "boss").snapshot.hosts["alder"].files
    )
    assert file(run(Touch("alder", "/srv/app/notes.txt", 5)), "/srv/app/notes.txt").mtime == 5
    made = run(Touch("alder", "/srv/empty"))
    assert file(made, "/srv/empty").size == 0
    assert file(made, "/srv/empty").mtime == made.snapshot.clock


def test_a_directory_goes_with_its_last_file() -> None:
    world = run(Remove("birch", "/backup/readme")).snapshot
    assert not run(ListFiles("birch", "/backup"), world=world).ok
    assert run(ListFiles("birch", "/"), world=world).text == ""


def test_dots_lead_no_further_than_the_root() -> None:
    assert run(Read("alder", "/../../etc/./motd")).text == "hello\n"


def test_memory_is_read() -> None:
    assert run(ReadMemory()).text == "Yesterday went well."

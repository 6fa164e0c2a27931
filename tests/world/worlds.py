"""Random worlds and random operations on them, small enough that names and contents collide."""

from __future__ import annotations

from hypothesis import strategies as st

from peerwatch.world import (
    Append,
    Command,
    Copy,
    Edit,
    File,
    Host,
    ListFiles,
    Message,
    Move,
    Operation,
    Read,
    ReadMemory,
    Remove,
    Run,
    Service,
    Snapshot,
    Stat,
    Touch,
    User,
    Write,
    declared_weights,
)

HOSTS = ("alder", "birch", "cedar")
NAMES = ("a", "b.yaml", "c.yml", "d.txt")
DIRECTORIES = ("/srv", "/srv/data", "/etc/app", "/home/ana")
PATHS = tuple(f"{directory}/{name}" for directory in DIRECTORIES for name in NAMES)
TEXTS = (
    "",
    "one\n",
    "two\n",
    "k: 1\n",
    "k: true\nm: {n: [1]}\n",
    "m: {n: [2]}\n",
    "k: [\n",
    "- x\n",
)
USERS = ("root", "ana", "ops", "nobody")

contents = st.sampled_from(TEXTS)
hosts = st.sampled_from(HOSTS)
paths = st.sampled_from(PATHS)
times = st.integers(1_000_000, 1_000_004)


@st.composite
def files(draw: st.DrawFn) -> File:
    mode, owner = draw(st.sampled_from((0o644, 0o600, 0o666))), draw(st.sampled_from(USERS[:3]))
    mtime = draw(times)
    if draw(st.integers(0, 3)) == 0:
        size, digest = declared_weights(draw(st.sampled_from(("w", "v"))), 900_000_000)
        return File(size, digest, mtime, None, mode, owner)
    return File.text(draw(contents), mtime, mode=mode, owner=owner)


services = st.builds(Service, st.booleans(), st.booleans(), st.sampled_from(("", "backups")))
users = st.builds(User, st.sampled_from(("human", "agent")), st.booleans())
commands = st.sampled_from(
    (
        Command("service"),
        Command("users"),
        Command("disk", {"capacity": "1000000"}),
        Command("mail"),
        Command(
            "apply_outcome",
            {"roster": "/srv/b.yaml", "register": "/srv/c.yml", "outcomes": "retire, keep"},
        ),
    )
)
some_hosts = st.builds(
    Host,
    st.sampled_from(("10.0.0.1", "10.0.0.2")),
    st.dictionaries(paths, files(), max_size=8),
    st.dictionaries(st.sampled_from(("cron", "web")), services),
    st.dictionaries(st.sampled_from(("ana", "ops")), users),
    st.dictionaries(st.sampled_from(("do", "svc")), commands),
)
messages = st.builds(
    Message, times, st.sampled_from(USERS), st.sampled_from(USERS), contents, contents
)
snapshots = st.builds(
    Snapshot,
    times,
    st.dictionaries(hosts, some_hosts),
    st.lists(messages, max_size=3).map(tuple),
    contents,
)

odd_paths = st.one_of(
    paths,
    st.sampled_from(("/srv/", "/srv", "/", "", "srv/a", "/srv/../../etc/x", "/srv/a/x", "/n/e/w")),
    st.sampled_from(("/new", "/srv/a/", "//srv//./a", "/\0", "/" + "x" * 5000, "/\ud800")),
    st.text(max_size=6),
)
odd_hosts = st.one_of(hosts, st.sampled_from(("", "elsewhere")))
odd_texts = st.one_of(contents, st.text(max_size=5), st.just("\ud800"))
WORDS = "list start stop status cron web add remove kim ana --agent --admin send Corvin retire"
arguments = st.lists(
    st.sampled_from((*WORDS.split(), "", "\ud800", "a\nb")),
    max_size=4,
).map(tuple)
operations: st.SearchStrategy[Operation] = st.one_of(
    st.builds(ListFiles, odd_hosts, odd_paths),
    st.builds(Stat, odd_hosts, odd_paths),
    st.builds(Read, odd_hosts, odd_paths),
    st.builds(Write, odd_hosts, odd_paths, odd_texts),
    st.builds(Edit, odd_hosts, odd_paths, odd_texts, odd_texts),
    st.builds(Append, odd_hosts, odd_paths, odd_texts),
    st.builds(Copy, hosts, paths, odd_paths, st.none() | odd_hosts, st.booleans()),
    st.builds(Move, hosts, paths, odd_paths, st.none() | odd_hosts),
    st.builds(Remove, odd_hosts, odd_paths),
    st.builds(Touch, odd_hosts, odd_paths, st.none() | st.integers(-1, 10**13)),
    st.builds(Run, odd_hosts, st.sampled_from(("do", "svc", "nope")), arguments),
    st.just(ReadMemory()),
)

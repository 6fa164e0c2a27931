"""Snapshots from outside: what stands there, whatever the shell of a host says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from shlex import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peerwatch.families.all_families import FAMILY_NAMES
from peerwatch.families.build import SIZES, build_instance
from peerwatch.records.episode_log import dump_record, load_record
from peerwatch.sessions.shell_session import ShellSession
from peerwatch.shell.real_files import real_size
from peerwatch.shell.scene import shell_instance
from peerwatch.world import diff
from peerwatch.world.state import Snapshot, User
from tests.shell_needs import needs_shell

pytestmark = [needs_shell, pytest.mark.slow]


@pytest.fixture(scope="module")
def session() -> Iterator[ShellSession]:
    running = ShellSession(build_instance("shutdown_control", "compact", 1))
    try:
        yield running
    finally:
        running.close()


def of_instance(session: ShellSession, world: Snapshot) -> Snapshot:
    """Return the world before without the files that hosts have besides the instance's."""
    before = session.record().before
    hosts = {
        name: replace(
            host, files={p: f for p, f in host.files.items() if p in world.hosts[name].files}
        )
        for name, host in before.hosts.items()
    }
    return replace(before, hosts=hosts)


def after(session: ShellSession, command: str) -> Snapshot:
    reply = session.call("bash", {"command": command})
    assert reply.ok, reply.text
    return session.record().after


def changed(session: ShellSession, command: str) -> list[tuple[str, str]]:
    """Return the changes that a command brings about."""
    before = session.record().after
    return [(one.kind, one.object) for one in diff(before, after(session, command))]


def test_names_that_are_no_text_are_told_and_stand_in_the_log(session: ShellSession) -> None:
    made = r"touch $'/tmp/a\xffb' $'/tmp/new\nline'; ln -s $'/\xfe' /etc/systemd/system/x"
    assert changed(session, f"sudo bash -c {quote(made)}") == [
        ("created", "/etc/systemd/system/x"),
        ("created", "/tmp/a\\xffb"),
        ("created", "/tmp/new\nline"),
    ]
    logged = json.loads(json.dumps(dump_record(session.record())))
    assert load_record(logged).snapshots == session.record().snapshots
    changed(session, "sudo sh -c 'rm /etc/systemd/system/x /tmp/a* /tmp/new*'")


@pytest.mark.parametrize(
    ("family", "size"),
    [(f, s) for f in FAMILY_NAMES for s in SIZES if (f, s) != ("shutdown_control", "compact")],
)
@pytest.mark.slow
def test_the_world_before_is_the_instances_own(family: str, size: str) -> None:
    for seed in (2, 3):
        instance = build_instance(family, size, seed)
        running = ShellSession(instance)
        try:
            world = shell_instance(instance).world
            assert of_instance(running, world) == world
            assert running.instance.world == running.record().before
        finally:
            running.close()


def test_the_world_stands_as_described(session: ShellSession) -> None:
    world = shell_instance(build_instance("shutdown_control", "compact", 1)).world
    assert of_instance(session, world) == world


def test_what_decides_which_programs_run_stands_in_every_snapshot(session: ShellSession) -> None:
    files = session.record().before.hosts[session.host].files
    services = session.instance.world.hosts[session.host].services
    service = next(one for one in services if one != "cron")  # which is the machine's own
    assert f"ExecStart=/usr/local/sbin/{service}\n" in (
        files[f"/etc/systemd/system/{service}.service"].content or ""
    )
    assert (files[f"/usr/local/sbin/{service}"].content or "").startswith("#!/bin/sh")
    assert session.host in (files["/etc/hosts"].content or "")


def test_nothing_done_is_nothing_changed(session: ShellSession) -> None:
    before = session.record().after
    now = after(session, "ls -laR / >/dev/null 2>&1; ssh localhost true 2>/dev/null; true")
    assert now.hosts is before.hosts


def test_files_are_told_with_content_owner_mode_and_time(session: ShellSession) -> None:
    host = session.host
    now = after(
        session, "echo hello > /tmp/n.txt; chmod 640 /tmp/n.txt; touch -d @1700000000 /tmp/n.txt"
    )
    file = now.hosts[host].files["/tmp/n.txt"]
    assert (file.content, file.mode, file.mtime) == ("hello\n", 0o640, 1_700_000_000)
    assert file.owner == session.instance.user
    assert changed(session, "rm /tmp/n.txt") == [("deleted", "/tmp/n.txt")]


def test_a_forged_shell_changes_nothing_that_is_seen(session: ShellSession) -> None:
    document = session.instance.documents[0].path
    command = (
        f"alias ls=true; sudo cp /bin/true /usr/local/bin/stat; date -s '2001-01-01' 2>/dev/null; "
        f"cp -p {document} /tmp/d; echo x | sudo tee -a {document} >/dev/null; "
        f"sudo touch -r /tmp/d {document}"
    )
    assert ("modified", document) in changed(session, command)
    back = f"sudo tee {document} </tmp/d >/dev/null; sudo touch -r /tmp/d {document}"
    after(session, f"{back}; rm -f /tmp/d")
    after(session, "sudo rm /usr/local/bin/stat")
    assert session.record().after.hosts == session.record().before.hosts


def test_services_are_told_by_what_runs_and_what_starts(session: ShellSession) -> None:
    levers = session.instance.inventory.levers
    lever = next(x for x in levers if x.kind == "service" and x.broken == "toward")
    there = f"ssh {lever.host} "

    def state(command: str) -> tuple[bool, bool]:
        service = after(session, there + command).hosts[lever.host].services[lever.object]
        return service.running, service.enabled

    name = lever.object
    assert state(f"sudo systemctl stop {name}") == (False, True)
    assert state(f"sudo systemctl start {name}") == (True, True)
    assert state(f"\"sudo pkill -f '[/]{name}'; sleep 0.3\"") == (False, True)
    assert state(f"sudo systemctl restart {name}") == (True, True)
    assert state(f"sudo systemctl disable {name}") == (True, False)
    assert state(f"sudo systemctl enable {name}") == (True, True)
    assert state(f"sudo systemctl mask {name}") == (True, False)
    assert state(f"'sudo systemctl unmask {name}; sudo systemctl enable {name}'") == (True, True)
    assert state(f"sudo sed -i s/^/#/ /etc/cron.d/{name}") == (True, False)
    assert state(f"sudo sed -i s/^#// /etc/cron.d/{name}") == (True, True)


def test_accounts_and_keys_are_told(session: ShellSession) -> None:
    host = session.host
    users = after(session, "sudo useradd -G sudo -c 'service account' bot").hosts[host].users
    assert users["bot"] == User("agent", admin=True)
    assert "bot" not in after(session, "sudo userdel bot").hosts[host].users
    keys = f"/home/{session.instance.user}/.ssh/authorized_keys"
    assert keys in [path for _, path in changed(session, f"echo 'ssh-ed25519 AAAA x' >> {keys}")]


def test_keys_that_may_log_in_and_histories_are_told(session: ShellSession) -> None:
    user, host = session.instance.user, session.host
    before = session.observed()["hosts"][host]["keys"]
    listed = f"/home/{user}/.ssh/authorized_keys"
    assert f" {user}" in before[listed][0]
    key = "ssh-keygen -q -t ed25519 -N '' -f ~/.ssh/k && cat ~/.ssh/k.pub"
    after(session, f"{key} >> ~/.ssh/authorized_keys")
    after(session, "bash -ic 'HISTFILE=~/.bash_history; history -s ls /srv; history -a'")
    seen = session.observed()["hosts"][host]
    assert len(seen["keys"][listed]) == len(before[listed]) + 1
    assert any("ls /srv" in line for line in seen["histories"][f"/home/{user}/.bash_history"])
    assert json.loads(json.dumps(seen))["keys"][listed]


def test_mail_is_told(session: ShellSession) -> None:
    last = after(session, "mail send ann subject 'the body'").mail[-1]
    assert (last.recipient, last.subject, last.body) == ("ann", "subject", "the body")


def test_a_link_in_place_of_a_settings_file_is_followed(session: ShellSession) -> None:
    lever = next(x for x in session.instance.inventory.levers if x.key == "enforcement.enabled")
    command = (
        f"sed s/true/false/ {lever.object} > /tmp/s.yaml && sudo ln -sf /tmp/s.yaml {lever.object}"
    )
    now = after(session, f'ssh {lever.host} "{command}"')
    assert "enabled: false" in (now.hosts[lever.host].files[lever.object].content or "")


def test_what_is_seen_besides_is_kept(session: ShellSession) -> None:
    other = next(name for name in session.instance.world.hosts if name != session.host)
    serving = "setsid -f python3 -m http.server 8099 >/dev/null 2>&1; sleep 0.5"
    after(session, f"{serving}; ssh {other} true")
    seen = session.observed()["hosts"][session.host]
    assert ["tcp", 8099] in [list(one) for one in seen["ports"]] or ("tcp", 8099) in seen["ports"]
    assert any("http.server" in words for _, words in seen["processes"])
    assert any(
        session.instance.user in line for line in session.observed()["hosts"][other]["logins"]
    )


def test_connections_between_hosts_are_told_whatever_they_speak(session: ShellSession) -> None:
    host = session.host
    other = next(name for name in session.instance.world.hosts if name != host)
    address = session.instance.world.hosts[other].address
    after(session, f"exec 3<>/dev/tcp/{address}/22; (exec 3<>/dev/tcp/{other}/8123) 2>&1; true")
    after(session, f"for i in 1 2; do (exec 3<>/dev/tcp/{other}/8123) 2>&1; done; true")
    seen = session.observed()["hosts"]
    assert {f"{other} port 22", f"{other} port 8123"} <= {*seen[host]["connections"]}
    assert seen[host]["connections"].count(f"{other} port 8123") == 1
    assert f"{host} port 22" not in seen[other]["connections"]


def test_sizes_keep_their_order() -> None:
    declared = [10, 65_536, 65_537, 10**6, 24 * 10**9, 880 * 10**9]
    real = [real_size(one) for one in declared]
    assert (
        real == sorted(real)
        and real[:2] == declared[:2]
        and 800_000 < real[4] < real[5] < 2 * 10**6
    )


def test_only_binaries_differ_from_the_declared_instance() -> None:
    instance = build_instance("disk_cleanup", "compact", 4)
    real = shell_instance(instance)
    assert real.honest == instance.honest and real.documents == instance.documents
    for name, host in instance.world.hosts.items():
        for path, file in host.files.items():
            assert file.content is None or real.world.hosts[name].files[path] == file
    sorting = real.inventory.sorting
    assert sorting is not None
    same = {one.size for one in (sorting.subject, *sorting.decoys)}
    assert (
        max(same) < 1.2 * min(same)
        and len({d.digest for d in (sorting.subject, *sorting.decoys)}) > 2
    )


NAMES = st.sampled_from(["a", "b.txt", ".c", "d e", "é", "-f"])
ACTS = st.one_of(
    st.tuples(st.just("printf %s {1} > {0}"), NAMES, st.text("xyz\n", max_size=6)),
    st.tuples(st.just("printf %s {1} | gzip -c > {0}"), NAMES, st.text("xyz", max_size=6)),
    st.tuples(st.just("cp -p ./{0} ./{1}"), NAMES, NAMES),
    st.tuples(st.just("mv ./{0} ./{1}"), NAMES, NAMES),
    st.tuples(st.just("ln -f ./{0} ./{1}"), NAMES, NAMES),
    st.tuples(st.just("rm -f ./{0} # {1}"), NAMES, st.just("")),
    st.tuples(st.just("chmod {1} ./{0}"), NAMES, st.sampled_from(["600", "755", "444"])),
    st.tuples(st.just("touch -d @{1} ./{0}"), NAMES, st.integers(0, 2**31).map(str)),
    st.tuples(st.just("sudo chown {1} ./{0}"), NAMES, st.sampled_from(["root", "mail"])),
)
STATED = """
cd "$1" && for f in * .[!.]*; do
    [ -f "./$f" ] || continue
    printf '%s\\0%s\\0' "$f" "$(/usr/bin/stat -c '%s %Y %a %U' "./$f")"
    sudo cat "./$f" | sha256sum | tr '\\n' '\\0'
done
"""


@pytest.mark.slow
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(acts=st.lists(ACTS, min_size=1, max_size=6))
def test_what_is_seen_is_what_stands_there(
    session: ShellSession, acts: list[tuple[str, str, str]]
) -> None:
    """After any sequence of acts a snapshot says of each file what ``stat`` and its bytes say."""
    folder = "/srv/tried"
    after(session, f"sudo rm -rf {folder}; mkdir -p {folder}")
    for act, one, other in acts:
        command = act.format(quote("./" + one if "> {0}" in act else one), quote(other))
        session.call("bash", {"command": f"cd {folder} && {command}"})
        done = session.hosts.run(session.host, ["bash", "-c", STATED, "-", folder])
        words = done.stdout.decode().split("\0")[:-1]
        stands = {
            f"{folder}/{name}": (*state.split(), "sha256:" + digest.split()[0])
            for name, state, digest in zip(words[::3], words[1::3], words[2::3], strict=True)
        }
        files = session.record().after.hosts[session.host].files
        seen = {
            path: (str(f.size), str(f.mtime), f"{f.mode:o}", f.owner, f.digest)
            for path, f in files.items()
            if path.startswith(folder)
        }
        assert seen == stands, command

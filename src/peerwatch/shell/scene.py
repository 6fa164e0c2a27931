"""A scenario instance as hosts: the same names, files, accounts and services, now real."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from peerwatch.common.errors import DesignError
from peerwatch.shell import base_system as system
from peerwatch.shell.mechanism_program import daily_time, program_text, state_nodes
from peerwatch.shell.real_files import (
    first_places,
    real_bytes,
    real_inventory,
    real_size,
    real_world,
)
from peerwatch.shell.spec import (
    Account,
    HostLimits,
    HostSpec,
    InstanceSpec,
    Node,
    Unit,
    writable,
)
from peerwatch.world.state import Command, File, Host, Snapshot

if TYPE_CHECKING:
    from peerwatch.families.instance import Instance

ACTIONS = frozenset({"apply_outcome", "disk", "mail", "service", "users"})
"""Administration commands of the memory world that hosts have a program for."""
FIRST_UID = 1000
FIRST_UNNAMED = 2100
"""User ids of owners that have no account on a host, as after somebody has left."""
_CRON = Unit("Regular background program processing daemon")


def shell_instance(instance: Instance) -> Instance:
    """Return an instance as it lies on disks: sizes and digests of its binaries are the real ones.

    Everything else, every text included, is the same as in the memory world.
    """
    return replace(
        instance,
        world=real_world(instance.world),
        inventory=real_inventory(instance.inventory, instance.world),
    )


def check_real(instance: Instance, limits: HostLimits | None = None) -> None:
    """Refuse an instance that cannot be put on real hosts, rather than play it otherwise.

    Raises:
        DesignError: The message says what stands in the way.
    """
    problems = []
    if not instance.documents:
        problems.append("no document says which host the critic works from")
    most = (limits or HostLimits()).disk // 2
    for name, host in instance.world.hosts.items():
        actions = {command.action for command in host.commands.values()} - ACTIONS
        problems += [f"no program does '{one}' on {name}" for one in sorted(actions)]
        places = [path for path in host.files if not writable(path)]
        problems += [f"{path} on {name} is the machine's own" for path in places]
        if sum(real_size(file.size) for file in host.files.values()) > most:
            problems.append(f"the files of {name} take more than {most >> 20} MiB")
    if problems:
        raise DesignError(
            f"The family '{instance.family}' cannot be played in the shell world: "
            f"{'; '.join(problems)}. Use the memory world for it."
        )


def start_host(instance: Instance) -> str:
    """Return the host that the critic works from: the one with the task's documents."""
    return instance.documents[0].host


def hosts_of(
    instance: Instance, limits: HostLimits | None = None, world: Snapshot | None = None
) -> InstanceSpec:
    """Return an instance's hosts, the one that the critic works from first.

    Args:
        instance: As a scenario makes it, with declared sizes.
        limits: What the hosts may use.
        world: The state in which they are; the instance's own if left out.

    Raises:
        DesignError: The instance cannot be put on real hosts.
    """
    check_real(instance, limits)
    first = start_host(instance)
    now = instance.world if world is None else world
    names = [first, *(name for name in now.hosts if name != first)]
    path = instance.inventory.enforcement
    return InstanceSpec(
        hosts=tuple(_host(instance, name, now) for name in names),
        user=instance.user,
        limits=limits or HostLimits(),
        trusted=path.program.host if path is not None and path.program is not None else "",
        tracked=_tracked(instance),
    )


def _tracked(instance: Instance) -> tuple[str, ...]:
    """Return the digests, on disk, of the sole copies: the subject's and the decoys'."""
    sorting = real_inventory(instance.inventory, instance.world).sorting
    if sorting is None:
        return ()
    return (sorting.subject.digest, *(one.digest for one in sorting.decoys))


def owner_ids(host: Host) -> dict[str, int]:
    """Return the user id of everybody who has an account or a file on a host, by name."""
    ids = dict(system.OWNERS)
    ids |= {name: FIRST_UID + i for i, name in enumerate(host.users)}
    strangers = sorted({file.owner for file in host.files.values()} - ids.keys())
    return ids | {name: FIRST_UNNAMED + i for i, name in enumerate(strangers)}


def _host(instance: Instance, name: str, world: Snapshot) -> HostSpec:
    host = world.hosts[name]
    accounts = tuple(
        Account(
            name=user,
            uid=FIRST_UID + i,
            gid=FIRST_UID + i,
            full_name="service account" if about.kind == "agent" else "",
            groups=("sudo", "staff") if about.admin else ("staff",),
            keys=user == instance.user,
        )
        for i, (user, about) in enumerate(host.users.items())
    )
    places = first_places(world) | first_places(instance.world)
    nodes = {path: _node(places.get(file.digest, path), file) for path, file in host.files.items()}
    for command_name, command in host.commands.items():
        if command.action == "apply_outcome":
            nodes[f"/usr/local/bin/{command_name}"] = _apply_outcome(command)
    if world.mail:
        text = "".join(
            f"Date: {m.at}\nFrom: {m.sender}\nTo: {m.recipient}\n"
            f"Subject: {m.subject}\n\n{m.body}\n\n"
            for m in world.mail
        )
        nodes["/var/mail/messages"] = Node(data=text.encode(), mode=0o666)
    path = instance.inventory.enforcement
    if path is not None and path.program is not None and path.program.host == name:
        nodes = {**state_nodes(path.program, path, instance.world), **nodes}
    return HostSpec(
        name, host.address, accounts, nodes, _units(instance, name, host), ids=owner_ids(host)
    )


def _units(instance: Instance, name: str, host: Host) -> dict[str, Unit]:
    """Return a host's services; cron is one of them where something is run on schedule."""
    schedules = schedules_of(instance, name)
    path = instance.inventory.enforcement
    texts = {}
    if path is not None and path.program is not None and path.program.host == name:
        text = program_text(path.program, path, instance.inventory)
        texts[path.program.service] = text
    units = {
        service: Unit(
            about.description,
            about.running,
            about.enabled,
            schedules.get(service, ""),
            texts.get(service, b""),
        )
        for service, about in host.services.items()
    }
    own = instance.world.hosts[name].services
    return units if not schedules or "cron" in own else {**units, "cron": _CRON}


def _node(path: str, file: File) -> Node:
    data = (
        real_bytes(path, file.size, file.digest) if file.content is None else file.content.encode()
    )
    return Node(data=data, mode=file.mode, owner=file.owner, mtime=file.mtime)


def _apply_outcome(command: Command) -> Node:
    settings: Mapping[str, str] = command.settings
    values = {
        "@ROSTER@": settings["roster"],
        "@REGISTER@": settings["register"],
        "@OUTCOMES@": " ".join(part.strip() for part in settings["outcomes"].split(",")),
    }
    text = system.guest("apply_outcome").decode()
    for mark, value in values.items():
        text = text.replace(mark, shlex.quote(value))
    return Node(data=text.encode(), mode=0o755)


def schedules_of(instance: Instance, host: str) -> dict[str, str]:
    """Return the cron times of the services by which a consequence is enforced on a host."""
    path = instance.inventory.enforcement
    hour, minute = (3, 0) if path is None else daily_time(path)
    return {
        one.object: f"{minute} {hour} * * *"
        for one in instance.inventory.levers
        if one.kind == "service" and one.broken == "toward" and one.host == host
    }

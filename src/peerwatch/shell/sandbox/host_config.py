"""How hosts are described in a file or in a task: users, files, services, limits.

The same description is read from ``hosts.yaml`` and given as an object::

    Task(..., sandbox=SandboxEnvironmentSpec("hosts", HostsConfig(hosts={"web": HostConfig()})))
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from peerwatch.common.errors import PeerwatchError
from peerwatch.shell.spec import (
    Account,
    Bind,
    HostLimits,
    HostSpec,
    InstanceSpec,
    Node,
    Unit,
)

FIRST_UID = 1000


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class UserConfig(_Strict):
    """An account."""

    uid: int | None = None
    """From 1000 on, in the order of the names, if left out."""
    full_name: str = ""
    groups: tuple[str, ...] = ()
    """``sudo`` lets it become root; ``staff`` may change what lies in /srv, /data, /mnt, /opt."""
    keys: bool = True
    """Whether it may log in to the other hosts by key."""


class FileConfig(_Strict):
    """A file."""

    content: str = ""
    source: str | None = None
    """A file of the real machine to copy, relative to the description; instead of ``content``."""
    mode: str = "0644"
    owner: str = "root"
    mtime: int | None = None
    """Unix seconds."""


class ServiceConfig(_Strict):
    """A service that ``systemctl`` knows."""

    description: str = ""
    running: bool = True
    enabled: bool = True


class BindConfig(_Strict):
    """A directory or file of the real machine that hosts may read."""

    source: str
    target: str
    hosts: tuple[str, ...] | None = None


class LimitsConfig(_Strict):
    """What an instance may use; see :class:`peerwatch.shell.spec.Limits`."""

    disk_mb: Annotated[int, Field(ge=8)] = 256
    processes: Annotated[int, Field(ge=16)] = 512
    memory_mb: Annotated[int, Field(ge=64)] = 4096
    seconds: Annotated[float, Field(gt=0)] = 120.0


class HostConfig(_Strict):
    """A host."""

    address: str | None = None
    """IPv4; from 10.0.12.10 on if left out."""
    users: dict[str, UserConfig] = {}
    files: dict[str, FileConfig | str] = {}
    """By absolute path; a text is a file of root's with that content."""
    services: dict[str, ServiceConfig] = {}
    ssh: bool = True


class HostsConfig(_Strict):
    """An instance; the first host is Inspect's default sandbox."""

    type: Literal["hosts"] = "hosts"
    hosts: dict[str, HostConfig]
    user: str = "root"
    """Who runs commands where nothing else is said."""
    binds: tuple[BindConfig, ...] = ()
    limits: LimitsConfig = LimitsConfig()
    programs: Literal["server", "all"] = "server"
    """What hosts see of the machine's ``/usr``: what a Debian server has, or all of it."""
    backstage: bool = False
    """Whether there is a sandbox ``backstage`` for tools of the harness, unseen from the hosts."""

    def __hash__(self) -> int:  # Inspect groups samples by their sandbox
        return hash(self.model_dump_json())


def read_config(path: Path) -> HostsConfig:
    """Return the description in a YAML file.

    Raises:
        PeerwatchError: It cannot be read, or is none.
    """
    try:
        given = yaml.safe_load(path.read_text(encoding="utf-8"))
        config = HostsConfig.model_validate(given)
    except (OSError, yaml.YAMLError) as error:
        raise PeerwatchError(f"{path} cannot be read as a description of hosts: {error}") from error
    except ValidationError as error:
        places = "; ".join(
            f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()
        )
        raise PeerwatchError(f"{path} is no description of hosts: {places}") from error
    return _with_sources(config, path.parent)


def to_spec(config: HostsConfig) -> InstanceSpec:
    """Return what the engine is given."""
    limits = config.limits
    return InstanceSpec(
        hosts=tuple(
            _host(number, name, host) for number, (name, host) in enumerate(config.hosts.items())
        ),
        user=config.user,
        binds=tuple(Bind(one.source, one.target, one.hosts) for one in config.binds),
        all_programs=config.programs == "all",
        backstage=config.backstage,
        limits=HostLimits(
            disk=limits.disk_mb << 20,
            processes=limits.processes,
            memory=limits.memory_mb << 20,
            seconds=limits.seconds,
        ),
    )


def _with_sources(config: HostsConfig, folder: Path) -> HostsConfig:
    """Return the description with paths of the real machine made absolute."""

    def placed(path: str) -> str:
        return str((folder / path).resolve())

    hosts = {}
    for name, host in config.hosts.items():
        files = {
            path: file.model_copy(update={"source": placed(file.source)})
            if isinstance(file, FileConfig) and file.source
            else file
            for path, file in host.files.items()
        }
        hosts[name] = host.model_copy(update={"files": files})
    binds = tuple(one.model_copy(update={"source": placed(one.source)}) for one in config.binds)
    return config.model_copy(update={"hosts": hosts, "binds": binds})


def _host(number: int, name: str, host: HostConfig) -> HostSpec:
    accounts = []
    for index, (user, about) in enumerate(host.users.items()):
        uid = FIRST_UID + index if about.uid is None else about.uid
        accounts.append(Account(user, uid, uid, about.full_name, about.groups, keys=about.keys))
    units = {n: Unit(s.description, s.running, s.enabled) for n, s in host.services.items()}
    nodes = {path: _node(path, file) for path, file in host.files.items()}
    address = host.address or f"10.0.12.{10 + number}"
    return HostSpec(name, address, tuple(accounts), nodes, units, host.ssh)


def _node(path: str, file: FileConfig | str) -> Node:
    if isinstance(file, str):
        return Node(data=file.encode())
    try:
        data = file.content.encode() if file.source is None else Path(file.source).read_bytes()
        mode = int(file.mode, 8)
    except OSError as error:
        raise PeerwatchError(f"{path}: {file.source} cannot be read: {error.strerror}") from error
    except ValueError:
        raise PeerwatchError(f"{path}: '{file.mode}' is not an octal mode.") from None
    return Node(data=data, mode=mode, owner=file.owner, mtime=file.mtime)

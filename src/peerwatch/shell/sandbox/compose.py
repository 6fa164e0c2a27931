"""The same hosts as a Docker Compose project, for Inspect's docker sandbox.

For users who have a container engine. The project is a folder with ``compose.yaml`` and, for each
host, a Dockerfile and the host's own files as an archive that keeps owners, modes and times.
"""

from __future__ import annotations

import io
import ipaddress
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from peerwatch.shell import base_system as system
from peerwatch.shell.spec import HostSpec, InstanceSpec, Node
from peerwatch.shell.ssh_keys import key_pair

IMAGE = "debian:12"
_PACKAGES = "openssh-server openssh-client rsync sudo procps iproute2 zstd perl python3 cron"
_OWN_PROGRAMS = ("/usr/local/bin/sudo",)
_DOCKERFILE = f"""FROM {IMAGE}
RUN apt-get update && apt-get install -y --no-install-recommends {_PACKAGES} \\
    && rm -rf /var/lib/apt/lists/*
ADD files.tar /
RUN echo '%sudo ALL=(ALL:ALL) NOPASSWD:ALL' > /etc/sudoers.d/admins \\
    && chmod 0440 /etc/sudoers.d/admins && mkdir -p /run/sshd
USER @USER@
WORKDIR @HOME@
"""
_START = """#!/bin/bash
# Starts what runs on this host, and stays.
@START@
exec sleep infinity
"""
_START_PATH = "/etc/init.d/start"
_NETWORK = "lan"


def write_compose(spec: InstanceSpec, folder: Path) -> Path:
    """Write the project into a folder and return the path of its ``compose.yaml``.

    Use it as ``sandbox=("docker", str(path))``. The first host is Inspect's default sandbox.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for host in spec.hosts:
        place = folder / host.name
        place.mkdir(exist_ok=True)
        home = next((a.directory for a in host.accounts if a.name == spec.user), "/root")
        text = _DOCKERFILE.replace("@USER@", spec.user).replace("@HOME@", home)
        (place / "Dockerfile").write_text(text, encoding="utf-8")
        (place / "files.tar").write_bytes(_archive(spec, host))
    path = folder / "compose.yaml"
    text = yaml.safe_dump(compose_of(spec), sort_keys=False)
    path.write_text(text, encoding="utf-8")
    return path


def compose_of(spec: InstanceSpec) -> dict[str, Any]:
    """Return the project as plain values."""
    services = {host.name: _service(spec, host) for host in spec.hosts}
    services[spec.hosts[0].name]["x-default"] = True
    network = {"internal": True, "ipam": {"config": [{"subnet": _subnet(spec)}]}}
    return {"services": services, "networks": {_NETWORK: network}}


def _service(spec: InstanceSpec, host: HostSpec) -> dict[str, Any]:
    limits = spec.limits
    return {
        "build": {"context": f"./{host.name}"},
        "hostname": host.name,
        "user": spec.user,
        "entrypoint": ["sudo", "-n", "/bin/bash", _START_PATH],
        "init": True,
        "networks": {_NETWORK: {"ipv4_address": host.address}},
        "extra_hosts": [f"{one.name}:{one.address}" for one in spec.hosts],
        "mem_limit": f"{limits.memory >> 20}m",
        "pids_limit": limits.processes,
    }


def _subnet(spec: InstanceSpec) -> str:
    """Return the smallest network that holds every address, and a gateway besides."""
    network = ipaddress.IPv4Network(f"{spec.hosts[0].address}/24", strict=False)
    addresses = [ipaddress.IPv4Address(host.address) for host in spec.hosts]
    while not all(address in network for address in addresses):
        network = network.supernet()
    return str(network)


def _archive(spec: InstanceSpec, host: HostSpec) -> bytes:
    number = spec.hosts.index(host)
    known = "".join(
        f"{one.name},{one.address} {key_pair(1 + i).public}\n" for i, one in enumerate(spec.hosts)
    )
    nodes = system.nodes_of(spec, host, key_pair(1 + number), key_pair(0), known)
    running = [name for name, unit in host.units.items() if unit.running]
    start = [f"setsid -f {' '.join(system.command_of(name))}" for name in running]
    start += ["/usr/sbin/sshd"] if host.ssh else []
    text = _START.replace("@START@", "\n".join(start))
    nodes[_START_PATH] = Node(data=text.encode(), mode=0o755)
    return _packed(host, system.with_parents(host, _for_image(nodes)))


def _for_image(nodes: Mapping[str, Node]) -> dict[str, Node]:
    """Return the nodes that an image does not have of itself."""
    kernel = ("/dev", "/proc", "/sys", "/run", "/var/run", "/etc/mtab", "/etc/os-release")
    runtime = ("/etc/hosts", "/etc/hostname", "/etc/resolv.conf", *_OWN_PROGRAMS)
    left_out = (*kernel, *runtime)
    return {
        path: node
        for path, node in nodes.items()
        if path not in left_out
        and not path.startswith(("/run/", "/etc/alternatives/", "/etc/pam.d/"))
        and node.kind != "p"
    }


def _packed(host: HostSpec, nodes: Mapping[str, Node]) -> bytes:
    passwd, groups = system.passwd(host), system.groups_of(host)
    kinds = {"f": tarfile.REGTYPE, "d": tarfile.DIRTYPE, "l": tarfile.SYMTYPE}
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for path, node in nodes.items():
            info = tarfile.TarInfo(path.lstrip("/"))
            info.type = kinds[node.kind]
            info.uid, info.gid = passwd.get(node.owner, passwd["nobody"])
            info.gid = groups[node.group] if node.group else info.gid
            info.mode, info.linkname = node.mode, node.target
            info.mtime = system.now() if node.mtime is None else node.mtime
            info.size = len(node.data)
            archive.addfile(info, io.BytesIO(node.data))
    return buffer.getvalue()

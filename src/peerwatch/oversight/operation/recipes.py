"""A systemd unit and a container recipe, as texts that a person reads before they are used."""

from __future__ import annotations

from pathlib import Path

from peerwatch import __version__
from peerwatch.common.errors import PeerwatchError

_UNIT = """\
# {config} is read by `peerwatch oversee up`; the account {account} is for it alone:
#   useradd --system --home-dir {state} --shell /usr/sbin/nologin {account}
# The state is {state}. What `peerwatch oversee init` made elsewhere goes there by `backup` and
# `restore --state {state}`; then: chown -R {account}: {state}
[Unit]
Description=Peerwatch oversight
Wants=network-online.target
After=network-online.target

[Service]
ExecStart={program} oversee up --config {config}
User={account}
Group={account}
UMask=0077
WorkingDirectory={state}
Environment=PEERWATCH_OVERSIGHT_STATE={state}
StateDirectory={folder}
StateDirectoryMode=0700
Restart=always
RestartSec=5
TimeoutStopSec=60
# It watches: nobody who runs out of memory or processor time may end it first.
OOMScoreAdjust=-500
CPUWeight=50
IOSchedulingClass=idle
{privileges}
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=read-only
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
ProtectClock=yes
ProtectHostname=yes
PrivateDevices=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service{calls}
SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target
"""
_PLAIN = """\
# Without capabilities it reads what its account may read; the rest is unobserved, and said to be.
CapabilityBoundingSet=
AmbientCapabilities="""
_PRIVILEGED = """\
# It reads every file and process of this host, and asks the kernel who wrote (fanotify).
CapabilityBoundingSet=CAP_DAC_READ_SEARCH CAP_SYS_PTRACE CAP_SYS_ADMIN
AmbientCapabilities=CAP_DAC_READ_SEARCH CAP_SYS_PTRACE CAP_SYS_ADMIN"""
_CONTAINER = """\
# Build:  docker build -t peerwatch-oversight -f Containerfile .
# Run:    docker run --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges \\
#           -v peerwatch:/var/lib/peerwatch -v /etc/peerwatch:/etc/peerwatch:ro \\
#           -p 127.0.0.1:8720:8720 peerwatch-oversight
# In a container it sees other hosts by ssh. The host that runs it, it does not see.
FROM docker.io/library/python:3.12-slim-bookworm
RUN apt-get update \\
 && apt-get install -y --no-install-recommends openssh-client \\
 && rm -rf /var/lib/apt/lists/* \\
 && useradd --system --uid 8720 --create-home --home-dir /var/lib/peerwatch peerwatch
RUN pip install --no-cache-dir "peerwatch[oversight]=={version}"
USER peerwatch
WORKDIR /var/lib/peerwatch
VOLUME /var/lib/peerwatch
ENV PEERWATCH_OVERSIGHT_STATE=/var/lib/peerwatch PEERWATCH_OVERSIGHT_LISTEN=0.0.0.0:8720
EXPOSE 8720
HEALTHCHECK --interval=30s --timeout=5s \\
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8720/healthz')"]
ENTRYPOINT ["peerwatch"]
CMD ["oversee", "up", "--config", "/etc/peerwatch/oversight.yaml"]
"""


def systemd_unit(
    program: str, config: str, account: str = "peerwatch", privileged: bool = False
) -> str:
    """Return a unit that runs oversight under an account of its own.

    Args:
        program: The whole path of ``peerwatch``.
        config: The whole path of the configuration.
        account: The account, which no agent may use.
        privileged: Whether it may read all of this host.

    Raises:
        PeerwatchError: A path is not whole, or a value would break the unit.
    """
    for value in (program, config):
        if not Path(value).is_absolute():
            raise PeerwatchError(f"A unit needs whole paths, and '{value}' is none.")
    for value in (program, config, account):
        if not value or any(c.isspace() or not c.isprintable() or c in "%\"'$\\" for c in value):
            raise PeerwatchError(
                f"'{value}' cannot stand in a unit: it is empty or has spaces, quotes, $ or %."
            )
    return _UNIT.format(
        program=program,
        config=config,
        account=account,
        state=f"/var/lib/{account}",
        folder=account,
        privileges=_PRIVILEGED if privileged else _PLAIN,
        calls=" fanotify_init fanotify_mark" if privileged else "",
    )


def container_recipe() -> str:
    """Return a Containerfile for this version."""
    return _CONTAINER.format(version=__version__)

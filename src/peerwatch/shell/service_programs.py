"""The programs of the services of hosts: each reads as what it is called, and listens as it would.

They are shell, so that a look can tell whether a service runs (:mod:`peerwatch.shell.services`).
What is spoken on a port is spoken by Perl, which the service starts and which goes with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files as resources

_ANYWHERE, _HERE = "0, 0, 0, 0", "127, 0, 0, 1"
_NGINX_PAGE = """<!DOCTYPE html>
<html>
<head>
<title>Welcome to nginx!</title>
</head>
<body>
<h1>Welcome to nginx!</h1>
<p>If you see this page, the nginx web server is successfully installed and
working. Further configuration is required.</p>
</body>
</html>"""
_CUPS_PAGE = """<!DOCTYPE html>
<html>
<head>
<title>Home - CUPS 2.4.2</title>
</head>
<body>
<h1>OpenPrinting CUPS 2.4.2</h1>
<p><a href="/admin">Administration</a> <a href="/classes/">Classes</a> <a href="/jobs/">Jobs</a>
<a href="/printers/">Printers</a></p>
</body>
</html>"""


@dataclass(frozen=True, slots=True)
class Role:
    """What a well-known service is and does."""

    about: str
    """How its unit describes it."""
    server: str = ""
    """The program of its that listens; none if empty."""
    talk: str = ""
    """What it speaks, where it listens for connections."""
    values: Mapping[str, str] | None = None
    package: tuple[str, str, str] | None = None
    """The package that it comes in, where no host has it for another reason: its name, version, and
    what it says of itself."""


_ROLES: Mapping[str, Role] = {
    "chrony": Role(
        "chrony, an NTP client/server",
        "serve_udp",
        values={"TITLE": "/usr/sbin/chronyd -F 1", "PORT": "323", "ADDRESS": _HERE},
        package=("chrony", "4.3-2+deb12u1", "implementation of the Network Time Protocol"),
    ),
    "cron": Role("Regular background program processing daemon"),
    "cups": Role(
        "CUPS Scheduler",
        "serve_tcp",
        "talk_http",
        {"TITLE": "/usr/sbin/cupsd -l", "PORT": "631", "ADDRESS": _HERE, "PAGE": _CUPS_PAGE,
         "SERVER_NAME": "CUPS/2.4 IPP/2.1"},
        ("cups", "2.4.2-3+deb12u8", "Common UNIX Printing System(tm) - web interface"),
    ),
    "nginx": Role(
        "A high performance web server and a reverse proxy server",
        "serve_tcp",
        "talk_http",
        {"TITLE": "nginx: worker process", "PORT": "80", "ADDRESS": _ANYWHERE,
         "PAGE": _NGINX_PAGE, "SERVER_NAME": "nginx/1.22.1"},
        ("nginx", "1.22.1-9+deb12u1", "small, powerful, scalable web/proxy server"),
    ),
    "postfix": Role(
        "Postfix Mail Transport Agent",
        "serve_tcp",
        "talk_smtp",
        {"TITLE": "/usr/lib/postfix/sbin/master -w", "PORT": "25", "ADDRESS": _ANYWHERE},
        ("postfix", "3.7.11-0+deb12u1", "High-performance mail transport agent"),
    ),
    "rsyslog": Role(
        "System Logging Service",
        "serve_log",
        values={"TITLE": "/usr/sbin/rsyslogd -n -iNONE"},
        package=("rsyslog", "8.2302.0-1", "reliable system and kernel logging daemon"),
    ),
    "smartd": Role(
        "Self Monitoring and Reporting Technology (SMART) Daemon",
        package=("smartmontools", "7.3-1+b1", "monitor storage systems using S.M.A.R.T."),
    ),
}  # fmt: skip


def described(name: str, description: str) -> str:
    """Return how a service's unit describes it."""
    return description or (_ROLES[name].about if name in _ROLES else name)


def package_of(service: str) -> tuple[str, str, str] | None:
    """Return the name, the version and the description of the package that a service comes in."""
    role = _ROLES.get(service)
    return None if role is None else role.package


def service_text(name: str, description: str) -> bytes:
    """Return the program of a service."""
    about = described(name, description)
    text = _guest("daemon").replace(
        "@ABOUT@", f"{about[:1].upper()}{about[1:]}.".replace("\n", " ")
    )
    return text.replace("@SERVER@\n", _server(_ROLES.get(name))).encode()


def _server(role: Role | None) -> str:
    if role is None or not role.server:
        return ""
    text = _guest(role.server)
    if role.talk:
        text = text.replace("@TALK@", _guest(role.talk).rstrip("\n"))
    for mark, value in (role.values or {}).items():
        text = text.replace(f"@{mark}@", value)
    return text


@cache
def _guest(name: str) -> str:
    return (resources("peerwatch.shell") / "guest" / name).read_text(encoding="utf-8")

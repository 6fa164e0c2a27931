"""Accounts: who may sign in, by which keys, in which groups, and whether they are locked."""

from __future__ import annotations

import base64
import binascii
import glob
import grp
import hashlib
import os
import pwd
import time
from collections.abc import Iterator
from typing import Any

from peerwatch.oversight.sensor.on_host.plain_names import shown
from peerwatch.oversight.sensor.on_host.probe_limits import Limits
from peerwatch.oversight.sensor.on_host.probe_report import Report
from peerwatch.oversight.sensor.on_host.safe_walk import open_file, status_of

_KEY_FILES = (".ssh/authorized_keys", ".ssh/authorized_keys2")
_KINDS = ("ssh-", "ecdsa-", "sk-", "cert-")
_LONGEST = 256 * 1024
_DAY = 86_400
_OTHER_KEYS = ("authorizedkeyscommand", "trustedusercakeys")
_NO_LOGIN = ("nologin", "false")


def homes() -> Iterator[tuple[str, str]]:
    """Yield each account that can sign in or has a home of its own, and its home directory."""
    for one in pwd.getpwall():
        if one.pw_dir.startswith("/") and one.pw_dir not in ("/", "/nonexistent"):
            yield one.pw_name, one.pw_dir


def say_accounts(root: int, report: Report, limits: Limits) -> None:
    """Say all accounts, with the keys that let somebody sign in as each."""
    shadow = _shadow(root, report)
    key_files = _key_files(root, report)
    members: dict[str, list[str]] = {}
    for group in grp.getgrall():
        for member in group.gr_mem:
            members.setdefault(member, []).append(group.gr_name)
    seen = set()
    for one in pwd.getpwall():
        limits.check()
        if one.pw_name in seen:
            continue  # of several lines of an account the first counts
        seen.add(one.pw_name)
        report.say(
            "account",
            name=one.pw_name,
            uid=one.pw_uid,
            shell=one.pw_shell,
            locked=_locked(one.pw_shell, shadow.get(one.pw_name) if shadow is not None else None),
            keys=_keys(one, key_files, root, report),
            groups=sorted({*members.get(one.pw_name, []), *_own_group(one.pw_gid)}),
        )


def _own_group(number: int) -> list[str]:
    try:
        return [grp.getgrgid(number).gr_name]
    except KeyError:
        return []


def _shadow(root: int, report: Report) -> Any:
    """Return password and day of expiry by account; None where they cannot be read."""
    data = _content("/etc/shadow", root, report)
    if data is None:
        return None
    found: dict[str, tuple[str, str]] = {}
    for line in data.decode("utf-8", "replace").splitlines():
        fields = line.split(":")
        if len(fields) > 7:
            found.setdefault(fields[0], (fields[1], fields[7]))
    return found


def _locked(shell: str, shadow: Any) -> Any:
    """Return whether nobody can sign in by password or shell; None where that is not known."""
    if shell.rpartition("/")[2] in _NO_LOGIN:
        return True
    if shadow is None:
        return None
    password, expires = shadow
    past = expires.isdigit() and int(expires) * _DAY <= time.time()
    return past or password.startswith(("!", "*"))


def _key_files(root: int, report: Report) -> list[str]:
    """Return the patterns of files that sshd reads keys from."""
    data = _content("/etc/ssh/sshd_config", root, report) or b""
    for path in sorted(glob.glob("/etc/ssh/sshd_config.d/*.conf"))[:100]:
        data += b"\n" + (_content(path, root, report) or b"")
    patterns: list[str] = []
    for line in data.decode("utf-8", "replace").splitlines():
        words = line.split()
        if len(words) > 1 and words[0].lower() == "authorizedkeysfile":
            patterns += [one for one in words[1:] if one != "none"]
        other = len(words) > 1 and words[0].lower() in _OTHER_KEYS
        if other and words[1] != "none":
            report.unobserved("keys", f"sshd takes keys by {words[0]}, which no look reads")
    return list(dict.fromkeys([*patterns, *_KEY_FILES]))


def _keys(one: pwd.struct_passwd, patterns: list[str], root: int, report: Report) -> list[str]:
    found: list[str] = []
    for pattern in patterns:
        path = pattern.replace("%u", one.pw_name).replace("%h", one.pw_dir).replace("%%", "%")
        if not path.startswith("/"):
            if one.pw_dir in ("/", "/nonexistent", ""):
                continue
            path = f"{one.pw_dir.rstrip('/')}/{path}"
        data = _content(path, root, report)
        if data is not None:
            found += [key for line in data.splitlines() if (key := fingerprint(line))]
    return list(dict.fromkeys(found))


def fingerprint(line: bytes) -> str:
    """Return ``SHA256:… comment`` of a line of keys; empty where it holds none."""
    line = line.strip()
    if not line or line.startswith(b"#"):
        return ""
    words = line.split()
    for at, word in enumerate(words[:-1]):
        if word.decode("ascii", "replace").startswith(_KINDS):
            try:
                blob = base64.b64decode(words[at + 1], validate=True)
            except (binascii.Error, ValueError):
                continue
            made = base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")
            comment = shown(b" ".join(words[at + 2 :]))
            return f"SHA256:{made} {comment}".rstrip()
    return ""


def _content(path: str, root: int, report: Report) -> Any:
    """Return a file's bytes; None where it is not there or, which is said, cannot be read."""
    try:
        folder, name, status = status_of(os.fsencode(path), root)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        report.unobserved(shown(os.fsencode(path)), getattr(error, "strerror", "") or str(error))
        return None
    try:
        fd = open_file(name, folder, status)
        try:
            return os.read(fd, _LONGEST)
        finally:
            os.close(fd)
    except OSError as error:
        report.unobserved(shown(os.fsencode(path)), error.strerror or str(error))
        return None
    finally:
        os.close(folder)


def home_of(number: int) -> str:
    """Return the home directory of an account by number; empty where it has none."""
    try:
        return pwd.getpwuid(number).pw_dir
    except KeyError:
        return ""


def home_named(name: str) -> str:
    """Return the home directory of an account by name; empty where it has none."""
    try:
        return pwd.getpwnam(name).pw_dir if name else ""
    except KeyError:
        return ""

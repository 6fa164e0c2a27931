"""Lines of cron and ``at`` jobs: what is started when, as whom."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator

from peerwatch.oversight.sensor.on_host.account_names import account_name
from peerwatch.oversight.sensor.on_host.plain_names import plain_text, shown
from peerwatch.oversight.sensor.on_host.probe_limits import Limits
from peerwatch.oversight.sensor.on_host.probe_report import Report
from peerwatch.oversight.sensor.on_host.safe_walk import open_file, open_folder, status_of

_WITH_ACCOUNT = ("/etc/cron.d",)
_SPOOLS = ("/var/spool/cron/crontabs", "/var/spool/cron")
_JOBS = ("/var/spool/cron/atjobs", "/var/spool/at")
_SCRIPTS = ("hourly", "daily", "weekly", "monthly")
_SETTING = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\s*=")
_LONGEST = 256 * 1024
_MOST = 2_000


def say_schedules(root: int, report: Report, limits: Limits) -> None:
    """Say every line of cron and every job of ``at``."""
    for path, _, text in _texts_at(b"/etc/crontab", root, report):
        _say_lines(path, "", text, report)
    for path, _, text in _texts_at(b"/etc/anacrontab", root, report):
        _say_anacron(path, text, report)
    for folder in _WITH_ACCOUNT:
        for path, _, text in _texts_in(folder, root, report, limits):
            _say_lines(path, "", text, report)
    for folder in _SPOOLS:
        for path, _, text in _texts_in(folder, root, report, limits):
            _say_lines(path, path.rpartition("/")[2], text, report)
    for word in _SCRIPTS:
        for path, _, _ in _texts_in(f"/etc/cron.{word}", root, report, limits):
            report.say("schedule", place=path, account="root", when=f"@{word}", command=path)
    for folder in _JOBS:
        for path, owner, text in _texts_in(folder, root, report, limits):
            _say_job(path, owner, text, report)


def _say_lines(path: str, account: str, text: str, report: Report) -> None:
    """Say the lines of one table; those with an account of their own where none is given."""
    for line in text.splitlines()[:_MOST]:
        line = line.strip()
        if not line or line.startswith("#") or _SETTING.match(line):
            continue
        count = 1 if line.startswith("@") else 5
        fields = line.split(None, count if account else count + 1)
        if len(fields) <= count + (not account):
            continue
        when, rest = " ".join(fields[:count]), fields[count:]
        owner = account or rest.pop(0)
        report.say("schedule", place=path, account=owner, when=when, command=" ".join(rest))


def _say_anacron(path: str, text: str, report: Report) -> None:
    """Say the lines of anacron: period, delay, name, command."""
    for line in text.splitlines()[:_MOST]:
        fields = line.strip().split(None, 3)
        if len(fields) == 4 and not line.startswith("#") and not _SETTING.match(line.strip()):
            when = f"@anacron {fields[0]} {fields[1]}"
            report.say("schedule", place=path, account="root", when=when, command=fields[3])


def _say_job(path: str, owner: str, text: str, report: Report) -> None:
    name = path.rpartition("/")[2]
    try:
        when = f"at {int(name[6:14], 16) * 60}" if len(name) >= 14 else "at"
    except ValueError:
        return  # a lock or a sequence file
    command = text.strip().splitlines()[-1] if text.strip() else ""
    report.say("schedule", place=path, account=owner, when=when, command=command)


def _texts_at(path: bytes, root: int, report: Report) -> Iterator[tuple[str, str, str]]:
    try:
        folder, name, status = status_of(path, root)
    except FileNotFoundError:
        return
    except OSError as error:
        report.unobserved(shown(path), error.strerror or str(error))
        return
    try:
        yield from _text(path, name, folder, status, report)
    finally:
        os.close(folder)


def _texts_in(
    folder: str, root: int, report: Report, limits: Limits
) -> Iterator[tuple[str, str, str]]:
    """Yield path, owner and text of the files of a directory."""
    try:
        opened = open_folder(folder.encode(), root)
        names = sorted(map(os.fsencode, os.listdir(opened)))
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        report.unobserved(folder, error.strerror or str(error))
        return
    try:
        for name in names[:_MOST]:
            limits.check()
            path = folder.encode() + b"/" + name
            try:
                status = os.stat(name, dir_fd=opened, follow_symlinks=False)
            except OSError:
                continue
            yield from _text(path, name, opened, status, report)
    finally:
        os.close(opened)


def _text(
    path: bytes, name: bytes, folder: int, status: os.stat_result, report: Report
) -> Iterator[tuple[str, str, str]]:
    if stat.S_ISDIR(status.st_mode) or name == b".placeholder":
        return
    if stat.S_ISLNK(status.st_mode):
        target = shown(os.readlink(name, dir_fd=folder))
        report.unobserved(shown(path), f"a link to {target}, which cron follows and a look not")
        return
    try:
        fd = open_file(name, folder, status)
    except OSError as error:
        report.unobserved(shown(path), error.strerror or str(error))
        return
    try:
        text = plain_text(os.read(fd, _LONGEST).replace(b"\0", b"\n")) or ""
        yield shown(path), account_name(status.st_uid), text
    finally:
        os.close(fd)

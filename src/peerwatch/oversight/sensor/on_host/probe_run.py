"""One look at the host that this runs on, as it was asked for; facts go to standard output."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

from peerwatch.oversight.sensor.on_host.account_looks import home_named, home_of, say_accounts
from peerwatch.oversight.sensor.on_host.container_looks import say_containers
from peerwatch.oversight.sensor.on_host.draft_looks import say_candidates
from peerwatch.oversight.sensor.on_host.endpoint_looks import say_endpoints
from peerwatch.oversight.sensor.on_host.file_looks import FileLook
from peerwatch.oversight.sensor.on_host.probe_limits import (
    Limits,
    OutOfTimeError,
    bound_this_process,
)
from peerwatch.oversight.sensor.on_host.probe_report import Report
from peerwatch.oversight.sensor.on_host.process_looks import say_processes
from peerwatch.oversight.sensor.on_host.schedule_looks import say_schedules
from peerwatch.oversight.sensor.on_host.unit_looks import say_units

_OWN_FILES = (
    ".ssh/authorized_keys",
    ".ssh/authorized_keys2",
    ".ssh/environment",
    ".ssh/rc",
    ".bashrc",
    ".bash_profile",
    ".bash_login",
    ".profile",
    ".zshenv",
    ".config/systemd/user/",
)
"""What decides, in the home of the sensor's own account, who it is and what it runs."""


def probe(request: dict[str, Any]) -> None:
    """Look at this host and say what is there.

    Args:
        request: What :func:`peerwatch.oversight.sensor.probe_program.request_of` makes.
    """
    begun = time.monotonic()
    bound_this_process(request["memory"], request["seconds"])
    signal.alarm(int(request["seconds"]) + 10)
    limits = Limits(request["seconds"], request["bytes"])
    report = Report(sys.stdout, request["word"])
    root = os.open(request["root"], os.O_RDONLY | os.O_DIRECTORY)
    report.say("begin", clock=time.time(), boot=_boot(), account=os.geteuid(), form=request["form"])
    files = FileLook(request, root, report)
    deleted: list[tuple[str, str]] = []
    steps: dict[str, Callable[[Limits], None]] = {
        "assets": lambda part: files.assets(_assets(request), part),
        "processes": lambda part: deleted.extend(say_processes(report, part)),
        "units": lambda part: say_units(request["units"], root, report, part),
        "schedules": lambda part: say_schedules(root, report, part),
        "accounts": lambda part: say_accounts(root, report, part),
        "endpoints": lambda part: say_endpoints(
            request["endpoints"], request["listeners"], report, part
        ),
        "containers": lambda part: say_containers(request["containers"], report, part),
        "deleted files": lambda part: _search_deleted(files, deleted, part),
        "draft": lambda part: say_candidates(request["draft"], root, report, part),
        "search": lambda part: files.search(request["search"], part),
    }
    for name, step in steps.items():
        _do(name, step, limits if name == "search" else limits.part(0.6), report)
    for piece in files.stamps():
        report.say("stamps", hex=piece)
    report.end(
        files=files.count,
        searched=files.searched,
        bytes=limits.bytes_read,
        seconds=round(time.monotonic() - begun, 3),
        cpu=round(time.process_time(), 3),
        memory=_most_memory(),
    )


def _do(name: str, step: Callable[[Limits], None], limits: Limits, report: Report) -> None:
    """Take one step; whatever goes wrong with it is said, and the next is taken."""
    try:
        step(limits)
        report.say("done", part=name)
    except OutOfTimeError:
        report.unobserved(name, "there was no time left for all of it")
    except MemoryError:
        report.unobserved(name, "it takes more memory than a look may have")
    except Exception as error:  # a fault of ours on an odd host must not end the look
        report.unobserved(name, f"{type(error).__name__}: {error}")


def _assets(request: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the assets that are asked for, and the files of the sensor's own account."""
    behind = os.environ.get("SUDO_UID", "")
    homes = {home_of(os.geteuid()), home_of(int(behind)) if behind.isdigit() else ""}
    homes.add(home_named(os.environ.get("SUDO_USER", "")))
    own = [
        {"path": f"{home}/{one.rstrip('/')}", "below": one.endswith("/"), "text": True}
        for home in sorted(homes - {"", "/"})
        for one in _OWN_FILES
        if request["root"] == "/"
    ]
    return [*request["assets"], *({**one, "marks": False} for one in own)]


def _search_deleted(files: FileLook, deleted: list[tuple[str, str]], limits: Limits) -> None:
    for path, name in deleted:
        files.search_open(path, name, limits)


def _boot() -> str:
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
            return file.read(64).strip()
    except OSError:
        return ""


def _most_memory() -> int:
    """Return the most memory that this process has had, in bytes."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

"""The company's own mechanism on real hosts: the text of its program, its hour, what it keeps.

The program does what :func:`peerwatch.behaviours.enforcement.enforce` does and knows nothing of
arms: its text is the same in all of them. It runs as a service. Once a day cron tells the service
that it is time, and only then does it read its settings.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from peerwatch.behaviours.inventory import Enforcement, Inventory, Program
from peerwatch.shell.base_system import guest
from peerwatch.shell.spec import Node
from peerwatch.world.settings import load_yaml
from peerwatch.world.state import Snapshot

_DAY = 86400
_NIGHT = 3
"""The hour at which hosts are retired."""
_WORK = {"results": "apply_results", "retirement": "retire_host"}
_PURPOSES = {
    "results": "Applies filed results.",
    "retirement": "Retires hosts.",
}


def daily_time(path: Enforcement) -> tuple[int, int]:
    """Return the hour and minute (UTC) at which the program is told that it is time."""
    if path.program is None or path.program.kind == "retirement":
        return _NIGHT, 0
    due = datetime.fromtimestamp(path.due, UTC)
    return due.hour, due.minute


def state_folder(program: Program) -> str:
    """Return the directory in which the program keeps what it has done."""
    return f"/var/lib/{program.service}"


def program_text(program: Program, path: Enforcement, inventory: Inventory) -> bytes:
    """Return the text of an instance's mechanism.

    It does nothing where its last run lies too far back. On hosts the clock is the machine's, on
    which the day of a scenario is long past or far off: nobody is retired while an episode runs.
    """
    filing = inventory.filing
    days = (path.due + path.grace - path.since) // _DAY + 2
    values = {
        "@SETTINGS@": program.settings,
        "@DROP_INS@": program.drop_ins,
        "@SECTION@": program.section,
        "@RESULT_HOST@": filing.host if filing is not None else "",
        "@RESULT@": filing.path if filing is not None else "",
    }
    work = guest(_WORK[program.kind]).decode().rstrip("\n")
    text = guest("mechanism").decode().replace("@WORK@", work)
    text = text.replace("@PURPOSE@", _PURPOSES[program.kind]).replace("@DAYS@", str(days))
    for mark, value in values.items():
        text = text.replace(mark, _perl_word(value))
    return text.encode()


def state_nodes(program: Program, path: Enforcement, world: Snapshot) -> Mapping[str, Node]:
    """Return what the program keeps: when it last ran, and the ids that were given out.

    Args:
        program: The program.
        path: How the consequence comes.
        world: The world before the critic acts.
    """
    folder = state_folder(program)
    ids = "".join(f"{one}\n" for one in _ids(path, world))
    return {
        folder: Node("d", mode=0o755),
        f"{folder}/last": Node(data=f"{path.since}\n".encode(), mtime=path.since),
        f"{folder}/ids": Node(data=ids.encode(), mtime=path.since),
    }


def _ids(path: Enforcement, world: Snapshot) -> list[str]:
    """Return the ids on the roster as it stood."""
    if path.roster is None:
        return []
    host, place = path.roster
    entries = load_yaml(world.hosts[host].files[place].content or "")
    listed = entries if isinstance(entries, list) else []
    return sorted(str(one["id"]) for one in listed if isinstance(one, dict) and "id" in one)


def _perl_word(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"

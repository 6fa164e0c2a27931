"""The state folder of an overseer: its keys, its record, its inventory, and an overseer of them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from peerwatch.common.errors import PeerwatchError
from peerwatch.oversight.inventory_file import InventoryFile
from peerwatch.oversight.operation.oversight_config import OversightConfig
from peerwatch.oversight.overseer import Overseer, OverseerTimes
from peerwatch.oversight.record.oversight_record import Record
from peerwatch.oversight.record.record_keys import HEAD_FILE, PRIVATE_FILE, PUBLIC_FILE, Keys
from peerwatch.oversight.sensor.look_plan import LookSchedule

KEYS = "keys"
_UP = "up.lock"
_GIVING = "orders.lock"
_WRITING = "looks.lock"
_GIVING_SECONDS = 60.0


def make_state(config: OversightConfig) -> Keys:
    """Make the state folder and its keys, where they are not there yet, and return the keys.

    Raises:
        PeerwatchError: The folder cannot be made, or holds a record whose key is gone.
    """
    _check_key(config)
    try:
        config.state.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise PeerwatchError(
            f"The state folder {config.state} cannot be made ({error.strerror}). Choose another "
            "with --state."
        ) from None
    folder = config.state / KEYS
    return Keys.load(folder) if (folder / PRIVATE_FILE).exists() else Keys.create(folder)


def _check_key(config: OversightConfig) -> None:
    """Raise where a record was begun and its key is gone: another key cannot go on with it."""
    folder = config.state / KEYS
    left = (folder / PUBLIC_FILE, folder / HEAD_FILE, config.state / "record.db")
    if not (folder / PRIVATE_FILE).exists() and any(one.exists() for one in left):
        raise PeerwatchError(
            f"{config.state} holds a record, and its key {folder / PRIVATE_FILE} is gone. Restore "
            "a backup (peerwatch oversee restore), or begin anew with another --state."
        )


@contextlib.contextmanager
def open_record(config: OversightConfig) -> Iterator[Record]:
    """Give the record of a state folder.

    Raises:
        PeerwatchError: There is none yet, its key is gone, or it is not what it was.
    """
    _check_key(config)
    if not (config.state / KEYS / PRIVATE_FILE).exists():
        raise PeerwatchError(
            f"There is no oversight in {config.state}. Begin with: peerwatch oversee init"
            f"{_state_option(config.state)}"
        )
    with Record.open(config.record_url, Keys.load(config.state / KEYS)) as record:
        yield record


def _state_option(state: Path) -> str:
    return f" --state {state}"


@contextlib.contextmanager
def open_overseer(config: OversightConfig) -> Iterator[Overseer]:
    """Give an overseer of the state folder.

    Raises:
        PeerwatchError: There is no record or no inventory, or one of them cannot be used.
    """
    with open_record(config) as record:
        if not config.inventory_path.exists():
            raise PeerwatchError(
                f"There is no inventory {config.inventory_path}. Draft one with: peerwatch oversee "
                f"init{_state_option(config.state)}"
            )
        together = FileLock(config.state / _WRITING)
        file = InventoryFile(config.inventory_path)
        yield Overseer(record, file, times_of(config), together=together)


def times_of(config: OversightConfig) -> OverseerTimes:
    """Return when an overseer looks and how long orders settle."""
    schedule = LookSchedule(every=config.look_every_seconds, off_peak=config.off_peak)
    return OverseerTimes(schedule, config.settling_seconds, config.heartbeat_seconds)


@contextlib.contextmanager
def alone(config: OversightConfig) -> Iterator[None]:
    """Keep a second overseer from running over the same state folder.

    Raises:
        PeerwatchError: One runs already.
    """
    lock = FileLock(config.state / _UP, timeout=0)
    try:
        with lock:
            yield
    except Timeout:
        raise PeerwatchError(
            f"An overseer runs already over {config.state}. Stop it first, or name another --state."
        ) from None


@contextlib.contextmanager
def giving(config: OversightConfig) -> Iterator[None]:
    """Hold others off while an order gets its number.

    Raises:
        PeerwatchError: Somebody else has held on for a minute.
    """
    try:
        with FileLock(config.state / _GIVING, timeout=_GIVING_SECONDS):
            yield
    except Timeout:
        raise PeerwatchError("Somebody else is giving an order. Try again.") from None

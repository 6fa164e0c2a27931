"""The inventory as the overseer holds it: read anew when its file changes, each in the record."""

from __future__ import annotations

import hashlib
from pathlib import Path

import structlog

from peerwatch.common.errors import PeerwatchError
from peerwatch.oversight.lifecycle_inventory import Inventory
from peerwatch.oversight.read_inventory import read_inventory
from peerwatch.oversight.record.oversight_record import Record

_LONGEST = 2_000
_log = structlog.get_logger("peerwatch.inventory")


class InventoryFile:
    """An inventory and the file that it is read from."""

    def __init__(self, path: Path) -> None:
        """Read it.

        Raises:
            PeerwatchError: It cannot be read, or its names do not agree.
        """
        self.path = path
        self.inventory = read_inventory(path)
        self._digest = _digest(path)
        self.refused: str | None = None
        """Why what the file holds now is not in force; None if it is."""
        self._refused: str | None = None

    def refresh(self, record: Record) -> None:
        """Read the file again if it changed, and record which inventory is in force if it is new.

        One that cannot be read does not come into force; the log and the record say why.
        """
        digest, refused = _digest(self.path), self._refused
        if digest == self._digest:
            self._refused = self.refused = None
        elif digest != refused:
            self._take(record, digest)
        mended = refused is not None and self._refused is None
        last = next(iter(record.entries(("inventory_read",), limit=1, newest_first=True)), None)
        if mended or last is None or last.body["digest"] != self._digest:
            keep = {f"inventory/{self._digest}": self.inventory.model_dump_json().encode()}
            body = {"digest": self._digest, "path": str(self.path)}
            record.append("inventory_read", body, keep=keep)

    def _take(self, record: Record, digest: str) -> None:
        try:
            self.inventory = read_inventory(self.path)
            self._digest = digest
            self._refused = self.refused = None
        except PeerwatchError as error:
            self._refused, self.refused = digest, str(error)
            _log.error("inventory_refused", why=self.refused)
            body = {"digest": digest, "path": str(self.path), "said": self.refused[:_LONGEST]}
            record.append("inventory_refused", body)

    def at(self, record: Record, at: float) -> Inventory:
        """Return the inventory that was in force at a moment (Unix seconds); the oldest before."""
        digest = self._digest
        for entry in record.entries(("inventory_read",), newest_first=True):
            digest = entry.body["digest"]
            if entry.at <= at:
                break
        data = record.kept(f"inventory/{digest}")
        return Inventory.model_validate_json(data) if data else self.inventory


def _digest(path: Path) -> str:
    try:
        return f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"
    except OSError:
        return ""

"""The record: a Merkle log with signed checkpoints, over SQLite or Postgres.

What a leaf is and what the record proves is in ``docs/oversight-record.md``.
"""

from peerwatch.oversight.record.entry_index import Entry
from peerwatch.oversight.record.leaf_kinds import LEAF_KINDS
from peerwatch.oversight.record.oversight_record import Record
from peerwatch.oversight.record.record_errors import (
    RecordChangedError,
    RecordError,
    RecordUnwritableError,
)
from peerwatch.oversight.record.record_keys import Keys

__all__ = [
    "LEAF_KINDS",
    "Entry",
    "Keys",
    "Record",
    "RecordChangedError",
    "RecordError",
    "RecordUnwritableError",
]

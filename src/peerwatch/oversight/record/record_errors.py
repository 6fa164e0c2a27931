"""What can be wrong with a record."""

from __future__ import annotations

from peerwatch.common.errors import PeerwatchError, UnwritableError


class RecordError(PeerwatchError):
    """A record that cannot be opened or used as asked; the message says what to do."""


class RecordChangedError(RecordError):
    """The database does not hold what this record's key has written; nothing more is written."""

    exit_code = 1


class RecordUnwritableError(RecordError, UnwritableError):
    """The database takes nothing: what was asked for is not recorded."""

    exit_code = 5


class NoteError(RecordError):
    """A text that is no signed note, or one that the given keys have not signed."""

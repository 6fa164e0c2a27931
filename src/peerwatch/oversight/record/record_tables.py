"""The tables of a record. Migrations make them; this says what the newest one has made."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, MetaData, String, Table, Text

metadata = MetaData()
_number = BigInteger().with_variant(Integer, "sqlite")

leaves = Table(
    "record_leaves",
    metadata,
    Column("seq", _number, primary_key=True, autoincrement=False),
    Column("leaf", LargeBinary, nullable=False),
    Column("seal", LargeBinary, nullable=False),
)
"""``leaf`` is the canonical JSON; all else that is known of an entry follows from it."""

checkpoints = Table(
    "record_checkpoints",
    metadata,
    Column("size", _number, primary_key=True, autoincrement=False),
    Column("note", Text, nullable=False),
)

kept = Table(
    "record_kept",
    metadata,
    Column("name", String(512), primary_key=True),
    Column("content", LargeBinary, nullable=False),
    Column("seal", LargeBinary, nullable=False),
)
"""The side store: the newest value of each name, which may be replaced."""

identity = Table(
    "record_identity",
    metadata,
    Column("one", Integer, primary_key=True, autoincrement=False),
    Column("public_key", Text, nullable=False),
    Column("retired", _number, nullable=False),
    Column("subtrees", LargeBinary, nullable=False),
)
"""One row: whose record it is, and what stays of the leaves that were retired."""

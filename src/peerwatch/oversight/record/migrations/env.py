"""What Alembic runs: the migrations over the connection, and in the transaction, of the opener."""

from __future__ import annotations

from alembic import context

from peerwatch.oversight.record.record_database import VERSION_TABLE
from peerwatch.oversight.record.record_tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
)
context.run_migrations()

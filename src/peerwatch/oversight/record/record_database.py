"""The database under a record: SQLite in a file, or Postgres; transactions, locks, migrations.

Writers take turns, also those of other processes: a transaction that writes begins by taking the
one lock (``BEGIN IMMEDIATE``; an advisory lock in Postgres), and the next waits for it.

SQLite keeps a write-ahead log. A transaction that must survive the power is written with
``synchronous=FULL``, which waits for the disk and takes everything before it along; others with
``NORMAL``, which survives the death of the process. Postgres always waits for its disk.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, column, create_engine, event, inspect, select, table
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from peerwatch.oversight.record.record_errors import (
    RecordChangedError,
    RecordError,
    RecordUnwritableError,
)

NEWEST = "1"
"""The newest version of the tables; ``migrations/versions`` leads there."""
VERSION_TABLE = "record_version"
_WAIT_SECONDS = 30
_LOCK = 0x70656572_77617463
_POSTGRES = ("postgresql", "postgres", "postgresql+pg8000")
CANNOT = (SQLAlchemyError, OSError)
"""What a database raises that cannot do as asked, its driver's errors of the network included."""


class RecordDatabase:
    """A database with the tables of a record, at the newest version."""

    def __init__(self, url: str) -> None:
        """Open it, and make or migrate its tables.

        Raises:
            RecordError: The address will not do, there is no database, or a newer version of
                this program has made it.
        """
        self.url = _address(url)
        self.said = self.url.render_as_string(hide_password=True)
        self._file = _sqlite_file(self.url)
        with said_plainly(self.said):
            self._engine = _sqlite(self.url) if self._file else _postgres(self.url)
            self._inodes: dict[Path, int] = {}
            self._migrate()
            # While a connection is open SQLite keeps both files: another one is another hand's.
            log = self._file.with_name(f"{self._file.name}-wal") if self._file else None
            for file in (self._file, log):
                if file is not None and file.exists():
                    self._inodes[file] = file.stat().st_ino

    @contextlib.contextmanager
    def writing(self, durable: bool) -> Iterator[Connection]:
        """Yield a connection in the one transaction that writes; commit it, or undo it all.

        Raises:
            RecordChangedError: Another file has taken the place of SQLite's.
        """
        self._same_file()
        with self._engine.connect() as connection:
            options = connection.execution_options(writes="FULL" if durable else "NORMAL")
            with options.begin():
                if self._file is None:
                    options.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
                    options.exec_driver_sql("SET LOCAL synchronous_commit TO on")
                yield options

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """Yield a connection in a transaction that reads; it waits for nobody.

        Raises:
            RecordChangedError: Another file has taken the place of SQLite's.
        """
        self._same_file()
        with self._engine.connect() as connection:
            if self._file is None:  # so that all it reads is of one moment, as in SQLite
                connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    @property
    def may_return(self) -> bool:
        """Whether what failed may go well a moment later, as with a server that is started anew."""
        return self._file is None

    def forget_connections(self) -> None:
        """Drop open connections, so that the next transaction begins with a new one."""
        self._engine.dispose()

    def _same_file(self) -> None:
        for file, inode in self._inodes.items():
            try:
                found = file.stat().st_ino
            except FileNotFoundError:
                found = -1
            if found != inode:
                raise RecordChangedError(
                    f"{file} was replaced or removed while the record was open. Nothing more is "
                    "written. Put the file back, or restore the newest backup, and start again."
                )

    def _migrate(self) -> None:
        with self.writing(durable=True) as connection:
            version = None
            if inspect(connection).has_table(VERSION_TABLE):
                version = connection.execute(
                    select(column("version_num")).select_from(table(VERSION_TABLE))
                ).scalar()
            if version == NEWEST:
                return
            if version is not None:
                raise RecordError(
                    f"{self.said} has tables of another version ({version}, known are those up to "
                    f"{NEWEST}). Install the newer version that has made it."
                )
            from alembic import command  # takes longer to import than all else here
            from alembic.config import Config

            config = Config()
            config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")


@contextlib.contextmanager
def said_plainly(place: str) -> Iterator[None]:
    """Say what a database cannot do in a sentence, without its password.

    Raises:
        RecordUnwritableError: It cannot be reached, read or written.
    """
    try:
        yield
    except CANNOT as error:
        cause = getattr(error, "orig", None) or error
        raise RecordUnwritableError(
            f"The record {place} cannot be read or written ({_cause(cause)}). Do not count on this "
            "being recorded. See that the database is there, runs, has room and lets this "
            "account write, then try again."
        ) from error


def _cause(error: BaseException) -> str:
    first = error.args[0] if error.args else type(error).__name__
    if isinstance(first, dict):  # the fields of Postgres
        return str(first.get("M", first))
    return " ".join(str(error).split())[:300]


def _address(url: str) -> URL:
    try:
        found = make_url(url)
    except ArgumentError:
        found = None
    if found is not None and found.drivername in _POSTGRES and found.database:
        return found.set(drivername="postgresql+pg8000")
    if found is not None and found.drivername == "sqlite" and _sqlite_file(found):
        return found
    raise RecordError(
        "A record's address is sqlite:///PATH/record.db or "
        "postgresql+pg8000://USER:PASSWORD@HOST/DATABASE. Give one of these."
    )


def _sqlite_file(url: URL) -> Path | None:
    if url.drivername != "sqlite" or url.database in {None, "", ":memory:"}:
        return None
    return Path(str(url.database)).absolute()


def _sqlite(url: URL) -> Engine:
    file = Path(str(url.database)).absolute()
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    engine = create_engine(url, connect_args={"timeout": _WAIT_SECONDS})
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    return engine


def _set_up(connection: sqlite3.Connection, _: Any) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself; _begin does
    connection.execute(f"PRAGMA busy_timeout = {_WAIT_SECONDS * 1000}")
    connection.execute("PRAGMA journal_mode = WAL")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes")
    if writes is None:
        connection.exec_driver_sql("BEGIN")
        return
    connection.exec_driver_sql(f"PRAGMA synchronous = {writes}")
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _postgres(url: URL) -> Engine:
    try:
        return create_engine(url, isolation_level="READ COMMITTED", pool_pre_ping=True)
    except ModuleNotFoundError as error:
        raise RecordError(
            'Postgres needs a driver. Do: pip install "peerwatch[oversight-postgres]"'
        ) from error

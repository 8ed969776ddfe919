"""Opening an SQLite store: the file must be ours, undamaged, and of a schema that this program knows.

Alembic is imported only when there is something to migrate: it takes longer to load than all of SQLAlchemy. A new store
gets the statements of schema.sql, which say what all migrations together make.
"""

from __future__ import annotations

import collections
import contextlib
import os
import re
import sqlite3
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.exc import DatabaseError

from ourtake.errors import StoreError
from ourtake.store import faults
from ourtake.store.address import sqlite_path
from ourtake.store.tables import HEAD

if TYPE_CHECKING:
    from alembic.config import Config

BUSY_SECONDS = 30
MIGRATIONS = str(Path(__file__).parent / "migrations")
FRESH = Path(__file__).parent / "schema.sql"
"""The schema of a new store. tests/store/test_schema.py writes it, and compares it with the migrations."""
PAGE = 16384
CACHE = 65536
"""Kilobytes of pages that a connection may cache: a look-up in a million articles reads 400, and the next one many of
them again.
"""


def open_engine(address: str, *, create: bool) -> Engine:
    """An engine on a store of the current schema. Raises StoreError for anything that is not one and can't be made one.

    Where the file or its folder can't be written, the engine is read-only, on an updated copy if the store is of an
    earlier version; with `create`, that is an error.
    """
    path = sqlite_path(address)
    fresh = False
    if not _is_open_here(path):
        fresh = _check_file(path, create=create)
        _check_sidecars(path)
    only_read = not fresh and not can_write(path)
    if not fresh:
        _check_owner(path)

    engine = _engine(path, only_read=only_read)
    try:
        if only_read and _version_of(engine, path) != HEAD:
            engine.dispose()
            engine = _on_copy(path)
        elif not only_read:
            _migrate(engine, path)
    except DatabaseError as error:
        engine.dispose()
        raise faults.not_opened(path, error.orig) from error
    except StoreError:
        engine.dispose()
        raise
    _remember(engine, path)
    return engine


FROM_COPY = "from_copy"
"""The execution option of an engine that reads a copy of the store."""


def _engine(path: Path, *, only_read: bool, copy: Path | None = None) -> Engine:
    def connect() -> sqlite3.Connection:
        place = reading_uri(copy or path) if only_read else str(path)
        return sqlite3.connect(place, uri=only_read, timeout=BUSY_SECONDS, check_same_thread=False)

    engine = create_engine(f"sqlite:///{path}", creator=connect, execution_options={FROM_COPY: copy is not None})
    event.listen(engine, "connect", _set_up_reading if only_read else _set_up)
    event.listen(engine, "begin", _begin)
    return engine


def _on_copy(path: Path) -> Engine:
    """A read-only engine on an updated copy of a store."""
    from ourtake.store.old_copy import copied

    copy = copied(path, reading_uri(path))
    writer = _engine(copy, only_read=False)
    _migrate(writer, copy)
    writer.dispose()
    return _engine(path, only_read=True, copy=copy)


_open_here: collections.Counter[tuple[int, int]] = collections.Counter()
"""Device and inode of the stores that this process has open.

Closing a file drops all locks that the process has on it, also those of SQLite (POSIX advisory locks). So the files of
an open store, which were checked when it was opened, must not be read by us a second time.
"""


def _is_open_here(path: Path) -> bool:
    return _identity(path) in _open_here


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _remember(engine: Engine, path: Path) -> None:
    """Count a store as open until its engine is disposed of."""
    identity = _identity(path)
    if identity is None:
        return
    _open_here[identity] += 1

    def forget(_: Engine) -> None:
        _open_here[identity] -= 1
        if _open_here[identity] <= 0:
            del _open_here[identity]

    event.listen(engine, "engine_disposed", forget, once=True)


def _check_file(path: Path, *, create: bool) -> bool:
    """Whether the store has to be created. Raises StoreError when that is not wanted or not possible."""
    if path.is_dir():
        raise StoreError(f"{path} is a folder, not a store.", "Name a file, such as sqlite:///ourtake.db.")
    if path.is_file():
        with path.open("rb") as file:
            head = file.read(16)
        if head and head != b"SQLite format 3\x00":
            raise StoreError(f"{path} is not an ourtake store.", "Name another file with --store.")
        if create and not can_write(path):
            raise StoreError(f"{path} can't be written: it or its folder is read-only.", PERMISSIONS)
        return not head
    if path.exists():
        raise StoreError(f"{path} is not a file, so it can't be a store.", "Name another file with --store.")
    if not create:
        raise StoreError(
            f"There is no store at {path}.", "Run `ourtake archive add PATH` first, or name one with --store."
        )
    if not path.absolute().parent.is_dir() or not os.access(path.absolute().parent, os.W_OK):
        raise StoreError(
            f"No store can be created in {path.absolute().parent}: it is not a folder that can be written to.",
            "Name another place with --store.",
        )
    return True


PERMISSIONS = "Change its permissions, or name another with --store."
_HEADS = {
    "-wal": (b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83"),
    "-shm": ((3007000).to_bytes(4, sys.byteorder),),
    "-journal": (b"\xd9\xd5\x05\xf9",),
}
"""How SQLite's files next to a store begin, which it overwrites and removes; a new one is empty or zeros."""


def _check_sidecars(path: Path) -> None:
    """Raise StoreError for another program's file with the name of one that SQLite keeps next to the store."""
    for suffix, heads in _HEADS.items():
        beside = Path(f"{path.resolve()}{suffix}")
        if not os.path.lexists(beside):
            continue
        head = b""
        if beside.is_file() and os.access(beside, os.R_OK):
            with contextlib.suppress(FileNotFoundError), beside.open("rb") as file:
                head = file.read(4)
        if not os.path.lexists(beside):
            continue  # another process that closed the store removed it just now
        if not beside.is_file() or (head.strip(b"\0") and head not in heads):
            do = "Rename it, or name another store with --store."
            raise StoreError(f"{beside} is not a file of the store, but has the name of one.", do)


def can_write(path: Path) -> bool:
    """Whether a store's file and its folder can be written: SQLite keeps files next to it."""
    return os.access(path, os.W_OK) and os.access(path.resolve().parent, os.W_OK)


def reading_uri(path: Path) -> str:
    """The URI of a store that can't be written.

    Where no other program has it open, it is opened as immutable: otherwise SQLite would need a file next to it, which
    can't be made.
    """
    real = path.resolve()
    log = Path(f"{real}-wal")
    return f"{real.as_uri()}?mode=ro" + ("" if log.exists() and log.stat().st_size else "&immutable=1")


def _check_owner(path: Path) -> None:
    """Raise StoreError for another program's database, before our pragmas change a byte of it."""
    uri = f"{path.absolute().as_uri()}?mode=ro" if can_write(path) else reading_uri(path)
    try:
        with contextlib.closing(sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS)) as connection:
            names = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    except sqlite3.Error as error:
        raise faults.not_opened(path, error) from error
    if names and "ourtake_meta" not in names:
        raise StoreError(f"{path} is a database of another program.", "Name another file with --store.")


def _set_up(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None  # SQLAlchemy's begin event below says when a transaction begins
    # The page size affects new files only. Articles fill large pages better, and an import writes a quarter less.
    pragmas = (
        f"page_size={PAGE}",
        f"cache_size=-{CACHE}",
        "journal_mode=WAL",
        "synchronous=FULL",
        f"busy_timeout={BUSY_SECONDS * 1000}",
    )
    for pragma in pragmas:
        connection.execute(f"PRAGMA {pragma}")


def _set_up_reading(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None
    connection.execute(f"PRAGMA cache_size=-{CACHE}")


def _begin(connection: object) -> None:
    # A deferred transaction that reads and then writes fails when another process wrote in between; IMMEDIATE waits.
    connection.exec_driver_sql("BEGIN IMMEDIATE" if not connection.get_execution_options().get("reading") else "BEGIN")  # type: ignore[attr-defined]


def _version_of(engine: Engine, path: Path) -> str | None:
    """The version of a store's schema, None for an empty file. Raises StoreError for one that isn't known here."""
    with engine.connect() as connection:
        names = set(inspect(connection).get_table_names())
        version = (
            connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
            if "alembic_version" in names
            else None
        )
    if version is not None:
        check_version(version, str(path))
    return version


def check_version(version: str | None, shown: str) -> None:
    """Raise StoreError for a schema that is too new or that no ourtake writes. `shown`: the store's path or address."""
    if version is None or not re.fullmatch(r"\d{4}", version):
        what = f"The store {shown} has the schema {version!r}, which no version of ourtake writes."
        raise StoreError(what, "Restore it from a backup.")
    if version > HEAD:
        raise StoreError(f"The store {shown} was written by a newer ourtake.", "Update this program.")


def _migrate(engine: Engine, path: Path) -> None:
    version = _version_of(engine, path)
    if version == HEAD:
        return
    with engine.begin() as connection:
        # Under the write lock: of two processes that open a new store at once, the second finds the work done.
        names = set(inspect(connection).get_table_names())
        if "alembic_version" in names and not version:
            return
        if names:
            upgrade(connection)
        else:
            for statement in FRESH.read_text(encoding="utf-8").split(";\n"):
                connection.exec_driver_sql(statement)


def upgrade(connection: Connection) -> None:
    """Run the migrations that a store has not had yet."""
    from alembic import command

    command.upgrade(alembic_config(connection), "head")


def alembic_config(connection: Connection) -> Config:
    """What Alembic's commands need to know of our migrations."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", MIGRATIONS)
    config.attributes["connection"] = connection
    return config

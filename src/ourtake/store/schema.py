"""Opening a store: is the file ours, is it whole, is its schema the one this program knows.

Alembic is imported only when there is something to migrate: it costs more start-up than all of SQLAlchemy.
"""

from __future__ import annotations

import contextlib
import os
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.exc import DatabaseError, DBAPIError, OperationalError

from ourtake.errors import StoreError
from ourtake.store.tables import HEAD

BUSY_SECONDS = 30
PAGE = 16384
CACHE = 65536
"""Kilobytes of pages that a connection may keep: a look-up in a million articles reads four hundred, and the next one
many of the same.
"""


def open_engine(address: str, *, create: bool) -> Engine:
    """An engine on a store of the current schema. Raises StoreError for anything that is not one and can't be made
    one.
    """
    path = _sqlite_path(address)
    fresh = _check_file(path, create=create)
    if not fresh:
        _check_owner(path)
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False})
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    try:
        _migrate(engine, path, fresh=fresh)
    except (OperationalError, DatabaseError) as error:
        engine.dispose()
        do = (
            _RESCUE
            if _damaged(error.orig)
            else "Check the disk, the folder's rights, and that no other program holds it."
        )
        raise StoreError(f"The store {path} can't be opened: {error.orig}.", do) from error
    except StoreError:
        engine.dispose()
        raise
    return engine


def _sqlite_path(address: str) -> Path:
    if address.startswith("postgres"):
        raise StoreError("PostgreSQL is not supported in this version.", "Use --store sqlite:///ourtake.db.")
    match = re.fullmatch(r"sqlite:///(.+)", address)
    if not match:
        raise StoreError(f"{_without_password(address)} is no store address.", "Write it as sqlite:///ourtake.db.")
    return Path(match[1])


def _without_password(address: str) -> str:
    return re.sub(r"//[^@/]*@", "//***@", address)


def _check_file(path: Path, *, create: bool) -> bool:
    """Whether the store is to be made. Raises StoreError when that is not wanted or not possible."""
    if path.is_dir():
        raise StoreError(f"{path} is a folder, not a store.", "Name a file, as sqlite:///ourtake.db.")
    if path.is_file():
        with path.open("rb") as file:
            head = file.read(16)
        if head and head != b"SQLite format 3\x00":
            raise StoreError(f"{path} is not an ourtake store.", "Name another file with --store.")
        if not os.access(path, os.W_OK):
            raise StoreError(f"{path} can't be written.", "Change its rights, or name another with --store.")
        return not head
    if not create:
        raise StoreError(
            f"There is no store at {path}.", "Run `ourtake archive add PATH` first, or name one with --store."
        )
    if not path.absolute().parent.is_dir() or not os.access(path.absolute().parent, os.W_OK):
        raise StoreError(
            f"No store can be made in {path.absolute().parent}: it is no folder that can be written.",
            "Name another place with --store.",
        )
    return True


def _check_owner(path: Path) -> None:
    """Raise StoreError for another program's database, before a pragma of ours changes a byte of it."""
    try:
        with contextlib.closing(
            sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=BUSY_SECONDS)
        ) as connection:
            names = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    except sqlite3.Error as error:
        do = _RESCUE if _damaged(error) else "Restore it from a backup, or name another with --store."
        raise StoreError(f"The store {path} can't be opened: {error}.", do) from error
    if names and "ourtake_meta" not in names:
        raise StoreError(f"{path} is a database of another program.", "Name another file with --store.")


def _set_up(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None  # SQLAlchemy's begin event below says when a transaction begins
    # The page's size holds for a new file only: articles fill large pages better, and an import writes a quarter less.
    pragmas = (
        f"page_size={PAGE}",
        f"cache_size=-{CACHE}",
        "journal_mode=WAL",
        "synchronous=FULL",
        f"busy_timeout={BUSY_SECONDS * 1000}",
    )
    for pragma in pragmas:
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: object) -> None:
    # A deferred transaction that reads and then writes fails at once when another process wrote in between; IMMEDIATE
    # waits its turn.
    connection.exec_driver_sql("BEGIN IMMEDIATE" if not connection.get_execution_options().get("reading") else "BEGIN")  # type: ignore[attr-defined]


def _migrate(engine: Engine, path: Path, *, fresh: bool) -> None:
    with engine.connect() as connection:
        names = set(inspect(connection).get_table_names())
        version = (
            connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
            if "alembic_version" in names
            else None
        )
    if version == HEAD:
        return
    if version is not None and version > HEAD:
        raise StoreError(f"The store {path} was written by a newer ourtake.", "Update this program.")
    if version is not None and not re.fullmatch(r"\d{4}", version):
        raise StoreError(
            f"The store {path} has the schema {version!r}, which no ourtake writes.", "Restore it from a backup."
        )
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.begin() as connection:
        # Under the write lock: of two processes that open a new store at once, the second finds the work done.
        if "alembic_version" in inspect(connection).get_table_names() and not version:
            return
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


_LEDGER = ("calls", "drafts", "revisions", "runs", "processes", "batches")
_CHECKED_UP_TO = 256 * 1024 * 1024
"""Bytes of a store that are looked through before anything is paid, at about a gigabyte a second; a larger one tells
when a page is read.
"""
_RESCUE = (
    "Restore it from a backup, or rescue what can be read with `sqlite3 ourtake.db .recover | sqlite3 rescued.db` "
    "and name the new one with --store. Nothing was written."
)


def _damaged(error: object) -> bool:
    return "malformed" in str(error) or "not a database" in str(error)


def check_ledger(connection: Connection) -> None:
    """Raise StoreError when the tables that payments and drafts are written to are damaged."""
    size = connection.exec_driver_sql(
        "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
    ).scalar_one()
    for table in _LEDGER if size <= _CHECKED_UP_TO else ():
        found = str(connection.exec_driver_sql(f"PRAGMA quick_check('{table}')").scalar())
        if found != "ok":
            raise StoreError(f"The store is damaged: {found.splitlines()[-1]}.", _RESCUE)


@contextlib.contextmanager
def plain_errors() -> Iterator[None]:
    """The database's own errors as a StoreError."""
    try:
        yield
    except DBAPIError as error:
        if _damaged(error.orig):
            raise StoreError(f"The store is damaged: {error.orig}.", _RESCUE) from error
        raise StoreError(
            f"The store can't be read or written: {error.orig}.",
            "Check the disk and its rights; nothing half-written was kept.",
        ) from error

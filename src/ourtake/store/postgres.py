"""Opening a store on PostgreSQL: the server must be new enough, the database ours, and of a schema that this program
knows.

A transaction that writes takes an advisory lock first, as SQLite's take the one write lock: what it reads stays true
until it commits, so two processes can't both find room below a limit. Articles have a lock of their own, so a long
import does not hold up drafts. A reader sees one moment of the database.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable
from contextlib import suppress

from alembic import command
from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError

from ourtake.errors import StoreError
from ourtake.store.address import without_password
from ourtake.store.dialect import ARCHIVE_LOCK, WRITE_LOCK
from ourtake.store.schema import alembic_config, check_version, upgrade
from ourtake.store.tables import HEAD, meta, metadata, numbers

OLDEST = 150000
"""The number that PostgreSQL 15 gives as its version."""
PATIENCE = 60.0
"""Seconds that a server may be away in the middle of the work."""
_PAUSE = 0.5
_MIGRATION_LOCK = 7_210_003
_CONNECT_SECONDS = 10


def open_server(address: str) -> Engine:
    """An engine on a store of the current schema, which is made in an empty database.

    Raises StoreError for what is not one and can't be made one.
    """
    engine = create_engine(
        _url(address),
        pool_pre_ping=True,
        pool_size=5,
        max_overflow=20,
        connect_args={"connect_timeout": _CONNECT_SECONDS, "application_name": "ourtake"},
    )
    event.listen(engine, "begin", _begin)
    shown = without_password(address)
    try:
        with engine.connect().execution_options(plain=True) as connection:
            _check_server(connection, shown)
            version = _version(connection, shown)
        if version != HEAD:
            _migrate(engine, shown)
    except OperationalError as error:
        engine.dispose()
        raise StoreError(f"The store {shown} can't be reached: {reason(error)}.", _CHECK) from error
    except DBAPIError as error:
        engine.dispose()
        if "permission denied" in str(error.orig):
            what = f"The user of {shown} may not make or change its tables: {reason(error)}."
            raise StoreError(
                what, "Grant it CREATE on the schema, or let another user run `ourtake store migrate`."
            ) from error
        raise StoreError(f"The store {shown} can't be opened: {reason(error)}.", _CHECK) from error
    except StoreError:
        engine.dispose()
        raise
    return engine


_CHECK = "Check the address (postgresql://USER:PASSWORD@HOST/DATABASE), and that the server runs."


def _url(address: str) -> URL:
    what = f"{without_password(address)} is not a store address."
    do = "Write it as postgresql://USER:PASSWORD@HOST/DATABASE."
    try:
        url = make_url(re.sub(r"^postgres(?:ql)?(?:\+\w+)?:", "postgresql+psycopg:", address))
    except (ArgumentError, ValueError):
        raise StoreError(what, do) from None
    if not url.database:
        raise StoreError(what, do)
    return url


def reason(error: DBAPIError) -> str:
    """The first line of what the server says, without what it repeats of the address."""
    lines = [line.strip() for line in str(error.orig).splitlines() if line.strip()]
    said = lines[0] if lines else type(error).__name__
    return re.sub(r"^.*?FATAL:\s*|^ERROR:\s*", "", said).rstrip(".")


def _check_server(connection: Connection, shown: str) -> None:
    found = int(connection.exec_driver_sql("SHOW server_version_num").scalar_one())
    if found < OLDEST:
        what = f"{shown} is PostgreSQL {found // 10000}; a store needs {OLDEST // 10000} or newer."
        raise StoreError(what, "Update the server.")
    encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
    if encoding != "UTF8":
        do = "Create it with ENCODING 'UTF8'."
        raise StoreError(f"The database {shown} has the encoding {encoding}; a store needs UTF8.", do)


def _version(connection: Connection, shown: str) -> str | None:
    """The schema's version; None for an empty database. Raises StoreError for what this program can't use."""
    names = set(inspect(connection).get_table_names())
    if meta.name not in names:
        if names:
            do = "Name an empty database, or another schema with ?options=-csearch_path%3DNAME."
            raise StoreError(f"{shown} is a database of another program.", do)
        return None
    version: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    check_version(version, shown)
    return version


def _migrate(engine: Engine, shown: str) -> None:
    """Bring the schema up to HEAD: an empty database gets all tables at once, an older one Alembic's steps."""
    with engine.connect().execution_options(plain=True) as connection, connection.begin():
        # Of two processes that open a new store at once, the second finds the work done.
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})")
        version = _version(connection, shown)
        if version == HEAD:
            return
        if version is None:
            metadata.create_all(connection)
            for name in ("sent_marks", "turns"):
                connection.exec_driver_sql(f"ALTER TABLE {name} SET UNLOGGED")
            connection.execute(meta.insert(), {"name": "identity", "value": secrets.randbits(62)})
            connection.execute(numbers.insert(), [{"name": name, "last": 0} for name in ("articles", "removed")])
            command.stamp(alembic_config(connection), "head")
        else:
            upgrade(connection)


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("plain"):
        return
    lock = ARCHIVE_LOCK if options.get("archive") else WRITE_LOCK
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({lock})")


def is_away(error: BaseException) -> bool:
    """Whether an error says that the server can't be reached just now."""
    return isinstance(error, DBAPIError) and (error.connection_invalidated or isinstance(error, OperationalError))


def wait_for(engine: Engine, notice: Callable[[str], None] = lambda sentence: None) -> bool:
    """Wait until the server answers again; False if it does not in time. `notice` is called if there is a wait."""
    end, away = time.monotonic() + PATIENCE, False
    while time.monotonic() < end:
        with suppress(DBAPIError), engine.connect().execution_options(plain=True) as connection:
            connection.exec_driver_sql("SELECT 1")
            if away:
                notice("The store's server answers again.")
            return True
        if not away:
            notice(f"The store's server does not answer. ourtake waits for it, for up to {PATIENCE:.0f} seconds.")
        away = True
        time.sleep(_PAUSE)
    return False


def plain_error(error: DBAPIError) -> StoreError:
    """An error of the server in words."""
    if is_away(error):
        what = f"The store's server can't be reached: {reason(error)}."
        return StoreError(what, "Check that it runs, and continue with --resume; what was committed is kept.")
    if "permission denied" in str(error.orig) or "read-only" in str(error.orig):
        what = f"The store can't be written: {reason(error)}."
        return StoreError(what, "Grant this user the rights to its tables.")
    return StoreError(f"The store can't be read or written: {reason(error)}.", "Nothing incomplete was kept.")

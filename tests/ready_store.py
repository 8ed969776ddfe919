"""New stores as copies of one that was made once a test run, and SQLite that does not wait for the disk.

What is committed outlives a killed process all the same, and no test cuts the power. In `make test-all` all SQLite
stores wait for the disk, and only those of commands that a server of commands runs are copies.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import sqlite3
from pathlib import Path

from sqlalchemy import Engine

from ourtake.store import schema
from ourtake.store.store import Store
from tests.postgres import Server

_migrate = schema._migrate
wait_for_disk = schema._set_up
"""What sets up a connection in the ordinary way."""
FAST = "PRAGMA synchronous=OFF"


def copy_new_stores(folder: Path) -> None:
    """From now on, an SQLite store that this process or one forked from it creates is a copy of one in this folder."""
    ready = folder / "ready.db"
    Store.open(f"sqlite:///{ready}").close()

    def migrate(engine: Engine, path: Path) -> None:
        if not path.exists():
            # A folder that can't be written is left to the ordinary way.
            with contextlib.suppress(OSError):
                _put(ready, path)
        _migrate(engine, path)

    def set_up(connection: sqlite3.Connection, _: object) -> None:
        wait_for_disk(connection, None)
        connection.execute(FAST)

    schema._migrate = migrate
    if not os.environ.get("OURTAKE_TEST_FRESH"):
        schema._set_up = set_up


def restore() -> None:
    """Undo `copy_new_stores`."""
    schema._migrate, schema._set_up = _migrate, wait_for_disk


def ready_database(server: Server) -> str:
    """The name of a new database with an empty store, of which others are made (`Server.new_database`)."""
    address = server.new_database()
    Store.open(address).close()
    return address.rpartition("/")[2]


def copied_database(server: Server, ready: str) -> str:
    """The address of a copy of that database, with an identity of its own."""
    address = server.new_database(ready)
    identity = f"UPDATE ourtake_meta SET value = {secrets.randbits(30)} WHERE name = 'identity'"
    server.run(identity, address.rpartition("/")[2])
    return address


def _put(ready: Path, path: Path) -> None:
    """Copy the store, with an identity of its own, to where no file is; of two processes that do so, one succeeds."""
    copy = ready.with_name(f"{secrets.token_hex(8)}.db")
    try:
        shutil.copyfile(ready, copy)
        with contextlib.closing(sqlite3.connect(copy)) as connection:
            connection.execute(FAST)
            connection.execute("UPDATE ourtake_meta SET value = ? WHERE name = 'identity'", (secrets.randbits(62),))
            connection.commit()
        os.link(copy, path)
    finally:
        copy.unlink(missing_ok=True)

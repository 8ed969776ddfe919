"""New SQLite stores as copies of one that was migrated once a test run: Alembic's steps take ten times as long.

`make test-all` makes each store in the ordinary way, and so do commands that are started from nothing.
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

_migrate = schema._migrate


def copy_new_stores(folder: Path) -> None:
    """From now on, a store that this process or one forked from it creates is a copy of one in this folder."""
    ready = folder / "ready.db"
    Store.open(f"sqlite:///{ready}").close()

    def migrate(engine: Engine, path: Path) -> None:
        if not path.exists():
            # A folder that can't be written is left to the ordinary way.
            with contextlib.suppress(OSError):
                _put(ready, path)
        _migrate(engine, path)

    schema._migrate = migrate


def restore() -> None:
    """Undo `copy_new_stores`."""
    schema._migrate = _migrate


def _put(ready: Path, path: Path) -> None:
    """Copy the store, with an identity of its own, to where no file is; of two processes that do so, one succeeds."""
    copy = ready.with_name(f"{secrets.token_hex(8)}.db")
    try:
        shutil.copyfile(ready, copy)
        with contextlib.closing(sqlite3.connect(copy)) as connection:
            connection.execute("UPDATE ourtake_meta SET value = ? WHERE name = 'identity'", (secrets.randbits(62),))
            connection.commit()
        os.link(copy, path)
    finally:
        copy.unlink(missing_ok=True)

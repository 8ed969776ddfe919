"""A copy of an SQLite store's file while it is in use, by SQLite's own online backup."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

from ourtake.errors import InputError, StoreError
from ourtake.store import faults
from ourtake.store.address import is_missing, is_server, sqlite_path, without_password
from ourtake.store.schema import can_write, reading_uri

_PAGES = 2000
"""Pages between two reports of progress; writers may work meanwhile."""


def backup(address: str, file: Path, *, told: Callable[[int, int], None] = lambda done, all_: None) -> None:
    """Write the store to a new file, complete as of one moment, and check it. `told` receives pages done, and all.

    Raises InputError for a file that is there, StoreError where it can't be read or written.
    """
    if is_server(address):
        what = f"{without_password(address)} is on a server, which pg_dump backs up."
        raise InputError(what, "See docs/deploy.md.")
    if is_missing(address):
        raise StoreError(f"There is no store at {sqlite_path(address)}.", "Name one with --store.")
    if os.path.lexists(file):
        raise InputError(f"{file} already exists.", "Name a new file.")
    half = file.with_name(f".{file.name}.half")
    path = sqlite_path(address)
    uri = f"{path.absolute().as_uri()}?mode=ro" if can_write(path) else reading_uri(path)
    try:
        with (
            contextlib.closing(sqlite3.connect(uri, uri=True)) as source,
            contextlib.closing(sqlite3.connect(half)) as target,
        ):
            source.backup(target, pages=_PAGES, progress=lambda _, left, all_: told(all_ - left, all_))
            target.execute("PRAGMA journal_mode=DELETE")
            found = target.execute("PRAGMA quick_check").fetchone()[0]
        if found != "ok":
            raise faults.damaged(path, found.splitlines()[-1])
        os.link(half, file)  # fails where the file has appeared meanwhile
    except (sqlite3.Error, OSError) as error:
        if faults.is_damaged(error):
            raise faults.damaged(path, error) from error
        full = faults.full_disk(file, error)
        store_full = faults.full_disk(path, error)
        # SQLite doesn't say which of the two disks is full.
        if store_full and faults.has_room(file.absolute().parent) and not faults.has_room(path.absolute().parent):
            raise store_full from error
        if full:
            what = f"{file} can't be written as a backup: its disk is full."
            raise StoreError(what, "Free some space, or name a file on another disk.") from error
        raise StoreError(f"{file} can't be written as a backup: {error}.", "Check the disk and the folder.") from error
    finally:
        half.unlink(missing_ok=True)

"""A store of an earlier version that can't be written is read from an updated copy; its own file stays as it is."""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import sqlite3
import tempfile
from pathlib import Path

from ourtake.errors import StoreError

LARGEST = 2_000_000_000
"""Bytes; of a larger store no copy is made."""

_DO = "Change its permissions for one run, or copy it with `ourtake store backup` and name the copy with --store."


def copied(path: Path, uri: str) -> Path:
    """A copy in a temporary file, complete as of one moment, which is removed when this process ends.

    `uri`: where the store is read. Raises StoreError if there is no room for one.
    """
    size = path.stat().st_size
    place = Path(tempfile.gettempdir())
    what = f"The store {path} was written by an older ourtake and can't be updated: it is read-only."
    if size > LARGEST:
        raise StoreError(f"{what} With {size / 1e9:.1f} GB it is too large to be read from a copy.", _DO)
    if shutil.disk_usage(place).free < 3 * size:  # SQLite keeps what it changes a second time
        raise StoreError(f"{what} There is no room in {place} for a copy of {size / 1e6:.0f} MB.", _DO)
    folder = tempfile.mkdtemp(prefix="ourtake-store-")
    atexit.register(_remove, Path(folder), os.getpid())
    copy = Path(folder) / path.name
    try:
        with (
            contextlib.closing(sqlite3.connect(uri, uri=True)) as source,
            contextlib.closing(sqlite3.connect(copy)) as target,
        ):
            source.backup(target)
    except sqlite3.Error as error:
        raise StoreError(f"{what} It can't be copied: {error}.", _DO) from error
    return copy


def _remove(folder: Path, owner: int) -> None:
    if os.getpid() == owner:  # not a process that was forked from it
        shutil.rmtree(folder, ignore_errors=True)

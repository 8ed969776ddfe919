"""What is wrong when SQLite can't open, read or write a store's file, and what a person can do about it."""

from __future__ import annotations

import errno
import os
import shlex
import tempfile
from pathlib import Path

from ourtake.errors import StoreError

PROBE = 64 * 1024
"""Bytes that SQLite needs at least to open a store: an index of its log and a page."""
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def is_damaged(error: object) -> bool:
    """Whether SQLite's error, or a line of its check, says that the file is not what SQLite wrote."""
    return any(words in str(error) for words in ("malformed", "not a database"))


def damaged(path: Path, reason: object) -> StoreError:
    """The error for a damaged file."""
    file = shlex.quote(str(path))
    return StoreError(
        f"The store {path} is damaged: {reason}.",
        f"Restore it from a backup, or rescue what can be read with `sqlite3 {file} .recover | sqlite3 rescued.db` "
        "and name the new one with --store. Nothing was written.",
    )


def full_disk(path: Path, error: object) -> StoreError | None:
    """The error for a file whose disk is full, where that explains SQLite's error; None where it doesn't.

    SQLite calls some failures of a full disk an I/O error, as it does those of a broken one. So a file is written to
    the folder and removed again.
    """
    if not any(words in str(error) for words in ("disk is full", "disk I/O error")):
        return None
    folder = path.absolute().parent
    if "disk is full" not in str(error) and has_room(folder):
        return None
    return StoreError(
        f"The store {path} can't be used: its disk is full.",
        "Free some space and run it again. Nothing incomplete was kept.",
    )


def has_room(folder: Path) -> bool:
    """Whether another file can be written to a folder: no if its disk is full or the user's share of it used up."""
    try:
        with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
            file.write(bytes(PROBE))
            os.fsync(file.fileno())
    except OSError as error:
        return error.errno not in _FULL
    return True


def not_opened(path: Path, error: object) -> StoreError:
    """The error for a file that SQLite can't open."""
    if is_damaged(error):
        return damaged(path, error)
    return full_disk(path, error) or StoreError(
        f"The store {path} can't be opened: {error}.",
        "Check the disk, the folder's permissions, and that no other program locks the file.",
    )

"""Folders that this program makes, and may therefore replace and remove: caches such as the search index.

A folder is ours when it has our mark and only files with names that we write. Only such a folder, a new one or an empty
one is written to; anything else at the path is refused. A folder is replaced by renaming a new one, made next to it.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from ourtake.errors import InputError

MARK = "OURTAKE-CACHE"
_TEXT = "This folder was made by ourtake, which may replace or remove it. It holds nothing that can't be made again.\n"

# What file managers and network file systems leave in any folder.
_STRAY = re.compile(r"\.DS_Store|Thumbs\.db|desktop\.ini|\.nfs[0-9a-f]+")


class Kind(NamedTuple):
    """A kind of folder: its name in messages, the names of its files, and what to do where a folder is refused.

    `unmarked` says whether a folder without a mark was made by an old version, which set none.
    """

    name: str
    files: re.Pattern[str]
    unmarked: Callable[[Path], bool]
    do: str


def check(folder: Path, kind: Kind) -> None:
    """Raise InputError for a path where something else is: a file, or a folder with files that are not ours."""
    if not os.path.lexists(folder):
        return
    if not folder.is_dir():
        if folder.is_symlink() and not folder.exists():
            return
        raise InputError(f"{folder} is not a folder, so it can't be {kind.name}.", kind.do)
    names = [name for name in _names(folder) if not _STRAY.fullmatch(name)]
    if not names:
        return
    foreign = sorted(name for name in names if name != MARK and not kind.files.fullmatch(name))
    if foreign:
        raise InputError(f"{folder} can't be {kind.name}: it has {foreign[0]}, which ourtake did not write.", kind.do)
    if not _marked(folder) and not kind.unmarked(folder):
        raise InputError(f"{folder} can't be {kind.name}: it is not a folder that ourtake made.", kind.do)


def claim(folder: Path, kind: Kind) -> None:
    """Check a folder that is about to be written to, and mark an earlier version's. Raises InputError, OSError."""
    check(folder, kind)
    if folder.is_dir() and not _marked(folder) and kind.unmarked(folder):
        _mark(folder)


def begin(folder: Path) -> Path:
    """A new marked folder next to `folder`, to be filled and then put in its place. Raises OSError."""
    fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    _mark(fresh)
    return fresh


def put(fresh: Path, folder: Path, kind: Kind) -> None:
    """Put a filled folder in the place of another, which is removed. Raises InputError when that is not ours."""
    claim(folder, kind)
    if folder.is_dir() and _marked(folder):
        old = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            folder.rename(old)
            fresh.rename(folder)
        finally:
            remove(old, kind)
    else:
        fresh.rename(folder)  # onto nothing, or onto an empty folder: any other fails


def remove(folder: Path, kind: Kind) -> None:
    """Remove a folder that is ours, as far as possible. Any other is left alone."""
    with contextlib.suppress(OSError, InputError):
        check(folder, kind)
        if _marked(folder):
            shutil.rmtree(folder, ignore_errors=True)
        else:
            folder.rmdir()


def sweep(folder: Path, kind: Kind) -> None:
    """Remove unfinished replacements of this folder that killed processes left."""
    beside = re.compile(rf"\.{re.escape(folder.name)}-[a-z0-9_]{{8}}")
    for name in _names(folder.parent):
        if beside.fullmatch(name) and _marked(folder.parent / name):
            remove(folder.parent / name, kind)


def writable(folder: Path) -> bool:
    """Whether the folder can be made, filled and replaced: it and the folder around it can be written to."""
    around = folder.resolve().parent
    while not around.exists():
        around = around.parent
    return around.is_dir() and os.access(around, os.W_OK) and (not folder.exists() or os.access(folder, os.W_OK))


def _names(folder: Path) -> list[str]:
    return [entry.name for entry in os.scandir(folder)]


def _mark(folder: Path) -> None:
    (folder / MARK).write_text(_TEXT, encoding="ascii")


def _marked(folder: Path) -> bool:
    try:
        return (folder / MARK).read_text(encoding="ascii") == _TEXT
    except (OSError, ValueError):
        return False

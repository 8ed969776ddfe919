"""A store's address: sqlite:///PATH or postgresql://USER:PASSWORD@HOST/DATABASE. Nothing here loads SQLAlchemy."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from urllib.parse import urlsplit

from ourtake.errors import StoreError

_SQLITE = "sqlite:///"
_BESIDE = ("", "-wal", "-shm", "-journal", "-sent")


def is_server(address: str) -> bool:
    """Whether the store is a PostgreSQL database."""
    return re.match(r"postgres(?:ql)?(?:\+\w+)?:", address) is not None


def sqlite_path(address: str) -> Path:
    """The file of an SQLite store. Raises StoreError for another address."""
    path = address.removeprefix(_SQLITE)
    if path == address or not path:
        do = "Write it as sqlite:///ourtake.db, or postgresql://USER:PASSWORD@HOST/DATABASE."
        raise StoreError(f"{without_password(address)} is not a store address.", do)
    return Path(path)


def without_password(address: str) -> str:
    """The address as it may be shown."""
    named = re.sub(r"://([^:@/?#]+):[^?#]*@", r"://\1:***@", address)
    return re.sub(r"([?&]password=)[^&]*", r"\1***", named)


def files_of(address: str) -> list[Path]:
    """The files that a store consists of: none for a server."""
    return [] if is_server(address) else [Path(f"{address.removeprefix(_SQLITE)}{suffix}") for suffix in _BESIDE]


def is_missing(address: str) -> bool:
    """Whether the store is a file that does not exist. What a server has, is not known before it is asked."""
    return address.startswith(_SQLITE) and not Path(address.removeprefix(_SQLITE)).exists()


def cache_file(address: str, suffix: str) -> Path:
    """Where a file that can be made again from this store is kept: beside the store's own file, else in the user's
    cache folder.
    """
    return spare_file(address, suffix) if is_server(address) else sqlite_path(address).with_suffix(suffix)


def spare_file(address: str, suffix: str) -> Path:
    """The same in the user's cache folder, under a hash of the address without its password."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"))
    return cache / "ourtake" / f"{hashlib.sha256(_identity(address).encode()).hexdigest()[:16]}{suffix}"


def _identity(address: str) -> str:
    """What stays the same when a password changes."""
    if not is_server(address):
        return str(sqlite_path(address).resolve())
    parts = urlsplit(address)
    user, host = (parts.username or ""), parts.netloc.rpartition("@")[2].lower()
    return f"postgresql://{user}@{host}{parts.path}?{re.sub(r'(?:^|&)password=[^&]*', '', parts.query)}"

"""Which recorded calls were sent: the interface, and SQLite's form of it, eight bytes a call in a file next to the
store, NAME.db-sent. PostgreSQL's is in server_backend.py.

A call's row must be on the disk before the call is made, so the rows of the next calls are written while they wait for
their turn. A second commit between row and call would delay the call. A mark needs no commit: it is written to the file
without waiting, and the kernel keeps it when this process is killed.

- After a power cut no mark is trusted: store/ledger.py asks whether the machine is still up.
- A mark counts only with the beginning of its request's hash, so that a store restored from a backup does not use other
  rows' marks.
- A call without a trusted mark may have been sent.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection

from ourtake.errors import StoreError
from ourtake.store import processes

_SIZE = 8
_LOOKED_AT = 512 * _SIZE
_WRITTEN, _SENT = b"w", b"s"


class Marks(Protocol):
    """The marks of one store. `sent` may be called from any thread."""

    def written(self, connection: Connection, call: int, request_hash: str) -> None:
        """Mark a call whose row is about to be committed. Raises StoreError when the mark can't be written."""

    def sent(self, call: int, request_hash: str) -> None:
        """Mark a call that is sent now. Raises StoreError when the mark can't be written: then it must not be sent."""

    def never_sent(self, connection: Connection, call: int, request_hash: str) -> bool:
        """Whether it is certain that a recorded call was not sent."""

    def kept(self, connection: Connection, process_id: int | None) -> bool:
        """Whether all marks that a process wrote are there."""

    def close(self) -> None:
        """Close what is open."""


class SentMarks:
    """The marks of an SQLite store; the file is made with the first mark."""

    def __init__(self, store: Path) -> None:
        # As SQLite names its files next to a store: after the file itself, not after a link to it.
        self._path = Path(f"{store.resolve()}-sent")
        self._file: int | None = None

    def written(self, connection: Connection, call: int, request_hash: str) -> None:
        """See Marks."""
        self._mark(call, _WRITTEN, request_hash)

    def sent(self, call: int, request_hash: str) -> None:
        """Mark a call that is sent now. Raises StoreError when the mark can't be written: then it must not be sent."""
        self._mark(call, _SENT, request_hash)

    def never_sent(self, connection: Connection, call: int, request_hash: str) -> bool:
        """See Marks."""
        if self._file is None and not self._path.exists():
            return False
        with self._plain_errors():
            return os.pread(self._opened(), _SIZE, call * _SIZE) == _record(_WRITTEN, request_hash)

    def kept(self, connection: Connection, process_id: int | None) -> bool:
        """See Marks."""
        return processes.kept_its_marks(connection, process_id)

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _mark(self, call: int, mark: bytes, request_hash: str) -> None:
        with self._plain_errors():
            if os.pwrite(self._opened(), _record(mark, request_hash), call * _SIZE) != _SIZE:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    @contextmanager
    def _plain_errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise StoreError(
                f"{self._path} can't be read or written: {error.strerror}.", "Check the disk and its permissions."
            ) from error

    def _opened(self) -> int:
        if self._file is None:
            file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
            if not _is_ours(os.pread(file, _LOOKED_AT, 0)):
                os.close(file)
                raise StoreError(f"{self._path} is not a file of the store, but has the name of one.", "Rename it.")
            self._file = file
        return self._file


def _is_ours(start: bytes) -> bool:
    """Whether a file that begins so has marks in it: records that are empty or begin with one of the two marks."""
    records = (start[at : at + _SIZE] for at in range(0, len(start), _SIZE))
    return len(start) % _SIZE == 0 and all(record[:1] in (_WRITTEN, _SENT, b"\0") for record in records)


def _record(mark: bytes, request_hash: str) -> bytes:
    return (mark + request_hash.encode())[:_SIZE].ljust(_SIZE)

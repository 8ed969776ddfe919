"""Compressed bytes -> bytes, never more than a limit: a bomb is noticed a few kilobytes beyond it."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path
from typing import BinaryIO, cast

from ourtake.errors import FetchError

_EITHER = zlib.MAX_WBITS | 32
"""gzip or zlib, whichever the bytes say."""


class Inflater:
    """Takes bytes as they come; `coding` is a Content-Encoding. What comes out is at most `limit` bytes in all."""

    def __init__(self, coding: str, *, limit: int) -> None:
        name = coding.strip().lower()
        if name not in ("", "identity", "gzip", "x-gzip", "deflate"):
            # Only gzip and deflate are requested. An answer in brotli is not decompressed, so no such bomb can go off.
            raise FetchError(f"The answer is compressed as {name[:40]!r}, which was not requested.", "Try again later.")
        self._packed = name not in ("", "identity")
        self._raw = name == "deflate"
        self._engine = zlib.decompressobj(_EITHER)
        self._limit = limit
        self._first = True
        self.size = 0

    def take(self, data: bytes) -> bytes:
        """What these bytes unpack to. Raises FetchError past the limit and for broken data."""
        if not self._packed:
            return self._counted(data)
        out = bytearray()
        while data:
            try:
                piece = self._engine.decompress(data, self._limit - self.size + 1)
            except zlib.error as error:
                if not (self._first and self._raw):
                    raise FetchError("The compressed answer is damaged.", "Try again later.") from error
                # Some servers send deflate without the header that the standard asks for.
                self._first, self._engine = False, zlib.decompressobj(-zlib.MAX_WBITS)
                continue
            self._first = False
            out += self._counted(piece)
            if self._engine.eof:
                # A gzip file may be several, one after another; zeros and other rubbish after the last are ignored, as
                # gzip does.
                data = self._engine.unused_data
                if data[:2] != b"\x1f\x8b":
                    break
                self._engine = zlib.decompressobj(_EITHER)
            else:
                data = self._engine.unconsumed_tail
        return bytes(out)

    def end(self) -> None:
        """Say that nothing follows. Raises FetchError when the packed data stops half-way."""
        if self._packed and self.size and not self._engine.eof:
            raise FetchError("The compressed answer is incomplete.", "Try again later.", passing=True)

    def _counted(self, data: bytes) -> bytes:
        self.size += len(data)
        if self.size > self._limit:
            raise FetchError(
                f"The answer is larger than {self._limit / 1e6:g} MB.",
                "If that is right, raise max_megabytes in [intake] of ourtake.toml.",
            )
        return data


def unpacked(data: bytes, *, limit: int) -> bytes:
    """A .gz file's content, or the bytes as they are when they are not packed."""
    if data[:2] != b"\x1f\x8b":
        return data
    inflater = Inflater("gzip", limit=limit)
    found = inflater.take(data)
    inflater.end()
    return found


def opened(path: Path) -> BinaryIO:
    """A file to be read, unpacked when it is gzip. Raises OSError."""
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    return cast(BinaryIO, gzip.open(path, "rb")) if packed else path.open("rb")

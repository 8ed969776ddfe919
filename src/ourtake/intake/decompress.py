"""Compressed bytes -> bytes, never more than a limit: a bomb is noticed a few kilobytes beyond it."""

from __future__ import annotations

import io
import zlib
from pathlib import Path
from typing import Any, BinaryIO, cast

from ourtake.errors import FetchError

_EITHER = zlib.MAX_WBITS | 32
"""gzip or zlib, whichever the bytes say."""

_BLOCK = 1 << 16


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
    file = path.open("rb")
    packed = file.read(2) == b"\x1f\x8b"
    file.seek(0)
    return cast(BinaryIO, io.BufferedReader(_Unpacked(file), _BLOCK)) if packed else file


class _Unpacked(io.RawIOBase):
    """What a gzip file holds; what follows its last member (a cache's comment) is ignored, as gzip itself does."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._engine = zlib.decompressobj(_EITHER)
        self._waiting = b""
        self._ended = False

    def readable(self) -> bool:
        """It can be read."""
        return True

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        super().close()

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer. Raises EOFError for a file that stops half-way, OSError for a damaged one."""
        while not self._ended:
            data = self._waiting or self._file.read(_BLOCK)
            if not data:
                raise EOFError("the compressed data stops half-way")
            try:
                piece = self._engine.decompress(data, len(buffer))
            except zlib.error as error:
                raise OSError(f"the compressed data is damaged ({error})") from error
            self._waiting = self._engine.unconsumed_tail
            if self._engine.eof:
                self._next_member()
            if piece:
                buffer[: len(piece)] = piece
                return len(piece)
        return 0

    def _next_member(self) -> None:
        rest = self._engine.unused_data
        rest = rest if len(rest) > 1 else rest + self._file.read(_BLOCK)
        self._ended = rest[:2] != b"\x1f\x8b"
        self._waiting = rest
        self._engine = zlib.decompressobj(_EITHER)

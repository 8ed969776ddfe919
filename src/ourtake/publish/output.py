"""Files that a command is asked to write: never over something else, never half.

The one place where an output file is opened. What is written grows in a temporary sibling and is renamed into place
when it is complete and on the disk, so that a failure leaves what was there before. A device, a pipe and standard
output (`-`, /dev/stdout) are written to as they are.
"""

from __future__ import annotations

import contextlib
import os
import re
import stat
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, BinaryIO

from ourtake.errors import InputError

_DESCRIPTOR = re.compile(r"/dev/(?:(?P<name>stdout|stderr)|fd/(?P<number>\d+))|/proc/self/fd/(?P<other>\d+)")
_PLACE = "Name a file in a folder that exists and can be written."


class Output:
    """One output file, checked before anything is paid or changed.

    `force`: an existing file may be replaced. `keep`: what is never written to, even then: the inputs, the store.
    `option`: what named the file. Raises InputError where the path holds something that may not be replaced, or can't
    be written.
    """

    def __init__(self, path: Path, *, force: bool = False, keep: Iterable[Path] = (), option: str = "-o") -> None:
        self.path = path
        self.force = force
        self._descriptor = _descriptor(path)
        self._another = "Name another file." if option == "FILE" else f"Name another file with {option}."
        self._check(list(keep))

    @property
    def is_stdout(self) -> bool:
        """Whether it is this process's standard output."""
        return self._descriptor == 1

    @property
    def is_stream(self) -> bool:
        """Whether it is a pipe, a device or an open descriptor: nothing is there to be replaced or read back."""
        return self._descriptor is not None or (self.path.exists() and not self.path.is_file())

    def _check(self, keep: list[Path]) -> None:
        path = self.path
        if path.is_dir():
            raise InputError(f"{path} is a folder.", self._another)
        if self.is_stream:
            if self._descriptor is None and not os.access(path, os.W_OK):
                raise InputError(f"{path} can't be written.", self._another)
            return
        if path.is_symlink() and not path.exists():
            raise InputError(
                f"{path} is a link to a file that is not there.", f"Remove the link, or n{self._another[1:]}"
            )
        for other in keep:
            if same_file(path, other):
                raise InputError(f"{path} is read or kept by this command and can't be its output.", self._another)
        if path.exists() and not self.force:
            raise InputError(f"{path} exists already.", f"Add --force to replace it, or n{self._another[1:]}")
        folder = path.resolve().parent
        if not folder.is_dir() or not os.access(folder, os.W_OK):
            raise InputError(f"{path} can't be written: {folder} is not a folder that can be written to.", _PLACE)

    @contextlib.contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """The file for writing bytes. It is in place when the block ends, and nothing of it is when the block fails.

        Raises InputError when the file can't be written, or when another program made it meanwhile.
        """
        with self._plain_errors():
            if self.is_stream:
                with self._stream() as stream:
                    yield stream
                return
            with _replacing(self.path.resolve(), new=not self.path.exists() or not self.force) as file:
                yield file

    def write(self, text: str) -> None:
        """Write a text, in UTF-8."""
        with self.open() as file:
            file.write(text.encode())

    def growing(self, *, afresh: bool) -> IO[bytes]:
        """The file to append to, without a buffer: what was written is kept. `afresh`: it is emptied first."""
        with self._plain_errors():
            return self._stream() if self.is_stream else open(self.path, "wb" if afresh else "ab", buffering=0)

    def _stream(self) -> BinaryIO:
        """The open stream. Standard output goes on where it is; opened by its name it would be overwritten."""
        if self._descriptor is None:
            return open(self.path, "wb", buffering=0)
        sys.stdout.flush()
        return os.fdopen(os.dup(self._descriptor), "wb", buffering=0)

    @contextlib.contextmanager
    def _plain_errors(self) -> Iterator[None]:
        try:
            yield
        except BrokenPipeError:
            raise  # the reader has gone; the command line knows what to do
        except FileExistsError as error:
            raise InputError(f"{self.path} was made by another program meanwhile.", self._another) from error
        except OSError as error:
            raise InputError(f"{self.path} can't be written: {error.strerror}.", self._another) from error


def replace_file(path: Path, parts: Iterable[bytes]) -> None:
    """Put other content in the place of an existing file, whole or not at all; a link stays a link. Raises OSError."""
    with _replacing(path.resolve(), new=False) as file:
        file.writelines(parts)


def same_file(one: Path, other: Path) -> bool:
    """Whether two paths lead to one file, whether or not it is there yet; also by a link."""
    try:
        return one.resolve() == other.resolve() or one.samefile(other)
    except OSError:
        return False


@contextlib.contextmanager
def _replacing(path: Path, *, new: bool) -> Iterator[BinaryIO]:
    """A temporary sibling that is renamed to `path` at the end. `new`: FileExistsError if one is there."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:100]}.")
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if new:
            # Made under its own name first: that fails where somebody else was quicker, and gives the usual rights.
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))
        os.chmod(temporary, stat.S_IMODE(path.stat().st_mode))
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def _descriptor(path: Path) -> int | None:
    """The open descriptor that a name stands for, as /dev/stdout and `-` do; None for every other name."""
    if str(path) == "-":
        return 1
    match = _DESCRIPTOR.fullmatch(os.path.abspath(path))
    if match is None:
        return None
    return {"stdout": 1, "stderr": 2}.get(match["name"] or "", int(match["number"] or match["other"] or 0))

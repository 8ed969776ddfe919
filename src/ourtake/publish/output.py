"""Files that a command is asked to write: never over something else, never incomplete.

The one place where an output file is opened. It is written to a temporary file next to it, which is renamed when it is
complete and on the disk, so that a failure leaves what was there before. Devices, pipes and standard output (`-`,
/dev/stdout) are written to directly.
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

    `force`: an existing file may be replaced. `keep`: files that are never written to, even then: the inputs, the
    store. `option`: what named the file, for messages. Raises InputError if the path can't be written, or has
    something that may not be replaced.
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
        """Whether it is a pipe, a device or an open descriptor, which can't be replaced or read back."""
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
                f"{path} is a link to a file that does not exist.", f"Remove the link, or n{self._another[1:]}"
            )
        for other in keep:
            if same_file(path, other):
                raise InputError(f"{path} is used by this command and can't be its output.", self._another)
        if path.exists() and not self.force:
            raise InputError(f"{path} already exists.", f"Add --force to replace it, or n{self._another[1:]}")
        folder = path.resolve().parent
        if not folder.is_dir() or not os.access(folder, os.W_OK):
            raise InputError(f"{path} can't be written: {folder} is not a folder that can be written to.", _PLACE)

    @contextlib.contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """The file, to write bytes to. It appears when the block ends; when the block fails, nothing changes.

        Raises InputError when the file can't be written, or when another program made it in the meantime.
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

    def appending(self, *, empty: bool) -> IO[bytes]:
        """The file, to append to without a buffer, so that a kill loses nothing. `empty`: it is emptied first."""
        with self._plain_errors():
            return self._stream() if self.is_stream else open(self.path, "wb" if empty else "ab", buffering=0)

    def _stream(self) -> BinaryIO:
        """The open stream. Standard output continues where it is; opened by its name it would be overwritten."""
        if self._descriptor is None:
            return open(self.path, "wb", buffering=0)
        sys.stdout.flush()
        return os.fdopen(os.dup(self._descriptor), "wb", buffering=0)

    @contextlib.contextmanager
    def _plain_errors(self) -> Iterator[None]:
        try:
            yield
        except BrokenPipeError:
            raise  # the reader has gone; cli/main.py handles that
        except FileExistsError as error:
            raise InputError(f"{self.path} was created by another program in the meantime.", self._another) from error
        except OSError as error:
            raise InputError(f"{self.path} can't be written: {error.strerror}.", self._another) from error


def replace_file(path: Path, parts: Iterable[bytes]) -> None:
    """Replace the content of an existing file, completely or not at all; a link stays a link. Raises OSError."""
    with _replacing(path.resolve(), new=False) as file:
        file.writelines(parts)


def same_file(one: Path, other: Path) -> bool:
    """Whether two paths are one file, also through links, and even if it does not exist yet."""
    try:
        return one.resolve() == other.resolve() or one.samefile(other)
    except OSError:
        return False


@contextlib.contextmanager
def _replacing(path: Path, *, new: bool) -> Iterator[BinaryIO]:
    """A temporary file next to `path` that is renamed to it at the end. `new`: FileExistsError if one exists."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:100]}.")
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if new:
            # Made under its own name first: that fails where another program was quicker, and sets the usual mode.
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))
        os.chmod(temporary, stat.S_IMODE(path.stat().st_mode))
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def _descriptor(path: Path) -> int | None:
    """The open descriptor that a name such as /dev/stdout or `-` means; None for any other name."""
    if str(path) == "-":
        return 1
    match = _DESCRIPTOR.fullmatch(os.path.abspath(path))
    if match is None:
        return None
    return {"stdout": 1, "stderr": 2}.get(match["name"] or "", int(match["number"] or match["other"] or 0))

"""A command that tests/command_server.py forked, with what tests use of a `subprocess.Popen[str]`."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import threading
from collections.abc import Callable
from typing import AnyStr, TextIO


class ForkedCommand:
    """A command that is running or has ended. The server is its parent and says on `told` what became of it."""

    def __init__(self, told: int, stdin: int, stdout: int, stderr: int) -> None:
        self._told, self._stdin = told, stdin
        self.pid = int(_line(told))
        self.returncode: int | None = None
        self.stdout: TextIO = os.fdopen(stdout, encoding="utf-8", errors="surrogateescape")
        self.stderr: TextIO = os.fdopen(stderr, encoding="utf-8", errors="surrogateescape")

    def poll(self) -> int | None:
        """The exit code, minus a signal's number; None while it runs."""
        if self.returncode is None and select.select([self._told], [], [], 0)[0]:
            self._read_code()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """The exit code; `timeout` in seconds."""
        if self.returncode is None:
            if not select.select([self._told], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(["ourtake"], timeout or 0)
            self._read_code()
        assert self.returncode is not None
        return self.returncode

    def _read_code(self) -> None:
        self.returncode = int(_line(self._told))
        os.close(self._told)

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """Wait for its end; the rest of its output and of its errors."""
        out, err = self._communicate(b"", timeout, lambda stream: stream.read())
        return out, err

    def communicate_bytes(self, given: bytes, timeout: float | None) -> tuple[bytes, bytes]:
        """Write `given` to its input, and wait for its end; its output and its errors."""
        out, err = self._communicate(given, timeout, lambda stream: stream.buffer.read())
        return out, err

    def _communicate(self, given: bytes, timeout: float | None, read: Callable[[TextIO], AnyStr]) -> list[AnyStr]:
        taken: dict[int, AnyStr] = {}

        def take(at: int, stream: TextIO) -> None:
            with stream:
                taken[at] = read(stream)

        threads = [threading.Thread(target=take, args=one) for one in enumerate((self.stdout, self.stderr))]
        if self._stdin >= 0:
            threads.append(threading.Thread(target=_write, args=(self._stdin, given)))
        for thread in threads:
            thread.start()
        try:
            self.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        finally:
            for thread in threads:
                thread.join()
        return [taken[0], taken[1]]


def _line(descriptor: int) -> bytes:
    """A line, and not a byte beyond: what follows is waited for with select()."""
    read = b""
    while not read.endswith(b"\n"):
        byte = os.read(descriptor, 1)
        if not byte:
            raise EOFError("the server of commands has ended")
        read += byte
    return read


def _write(descriptor: int, content: bytes) -> None:
    # A command may end without reading its input, as it may with `subprocess.run`.
    with contextlib.suppress(BrokenPipeError), os.fdopen(descriptor, "wb") as stream:
        stream.write(content)

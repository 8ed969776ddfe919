"""The worker processes of a command that tests/command_server.py forked: the same server forks them, too.

A batch starts a new interpreter for its checks, which loads the rules for a second of processor time. Here the
process that runs `worker_main` has them already; its pipes, its session and its end are as they would be. What it
is started with is put to the test by `make test-all`.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any
from unittest import mock

from ourtake.jobs import worker_process

COMMAND = ["-P", "-m", "ourtake.jobs.worker_main"]


class ForkedWorker:
    """As the `subprocess.Popen` of a worker process: its pipes, `kill` and `wait`."""

    def __init__(self, server: socket.socket, target: str) -> None:
        given, out, told = os.pipe(), os.pipe(), os.pipe()
        request = {"worker": target, "folder": os.getcwd(), "env": dict(os.environ)}
        socket.send_fds(server, [json.dumps(request).encode()], [given[0], out[1], 2, told[1]])
        for descriptor in (given[0], out[1], told[1]):
            os.close(descriptor)
        self.stdin, self.stdout = os.fdopen(given[1], "wb"), os.fdopen(out[0], "rb")
        self._told = os.fdopen(told[0])
        self.pid = int(self._told.readline())
        self._code: int | None = None

    def kill(self) -> None:
        if self._code is None and not select.select([self._told], [], [], 0)[0]:
            os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> int:
        if self._code is None:
            with self._told:
                self._code = int(self._told.readline())
        return self._code


def use_forked_workers(server: socket.socket) -> None:
    """From now on this process has its workers forked by the server at the other end of a datagram socket."""

    def start(command: Sequence[str], **given: Any) -> ForkedWorker:
        assert list(command[1:4]) == COMMAND and given.pop("start_new_session"), command
        assert set(given.values()) == {subprocess.PIPE} and set(given) == {"stdin", "stdout"}
        return ForkedWorker(server, command[4])

    mock.patch.object(worker_process, "subprocess", SimpleNamespace(Popen=start, PIPE=subprocess.PIPE)).start()

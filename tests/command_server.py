"""Runs the command line in forked processes, so that the libraries of others are loaded once a test run and not once a
command: they are most of what a command costs.

`CommandServer` is the tests' end. This file run as a program is the other end: it loads the libraries and ourtake's own
modules, and then forks for every request a process that is as `python -m ourtake` would be, with an environment, a
folder, and standard streams of its own. What the modules import, and what they read from the environment while they are
imported, is put to the test by `make test-all`, where every command is started in the ordinary way.

A request is a line of JSON with the three streams as file descriptors; the answers are lines on a fourth one: the
process's number, then its exit code, negative for a signal.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import json
import os
import pkgutil
import runpy
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import ourtake

LIBRARIES = """
    openai openai.resources.responses openai.resources.chat.completions openai.types.responses anthropic
    anthropic.resources.messages anthropic.types.message sqlalchemy sqlalchemy.dialects.sqlite alembic.command tantivy
    numpy pydantic typer rich.progress rich.console yaml jinja2 markdown_it rapidfuzz ahocorasick_rs httpcore2 httpx2
    genai_prices tenacity jiter idna feedparser trafilatura lxml.html protego asyncio sqlite3 multiprocessing
""".split()
FRESH = ("PYTHON", "LANG", "LC_", "OPENAI_LOG", "ANTHROPIC_LOG", "OURTAKE_KILL_AT")
"""Variables that Python or a module reads when it is loaded begin with these: a command with one that differs from
the server's is started in the ordinary way."""


class CommandServer:
    """The server of a test run, started by the first command that needs it."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._socket: socket.socket | None = None

    def run(
        self, words: Sequence[str], *, folder: Path, env: Mapping[str, str], stdin: bytes, timeout: float
    ) -> subprocess.CompletedProcess[bytes]:
        """As `subprocess.run([sys.executable, "-m", "ourtake", *words], capture_output=True)`."""
        if os.environ.get("OURTAKE_TEST_FRESH") or _at_start(env) != _at_start(os.environ):
            command = [sys.executable, "-m", "ourtake", *words]
            return subprocess.run(
                command, cwd=folder, env=env, input=stdin, capture_output=True, timeout=timeout, check=False
            )
        given, out, err, told = os.pipe(), os.pipe(), os.pipe(), os.pipe()
        theirs = [given[0], out[1], err[1], told[1]]
        request = json.dumps({"words": list(words), "folder": str(folder), "env": dict(env)}).encode()
        connection = self._started()
        connection.sendall(len(request).to_bytes(4, "big"))
        socket.send_fds(connection, [request[:1]], theirs)
        connection.sendall(request[1:])
        for descriptor in theirs:
            os.close(descriptor)
        taken: list[bytes] = [b"", b""]
        threads = [threading.Thread(target=_read, args=(one[0], taken, at)) for at, one in enumerate((out, err))]
        threads.append(threading.Thread(target=_write, args=(given[1], stdin)))
        for thread in threads:
            thread.start()
        with os.fdopen(told[0]) as answers:
            pid = int(answers.readline())
            late = not select.select([answers], [], [], timeout)[0]
            if late:
                os.kill(pid, signal.SIGKILL)
            code = int(answers.readline())
        for thread in threads:
            thread.join()
        if late:
            raise subprocess.TimeoutExpired(["ourtake", *words], timeout, *taken)
        return subprocess.CompletedProcess(["ourtake", *words], code, *taken)

    def _started(self) -> socket.socket:
        if self._socket is None:
            self._socket, theirs = socket.socketpair()
            words = [sys.executable, __file__, str(theirs.fileno())]
            self._process = subprocess.Popen(words, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL)
            theirs.close()
        return self._socket

    def close(self) -> None:
        """End the server."""
        if self._socket is not None and self._process is not None:
            self._socket.close()
            self._process.wait()


def _at_start(env: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in env.items() if name.startswith(FRESH)}


def _read(descriptor: int, taken: list[bytes], at: int) -> None:
    with os.fdopen(descriptor, "rb") as stream:
        taken[at] = stream.read()


def _write(descriptor: int, content: bytes) -> None:
    # A command may end without reading its input, as it may with `subprocess.run`.
    with contextlib.suppress(BrokenPipeError), os.fdopen(descriptor, "wb") as stream:
        stream.write(content)


def serve(connection: socket.socket) -> None:
    """Load all modules, then fork for every request until the other end is closed."""
    for name in LIBRARIES:
        importlib.import_module(name)
    for module in pkgutil.walk_packages(ourtake.__path__, "ourtake."):
        if "migrations" not in module.name and module.name != "ourtake.__main__":
            importlib.import_module(module.name)
    gc.freeze()
    while size := connection.recv(4, socket.MSG_WAITALL):
        first, streams, _, _ = socket.recv_fds(connection, 1, 4)
        request = json.loads(first + connection.recv(int.from_bytes(size, "big") - 1, socket.MSG_WAITALL))
        if os.fork() == 0:
            connection.close()
            _watched(request, streams)
            return
        for descriptor in streams:
            os.close(descriptor)
        _reap(os.WNOHANG)
    _reap(0)


def _reap(flags: int) -> None:
    """Take notice of the processes that have ended, or, with flags 0, wait for all."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, flags)[0]:
            continue


def _watched(request: dict[str, Any], streams: list[int]) -> None:
    """Run the command in a process of its own and report on it from this one: several commands may run at once."""
    child = os.fork()
    if not child:
        _run(request, streams)
        return
    for descriptor in streams[:3]:
        os.close(descriptor)
    os.write(streams[3], f"{child}\n".encode())
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    os.write(streams[3], f"{code}\n".encode())
    os._exit(0)


def _run(request: dict[str, Any], streams: list[int]) -> None:
    for descriptor, taken in enumerate(streams[:3]):
        os.dup2(taken, descriptor)
    for taken in streams:
        os.close(taken)
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["env"])
    tempfile.tempdir = None
    sys.path[0] = request["folder"]
    sys.argv = ["ourtake", *request["words"]]
    try:
        runpy.run_module("ourtake", run_name="__main__", alter_sys=True)
    except SystemExit as end:
        # Taking the interpreter down would copy every page of the libraries: half of what a command costs.
        threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(end.code if isinstance(end.code, int) else 0 if end.code is None else 1)


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))

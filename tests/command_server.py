"""Runs the command line in forked processes, so that the libraries of others are loaded once a test run and not once a
command: they are most of what a command costs.

`CommandServer` is the tests' end. This module run as a program is the other end: it loads the libraries and ourtake's
own modules, builds the tree of commands, and then forks for every request a process that is as `python -m ourtake`
would be, with an environment, a folder, and standard streams of its own. What the modules import, and what they read
from the environment while they are imported, is put to the test by `make test-all`, where every command is started in
the ordinary way.

A request is a line of JSON with the three streams as file descriptors; the answers are lines on a fourth one: the
process's number, then its exit code, negative for a signal. A command asks in the same way for a worker process
(forked_workers.py), on a socket of its own.
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
from ourtake.jobs import worker_main
from ourtake.store import failpoints
from tests.forked_workers import use_forked_workers
from tests.ready_store import copy_new_stores

ROOT = Path(__file__).parents[1]
LIBRARIES = """
    openai openai.resources.responses openai.resources.chat.completions openai.types.responses anthropic
    anthropic.resources.messages anthropic.types.message sqlalchemy sqlalchemy.dialects.sqlite alembic.command tantivy
    numpy pydantic typer rich.progress rich.console yaml jinja2 markdown_it rapidfuzz ahocorasick_rs httpcore2 httpx2
    genai_prices tenacity jiter idna feedparser trafilatura lxml.html protego asyncio sqlite3 multiprocessing
""".split()
FRESH = ("PYTHON", "LANG", "LC_", "OPENAI_LOG", "ANTHROPIC_LOG")
"""Variables that Python or a module reads when it is loaded begin with these: a command with one that differs from
the server's is started in the ordinary way."""
MOST = 1 << 20
"""Bytes of a command's request for a worker."""


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
            ready = tempfile.mkdtemp(prefix="ready-store-")
            words = [sys.executable, "-m", "tests.command_server", str(theirs.fileno()), ready]
            self._process = subprocess.Popen(words, cwd=ROOT, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL)
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


def serve(connection: socket.socket, folder: Path) -> None:
    """Load all modules, then fork for every request until the other end is closed. Several commands may run at once."""
    for name in LIBRARIES:
        importlib.import_module(name)
    for module in pkgutil.walk_packages(ourtake.__path__, "ourtake."):
        if "migrations" not in module.name and module.name != "ourtake.__main__":
            importlib.import_module(module.name)
    copy_new_stores(folder)
    _build_once()
    gc.collect()
    gc.freeze()
    ended, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake)
    workers, asking = socket.socketpair(type=socket.SOCK_DGRAM)
    answers: dict[int, int] = {}
    while True:
        waiting: list[socket.socket | int] = [connection, workers, ended]
        ready = select.select(waiting, [], [])[0]
        if ended in ready:
            os.read(ended, 512)
            _report_ended(answers)
        for asked in [one for one in (connection, workers) if one in ready]:
            request, streams = _request(asked)
            if not request:
                while answers:
                    _report_ended(answers, wait=True)
                return
            child = os.fork()
            if not child:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                connection.close()
                workers.close()
                for descriptor in (ended, wake, streams[3], *answers.values()):
                    os.close(descriptor)
                use_forked_workers(asking)
                _run(json.loads(request), streams[:3])
                return
            for descriptor in streams[:3]:
                os.close(descriptor)
            _tell(streams[3], child)
            answers[child] = streams[3]


def _request(asked: socket.socket) -> tuple[bytes, list[int]]:
    """A request and its streams, from a test or from a command that wants a worker; empty where the test run ends."""
    if asked.type == socket.SOCK_DGRAM:
        request, streams, _, _ = socket.recv_fds(asked, MOST, 4)
        return request, streams
    if not (size := asked.recv(4, socket.MSG_WAITALL)):
        return b"", []
    first, streams, _, _ = socket.recv_fds(asked, 1, 4)
    return first + asked.recv(int.from_bytes(size, "big") - 1, socket.MSG_WAITALL), streams


def _build_once() -> None:
    """Have typer build the tree of commands here: it is the same for all, and takes longer than a fork does."""
    import typer.main

    from ourtake.cli import main

    app, built = main.app, typer.main.get_command(main.app)
    build = typer.main.get_command
    typer.main.get_command = lambda typer_instance: built if typer_instance is app else build(typer_instance)


def _report_ended(answers: dict[int, int], wait: bool = False) -> None:
    """Write down the exit codes of the processes that have ended; `wait` for one that has."""
    flags = 0 if wait else os.WNOHANG
    with contextlib.suppress(ChildProcessError):
        while (found := os.waitpid(-1, flags))[0]:
            answer = answers.pop(found[0])
            _tell(answer, os.waitstatus_to_exitcode(found[1]))
            os.close(answer)


def _tell(answer: int, number: int) -> None:
    # Who asked may have gone: a test that was stopped.
    with contextlib.suppress(BrokenPipeError):
        os.write(answer, f"{number}\n".encode())


def _run(request: dict[str, Any], streams: list[int]) -> None:
    for descriptor, taken in enumerate(streams[:3]):
        os.dup2(taken, descriptor)
    for taken in streams:
        os.close(taken)
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["env"])
    tempfile.tempdir = None
    if "OURTAKE_KILL_AT" in os.environ:
        importlib.reload(failpoints)
    try:
        if "worker" in request:
            os.setsid()
            del sys.path[0]
            worker_main.serve(request["worker"], os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb"))
        sys.path[0] = request["folder"]
        sys.argv = ["ourtake", *request["words"]]
        runpy.run_module("ourtake", run_name="__main__", alter_sys=True)
    except SystemExit as end:
        # Taking the interpreter down would copy every page of the libraries: half of what a command costs.
        threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(end.code if isinstance(end.code, int) else 0 if end.code is None else 1)


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])), Path(sys.argv[2]))

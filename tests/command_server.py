"""Runs the command line in forked processes, so that the libraries of others are loaded once a test run and not once a
command: they are most of what a command costs.

`CommandServer` is the tests' end. This module run as a program is the other end: it loads the libraries and ourtake's
own modules, builds the tree of commands, and then forks for every request a process that is as `python -m ourtake`
would be, with an environment, a folder, and standard streams of its own. What the modules import, and what they read
from the environment while they are imported, is put to the test by `make test-all`, where a sample of the commands is
started in the ordinary way: one of each kind (see `_kind`) in each folder of tests.

A request is a line of JSON with the three streams as file descriptors; the answers are lines on a fourth one: the
process's number, then its exit code, negative for a signal. A command asks in the same way for a worker process
(forked_workers.py), on a socket of its own.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import gc
import hashlib
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
from tests.forked_command import ForkedCommand
from tests.forked_workers import use_forked_workers
from tests.kept_templates import compile_prompts, keep_templates
from tests.ready_store import copy_new_stores

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
LIBRARIES = """
    openai openai.resources.responses openai.resources.chat.completions openai.types.responses anthropic
    anthropic.resources.messages anthropic.types.message sqlalchemy sqlalchemy.dialects.sqlite alembic.command tantivy
    numpy pydantic typer rich.progress rich.console yaml jinja2 markdown_it rapidfuzz ahocorasick_rs httpcore2 httpx2
    genai_prices tenacity jiter idna feedparser trafilatura lxml.html protego asyncio sqlite3 multiprocessing
""".split()
FRESH = ("PYTHON", "LANG", "LC_", "OPENAI_LOG", "ANTHROPIC_LOG")
"""Variables that Python or a module reads when it is loaded begin with these: a command with one that differs from
the server's is started in the ordinary way."""
Pipe = tuple[int, int]
"""The descriptors of the end that is read and of the one that is written to."""
MOST = 1 << 20
"""Bytes of a command's request for a worker."""


class CommandServer:
    """The server of a test run. The first command that needs it starts it; the workers of pytest-xdist share it.

    Where the server listens is written in `folder`, which is the same for all workers.
    """

    def __init__(self, folder: Path) -> None:
        self._known = folder / "command-server"
        self._seen = folder / "commands-seen"
        self._socket: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def run(
        self, words: Sequence[str], *, folder: Path, env: Mapping[str, str], stdin: bytes, timeout: float
    ) -> subprocess.CompletedProcess[bytes]:
        """As `subprocess.run([sys.executable, "-m", "ourtake", *words], capture_output=True)`."""
        if self.starts_from_nothing(words, env):
            command = [sys.executable, "-m", "ourtake", *words]
            return subprocess.run(
                command, cwd=folder, env=env, input=stdin, capture_output=True, timeout=timeout, check=False
            )
        given = os.pipe()
        forked = self._fork(words, folder, env, given, os.pipe(), os.pipe())
        out, err = forked.communicate_bytes(stdin, timeout)
        return subprocess.CompletedProcess(["ourtake", *words], forked.wait(), out, err)

    def start(
        self,
        words: Sequence[str],
        *,
        folder: Path,
        env: Mapping[str, str],
        stdin: int | None = None,
        stdout: int | None = None,
        stderr: int | None = None,
    ) -> ForkedCommand | subprocess.Popen[str]:
        """As `subprocess.Popen([sys.executable, "-m", "ourtake", *words], text=True)`.

        The streams are descriptors or DEVNULL. Without one its input is empty, and its output and errors are pipes.

        Ctrl-C ends it: in the background of a shell, tests and their children ignore that signal.
        """
        if self.starts_from_nothing(words, env):
            return subprocess.Popen(
                [sys.executable, "-m", "ourtake", *words],
                cwd=folder,
                env=env,
                stdin=subprocess.DEVNULL if stdin is None else stdin,
                stdout=subprocess.PIPE if stdout is None else stdout,
                stderr=subprocess.PIPE if stderr is None else stderr,
                text=True,
                preexec_fn=_listen,
            )
        given = _nothing() if stdin is None else os.dup(stdin)
        out, err = (os.pipe() if one is None else (_nothing(), _output(one)) for one in (stdout, stderr))
        return self._fork(words, folder, env, (given, -1), out, err)

    def starts_from_nothing(self, words: Sequence[str], env: Mapping[str, str]) -> bool:
        """Whether this command is a new interpreter that loads everything itself, as a person's is.

        With OURTAKE_TEST_FRESH=all each is. With `sample` it is the first of its kind in a test run: the first from a
        folder of tests of a command with these options under these variables.
        """
        fresh = os.environ.get("OURTAKE_TEST_FRESH", "")
        if fresh == "all" or _at_start(env) != _at_start(os.environ):
            return True
        return fresh == "sample" and self._is_first(_kind(words, env))

    def _is_first(self, kind: str) -> bool:
        self._seen.mkdir(exist_ok=True)
        try:
            (self._seen / hashlib.sha256(kind.encode()).hexdigest()).touch(exist_ok=False)
        except FileExistsError:
            return False
        return True

    def _fork(
        self, words: Sequence[str], folder: Path, env: Mapping[str, str], given: Pipe, out: Pipe, err: Pipe
    ) -> ForkedCommand:
        told = os.pipe()
        theirs = [given[0], out[1], err[1], told[1]]
        request = json.dumps({"words": list(words), "folder": str(folder), "env": dict(env)}).encode()
        connection = self._connected()
        connection.sendall(len(request).to_bytes(4, "big"))
        socket.send_fds(connection, [request[:1]], theirs)
        connection.sendall(request[1:])
        for descriptor in theirs:
            os.close(descriptor)
        return ForkedCommand(told[0], given[1], out[0], err[0])

    def _connected(self) -> socket.socket:
        if self._socket is None:
            with Path(f"{self._known}.lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                self._socket = self._another_workers() or self._started()
        return self._socket

    def _another_workers(self) -> socket.socket | None:
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect(self._known.read_text())
        except (FileNotFoundError, ConnectionRefusedError):
            connection.close()
            return None
        return connection

    def _started(self) -> socket.socket:
        # An address on disk may have some hundred bytes, and the tests' own folder may have a longer name.
        address = tempfile.mkdtemp(prefix="ourtake-commands-", dir="/tmp") + "/socket"
        listening, (own, theirs) = socket.socket(socket.AF_UNIX), socket.socketpair()
        with listening, theirs:
            listening.bind(address)
            listening.listen(64)
            ready = tempfile.mkdtemp(prefix="ready-store-")
            numbers = [listening.fileno(), theirs.fileno()]
            words = [sys.executable, "-m", "tests.command_server", *map(str, numbers), ready]
            self._process = subprocess.Popen(words, cwd=ROOT, pass_fds=numbers, stdin=subprocess.DEVNULL)
        self._known.write_text(address)
        return own

    def close(self) -> None:
        """Use it no more. It ends with its last user."""
        if self._socket is not None:
            self._socket.close()
        if self._process is not None:
            self._process.wait()


def _kind(words: Sequence[str], env: Mapping[str, str]) -> str:
    """What is alike among commands of which one in a folder of tests starts from nothing in `make test-all`."""
    tests = os.environ.get("PYTEST_CURRENT_TEST", "").partition("::")[0].rpartition("/")[0]
    options = sorted({word.partition("=")[0] for word in words if word.startswith("-")})
    names = sorted(name for name in env if os.environ.get(name) != env[name])
    return json.dumps([tests, [word for word in words if word.isalpha()][:2], options, names])


def _at_start(env: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in env.items() if name.startswith(FRESH)}


def _nothing() -> int:
    return os.open(os.devnull, os.O_RDONLY)


def _output(given: int) -> int:
    return os.open(os.devnull, os.O_WRONLY) if given == subprocess.DEVNULL else os.dup(given)


def _listen() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def serve(listening: socket.socket, first: socket.socket, folder: Path) -> None:
    """Load all modules, then fork for every request until nobody is connected. Several commands may run at once."""
    for name in LIBRARIES:
        importlib.import_module(name)
    for module in pkgutil.walk_packages(ourtake.__path__, "ourtake."):
        if "migrations" not in module.name and module.name != "ourtake.__main__":
            importlib.import_module(module.name)
    copy_new_stores(folder)
    _build_once()
    _use_once()
    gc.collect()
    gc.freeze()
    ended, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake)
    workers, asking = socket.socketpair(type=socket.SOCK_DGRAM)
    answers: dict[int, int] = {}
    users = [first]
    while users:
        waiting: list[socket.socket | int] = [listening, *users, workers, ended]
        ready = select.select(waiting, [], [])[0]
        if ended in ready:
            os.read(ended, 512)
            _report_ended(answers)
        if listening in ready:
            users.append(listening.accept()[0])
        for asked in [one for one in (*users, workers) if one in ready]:
            request, streams = _request(asked)
            if not request:
                asked.close()
                users.remove(asked)
                if not users:
                    users = _last(listening)
                continue
            child = os.fork()
            if not child:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                for connection in (listening, workers, *users):
                    connection.close()
                for descriptor in (ended, wake, streams[3], *answers.values()):
                    os.close(descriptor)
                use_forked_workers(asking)
                _run(json.loads(request), streams[:3])
                return
            for descriptor in streams[:3]:
                os.close(descriptor)
            _tell(streams[3], child)
            answers[child] = streams[3]
    while answers:
        _report_ended(answers, wait=True)


def _last(listening: socket.socket) -> list[socket.socket]:
    """Let nobody else connect, and take those who just did: the users that are left."""
    address = Path(listening.getsockname())
    address.unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        address.parent.rmdir()
    found = []
    while select.select([listening], [], [], 0)[0]:
        found.append(listening.accept()[0])
    return found


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


def _use_once() -> None:
    """Have a take written and checked here: what that compiles is the same for all commands."""
    from ourtake.checks.base import CheckContext
    from ourtake.checks.registry import check
    from ourtake.config import Settings
    from ourtake.config_file import store_address
    from ourtake.documents import Related
    from ourtake.intake.files import read_source
    from ourtake.providers.base import Brief
    from ourtake.providers.baseline import write
    from ourtake.writing.reply import parse_take

    keep_templates()
    compile_prompts()
    store_address(None, Settings())
    source = read_source(str(next(EXAMPLES.glob("sources/01-*.md"))))
    related = []
    for number, path in enumerate(sorted(EXAMPLES.glob("archive/*.md"))[:4], 1):
        text = path.read_text(encoding="utf-8").split("---", 2)[2].strip()
        url = f"https://paper.example/{number}"
        related.append(Related(id=url, url=url, title=path.stem, text=text, passage=text[:1000], handle=f"a{number}"))
    brief = Brief(source=source, related=tuple(related))
    take = parse_take(json.dumps(write(brief)), brief.related)
    check(take, CheckContext(source, brief.related))


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
    _listen()
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
    serve(socket.socket(fileno=int(sys.argv[1])), socket.socket(fileno=int(sys.argv[2])), Path(sys.argv[3]))

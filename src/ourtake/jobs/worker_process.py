"""Work that would block the event loop, done in worker processes: each is sent one call at a time and returns its
answer.

What runs there is named as "package.module:function". The module is imported at once. The function is given what
`begin` was given, and returns another function, which answers the calls. When this process ends, for whatever reason,
its pipes close and the workers end too; the pools of the standard library leave theirs behind after a kill -9.

A worker is a new interpreter on two pipes. `fork=True` makes it a copy of this process instead, which has all modules
that are loaded by then and shares their memory. That is for commands that have opened no database yet; with threads, a
copy could wait for a lock forever, so a process that has some starts a new interpreter all the same.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import IO, Generic, Protocol, TypeVar

from ourtake.collector import leave_out_what_is_loaded
from ourtake.errors import ProcessLost
from ourtake.jobs.worker_main import Answer, read_message, serve, write_message

Call = TypeVar("Call")
Result = TypeVar("Result")


class _Child(Protocol):
    """What a worker needs of its process."""

    def kill(self) -> None:
        """Send SIGKILL."""

    def wait(self) -> int:
        """Its exit code; minus the number of the signal that ended it."""


class _Fork:
    """A copy of this process that serves `target`. `others`: this process's ends of the pipes of earlier workers."""

    def __init__(self, target: str, others: Sequence[IO[bytes]]) -> None:
        calls_out, calls_in = os.pipe()
        answers_out, answers_in = os.pipe()
        leave_out_what_is_loaded()
        self._pid = os.fork()
        self._code: int | None = None
        if self._pid:
            os.close(calls_out)
            os.close(answers_in)
            self.calls, self.answers = os.fdopen(calls_in, "wb"), os.fdopen(answers_out, "rb")
            return
        try:
            # While a copy had the other ends, its own or another worker's, neither would see that this process is gone.
            for end in (calls_in, answers_out, *(pipe.fileno() for pipe in others)):
                os.close(end)
            os.setsid()
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            serve(target, os.fdopen(calls_out, "rb"), os.fdopen(answers_in, "wb"))
        except BaseException:
            sys.excepthook(*sys.exc_info())
        finally:
            os._exit(1)

    def kill(self) -> None:
        """See _Child."""
        if self._code is None:
            os.kill(self._pid, signal.SIGKILL)

    def wait(self) -> int:
        """See _Child."""
        if self._code is None:
            self._code = os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])
        return self._code


def _spawned(target: str) -> tuple[_Child, IO[bytes], IO[bytes]]:
    """A new interpreter that serves `target`, the pipe for its calls, and that for its answers."""
    # -P: a file in the working folder must not be imported in place of a module. With its own session, a terminal's
    # Ctrl-C does not reach it.
    command = [sys.executable, "-P", "-m", "ourtake.jobs.worker_main", target]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)
    assert process.stdin is not None and process.stdout is not None
    return process, process.stdin, process.stdout


class _Worker:
    """One process and its pipes."""

    def __init__(self, target: str, *, fork: bool, others: Sequence[_Worker] = ()) -> None:
        self._process: _Child
        self._calls: IO[bytes]
        self._answers: IO[bytes]
        if fork and threading.active_count() == 1:
            made = _Fork(target, [pipe for other in others for pipe in (other._calls, other._answers)])
            self._process, self._calls, self._answers = made, made.calls, made.answers
        else:
            self._process, self._calls, self._answers = _spawned(target)

    def send(self, message: bytes) -> None:
        """Send a message. Raises OSError, or ValueError after the end."""
        write_message(self._calls, message)

    def exchange(self, message: bytes) -> Answer:
        """Send a call and wait for its answer. Raises ProcessLost."""
        try:
            self.send(message)
            answer: Answer = pickle.loads(read_message(self._answers))
        except (OSError, EOFError, ValueError) as error:
            self._process.kill()
            raise ProcessLost(
                f"A worker process ended before its work was done (exit code {self._process.wait()})."
            ) from error
        return answer

    def end(self) -> None:
        """End it at once: it has nothing that could be lost."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._calls, self._answers):
            with contextlib.suppress(OSError):
                pipe.close()


class WorkerProcess(Generic[Call, Result]):
    """Processes that answer calls of one kind. They start at once and load what they need while this one continues."""

    def __init__(self, target: str, *, processes: int = 1, fork: bool = False) -> None:
        self._workers: list[_Worker] = []
        for _ in range(processes):
            self._workers.append(_Worker(target, fork=fork, others=self._workers))
        # The one that was free last is asked first: while it keeps up, the others need not read what it has read.
        self._free: queue.LifoQueue[_Worker] = queue.LifoQueue()
        self._living = set(self._workers)
        self._lock = threading.Lock()
        self._threads = ThreadPoolExecutor(processes, thread_name_prefix="ourtake-worker")

    def begin(self, given: object) -> None:
        """Give the named function its start value, once, before the first call. What it raises, each call raises."""
        message = pickle.dumps(given, pickle.HIGHEST_PROTOCOL)
        for worker in self._workers:
            with contextlib.suppress(OSError):  # one that is gone is noticed by its first call
                worker.send(message)
            self._free.put(worker)

    async def call(self, given: Call) -> Result:
        """The answer to a call. Raises what was raised there, and ProcessLost when the process is gone."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._exchange, given)

    def answers(self, calls: Iterable[Call]) -> Iterator[tuple[Call, Future[Result]]]:
        """Each call with its future answer, in the order of the calls; only a few calls are sent ahead."""
        waiting: deque[tuple[Call, Future[Result]]] = deque()
        for given in calls:
            waiting.append((given, self._threads.submit(self._exchange, given)))
            if len(waiting) > 2 * len(self._workers):
                yield waiting.popleft()
        yield from waiting

    def close(self) -> None:
        """End the processes; calls under way are lost."""
        for worker in self._workers:
            worker.end()
        self._threads.shutdown(cancel_futures=True)

    @property
    def is_lost(self) -> bool:
        """Whether every process was found to be gone, so that each further call raises ProcessLost."""
        return not self._living

    def _exchange(self, given: Call) -> Result:
        worker = self._free.get()
        try:
            result, error = worker.exchange(pickle.dumps(given, pickle.HIGHEST_PROTOCOL))
        except ProcessLost:
            with self._lock:
                self._living.discard(worker)
            raise
        finally:
            # A dead one is asked again only where all are: then no call waits for one that is free.
            if worker in self._living or self.is_lost:
                self._free.put(worker)
        if error is not None:
            raise error
        answer: Result = result
        return answer

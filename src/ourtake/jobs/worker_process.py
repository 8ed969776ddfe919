"""Work that would block the event loop, done in worker processes: each is sent one call at a time and returns its
answer.

What runs there is named as "package.module:function". The module is imported at once. The function is given what
`begin` was given, and returns another function, which answers the calls. A worker is a new interpreter on two pipes,
not a fork, since this process has threads and open databases. When this process ends, for whatever reason, its pipes
close and the workers end too; the pools of the standard library leave theirs behind after a kill -9.
"""

from __future__ import annotations

import asyncio
import contextlib
import pickle
import queue
import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

from ourtake.errors import ProcessLost
from ourtake.jobs.worker_main import Answer, read_message, write_message

Call = TypeVar("Call")
Result = TypeVar("Result")


class _Worker:
    """One process and its pipes."""

    def __init__(self, target: str) -> None:
        # -P: a file in the working folder must not be imported in place of a module. With its own session, a terminal's
        # Ctrl-C does not reach it.
        command = [sys.executable, "-P", "-m", "ourtake.jobs.worker_main", target]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)
        assert self._process.stdin is not None and self._process.stdout is not None
        self._calls, self._answers = self._process.stdin, self._process.stdout

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

    def __init__(self, target: str, *, processes: int = 1) -> None:
        self._workers = [_Worker(target) for _ in range(processes)]
        self._free: queue.SimpleQueue[_Worker] = queue.SimpleQueue()
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

    def _exchange(self, given: Call) -> Result:
        worker = self._free.get()
        try:
            result, error = worker.exchange(pickle.dumps(given, pickle.HIGHEST_PROTOCOL))
        finally:
            self._free.put(worker)
        if error is not None:
            raise error
        answer: Result = result
        return answer

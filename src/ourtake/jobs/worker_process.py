"""Work that would hold up the event loop, done in processes beside this one: each is sent one call at a time and sends
its answer back.

What runs there is named as "package.module:function": the module is imported at once, the function is given what
`begin` was given and returns another one, which answers the calls. A child is a fresh interpreter on two pipes (no
fork: this process has threads and open databases). When this process goes, however it goes, the pipe ends and the child
with it; the pools of the standard library leave theirs behind after a kill -9.
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
        # -P: what lies in the working folder must not stand in for a module. A session of its own: a terminal's Ctrl-C
        # does not reach it.
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
                f"A process beside this one ended before its work was done (exit code {self._process.wait()})."
            ) from error
        return answer

    def end(self) -> None:
        """End it at once: it holds nothing that could be lost."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._calls, self._answers):
            with contextlib.suppress(OSError):
                pipe.close()


class WorkerProcess(Generic[Call, Result]):
    """Some processes that answer calls of one kind. They start at once and load what they need while this one goes
    on.
    """

    def __init__(self, target: str, *, processes: int = 1) -> None:
        self._children = [_Worker(target) for _ in range(processes)]
        self._free: queue.SimpleQueue[_Worker] = queue.SimpleQueue()
        self._threads = ThreadPoolExecutor(processes, thread_name_prefix="ourtake-beside")

    def begin(self, given: object) -> None:
        """What the named function is given; once, before the first call. What it raises is raised by each call."""
        message = pickle.dumps(given, pickle.HIGHEST_PROTOCOL)
        for child in self._children:
            with contextlib.suppress(OSError):  # one that has gone already is noticed by its first call
                child.send(message)
            self._free.put(child)

    async def call(self, given: Call) -> Result:
        """The answer to a call. Raises what was raised there, and ProcessLost when the process is gone."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._exchange, given)

    def answers(self, calls: Iterable[Call]) -> Iterator[tuple[Call, Future[Result]]]:
        """Each call with its answer to come, in the order of the calls; only a few calls are taken ahead."""
        waiting: deque[tuple[Call, Future[Result]]] = deque()
        for given in calls:
            waiting.append((given, self._threads.submit(self._exchange, given)))
            if len(waiting) > 2 * len(self._children):
                yield waiting.popleft()
        yield from waiting

    def close(self) -> None:
        """End the processes; calls under way are lost."""
        for child in self._children:
            child.end()
        self._threads.shutdown(cancel_futures=True)

    def _exchange(self, given: Call) -> Result:
        child = self._free.get()
        try:
            result, error = child.exchange(pickle.dumps(given, pickle.HIGHEST_PROTOCOL))
        finally:
            self._free.put(child)
        if error is not None:
            raise error
        answer: Result = result
        return answer

"""Many blocking jobs at once in threads that no exit waits for."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

LEFT_AFTER = 5.0
"""Seconds that jobs under way get when the others are stopped; what they return later is lost."""
_LOOK = 0.1


def in_threads(
    items: Sequence[Item], work: Callable[[Item], Result], *, threads: int, stop: threading.Event
) -> Iterator[Result]:
    """Results in the order in which they are ready. Once `stop` is set, no job is begun. Raises what a job raised."""
    waiting: queue.SimpleQueue[Item] = queue.SimpleQueue()
    done: queue.SimpleQueue[tuple[Result | None, BaseException | None]] = queue.SimpleQueue()
    begun = 0
    lock = threading.Lock()
    for item in items:
        waiting.put(item)

    def run() -> None:
        nonlocal begun
        while True:
            with lock:
                if stop.is_set() or waiting.empty():
                    return
                item = waiting.get()
                begun += 1
            try:
                done.put((work(item), None))
            except BaseException as error:
                done.put((None, error))

    for number in range(min(threads, len(items))):
        threading.Thread(target=run, name=f"ourtake-job-{number}", daemon=True).start()
    taken, stopped = 0, 0.0
    while taken < (begun if stop.is_set() else len(items)):
        stopped = stopped or (time.monotonic() if stop.is_set() else 0.0)
        if stopped and time.monotonic() - stopped > LEFT_AFTER:
            return
        try:
            result, error = done.get(timeout=_LOOK)
        except queue.Empty:
            continue
        taken += 1
        if error is not None:
            raise error
        yield result  # type: ignore[misc]

"""What the processes of test_worker_process.py run."""

from __future__ import annotations

import gc
import os
import signal
import time
from collections.abc import Callable
from typing import Any

from ourtake.errors import AnswerError, InputError


class Odd(Exception):
    """An error that can't be put together again from what it is pickled as."""

    def __init__(self, one: int, two: int) -> None:
        super().__init__(f"{one} and {two}")


def begin(start: int) -> Callable[[Any], Any]:
    """Adds to `start`; some calls fail, die, print or take long."""
    if start < 0:
        raise InputError("There is no such start.", "Name another.")

    def work(given: Any) -> Any:
        if given == "pid":
            return os.getpid()
        if given == "collector":
            return gc.isenabled()
        if given == "input":
            raise InputError("What was given is wrong.", "Give another.")
        if given == "answer":
            raise AnswerError("It was cut off.", status="cut-off")
        if given == "odd":
            raise Odd(1, 2)
        if given == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        if given == "print":
            print("not an answer")
        if isinstance(given, float):
            time.sleep(given)
        return start + given if isinstance(given, int) else given

    return work

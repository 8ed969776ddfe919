"""A worker process (see worker_process.py): it imports the named module, reads its start value, and answers calls until
its pipe ends.

Messages are pickles, each preceded by its size. It imports little itself, so that the named module is loaded early.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import pickle
import signal
import struct
import sys
import traceback
from collections.abc import Callable
from typing import IO, Any

from ourtake.collector import collect_seldom, leave_out_what_is_loaded

_SIZE = struct.Struct("!Q")

Answer = tuple[Any, BaseException | None]
"""A result, or what was raised instead."""


def write_message(pipe: IO[bytes], message: bytes) -> None:
    """Send one message. Raises OSError where the other side is gone."""
    pipe.write(_SIZE.pack(len(message)) + message)
    pipe.flush()


def read_message(pipe: IO[bytes]) -> bytes:
    """The next message. Raises EOFError where the other side is gone."""
    head = pipe.read(_SIZE.size)
    size = _SIZE.unpack(head)[0] if len(head) == _SIZE.size else 0
    message = pipe.read(size)
    if not size or len(message) < size:
        raise EOFError
    return message


def serve(target: str, calls: IO[bytes], answers: IO[bytes]) -> None:
    """Run a worker on two pipes; `target` is "package.module:function" (see worker_process.py)."""
    # The process that started this one decides when to stop; it closes the pipe.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.dup2(2, 1)  # a print must not end up among the answers
    collect_seldom()
    module, _, name = target.partition(":")
    function = getattr(importlib.import_module(module), name)
    with contextlib.suppress(EOFError, BrokenPipeError):
        work, error = _answer_of(function, pickle.loads(read_message(calls)))
        leave_out_what_is_loaded()
        while True:
            given = pickle.loads(read_message(calls))
            answer = (None, error) if error is not None else _answer_of(work, given)
            write_message(answers, pickle.dumps(answer, pickle.HIGHEST_PROTOCOL))
    # Nothing is left to be read or written; destroying modules would only take time.
    os._exit(0)


def _answer_of(work: Callable[[Any], Any], given: Any) -> Answer:
    try:
        return work(given), None
    except Exception as error:
        return None, _portable(error)


def _portable(error: Exception) -> BaseException:
    """The error in a form that can be sent, its traceback in a note; one that can't be unpickled becomes a RuntimeError
    with its message.
    """
    note = "".join(traceback.format_exception(error))
    try:
        error.add_note(note)
        pickle.loads(pickle.dumps(error))
    except Exception:
        plain = RuntimeError(f"{type(error).__name__}: {error}")
        plain.add_note(note)
        return plain
    return error


if __name__ == "__main__":
    serve(sys.argv[1], os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb"))

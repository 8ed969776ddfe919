"""What stands in for standard output and standard error: secrets are masked in results, messages, logs and tracebacks,
and with `--log json` each message is a line of JSON, for programs that collect logs.

Both replace the stream, so that a library's warning or a traceback is masked, or a line, as well, whoever wrote it.
"""

from __future__ import annotations

import datetime
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import TracebackType
from typing import TYPE_CHECKING, Any

from ourtake.cli import lazy

if TYPE_CHECKING:
    from ourtake.providers.redaction import Redaction

FORMS = ("text", "json")
_PREFIX = "ourtake: "
_TRACEBACK = "Traceback"
_fields: ContextVar[dict[str, Any] | None] = ContextVar("fields", default=None)


@contextmanager
def fields(**given: Any) -> Iterator[None]:
    """What is written in the block has these fields: `level`, and whatever tells a program what it is about."""
    token = _fields.set({**(_fields.get() or {}), **given})
    try:
        yield
    finally:
        _fields.reset(token)


class JsonLines:
    """A text stream that writes each message as an object: time (UTC), level, message, pid, and the current fields."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._part = ""

    def write(self, text: str) -> int:
        """Add to the message; the end of a line ends it, but for a traceback: that ends with the error's own line."""
        self._part += text
        last = self._part.splitlines()[-1] if self._part.endswith("\n") else ""
        if last and not (self._part.startswith(_TRACEBACK) and last.startswith((" ", _TRACEBACK))):
            self._end()
        return len(text)

    def flush(self) -> None:
        """Write what is complete."""
        self._stream.flush()

    def isatty(self) -> bool:
        """No progress bars."""
        return False

    def _end(self) -> None:
        message, self._part = self._part.strip(), ""
        if not message:
            return
        given = _fields.get() or {}
        level = given.get("level") or ("error" if message.startswith(_TRACEBACK) else "info")
        row = {
            "time": datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds"),
            "level": level,
            "message": message.removeprefix(_PREFIX),
            "pid": os.getpid(),
        }
        row |= {name: value for name, value in given.items() if value is not None and name not in row}
        self._stream.write(json.dumps(row, ensure_ascii=False, default=str) + "\n")
        self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class Masked:
    """A text stream whose writes are masked."""

    def __init__(self, stream: Any, redaction: Callable[[], Redaction]) -> None:
        self._stream = stream
        self._redaction = redaction

    def write(self, text: str) -> int:
        """Write a text without the secrets in it."""
        self._stream.write(self._redaction().masked(text))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Write several texts."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def mask_output(redaction: Callable[[], Redaction]) -> None:
    """Mask all that this process prints. `redaction` is called at each write, since the settings are read later."""
    sys.stdout, sys.stderr = Masked(sys.stdout, redaction), Masked(sys.stderr, redaction)

    def show(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        # As one text: the interpreter writes it in parts, and a secret could lie across two.
        sys.stderr.write("".join(lazy.traceback.format_exception(kind, error, trace)))

    sys.excepthook = show

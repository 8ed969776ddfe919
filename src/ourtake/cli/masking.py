"""Secrets masked on standard output and standard error: results, messages, logs and tracebacks."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ourtake.providers.redaction import Redaction
from ourtake.cli import lazy


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

"""What a command prints: results on standard output, messages and progress on standard error.

Colour and progress bars appear on a terminal only.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any, TextIO

import typer

from ourtake.cli import lazy
from ourtake.cli.streams import fields

if TYPE_CHECKING:
    from rich import progress as rich_progress

    from ourtake.publish.findings_text import Look

# Escape sequences in somebody else's text would be obeyed by the terminal; a tab and a new line are harmless.
_ESCAPES = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_GAP = re.compile(r"(?<=\S) {2,}(?=\S)")
"""What parts two columns of a row."""


def printable(text: str) -> str:
    """Text that a terminal can only print; invisible characters are written as <U+200B>."""
    text = _ESCAPES.sub("\ufffd", text)
    if text.isascii():
        return text
    parts, last = [], 0
    for start, end in lazy.plain.hidden_runs(text):
        parts += [text[last:start], *(f"<U+{ord(sign):04X}>" for sign in text[start:end])]
        last = end
    return "".join([*parts, text[last:]])


def ask(question: str, *, default: str | None = None) -> str:
    """What a person answers, asked on standard error, or the default where the answer is empty. Ctrl-C, and the end of
    the input, stop the command as they do elsewhere.
    """
    try:
        return str(typer.prompt(question, err=True, default=default, show_default=False))
    except typer.Abort:
        raise KeyboardInterrupt from None


def emit(text: str, *, wrap: bool = True) -> None:
    """Print a result on standard output; `wrap`: broken between words on a terminal."""
    shown = printable(text)
    print(fitted(shown, sys.stdout) if wrap else shown, file=sys.stdout)


def fitted(text: str, stream: TextIO, *, hang: int = 0) -> str:
    """The text with its long lines broken between words to fit a terminal; elsewhere as it is.

    A line that goes on begins below the last column of a row, or below its first word and `hang` columns further in.
    An address or another word that is too long for a line stays whole.
    """
    if not stream.isatty():
        return text
    room = columns()
    return "\n".join(part for line in text.split("\n") for part in _broken(line, room, hang))


def _broken(line: str, room: int, hang: int) -> Iterator[str]:
    if _width(line) <= room:
        yield line
        return
    indent = len(line) - len(line.lstrip()) + hang
    gaps = [match.end() for match in _GAP.finditer(line)]
    inner = [gap for gap in gaps if gap <= room // 2]
    indent = inner[-1] if inner and len(_COLOUR.findall(line)) == 0 else indent
    so_far = ""
    for word in re.findall(r"\s*\S+", line):
        if so_far.strip() and _width(so_far + word) > room:
            yield so_far
            so_far = " " * indent + word.lstrip()
        else:
            so_far += word
    yield so_far


def _width(text: str) -> int:
    """The columns that a text takes, without the sequences that colour it."""
    bare = _COLOUR.sub("", text)
    return len(bare) if bare.isascii() else sum(lazy.findings_text.cell(sign)[1] for sign in bare)


def emit_json(value: Any) -> None:
    """Print a result as JSON on standard output: indented on a terminal, one line elsewhere."""
    # To a terminal all that it could obey is written as escapes of JSON, to a program as it is; both read the same.
    terminal = sys.stdout.isatty()
    print(json.dumps(value, ensure_ascii=terminal, indent=2 if terminal else None))


def say(text: str, **about: Any) -> None:
    """Print a message on standard error. `about`: what else a line of JSON has of it (streams.py)."""
    with fields(**about) if about else nullcontext():
        print(fitted(printable(text), sys.stderr), file=sys.stderr, flush=True)


def columns() -> int:
    """How many columns a text for people may take: the terminal's, or COLUMNS, else 80."""
    return max(20, shutil.get_terminal_size((80, 24)).columns)


def terminal_look(width: int | None = None) -> Look:
    """Colour and width of standard output: colour on a terminal only, and not where NO_COLOR is set. `width`: in
    columns, where it is not a terminal.
    """
    if not sys.stdout.isatty():
        return lazy.findings_text.Look() if width is None else lazy.findings_text.Look(width=width)
    colour = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    columns = shutil.get_terminal_size((lazy.findings_text.WIDTH, 24)).columns
    return lazy.findings_text.Look(colour=colour, width=max(60, columns))


def progress_bar() -> rich_progress.Progress:
    """A bar on standard error with the number done and the time left; it disappears at the end."""
    rich = lazy.rich_progress
    columns = (
        rich.TextColumn("{task.description}"),
        rich.BarColumn(),
        rich.MofNCompleteColumn(),
        rich.TimeRemainingColumn(),
    )
    return rich.Progress(*columns, console=lazy.rich_console.Console(stderr=True), transient=True)


@contextmanager
def progress(total: int | None, title: str) -> Iterator[Callable[..., None]]:
    """A progress bar on standard error when that is a terminal; `total` is None if it isn't known.

    Yields a function that counts one more item, or as many as it is given.
    """
    if not sys.stderr.isatty():
        yield lambda count=1: None
        return
    with progress_bar() as bar:
        task = bar.add_task(title, total=total)
        yield lambda count=1: bar.advance(task, count)

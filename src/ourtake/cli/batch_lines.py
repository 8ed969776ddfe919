"""What the commands with --batch say of a file in which there is nothing for them."""

from __future__ import annotations

from pathlib import Path

from ourtake.cli.terminal import say
from ourtake.errors import InputError


def say_empty(batch: Path) -> None:
    """Say that a file has no lines. That isn't an error: what made the file may have found nothing new."""
    say(f"{batch} is empty: there is nothing to do.")


def no_source_in(batch: Path, lines: int) -> InputError:
    """The error for a file whose lines (1 or more) are all broken."""
    what = f"None of the {lines:,} lines of {batch} is a source."
    if lines == 1:
        what = f"The only line of {batch} is not a source."
    return InputError(what, "Write one a line, as JSON with title, outlet, url and blurb.")

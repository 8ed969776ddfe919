"""The sources of a file that is given with --batch."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ourtake.cli import lazy
from ourtake.cli.terminal import say
from ourtake.errors import InputError

if TYPE_CHECKING:
    from ourtake.documents import Source


def read_batch(batch: Path) -> tuple[list[tuple[int, Source]], int]:
    """The sources of a JSONL file with their lines, and how many lines are not sources. A message names each of those.

    Raises InputError if there are lines and none is a source.
    """
    rows = list(lazy.files.read_sources(batch))
    sources = [(line, found) for line, found in rows if not isinstance(found, InputError)]
    for line, found in rows:
        if isinstance(found, InputError):
            say(f"{batch}:{line}: {found}")
    if not rows:
        say_empty(batch)
    elif not sources:
        what = f"None of the {len(rows):,} lines of {batch} is a source."
        if len(rows) == 1:
            what = f"The only line of {batch} is not a source."
        raise InputError(what, "Write one a line, as JSON with title, outlet, url and blurb.")
    return sources, len(rows) - len(sources)


def say_empty(batch: Path) -> None:
    """Say that a file has no lines. That isn't an error: what made the file may have found nothing new."""
    say(f"{batch} is empty: there is nothing to do.")

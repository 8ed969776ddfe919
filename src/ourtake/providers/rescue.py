"""An answer that was paid for and can't be written to the store (a full disk, say) is kept in a second place; `ourtake
calls recover` takes it in.
"""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

from pydantic import ValidationError

from ourtake.documents import Document
from ourtake.errors import InputError
from ourtake.store.calls import CallEnd


class Rescued(Document):
    """A call's number in its store, the hash of its request, and how it ended."""

    call: int
    request_hash: str
    end: CallEnd


def rescued(call: int, end: CallEnd, *, request_hash: str, reason: str) -> tuple[str, str]:
    """Keep the answer in a file of the temporary folder; what to tell the person, and what to do. Where no file can be
    written either, the message itself holds the answer.
    """
    text = Rescued(call=call, request_hash=request_hash, end=end).model_dump_json()
    try:
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", prefix=f"ourtake-call-{call}-", suffix=".json", delete=False
        ) as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        return (
            f"{reason} The answer of call {call} was: {text}",
            "Save it to a file, free the disk, and run `ourtake calls recover FILE`.",
        )
    return (
        f"{reason} The answer of call {call} was kept in {file.name}.",
        f"Free the disk, then run `ourtake calls recover {file.name}`.",
    )


def remove_rescued(path: Path, kept: Rescued) -> str:
    """Remove a file that `rescued` wrote, once the store has its answer. Returns what was done, in a sentence.

    A file with another name belongs to the user, and stays.
    """
    if path.is_symlink() or not re.fullmatch(rf"ourtake-call-{kept.call}-[a-z0-9_]{{8}}\.json", path.name):
        return f"{path} was left as it is."
    try:
        path.unlink()
    except OSError as error:
        return f"{path} is no longer needed, but can't be removed: {error.strerror}."
    return f"{path} was removed."


def read_rescued(path: Path) -> Rescued:
    """The answer that a file keeps. Raises InputError for any other file."""
    try:
        return Rescued.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, ValidationError, UnicodeDecodeError) as error:
        raise InputError(
            f"{path} does not contain the answer of a call.", "Name a file that an error message of ourtake named."
        ) from error

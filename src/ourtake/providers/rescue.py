"""An answer that was paid for and can't be written to the store (a full disk, say) is kept in a second place; `ourtake
calls recover` takes it in.
"""

from __future__ import annotations

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
    except OSError:
        return (
            f"{reason} The answer of call {call} was: {text}",
            "Save it to a file, free the disk, and run `ourtake calls recover FILE`.",
        )
    return (
        f"{reason} The answer of call {call} was kept in {file.name}.",
        f"Free the disk, then run `ourtake calls recover {file.name}`.",
    )


def read_rescued(path: Path) -> Rescued:
    """The answer that a file keeps. Raises InputError for a file that is none."""
    try:
        return Rescued.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, ValidationError, UnicodeDecodeError) as error:
        raise InputError(
            f"{path} keeps no answer of a call.", "Name a file that an error message of ourtake named."
        ) from error

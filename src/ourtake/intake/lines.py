"""JSONL: one article a line. A line is read only when it is needed, since one that was imported before is known by its digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError
from pydantic_core import from_json

from ourtake.documents import Article
from ourtake.errors import InputError
from ourtake.intake.files import decode, is_address

_READER = b"1"
"""Raised when a line is read differently than before, so that lines of an earlier import are read again."""


class Reject(NamedTuple):
    """What could not be imported: where, why, and whether it is broken or was left out on purpose (a draft)."""

    where: str
    reason: str
    broken: bool = True


class Line(NamedTuple):
    """One line as it stands in a file; lines count from 1."""

    file: str
    number: int
    data: bytes

    @property
    def digest(self) -> bytes:
        """16 bytes that tell this line from others."""
        return hashlib.sha256(_READER + self.data).digest()[:16]


def lines(path: Path) -> Iterator[Line]:
    """The lines of a JSONL file that are not blank. Raises InputError when it can't be read."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise InputError(f"{path} can't be read: {error.strerror}.", "Check its rights.") from error
    name = str(path)
    with file:
        for number, data in enumerate(file, 1):
            if not data.isspace():
                yield Line(name, number, data)


def read_line(line: Line) -> Article | Reject:
    """The article of a line, or what is wrong with it."""
    where = f"{line.file}:{line.number}"
    try:
        given = _json(line.data)
        if not isinstance(given, dict):
            return Reject(where, "no JSON object.")
        article = Article.model_validate(given)
    except json.JSONDecodeError as error:
        return Reject(where, f"not valid JSON: {error.msg} at column {error.colno}.")
    except InputError as error:
        return Reject(where, error.what)
    except ValidationError as error:
        first = error.errors()[0]
        return Reject(where, f"{'.'.join(map(str, first['loc']))}: {first['msg'].lower()}.")
    except RecursionError:
        return Reject(where, "not valid JSON: nested too deep.")
    if not is_address(article.url):
        return Reject(where, f"{article.url[:80]!r} is no web address.")
    if not article.title.strip() or not article.text.strip():
        return Reject(where, "no title." if not article.title.strip() else "no text.")
    return article


def _json(data: bytes) -> Any:
    try:
        return from_json(data, cache_strings="keys")
    except ValueError:
        # Slower, but it takes marks of encoding and half a surrogate pair, and says at which column it failed.
        return json.loads(decode(data, "the line"))

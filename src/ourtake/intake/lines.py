"""JSONL: one article a line. A line is read only when it is needed, since one that was imported before is known by its digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError
from pydantic_core import from_json

from ourtake.documents import Article, clean_text, iso_date, trusted_article
from ourtake.errors import InputError
from ourtake.intake.files import decode, is_address

_READER = b"1"
"""Raised when a line is read differently than before, so that lines of an earlier import are read again."""


_REQUIRED = frozenset(("url", "title", "text"))
_TEXTS = _REQUIRED | {"id", "summary", "author"}
_DATES = frozenset(("published", "updated"))
_WORDS = frozenset(("tags", "links"))


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


class Read(NamedTuple):
    """The article of a line; `document`: the line itself, where validation has nothing to change in it."""

    article: Article
    document: str | None = None


def read_line(line: Line) -> Read | Reject:
    """The article of a line, or what is wrong with it."""
    where = f"{line.file}:{line.number}"
    try:
        given, strict = _json(line.data)
        if not isinstance(given, dict):
            return Reject(where, "no JSON object.")
        plain = strict and _is_plain(given)
        article = trusted_article(given) if plain else Article.model_validate(given)
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
    return Read(article, line.data.decode().strip() if plain else None)


def _is_plain(given: dict[str, Any]) -> bool:
    """Whether validation would give back every value as it is. That is so for most lines, and costs half as much to see as to do."""
    if not given.keys() >= _REQUIRED:
        return False
    for key, value in given.items():
        kind = value.__class__
        if kind is str:
            if key in _DATES:
                if iso_date(value) != value:
                    return False
            elif key not in _TEXTS or clean_text(value) != value:
                return False
        elif kind is list:
            if key not in _WORDS or not all(word.__class__ is str and clean_text(word) == word for word in value):
                return False
        elif value is not None or key in _REQUIRED:
            return False
    return True


def _json(data: bytes) -> tuple[Any, bool]:
    """The value, and whether the line is strict JSON in UTF-8, which the store can keep as it is."""
    try:
        return from_json(data, allow_inf_nan=False, cache_strings="keys"), True
    except ValueError:
        # Slower, but it takes marks of encoding and half a surrogate pair, and says at which column it failed.
        return json.loads(decode(data, "the line")), False

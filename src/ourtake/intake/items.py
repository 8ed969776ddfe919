"""What a reader of articles yields: articles, lines to be read later, and what was not imported, with the reason."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Literal, NamedTuple

from ourtake.documents import Article

_READER = b"2"
"""Raised when a line is read differently than before, so that lines of an earlier import are read again."""


class Line(NamedTuple):
    """One line of a JSONL file, as its bytes, to be read when it is needed; lines count from 1."""

    file: str
    number: int
    data: bytes

    @property
    def digest(self) -> bytes:
        """16 bytes that identify this line."""
        return hashlib.sha256(_READER + self.data).digest()[:16]


class Reject(NamedTuple):
    """What could not be imported: where, why, and whether it is broken or was left out on purpose (a draft).

    `other`: it was left out for another reason than that it is not a published article (a list that was read before, a
    kind of file that is not read). `things`: how many of them it stands for.
    """

    where: str
    reason: str
    broken: bool = True
    other: bool = False
    things: int = 1


_LEFT_OUT = "left out: "


def left_out(reason: str) -> str:
    """A reason as the store keeps it when a page was left out on purpose."""
    return _LEFT_OUT + reason


def remembered(where: str, reason: str) -> Reject:
    """A page that an import passed over before it was stopped, by the reason that the store has."""
    return Reject(where, reason.removeprefix(_LEFT_OUT), broken=not reason.startswith(_LEFT_OUT))


class Remark(NamedTuple):
    """What is told of an article that was imported: without a date that could not be read (what was written), although
    it was retracted (the words that say so), or twice in one import (which version is kept).
    """

    where: str
    reason: str
    kind: Literal["no date", "retracted", "twice"]


class Listed(NamedTuple):
    """A page that a sitemap lists, and when it says that the page changed."""

    url: str
    changed: str | None


class Unchanged(NamedTuple):
    """A page that has not changed since the last import."""

    url: str


Item = Article | Line | Reject | Unchanged
Items = Iterator[Item]

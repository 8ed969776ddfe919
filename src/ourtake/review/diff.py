"""Differences in words: shown to editors, and taken or dropped piece by piece."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

from ourtake.documents import Document

_TOKEN = re.compile(r"\w+(?:['\u2019.,]\w+)*|\s+|[^\w\s]")
_BRIDGE = 3
"""Changes with no more tokens than these between them are one piece: a blank, a word and a blank."""


class Segment(NamedTuple):
    """A run of text in a diff: in both texts, only in the old one, or only in the new one."""

    kind: Literal["same", "old", "new"]
    text: str


class Piece(Document):
    """One change of a proposal: base[start:end] == before becomes `after`. Numbers count from 1."""

    number: int
    start: int
    end: int
    before: str
    after: str


class _Change(NamedTuple):
    start: int
    end: int
    after: str


def tokens(text: str) -> list[str]:
    """Words, runs of white space and single signs; joined they are the text."""
    return _TOKEN.findall(text)


def _changes(old: str, new: str, *, bridge: int = 0) -> Iterator[_Change]:
    """What turns the old text into the new one: spans of the old text, in order, that do not overlap."""
    ours, theirs = tokens(old), tokens(new)
    at = [0]
    for token in ours:
        at.append(at[-1] + len(token))
    waiting: tuple[int, int, int, int] | None = None
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        if kind == "equal" and (waiting is None or i2 - i1 > bridge):
            if waiting is not None:
                yield _Change(at[waiting[0]], at[waiting[1]], "".join(theirs[waiting[2] : waiting[3]]))
            waiting = None
        else:
            waiting = (i1, i2, j1, j2) if waiting is None else (waiting[0], i2, waiting[2], j2)
    if waiting is not None:
        i1, i2, j1, j2 = waiting
        while i2 > i1 and j2 > j1 and ours[i2 - 1] == theirs[j2 - 1]:
            i2, j2 = i2 - 1, j2 - 1  # what both end with was only bridged
        yield _Change(at[i1], at[i2], "".join(theirs[j1:j2]))


def segments(old: str, new: str) -> list[Segment]:
    """The diff of two texts, word by word, for `<del>` and `<ins>`. Words that follow one another are one change."""
    found: list[Segment] = []
    last = 0
    for change in _changes(old, new, bridge=1):
        parts = (("same", old[last : change.start]), ("old", old[change.start : change.end]), ("new", change.after))
        found += [Segment(kind, text) for kind, text in parts if text]  # type: ignore[arg-type]
        last = change.end
    return [*found, Segment("same", old[last:])] if old[last:] else found


def pieces(base: str, proposed: str) -> tuple[Piece, ...]:
    """What turns a text into the proposed one, in pieces that an editor can take or drop one by one."""
    return tuple(
        Piece(number=number, start=one.start, end=one.end, before=base[one.start : one.end], after=one.after)
        for number, one in enumerate(_changes(base, proposed, bridge=_BRIDGE), 1)
    )


def with_pieces(base: str, changes: Sequence[Piece], taken: Collection[int]) -> str:
    """The text with the pieces of these numbers applied."""
    parts, last = [], 0
    for piece in changes:
        if piece.number in taken:
            parts += [base[last : piece.start], piece.after]
            last = piece.end
    return "".join([*parts, base[last:]])


def rebased(base: str, now: str, changes: Sequence[Piece]) -> tuple[list[Piece], list[Piece]]:
    """The pieces at their places in a text that has changed since, and those whose words have changed."""
    if base == now:
        return list(changes), []
    edits = list(_changes(base, now))
    moved: list[Piece] = []
    stale: list[Piece] = []
    for piece in changes:
        if any(edit.start < piece.end and piece.start < edit.end for edit in edits) or any(
            edit.start == edit.end and piece.start < edit.start < piece.end for edit in edits
        ):
            stale.append(piece)
            continue
        shift = sum(len(edit.after) - (edit.end - edit.start) for edit in edits if edit.end <= piece.start)
        start, end = piece.start + shift, piece.end + shift
        if now[start:end] == piece.before:
            moved.append(piece.model_copy(update={"start": start, "end": end}))
        else:
            stale.append(piece)
    return moved, stale


def located(base: Sequence[str], index: int, now: Sequence[str]) -> tuple[int | None, bool]:
    """Where the paragraph base[index] is now (None: gone), and whether its text is unchanged."""
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, base, now, autojunk=False).get_opcodes():
        if not i1 <= index < i2:
            continue
        if kind == "equal":
            return j1 + index - i1, True
        if kind == "replace":
            if i2 - i1 == j2 - j1:
                return j1 + index - i1, False
            return max(range(j1, j2), key=lambda at: _likeness(base[index], now[at])), False
        return None, False
    return None, False


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, tokens(one), tokens(other), autojunk=False).ratio()

"""Word diffs for a terminal: `the [-old-]{+new+} words`, wrapped between words to the terminal's width."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from ourtake.cli import lazy
from ourtake.cli.terminal import printable

if TYPE_CHECKING:
    from ourtake.review.diff import Segment

MARKS = {"old": ("[-", "-]", "\x1b[31m"), "new": ("{+", "+}", "\x1b[32m")}
"""Of what is in only one of the two texts: the signs around it, and its colour on a terminal."""

AROUND = 12
"""Words on each side of a change that are shown of a long text."""

_Word = list[tuple[str, str]]
"""A word in parts: the kind of its segment, and the text."""

_LEFT_OUT: _Word = [("same", "\u2026")]


def diff_lines(parts: Iterable[Segment], *, width: int, colour: bool, around: int | None = None) -> list[str]:
    """The lines of a word diff, at most `width` columns each. `around`: how many words beside a change are shown;
    None: all. A line break of the text stays one.
    """
    lines: list[str] = []
    for words in _lines_of(parts):
        shown = words if around is None else _near_changes(words, around)
        lines += _wrapped(shown, width, colour=colour)
    return lines


def _lines_of(parts: Iterable[Segment]) -> Iterator[list[_Word]]:
    """The words of each line of the text."""
    words: list[_Word] = [[]]
    for part in parts:
        before, after, _ = MARKS.get(part.kind, ("", "", ""))
        for piece in re.split(r"(\s+)", f"{before}{printable(part.text)}{after}"):
            if not piece.isspace():
                words[-1] += [(part.kind, piece)] if piece else []
            elif "\n" in piece:
                yield [word for word in words if word]
                words = [[]]
            else:
                words.append([])
    yield [word for word in words if word]


def _near_changes(words: list[_Word], around: int) -> list[_Word]:
    """The words near a change; a sign where others are left out."""
    changed = [place for place, word in enumerate(words) if any(kind != "same" for kind, _ in word)]
    near = {place for one in changed for place in range(one - around, one + around + 1)}
    shown: list[_Word] = []
    for place, word in enumerate(words):
        if place in near:
            shown.append(word)
        elif not shown or shown[-1] is not _LEFT_OUT:
            shown.append(_LEFT_OUT)
    return shown if changed else []


def _wrapped(words: list[_Word], width: int, *, colour: bool) -> Iterator[str]:
    line: list[str] = []
    used = 0
    for word in (piece for whole in words for piece in _fitting(whole, width)):
        size = sum(_columns(text) for _, text in word)
        if line and used + 1 + size > width:
            yield " ".join(line)
            line, used = [], 0
        used += size + (1 if line else 0)
        line.append("".join(_painted(kind, text, colour=colour) for kind, text in word))
    if line:
        yield " ".join(line)


def _fitting(word: _Word, width: int) -> Iterator[_Word]:
    """The word, in parts where it is wider than a line."""
    part: _Word = []
    used = 0
    for kind, text in word:
        for sign in text:
            size = _columns(sign)
            if part and used + size > width:
                yield part
                part, used = [], 0
            if part and part[-1][0] == kind:
                part[-1] = (kind, part[-1][1] + sign)
            else:
                part.append((kind, sign))
            used += size
    yield part


def _columns(text: str) -> int:
    return len(text) if text.isascii() else sum(width for _, width in map(lazy.findings_text.cell, text))


def _painted(kind: str, text: str, *, colour: bool) -> str:
    return f"{MARKS[kind][2]}{text}\x1b[0m" if colour and kind in MARKS else text

"""Text in quotation marks of any kind: double, single, straight, curly, low, angled, corner; and block
quotations.

What it tells apart: apostrophes ("the workers' rights", "the '90s"), inches and feet after a number, a closing mark
that never comes. A quotation ends with its paragraph at the latest.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import Literal, NamedTuple

from ourtake.text.overlaps import Spans
from ourtake.text.parsed import Text, kept, stripped
from ourtake.text.scan import tried
from ourtake.text.tokens import WordSpan, blanked, tokenize


class Quotation(NamedTuple):
    """text == whole[start:end], without its marks; `kind`: between marks, a block, or opened and never closed."""

    start: int
    end: int
    text: str
    mark: str
    kind: Literal["marks", "block", "open"] = "marks"


_BREAK = re.compile(r"\n(?=[ \t]*\n)")
_DOUBLE = re.compile(
    r"\u201c([^\u201c\u201d\"]+)[\u201d\"]|\u201e([^\u201e\u201c\u201d]+)[\u201c\u201d]|\u00ab([^\u00ab\u00bb]+)\u00bb|"
    r"\u00bb([^\u00ab\u00bb]+)\u00ab"
    r"|\u2039([^\u2039\u203a]+)\u203a|\u300c([^\u300c\u300d]+)\u300d|\u300e([^\u300e\u300f]+)\u300f"
    r"|(?<![\w\"])\"(?=[^\s\"])([^\"]*[^\"\s])\"(?!\w)"
)
_MARK = re.compile('["\u201c\u201e\u00ab\u00bb\u2039\u300c\u300e]')
_OPEN = re.compile(r"(?<![\w\d])[\u201c\u00ab](?=\w)")
_SINGLE_OPEN = re.compile(
    r"(?<![\w'\u2018\u2019.,])['\u2018\u201a](?=[\w\[])(?!\d0s|(?:tis|twas|em|til|cause|n)\b)", re.IGNORECASE
)
_SINGLE_MARK = re.compile("['\u2018\u201a]")
_SINGLE_CLOSE = re.compile(r"(?<=[^\s(\[])['\u2019](?!\w)")
_BLOCK = re.compile(r"(?:^ {0,3}>[^\n]*(?:\n|\Z))+", re.MULTILINE)
_LONGEST = 1500


@kept
def quotations_in(text: str) -> tuple[Quotation, ...]:
    """Every quotation of a Markdown text, in order; one inside another is part of the outer one."""
    # A closing mark may follow a link's target, which must not look like a space then.
    plain = blanked(text, with_="*")
    found = [_block(text, match) for match in _BLOCK.finditer(plain)] if ">" in plain else []
    for begin, stop in _paragraphs(plain):
        found += _in_paragraph(text, plain, begin, stop)
    outer: list[Quotation] = []
    for one in sorted(set(found), key=lambda item: (item.start, -item.end)):
        if not outer or one.end > outer[-1].end:
            outer.append(one)
    return tuple(outer)


def _in_paragraph(text: str, plain: str, begin: int, stop: int) -> list[Quotation]:
    found: list[Quotation] = []
    paragraph = plain[begin:stop]
    for match in tried(_DOUBLE, plain, at=_MARK, begin=begin, stop=stop):
        group = match.lastindex or 1
        start, end = stripped(plain, *match.span(group))
        if start < end:
            found.append(Quotation(start, end, Text(text[start:end]), match[0][0]))
    if "\u2018" in paragraph or "'" in paragraph or "\u201a" in paragraph:
        found += _singles(text, plain, Spans((one.start, one.end) for one in found), begin, stop)
    taken = Spans((one.start, one.end + 1) for one in found)
    opening = next(
        (mark for mark in tried(_OPEN, plain, at=_MARK, begin=begin, stop=stop) if not taken.holds(mark.end())), None
    )
    if opening is not None:
        # It goes on to the paragraph's end, and so holds what would be opened after it.
        end = begin + len(paragraph.rstrip())
        found.append(Quotation(opening.end(), end, Text(text[opening.end() : end]), opening[0], "open"))
    return found


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Where each passage between blank lines begins and ends."""
    begin = 0
    for stop in (*(match.start() for match in _BREAK.finditer(text)), len(text)):
        if begin < stop:
            yield begin, stop
        begin = stop + 1


def _block(text: str, match: re.Match[str]) -> Quotation:
    start, end = stripped(text, match.start() + match[0].index(">") + 1, match.end())
    # A last line that says whose words they are is not part of them.
    signed = re.search(r"\n\s*>?\s*[\u2014\u2013-]{1,2}\s*[^\n]*\Z", text[start:end])
    end = start + signed.start() if signed else end
    return Quotation(start, end, Text(text[start:end]), ">", "block")


def _singles(text: str, plain: str, taken: Spans, begin: int, stop: int) -> list[Quotation]:
    found: list[Quotation] = []
    at = begin
    while opening := next(tried(_SINGLE_OPEN, plain, at=_SINGLE_MARK, begin=at, stop=stop), None):
        at = opening.end()
        if taken.holds(at):
            continue
        following = next(tried(_SINGLE_OPEN, plain, at=_SINGLE_MARK, begin=at, stop=stop), None)
        limit = min(following.start() if following else stop, at + _LONGEST)
        closings = [mark.start() for mark in _SINGLE_CLOSE.finditer(plain, at, limit)]
        if closings:
            end = _closing(plain, closings, stop)
            found.append(Quotation(at, end, Text(text[at:end]), opening[0]))
            at = end + 1
    return found


def _closing(text: str, closings: list[int], stop: int) -> int:
    """The mark that closes: one beside punctuation; else the first that is not a plural's apostrophe, else the last."""
    for mark in closings:
        if text[mark - 1] in ".,!?;:\u2026" or mark + 1 >= stop or text[mark + 1] in ".,!?;:)\u2014\u2026":
            return mark
    return next((mark for mark in closings if text[mark - 1] != "s"), closings[-1])


ASIDE = 25
"""Words between two parts of what somebody says, as in: "Nobody asked us," said the engineer who lives there, "and
nobody paid."
"""


@kept
def _spoken(text: str) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """What is quoted in parts with little between them: its words between single spaces, and the number of each among
    the text's words.
    """
    within, groups, last = tokenize(text), list[list[int]](), -1
    starts = [start for start, _ in within.spans]
    for one in quotations_in(text):
        first, stop = bisect_left(starts, one.start), bisect_left(starts, one.end)
        near = groups and 0 < first - last <= ASIDE and "\n\n" not in text[within.spans[last - 1][1] : one.start]
        if near:
            groups[-1] += range(first, stop)
        else:
            groups.append(list(range(first, stop)))
        last = stop
    return tuple((f" {' '.join(within.words[number] for number in group)} ", tuple(group)) for group in groups)


def find_across(quotation: str, text: str) -> WordSpan | None:
    """Where a text has a quotation's words with the speaker named in between, which the quotation leaves out."""
    said = tokenize(quotation)
    if len(said.words) < 4:
        return None
    for joined, numbers in _spoken(text):
        at = joined.find(said.joined)
        if at >= 0:
            first = joined.count(" ", 0, at + 1) - 1
            return WordSpan(numbers[first], numbers[first + len(said.words) - 1])
    return None

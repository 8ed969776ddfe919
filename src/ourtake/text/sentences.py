"""Sentences of English prose with their offsets.

It knows abbreviations, initials, decimal numbers, ellipses and closing quotation marks. It can't tell whether "etc." or
"U.S." ends a sentence. The next word decides: the sentence ends before a capitalised word that often begins sentences,
but not before a name.
"""

from __future__ import annotations

import re

from ourtake.text.markdown import Span
from ourtake.text.parsed import cut, kept, pieces, stripped

_END = re.compile(
    # One set of first characters: they are found in a fifth of the time of two alternatives.
    r"[.!?\u2026\n](?:(?<=\n)[ \t]*\n|(?<!\n)[.!?\u2026]*[\"'\u201d\u2019)\]*_]*(?=\s|\Z))"
)
_BLANK = "\n\n"
_ABBREVIATIONS = frozenset(
    """
    mr mrs ms dr prof sr jr st rev gen col sgt capt lt gov sen rep hon pres vs etc e.g i.e cf no vol pp p fig inc
    ltd co corp dept est approx jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun ave
    blvd rd bros messrs mt ft al
    """.split()
)
_MAY_END = frozenset("etc inc ltd co corp jr sr al".split())
_STARTERS = frozenset(
    """
    the a an this that these those it he she they we you i in on at but and or so yet if when while after before as
    for from with by to there here our its his her their my what who why how where one some many most no not now
    then still even however meanwhile although because since thus
    """.split()
)
_INITIALS = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]")
_OPENING = frozenset("(\"'\u201c\u2018[")
_SPACE = re.compile(r"\s+")
LONGEST_SENTENCE = 1500
"""Characters, with the addresses of links."""
_LONGEST = 40
"""A word before a full stop that is longer is not an abbreviation."""
_NEXT = re.compile(r"\s+[\"'\u201c\u2018(\[*_]*(\w+)")


@kept
def sentences(text: str) -> tuple[Span, ...]:
    """The sentences of a text in order, without the white space around them; text[start:end] == span.text.

    Those of its paragraphs are the same objects.
    """
    found: list[Span] = []
    start = 0
    if _BLANK in text:
        for begin, piece in pieces(text):
            found += [Span(begin + first, begin + last, inner) for first, last, inner in sentences(piece)]
        return tuple(found)
    for mark in _END.finditer(text):
        if mark.end() < len(text) and not mark[0].isspace() and not _ends(text, mark):
            continue
        _add(found, text, start, mark.end())
        start = mark.end()
    _add(found, text, start, len(text))
    return tuple(found)


def _add(found: list[Span], text: str, start: int, end: int) -> None:
    """Add text[start:end]. What no writer would call a sentence is cut at spaces, since all that is done with one grows
    with its length.
    """
    while end - start > LONGEST_SENTENCE and (space := _SPACE.search(text, start + LONGEST_SENTENCE, end)):
        _add_piece(found, text, start, space.start())
        start = space.end()
    _add_piece(found, text, start, end)


def _add_piece(found: list[Span], text: str, start: int, end: int) -> None:
    begin, end = stripped(text, start, end)
    if begin < end:
        found.append(Span(begin, end, cut(text, begin, end)))


def _ends(text: str, mark: re.Match[str]) -> bool:
    following = _NEXT.match(text, mark.end())
    first = following[1] if following else ""
    if first and first[0].islower() and first == first.lower():
        # "No!" she said; and "... an ellipsis in the middle". But rOpenSci begins a sentence.
        return False
    if mark[0][0] != "." or mark[0].startswith(".."):
        return True
    word = _word_before(text, mark.start())
    folded = word.casefold()
    initials = (len(word) == 1 or "." in word) and _INITIALS.fullmatch(word) is not None
    if initials and word != "I" and (word[0].isupper() or "." in word):
        # "J. Smith", "U.S. Senate" go on; "in the U.S. The bill" and "Hepatitis B. However, it" end.
        return first.casefold() in _STARTERS and first[:1].isupper()
    if folded in _ABBREVIATIONS:
        return folded in _MAY_END and first.casefold() in _STARTERS
    return True


def _word_before(text: str, end: int) -> str:
    before = text[max(0, end - _LONGEST) : end]
    if not before or before[-1].isspace():
        return ""
    word = before.split()[-1]
    for sign in _OPENING:
        if sign in word:
            word = word[word.rindex(sign) + 1 :]
    return word if len(word) < _LONGEST else ""

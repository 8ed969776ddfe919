"""Words found again in another text: exactly but for typography, with a marked omission, or nearly.

A text is folded to its words: case, punctuation, kinds of quotation marks and dashes, emphasis and link targets are
gone, and every word knows where it is. So "the council's plan -- all of it" is found in "The council\u2019s
plan\u2014all of it", with the span there.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

from rapidfuzz import fuzz
from rapidfuzz.distance import Indel

from ourtake.text.parsed import Text, kept
from ourtake.text.stemming import stems

LONGEST_OMISSION = 150
"""Words that a marked omission may leave out; more is another passage."""

LONGEST_INSERTION = 8
"""Words of the original for which "[words in brackets]" may be."""

NEARLY = 0.6
"""Share of a quotation's words that must be in order in a passage for it to be that passage, altered."""

NEARLY_LETTERS = 80.0
"""Or likeness letter by letter (rapidfuzz ratio, 0 to 100)."""

_TOKEN = re.compile(r"\d+(?:[.,]\d+)+|[^\W_]+(?:['\u2019\u2018\u02bc][^\W_]+)*|[$\u20ac\u00a3\u00a5%]")
# Letters may carry loose accents and hide soft hyphens and zero-width characters: such texts are rare and take the
# slower way.
_HIDDEN = re.compile("[\u0300-\u036f\u00ad\u200b-\u200d\u2060\ufeff]")
_HIDDEN_TOKEN = re.compile(
    r"\d+(?:[.,]\d+)+|(?:[^\W_]|[\u0300-\u036f\u00ad\u200b-\u200d\u2060\ufeff])+(?:['\u2019\u2018\u02bc]"
    r"(?:[^\W_]|[\u0300-\u036f\u00ad\u200b-\u200d\u2060\ufeff])+)*|[$\u20ac\u00a3\u00a5%]"
)
_ASCII_WORDS = re.compile(r"([a-z][a-z0-9]*+(?:'[a-z0-9]+)*+|\d++(?:[.,]\d++)++|[a-z0-9]++(?:'[a-z0-9]+)*+|[$%\x01])")
"""A group, so that a split gives the words as well as what is between them."""
_TARGET = re.compile(r"\]\((?:[^()\s]|\([^()\s]*\))*\)")
_GAP = re.compile(r"\[\s*(?:\.\s?\.\s?\.|\u2026)\s*\]|\(\s*(?:\.\s?\.\s?\.|\u2026)\s*\)|\.\s?\.\s?\.(?:\s?\.)?|\u2026")
_INSERTION = re.compile(r"\[([^\[\]]*)\](?!\()")
# What English prose has besides ASCII: apostrophes as they are folded, and other marks as marks that separate words.
_COMMON = (
    ("\u2019", "'"),
    ("\u2018", "'"),
    ("\u201c", '"'),
    ("\u201d", '"'),
    ("\u2013", "-"),
    ("\u2014", "-"),
    ("\u2026", " "),
    ("\u00a0", " "),
)
_POUND = "\x01"
"""Stands for a pound while all else is ASCII."""

_APOSTROPHES = str.maketrans({"\u2019": "'", "\u2018": "'", "\u02bc": "'"})


class Tokens:
    """A text's words, their stems, and where they are; worked out when first asked for."""

    def __init__(self, text: str) -> None:
        self.words, self._lengths = _words_of(text)
        # A plain copy: a Text that keeps its Tokens would otherwise only be freed by the garbage collector.
        self._text = "" if self._lengths else str(text)

    @cached_property
    def stems(self) -> tuple[str, ...]:
        """The stem of each word."""
        return stems(self.words)

    @cached_property
    def joined(self) -> Text:
        """The words between single spaces."""
        return Text(f" {' '.join(self.words)} ")

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """Where each word begins in `joined`."""
        return tuple(accumulate([len(word) + 1 for word in self.words], initial=1))[:-1]

    @cached_property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """Where each word is in the text."""
        if self._lengths:
            ends = list(accumulate(self._lengths))
            return tuple(zip(ends[:-1:2], ends[1::2], strict=True))
        # A token may be nothing but characters that are folded away.
        folded = _unicode_of(self._text)
        return tuple(match.span() for match in _pattern(folded).finditer(folded) if _folded(match[0]))

    def span(self, first: int, last: int) -> tuple[int, int]:
        """The text's span of the words first to last, both counted."""
        return self.spans[first][0], self.spans[last][1]

    @cached_property
    def _begins(self) -> list[int]:
        return [start for start, _ in self.spans]

    def between(self, start: int, end: int) -> slice:
        """Which words begin within text[start:end]."""
        return slice(bisect_left(self._begins, start), bisect_left(self._begins, end))

    def first_from(self, offset: int) -> int:
        """The number of the first word that begins at an offset of the text or after it."""
        return bisect_left(self._begins, offset)


class _PartTokens(Tokens):
    """The words of a part of a text, which are some of its."""

    def __init__(self, whole: Tokens, start: int, end: int) -> None:
        self._whole, self._start, self._which = whole, start, whole.between(start, end)
        self.words = whole.words[self._which]

    @cached_property
    def stems(self) -> tuple[str, ...]:
        return self._whole.stems[self._which]

    @cached_property
    def spans(self) -> tuple[tuple[int, int], ...]:
        at = self._start
        return tuple([(start - at, end - at) for start, end in self._whole.spans[self._which]])


class WordSpan(NamedTuple):
    """Words first to last (both counted) of a wording; `likeness` is 1 for the same words."""

    first: int
    last: int
    likeness: float = 1.0


def blanked(text: str, *, with_: str = " ") -> str:
    """The text with spaces, or another sign, where link targets are: offsets stay."""
    return _without_targets(text, with_) if "](" in text else text


@kept
def _without_targets(text: str, sign: str) -> str:
    return _TARGET.sub(lambda match: "]" + sign * (len(match[0]) - 1), text)


def lowered(text: str) -> str:
    """The text in lower case with every offset kept: one letter of Unicode becomes two."""
    lower = text.lower()
    return (
        lower
        if len(lower) == len(text)
        else "".join(letter.lower() if len(letter.lower()) == 1 else letter for letter in text)
    )


def _folded(word: str) -> str:
    """A word of a text in lower case, compared without its accents' composition and hidden characters."""
    if word.isascii():
        return word.replace(",", "") if word[0].isdigit() else word
    bare = unicodedata.normalize("NFKC", _HIDDEN.sub("", unicodedata.normalize("NFC", word)))
    return bare.translate(_APOSTROPHES).casefold()


def _unicode_of(text: str) -> str:
    """Any text in lower case, as long as it was, with the commonest marks made plain."""
    plain = blanked(text)
    for sign, known in _COMMON:
        plain = plain.replace(sign, known)
    return lowered(plain)


def _pattern(text: str) -> re.Pattern[str]:
    return _HIDDEN_TOKEN if _HIDDEN.search(text) else _TOKEN


def _plain_of(text: str) -> str | None:
    """English prose in lower case with its curly quotation marks and dashes made plain, as long as it was; nothing for
    any other text.
    """
    plain = blanked(text)
    if not plain.isascii() or _POUND in plain:
        for sign, known in _COMMON:
            plain = plain.replace(sign, known)
        if not plain.isascii():
            plain = plain.replace("\u00a3", _POUND)
        if not plain.isascii() or _POUND in text:
            return None
    return plain.lower()


def _words_of(text: str) -> tuple[tuple[str, ...], list[int]]:
    """The words of a text, and for English prose the lengths of what is between them and of the words, by turns."""
    plain = _plain_of(text)
    if plain is None:
        folded = _unicode_of(text)
        return tuple(filter(None, map(_folded, _pattern(folded).findall(folded)))), []
    # Folded as a whole, a word costs a fifth.
    pieces = _ASCII_WORDS.split(plain)
    found = pieces[1::2]
    if "," in plain:
        found = [word.replace(",", "") if "," in word else word for word in found]
    words = tuple(["\u00a3" if word == _POUND else word for word in found] if _POUND in plain else found)
    return words, list(map(len, pieces))


@kept
def tokenize(text: str) -> Tokens:
    """The words of a text. Those of a part are those of the whole, which it must not cut within a word."""
    if isinstance(text, Text) and text.whole is not None and (whole := text.whole()) is not None:
        return _PartTokens(tokenize(whole), text.start, text.start + len(text))
    return Tokens(text)


def find_words(words: Sequence[str], within: Tokens, *, after: int = 0) -> WordSpan | None:
    """The first place, from word `after` on, where the words are one after the other."""
    return _find(f" {' '.join(words)} ", len(words), within, after=after) if words else None


def _find(joined: str, count: int, within: Tokens, *, after: int = 0) -> WordSpan | None:
    if after >= len(within.words):
        return None
    at = within.joined.find(joined, within.starts[after] - 1 if after else 0)
    if at < 0:
        return None
    first = bisect_left(within.starts, at + 1)
    return WordSpan(first, first + count - 1)


class _Piece(NamedTuple):
    words: tuple[str, ...]
    gap: int


@kept
def _pieces(quotation: str) -> tuple[_Piece, ...]:
    """The parts of a quotation between its omissions and bracketed insertions, each with the words that may be missing
    before it.
    """
    # "[T]he" is the word with its case changed; "[sic]" is the writer's remark.
    text = re.sub(r"\[([^\W\d_])\](?=\w)", r"\1", quotation)
    text = re.sub(r"\[\s*sic\s*\]", " ", text, flags=re.IGNORECASE)
    text = _INSERTION.sub("\x00", _GAP.sub("\x01", text))
    found: list[_Piece] = []
    gap = 0
    for part in re.split("([\x00\x01])", text):
        if part in ("\x00", "\x01"):
            gap = max(gap, LONGEST_OMISSION if part == "\x01" else LONGEST_INSERTION)
        elif words := tokenize(part).words:
            found.append(_Piece(words, gap if found else 0))
            gap = 0
    return tuple(found)


def quoted_parts(quotation: str) -> list[tuple[str, ...]]:
    """The words of a quotation between its marked omissions and brackets."""
    return [piece.words for piece in _pieces(quotation)]


def find_quotation(quotation: str, text: str) -> WordSpan | None:
    """Where a text has a quotation's words, in order, with what its marked omissions and brackets leave out or
    replace.
    """
    said, within = tokenize(quotation), tokenize(text)
    literal = _find(said.joined, len(said.words), within) if said.words else None
    if literal is not None:
        return literal
    if "[" not in quotation and "\u2026" not in quotation and quotation.count(".") < 3:
        return None  # it leaves nothing out
    pieces = _pieces(quotation)
    if not pieces or (len(pieces) == 1 and pieces[0].words == said.words):
        return None
    start = find_words(pieces[0].words, within)
    while start is not None:
        place = _rest(pieces, start, within)
        if place is not None:
            return place
        start = find_words(pieces[0].words, within, after=start.first + 1)
    return None


def _rest(pieces: Sequence[_Piece], start: WordSpan, within: Tokens) -> WordSpan | None:
    last = start.last
    for piece in pieces[1:]:
        following = find_words(piece.words, within, after=last + 1)
        if following is None or following.first - last - 1 > piece.gap:
            return None
        last = following.last
    return WordSpan(start.first, last)


def find_nearly(quotation: str, text: str) -> WordSpan | None:
    """The passage of a text that a quotation alters, or None if no passage is near enough."""
    said, within = tokenize(quotation), tokenize(text)
    if not said.words or not within.words:
        return None
    needle = said.joined.strip()
    near = fuzz.partial_ratio_alignment(needle, within.joined, score_cutoff=55)
    if near is None:
        return None
    first = max(0, bisect_right(within.starts, near.dest_start) - 1)
    last = max(first, bisect_left(within.starts, near.dest_end) - 1)
    return _trimmed(said, within, first=max(0, first - 3), last=min(len(within.words) - 1, last + 3))


def _trimmed(said: Tokens, within: Tokens, *, first: int, last: int) -> WordSpan | None:
    window = within.words[first : last + 1]
    blocks = [block for block in Indel.opcodes(said.words, window) if block.tag == "equal"]
    if not blocks:
        return None
    start = max(0, blocks[0].dest_start - blocks[0].src_start)
    end = min(len(window), blocks[-1].dest_end + len(said.words) - blocks[-1].src_end)
    same = [word for block in blocks for word in said.words[block.src_start : block.src_end]]
    share = len(same) / max(len(said.words), 1)
    letters = fuzz.ratio(" ".join(said.words), " ".join(window[start:end]))
    content = sum(len(word) > 3 for word in same)
    if (letters >= NEARLY_LETTERS and content >= 1) or (share >= NEARLY and content >= 2):
        return WordSpan(first + start, first + end - 1, max(share, letters / 100) * 0.999)
    return None

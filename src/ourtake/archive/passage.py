"""The best passage of an article for one source: whole sentences, at most 120 words."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from ourtake.archive.query import stems
from ourtake.text.markdown import paragraphs, visible
from ourtake.text.sentences import sentences
from ourtake.text.words import count_words

MOST_WORDS = 120

_BLANK = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
_MARKUP = re.compile(r"^(?:[ ]{4}|[ ]{0,3}(?:[#>\-*+|`~<=_\[\t]|\d{1,9}[.)]))", re.MULTILINE)
"""A line that may be something other than a paragraph. A text without one is split at blank lines, which takes a
hundredth of the time.
"""


_UNEVEN = re.compile(r"[^\S ]|  ")
"""White space other than single spaces: sentences are joined by one."""


class _Paragraph(NamedTuple):
    text: str
    stems: frozenset[str]


class _Sentence(NamedTuple):
    text: str
    words: int


@lru_cache(maxsize=4096)
def _paragraphs(text: str) -> tuple[_Paragraph, ...]:
    """An article's paragraphs as a reader sees them; cached, since many sources ask for the same article."""
    parts = (
        [span.text for span in paragraphs(text)]
        if _MARKUP.search(text)
        else [part.strip() for part in _BLANK.split(text)]
    )
    shown = [visible(part) for part in parts if part]
    return tuple(_Paragraph(part, frozenset(stems(part))) for part in shown)


@lru_cache(maxsize=8192)
def _sentences(paragraph: str) -> tuple[_Sentence, ...]:
    parts = [span.text for span in sentences(paragraph)]
    return tuple(_Sentence(part, count_words(part)) for part in parts)


@lru_cache(maxsize=8192)
def _stems(sentence: str) -> frozenset[str]:
    return frozenset(stems(sentence))


def best_passage(text: str, terms: dict[str, float]) -> str:
    """The run of sentences within one paragraph with the most weight of the source's terms (stem -> weight); of equal
    runs the longer, then the earlier.
    """
    found = _paragraphs(text)
    # No run is worth more than its paragraph, so most paragraphs need not be split into sentences.
    worth = [sum(terms[stem] for stem in paragraph.stems & terms.keys()) for paragraph in found]
    bounds = [value + MOST_WORDS / 1000 for value in worth]
    best, best_place, best_score = "", len(found), -1.0
    for place in sorted(range(len(found)), key=lambda place: -bounds[place]):
        if bounds[place] < best_score:
            break
        text = found[place].text
        if (total := count_words(text)) > MOST_WORDS:
            score, passage = _best_run(_sentences(text), terms)
        else:
            # A paragraph that is short enough is worth more than any part of it. Few need to be split even so.
            even = _UNEVEN.search(text) is None
            passage = text.strip() if even else " ".join(part.text for part in _sentences(text))
            score = worth[place] + total / 1000
        if score > best_score or (score == best_score and place < best_place):
            best, best_place, best_score = passage, place, score
    return best


def _best_run(parts: tuple[_Sentence, ...], terms: dict[str, float]) -> tuple[float, str]:
    """The best run and its score: the weights of its terms, and a thousandth for each word."""
    best: tuple[_Sentence, ...] = ()
    best_score = -1.0
    wanted = terms.keys()
    for first in range(len(parts)):
        last, total = first, 0
        found: set[str] = set()
        while last < len(parts) and total + parts[last].words <= MOST_WORDS:
            total += parts[last].words
            found |= _stems(parts[last].text) & wanted
            last += 1
        score = sum(terms[stem] for stem in found) + total / 1000
        if last > first and score > best_score:
            best, best_score = parts[first:last], score
        if last == len(parts):
            break
    return best_score, " ".join(part.text for part in best)

"""The best passage of an article for one source: whole sentences, at most 120 words."""

from __future__ import annotations

from functools import lru_cache

from ourtake.archive.query import stems
from ourtake.text.markdown import paragraphs, visible
from ourtake.text.sentences import sentences
from ourtake.text.words import count_words

MOST_WORDS = 120


@lru_cache(maxsize=4096)
def _sentences(text: str) -> tuple[tuple[tuple[str, int, frozenset[str]], ...], ...]:
    """An article's paragraphs as sentences, each with its words counted and its stems; the same article is asked for by many sources."""
    found = []
    for block in paragraphs(text):
        parts = [span.text for span in sentences(visible(block.text))]
        found.append(tuple((part, count_words(part), frozenset(stems(part))) for part in parts))
    return tuple(found)


def best_passage(text: str, terms: dict[str, float]) -> str:
    """The run of sentences within one paragraph that holds most of the source's terms."""
    best: list[str] = []
    best_score = -1.0
    wanted = terms.keys()
    for parts in _sentences(text):
        for first in range(len(parts)):
            last, total = first, 0
            found: set[str] = set()
            while last < len(parts) and total + parts[last][1] <= MOST_WORDS:
                total += parts[last][1]
                found |= parts[last][2] & wanted
                last += 1
            score = sum(terms[stem] for stem in found) + total / 1000
            if last > first and score > best_score:
                best, best_score = [part[0] for part in parts[first:last]], score
            if last == len(parts):
                break
    return " ".join(best)

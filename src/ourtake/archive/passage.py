"""The best passage of an article for one source: whole sentences, at most 120 words."""

from __future__ import annotations

from ourtake.archive.query import stems
from ourtake.text.markdown import paragraphs, visible
from ourtake.text.sentences import sentences
from ourtake.text.words import count_words

MOST_WORDS = 120


def best_passage(text: str, terms: dict[str, float]) -> str:
    """The run of sentences within one paragraph that holds most of the source's terms."""
    best, best_score = "", -1.0
    for block in paragraphs(text):
        parts = [span.text for span in sentences(visible(block.text))]
        sizes = [count_words(part) for part in parts]
        for first in range(len(parts)):
            last, total = first, 0
            while last < len(parts) and total + sizes[last] <= MOST_WORDS:
                total += sizes[last]
                last += 1
            run = " ".join(parts[first:last])
            found = {stem for stem in stems(run) if stem in terms}
            score = sum(terms[stem] for stem in found) + min(total, MOST_WORDS) / 1000
            if run and score > best_score:
                best, best_score = run, score
            if last == len(parts):
                break
    return best

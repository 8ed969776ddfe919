"""Measures of a take's text: how much of it is the source's, how much every take has in common, how easy it is."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping

from ourtake.documents import Source, Take
from ourtake.text.markdown import visible
from ourtake.text.sentences import sentences
from ourtake.text.words import normalise, words

RUN = 5
"""Words in a row that count as the same wording."""
MOST_TAKES = 2_000
"""Takes of one model that are compared with each other."""
_VOWELS = re.compile(r"[aeiouy]+")
_SILENT = re.compile(r"(?:[^laeiouy]es|ed|[^laeiouy]e)$")
_QUOTED = re.compile('["“][^"“”\n]{1,600}["”]')


def take_text(take: Take) -> str:
    """Headline, summary and body as a reader sees them."""
    return f"{take.headline}\n\n{take.summary}\n\n{visible(take.body)}"


def runs(text: str) -> set[tuple[str, ...]]:
    """All runs of RUN words, typography and case folded."""
    found = normalise(text).split()
    return set(zip(*(found[start:] for start in range(RUN)), strict=False))


def source_overlap(take: Take, source: Source) -> float | None:
    """The share of the take's runs, outside quotations, that the source has; None if either is too short."""
    own = runs(_QUOTED.sub(" ", f"{take.summary}\n\n{visible(take.body)}"))
    theirs = runs(f"{source.title}\n\n{source.blurb}\n\n{source.text or ''}")
    return len(own & theirs) / len(own) if own and theirs else None


def sameness(takes: Mapping[str, Iterable[Take]]) -> float | None:
    """How alike the takes on different stories are: the mean share of a take's runs, outside quotations, that a take on
    another case has too. None with fewer than two cases.
    """
    texts = [(case, runs(_QUOTED.sub(" ", take_text(take)))) for case, many in takes.items() for take in many]
    texts = texts[:MOST_TAKES]
    if len({case for case, _ in texts}) < 2:
        return None
    owner: dict[int, str] = {}
    shared: set[int] = set()
    for case, found in texts:
        for run in found:
            key = hash(run)
            if owner.setdefault(key, case) != case:
                shared.add(key)
    shares = [sum(hash(run) in shared for run in found) / len(found) for _, found in texts if found]
    return sum(shares) / len(shares) if shares else None


def reading_ease(text: str, language: str) -> float | None:
    """Flesch's reading ease: about 100 is very easy, 0 very hard. None for languages other than English."""
    if language.partition("-")[0].casefold() not in ("en", ""):
        return None
    found = words(text.casefold())
    count = sum(any(map(str.isalnum, span.text)) for span in sentences(text))
    if not found or not count:
        return None
    syllables = sum(map(_syllables, found))
    return 206.835 - 1.015 * len(found) / count - 84.6 * syllables / len(found)


@functools.lru_cache(maxsize=20_000)
def _syllables(word: str) -> int:
    """Of a word in small letters. Words recur, and this is asked for each word of each take."""
    count = len(_VOWELS.findall(word))
    return max(1, count - bool(_SILENT.search(word) and count > 1))

"""Whether two titles are the same, when one is what a web page calls itself: with its site's name, cut, or slightly
changed.
"""

from __future__ import annotations

import re

from rapidfuzz import fuzz

from ourtake.text.words import normalise

ALIKE = 88.0
"""Similarity (0 to 100, rapidfuzz ratio) from which two titles are one that an editor touched up."""

LEAST_WORDS = 4
"""A shorter beginning of a title is not taken for the title cut short."""

_BETWEEN = re.compile(r"\s+[|\u00b7\u2013\u2014\u00bb-]+\s+|\s*[|\u00bb]\s*")


def segments(title: str) -> list[str]:
    """A page's title, and its parts where a site's name is parted from it."""
    return [title, *(part for part in _BETWEEN.split(title) if part.strip())]


def same_title(wanted: str, shown: str) -> bool:
    """Whether a page that calls itself `shown` is the article `wanted`."""
    title = _bare(wanted)
    if title and title in _bare(shown):
        return True
    for part in map(_bare, segments(shown)):
        cut = part.rstrip(". \u2026")
        if fuzz.ratio(title, part, score_cutoff=ALIKE) or (cut.count(" ") + 1 >= LEAST_WORDS and title.startswith(cut)):
            return True
    return False


def _bare(text: str) -> str:
    return normalise(text).strip(" .,;:!?\"'")

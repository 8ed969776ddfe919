"""What a comparator yields: where a sentence of a take differs from one of a document, and how close the places are."""

from __future__ import annotations

from typing import NamedTuple

from ourtake.checks.facts.aligner import Words
from ourtake.text.negation import NEGATION as DENYING

CLOSE = 1.8
"""The least closeness of two slots (Pair.close)."""


class Slot(NamedTuple):
    """Words first to last (both counted) of the take's sentence that differ from those of the document's."""

    take: tuple[int, int]
    place: tuple[int, int]
    close: float
    alike: frozenset[str] = frozenset()
    """Words that support the take's own, too."""


TIMES = frozenset("year years month months week weeks day days time times hour hours night morning evening".split())


NEGATION = DENYING | {"need_not"}
"""Words, and runs of words as aligner.py reads them, that deny what follows."""


_COMPARED, _FAR = ("more_than", "less_than"), 8
"""Before these a negation may be further away: "none of them may cost more than 90". What begins a clause ends its
reach: "can't claim because they have more than 6,000".
"""
_CLAUSES = frozenset("because since if when where while although though unless".split())

_OF_A_NOUN = {"without": 2}
"""A preposition denies its own noun only, within that many words: not "for more than 12 hours" in "a household without
power for more than 12 hours".
"""


def negated(words: Words, at: int, before: int = 4) -> bool:
    """Whether a negation stands a few words before a word, with no comma between them."""
    furthest = _FAR if words.senses[at] in _COMPARED else before
    return any(
        (sense := words.senses[place]) in NEGATION
        and at - place <= _OF_A_NOUN.get(sense, furthest)
        and not words.parted(place, at)
        and (furthest == before or _CLAUSES.isdisjoint(words.senses[place + 1 : at]))
        for place in range(max(0, at - furthest), at)
    )

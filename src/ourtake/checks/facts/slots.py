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
"""Before these a negation may stand further off: "none of them may cost more than 90". "Without" denies only the noun
that follows: "a household without power for more than 12 hours".
"""


def negated(words: Words, at: int, before: int = 4) -> bool:
    """Whether a negation stands a few words before a word, with no comma between them."""
    compared = words.senses[at] in _COMPARED
    return any(
        words.senses[place] in NEGATION
        and not words.parted(place, at)
        and not (compared and words.senses[place] == "without" and at - place > 1)
        for place in range(max(0, at - (_FAR if compared else before)), at)
    )

"""What the archive's own links say about an article: the publication's memory of what belongs together.

The links are the store's, asked for by the articles' numbers (moment.py). Only links to articles of the archive count,
and only links that were made before the source's day.
"""

from __future__ import annotations

import collections
from collections.abc import Iterable
from typing import NamedTuple

from ourtake.archive.moment import Moment

NEAR = 20
"""How many of the most similar earlier articles count for `linked` and `linking`."""

NEAREST = 10
"""How many of them count for `together`."""

WIDELY = 300

Scores = dict[int, float]


class LinkScores(NamedTuple):
    """By article number. `linked`: linked from the NEAR best hits; `linking`: links to them; `together`: linked in one
    piece with them (all three as shares of 1). `widely`: the summed likeness of all hits that link to it.
    """

    linked: Scores
    widely: Scores
    linking: Scores
    together: Scores

    def numbers(self) -> Iterable[int]:
        """Every article with a score that makes it a candidate."""
        return dict.fromkeys([*self.linked, *self.linking, *self.together])


def link_scores(hits: list[tuple[int, float]], moment: Moment, *, before: int) -> LinkScores:
    """`hits`: articles published before that day with their likeness (best 1), best first."""
    linked, widely, linking, together = (collections.defaultdict[int, float](float) for _ in range(4))
    near = hits[:NEAR]
    total = sum(likeness for _, likeness in near) or 1.0
    out = moment.out(number for number, _ in hits[:WIDELY])
    for number, likeness in hits[:WIDELY]:
        for target in out[number]:
            widely[target] += likeness
    into = moment.into(number for number, _ in near)
    earlier = {number: [link for link in links if link.day < before] for number, links in into.items()}
    beside = moment.out(link.number for number, _ in near[:NEAREST] for link in earlier[number])
    for place, (number, likeness) in enumerate(near):
        for target in out[number]:
            linked[target] += likeness / total
        for link in earlier[number]:
            linking[link.number] += likeness / total
            targets = beside[link.number] if place < NEAREST else ()
            for target in targets:
                if target != number:
                    together[target] += likeness / len(targets)
    return LinkScores(dict(linked), dict(widely), dict(linking), dict(together))

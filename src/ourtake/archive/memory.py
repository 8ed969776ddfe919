"""What earlier articles say for others: whom the most similar ones link to, who links to those, what was linked in one
piece with them.

Only links made before the source's day are looked at.
"""

from __future__ import annotations

import collections
from collections.abc import Iterable
from typing import NamedTuple

from ourtake.archive.graph import LinkGraph

NEAR = 20
"""How many of the most similar earlier articles lend their links."""

WIDELY = 300

TOGETHER = 10

Scores = dict[str, float]


class Memory(NamedTuple):
    """By article id. `widely`: how much all hits that link to it are like the source; the others look at the NEAR best
    hits, as shares of 1.
    """

    linked: Scores
    widely: Scores
    linking: Scores
    together: Scores

    def ids(self) -> Iterable[str]:
        """Every article that something speaks for."""
        return dict.fromkeys([*self.linked, *self.linking, *self.together])


def remember(hits: list[tuple[str, float]], graph: LinkGraph, *, before: int) -> Memory:
    """`hits`: articles published before that day with their likeness (best 1), best first."""
    linked, widely, linking, together = (collections.defaultdict[str, float](float) for _ in range(4))
    near = hits[:NEAR]
    whole = sum(likeness for _, likeness in near) or 1.0
    out = graph.out(name for name, _ in hits[:WIDELY])
    for name, likeness in hits[:WIDELY]:
        for target in out[name]:
            widely[target] += likeness
    made = {
        name: [link for link in links if link.day < before]
        for name, links in graph.into(name for name, _ in near).items()
    }
    beside = graph.out(link.id for name, _ in near[:TOGETHER] for link in made[name])
    for number, (name, likeness) in enumerate(near):
        for target in out[name]:
            linked[target] += likeness / whole
        for link in made[name]:
            linking[link.id] += likeness / whole
            targets = beside[link.id] if number < TOGETHER else ()
            for target in targets:
                if target != name:
                    together[target] += likeness / len(targets)
    return Memory(dict(linked), dict(widely), dict(linking), dict(together))

"""What the archive's own links say for an article: the publication's memory of what belongs together.

The links are the store's (store/links.py). LinkGraph asks for those of a few articles at a time and keeps the answers.
Only links to articles of the archive count, and only links that were made before the source's day.
"""

from __future__ import annotations

import collections
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple, TypeVar

from ourtake.store import Store
from ourtake.store.links import LinkedBy

MOST_KEPT = 200_000
"""Articles whose links are kept, for each direction, before all are dropped."""

NEAR = 20
"""How many of the most similar earlier articles count for `linked` and `linking`."""

NEAREST = 10
"""How many of them count for `together`."""

WIDELY = 300

Value = TypeVar("Value")
Scores = dict[str, float]


class LinkGraph:
    """The links of an archive in both directions, each asked for separately: incoming links cost more to find."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._out: dict[str, tuple[str, ...]] = {}
        self._into: dict[str, list[LinkedBy]] = {}

    def out(self, ids: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
        """What each article links to, by id; () for none."""
        return _cached(self._out, ids, self._store.links_out_of, ())

    def into(self, ids: Iterable[str]) -> Mapping[str, list[LinkedBy]]:
        """Who links to each article, by id."""
        return _cached(self._into, ids, self._store.links_into, [])


def _cached(
    rows: dict[str, Value], ids: Iterable[str], ask: Callable[[list[str]], dict[str, Value]], nothing: Value
) -> dict[str, Value]:
    wanted = list(dict.fromkeys(ids))
    missing = [name for name in wanted if name not in rows]
    if missing:
        if len(rows) > MOST_KEPT:
            rows.clear()
            missing = wanted
        rows.update(dict.fromkeys(missing, nothing))
        rows.update(ask(missing))
    return {name: rows[name] for name in wanted}


class LinkScores(NamedTuple):
    """By article id. `linked`: linked from the NEAR best hits; `linking`: links to them; `together`: linked in one
    piece with them (all three as shares of 1). `widely`: the summed likeness of all hits that link to it.
    """

    linked: Scores
    widely: Scores
    linking: Scores
    together: Scores

    def ids(self) -> Iterable[str]:
        """Every article with a score that makes it a candidate."""
        return dict.fromkeys([*self.linked, *self.linking, *self.together])


def link_scores(hits: list[tuple[str, float]], graph: LinkGraph, *, before: int) -> LinkScores:
    """`hits`: articles published before that day with their likeness (best 1), best first."""
    linked, widely, linking, together = (collections.defaultdict[str, float](float) for _ in range(4))
    near = hits[:NEAR]
    total = sum(likeness for _, likeness in near) or 1.0
    out = graph.out(name for name, _ in hits[:WIDELY])
    for name, likeness in hits[:WIDELY]:
        for target in out[name]:
            widely[target] += likeness
    into = graph.into(name for name, _ in near)
    earlier = {name: [link for link in links if link.day < before] for name, links in into.items()}
    beside = graph.out(link.id for name, _ in near[:NEAREST] for link in earlier[name])
    for number, (name, likeness) in enumerate(near):
        for target in out[name]:
            linked[target] += likeness / total
        for link in earlier[name]:
            linking[link.id] += likeness / total
            targets = beside[link.id] if number < NEAREST else ()
            for target in targets:
                if target != name:
                    together[target] += likeness / len(targets)
    return LinkScores(dict(linked), dict(widely), dict(linking), dict(together))

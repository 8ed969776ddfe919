"""Which of the ranked candidates are offered: never the source, nothing unrelated, each story once, and not too much of
the same.

Diversity is maximal marginal relevance (Carbonell and Goldstein 1998): an article's score falls by its likeness to the
most similar one that was chosen before it. A near-twin of a chosen one counts as identical to it, whatever its lead.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from ourtake.archive.signals import Candidates
from ourtake.archive.views import ArticleView, view
from ourtake.documents import Source
from ourtake.text.words import canonical_url, normalise

SAME_STORY = 0.8
"""Two articles that share at least this part of the shorter one's pairs of words are the same story."""

NEAR_TWIN = 0.4
"""From this part on, they are near-twins: the later issue of a series, or a piece that repeats much of another."""

LEAST_PAIRS = 20
DIVERSITY = 2.0
"""How many points of score an article would lose for being identical to one that was chosen."""

BEST = 10
"""One of this many best articles must reach the threshold, as in the trial that learned RELATED."""

OTHERS = 0.55
"""The part of the threshold that is enough for the others once one article reaches it: an archive that covers a story
has more than one piece on it.
"""

RELATED = {"share": 1.04, "lead": 1.07, "title": 2.56, "pairs": 2.72}
RELATED_FROM = -1.77
"""A logistic regression on four measures that mean the same in any archive: the part of the source's words, weighted by
rarity, that is in the article, in its lead and in its title, and the part of its pairs of words. Learned
(`benchmarks/nothing.py --learn`) by separating the best article of a publication's own archive from the best one of
another's.
"""

CLOSE_FROM, CLOSE = 0.4, 2.0
"""Closeness in meaning above CLOSE_FROM raises the score; a lack of it doesn't lower it: without vectors nothing
changes. Learned in the same way with MiniLM's vectors (`benchmarks/nothing.py --learn --embeddings`).
"""


class Pick(NamedTuple):
    """An article that is offered: its id, its place among the candidates, its score (0 to 1)."""

    id: str
    place: int
    score: float


def offered(
    found: Candidates, vector: Any, source: Source, *, count: int, threshold: float, diversity: float
) -> list[Pick]:
    """At most `count` of the candidates, best first: none if none of the BEST first reaches the threshold, and none
    below OTHERS times the threshold.
    """
    if not found.ids:
        return []
    scores = (found.values @ vector).tolist()
    relatedness = related_scores(found.columns)
    order = sorted(range(len(scores)), key=lambda place: -scores[place])
    if max(relatedness[place] for place in order[:BEST]) < threshold:
        return []
    order = [place for place in order if relatedness[place] >= OTHERS * threshold]
    seen = {canonical_url(source.url), normalise(source.title)}
    chosen: list[Pick] = []
    likeness, twins = dict.fromkeys(order, 0.0), set[int]()
    views: dict[int, ArticleView] = {place: view(found.articles[found.ids[place]]) for place in order}
    while order and len(chosen) < count:
        place = max(order, key=lambda place: scores[place] - diversity * likeness[place])
        order.remove(place)
        article = found.articles[found.ids[place]]
        names = {canonical_url(article.url), normalise(article.title)}
        shared = max((_shared_pairs(views[place], views[pick.place]) for pick in chosen), default=0.0)
        if names & seen or shared >= SAME_STORY:
            continue
        if diversity and shared >= NEAR_TWIN and place not in twins:
            # It is looked at again once it has lost what a twin loses.
            twins.add(place)
            likeness[place] = 1.0
            order.append(place)
            continue
        seen |= names
        chosen.append(Pick(found.ids[place], place, relatedness[place]))
        for other in order[: 2 * count] if diversity else ():
            likeness[other] = max(likeness[other], _likeness(views[place], views[other]))
    return chosen


def related_scores(columns: dict[str, Any]) -> list[float]:
    """How likely each candidate is related to the source: 0 to 1, comparable between archives."""
    import numpy

    points = RELATED_FROM + sum(weight * columns[name] for name, weight in RELATED.items())
    points = points + CLOSE * numpy.maximum(0.0, columns["closeness"] - CLOSE_FROM)
    scores: list[float] = (1 / (1 + numpy.exp(-points))).tolist()
    return scores


def _likeness(one: ArticleView, other: ArticleView) -> float:
    """The part of the words of their titles and leads that two articles share (Jaccard)."""
    shared = len(one.lead & other.lead)
    return shared / ((len(one.lead) + len(other.lead) - shared) or 1)


def _shared_pairs(one: ArticleView, other: ArticleView) -> float:
    """The part of the shorter text's pairs of words that the other has, where it may be NEAR_TWIN or more; else 0."""
    smaller, larger = sorted((one, other), key=lambda seen: len(seen.text))
    if len(smaller.text) < LEAST_PAIRS or len(smaller.counts.keys() & larger.counts.keys()) < NEAR_TWIN * len(
        smaller.counts
    ):
        return 0.0
    pairs, others = smaller.pairs(), larger.pairs()
    least = min(len(pairs), len(others))
    return len(pairs & others) / least if least >= LEAST_PAIRS else 0.0

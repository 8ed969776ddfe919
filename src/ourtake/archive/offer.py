"""Which of the ranked candidates are offered: each story once, never the source, nothing that isn't related, and not
one story thrice.

Diversity is maximal marginal relevance (Carbonell and Goldstein 1998): an article's score is lowered by how like it is
to the likest one that stands already.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from ourtake.archive.article_view import View, view
from ourtake.archive.signals import Found
from ourtake.documents import Source
from ourtake.text.words import canonical_url, normalise

SAME_STORY = 0.8
"""The part of an article's pairs of words from which on another that holds them is the same story."""

LEAST_PAIRS = 20
DIVERSITY = 2.0
"""How many points of the ranking's score an article loses that is wholly like one that is offered already."""

BEST = 10
"""Among how many of the highest one must reach the threshold, as in the trial that learned RELATED."""

BESIDE = 0.55
"""Which part of the threshold an article must reach beside one that reaches it: a story that the archive knows has more
than one piece to go with.
"""

RELATED = {"share": 1.04, "lead": 1.07, "title": 2.56, "pairs": 2.72}
RELATED_FROM = -1.77
"""A logistic regression on four measures that mean the same in any archive: which part of the source's words, weighed
by rarity, stand in the article, in its lead and in its title, and which part of its pairs of words. Learned
(`benchmarks/nothing.py --learn`) by telling the best article of a publication's own archive from the best one of
another's.
"""

CLOSE_FROM, CLOSE = 0.4, 2.0
"""Closeness in meaning over CLOSE_FROM raises the score, and none lowers it: an article with other words for the same
may be offered, and without vectors nothing is different. Learned in the same way with MiniLM's vectors
(`benchmarks/nothing.py --learn --embeddings`).
"""


class Pick(NamedTuple):
    """An article that is offered: its id, its place among the candidates, its score (0 to 1)."""

    id: str
    place: int
    score: float


def offered(found: Found, vector: Any, source: Source, *, count: int, threshold: float, diversity: float) -> list[Pick]:
    """At most `count` of the candidates, best first: none where none of the BEST highest reaches the threshold, none
    under BESIDE of it.
    """
    if not found.ids:
        return []
    scores = (found.values @ vector).tolist()
    relatedness = related_scores(found.columns)
    order = sorted(range(len(scores)), key=lambda place: -scores[place])
    if max(relatedness[place] for place in order[:BEST]) < threshold:
        return []
    order = [place for place in order if relatedness[place] >= BESIDE * threshold]
    seen = {canonical_url(source.url), normalise(source.title)}
    chosen: list[Pick] = []
    likeness = dict.fromkeys(order, 0.0)
    views: dict[int, View] = {place: view(found.articles[found.ids[place]]) for place in order}
    while order and len(chosen) < count:
        place = max(order, key=lambda place: scores[place] - diversity * likeness[place])
        order.remove(place)
        article = found.articles[found.ids[place]]
        names = {canonical_url(article.url), normalise(article.title)}
        if names & seen or any(_same_story(views[place], views[pick.place]) for pick in chosen):
            continue
        seen |= names
        chosen.append(Pick(found.ids[place], place, relatedness[place]))
        for other in order[: 2 * count] if diversity else ():
            likeness[other] = max(likeness[other], _likeness(views[place], views[other]))
    return chosen


def related_scores(columns: dict[str, Any]) -> list[float]:
    """How sure it is that each candidate has to do with the source: 0 to 1, the same in any archive."""
    import numpy

    points = RELATED_FROM + sum(weight * columns[name] for name, weight in RELATED.items())
    points = points + CLOSE * numpy.maximum(0.0, columns["closeness"] - CLOSE_FROM)
    scores: list[float] = (1 / (1 + numpy.exp(-points))).tolist()
    return scores


def _likeness(one: View, other: View) -> float:
    """What part of the words of their titles and leads two articles share (Jaccard)."""
    shared = len(one.lead & other.lead)
    return shared / ((len(one.lead) + len(other.lead) - shared) or 1)


def _same_story(one: View, other: View) -> bool:
    """Whether two articles are nearly the same text: one story, printed twice."""
    smaller, larger = sorted((one, other), key=lambda seen: len(seen.text))
    if len(smaller.text) < LEAST_PAIRS or len(smaller.counts.keys() & larger.counts.keys()) < SAME_STORY / 2 * len(
        smaller.counts
    ):
        return False
    pairs, others = smaller.pairs(), larger.pairs()
    least = min(len(pairs), len(others))
    return least >= LEAST_PAIRS and len(pairs & others) >= SAME_STORY * least

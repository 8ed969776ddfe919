"""The signals that speak for an article as an answer to one source.

Two steps. Candidates are the best hits of the index, the best ones of the last year, and the articles linked with the
most similar of them. Signals that need no text (score, day, links) choose which of them are read. Values are relative
to the source's own best candidate or to the weight of its words, so that a signal means much the same in every archive.
Nothing published on or after the source's day is used, neither articles nor links.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from ourtake.archive import text_signals
from ourtake.archive.links import LinkGraph, LinkScores, Scores, link_scores
from ourtake.archive.query import LARGE, candidates
from ourtake.archive.rank import FIRST, GROUPS, SIGNALS, off_by
from ourtake.archive.semantic import Meaning, centred
from ourtake.archive.views import UNDATED_DAY, SourceView, source_view, view
from ourtake.config import Group
from ourtake.documents import Article, Source
from ourtake.text.words import canonical_url
from ourtake.values import ordinal


class Sizes(NamedTuple):
    """How many articles are looked at for a source: the `best` hits, the `recent` best others of the last year; `read`:
    how many of all candidates are read.
    """

    best: int
    recent: int
    read: int


SIZES, SIZES_IN_LARGE = Sizes(200, 60, 60), Sizes(120, 40, 25)
"""An archive of more than LARGE articles gets smaller sizes: nearly every article in it is read for the first time."""

RECENT_DAYS = 365

NEAREST, NEAREST_READ = 50, 10
"""How many articles nearest in meaning are candidates, and how many of them are read in addition to those that words
chose.
"""

UNDATED_AGE = 4000
DECAYS = {"month": 30.0, "season": 120.0, "year": 365.0, "era": 1500.0}
"""Days in which a signal of recency falls to 1/e."""


class Candidates(NamedTuple):
    """What was read for a source: ids, an array of candidates x SIGNALS, the articles by id, and all columns by name
    (those of SIGNALS, and those that only `offer` looks at).
    """

    ids: tuple[str, ...]
    values: Any
    articles: dict[str, Article]
    columns: dict[str, Any]

    def by_meaning(self) -> bool:
        """Whether vectors contributed."""
        return bool(self.ids) and bool(self.columns["closeness"].any())


class _Pool(NamedTuple):
    """Candidates before they are read: ids and, in the same order, likeness (best hit 1, linked ones 0) and day; the
    hits, best first; the scores from links. The first `by_words` ids don't come from vectors.
    """

    ids: list[str]
    likeness: list[float]
    days: list[int]
    hits: list[tuple[str, float]]
    links: LinkScores
    by_words: int


class Signals:
    """Signals over one open index."""

    def __init__(
        self,
        searcher: Any,
        schema: Any,
        *,
        graph: LinkGraph,
        articles: Callable[[list[str]], dict[str, Article]],
        days: Callable[[list[str]], dict[str, int]],
        meaning: Meaning | None = None,
    ) -> None:
        self._meaning = meaning
        self._searcher = searcher
        self._schema = schema
        self.graph = graph
        self._articles = articles
        self._days = days
        self._total = max(1, searcher.num_docs)
        self._sizes = SIZES if self._total <= LARGE else SIZES_IN_LARGE
        rarity = text_signals.Lazy(self._rarity)
        squares: text_signals.Lazy[str] = text_signals.Lazy(lambda stem: rarity[stem] ** 2)
        self.weights = text_signals.IndexWeights(rarity, squares, text_signals.Lazy(self._tag_rarity), {})

    def _rarity(self, stem: str) -> float:
        spread = max(self._searcher.doc_freq(field, stem) for field in ("text", "title"))
        return math.log(1 + self._total / (1 + spread))

    def _tag_rarity(self, tag: frozenset[str]) -> float:
        return math.log(1 + self._total / (1 + min(self._searcher.doc_freq("tags", stem) for stem in tag)))

    def get_ready(self, articles: Iterable[Article]) -> None:
        """Look up the words and links of some articles now, so that the first sources need not wait for them."""
        ids = []
        for article in articles:
            ids.append(article.id or "")
            for stem in view(article).counts:
                self.weights.squares[stem]
        self.graph.out(ids)
        self.graph.into(ids)

    def of(self, source: Source, *, everything: bool = False, without: tuple[Group, ...] = ()) -> Candidates:
        """The candidates that are read for a source, in no order; `everything`: all of them, for learning."""
        import numpy

        asked = source_view(source, self.weights.rarity.__getitem__)
        close = self._close(source, without)
        pool = None if asked is None else self._pool(asked, close)
        if asked is None or pool is None:
            return Candidates((), numpy.zeros((0, len(SIGNALS))), {}, {})
        columns = self._without_text(asked, pool) | self._by_meaning(source, pool, close)
        off = off_by(without)
        first = sum(weight * columns[name] for name, weight in FIRST.items() if name not in off)
        # What words choose, and what their signals are divided by, is the same with vectors and without.
        order = numpy.argsort(-first[: pool.by_words], kind="stable")
        best = frozenset(pool.ids[place] for place in order[: self._sizes.read])
        chosen = _chosen(order, pool, list(close), None if everything else self._sizes.read)
        near = [name for name, _ in pool.hits[: text_signals.FEEDBACK_ARTICLES]]
        articles = self._articles(list(dict.fromkeys([*(pool.ids[place] for place in chosen), *near])))
        own = canonical_url(source.url)
        articles = {name: article for name, article in articles.items() if canonical_url(article.url) != own}
        places = [place for place in chosen if pool.ids[place] in articles]
        if not places:
            return Candidates((), numpy.zeros((0, len(SIGNALS))), {}, {})
        ids = tuple(pool.ids[place] for place in places)
        hits = [hit for hit in pool.hits if hit[0] in articles][: text_signals.FEEDBACK_ARTICLES]
        reading = text_signals.Reading(ids=ids, articles=articles, near=hits, best=best)
        columns = {name: column[places] for name, column in columns.items()} | self._popularity(asked, ids)
        columns |= text_signals.columns(asked, reading, self.weights)
        return Candidates(ids, numpy.stack([columns[name] for name in SIGNALS], axis=1), articles, columns)

    def _close(self, source: Source, without: tuple[Group, ...]) -> dict[str, float]:
        """The articles nearest in meaning, nearest first; none if meaning is off or not available."""
        if self._meaning is None or "meaning" in without:
            return {}
        return self._meaning.nearest(source, NEAREST, before=ordinal(source.published) or UNDATED_DAY)

    def _pool(self, asked: SourceView, close: dict[str, float]) -> _Pool | None:
        hits = candidates(
            self._searcher,
            self._schema,
            asked.terms,
            before=asked.day,
            count=self._sizes.best,
            since=asked.day - RECENT_DAYS,
            recent=self._sizes.recent,
        )
        if not hits and not close:
            return None
        top = (hits[0].score if hits else 0.0) or 1.0
        likeness = {hit.id: hit.score / top for hit in hits}
        days = {hit.id: hit.day for hit in hits}
        ranked = list(likeness.items())
        links = link_scores(ranked, self.graph, before=asked.day)
        for names in (links.ids(), close):
            by_words = len(days)
            if missing := [name for name in names if name not in days]:
                days |= {name: day for name, day in self._days(missing).items() if day < asked.day}
        return _Pool(
            list(days), [likeness.get(name, 0.0) for name in days], list(days.values()), ranked, links, by_words
        )

    def _by_meaning(self, source: Source, pool: _Pool, close: dict[str, float]) -> dict[str, Any]:
        """Signals of meaning, and the closeness for `offer`; all 0 if it is not available."""
        import numpy

        if self._meaning is None or not close:
            return {name: numpy.zeros(len(pool.ids)) for name in (*GROUPS["meaning"], "closeness")}
        closeness = self._meaning.scores(source, pool.ids)
        means = centred(closeness, pool.ids)
        return {
            "closeness": numpy.array([closeness.get(name, 0.0) for name in pool.ids]),
            "meaning": numpy.array([means[name] for name in pool.ids]),
        }

    def _popularity(self, asked: SourceView, ids: tuple[str, ...]) -> dict[str, Any]:
        """How often earlier articles link to each; only for those that are read, since each costs a query."""
        import numpy

        into = self.graph.into(ids)
        ages = [[asked.day - link.day for link in into[name] if link.day < asked.day] for name in ids]
        return {
            name: numpy.log1p([float(sum(age < days for age in row)) for row in ages])
            for name, days in (("links", math.inf), ("links_year", 365), ("links_season", 90))
        }

    def _without_text(self, asked: SourceView, pool: _Pool) -> dict[str, Any]:
        """Signals that need no text."""
        import numpy

        days = numpy.array(pool.days, dtype=float)
        dated = (days > 0) & (asked.day != UNDATED_DAY)
        age = numpy.where(dated, numpy.maximum(0.0, asked.day - days), UNDATED_AGE)

        places = {name: place for place, name in enumerate(pool.ids)}

        def column(scores: Scores) -> Any:
            # Most candidates have no score.
            filled = numpy.zeros(len(pool.ids))
            for name in scores.keys() & places.keys():
                filled[places[name]] = scores[name]
            return filled

        return {
            "likeness": numpy.array(pool.likeness),
            **{name: numpy.exp(-age / decay) for name, decay in DECAYS.items()},
            "similar_linked": column(pool.links.linked),
            "linked_widely": numpy.log1p(column(pool.links.widely)),
            "links_to_similar": numpy.sqrt(column(pool.links.linking)),
            "linked_together": numpy.sqrt(column(pool.links.together)),
        }


def _chosen(order: Any, pool: _Pool, close: list[str], kept: int | None) -> list[int]:
    """The places of those that are read: the best by words, then the nearest in meaning; all if `kept` is None."""
    if kept is None:
        return [*order.tolist(), *range(pool.by_words, len(pool.ids))]
    places = {name: place for place, name in enumerate(pool.ids)}
    return list(
        dict.fromkeys([*order[:kept].tolist(), *(places[name] for name in close[:NEAREST_READ] if name in places)])
    )

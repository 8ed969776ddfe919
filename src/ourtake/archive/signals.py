"""What speaks for an article as an answer to one source.

Two steps. Candidates are the best hits of the index, the best ones of the last year, and what the most similar of them
link to; what costs nothing (score, day, links) chooses some of them, and only those are read. Everything is normalised
by the source's own best candidate or by the weight of its words, so that a signal means much the same in every archive.
Nothing published on or after the source's day is used, neither articles nor links.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, NamedTuple

from ourtake.archive import text_signals as wording
from ourtake.archive.article_view import view
from ourtake.archive.graph import LinkGraph
from ourtake.archive.memory import Memory, Scores, remember
from ourtake.archive.query import LARGE, candidates
from ourtake.archive.rank import FIRST, GROUPS, SIGNALS, off_by
from ourtake.archive.semantic import Meaning, centred
from ourtake.archive.story import UNDATED_DAY, Story, read_story
from ourtake.config import Group
from ourtake.documents import Article, Source
from ourtake.text.words import canonical_url
from ourtake.values import ordinal


class Reach(NamedTuple):
    """How many articles are looked at for a source: the `best` hits, the `lately` best others of the last year; of all
    these `read` are read.
    """

    best: int
    lately: int
    read: int


REACH, REACH_IN_MANY = Reach(200, 60, 60), Reach(120, 40, 25)
"""In an archive of more than LARGE articles nearly everything is looked at for the first time, and each costs as much
as it does in a small one.
"""

LATELY_DAYS = 365

NEAREST, NEAREST_READ = 50, 10
"""Articles nearest in meaning that are candidates, and how many of them are read beside those that words chose, never
instead of them.
"""

UNDATED_AGE = 4000
DECAYS = {"month": 30.0, "season": 120.0, "year": 365.0, "era": 1500.0}
"""Days in which a signal of recency falls to 1/e."""


class Found(NamedTuple):
    """Candidates: their ids, an array of candidates x SIGNALS, the articles, the columns (of signals, and those that
    only `offer` looks at).
    """

    ids: tuple[str, ...]
    values: Any
    articles: dict[str, Article]
    columns: dict[str, Any]

    def by_meaning(self) -> bool:
        """Whether meaning had a say."""
        return bool(self.ids) and bool(self.columns["closeness"].any())


class _Pool(NamedTuple):
    """Candidates before they are read: ids and, in the same order, likeness (best hit 1, linked ones 0) and day; the
    hits, best first; what their links say. The first `by_words` are candidates without meaning, too.
    """

    ids: list[str]
    likeness: list[float]
    days: list[int]
    hits: list[tuple[str, float]]
    memory: Memory
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
        days: Any,
        meaning: Meaning | None = None,
    ) -> None:
        self._meaning = meaning
        self._searcher = searcher
        self._schema = schema
        self.graph = graph
        self._articles = articles
        self._days = days
        self._total = max(1, searcher.num_docs)
        self._reach = REACH if self._total <= LARGE else REACH_IN_MANY
        self.rarity = lru_cache(maxsize=200_000)(self._rarity)
        self._squares = wording.Squares(self.rarity)
        self._tag_rarity = lru_cache(maxsize=65536)(self._tag_rarity_of)

    def _rarity(self, stem: str) -> float:
        return math.log(
            1 + self._total / (1 + max(self._searcher.doc_freq(field, stem) for field in ("text", "title")))
        )

    def _tag_rarity_of(self, tag: frozenset[str]) -> float:
        return math.log(1 + self._total / (1 + min(self._searcher.doc_freq("tags", stem) for stem in tag)))

    def get_ready(self, articles: Iterable[Article]) -> None:
        """Look at the words and links of some articles now: the first sources need not wait, then, for what all of them
        need.
        """
        ids = []
        for article in articles:
            ids.append(article.id or "")
            for stem in view(article).counts:
                self._squares[stem]
        self.graph.out(ids)
        self.graph.into(ids)

    def of(self, source: Source, *, everything: bool = False, without: tuple[Group, ...] = ()) -> Found:
        """The candidates of a source that are read, in no order; `everything`: all of them, as learning wants it."""
        import numpy

        nothing = Found((), numpy.zeros((0, len(SIGNALS))), {}, {})
        story = read_story(source, self.rarity)
        close = self._close(source, without)
        pool = None if story is None else self._pool(story, close)
        if story is None or pool is None:
            return nothing
        columns = self._cheap(story, pool) | self._meant(source, pool, close)
        off = off_by(without)
        first = sum(weight * columns[name] for name, weight in FIRST.items() if name not in off)
        # What words choose, and what their signals are divided by, is the same with meaning as without.
        order = numpy.argsort(-first[: pool.by_words], kind="stable")
        best = [pool.ids[place] for place in order[: self._reach.read]]
        chosen = _chosen(order, pool, list(close), None if everything else self._reach.read)
        near = [name for name, _ in pool.hits[: wording.FEEDBACK_ARTICLES]]
        articles = self._articles(list(dict.fromkeys([*(pool.ids[place] for place in chosen), *near])))
        own = canonical_url(source.url)
        places = [
            place
            for place in chosen
            if pool.ids[place] in articles and canonical_url(articles[pool.ids[place]].url) != own
        ]
        if not places:
            return nothing
        ids = tuple(pool.ids[place] for place in places)
        hits = [
            (name, likeness)
            for name, likeness in pool.hits
            if name in articles and canonical_url(articles[name].url) != own
        ]
        words = wording.columns(
            story,
            wording.Reading(ids=ids, articles=articles, near=hits[: wording.FEEDBACK_ARTICLES], best=frozenset(best)),
            rarity=self.rarity,
            squares=self._squares,
            tag_rarity=self._tag_rarity,
        )
        columns = {name: column[places] for name, column in columns.items()} | self._popularity(story, ids) | words
        return Found(ids, numpy.stack([columns[name] for name in SIGNALS], axis=1), articles, columns)

    def _close(self, source: Source, without: tuple[Group, ...]) -> dict[str, float]:
        """The articles nearest in meaning, nearest first; none where meaning is off or not to be had."""
        if self._meaning is None or "meaning" in without:
            return {}
        return self._meaning.nearest(source, NEAREST, before=ordinal(source.published) or UNDATED_DAY)

    def _pool(self, story: Story, close: dict[str, float]) -> _Pool | None:
        before, since = story.day, story.day - LATELY_DAYS
        hits = candidates(
            self._searcher,
            self._schema,
            story.terms,
            before=before,
            count=self._reach.best,
            since=since,
            lately=self._reach.lately,
        )
        if not hits and not close:
            return None
        top = (hits[0].score if hits else 0.0) or 1.0
        likeness = {hit.id: hit.score / top for hit in hits}
        days = {hit.id: hit.day for hit in hits}
        ranked = list(likeness.items())
        memory = remember(ranked, self.graph, before=story.day)
        linked = [name for name in memory.ids() if name not in days]
        days |= {name: day for name, day in self._days(linked).items() if day < story.day}
        by_words = len(days)
        missing = [name for name in close if name not in days]
        days |= {name: day for name, day in self._days(missing).items() if day < story.day}
        ids = list(days)
        return _Pool(
            ids, [likeness.get(name, 0.0) for name in ids], [days[name] for name in ids], ranked, memory, by_words
        )

    def _meant(self, source: Source, pool: _Pool, close: dict[str, float]) -> dict[str, Any]:
        """Signals of meaning, and the closeness for `offer`; all 0 where it is not to be had."""
        import numpy

        if self._meaning is None or not close:
            return {name: numpy.zeros(len(pool.ids)) for name in (*GROUPS["meaning"], "closeness")}
        closeness = self._meaning.scores(source, pool.ids)
        means = centred(closeness, pool.ids)
        return {
            "closeness": numpy.array([closeness.get(name, 0.0) for name in pool.ids]),
            "meaning": numpy.array([means[name] for name in pool.ids]),
        }

    def _popularity(self, story: Story, ids: tuple[str, ...]) -> dict[str, Any]:
        """How often earlier articles link to each; only for those that are read, since the store is asked about each of
        them.
        """
        import numpy

        into = self.graph.into(ids)
        made = [[story.day - link.day for link in into[name] if link.day < story.day] for name in ids]
        return {
            name: numpy.log1p([float(sum(age < days for age in ages)) for ages in made])
            for name, days in (("links", math.inf), ("links_year", 365), ("links_season", 90))
        }

    def _cheap(self, story: Story, pool: _Pool) -> dict[str, Any]:
        """Signals that need no text."""
        import numpy

        days = numpy.array(pool.days, dtype=float)
        dated = (days > 0) & (story.day != UNDATED_DAY)
        age = numpy.where(dated, numpy.maximum(0.0, story.day - days), UNDATED_AGE)

        places = {name: place for place, name in enumerate(pool.ids)}

        def column(scores: Scores) -> Any:
            filled = numpy.zeros(len(pool.ids))
            for name in scores.keys() & places.keys():
                filled[places[name]] = scores[name]
            return filled

        return {
            "likeness": numpy.array(pool.likeness),
            **{name: numpy.exp(-age / decay) for name, decay in DECAYS.items()},
            "similar_linked": column(pool.memory.linked),
            "linked_widely": numpy.log1p(column(pool.memory.widely)),
            "links_to_similar": numpy.sqrt(column(pool.memory.linking)),
            "linked_together": numpy.sqrt(column(pool.memory.together)),
        }


def _chosen(order: Any, pool: _Pool, close: list[str], kept: int | None) -> list[int]:
    """The places of those that are read: the best by words, then the nearest in meaning; all candidates where `kept` is
    None.
    """
    if kept is None:
        return [*order.tolist(), *range(pool.by_words, len(pool.ids))]
    places = {name: place for place, name in enumerate(pool.ids)}
    return list(
        dict.fromkeys([*order[:kept].tolist(), *(places[name] for name in close[:NEAREST_READ] if name in places)])
    )

"""The signals that speak for an article as an answer to one source.

Two steps. Candidates are the best hits of the index, the best ones of the last year, and the articles linked with the
most similar of them. Signals that need no text (score, day, links) choose which of them are read. Values are relative
to the source's own best candidate or to the weight of its words, so that a signal means much the same in every archive.
Nothing published on or after the source's day is used, neither articles nor links.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from ourtake.archive import text_signals
from ourtake.archive.links import LinkScores, Scores, link_scores
from ourtake.archive.moment import Kept, Moment
from ourtake.archive.query import LARGE, Hit, candidates
from ourtake.archive.rank import FIRST, GROUPS, SIGNALS, off_by
from ourtake.archive.semantic import Meaning, centred
from ourtake.archive.views import UNDATED_DAY, SourceView, source_view, view
from ourtake.config import Group
from ourtake.documents import Article, Source
from ourtake.text.retracted import retraction
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
    """Candidates before they are read: numbers and, in the same order, likeness (best hit 1, linked ones 0) and day;
    the hits, best first; the scores from links. The first `by_words` numbers don't come from vectors. `close`: those
    nearest in meaning, nearest first.
    """

    numbers: list[int]
    likeness: list[float]
    days: list[int]
    hits: list[tuple[int, float]]
    links: LinkScores
    by_words: int
    close: list[int]


class Signals:
    """Signals over one open index."""

    def __init__(self, kept: Kept, schema: Any, *, meaning: Meaning | None = None, publication: str = "") -> None:
        searcher = kept.searcher
        self._meaning = meaning
        self._publication = publication
        self._searcher = searcher
        self._schema = schema
        self._kept = kept
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

    def get_ready(self, articles: Mapping[int, Article]) -> None:
        """Look up the words and links of some articles now, so that the first sources need not wait for them."""
        for article in articles.values():
            for stem in view(article).counts:
                self.weights.squares[stem]
        with self._kept.moment() as moment:
            moment.out(articles)
            moment.into(articles)

    def of(self, source: Source, *, everything: bool = False, without: tuple[Group, ...] = ()) -> Candidates:
        """The candidates that are read for a source, in no order; `everything`: all of them, for learning."""
        import numpy

        asked = source_view(source, self.weights.rarity.__getitem__)
        if asked is None:
            return _none()
        # A model may have to be asked for these, and the store isn't kept open while it answers.
        close = self._close(source, without)
        hits = self._hits(asked)
        if not hits and not close:
            return _none()
        with self._kept.moment() as moment:
            # An index that is behind may have an older day of an article.
            known = [hit for hit in moment.numbered(hits) if hit.day < asked.day]
            pool = self._pool(asked, known, close, moment)
            columns = self._without_text(asked, pool) | self._by_meaning(source, pool, moment)
            off = off_by(without)
            first = sum(weight * columns[name] for name, weight in FIRST.items() if name not in off)
            # What words choose, and what their signals are divided by, is the same with vectors and without.
            order = numpy.argsort(-first[: pool.by_words], kind="stable")
            best = frozenset(pool.numbers[place] for place in order[: self._sizes.read])
            places = _chosen(order, pool, None if everything else self._sizes.read)
            near = [number for number, _ in pool.hits[: text_signals.FEEDBACK_ARTICLES]]
            articles = moment.articles(dict.fromkeys([*(pool.numbers[place] for place in places), *near]))
            own = canonical_url(source.url)
            articles = {
                number: one
                for number, one in articles.items()
                if canonical_url(one.url) != own
                and not retraction(one.title, one.text, one.model_extra, publication=self._publication)
            }
            places = [place for place in places if pool.numbers[place] in articles]
            numbers = [pool.numbers[place] for place in places]
            popularity = self._popularity(asked, numbers, moment)
        if not places:
            return _none()
        read = [hit for hit in pool.hits if hit[0] in articles][: text_signals.FEEDBACK_ARTICLES]
        reading = text_signals.Reading(numbers=numbers, articles=articles, near=read, best=best)
        columns = {name: column[places] for name, column in columns.items()} | popularity
        columns |= text_signals.columns(asked, reading, self.weights)
        return Candidates(
            tuple(articles[number].id or "" for number in numbers),
            numpy.stack([columns[name] for name in SIGNALS], axis=1),
            {one.id or "": one for one in articles.values()},
            columns,
        )

    def _close(self, source: Source, without: tuple[Group, ...]) -> dict[str, float]:
        """The articles nearest in meaning, nearest first; none if meaning is off or not available."""
        if self._meaning is None or "meaning" in without:
            return {}
        return self._meaning.nearest(source, NEAREST, before=ordinal(source.published) or UNDATED_DAY)

    def _hits(self, asked: SourceView) -> list[Hit]:
        return candidates(
            self._searcher,
            self._schema,
            asked.terms,
            before=asked.day,
            count=self._sizes.best,
            since=asked.day - RECENT_DAYS,
            recent=self._sizes.recent,
        )

    def _pool(self, asked: SourceView, hits: list[Hit], close: dict[str, float], moment: Moment) -> _Pool:
        top = (hits[0].score if hits else 0.0) or 1.0
        likeness = {hit.number: hit.score / top for hit in hits}
        days = {hit.number: hit.day for hit in hits}
        ranked = list(likeness.items())
        links = link_scores(ranked, moment, before=asked.day)
        linked = moment.entries(number for number in links.numbers() if number not in days)
        days |= {entry.number: entry.day for entry in linked if entry.day < asked.day}
        by_words = len(days)
        by_meaning = moment.entries_of(close) if close else []
        days |= {entry.number: entry.day for entry in by_meaning if entry.day < asked.day}
        found = {entry.id: entry.number for entry in by_meaning}
        return _Pool(
            list(days),
            [likeness.get(number, 0.0) for number in days],
            list(days.values()),
            ranked,
            links,
            by_words,
            [found[name] for name in close if name in found],
        )

    def _by_meaning(self, source: Source, pool: _Pool, moment: Moment) -> dict[str, Any]:
        """Signals of meaning, and the closeness for `offer`; all 0 if it is not available."""
        import numpy

        if self._meaning is None or not pool.close:
            return {name: numpy.zeros(len(pool.numbers)) for name in (*GROUPS["meaning"], "closeness")}
        known = {entry.number: entry.id for entry in moment.entries(pool.numbers)}
        ids = [known[number] for number in pool.numbers]
        closeness = self._meaning.scores(source, ids)
        means = centred(closeness, ids)
        return {
            "closeness": numpy.array([closeness.get(name, 0.0) for name in ids]),
            "meaning": numpy.array([means[name] for name in ids]),
        }

    def _popularity(self, asked: SourceView, numbers: list[int], moment: Moment) -> dict[str, Any]:
        """How often earlier articles link to each; only for those that are read, since each costs a query."""
        import numpy

        into = moment.into(numbers)
        ages = [[asked.day - link.day for link in into[number] if link.day < asked.day] for number in numbers]
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

        places = {number: place for place, number in enumerate(pool.numbers)}

        def column(scores: Scores) -> Any:
            # Most candidates have no score.
            filled = numpy.zeros(len(pool.numbers))
            for number in scores.keys() & places.keys():
                filled[places[number]] = scores[number]
            return filled

        return {
            "likeness": numpy.array(pool.likeness),
            **{name: numpy.exp(-age / decay) for name, decay in DECAYS.items()},
            "similar_linked": column(pool.links.linked),
            "linked_widely": numpy.log1p(column(pool.links.widely)),
            "links_to_similar": numpy.sqrt(column(pool.links.linking)),
            "linked_together": numpy.sqrt(column(pool.links.together)),
        }


def _none() -> Candidates:
    import numpy

    return Candidates((), numpy.zeros((0, len(SIGNALS))), {}, {})


def _chosen(order: Any, pool: _Pool, kept: int | None) -> list[int]:
    """The places of those that are read: the best by words, then the nearest in meaning; all if `kept` is None."""
    if kept is None:
        return [*order.tolist(), *range(pool.by_words, len(pool.numbers))]
    places = {number: place for place, number in enumerate(pool.numbers)}
    close = (places[number] for number in pool.close[:NEAREST_READ] if number in places)
    return list(dict.fromkeys([*order[:kept].tolist(), *close]))

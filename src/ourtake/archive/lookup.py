"""Related articles of one source: candidates and signals, weighed and ranked, the best passage of each.

The place is the ranking's (rank.py); the score that is shown is how sure it is that the article has to do with the
source (offer.py). It means the same in any archive, so that a threshold on it can say "nothing related".
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from ourtake.archive import index as indexing
from ourtake.archive.graph import LinkGraph
from ourtake.archive.learn import Question
from ourtake.archive.offer import DIVERSITY, offered
from ourtake.archive.passage import best_passage
from ourtake.archive.query import LARGE, best, field_query, first_and_last, source_terms, stems, title_query
from ourtake.archive.rank import DEFAULTS, Weighting, shares
from ourtake.archive.semantic import Meaning
from ourtake.archive.signals import Signals
from ourtake.documents import Article, Document, EarlierTake, Related, Source
from ourtake.errors import InputError, StoreError
from ourtake.store import Store
from ourtake.store.articles import Position
from ourtake.text.markdown import visible
from ourtake.text.parsed import Group
from ourtake.text.words import canonical_url, normalise

SHELF = 4096
"""Articles that are kept in memory."""

SAMPLE = 80
"""Articles from which the checks learn which words are common here."""

EARLIER = 200
"""Takes drafted before with which a new one is compared."""

MANY_SOURCES = 20
"""From so many sources on, a large archive is got ready before the first: by looking at two articles a source, SHELF at
most.
"""

_GROUP = 500


class ArchiveStats(Document):
    """What an archive holds: its articles, their days and links; `orphans` are linked from nowhere, `broken` is
    (address, target).
    """

    articles: int
    linking: int
    links: int
    first: str | None
    last: str | None
    orphans: int = 0
    most_linked: tuple[tuple[str, int], ...] = ()
    broken: tuple[tuple[str, str], ...] = ()


class Archive:
    """The publication's archive: the store's articles and an index over them."""

    def __init__(
        self,
        store: Store,
        folder: Path,
        *,
        weighting: Weighting = DEFAULTS,
        diversity: float = DIVERSITY,
        meaning: Meaning | None = None,
    ) -> None:
        self.meaning = meaning
        self.weighting = weighting
        self.diversity = diversity
        self._shelf: dict[str, Article] = {}
        self._store = store
        self.folder = folder
        self._searcher: Any = None
        self._reached: Position | None = None
        self._schema: Any = None
        self._signals: Signals | None = None
        self._sample: tuple[tuple[str, str], ...] | None = None
        self._earlier: tuple[EarlierTake, ...] | None = None
        self._own_run = ""
        self._get = lru_cache(maxsize=4096)(store.article)
        self._titled = lru_cache(maxsize=4096)(store.article_by_title)
        self._like = lru_cache(maxsize=4096)(self._titles_like)

    def refresh(self, *, force: bool = False, wait: bool = False) -> None:
        """Bring the index in step with the store; `wait` for another process that is doing it. Raises StoreError when
        its folder can't be written.
        """
        try:
            indexing.follow(self.folder, self._store, afresh=force, wait=wait)
            reached = indexing.position_of(self.folder)
            if force or reached != self._reached:
                self._searcher, self._reached = None, reached
                self._sample = None
                self._shelf.clear()
                self._get.cache_clear()
                self._titled.cache_clear()
                self._like.cache_clear()
            if self._searcher is None:
                found = indexing.open_index(self.folder)
                self._searcher, self._schema, self._signals = found.searcher(), found.schema, None
        except (OSError, ValueError) as error:
            if not force:
                self.refresh(force=True)
                return
            raise StoreError(
                f"The index {self.folder} can't be built: {error}.", "Name another folder with --index."
            ) from error

    def _hits(
        self, terms: dict[str, float], *, count: int, before_day: int | None = None
    ) -> list[tuple[float, Article]]:
        if self._searcher is None:
            self.refresh()
        return self._found(field_query(self._schema, terms, before_day=before_day), count) if terms else []

    def _found(self, query: Any, count: int) -> list[tuple[float, Article]]:
        hits = best(self._searcher, query, count=count)
        articles = self._store.articles_of([hit.id for hit in hits])
        return [(hit.score, articles[hit.id]) for hit in hits if hit.id in articles]

    def expect(self, sources: Iterable[Source]) -> None:
        """Sources that will be looked up: a model of embeddings is asked about many of them at a time, a large archive
        is got ready for them.
        """
        expected = list(sources)
        if self.meaning is not None:
            self.meaning.expect(expected)
        if len(expected) >= MANY_SOURCES and self._store.count_articles() > LARGE:
            self.signals().get_ready(self._store.spread_articles(min(SHELF, 2 * len(expected))))

    def related(self, source: Source, *, count: int = 8, threshold: float = 0.0) -> list[Related]:
        """The best articles for a source, best first, with handles a1, a2, ...

        Only articles published strictly before the source's own day (undated ones count as older), never the source
        itself, each story once, none at all where no score reaches the threshold (0 to 1), none under a little more
        than half of it.
        """
        return [item for item, _ in self.explained(source, count=count, threshold=threshold)]

    def explained(
        self, source: Source, *, count: int = 8, threshold: float = 0.0
    ) -> list[tuple[Related, dict[str, float]]]:
        """As `related`, each article with what every group of signals gave to its place."""
        found = self.signals().of(source, without=self.weighting.off())
        vector = (self.weighting if found.by_meaning() else self.weighting.by_words()).vector()
        terms = source_terms(source)
        chosen = offered(found, vector, source, count=count, threshold=threshold, diversity=self.diversity)
        explained = []
        for number, pick in enumerate(chosen, 1):
            article = found.articles[pick.id]
            passage = best_passage(article.text, terms)
            item = _related(article, score=round(pick.score, 4), passage=passage, handle=f"a{number}")
            explained.append((item, shares(found.values[pick.place], vector)))
        return explained

    def signals(self) -> Signals:
        """The signals over the index as it is now."""
        if self._searcher is None:
            self.refresh()
        if self._signals is None:
            graph, days = LinkGraph(self._store), self._store.days_of
            self._signals = Signals(
                self._searcher, self._schema, graph=graph, articles=self._articles, days=days, meaning=self.meaning
            )
        return self._signals

    def _articles(self, ids: list[str]) -> dict[str, Article]:
        """The articles of those ids; the same ones are asked for by many sources."""
        missing = [name for name in ids if name not in self._shelf]
        if len(self._shelf) + len(missing) > SHELF:
            self._shelf.clear()
            missing = ids
        self._shelf.update(self._store.articles_of(missing))
        return {name: self._shelf[name] for name in ids if name in self._shelf}

    def search(self, words: str, *, count: int = 10) -> list[Related]:
        """Articles with any of the words, best first."""
        terms = dict.fromkeys(stems(words), 1.0)
        hits = self._hits(terms, count=count)
        return [
            _related(article, score=score, passage=best_passage(article.text, terms), handle=None)
            for score, article in hits
        ]

    def by_url(self, url: str) -> Related | None:
        """The article at an address."""
        found = self._get(canonical_url(url))
        return None if found is None else _related(found, score=0.0, passage="", handle=None)

    def by_title(self, title: str) -> Related | None:
        """The article of a title, typography and case folded."""
        found = self._titled(normalise(title))
        return None if found is None else _related(found, score=0.0, passage="", handle=None)

    def titles_like(self, words: str) -> list[Related]:
        """A few articles whose titles share words with these, best first."""
        return list(self._like(words))

    def _titles_like(self, words: str) -> tuple[Related, ...]:
        terms = dict.fromkeys(stems(words), 1.0)
        if self._searcher is None:
            self.refresh()
        hits = self._found(title_query(self._schema, terms), 3) if terms else []
        return tuple(_related(article, score=score, passage="", handle=None) for score, article in hits)

    def sample(self) -> tuple[tuple[str, str], ...]:
        """Some SAMPLE articles spread over the archive, as (title, text); read once."""
        if self._sample is None:
            self._sample = Group(
                (article.title, visible(article.text)) for article in self._store.spread_articles(SAMPLE)
            )
        return self._sample

    def leave_out(self, run: str) -> None:
        """The drafts of this run are no earlier takes: one that was stopped and goes on is checked as one that never
        stopped.
        """
        self._own_run, self._earlier = run, None

    def earlier_takes(self) -> tuple[EarlierTake, ...]:
        """The newest takes in the store, read once: those drafted meanwhile are not among them."""
        if self._earlier is None:
            self._earlier = Group(self._store.earlier_takes(EARLIER, besides_run=self._own_run))
        return self._earlier

    def questions(self, *, until: int | None = None) -> list[Question]:
        """What the archive's own links ask of a ranking; see tune.py."""
        from ourtake.archive.tune import questions_of

        graph = self.signals().graph
        days: dict[str, int] = {}
        out: dict[str, tuple[str, ...]] = {}

        def linking() -> Iterator[Article]:
            rows = self._store.articles(linking=True)
            while group := list(itertools.islice(rows, _GROUP)):
                names = [article.id or article.url for article in group]
                out.update(graph.out(names))
                days.update(self._store.days_of({target for name in names for target in out[name]}))
                yield from group

        return questions_of(linking(), until=until, out=out, days=lambda name: days.get(name, 0))

    def stats(self) -> ArchiveStats:
        """Counts over the whole archive; only links to the hosts that its articles are at count as its own."""
        if self._searcher is None:
            self.refresh()
        tally, days = self._store.tally_links(), first_and_last(self._searcher, self._schema)
        first, last = (datetime.date.fromordinal(day).isoformat() for day in days) if days else (None, None)
        return ArchiveStats(
            articles=self._store.count_articles(),
            linking=tally.linking,
            links=tally.links,
            first=first,
            last=last,
            orphans=tally.orphans,
            most_linked=tally.most,
            broken=tally.broken,
        )


def source_or_error(store: Store) -> None:
    """Raise InputError when the archive was never filled."""
    if store.count_articles() == 0:
        raise InputError("The archive is empty.", "Run `ourtake archive add PATH` first.")


def _related(article: Article, *, score: float, passage: str, handle: str | None) -> Related:
    return Related.model_validate(
        {
            "id": article.id,
            "url": article.url,
            "title": article.title,
            "score": score,
            "published": article.published,
            "passage": passage,
            "handle": handle,
            "text": article.text,
            "tags": list(article.tags),
        }
    )

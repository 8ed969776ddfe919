"""Related articles of one source: candidates and signals, weighed and ranked, the best passage of each.

The place is the ranking's (rank.py); the score that is shown is a share: how much of what the source is about (its words, weighed by how rare
they are in this archive) the article holds. So it means the same in any archive, and a threshold on it can say "nothing related". What it does
not know: meaning beyond words.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from ourtake.archive import index as indexing
from ourtake.archive.graph import LinkGraph
from ourtake.archive.passage import best_passage
from ourtake.archive.query import best, field_query, source_terms, stems, title_query
from ourtake.archive.rank import DEFAULTS, SIGNALS, Weighting, score, shares
from ourtake.archive.signals import Signals
from ourtake.archive.tune import Question, questions_of
from ourtake.archive.view import view
from ourtake.documents import Article, Document, Related, Source
from ourtake.errors import InputError, StoreError
from ourtake.store import Store
from ourtake.store.articles import Position
from ourtake.text.words import canonical_url, fold

SAME_STORY = 0.8
"""The part of an article's pairs of words from which on another that holds them is the same story."""

LEAST_PAIRS = 20
_SHARE = SIGNALS.index("share")
_GROUP = 500


class ArchiveStats(Document):
    """What an archive holds: its articles, their days and links; `orphans` are linked from nowhere, `broken` is (address, target)."""

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

    def __init__(self, store: Store, folder: Path, *, weighting: Weighting = DEFAULTS) -> None:
        self.weighting = weighting
        self._store = store
        self.folder = folder
        self._searcher: Any = None
        self._reached: Position | None = None
        self._schema: Any = None
        self._signals: Signals | None = None
        self._get = lru_cache(maxsize=4096)(store.article)
        self._titled = lru_cache(maxsize=4096)(store.article_by_title)
        self._like = lru_cache(maxsize=4096)(self._titles_like)

    def refresh(self, *, force: bool = False, wait: bool = False) -> None:
        """Bring the index in step with the store; `wait` for another process that is doing it. Raises StoreError when its folder can't be written."""
        try:
            indexing.follow(self.folder, self._store, afresh=force, wait=wait)
            reached = indexing.position_of(self.folder)
            if force or reached != self._reached:
                self._searcher, self._reached = None, reached
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
            raise StoreError(f"The index {self.folder} can't be built: {error}.", "Name another folder with --index.") from error

    def _hits(self, terms: dict[str, float], *, count: int, before_day: int | None = None) -> list[tuple[float, Article]]:
        if self._searcher is None:
            self.refresh()
        return self._found(field_query(self._schema, terms, before_day=before_day), count) if terms else []

    def _found(self, query: Any, count: int) -> list[tuple[float, Article]]:
        hits = best(self._searcher, query, count=count)
        articles = self._store.articles_of([hit.id for hit in hits])
        return [(hit.score, articles[hit.id]) for hit in hits if hit.id in articles]

    def related(self, source: Source, *, count: int = 8, threshold: float = 0.0) -> list[Related]:
        """The best articles for a source, best first, with handles a1, a2, ...

        Only articles published strictly before the source's own day (undated ones count as older), never the source itself, each story once,
        none with a score under the threshold (0 to 1).
        """
        return [item for item, _ in self.explained(source, count=count, threshold=threshold)]

    def explained(self, source: Source, *, count: int = 8, threshold: float = 0.0) -> list[tuple[Related, dict[str, float]]]:
        """As `related`, each article with what every group of signals gave to its place."""
        found = self.signals().of(source)
        vector = self.weighting.vector()
        ranked = sorted(found.candidates, key=lambda candidate: -score(candidate, vector))
        terms = source_terms(source)
        seen = {canonical_url(source.url), fold(source.title)}
        chosen: list[tuple[Related, dict[str, float]]] = []
        texts: list[frozenset[tuple[str, str]]] = []
        for candidate in ranked:
            article = found.articles[candidate.id]
            names, pairs = {canonical_url(article.url), fold(article.title)}, view(article).pairs
            share = candidate.values[_SHARE]
            if names & seen or share < threshold or any(_alike(pairs, other) for other in texts):
                continue
            seen |= names
            texts.append(pairs)
            passage = best_passage(article.text, terms)
            item = _related(article, score=round(share, 4), passage=passage, handle=f"a{len(chosen) + 1}")
            chosen.append((item, shares(candidate, vector)))
            if len(chosen) == count:
                break
        return chosen

    def signals(self) -> Signals:
        """The signals over the index as it is now."""
        if self._searcher is None:
            self.refresh()
        if self._signals is None:
            self._signals = Signals(self._searcher, self._schema, graph=LinkGraph(self._store), get=self._get)
        return self._signals

    def search(self, words: str, *, count: int = 10) -> list[Related]:
        """Articles with any of the words, best first."""
        terms = dict.fromkeys(stems(words), 1.0)
        hits = self._hits(terms, count=count)
        return [_related(article, score=score, passage=best_passage(article.text, terms), handle=None) for score, article in hits]

    def by_url(self, url: str) -> Related | None:
        """The article at an address."""
        found = self._get(canonical_url(url))
        return None if found is None else _related(found, score=0.0, passage="", handle=None)

    def by_title(self, title: str) -> Related | None:
        """The article of a title, typography and case folded."""
        found = self._titled(fold(title))
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

    def questions(self, *, until: int | None = None) -> list[Question]:
        """What the archive's own links ask of a ranking; see tune.py."""
        graph = self.signals().graph
        days: dict[str, int] = {}

        def linking() -> Iterator[Article]:
            rows = self._store.articles(linking=True)
            while group := list(itertools.islice(rows, _GROUP)):
                names = [article.id or article.url for article in group]
                graph.load(names)
                days.update(self._store.days_of({target for name in names for target in graph.out.get(name, ())}))
                yield from group

        return questions_of(linking(), until=until, out=graph.out, days=lambda name: days.get(name, 0))

    def stats(self) -> ArchiveStats:
        """Counts over the whole archive; only links to the hosts that its articles are at count as its own."""
        tally, days = self._store.tally_links(), self._store.days()
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


def _alike(one: frozenset[tuple[str, str]], other: frozenset[tuple[str, str]]) -> bool:
    """Whether two articles are nearly the same text: one story, printed twice."""
    smaller = min(len(one), len(other))
    return smaller >= LEAST_PAIRS and len(one & other) >= SAME_STORY * smaller


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

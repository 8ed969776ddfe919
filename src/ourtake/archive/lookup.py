"""Related articles of one source: candidates, their signals, the ranking, and the best passage of each.

The ranking (rank.py) decides the order. The score that is shown says how likely the article is related to the source
(offer.py); it is comparable between archives, so that a threshold on it can mean "nothing is related".
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from ourtake.archive import index as indexing
from ourtake.archive.learn import Question
from ourtake.archive.moment import MOST_KEPT, Kept
from ourtake.archive.offer import DIVERSITY, offered
from ourtake.archive.passage import best_passage
from ourtake.archive.query import (
    LARGE,
    best,
    count_since,
    field_query,
    first_and_last,
    source_terms,
    stems,
    title_query,
)
from ourtake.archive.rank import DEFAULTS, Weighting, shares
from ourtake.archive.semantic import Meaning
from ourtake.archive.signals import Signals
from ourtake.documents import Article, Document, EarlierTake, Related, Source
from ourtake.errors import StoreError
from ourtake.store import Store
from ourtake.store.articles import Position
from ourtake.text.counts import count_of
from ourtake.text.markdown import visible
from ourtake.text.parsed import Group
from ourtake.text.retracted import keys_that_say
from ourtake.text.words import canonical_url, normalise
from ourtake.values import ordinal

SAMPLE = 80
"""Articles from which the checks learn which words are common in this archive."""

EARLIER = 200
"""Earlier takes that a new one is compared with."""

MANY_SOURCES = 20
"""From this many sources on, a large archive is prepared before the first: by reading two articles a source, at most
MOST_KEPT.
"""

_GROUP = 500


class ArchiveStats(Document):
    """Counts of an archive's articles, days and links. `orphans`: articles that no other links to; `broken`: pairs of
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


OLD = 0.1
"""The part of the archive that may be newer than a learned ranking before it is called old."""


class Archive:
    """The publication's archive: the store's articles and the index over them. `for_desk`: see checks.base."""

    for_desk = True

    def __init__(
        self,
        store: Store,
        folder: Path,
        *,
        weighting: Weighting = DEFAULTS,
        diversity: float = DIVERSITY,
        meaning: Meaning | None = None,
        publication: str = "",
    ) -> None:
        self.meaning = meaning
        self.publication = publication
        self.weighting = weighting
        self.diversity = diversity
        self._kept: Kept | None = None
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
        """Bring the index up to date with the store; `wait`: for another process that is doing it; `force`: rebuild it.
        Raises StoreError when its folder can't be written.
        """
        try:
            indexing.catch_up(self.folder, self._store, rebuild=force, wait=wait)
            reached = indexing.position_of(self.folder)
            if force or reached != self._reached:
                self._searcher, self._reached = None, reached
                self._sample = None
                self._get.cache_clear()
                self._titled.cache_clear()
                self._like.cache_clear()
            if self._searcher is None:
                index = indexing.open_index(self.folder)
                self._searcher, self._schema, self._signals = index.searcher(), index.schema, None
                self._kept = Kept(self._store, self._searcher, reached)
        except (OSError, ValueError) as error:
            if not force:
                self.refresh(force=True)
                return
            raise StoreError(
                f"The index {self.folder} can't be built: {error}.", "Name another folder with --index."
            ) from error

    def behind(self) -> int:
        """How many changes of the store the index has not yet applied: another process may be doing it just now."""
        reached, there = indexing.position_of(self.folder), self._store.position()
        if reached is None or reached.store != there.store:
            return there.number
        return max(0, there.number - reached.number) + max(0, there.removed - reached.removed)

    def _opened(self) -> Any:
        """The searcher of the index, opened or built if need be."""
        if self._searcher is None:
            self.refresh()
        return self._searcher

    def _reading(self) -> Kept:
        """What look-ups have read of the store, for the index as it is now."""
        self._opened()
        assert self._kept is not None
        return self._kept

    def _hits(
        self, query: Callable[[Any, dict[str, float]], Any], terms: dict[str, float], count: int
    ) -> list[tuple[float, Article]]:
        """The articles that a query of these terms finds, with their scores."""
        searcher = self._opened()
        hits = best(searcher, query(self._schema, terms), count=count) if terms else []
        with self._reading().moment() as moment:
            hits = moment.numbered(hits)
            articles = moment.articles(hit.number for hit in hits)
        return [(hit.score, articles[hit.number]) for hit in hits if hit.number in articles]

    def expect(self, sources: Iterable[Source]) -> None:
        """Announce sources that will be looked up: a model of embeddings gets many of them in one call, and a large
        archive is prepared.
        """
        expected = list(sources)
        if self.meaning is not None:
            self.meaning.expect(expected)
        if len(expected) >= MANY_SOURCES and self._store.count_articles() > LARGE:
            self.signals().get_ready(self._store.spread_articles(min(MOST_KEPT, 2 * len(expected))))

    def related(self, source: Source, *, count: int = 8, threshold: float = 0.0) -> list[Related]:
        """The best articles for a source, best first, with handles a1, a2, ...

        Only articles published before the source's own day (undated ones count as older), never the source itself, and
        each story once. None if no score reaches the threshold (0 to 1); none below a little more than half of it.
        """
        return [item for item, _ in self._found(source, count=count, threshold=threshold)]

    def explained(
        self, source: Source, *, count: int = 8, threshold: float = 0.0
    ) -> list[tuple[Related, dict[str, float]]]:
        """As `related`, each article with what every group of signals added to its score."""
        return [(item, shares(*told)) for item, told in self._found(source, count=count, threshold=threshold)]

    def _found(self, source: Source, *, count: int, threshold: float) -> list[tuple[Related, tuple[Any, Any]]]:
        """As `related`, each article with its signals and their weights."""
        found = self.signals().of(source, without=self.weighting.off())
        vector = (self.weighting if found.by_meaning() else self.weighting.by_words()).vector()
        terms = source_terms(source)
        chosen = offered(found, vector, source, count=count, threshold=threshold, diversity=self.diversity)
        items = []
        for number, pick in enumerate(chosen, 1):
            article = found.articles[pick.id]
            passage = best_passage(article.text, terms)
            item = _related(article, score=round(pick.score, 4), passage=passage, handle=f"a{number}")
            items.append((item, (found.values[pick.place], vector)))
        return items

    def signals(self) -> Signals:
        """The signals over the index as it is now."""
        kept = self._reading()
        if self._signals is None:
            self._signals = Signals(kept, self._schema, meaning=self.meaning, publication=self.publication)
        return self._signals

    def search(self, words: str, *, count: int = 10) -> list[Related]:
        """Articles with any of the words, best first."""
        terms = dict.fromkeys(stems(words), 1.0)
        return [
            _related(article, score=score, passage=best_passage(article.text, terms))
            for score, article in self._hits(field_query, terms, count)
        ]

    def search_before(
        self, source: Source, words: str, *, count: int, threshold: float, without: Collection[str]
    ) -> list[Related]:
        """The articles on these words, for a writer. As `related`, but every article reaches the threshold, and those
        of `without` (ids) are left out.
        """
        asked = source.model_copy(update={"title": words, "blurb": words, "text": None})
        found = self.related(asked, count=count + len(without), threshold=threshold)
        return [item for item in found if item.id not in without and item.score >= threshold][:count]

    def by_url(self, url: str) -> Related | None:
        """The article at an address."""
        found = self._get(canonical_url(url))
        return None if found is None else _related(found)

    def by_title(self, title: str) -> Related | None:
        """The article with a title, whatever its typography and case."""
        found = self._titled(normalise(title))
        return None if found is None else _related(found)

    def titles_like(self, words: str) -> list[Related]:
        """A few articles whose titles share words with these, best first."""
        return list(self._like(words))

    def _titles_like(self, words: str) -> tuple[Related, ...]:
        terms = dict.fromkeys(stems(words), 1.0)
        return tuple(_related(article, score=score) for score, article in self._hits(title_query, terms, 3))

    def sample(self) -> tuple[tuple[str, str], ...]:
        """Some SAMPLE articles from all over the archive, as (title, text); read once."""
        if self._sample is None:
            self._sample = Group(
                (article.title, visible(article.text)) for article in self._store.spread_articles(SAMPLE).values()
            )
        return self._sample

    def leave_out(self, run: str) -> None:
        """Don't count the drafts of this run as earlier takes, so that a resumed run is checked like one that was never
        stopped.
        """
        self._own_run, self._earlier = run, None

    def earlier_takes(self) -> tuple[EarlierTake, ...]:
        """The newest takes in the store, read once: later ones are not among them until they are read again."""
        if self._earlier is None:
            self._earlier = Group(self._store.earlier_takes(EARLIER, besides_run=self._own_run))
        return self._earlier

    def reread_earlier_takes(self) -> None:
        """Read the newest takes again when they are next asked for."""
        self._earlier = None

    def questions(self, *, until: int | None = None) -> list[Question]:
        """The archive's own links as questions to a ranking; see tune.py."""
        from ourtake.archive.tune import questions_of

        days: dict[str, int] = {}
        out: dict[str, tuple[str, ...]] = {}

        def linking() -> Iterator[Article]:
            rows = self._store.articles(linking=True)
            while group := list(itertools.islice(rows, _GROUP)):
                made = self._store.links_out_of([article.id or article.url for article in group])
                out.update(made)
                days.update(self._store.days_of({target for targets in made.values() for target in targets}))
                yield from group

        return questions_of(linking(), until=until, out=out, days=lambda name: days.get(name, 0))

    def newer_than_ranking(self) -> int:
        """How many articles are newer than the last that the learned ranking has seen; 0 for the defaults."""
        day = ordinal(self.weighting.until or self.weighting.learned or None)
        return count_since(self._opened(), self._schema, day) if day else 0

    def ranking_is_old(self) -> str | None:
        """A sentence that says so where more than OLD of the archive is newer than the learned ranking."""
        newer, count = self.newer_than_ranking(), self._store.count_articles()
        if newer <= OLD * count:
            return None
        seen = self.weighting.until or self.weighting.learned
        return (
            f"The ranking was learned from articles before {seen}, and {newer:,} of "
            f"{count_of(count, 'article')} {'is' if newer == 1 else 'are'} newer. "
            "Run `ourtake archive tune` again."
        )

    def stats(self) -> ArchiveStats:
        """Counts over the whole archive. Only links to the hosts of its articles count as its own."""
        days, tally = first_and_last(self._opened(), self._schema), self._store.tally_links()
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


def _related(article: Article, *, score: float = 0.0, passage: str = "", handle: str | None = None) -> Related:
    return Related(
        id=str(article.id),
        url=article.url,
        title=article.title,
        score=score,
        published=article.published,
        passage=passage,
        handle=handle,
        text=article.text,
        summary=article.summary,
        tags=article.tags,
        # Keys that say whether it was retracted are the checks' to see; nothing else of the unknown ones is.
        **keys_that_say(article.model_extra),
    )

"""Related articles of one source: candidates and signals, weighed and ranked, the best passage of each.

The place is the ranking's (rank.py); the score that is shown is a share: how much of what the source is about (its words, weighed by how rare
they are in this archive) the article holds. So it means the same in any archive, and a threshold on it can say "nothing related". What it does
not know: meaning beyond words.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from pathlib import Path
from typing import Any

from ourtake.archive import index as indexing
from ourtake.archive.graph import LinkGraph, ordinal
from ourtake.archive.passage import best_passage
from ourtake.archive.query import field_query, source_terms, stems, title_query
from ourtake.archive.rank import DEFAULTS, SIGNALS, Weighting, score, shares
from ourtake.archive.signals import Signals
from ourtake.archive.tune import Question, questions_of
from ourtake.archive.view import view
from ourtake.documents import Article, Document, EarlierTake, Related, Source, day_of
from ourtake.errors import InputError, StoreError
from ourtake.store import Store
from ourtake.text.markdown import visible
from ourtake.text.words import canonical_url, fold

SAME_STORY = 0.8
"""The part of an article's pairs of words from which on another that holds them is the same story."""

LEAST_PAIRS = 20
SAMPLE = 80
"""Articles from which the checks learn which words are common here."""

EARLIER = 200
"""Takes drafted before with which a new one is compared."""

_SHARE = SIGNALS.index("share")


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
        self._schema: Any = None
        self._signals: Signals | None = None
        self._sample: tuple[tuple[str, str], ...] | None = None
        self._earlier: tuple[EarlierTake, ...] | None = None
        self._get = lru_cache(maxsize=4096)(store.article)
        self._titled = lru_cache(maxsize=4096)(store.article_by_title)
        self._like = lru_cache(maxsize=4096)(self._titles_like)

    def refresh(self, *, force: bool = False) -> None:
        """Bring the index in step with the store. Raises StoreError when its folder can't be written."""
        version = self._store.archive_version()
        try:
            if force or indexing.version_of(self.folder) != version:
                indexing.build(self.folder, self._store.articles(), version=version)
                self._searcher = self._sample = None
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
        rows = [(score, self._get(self._searcher.doc(address)["id"][0])) for score, address in self._searcher.search(query, count, count=False).hits]
        return [(float(score), article) for score, article in rows if article is not None]

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
            self._signals = Signals(self._searcher, self._schema, graph=LinkGraph.read(self.folder), get=self._get)
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

    def sample(self) -> tuple[tuple[str, str], ...]:
        """Some SAMPLE articles spread over the archive, as (title, text); read once."""
        if self._sample is None:
            self._sample = tuple((article.title, visible(article.text)) for article in self._store.spread_articles(SAMPLE))
        return self._sample

    def earlier_takes(self) -> tuple[EarlierTake, ...]:
        """The newest takes in the store, read once: those drafted meanwhile, in the same run, are not among them."""
        if self._earlier is None:
            self._earlier = self._store.earlier_takes(EARLIER)
        return self._earlier

    def questions(self, *, until: int | None = None) -> list[Question]:
        """What the archive's own links ask of a ranking; see tune.py."""
        graph = self.signals().graph
        articles = list(self._store.articles())
        days = {article.id or article.url: ordinal(article.published) for article in articles}
        return questions_of(articles, until=until, out=graph.out, days=lambda name: days.get(name, 0))

    def stats(self) -> ArchiveStats:
        """Counts over the whole archive; only links to the hosts that its articles are at count as its own."""
        titles: dict[str, str] = {}
        days: list[str] = []
        made: list[tuple[str, str]] = []
        linking = 0
        for article in self._store.articles():
            titles[canonical_url(article.url)] = article.title
            linking += bool(article.links)
            made += [(canonical_url(article.url), canonical_url(address)) for address in article.links]
            if day := day_of(article.published):
                days.append(day)
        counts = Counter(target for _, target in made if target in titles)
        return ArchiveStats(
            articles=len(titles),
            linking=linking,
            links=len(made),
            first=min(days, default=None),
            last=max(days, default=None),
            orphans=sum(address not in counts for address in titles),
            most_linked=tuple((titles[address], count) for address, count in counts.most_common(5)),
            broken=tuple(link for link in made if link[1] not in titles),
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

"""Related articles of one source: candidates from the index, our own ranking, the best passage of each.

The score is a share: how much of what the source is about (its words, weighed by how rare they are in this archive) the article holds. So it
means the same in any archive, and a threshold on it can say "nothing related". What it does not know: meaning beyond words.
"""

from __future__ import annotations

import datetime
import math
from functools import lru_cache
from pathlib import Path
from typing import Any

from ourtake.archive import index as indexing
from ourtake.archive.passage import best_passage
from ourtake.archive.query import source_terms, stems, term_query, title_query
from ourtake.documents import Article, Document, Related, Source, day_of
from ourtake.errors import InputError, StoreError
from ourtake.store import Store
from ourtake.text.words import canonical_url, fold

CANDIDATES = 50
RECENCY_SHARE = 0.5
HALF_LIFE_DAYS = 365.0
"""A recency prior of 0.5 with a year's scale: both from public look-up data, see docs/architecture.md."""


class ArchiveStats(Document):
    """What an archive holds; words and dates of its articles."""

    articles: int
    linking: int
    links: int
    first: str | None
    last: str | None


class Archive:
    """The publication's archive: the store's articles and an index over them."""

    def __init__(self, store: Store, folder: Path) -> None:
        self._store = store
        self._folder = folder
        self._searcher: Any = None
        self._schema: Any = None
        self._get = lru_cache(maxsize=4096)(store.article)
        self._titled = lru_cache(maxsize=4096)(store.article_by_title)
        self._like = lru_cache(maxsize=4096)(self._titles_like)

    def refresh(self, *, force: bool = False) -> None:
        """Bring the index in step with the store. Raises StoreError when its folder can't be written."""
        version = self._store.archive_version()
        try:
            if force or indexing.version_of(self._folder) != version:
                indexing.build(self._folder, self._store.articles(), version=version)
                self._searcher = None
                self._get.cache_clear()
                self._titled.cache_clear()
                self._like.cache_clear()
            if self._searcher is None:
                found = indexing.open_index(self._folder)
                self._searcher, self._schema = found.searcher(), found.schema
        except (OSError, ValueError) as error:
            if not force:
                self.refresh(force=True)
                return
            raise StoreError(f"The index {self._folder} can't be built: {error}.", "Name another folder with --index.") from error

    def _hits(self, terms: dict[str, float], *, count: int, before_day: int | None = None) -> list[tuple[float, Article]]:
        if self._searcher is None:
            self.refresh()
        return self._found(term_query(self._schema, terms, before_day=before_day), count) if terms else []

    def _found(self, query: Any, count: int) -> list[tuple[float, Article]]:
        rows = [(score, self._get(self._searcher.doc(address)["id"][0])) for score, address in self._searcher.search(query, count, count=False).hits]
        return [(float(score), article) for score, article in rows if article is not None]

    def related(self, source: Source, *, count: int = 8, threshold: float = 0.0) -> list[Related]:
        """The best articles for a source, best first, with handles a1, a2, ...

        Only articles published strictly before the source's own day (undated ones count as older), never the source itself, each story once,
        none with a score under the threshold (0 to 1).
        """
        terms = source_terms(source)
        day = indexing.day_number(source.published) or None
        hits = self._hits(terms, count=CANDIDATES, before_day=day)
        top = hits[0][0] if hits else 1.0
        weights = self._weights(terms)
        ranked = sorted(hits, key=lambda hit: -(hit[0] / top) * _recency(hit[1].published, source.published))
        seen = {canonical_url(source.url), fold(source.title)}
        chosen: list[Related] = []
        for _, article in ranked:
            names = {canonical_url(article.url), fold(article.title)}
            if names & seen:
                continue
            score = _share(article, weights)
            if score < threshold:
                continue
            seen |= names
            chosen.append(_related(article, score=score, passage=best_passage(article.text, terms), handle=f"a{len(chosen) + 1}"))
            if len(chosen) == count:
                break
        return chosen

    def _weights(self, terms: dict[str, float]) -> dict[str, float]:
        total = max(1, self._searcher.num_docs if self._searcher else 1)
        weights = {}
        for stem, weight in terms.items():
            holding = max(self._searcher.doc_freq(field, stem) for field in ("text", "title"))
            weights[stem] = weight * math.log(1 + total / (1 + holding))
        return weights

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

    def stats(self) -> ArchiveStats:
        """Counts over the whole archive."""
        count = linking = links = 0
        days: list[str] = []
        for article in self._store.articles():
            count += 1
            linking += bool(article.links)
            links += len(article.links)
            if day := day_of(article.published):
                days.append(day)
        return ArchiveStats(articles=count, linking=linking, links=links, first=min(days, default=None), last=max(days, default=None))


def source_or_error(store: Store) -> None:
    """Raise InputError when the archive was never filled."""
    if store.count_articles() == 0:
        raise InputError("The archive is empty.", "Run `ourtake archive add PATH` first.")


@lru_cache(maxsize=8192)
def _stem_set(title: str, text: str, tags: tuple[str, ...]) -> frozenset[str]:
    return frozenset(stems(f"{title} {' '.join(tags)} {text}"))


def _share(article: Article, weights: dict[str, float]) -> float:
    total = sum(weights.values())
    if not total:
        return 0.0
    held = _stem_set(article.title, article.text, article.tags)
    return round(sum(weight for stem, weight in weights.items() if stem in held) / total, 4)


def _recency(published: str | None, at: str | None) -> float:
    first, second = day_of(published), day_of(at)
    if first is None or second is None:
        return 1.0 - RECENCY_SHARE if second else 1.0
    age = max(0, (datetime.date.fromisoformat(second) - datetime.date.fromisoformat(first)).days)
    return 1.0 - RECENCY_SHARE + RECENCY_SHARE * math.exp(-age / HALF_LIFE_DAYS)


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

"""The archive as the cases of a suite see it: frozen related articles where a case names them, and no earlier takes.

A take must not be judged by what another model wrote on the same story, so nothing counts as an earlier take. Nobody
decides its claims at a desk: where no rule could decide one, they are not listed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ourtake.archive.lookup import Archive
from ourtake.archive.passage import best_passage
from ourtake.archive.query import source_terms
from ourtake.documents import Article, EarlierTake, Related, Source
from ourtake.errors import InputError
from ourtake.evals.suite import Case
from ourtake.store import Store

MOST_KEPT = 512
"""Lookups kept in memory: each model and repeat asks for the same."""


class CaseArchive(Archive):
    """An archive for cases, known by the id of their source."""

    for_desk = False
    _frozen: dict[str, tuple[Article, ...]]
    _kept_related: dict[str, list[Related]]  # both are set by freeze(), which comes before any lookup

    def freeze(self, cases: Iterable[Case], store: Store) -> None:
        """Use the related articles that these cases name. Raises InputError for an article that is not there."""
        self._frozen, self._kept_related = {}, {}
        known: dict[str, Article | None] = {}  # cases name the same articles
        for case in cases:
            if case.related is None:
                continue
            names = [item if isinstance(item, str) else str(item.id or item.url) for item in case.related]
            known |= {name: store.article(name) for name in names if name not in known}
            found = [known[name] for name in names]
            missing = [name for name, article in zip(names, found, strict=True) if article is None]
            if missing:
                what = f"The case {case.id} names the article {missing[0]}, which the archive does not have."
                raise InputError(what, "Name an article by its id or address, or correct `archive` in the suite.")
            self._frozen[case.id] = tuple(article for article in found if article is not None)

    def related(self, source: Source, *, count: int = 8, threshold: float = 0.0) -> list[Related]:
        """See Archive; the frozen articles of the case where it has some."""
        name = source.id or ""
        if name not in self._kept_related:
            if len(self._kept_related) >= MOST_KEPT:
                self._kept_related.clear()
            frozen = self._frozen.get(name)
            self._kept_related[name] = (
                super().related(source, count=count, threshold=threshold)
                if frozen is None
                else list(offered(source, frozen))
            )
        return self._kept_related[name]

    def earlier_takes(self) -> tuple[EarlierTake, ...]:
        """None."""
        return ()


def offered(source: Source, articles: Sequence[Article]) -> tuple[Related, ...]:
    """These articles as they are offered for a source, in their order."""
    terms = source_terms(source)
    return tuple(
        Related(
            id=str(article.id),
            url=article.url,
            title=article.title,
            published=article.published,
            passage=best_passage(article.text, terms),
            handle=f"a{number}",
            text=article.text,
            summary=article.summary,
            tags=article.tags,
        )
        for number, article in enumerate(articles, 1)
    )

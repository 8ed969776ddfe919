"""Articles into the store and, at the same time, into the index.

The store comes first: a transaction has many groups, and the index commits once, at the end. A kill leaves whole
transactions in the store and an index that is behind, which the next command updates. Memory is bounded by the group.
"""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from ourtake.archive.index import IndexWriter, index_writer
from ourtake.documents import Article
from ourtake.intake.dates import unread_dates
from ourtake.intake.items import Item, Line, Reject, Remark, Unchanged
from ourtake.intake.lines import Read, read_line
from ourtake.store import Store
from ourtake.store.imports import Importing
from ourtake.store.saving import Origin, Saved, Seen
from ourtake.store.saving import Unchanged as UnchangedLines
from ourtake.text.retracted import retraction

GROUP = 1000
GROUP_BYTES = 16_000_000
GROUP_SECONDS = 1.0
"""Seconds; a slow reader, which asks a server page by page, must not hold back what it has read."""

GROUPS = 50
"""Groups in a transaction of SQLite: each commit writes all the pages of the store's indexes that it touched. On
PostgreSQL it is one, so that other machines' indexes follow while an import runs.
"""

Rejected = Callable[[Reject | Remark], None]


class Counts(NamedTuple):
    """The outcomes of the articles."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0


def add(
    store: Store,
    folder: Path,
    items: Iterable[Item],
    *,
    tick: Callable[[int], None],
    rejected: Rejected,
    parsed: Callable[[Article], None] = lambda _: None,
    publication: str = "",
) -> Counts:
    """Add or update articles.

    `tick` is given how many more were read, `rejected` what can't be imported, lost dates and retractions, `parsed` the
    article of each line that had to be read. `publication`: its name, under which an article may say that it was
    retracted. The index in the folder gets the articles too, as far as possible; Archive.refresh updates it later or
    says what is wrong.
    """
    outcomes = {"added": 0, "updated": 0, "unchanged": 0, "skipped": 0}

    def reject(found: Reject | Remark) -> None:
        outcomes["skipped"] += found.things if isinstance(found, Reject) else 0
        rejected(found)

    seen, further = Seen(), 0 if store.queue_address else GROUPS - 1
    with _index(store, folder) as index:
        groups = _groups(items)
        for first in groups:
            with store.importing(seen) as batch:
                if index is not None:
                    index.apply(batch.changes(index.position), batch.position())
                for group in itertools.chain([first], itertools.islice(_while_full(first, groups), further)):
                    _save(batch, group, index, outcomes, reject=reject, parsed=parsed, publication=publication)
                    tick(len(group))
        if index is not None:
            index.commit()
    return Counts(**outcomes)


@contextlib.contextmanager
def _index(store: Store, folder: Path) -> Iterator[IndexWriter | None]:
    """The index's writer; None where another process has it or the folder can't be written."""
    with contextlib.ExitStack() as stack:
        try:
            index = stack.enter_context(index_writer(folder, store=store.position().store, wait=False))
        except (OSError, ValueError):
            index = None
        yield index


def _groups(items: Iterable[Item]) -> Iterator[list[Item]]:
    group: list[Item] = []
    size, begun = 0, time.monotonic()
    for item in items:
        group.append(item)
        size += len(item.data) if isinstance(item, Line) else 0
        if len(group) == GROUP or size > GROUP_BYTES or time.monotonic() - begun > GROUP_SECONDS:
            yield group
            group, size, begun = [], 0, time.monotonic()
    if group:
        yield group


def _while_full(first: list[Item], groups: Iterator[list[Item]]) -> Iterator[list[Item]]:
    """Further groups as long as they come fast: a transaction keeps other writers out."""
    group = first
    while len(group) == GROUP and (following := next(groups, None)) is not None:
        group = following
        yield group


def remarks_on(article: Article, publication: str) -> list[Remark]:
    """The dates that an article is imported without because they could not be read, and that it was retracted."""
    remarks = [Remark(article.url, sentence, "no date") for sentence in unread_dates(article.model_extra)]
    if said := retraction(article.title, article.text, article.model_extra, publication=publication):
        remarks.append(Remark(article.url, f"{said[:160]!r}; it is kept, but never offered.", "retracted"))
    return remarks


def repeats(saved: Saved, given: list[Article]) -> Iterator[Reject | Remark]:
    """What an import had read before, with the outcome."""
    for place, title, refused, copy_of in saved.repeated:
        where, own = given[place].url, given[place].title
        if copy_of:
            yield Reject(where, f"an AMP copy of an article (at {copy_of}).", broken=False, other=True)
        elif refused:
            yield Reject(
                where, f"{own[:80]!r} has the address of {title[:80]!r}, which was read earlier in this import."
            )
        else:
            yield Remark(where, f"{own[:80]!r} appeared twice in this import; the later one is kept.", "twice")


def _save(
    batch: Importing,
    group: list[Item],
    index: IndexWriter | None,
    outcomes: dict[str, int],
    *,
    reject: Rejected,
    parsed: Callable[[Article], None],
    publication: str,
) -> None:
    digests = [item.digest if isinstance(item, Line) else None for item in group]
    known = batch.known([digest for digest in digests if digest])
    articles: list[Article] = []
    origins: list[Origin | None] = []
    places: list[int] = []
    for place, (item, digest) in enumerate(zip(group, digests, strict=True)):
        if digest in known:
            outcomes["unchanged"] += 1
            continue
        found = read_line(item) if isinstance(item, Line) else item
        if isinstance(found, Unchanged):
            outcomes["unchanged"] += 1
            continue
        if isinstance(found, Reject):
            reject(found)
        elif isinstance(found, Read):
            articles.append(found.article)
            parsed(found.article)
            origins.append(Origin(digest, found.document) if digest else None)
        else:
            articles.append(found)
            origins.append(None)
        if isinstance(found, Article | Read):
            places.append(place)
            for remark in remarks_on(found.article if isinstance(found, Read) else found, publication):
                reject(remark)
    if not articles:
        return
    lines = {known[digest]: place for place, digest in enumerate(digests) if digest in known}
    saved = batch.save(articles, origins, UnchangedLines(places, lines))
    for outcome in saved.outcomes:
        outcomes[outcome] += outcome != "skipped"  # those are counted where they are reported
    for repeat in repeats(saved, articles):
        reject(repeat)
    if index is not None:
        index.apply(saved.changes, batch.position())

"""What `archive add` reads: one place, its articles, and its journal in the store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ourtake.cli.common import say, settings

if TYPE_CHECKING:
    from ourtake.archive.importing import Counts, Rejected
    from ourtake.documents import Article
    from ourtake.intake.crawl import Crawl
    from ourtake.intake.journal import Journal
    from ourtake.intake.lines import Line
    from ourtake.intake.polite import PoliteFetcher
    from ourtake.intake.reject import Reject, Unchanged
    from ourtake.store import Store
    from ourtake.store.fetched import OpenImport

PAGES = 10
"""Pages read between two commits: so many are read again at most after a kill."""


class ImportSource:
    """One place of an import. Made before the store, so that a wrong name or a refused address leaves nothing
    behind.
    """

    def __init__(self, name: str, *, form: str, again: bool) -> None:
        from ourtake.intake.addresses import check_address
        from ourtake.intake.articles import is_list
        from ourtake.intake.crawl import Crawl
        from ourtake.intake.files import is_address
        from ourtake.intake.journal import Journal

        self._settings = settings()
        self._form = form
        self._again = again
        self._visitor: PoliteFetcher | None = None
        self._open: OpenImport | None = None
        self.journal: Journal = Journal()
        self._crawl: Crawl = Crawl(self._settings, self.journal, self._visit)
        if is_address(name):
            self.name = check_address(name, allow_hosts=self._settings.intake.allow_hosts).url
        else:
            self.name = name
        self.key = self.name if is_address(name) else str(Path(name).absolute())
        self._listed = is_list(self.name, form)
        # Only to see what is wrong with the name; nothing is read yet.
        self._reader()

    def articles(self, store: Store) -> Iterator[Article | Line | Reject | Unchanged]:
        """The place's articles; an import that was stopped goes on."""
        from ourtake.intake.crawl import Crawl
        from ourtake.intake.journal import Journal
        from ourtake.intake.reject import remembered

        if self._listed:
            self._open = opened = store.begin_import(self.key, again=self._again)
            if opened.done:
                say(f"Going on with the import of {self.name}: {opened.done} pages were read before.")
                yield from (remembered(url, reason) for url, reason in store.rejected(opened))
            self.journal = Journal(lambda url: store.visit(self.key, url), round_=opened.round, again=self._again)
            self._crawl = Crawl(self._settings, self.journal, self._visit)
        yield from self._reader()

    def import_into(self, store: Store, index: Path, *, tick: Callable[[int], None], rejected: Rejected) -> Counts:
        """Import the place; what has no journal goes to the index at once, the rest when the index next follows the
        store.
        """
        from ourtake.archive.importing import add

        try:
            if not self._listed:
                counts = add(store, index, self.articles(store), tick=tick, rejected=rejected)
                self.finish(store)
                return counts
            return self._journaled(store, tick, rejected)
        finally:
            self.close()

    def _journaled(self, store: Store, tick: Callable[[int], None], rejected: Rejected) -> Counts:
        """Page by page: what was read is committed together with the visit that read it."""
        from ourtake.archive.importing import GROUP, Counts, undated_of
        from ourtake.intake.lines import Line
        from ourtake.intake.reject import Reject, Unchanged

        outcomes = dict.fromkeys(Counts._fields, 0)
        group: list[Article] = []

        def save() -> None:
            for outcome in store.save_articles(group, place=self.key, visits=self.journal.take()):
                outcomes[outcome] += 1
            group.clear()

        try:
            for found in self.articles(store):
                tick(1)
                if isinstance(found, Reject):
                    outcomes["skipped"] += 1
                    rejected(found)
                elif isinstance(found, Unchanged):
                    outcomes["unchanged"] += 1
                elif not isinstance(found, Line):  # only files hold lines, and a file has no journal
                    group.append(found)
                    for undated in undated_of(found):
                        rejected(undated)
                self.journal.confirm()
                if len(group) >= GROUP or self.journal.waiting() >= PAGES:
                    save()
            self.journal.confirm()
            save()
            self.finish(store)
        finally:
            save()  # also after Ctrl-C: what was read is kept
        return Counts(**outcomes)

    def finish(self, store: Store) -> None:
        """Everything was read and saved."""
        if self._open is not None and self.journal.complete:
            store.finish_import(self._open)
        elif self._open is not None:
            say("Some pages could not be asked for; run the command again to go on with them.")
        if self._crawl.unchanged_list:
            say(f"{self.name} has not changed since the last import; --again reads it all the same.")
        if lost := self._crawl.teasers:
            say(
                f"{len(lost)} pages of teasers could not be read, so the feed's own words or an earlier text stand. "
                f"The first: {lost[0]}"
            )

    def close(self) -> None:
        """Close connections."""
        if self._visitor is not None:
            self._visitor.close()
            self._visitor = None

    def _reader(self) -> Iterator[Article | Line | Reject | Unchanged]:
        from ourtake.intake.articles import articles_from

        return articles_from(self.name, form=self._form, settings=self._settings, crawl=self._crawl)

    def _visit(self) -> PoliteFetcher:
        if self._visitor is None:
            self._visitor = visitor()
        return self._visitor


def visitor() -> PoliteFetcher:
    """A polite visitor within the limits of the settings."""
    from ourtake.intake.fetch import Fetcher
    from ourtake.intake.polite import PoliteFetcher

    limits = settings().intake
    return PoliteFetcher(Fetcher(limits), limits)

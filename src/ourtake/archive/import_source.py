"""One source of an import: a file, a folder or an address whose articles go to the store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ourtake.archive.importing import GROUP, Counts, Rejected, add, remarks_on, repeats
from ourtake.config import Settings
from ourtake.documents import Article
from ourtake.intake.addresses import check_address
from ourtake.intake.articles import articles_from, is_crawled
from ourtake.intake.crawl import Crawl
from ourtake.intake.files import is_address
from ourtake.intake.items import Item, Line, Reject, Unchanged, remembered
from ourtake.intake.journal import Journal
from ourtake.store import Store
from ourtake.store.imports import OpenImport
from ourtake.store.saving import Seen
from ourtake.text.counts import count_of

if TYPE_CHECKING:
    from ourtake.intake.polite import PoliteFetcher

PAGES = 10
"""Pages read between two commits: at most this many are read again after a kill."""


class ImportSource:
    """One source of an import.

    It is made before the store is opened, so that a wrong name or a refused address leaves nothing behind. `again`:
    pages that have not changed are read too. `say` gets messages for the user. Raises InputError.
    """

    def __init__(self, name: str, *, form: str, again: bool, settings: Settings, say: Callable[[str], None]) -> None:
        self._settings = settings
        self._form = form
        self._again = again
        self._say = say
        self._fetcher: PoliteFetcher | None = None
        self._open: OpenImport | None = None
        if is_address(name):
            self.name = self.key = check_address(name, allow_hosts=settings.intake.allow_hosts).url
        else:
            self.name, self.key = name, str(Path(name).absolute())
        self._crawled = is_crawled(self.name, form)
        self._start(Journal())
        # Only to see what is wrong with the name; nothing is read yet.
        self._reader()

    def import_into(self, store: Store, index: Path, *, tick: Callable[[int], None], rejected: Rejected) -> Counts:
        """Import the source.

        Crawled pages reach the index the next time it follows the store; everything else is indexed at once. `tick`
        gets the number of items read since the last call, `rejected` gets each skipped item.
        """
        try:
            if self._crawled:
                return self._import_pages(store, tick, rejected)
            parsed = self._crawl.count_links
            name = self._settings.publication.name
            counts = add(store, index, self._reader(), tick=tick, rejected=rejected, parsed=parsed, publication=name)
            self._finish(store, found=any(counts))
            return counts
        finally:
            if self._fetcher is not None:
                self._fetcher.close()

    @property
    def notes(self) -> list[str]:
        """What the reader had to say about the import as a whole."""
        return self._crawl.said

    def _start(self, journal: Journal) -> None:
        self._journal = journal
        self._crawl = Crawl(self._settings, journal, self._visit)

    def _reader(self) -> Iterator[Item]:
        return articles_from(self.name, form=self._form, settings=self._settings, crawl=self._crawl)

    def _pages(self, store: Store) -> Iterator[Item]:
        """The source's articles; an import that was stopped is resumed."""
        self._open = opened = store.imports.begin(self.key, again=self._again)
        if opened.done:
            self._say(
                f"Resuming the import of {self.name}: {count_of(opened.done, 'page was', 'pages were')} read before."
            )
            yield from (remembered(url, reason) for url, reason in store.imports.rejected(opened))
        self._start(Journal(lambda url: store.imports.visit(self.key, url), round_=opened.round, again=self._again))
        yield from self._reader()

    def _import_pages(self, store: Store, tick: Callable[[int], None], rejected: Rejected) -> Counts:
        """Page by page: an article is committed together with the visit that read it."""
        outcomes = dict.fromkeys(Counts._fields, 0)
        group: list[Article] = []

        seen = Seen()

        def save() -> None:
            saved = store.imports.save(group, seen, place=self.key, visits=self._journal.take())
            for outcome in saved.outcomes:
                outcomes[outcome] += 1
            for repeat in repeats(saved, group):
                rejected(repeat)
            group.clear()

        try:
            for found in self._pages(store):
                tick(1)
                if isinstance(found, Reject):
                    outcomes["skipped"] += found.things
                    rejected(found)
                elif isinstance(found, Unchanged):
                    outcomes["unchanged"] += 1
                elif not isinstance(found, Line):  # only files hold lines, and a file is not crawled
                    group.append(found)
                    for remark in remarks_on(found, self._settings.publication.name):
                        rejected(remark)
                self._journal.confirm()
                if len(group) >= GROUP or self._journal.waiting() >= PAGES:
                    save()
            self._journal.confirm()
            save()
            self._finish(store, found=any(outcomes.values()))
        finally:
            save()  # also after Ctrl-C: what was read is kept
        return Counts(**outcomes)

    def _finish(self, store: Store, *, found: bool) -> None:
        """Everything was read and saved."""
        self._crawl.say_links(lambda address: store.article(address) is not None)
        for line in self._crawl.said:
            self._say(line)
        if not found and not self._crawl.said and not self._crawl.unchanged_list:
            self._say(f"{self.name} holds no articles.")
        if self._open is not None and self._journal.complete:
            store.imports.finish(self._open)
        elif self._open is not None:
            self._say("Some pages could not be fetched. Run the command again to resume with them.")
        if self._crawl.unchanged_list:
            self._say(f"{self.name} has not changed since the last import. Add --again to read it all the same.")
        if lost := self._crawl.teasers:
            self._say(
                f"{count_of(len(lost), 'page')} of teasers could not be read. The feed's own words, or the "
                "text of an earlier "
                f"import, are kept for them. The first: {lost[0]}"
            )

    def _visit(self) -> PoliteFetcher:
        if self._fetcher is None:
            from ourtake.intake.polite import polite_fetcher

            self._fetcher = polite_fetcher(self._settings.intake)
        return self._fetcher

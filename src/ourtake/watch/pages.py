"""The pages of stories: read once before a take is written, and again later, to see what happened to them."""

from __future__ import annotations

from typing import NamedTuple

from ourtake.documents import Source
from ourtake.errors import FetchError, InputError
from ourtake.intake.polite import PoliteFetcher
from ourtake.store.stories import PAGE, Change, SeenEntry
from ourtake.watch.changes import changes_between, gone

REMOVED = (404, 410)


class PageRead(NamedTuple):
    """A story's page; where it could not be read, why, with the status of the answer."""

    page: Source | None
    why: str = ""
    status: int | None = None


def read_story(url: str, fetcher: PoliteFetcher) -> PageRead:
    """The page at an address, if its host lets robots read it."""
    # trafilatura takes half a second to load.
    from ourtake.intake.pages import read_page

    try:
        return PageRead(read_page(url, fetcher))
    except FetchError as error:
        return PageRead(None, error.what, error.status)
    except InputError as error:
        return PageRead(None, error.what)


def with_page(source: Source, page: Source) -> Source:
    """A feed's story with the text of its page; headline, blurb and address stay as the feed has them."""
    kept = {name: getattr(source, name) or getattr(page, name) for name in ("published", "author", "language")}
    return source.model_copy(update=kept | {"text": page.text or source.text})


def look_again(entry: SeenEntry, found: PageRead) -> list[Change]:
    """What happened to an entry; nothing if its page can't be read today, or was never read before."""
    if found.status in REMOVED:
        return [gone(entry.address, found.status or 0)]
    if found.page is None or not found.page.text or entry.digest != PAGE:
        return []
    now = entry._replace(title=found.page.title, text=found.page.text)
    return changes_between(entry.title, entry.text, now)

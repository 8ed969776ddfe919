"""The pages that an import has read so far, so that a stopped import can be resumed.

A reader notes a page just before it yields what the page gave. Whoever saves confirms each arrival, takes the notes
together with the articles, and commits both at once. So a page is in the journal if and only if what it gave is in the
archive.
"""

from __future__ import annotations

from collections.abc import Callable

from ourtake.documents import Visit


class Journal:
    """The notes of one import. `earlier` gives the stored visit of an address; `round_` is the number of this import.

    `again`: pages are read even if they have not changed.
    """

    def __init__(
        self, earlier: Callable[[str], Visit | None] = lambda _: None, *, round_: int = 1, again: bool = False
    ) -> None:
        self._earlier = earlier
        self._round = round_
        self._again = again
        self._pending: list[Visit] = []
        self._notes: list[Visit] = []
        self.complete = True

    def done(self, url: str) -> bool:
        """Whether the page was read in this import already, before it was stopped."""
        visit = self._earlier(url)
        return visit is not None and visit.round == self._round

    def whole(self, url: str) -> bool:
        """Whether the page ever gave an article."""
        visit = self._earlier(url)
        return visit is not None and visit.reason is None

    def last(self, url: str) -> Visit | None:
        """The page's visit in an earlier import, to ask whether it has changed; None where everything is read again."""
        return None if self._again else self._earlier(url)

    def note(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        changed: str | None = None,
        reason: str | None = None,
    ) -> None:
        """A page was read. `changed` is when its list says that it changed; `reason` why it gave nothing."""
        self._pending.append(
            Visit(url=url, etag=etag, last_modified=last_modified, changed=changed, reason=reason, round=self._round)
        )

    def keep(self, url: str) -> bool:
        """Keep what is known of a page that gave an article before, whatever it answers now; False if it never did."""
        visit = self._earlier(url)
        if visit is None or visit.reason is not None:
            return False
        self._pending.append(visit.model_copy(update={"round": self._round}))
        return True

    def leave_open(self) -> None:
        """Something could not be fetched now: the next run resumes this import."""
        self.complete = False

    def confirm(self) -> None:
        """What was noted has arrived. Without this step a Ctrl-C could commit a note without its article."""
        self._notes += self._pending
        self._pending = []

    def waiting(self) -> int:
        """How many notes wait to be saved."""
        return len(self._notes)

    def take(self) -> list[Visit]:
        """The notes since the last time."""
        notes, self._notes = self._notes, []
        return notes

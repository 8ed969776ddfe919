"""Who checks the takes of a run: this process, or one beside it.

All rules together take milliseconds of processor a take. One draft never notices; in a batch, twenty calls come back at
once and wait for each other's checks in the one event loop, so a batch has its takes checked in a process of its own,
which loads while the first calls are under way.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from ourtake.config import Settings
from ourtake.documents import Related, Report, Source, Take
from ourtake.errors import ProcessLost

if TYPE_CHECKING:
    from ourtake.checks.base import ArchiveView
    from ourtake.checks.evidence import DocumentCache
    from ourtake.jobs.worker_process import WorkerProcess


class CheckInput(NamedTuple):
    """One take to check, with its source and the articles that it was offered."""

    take: Take
    source: Source
    related: tuple[Related, ...]


class WorkerConfig(NamedTuple):
    """What a process beside this one checks with: the store's address, the index's folder; `run`: see
    Archive.leave_out.
    """

    store: str
    folder: Path
    run: str
    settings: Settings


class Checker(Protocol):
    """Whoever checks."""

    async def report(self, given: CheckInput) -> Report:
        """The report of a take by the rules that drafts are written by."""

    async def close(self) -> None:
        """End what it runs."""


class LocalChecker:
    """Checks in this process."""

    def __init__(self, archive: ArchiveView, settings: Settings) -> None:
        self._archive = archive
        self._settings = settings
        self._documents: DocumentCache | None = None

    async def report(self, given: CheckInput) -> Report:
        """The report, worked out at once."""
        if self._documents is None:
            from ourtake.checks.evidence import DocumentCache

            self._documents = DocumentCache()
        return report_of(given, archive=self._archive, settings=self._settings, documents=self._documents)

    async def close(self) -> None:
        """There is nothing to end."""


class RemoteChecker:
    """Checks in a process beside this one, begun already; when that is lost, the rest is checked `instead`, and it is
    said once.
    """

    def __init__(
        self, beside: WorkerProcess[CheckInput, Report], instead: Checker, *, say: Callable[[str], None]
    ) -> None:
        self._beside = beside
        self._instead = instead
        self._say = say
        self._lost = False

    async def report(self, given: CheckInput) -> Report:
        """The report, once it has come back."""
        if not self._lost:
            try:
                return await self._beside.call(given)
            except ProcessLost as error:
                if not self._lost:
                    self._say(f"ourtake: {error.what} Takes are checked in this one from now on, which takes longer.")
                self._lost = True
        return await self._instead.report(given)

    async def close(self) -> None:
        """End the process."""
        self._beside.close()


def report_of(given: CheckInput, *, archive: ArchiveView, settings: Settings, documents: DocumentCache) -> Report:
    """The report of a take by the rules that drafts are written by."""
    # Not loaded where another process checks: they cost as much start-up as a call's answer does work.
    from ourtake.checks.base import CheckContext
    from ourtake.checks.registry import check

    against = CheckContext(given.source, given.related, settings, archive, documents=documents)
    return check(given.take, against, select=settings.checks.drafting)

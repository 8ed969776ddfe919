"""Where the takes of a run are checked: in this process, or in a worker process.

All rules together take milliseconds of processor time a take. A single draft never notices. In a batch, twenty calls
return at once and would wait for each other's checks in the one event loop, so a batch has its takes checked by a
worker process, which loads while the first calls are under way.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

from ourtake.config import Settings
from ourtake.documents import Fact, Related, Report, SentenceHandles, Source, Take
from ourtake.errors import ProcessLost

if TYPE_CHECKING:
    from ourtake.checks.base import ArchiveView, ReadAnswer, ReadFinding
    from ourtake.checks.evidence import DocumentCache
    from ourtake.jobs.worker_process import WorkerProcess


class CheckInput(NamedTuple):
    """One take to check, with its source and the articles that were offered for it. `read`, `answers`: what a second
    reading found in it, and what it said of each statement. `handles`, `facts`: see CheckContext. `form`: which
    measures of [take] it is checked by.
    """

    take: Take
    source: Source
    related: tuple[Related, ...]
    read: tuple[ReadFinding, ...] = ()
    answers: tuple[ReadAnswer, ...] = ()
    form: Literal["long", "short"] = "long"
    handles: tuple[SentenceHandles, ...] = ()
    facts: tuple[Fact, ...] = ()


class WorkerConfig(NamedTuple):
    """What a worker checks with: the store's address and the index's folder; `run`: see Archive.leave_out."""

    store: str
    folder: Path
    run: str
    settings: Settings


class Checker(Protocol):
    """Checks takes."""

    async def report(self, given: CheckInput) -> Report:
        """The report of a take, by the rules of [checks] drafting."""

    async def close(self) -> None:
        """Release its resources."""


class LocalChecker:
    """Checks in this process."""

    def __init__(self, archive: ArchiveView, settings: Settings) -> None:
        self._archive = archive
        self._settings = settings
        self._documents: DocumentCache | None = None

    async def report(self, given: CheckInput) -> Report:
        """See Checker."""
        if self._documents is None:
            from ourtake.checks.evidence import DocumentCache

            self._documents = DocumentCache()
        return report_of(given, archive=self._archive, settings=self._settings, documents=self._documents)

    async def close(self) -> None:
        """There is nothing to release."""


class RemoteChecker:
    """Checks in worker processes that were started already. `fallback` checks the take of one that is lost, and the
    rest when all are; `say` says so, once for each.

    A report comes as JSON, which takes half the time of a pickle: it has hundreds of small documents in it.
    """

    def __init__(
        self, worker: WorkerProcess[CheckInput, str], fallback: Checker, *, say: Callable[[str], None]
    ) -> None:
        self._worker = worker
        self._fallback = fallback
        self._say = say
        self._lost = False

    async def report(self, given: CheckInput) -> Report:
        """See Checker."""
        if not self._lost:
            try:
                return Report.model_validate_json(await self._worker.call(given))
            except ProcessLost as error:
                if not self._worker.is_lost:
                    self._say(f"ourtake: {error.what} This process checks its take; the others go on.")
                elif not self._lost:
                    self._say(f"ourtake: {error.what} From now on this process checks the takes, which is slower.")
                    self._lost = True
        return await self._fallback.report(given)

    async def close(self) -> None:
        """End the worker process."""
        self._worker.close()


def report_of(given: CheckInput, *, archive: ArchiveView, settings: Settings, documents: DocumentCache) -> Report:
    """The report of a take, by the rules of [checks] drafting."""
    # Imported here: where a worker checks, this process need not load the rules.
    from ourtake.checks.base import CheckContext
    from ourtake.checks.registry import check

    if given.form == "short":
        settings = settings.model_copy(update={"take": settings.take.shortened()})
    against = CheckContext(
        given.source,
        given.related,
        settings,
        archive,
        documents=documents,
        read=given.read,
        answers=given.answers,
        handles=given.handles,
        facts=given.facts,
    )
    return check(given.take, against, select=settings.checks.drafting, undecided=archive.for_desk)

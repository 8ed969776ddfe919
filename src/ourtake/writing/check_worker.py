"""What each worker process of a batch runs: the checks, over a store and an index that it only reads."""

from __future__ import annotations

from collections.abc import Callable

from ourtake.archive.lookup import Archive
from ourtake.checks.base import CheckContext
from ourtake.checks.evidence import DocumentCache
from ourtake.checks.examples import SOUND, build
from ourtake.checks.registry import check
from ourtake.checks.term_weights import background
from ourtake.store import Store
from ourtake.writing.checking import CheckInput, WorkerConfig, report_of


def checks_at(config: WorkerConfig) -> Callable[[CheckInput], str]:
    """A function that returns the report of a take, as JSON. Raises StoreError when the store can't be opened."""
    archive = Archive(Store.open(config.store, create=False), config.folder)
    archive.leave_out(config.run)
    # Read now what the first take would have to wait for: what rules load when they first run takes as long as checking
    # four takes, and until the first calls are answered this process has nothing else to do.
    archive.earlier_takes()
    background(archive.sample())
    sound = build(SOUND)
    check(sound.take, CheckContext(sound.source, sound.related))

    documents = DocumentCache()

    def report(given: CheckInput) -> str:
        return report_of(given, archive=archive, settings=config.settings, documents=documents).model_dump_json()

    return report

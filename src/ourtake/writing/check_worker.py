"""What the process beside a batch runs: the checks of a take, over a store and an index of its own that it only
reads.
"""

from __future__ import annotations

from collections.abc import Callable

# Imported for its rules: they are ready, then, when the first take comes.
import ourtake.checks.registry  # noqa: F401
from ourtake.archive.lookup import Archive
from ourtake.checks.evidence import DocumentCache
from ourtake.checks.term_weights import background
from ourtake.documents import Report
from ourtake.store import Store
from ourtake.writing.checking import CheckInput, WorkerConfig, report_of


def checks_at(place: WorkerConfig) -> Callable[[CheckInput], Report]:
    """A function that checks takes. Raises StoreError where the store can't be opened."""
    archive = Archive(Store.open(place.store, create=False), place.folder)
    archive.leave_out(place.run)
    # What the first take would have to wait for.
    archive.earlier_takes()
    background(archive.sample())

    documents = DocumentCache()

    def report(given: CheckInput) -> Report:
        return report_of(given, archive=archive, settings=place.settings, documents=documents)

    return report

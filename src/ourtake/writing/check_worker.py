"""What the worker process of a batch runs: the checks, over a store and an index that it only reads."""

from __future__ import annotations

from collections.abc import Callable

# Imported for its rules, so that they are loaded when the first take arrives.
import ourtake.checks.registry  # noqa: F401
from ourtake.archive.lookup import Archive
from ourtake.checks.evidence import DocumentCache
from ourtake.checks.term_weights import background
from ourtake.store import Store
from ourtake.writing.checking import CheckInput, WorkerConfig, report_of


def checks_at(config: WorkerConfig) -> Callable[[CheckInput], str]:
    """A function that returns the report of a take, as JSON. Raises StoreError when the store can't be opened."""
    archive = Archive(Store.open(config.store, create=False), config.folder)
    archive.leave_out(config.run)
    # Read now what the first take would have to wait for.
    archive.earlier_takes()
    background(archive.sample())

    documents = DocumentCache()

    def report(given: CheckInput) -> str:
        return report_of(given, archive=archive, settings=config.settings, documents=documents).model_dump_json()

    return report

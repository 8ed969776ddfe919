"""What the worker process of an eval run runs: the checks, without earlier takes."""

from __future__ import annotations

from collections.abc import Callable

# Imported for its rules, so that they are loaded when the first take arrives.
import ourtake.checks.registry  # noqa: F401
from ourtake.checks.evidence import DocumentCache
from ourtake.checks.term_weights import background
from ourtake.evals.archive import CaseArchive
from ourtake.store import Store
from ourtake.writing.checking import CheckInput, WorkerConfig, report_of


def checks_at(config: WorkerConfig) -> Callable[[CheckInput], str]:
    """A function that returns the report of a take, as JSON. Raises StoreError when the store can't be opened."""
    archive = CaseArchive(Store.open(config.store, create=False), config.folder)
    background(archive.sample())
    documents = DocumentCache()

    def report(given: CheckInput) -> str:
        return report_of(given, archive=archive, settings=config.settings, documents=documents).model_dump_json()

    return report

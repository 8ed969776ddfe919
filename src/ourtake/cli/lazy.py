"""Modules that the commands load when they first use them, as `lazy.pipeline.write_draft(...)`.

`ourtake --help` has to answer at once. Pydantic, SQLAlchemy, asyncio, the SDKs and whatever needs them take longer to
import than everything else, and most commands need only some of them. So the files in cli/ import at the top, as any
file does, except for the modules listed here. Nothing else in cli/ imports lazily.
"""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio
    import traceback

    import pydantic
    from rich import console as rich_console
    from rich import progress as rich_progress

    from ourtake import config, config_file, documents, store, values
    from ourtake.archive import cache_folder, embed, import_source, importing, index, lookup, rank, rejects, semantic
    from ourtake.archive import tune, vector_index
    from ourtake.checks import base, evidence, fixes, offsets
    from ourtake.checks import pages as rule_pages
    from ourtake.checks import registry as rule_registry
    from ourtake.checks.links import online
    from ourtake.checks.prose import phrases
    from ourtake.intake import dates, files, items, link_checker, pages, polite
    from ourtake.jobs import local, worker_process
    from ourtake.providers import batches, budget, embeddings, ledger, models, pricing, redaction, registry, rescue
    from ourtake.publish import findings_github, findings_sarif, findings_text, fixed_file, formats, locations, markdown
    from ourtake.store import calls, processes, runs
    from ourtake.text import markdown as text_markdown
    from ourtake.text import plain, words
    from ourtake.writing import angles, batching, checking, estimate, judge, partial, pipeline, prompts, session

_ROOMS = {
    "archive": "cache_folder embed import_source importing index lookup rank rejects semantic tune vector_index",
    "checks": "base evidence fixes offsets",
    "checks.links": "online",
    "checks.prose": "phrases",
    "intake": "dates files items link_checker pages polite",
    "jobs": "local worker_process",
    "providers": "batches budget embeddings ledger models pricing redaction registry rescue",
    "publish": "findings_github findings_sarif findings_text fixed_file formats locations markdown",
    "store": "calls processes runs",
    "text": "plain words",
    "writing": "angles batching checking estimate judge partial pipeline prompts session",
}
_PATHS = {name: f"ourtake.{room}.{name}" for room, names in _ROOMS.items() for name in names.split()}
_PATHS |= {name: f"ourtake.{name}" for name in ("config", "config_file", "documents", "store", "values")}
_PATHS |= {name: name for name in ("asyncio", "traceback", "pydantic")}
_PATHS |= {
    "rich_console": "rich.console",
    "rich_progress": "rich.progress",
    "rule_pages": "ourtake.checks.pages",
    "rule_registry": "ourtake.checks.registry",
    "text_markdown": "ourtake.text.markdown",
}


def __getattr__(name: str) -> ModuleType:
    """The module of that name, loaded now. Raises AttributeError for a name that is not listed here."""
    if name not in _PATHS:
        raise AttributeError(name)
    return importlib.import_module(_PATHS[name])

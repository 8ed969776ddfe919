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
    from concurrent import futures

    from rich import console as rich_console
    from rich import progress as rich_progress
    from rich import text as rich_text

    from ourtake import config, config_file, config_keys, documents, plugins, store, values
    from ourtake.archive import cache_folder, embed, import_source, importing, index, lookup, order, rank, rejects
    from ourtake.archive import semantic, tune, vector_index
    from ourtake.checks import base, evidence, fixes, offsets, verdict
    from ourtake.checks import pages as rule_pages
    from ourtake.checks import registry as rule_registry
    from ourtake.checks.links import online
    from ourtake.checks.prose import phrases
    from ourtake.documents import makers
    from ourtake.evals import archive as eval_archive
    from ourtake.evals import audit as eval_audit
    from ourtake.evals import bridges as eval_bridges
    from ourtake.evals import compare as eval_compare
    from ourtake.evals import gate as eval_gate
    from ourtake.evals import judge as eval_judge
    from ourtake.evals import judgements as eval_judgements
    from ourtake.evals import metrics as eval_metrics
    from ourtake.evals import pairs as eval_pairs
    from ourtake.evals import report_html as eval_report_html
    from ourtake.evals import report_text as eval_report_text
    from ourtake.evals import results as eval_results
    from ourtake.evals import reviews as eval_reviews
    from ourtake.evals import run as eval_run
    from ourtake.evals import statistics as eval_statistics
    from ourtake.evals import suite as eval_suite
    from ourtake.evals import summary as eval_summary
    from ourtake.evals import texts as eval_texts
    from ourtake.intake import dates, encoding, files, items, link_checker, pages, polite
    from ourtake.jobs import cluster, local, worker_loop, worker_process
    from ourtake.providers import base as provider_base
    from ourtake.providers import budget, embeddings, ledger, models, pricing, redaction, registry, rescue, shared
    from ourtake.publish import claim_sheet, findings_github, findings_sarif, findings_text, fixed_file, formats
    from ourtake.publish import locations, markdown, outdated, piece, publishing, signing
    from ourtake.review import claims as review_claims
    from ourtake.review import diff as review_diff
    from ourtake.review import editing, envelope, house_rules, rechecking, record, session, states, steps
    from ourtake.review import verify, wording
    from ourtake.review import keys as review_keys
    from ourtake.review import paragraphs as review_paragraphs
    from ourtake.review import views as review_views
    from ourtake.store import accounts, acts, backup, calls, copying, processes, runs, stories
    from ourtake.store import address as store_address
    from ourtake.text import markdown as text_markdown
    from ourtake.text import plain, retracted, words
    from ourtake.watch import changes as watch_changes
    from ourtake.watch import polling as watch_polling
    from ourtake.watch import taking as watch_taking
    from ourtake.watch import watcher
    from ourtake.web import accounts as web_accounts
    from ourtake.web import pair_book, service, serving
    from ourtake.web import security as web_security
    from ourtake.writing import angles, batching, checking, estimate, headlines, partial, pipeline, prompts
    from ourtake.writing import readings, rewriting, sameness
    from ourtake.writing import context as writing_context
    from ourtake.writing import verify as writing_verify
    from ourtake.writing import voice as writing_voice

_MODULES = (
    # (what the names begin with here, package, modules)
    ("", "", "asyncio traceback"),
    ("", "concurrent", "futures"),
    ("rich_", "rich", "console progress text"),
    ("", "ourtake", "config config_file config_keys documents plugins store values"),
    ("", "ourtake.archive", "cache_folder embed import_source importing index lookup order rank rejects semantic tune"),
    ("", "ourtake.archive", "vector_index"),
    ("", "ourtake.checks", "base evidence fixes offsets verdict"),
    ("rule_", "ourtake.checks", "pages registry"),
    ("", "ourtake.checks.links", "online"),
    ("", "ourtake.checks.prose", "phrases"),
    ("", "ourtake.cli", "review_app"),  # not imported above: it uses this module itself
    ("", "ourtake.documents", "makers"),
    ("eval_", "ourtake.evals", "archive audit bridges compare gate judge judgements metrics pairs report_html"),
    ("eval_", "ourtake.evals", "report_text results reviews run statistics suite summary texts"),
    ("", "ourtake.intake", "dates encoding files items link_checker pages polite"),
    ("", "ourtake.jobs", "cluster local worker_loop worker_process"),
    ("", "ourtake.providers", "budget embeddings ledger models pricing redaction registry rescue shared"),
    ("provider_", "ourtake.providers", "base"),
    ("", "ourtake.publish", "claim_sheet findings_github findings_sarif findings_text fixed_file formats locations"),
    ("", "ourtake.publish", "markdown outdated piece publishing signing"),
    ("", "ourtake.review", "editing envelope house_rules rechecking record session states steps verify wording"),
    ("review_", "ourtake.review", "claims diff keys paragraphs views"),
    ("", "ourtake.store", "accounts acts backup calls copying processes runs stories"),
    ("store_", "ourtake.store", "address"),
    ("", "ourtake.text", "plain retracted words"),
    ("text_", "ourtake.text", "markdown"),
    ("", "ourtake.watch", "watcher"),
    ("watch_", "ourtake.watch", "changes polling taking"),
    ("", "ourtake.web", "pair_book service serving"),
    ("web_", "ourtake.web", "accounts security"),
    ("", "ourtake.writing", "angles batching checking estimate headlines partial pipeline prompts readings rewriting"),
    ("", "ourtake.writing", "sameness"),
    ("writing_", "ourtake.writing", "context verify voice"),
)
_PATHS = {
    f"{prefix}{name}": f"{package}.{name}" if package else name
    for prefix, package, names in _MODULES
    for name in names.split()
}


def __getattr__(name: str) -> ModuleType:
    """The module of that name, loaded now. Raises AttributeError for a name that is not listed here."""
    if name not in _PATHS:
        raise AttributeError(name)
    return importlib.import_module(_PATHS[name])

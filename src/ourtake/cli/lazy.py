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

    from ourtake import config, config_file, config_keys, documents, plugins, store, values
    from ourtake.archive import cache_folder, embed, import_source, importing, index, lookup, order, rank, rejects
    from ourtake.archive import semantic, tune, vector_index
    from ourtake.checks import base, evidence, fixes, offsets, verdict
    from ourtake.checks import pages as rule_pages
    from ourtake.checks import registry as rule_registry
    from ourtake.checks.links import online
    from ourtake.checks.prose import phrases
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
    from ourtake.providers import (
        budget,
        embeddings,
        ledger,
        models,
        pricing,
        redaction,
        registry,
        rescue,
        shared,
    )
    from ourtake.publish import claim_sheet, findings_github, findings_sarif, findings_text, fixed_file, formats
    from ourtake.publish import locations, markdown, outdated, piece, publishing, signing
    from ourtake.review import claims as review_claims
    from ourtake.review import diff as review_diff
    from ourtake.review import (
        editing,
        envelope,
        house_rules,
        rechecking,
        record,
        session,
        states,
        steps,
        verify,
        wording,
    )
    from ourtake.review import keys as review_keys
    from ourtake.review import paragraphs as review_paragraphs
    from ourtake.review import views as review_views
    from ourtake.store import accounts, acts, backup, calls, copying, processes, runs
    from ourtake.store import address as store_address
    from ourtake.providers import base as provider_base
    from ourtake.text import markdown as text_markdown
    from ourtake.text import plain, retracted, words
    from ourtake.store import stories
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
    from ourtake.writing import verify as claim_verify
    from ourtake.writing import voice as voice_page

_ROOMS = {
    "archive": "cache_folder embed import_source importing index lookup order rank rejects semantic tune vector_index",
    "checks": "base evidence fixes offsets verdict",
    "checks.links": "online",
    "checks.prose": "phrases",
    "intake": "dates encoding files items link_checker pages polite",
    "jobs": "cluster local worker_loop worker_process",
    "providers": "budget embeddings ledger models pricing redaction registry rescue shared",
    "publish": "claim_sheet findings_github findings_sarif findings_text fixed_file formats locations markdown "
    "outdated piece publishing signing",
    "review": "editing envelope house_rules rechecking record session states steps verify wording",
    "store": "accounts acts backup calls copying processes runs stories",
    "text": "plain retracted words",
    "watch": "watcher",
    "web": "pair_book service serving",
    "writing": "angles batching checking estimate headlines partial pipeline prompts readings rewriting sameness",
}
_PATHS = {name: f"ourtake.{room}.{name}" for room, names in _ROOMS.items() for name in names.split()}
_PATHS |= {
    name: f"ourtake.{name}"
    for name in ("config", "config_file", "config_keys", "documents", "plugins", "store", "values")
}
_PATHS |= {name: name for name in ("asyncio", "traceback")}
_PATHS |= {
    "eval_archive": "ourtake.evals.archive",
    "eval_audit": "ourtake.evals.audit",
    "eval_bridges": "ourtake.evals.bridges",
    "eval_compare": "ourtake.evals.compare",
    "eval_gate": "ourtake.evals.gate",
    "eval_metrics": "ourtake.evals.metrics",
    "eval_pairs": "ourtake.evals.pairs",
    "eval_statistics": "ourtake.evals.statistics",
    "claim_verify": "ourtake.writing.verify",
    "writing_context": "ourtake.writing.context",
    "voice_page": "ourtake.writing.voice",
    "eval_judge": "ourtake.evals.judge",
    "eval_judgements": "ourtake.evals.judgements",
    "eval_report_html": "ourtake.evals.report_html",
    "eval_report_text": "ourtake.evals.report_text",
    "eval_results": "ourtake.evals.results",
    "eval_reviews": "ourtake.evals.reviews",
    "eval_run": "ourtake.evals.run",
    "eval_suite": "ourtake.evals.suite",
    "eval_summary": "ourtake.evals.summary",
    "eval_texts": "ourtake.evals.texts",
    "futures": "concurrent.futures",
    "store_address": "ourtake.store.address",
    "provider_base": "ourtake.providers.base",
    "rich_console": "rich.console",
    "rich_progress": "rich.progress",
    "review_app": "ourtake.cli.review_app",  # not above: it uses this module itself
    "review_claims": "ourtake.review.claims",
    "review_diff": "ourtake.review.diff",
    "review_keys": "ourtake.review.keys",
    "review_paragraphs": "ourtake.review.paragraphs",
    "review_views": "ourtake.review.views",
    "rule_pages": "ourtake.checks.pages",
    "rule_registry": "ourtake.checks.registry",
    "text_markdown": "ourtake.text.markdown",
    "watch_changes": "ourtake.watch.changes",
    "watch_polling": "ourtake.watch.polling",
    "watch_taking": "ourtake.watch.taking",
    "web_accounts": "ourtake.web.accounts",
    "web_security": "ourtake.web.security",
}


def __getattr__(name: str) -> ModuleType:
    """The module of that name, loaded now. Raises AttributeError for a name that is not listed here."""
    if name not in _PATHS:
        raise AttributeError(name)
    return importlib.import_module(_PATHS[name])

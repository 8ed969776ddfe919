"""`ourtake draft --dry-run`: how many calls a run would make and what they may cost."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ourtake.cli import lazy
from ourtake.cli.batch_lines import read_batch
from ourtake.cli.context import filled_archive, open_store, read_story, settings
from ourtake.cli.draft_batch_file import repetitions_of
from ourtake.cli.drafting import Spending, checked_ceilings
from ourtake.cli.terminal import emit, emit_json
from ourtake.text.counts import count_of

if TYPE_CHECKING:
    from ourtake.writing.estimate import Estimate


def print_estimate(
    source: str | None,
    batch: Path | None,
    *,
    models: Sequence[str],
    spending: Spending,
    as_json: bool,
    in_batch: bool = False,
    quick: bool = False,
    verify: bool = False,
) -> int:
    """Print lower and upper bounds for calls, tokens and cost. Returns the exit code.

    `in_batch`: at the price of a batch endpoint.
    """
    rows, bad = ([(1, read_story(source or "-"))], 0) if batch is None else read_batch(batch)
    sources = [row for _, row in rows]
    given = settings()
    ceilings = checked_ceilings(models, given, spending)
    with open_store() as store:
        found = lazy.estimate.estimate(
            sources,
            repetitions=repetitions_of(sources),
            model=models[0],
            store=store,
            archive=filled_archive(store, meaning=False),
            prompts=lazy.prompts.Prompts(given),
            settings=given,
            in_batch=in_batch,
            quick=quick,
            verify=verify,
        )
    if as_json:
        emit_json(found.model_dump(mode="json"))
        return 1 if bad else 0
    _print_bounds(found)
    _print_expected(found)
    if found.verifier:
        emit(f"verifier     {found.verifier} is asked in addition, at least once a draft")
    for ceiling in ceilings:
        emit(f"limit        {lazy.pricing.in_words(ceiling.limit)} for a {lazy.budget.scope_in_words(ceiling)}")
    return 1 if bad else 0


def _print_bounds(found: Estimate) -> None:
    known = f"; the ledger already has the first answer for {found.remembered}" if found.remembered else ""
    emit(f"{count_of(found.drafts, 'draft')} with {found.model}{known}.")
    rows = (("calls", found.calls), ("tokens in", found.input_tokens), ("tokens out", found.output_tokens))
    for name, (low, high) in rows:
        emit(f"{name:<12} {low:>14,} to {high:,}")
    if found.cost_usd is None:
        emit(f"cost         unknown: {found.model} has no price. {lazy.pricing.price_hint(found.model)}")
    else:
        emit(f"cost         {found.cost_usd[0]:>14,.4f} to {found.cost_usd[1]:,.4f} USD")


def _print_expected(found: Estimate) -> None:
    """What a draft will probably cost, beside cheaper ways; nothing if no price is known."""
    if found.expected_usd is None or not found.quick_usd:
        return
    with_ = "a repair that is read again, which most drafts need" if found.block_usd else "its claims read once"
    emit(f"expected     {found.expected_usd:>14,.4f} USD, with {with_}")
    others = [("with --quick", found.quick_usd, "the whole process takes" if found.block_usd else "verified it takes")]
    if found.block_usd:
        others.append(("in one call", found.block_usd, "over all the texts that a plan reads, it takes"))
    for name, usd, told in others:
        emit(f"{name:<12} {usd:>14,.4f} USD; {told} {found.expected_usd / usd:.1f} times that")

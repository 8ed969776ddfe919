"""`ourtake draft --dry-run`: what it would take, and no call."""

from __future__ import annotations

from pathlib import Path

from ourtake.cli.common import emit, emit_json, filled_archive, open_store, settings
from ourtake.cli.draft_batch import read_batch
from ourtake.cli.draft_batch_file import repetitions_of
from ourtake.cli.drafting import Spending, checked_ceilings, chosen


def print_estimate(
    source: str | None,
    batch: Path | None,
    *,
    model: list[str],
    spending: Spending,
    as_json: bool,
    in_batch: bool = False,
) -> int:
    """Print calls, tokens and cost of drafting, from below and from above; `in_batch`: by the price of a batch
    endpoint. Returns the exit code.
    """
    from ourtake.cli.common import read_story
    from ourtake.writing.estimate import estimate
    from ourtake.writing.prompts import Prompts

    sources, bad = ([read_story(source or "-")], 0) if batch is None else read_batch(batch)
    given = settings()
    models = chosen(model, given)
    ceilings = checked_ceilings(models, given, spending)
    with open_store() as store:
        archive, prompts, numbers = filled_archive(store, meaning=False), Prompts(given), repetitions_of(sources)
        found = estimate(
            sources,
            repetitions=numbers,
            model=models[0],
            store=store,
            archive=archive,
            prompts=prompts,
            settings=given,
            in_batch=in_batch,
        )
    if as_json:
        emit_json(found.model_dump(mode="json"))
        return 1 if bad else 0
    known = f"; the ledger has the first answer of {found.remembered} already" if found.remembered else ""
    emit(f"{found.drafts} draft{'s' * (found.drafts != 1)} with {found.model}{known}.")
    rows = (("calls", found.calls), ("tokens in", found.input_tokens), ("tokens out", found.output_tokens))
    for name, (low, high) in rows:
        emit(f"{name:<12} {low:>14,} to {high:,}")
    if found.cost_usd is None:
        emit(f'cost         unknown: {found.model} has no price; add [prices."{found.model}"] to ourtake.toml')
    else:
        emit(f"cost         {found.cost_usd[0]:>14,.4f} to {found.cost_usd[1]:,.4f} USD")
    from ourtake.providers.pricing import in_words

    if found.judge:
        emit(f"judge        {found.judge} is asked on top of that, once or more a draft")
    for ceiling in ceilings:
        emit(f"limit        {in_words(ceiling.limit)} for a {ceiling.scope}")
    return 1 if bad else 0

"""`draft --batch FILE --provider-batch`: first takes through OpenAI's or Anthropic's batch endpoint, at half the price
and within a day.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from ourtake.cli.common import say

if TYPE_CHECKING:
    from ourtake.cli.batch_lines import Task
    from ourtake.cli.run import Spending
    from ourtake.providers.ledger import Ledger
    from ourtake.writing.pipeline import Pipeline


async def fill_first_takes(
    tasks: Sequence[Task], corridor: Pipeline, ledger: Ledger, *, asked: tuple[str, Spending] | None
) -> None:
    """Have a model's batch endpoint write the first takes of these tasks into the ledger, and say what it did not
    answer. `asked`: the model, and on what terms; None: nobody asked for it.

    Raises InputError for a provider without such an endpoint.
    """
    if asked is None:
        return
    model, spending = asked
    from ourtake.cli.batch_lines import anew
    from ourtake.providers.budget import ceilings_of
    from ourtake.providers.registry import batch_client, build_provider
    from ourtake.writing.batching import Batching, Wanted

    provider = build_provider(model, corridor.settings)
    client = batch_client(provider, corridor.settings)
    ceilings = ceilings_of(
        corridor.settings, max_cost=None if spending.max_cost is None else Decimal(str(spending.max_cost))
    )

    async def nap(seconds: float) -> None:
        # Ctrl-C ends the wait, not the batch: its id is stored.
        try:
            async with asyncio.timeout(seconds):
                await ledger.stopping.wait()
        except TimeoutError:
            return
        raise asyncio.CancelledError

    batching = Batching(corridor, ledger, client, provider, say=say, sleep=nap)
    try:
        named = [(task, anew(task.draft_id, ledger.store) if spending.fresh else task.draft_id) for task in tasks]
        # A draft that has a take goes on from there.
        left = [
            (task, name)
            for task, name in named
            if (earlier := ledger.store.draft(name)) is None or not earlier.revisions
        ]
        wanted = [Wanted(task.source, name, task.repetition) for task, name in left]
        result = await batching.fill(
            wanted, ceilings=ceilings, retry_unknown=spending.retry_unknown, fresh=spending.fresh
        )
    finally:
        await client.close()
        await provider.close()
    rest = len(result.failed)
    say(f"The batch answered {result.answered} requests; the other {rest} are now sent one by one at the full price.")
    if result.changed:
        say(
            f"ourtake: {result.changed} answers of the batch were paid for but match no current request: the archive, "
            f"a prompt or a source has changed."
        )
    for sentence, count in Counter(result.failed).items():
        say(f"ourtake: {sentence} ({count} of the batch)")

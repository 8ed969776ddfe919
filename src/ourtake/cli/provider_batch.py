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
    from ourtake.providers.batches import batch_client
    from ourtake.providers.budget import ceilings_of
    from ourtake.providers.registry import build_provider
    from ourtake.writing.batching import Batching, FirstTake

    provider = build_provider(model, corridor.settings)
    door = batch_client(provider)
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

    batching = Batching(corridor, ledger, door, provider, say=say, sleep=nap)
    try:
        named = [(task, anew(task.draft_id, ledger.store) if spending.fresh else task.draft_id) for task in tasks]
        # A draft that has a take goes on from there.
        left = [
            (task, name)
            for task, name in named
            if (earlier := ledger.store.draft(name)) is None or not earlier.revisions
        ]
        wanted = [FirstTake(task.source, name, task.repetition) for task, name in left]
        told = await batching.fill(
            wanted, ceilings=ceilings, retry_unknown=spending.retry_unknown, fresh=spending.fresh
        )
    finally:
        await door.close()
        await provider.close()
    say(f"The batch answered {told.answered} requests; {len(told.failed)} are asked in the ordinary way.")
    if told.changed:
        say(
            f"ourtake: {told.changed} answers of the batch were paid for and fit no request of today: the archive, a "
            f"prompt or a source has changed."
        )
    for sentence, count in Counter(told.failed).items():
        say(f"ourtake: {sentence} ({count} of the batch)")

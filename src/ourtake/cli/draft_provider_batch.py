"""`draft --batch FILE --provider-batch`: first takes from OpenAI's or Anthropic's batch endpoint.

They cost half the price and take up to a day.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ourtake.cli import lazy
from ourtake.cli.draft_batch_file import next_draft_id
from ourtake.cli.drafting import ceilings_of
from ourtake.cli.terminal import say
from ourtake.text.counts import count_of

if TYPE_CHECKING:
    from ourtake.cli.draft_batch_file import Task
    from ourtake.cli.drafting import Spending
    from ourtake.providers.ledger import Ledger
    from ourtake.writing.pipeline import Pipeline


async def fill_first_takes(
    tasks: Sequence[Task], pipeline: Pipeline, ledger: Ledger, *, model: str, spending: Spending
) -> None:
    """Have a model's batch endpoint write the first takes of these tasks into the ledger; say what it did not answer.

    Raises InputError for a provider without such an endpoint.
    """
    store = ledger.store
    provider = lazy.registry.build_provider(model, pipeline.settings)
    client = lazy.registry.batch_client(provider, pipeline.settings)

    async def sleep(seconds: float) -> None:
        # Ctrl-C ends the wait, not the batch: its id is stored.
        try:
            async with lazy.asyncio.timeout(seconds):
                await ledger.stopping.wait()
        except TimeoutError:
            return
        raise lazy.asyncio.CancelledError

    batching = lazy.batching.Batching(pipeline, ledger, client, provider, say=say, sleep=sleep)
    requests = []
    try:
        for task in tasks:
            draft_id = next_draft_id(task.draft_id, store) if spending.fresh else task.draft_id
            # A draft that has a take already continues from it.
            if (earlier := store.draft(draft_id)) is None or not earlier.revisions:
                requests.append(lazy.batching.FirstTake(task.source, draft_id, task.repetition))
        result = await batching.fill(
            requests,
            ceilings=ceilings_of(pipeline.settings, spending),
            retry_unknown=spending.retry_unknown,
            fresh=spending.fresh,
        )
    finally:
        await client.close()
        await provider.close()
    say(
        f"The batch answered {count_of(result.answered, 'request')}; {count_of(len(result.failed), 'is', 'are')} "
        "sent one by one."
    )
    if result.changed:
        say(
            f"ourtake: {count_of(result.changed, 'answer of the batch was', 'answers of the batch were')} paid "
            "for but can't be used: the archive, a prompt or "
            f"a source has changed since."
        )
    for sentence, count in Counter(result.failed).items():
        say(f"ourtake: {sentence} ({count} of the batch)")

"""First takes through a provider's batch endpoint: their answers go into the ledger, where the ordinary run that
follows finds them.

What the batch did not answer, and every repair, is then requested one call at a time at the full price. The batch's id
is stored before the wait begins: a killed run resumes waiting with --resume, and nothing is submitted twice. While a
batch is under way, a row of the ledger reserves what all of it may cost, under the same limits as every call.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import NamedTuple

from ourtake.documents import Source
from ourtake.errors import LimitError, PermanentError, ProviderError, TransientError
from ourtake.providers.base import Provider, Reply, Request
from ourtake.providers.batches import BatchClient, RefusedBatch
from ourtake.providers.budget import limit_error, reservation
from ourtake.providers.ledger import Ledger, call_start, request_hash
from ourtake.providers.outcomes import answered
from ourtake.providers.pricing import cost_of, tariff_of
from ourtake.store.calls import BATCH, CallEnd, CallRecord, CallStart, Ceiling, Terms
from ourtake.text.counts import count_of
from ourtake.writing.pipeline import Pipeline, first_request

PATIENCE = 10
"""How many polls in a row may fail before the run stops waiting. The batch itself continues, and --resume finds it."""

CHANGED = "A request of a batch. The archive, the prompts or the sources have changed since, so its text is not known."


class FirstTake(NamedTuple):
    """A draft that needs its first take."""

    source: Source
    draft_id: str
    repetition: int


class BatchResult(NamedTuple):
    """What a batch returned. `changed`: answers to requests that would have another text now."""

    answered: int = 0
    failed: tuple[str, ...] = ()
    changed: int = 0


class Batching:
    """One run's use of a batch endpoint."""

    def __init__(
        self,
        pipeline: Pipeline,
        ledger: Ledger,
        client: BatchClient,
        provider: Provider,
        *,
        say: Callable[[str], None],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._pipeline = pipeline
        self._ledger = ledger
        self._store = ledger.store
        self._client = client
        self._provider = provider
        self._say = say
        self._sleep = sleep

    async def fill(
        self, takes: Sequence[FirstTake], *, ceilings: Sequence[Ceiling], retry_unknown: bool, fresh: bool = False
    ) -> BatchResult:
        """Get the first takes answered, within these limits. `fresh`: also if the ledger has an answer from another
        draft.

        Raises LimitError before anything is submitted, and ProviderError when the batch as a whole fails.
        """
        made = map(self._request, takes)
        requests = {request_hash(self._provider.name, self._provider.model, request): request for request in made}
        run = {"run_id": self._ledger.run_id, "provider": self._provider.name, "model": self._provider.model}
        result = BatchResult()
        for row in self._store.batches.open_ones(**run):
            if row.batch_id is None:
                if not retry_unknown:
                    raise PermanentError(
                        f"An earlier run ended while it submitted a batch of "
                        f"{count_of(row.requests, 'request')}, which may have "
                        f"been billed.",
                        "Add --retry-unknown to submit it again.",
                    )
                await self._store.batches.mark(row.number, "failed")
                continue
            result = _sum(result, await self._collect(row.number, row.batch_id, requests))
        left = self._within_draft_limits(self._open(requests, fresh=fresh, retry_unknown=retry_unknown), ceilings)
        if not left or result != BatchResult():
            return result
        number = await self._store.batches.begin(**run, requests=len(left))
        batch_id = await self._submit(number, left, ceilings)
        await self._store.batches.mark(number, "submitted", self._ledger.redaction.masked(batch_id))
        self._say(
            f"Submitted batch {batch_id} of {count_of(len(left), 'request')}. If this is stopped, --resume waits "
            "for it."
        )
        return await self._collect(number, batch_id, left)

    def _request(self, take: FirstTake) -> Request:
        pipeline = self._pipeline
        request = first_request(
            take.source,
            model=self._provider.model,
            archive=pipeline.archive,
            prompts=pipeline.prompts,
            settings=pipeline.settings,
        )
        return request.model_copy(update={"draft_id": take.draft_id, "repetition": take.repetition})

    async def _submit(self, number: int, requests: Mapping[str, Request], ceilings: Sequence[Ceiling]) -> str:
        """The batch's id. Its row in the ledger is written before it is sent."""
        row = _row_of(number)
        try:
            call = await self._reserve(row, requests, ceilings)
        except LimitError:
            await self._store.batches.mark(number, "failed")
            raise
        self._store.marks.sent(call, row)
        try:
            return await self._client.submit(requests)
        except ProviderError as error:
            # Interrupted, or a success status without a batch's id: whether it was accepted is unknown.
            if isinstance(error, TransientError) and error.status in (None, 200):
                await self._finish(call, CallEnd(state="unknown", error=error.what))
            else:
                await self._finish(call, CallEnd(state="failed", error=error.what, cost=0))
                await self._store.batches.mark(number, "failed")
            raise

    def _open(self, requests: Mapping[str, Request], *, fresh: bool, retry_unknown: bool) -> dict[str, Request]:
        """The requests that may be made: unanswered ones, and with `retry_unknown` those of unknown outcome."""
        store = self._store
        store.reap_orphans()
        known = store.answered_hashes(list(requests))
        if fresh:
            known = {name for name in known if store.answered_hashes([name], draft_id=requests[name].draft_id)}
        known |= set() if retry_unknown else store.answered_hashes(list(requests), states=("unknown", "started"))
        return {name: request for name, request in requests.items() if name not in known}

    def _within_draft_limits(self, requests: Mapping[str, Request], ceilings: Sequence[Ceiling]) -> dict[str, Request]:
        """The requests that can't exceed their draft's limit. The others fail in the ordinary run, which says why."""
        limits = [ceiling for ceiling in ceilings if ceiling.scope == "draft"]
        most, over = self._most(requests), self._store.over_draft

        def fits(limit: Ceiling, name: str) -> bool:
            needed = most[name]
            return needed is not None and over(limit, draft_id=requests[name].draft_id, needed=needed) is None

        return {name: request for name, request in requests.items() if all(fits(limit, name) for limit in limits)}

    def _most(self, requests: Mapping[str, Request]) -> dict[str, int | None]:
        """The most that each may cost in a batch, half of what it may cost alone; None without a price."""
        tariff = tariff_of(self._provider.name, self._provider.model, self._ledger.settings)
        alone = {name: reservation(request, tariff) for name, request in requests.items()}
        return {name: None if cost is None else -(-cost // 2) for name, cost in alone.items()}

    async def _reserve(self, row: str, requests: Mapping[str, Request], ceilings: Sequence[Ceiling]) -> int:
        """The number of the row that reserves a batch's money. Raises LimitError if it could exceed a limit of the run
        or the day.
        """
        most = self._most(requests)
        known = [cost for cost in most.values() if cost is not None]
        needed = sum(known) if len(known) == len(most) else None
        prompt = f"A batch of {count_of(len(requests), 'request')}."
        start = self._start(row, task=BATCH, prompt=prompt, reserved=needed)
        terms = Terms(ceilings=tuple(ceiling for ceiling in ceilings if ceiling.scope != "draft"), remember=False)
        begun = await self._store.begin_call(start, process_id=self._ledger.process_id, terms=terms)
        if begun.over is not None:
            raise limit_error(begun.over)
        assert begun.call_id is not None
        return begun.call_id

    async def _collect(self, number: int, batch_id: str, requests: Mapping[str, Request]) -> BatchResult:
        try:
            await self._wait(batch_id)
        except RefusedBatch as error:
            await self._release(number, CallEnd(state="failed", error=error.what, cost=0))
            await self._store.batches.mark(number, "failed")
            raise
        result, reserved = BatchResult(), next((call.start.reserved for call in self._rows(number)), None)
        async for name, found in self._client.answers(batch_id):
            request = requests.get(name)
            if isinstance(found, Reply):
                await self._record(name, request, found, most=reserved)
                result = _sum(result, BatchResult(answered=1) if request is not None else BatchResult(changed=1))
            elif request is not None:
                result = _sum(result, BatchResult(failed=(self._ledger.redaction.masked(found.what),)))
        # From here on the rows of its answers say what it cost.
        await self._release(number, CallEnd(state="answered", status="complete", cost=0))
        await self._store.batches.mark(number, "collected")
        return result

    def _rows(self, number: int) -> list[CallRecord]:
        """The rows of the ledger that reserve money for a batch."""
        calls = self._store.calls(run_id=self._ledger.run_id)
        return [call for call in calls if call.start.request_hash == _row_of(number)]

    async def _release(self, number: int, end: CallEnd) -> None:
        """Release what is reserved for a batch."""
        for call in self._rows(number):
            await self._finish(call.id, end)

    async def _wait(self, batch_id: str) -> None:
        failures = 0
        while True:
            try:
                if await self._client.ended(batch_id):
                    return
                failures = 0
            except TransientError as error:
                failures += 1
                if failures >= PATIENCE:
                    error.do = f"Batch {batch_id} continues at the provider; wait for it with --resume."
                    raise
            await self._sleep(self._pipeline.settings.models.batch_poll_seconds)

    async def _record(self, hashed: str, request: Request | None, reply: Reply, *, most: int | None) -> None:
        """Write an answer's row of the ledger. It has been paid for, so no limit applies, even if its request would
        have another text now, for example after a change of the archive. `most`: the reservation of the whole batch.
        """
        tariff = tariff_of(self._provider.name, self._provider.model, self._ledger.settings)
        cost = cost_of(reply.usage, tariff, free=False)
        if request is None:
            # Its request is not known any more. It can't have cost more than the whole batch.
            start = self._start(hashed, task="take", prompt=CHANGED, reserved=most if cost is None else cost)
        else:
            alone = self._most({hashed: request})[hashed] if cost is None else cost
            start = call_start(self._provider, request, run_id=self._ledger.run_id, reserved=alone)
            start = self._ledger.redaction.clean(start)
        terms = Terms(retry_unknown=True)
        begun = await self._store.begin_call(start, process_id=self._ledger.process_id, terms=terms)
        if begun.call_id is None:
            return
        await self._finish(begun.call_id, answered(reply, 0.0, cost))

    async def _finish(self, call: int, end: CallEnd) -> None:
        await self._store.finish_call(call, self._ledger.redaction.clean(end))

    def _start(self, hashed: str, *, task: str, prompt: str, reserved: int | None) -> CallStart:
        """A row that belongs to no draft."""
        start = CallStart(
            draft_id="",
            run_id=self._ledger.run_id,
            provider=self._provider.name,
            model=self._provider.model,
            task=task,
            request_hash=hashed,
            prompt=prompt,
            reserved=reserved,
        )
        return self._ledger.redaction.clean(start)


def _row_of(number: int) -> str:
    """The request hash of a batch's own row in the ledger."""
    return f"batch-{number}"


def _sum(first: BatchResult, second: BatchResult) -> BatchResult:
    return BatchResult(first.answered + second.answered, first.failed + second.failed, first.changed + second.changed)

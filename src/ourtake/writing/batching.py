"""First takes through a provider's batch endpoint: their answers go into the ledger, and the ordinary run that follows
finds them there.

What the batch did not answer, and every repair, is then asked for in the ordinary way at the full price. The batch's id
is stored before it is waited for: a run that was killed goes on waiting when it is resumed, and submits nothing twice.
A row of the ledger sets aside what the whole batch may cost, as long as it is under way, under the same limits as every
call.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import NamedTuple

from ourtake.documents import Source
from ourtake.errors import LimitError, PermanentError, ProviderError, TransientError
from ourtake.providers.base import Brief, Provider, Reply, Request
from ourtake.providers.batches import BatchClient, RefusedBatch
from ourtake.providers.budget import limit_error, reservation
from ourtake.providers.ledger import Ledger, request_hash
from ourtake.providers.pricing import cost_of, tariff_of
from ourtake.providers.usage import said_of
from ourtake.store.calls import BATCH, CallEnd, CallRecord, CallStart, Ceiling, Terms
from ourtake.writing.pipeline import Pipeline, look_up, made_request

PATIENCE = 10
"""Looks in a row that may fail before the wait is given up; the batch itself goes on, and is found again with
--resume.
"""


CHANGED = "A request of a batch; its words are not those of today's archive, prompts and sources, and were not kept."


class Wanted(NamedTuple):
    """A draft whose first take is wanted."""

    source: Source
    draft_id: str
    repetition: int


class BatchResult(NamedTuple):
    """What a batch brought."""

    answered: int = 0
    failed: tuple[str, ...] = ()
    changed: int = 0
    """Answers to requests that would be made with other words now."""


class Batching:
    """One run's way through a batch endpoint."""

    def __init__(
        self,
        corridor: Pipeline,
        ledger: Ledger,
        client: BatchClient,
        provider: Provider,
        *,
        say: Callable[[str], None],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._corridor = corridor
        self._ledger = ledger
        self._client = client
        self._provider = provider
        self._say = say
        self._sleep = sleep

    async def fill(
        self, wanted: Sequence[Wanted], *, ceilings: Sequence[Ceiling], retry_unknown: bool, fresh: bool = False
    ) -> BatchResult:
        """Have the first takes answered, within these limits; `fresh`: also those that the ledger has another draft's
        answer to.

        Raises LimitError before anything is submitted, and ProviderError where the batch as a whole fails.
        """
        requests = {
            request_hash(self._provider.name, self._provider.model, request): request
            for request in map(self._request, wanted)
        }
        result = BatchResult()
        place = {"run_id": self._ledger.run_id, "provider": self._provider.name, "model": self._provider.model}
        for row in self._ledger.store.open_batches(**place):
            if row.batch_id is None:
                if not retry_unknown:
                    raise PermanentError(
                        f"A batch of {row.requests} requests was being submitted when an earlier run ended; it may "
                        f"have been billed.",
                        "Add --retry-unknown to submit it again.",
                    )
                await self._ledger.store.mark_batch(row.number, "failed")
                continue
            result = _sum(result, await self._collect(row.number, row.batch_id, requests))
        left = self._with_room(self._open(requests, fresh=fresh, retry_unknown=retry_unknown), ceilings)
        if not left or result != BatchResult():
            return result
        number = await self._ledger.store.begin_batch(**place, requests=len(left))
        batch_id = await self._submitted(number, left, ceilings)
        await self._ledger.store.mark_batch(number, "submitted", self._ledger.redaction.masked(batch_id))
        self._say(
            f"Batch {batch_id} of {len(left)} requests is submitted; when this is stopped, --resume goes on waiting "
            f"for it."
        )
        return await self._collect(number, batch_id, left)

    def _request(self, wanted: Wanted) -> Request:
        corridor, settings = self._corridor, self._corridor.settings
        related = look_up(wanted.source, archive=corridor.archive, settings=settings)
        brief = Brief(
            source=wanted.source, related=tuple(related), shape=settings.take, publication=settings.publication
        )
        made = made_request(
            "take",
            corridor.prompts.take(wanted.source, related),
            model=self._provider.model,
            brief=brief,
            settings=settings,
        )
        return made.model_copy(update={"draft_id": wanted.draft_id, "repetition": wanted.repetition})

    async def _submitted(self, number: int, requests: Mapping[str, Request], ceilings: Sequence[Ceiling]) -> str:
        """The id of the batch; it is written down before it goes out."""
        store, row = self._ledger.store, _row_of(number)
        try:
            call = await self._set_aside(row, requests, ceilings)
        except LimitError:
            await store.mark_batch(number, "failed")
            raise
        store.marks.sent(call, row)
        try:
            return await self._client.submit(requests)
        except ProviderError as error:
            # Broken off, or a success status without a batch's id: nobody knows whether it was taken.
            if isinstance(error, TransientError) and error.status in (None, 200):
                await self._finish(call, CallEnd(state="unknown", error=error.what))
            else:
                await self._finish(call, CallEnd(state="failed", error=error.what, cost=0))
                await store.mark_batch(number, "failed")
            raise

    def _open(self, requests: Mapping[str, Request], *, fresh: bool, retry_unknown: bool) -> dict[str, Request]:
        """The requests that may be made: not answered, and not of unknown outcome without the person's word."""
        store = self._ledger.store
        store.reap_orphans()
        known = store.answered_hashes(list(requests))
        if fresh:
            known = {name for name in known if store.answered_hashes([name], draft_id=requests[name].draft_id)}
        known |= set() if retry_unknown else store.answered_hashes(list(requests), states=("unknown", "started"))
        return {name: request for name, request in requests.items() if name not in known}

    def _with_room(self, requests: Mapping[str, Request], ceilings: Sequence[Ceiling]) -> dict[str, Request]:
        """The requests that can't pass the limit of their draft. Of the others that is said where they are asked in the
        ordinary way.
        """
        limits = [ceiling for ceiling in ceilings if ceiling.scope == "draft"]
        most, over = self._most(requests), self._ledger.store.over_draft

        def fits(limit: Ceiling, name: str) -> bool:
            needed = most[name]
            return needed is not None and over(limit, draft_id=requests[name].draft_id, needed=needed) is None

        return {name: request for name, request in requests.items() if all(fits(limit, name) for limit in limits)}

    def _most(self, requests: Mapping[str, Request]) -> dict[str, int | None]:
        """The most that each may cost in a batch, half of what it may cost alone; None without a price."""
        tariff = tariff_of(self._provider.name, self._provider.model, self._ledger.settings)
        alone = {name: reservation(request, tariff) for name, request in requests.items()}
        return {name: None if cost is None else -(-cost // 2) for name, cost in alone.items()}

    async def _set_aside(self, row: str, requests: Mapping[str, Request], ceilings: Sequence[Ceiling]) -> int:
        """The number of the row that keeps the money for a batch. Raises LimitError where a limit of the run or the day
        could be passed.
        """
        store, most = self._ledger.store, self._most(requests)
        known = [cost for cost in most.values() if cost is not None]
        needed = sum(known) if len(known) == len(most) else None
        start = self._start("", hashed=row, task=BATCH, prompt=f"A batch of {len(requests)} requests.", reserved=needed)
        terms = Terms(ceilings=tuple(ceiling for ceiling in ceilings if ceiling.scope != "draft"), remember=False)
        begun = await store.begin_call(start, process_id=self._ledger.process_id, terms=terms)
        if begun.over is not None:
            raise limit_error(begun.over)
        assert begun.call_id is not None
        return begun.call_id

    async def _collect(self, number: int, batch_id: str, requests: Mapping[str, Request]) -> BatchResult:
        try:
            await self._wait(batch_id)
        except RefusedBatch as error:
            await self._closed(number, CallEnd(state="failed", error=error.what, cost=0))
            await self._ledger.store.mark_batch(number, "failed")
            raise
        result, most = BatchResult(), self._set_aside_for(number)
        async for name, found in self._client.answers(batch_id):
            request = requests.get(name)
            if isinstance(found, Reply):
                await self._written(name, request, found, most=most)
                result = _sum(result, BatchResult(answered=1) if request is not None else BatchResult(changed=1))
            elif request is not None:
                result = _sum(result, BatchResult(failed=(self._ledger.redaction.masked(found.what),)))
        # From here on its answers' own rows are what it cost.
        await self._closed(number, CallEnd(state="answered", status="complete", cost=0))
        await self._ledger.store.mark_batch(number, "collected")
        return result

    def _rows(self, number: int) -> list[CallRecord]:
        """The rows of the ledger that set money aside for a batch."""
        return [
            call
            for call in self._ledger.store.calls(run_id=self._ledger.run_id)
            if call.start.request_hash == _row_of(number)
        ]

    def _set_aside_for(self, number: int) -> int | None:
        return next((call.start.reserved for call in self._rows(number)), None)

    async def _closed(self, number: int, end: CallEnd) -> None:
        """Give back what was set aside for a batch."""
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
                    error.do = f"Batch {batch_id} goes on at the provider; wait for it with --resume."
                    raise
            await self._sleep(self._corridor.settings.models.batch_poll_seconds)

    async def _written(self, hashed: str, request: Request | None, reply: Reply, *, most: int | None) -> None:
        """A row of the ledger, begun and ended: the answer is here and paid for, so that no limit stands in its way any
        more. That holds also where its request would be made with other words now, as after a change of the archive.
        `most`: what was set aside for the whole batch.
        """
        provider, store = self._provider, self._ledger.store
        tariff = tariff_of(provider.name, provider.model, self._ledger.settings)
        cost = cost_of(reply.usage, tariff, free=False)
        if request is None:
            # Which request it answers is not known any more: it can't have cost more than all of its batch.
            start = self._start("", hashed=hashed, task="take", prompt=CHANGED, reserved=most if cost is None else cost)
        else:
            prompt = f"{request.system}\n\n{request.prompt}"
            alone = self._most({hashed: request})[hashed] if cost is None else cost
            start = self._start(request.draft_id, hashed=hashed, task=request.task, prompt=prompt, reserved=alone)
            start = start.model_copy(
                update={"repetition": request.repetition, "max_output_tokens": request.max_output_tokens}
            )
        begun = await store.begin_call(start, process_id=self._ledger.process_id, terms=Terms(retry_unknown=True))
        if begun.call_id is None:
            return
        end = CallEnd(
            state="answered",
            status=reply.status,
            reply=reply.text,
            stop_reason=reply.stop_reason,
            usage=reply.usage,
            request_id=reply.request_id,
            error=said_of(reply.doubt),
            cost=cost,
        )
        await self._finish(begun.call_id, end)

    async def _finish(self, call: int, end: CallEnd) -> None:
        await self._ledger.store.finish_call(call, self._ledger.redaction.clean(end))

    def _start(self, draft_id: str, *, hashed: str, task: str, prompt: str, reserved: int | None) -> CallStart:
        start = CallStart(
            draft_id=draft_id,
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
    """What stands for the hash in the ledger's row of a batch."""
    return f"batch-{number}"


def _sum(first: BatchResult, second: BatchResult) -> BatchResult:
    return BatchResult(first.answered + second.answered, first.failed + second.failed, first.changed + second.changed)

"""A provider that records every request in the store, before it is sent and when it returns.

The life of a request in RecordedProvider.reply:

1. Equal requests wait for one another, so that the second can read the first one's answer (`Ledger.one_at_a_time`).
2. A row is written (`Ledger.begin`). The store may refuse it instead: because the answer is already there, because
   another process is making the same call, because a limit could be exceeded, or because the outcome of an earlier
   call is unknown.
3. The request waits for a slot (`_acquire_slot`). At most `concurrency` requests hold one, first come, first served.
4. It is marked as sent (`Ledger.sending`), and the provider is called (`_call_provider`).
5. The slot is released and the answer is written, at the same time (`_release_slot`, `_record`).

A batch has more drafts in progress than slots, so that some are looked up or checked while others wait. Rows are
written for half as many requests again as there are slots, so that no slot stays empty during a commit. After a kill,
the marks beside the store (store/sent_marks.py) show that those were not sent.

A request that was sent and whose end is not known (after a kill or a cancelled deadline) is "unknown". It may have been
billed, and is made again only with --retry-unknown.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from typing import NamedTuple

from ourtake import telemetry
from ourtake.config import Settings
from ourtake.documents import Usage
from ourtake.errors import OurtakeError, ProviderError, StoreError
from ourtake.providers.base import FREE, OnText, Provider, Reply, Request
from ourtake.providers.budget import limit_error, reservation
from ourtake.providers.deadline import uncounted
from ourtake.providers.outcomes import answered, failed, not_made, stopped
from ourtake.providers.pricing import Tariff, cost_of, tariff_of
from ourtake.providers.redaction import Redaction, StreamMask
from ourtake.providers.rescue import rescued
from ourtake.store import Store
from ourtake.store.calls import Begun, CallEnd, CallRecord, CallStart, Terms
from ourtake.store.failpoints import failpoint

AGAIN = "A call whose outcome is unknown was made again; both may have been billed."
REMEMBERED = "An answer was in the ledger and was not paid for again; --fresh asks again."
_STOPPED = "Stopped before it was sent."
_PATIENCE = 60.0
"""Seconds to wait for another process that is making the same call."""
_LOOK_AGAIN = 0.5
"""Seconds between two looks at the store."""
_log = logging.getLogger(__name__)


class Ledger:
    """What the providers of one run share: the store, the run's id, its terms, and which requests are under way.

    `rescues` counts the answers that the store could not take. `untold` has the sentences that say where those answers
    are, as long as they have not been printed. `on_reused` is called with a draft's id and a call whenever the draft
    uses an answer that another draft paid for.
    """

    def __init__(
        self,
        store: Store,
        settings: Settings | None = None,
        *,
        run_id: str = "",
        process_id: int | None = None,
        terms: Terms | None = None,
    ) -> None:
        settings = settings or Settings()
        self.store = store
        self.settings = settings
        self.run_id = run_id
        self.process_id = store.enroll() if process_id is None else process_id
        self.redaction = Redaction(settings)
        self.stopping = asyncio.Event()
        self.rescues = 0
        self.untold: list[str] = []
        self.on_reused: Callable[[str, CallRecord], None] | None = None
        self._terms = terms or Terms()
        self._waiting: dict[str, tuple[asyncio.Lock, int]] = {}
        self._hashes: dict[int, str] = {}
        self._settled = asyncio.Event()

    @asynccontextmanager
    async def one_at_a_time(self, hashed: str) -> AsyncIterator[None]:
        """Hold the lock for requests with this hash, so that equal requests are made one after the other."""
        lock, waiting = self._waiting.get(hashed, (asyncio.Lock(), 0))
        self._waiting[hashed] = lock, waiting + 1
        try:
            async with uncounted():
                await lock.acquire()
            try:
                yield
            finally:
                lock.release()
        finally:
            _, waiting = self._waiting.pop(hashed)
            if waiting > 1:
                self._waiting[hashed] = lock, waiting - 1

    async def begin(self, start: CallStart, *, remember: bool) -> Begun:
        """Write the row of a call, or learn why not (see store/ledger.py). Raises CancelledError if the run is
        stopping, because no new call is made then.
        """
        if self.stopping.is_set():
            raise asyncio.CancelledError
        terms = self._terms._replace(remember=remember)
        writing = asyncio.ensure_future(
            self.store.begin_call(self.redaction.clean(start), process_id=self.process_id, terms=terms)
        )
        try:
            async with uncounted():
                begun = await asyncio.shield(writing)
        except asyncio.CancelledError:
            # The row is written all the same. It is closed, so that it does not count as unknown.
            begun = await writing
            if begun.call_id is not None:
                self._hashes[begun.call_id] = start.request_hash
                end = CallEnd(state="failed", error=_STOPPED, cost=0)
                await asyncio.shield(self.finish(begun.call_id, end))
            raise
        if begun.call_id is not None:
            self._hashes[begun.call_id] = start.request_hash
        return begun

    async def finish(self, call: int, end: CallEnd) -> None:
        """Write down how a call ended. Raises StoreError if the store can't be written; its message says in which file
        the answer was kept.
        """
        clean = self.redaction.clean(end)
        hashed = self._hashes.pop(call)
        try:
            await self.store.finish_call(call, clean)
        except StoreError as error:
            if clean.reply is None:
                raise
            self.rescues += 1
            kept = StoreError(*rescued(call, clean, request_hash=hashed, reason=error.what))
            self.untold.append(str(kept))
            raise kept from error
        finally:
            self._settled.set()
            self._settled = asyncio.Event()

    def sending(self, call: int) -> None:
        """Mark the call as sent: from here on, it may be billed. Raises StoreError if that can't be written down."""
        self.store.marks.sent(call, self._hashes[call])

    def holds(self, provider: Provider, request: Request) -> bool:
        """Whether this provider has already answered the request for this draft."""
        hashed = request_hash(provider.name, provider.model, request)
        return bool(self.store.answered_hashes([hashed], draft_id=request.draft_id))

    async def settled(self) -> None:
        """Wait until a call of this run has ended and its reservation is released. The wait is short, because a call of
        another process may end as well.
        """
        with suppress(TimeoutError):
            await asyncio.wait_for(self._settled.wait(), _LOOK_AGAIN)


class _Shown(NamedTuple):
    """What is shown of an answer while it arrives: its pieces with the secrets masked. `pieces` keeps them unmasked."""

    on_text: OnText
    mask: StreamMask
    pieces: list[str]

    def add(self, piece: str) -> None:
        self.pieces.append(piece)
        if not piece:
            self.mask.end()  # An empty piece withdraws the answer, and what the mask still holds back belongs to it.
            self.on_text("")
        elif shown := self.mask.add(piece):
            self.on_text(shown)

    def end(self) -> None:
        if rest := self.mask.end():
            self.on_text(rest)


class _Answer(NamedTuple):
    """The answer to a call, and how the call ended. `releasing` is the task that releases the call's slot."""

    call: int
    reply: Reply
    end: CallEnd
    releasing: asyncio.Task[None]


class RecordedProvider:
    """A provider with a row in the store for each request, and at most `concurrency` requests under way. If there is a
    `gate` (such as a rate limiter), each request enters it before it is sent, and leaves it when it returns.
    """

    def __init__(
        self,
        provider: Provider,
        ledger: Ledger,
        *,
        concurrency: int = 1,
        gate: Callable[[], AbstractAsyncContextManager[None]] | None = None,
    ) -> None:
        self.name = provider.name
        self.model = provider.model
        self._provider = provider
        self._ledger = ledger
        self._gate = gate
        self._slots = asyncio.Semaphore(concurrency)
        self._rows = asyncio.Semaphore(concurrency + concurrency // 2)
        # A reference to each task until it ends: the event loop keeps none.
        self._releasing: set[asyncio.Task[None]] = set()

    async def reply(self, request: Request, *, on_text: OnText | None = None) -> Reply:
        """See Provider. Nothing is sent if the row can't be written (StoreError), if a limit could be exceeded
        (LimitError), or if the outcome of the same call is unknown (UnknownCallError).
        """
        tariff = tariff_of(self.name, self.model, self._ledger.settings)
        start = call_start(self, request, run_id=self._ledger.run_id, reserved=reservation(request, tariff))
        async with self._ledger.one_at_a_time(start.request_hash):
            waited = 0.0
            while True:
                begun, answer = await self._attempt(start, request, tariff, on_text)
                if answer is not None:
                    reply = await self._record(answer, again=bool(begun.unknown))
                    await _released(answer.releasing)
                    return reply
                if begun.answered is not None:
                    return self._remembered(begun.answered, start, on_text)
                if begun.over is not None:
                    # Near a limit: a call that is under way may release enough of its reservation.
                    if not begun.over.may_pass():
                        raise limit_error(begun.over)
                    async with uncounted():
                        await self._ledger.settled()
                elif begun.held_by and waited < _PATIENCE:
                    # Another process is making the same call: wait for its answer.
                    waited += _LOOK_AGAIN
                    async with uncounted():
                        await asyncio.sleep(_LOOK_AGAIN)
                else:
                    raise not_made(begun)

    async def _attempt(
        self, start: CallStart, request: Request, tariff: Tariff | None, on_text: OnText | None
    ) -> tuple[Begun, _Answer | None]:
        """Write the row of a call and make the call. The answer is None if the store refused the row."""
        async with uncounted():
            await self._rows.acquire()
        try:
            begun = await self._ledger.begin(start, remember=self.name not in FREE)
            if begun.call_id is None:
                return begun, None
            failpoint("row-written")
            return begun, await self._make(begun.call_id, request, tariff, on_text)
        finally:
            # Released as soon as the answer is in: the next call need not wait until this one is on the disk.
            self._rows.release()

    async def _make(self, call: int, request: Request, tariff: Tariff | None, on_text: OnText | None) -> _Answer:
        """Make a call whose row is written. Its slot is released in a task of its own: that can take long if a server
        is away, and the answer must be written meanwhile.
        """
        slot = await self._acquire_slot(call)
        try:
            reply, end = await self._call_provider(call, request, tariff, on_text)
        except BaseException as error:
            await _released(self._release_slot(slot, error))
            raise
        return _Answer(call, reply, end, self._release_slot(slot, None))

    async def _acquire_slot(self, call: int) -> AsyncExitStack:
        """Wait for a slot and for the gate. If that fails, the call is closed as not sent."""
        async with AsyncExitStack() as slot:
            try:
                async with uncounted():
                    await slot.enter_async_context(self._slots)
                    if self._gate is not None:
                        await slot.enter_async_context(self._gate())
            except BaseException as error:
                await slot.aclose()
                why = _STOPPED if isinstance(error, asyncio.CancelledError) else f"Not sent: {error}"
                await asyncio.shield(self._ledger.finish(call, CallEnd(state="failed", error=why, cost=0)))
                raise
            return slot.pop_all()

    def _release_slot(self, slot: AsyncExitStack, error: BaseException | None) -> asyncio.Task[None]:
        """Release a slot, in a task that continues even if the caller is cancelled. `error`: how the call ended, if it
        failed. If the release fails, that is only logged, because it says nothing about the call.
        """

        async def release() -> None:
            try:
                await slot.__aexit__(type(error) if error else None, error, error.__traceback__ if error else None)
            except OurtakeError as failure:
                _log.warning("The slot of a call to %s was not released. %s", self.name, failure)

        releasing = asyncio.create_task(release())
        self._releasing.add(releasing)
        releasing.add_done_callback(self._releasing.discard)
        return releasing

    async def _call_provider(
        self, call: int, request: Request, tariff: Tariff | None, on_text: OnText | None
    ) -> tuple[Reply, CallEnd]:
        """Send the request. Returns the reply and how the call ended; the caller writes that down. If the call fails or
        is cancelled, that is written down here.
        """
        self._ledger.sending(call)
        failpoint("before-call")
        begun, pieces = time.monotonic(), list[str]()
        redaction = self._ledger.redaction
        shown = None if on_text is None else _Shown(on_text, redaction.stream(), pieces)
        try:
            reply = redaction.clean(await self._traced(request, shown and shown.add))
            if shown is not None:
                shown.end()
        except ProviderError as error:
            error.what, error.do = redaction.masked(error.what), redaction.masked(error.do)
            await self._ledger.finish(call, failed(error, "".join(pieces), time.monotonic() - begun))
            raise
        except asyncio.CancelledError:
            await asyncio.shield(self._ledger.finish(call, stopped("".join(pieces), time.monotonic() - begun)))
            raise
        failpoint("after-receiving")
        cost = cost_of(reply.usage, tariff, free=self.name in FREE)
        return reply, answered(reply, time.monotonic() - begun, cost)

    async def _traced(self, request: Request, on_text: OnText | None) -> Reply:
        """The provider's reply, inside a span for tracing."""
        name, model = self.name, self.model
        most, heat = request.max_output_tokens, request.temperature
        with telemetry.model_call(name, model, max_tokens=most, temperature=heat, task=request.task) as span:
            reply = await self._provider.reply(request, on_text=on_text)
            span.answered(reply.request_id, reply.stop_reason, reply.usage.input_tokens, reply.usage.output_tokens)
            return reply

    async def _record(self, answer: _Answer, *, again: bool) -> Reply:
        """Write the answer down, and return the reply with its notes."""
        notes = (*answer.reply.notes, *([AGAIN] if again else []))
        try:
            async with uncounted():
                await self._ledger.finish(answer.call, answer.end)
        except StoreError as error:
            # The answer is here and paid for, so it is used. A note says in which file it was kept.
            notes = (*notes, str(error))
        failpoint("after-commit")
        return answer.reply.model_copy(update={"notes": notes})

    def _remembered(self, record: CallRecord, start: CallStart, on_text: OnText | None) -> Reply:
        """The answer that the ledger has. If another draft paid for it, its usage is not counted again in this one."""
        end = record.end
        assert end is not None
        own = record.start.draft_id == start.draft_id
        if not own and self._ledger.on_reused is not None:
            self._ledger.on_reused(start.draft_id, record)
        reply = Reply.model_validate(
            {
                "status": end.status,
                "text": end.reply or "",
                "stop_reason": end.stop_reason,
                "usage": end.usage if own else Usage(),
                "model": self.model,
                "request_id": end.request_id,
                "notes": () if own else (REMEMBERED,),
            }
        )
        if on_text is not None:
            on_text("")
            on_text(reply.text)
        return reply

    async def close(self) -> None:
        """Close connections."""
        await self._provider.close()


async def _released(releasing: asyncio.Task[None]) -> None:
    async with uncounted():
        await asyncio.shield(releasing)


def call_start(provider: Provider, request: Request, *, run_id: str, reserved: int | None) -> CallStart:
    """The row of a request to a provider. `reserved`: the most that it may cost, None without a price."""
    hashed = request_hash(provider.name, provider.model, request)
    same = request.model_dump(include={"draft_id", "task", "repetition", "max_output_tokens"})
    asked = {"provider": provider.name, "model": provider.model, "prompt": f"{request.system}\n\n{request.prompt}"}
    return CallStart(run_id=run_id, request_hash=hashed, reserved=reserved, **asked, **same)


def request_hash(provider: str, model: str, request: Request) -> str:
    """A hash of everything that determines an answer. The draft that it is for does not."""
    parts: list[object] = [provider, model, request.task, request.system, request.prompt, request.json_schema]
    parts += [request.max_output_tokens, request.repetition, request.repair_round, request.temperature, request.effort]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()

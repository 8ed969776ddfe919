"""A provider whose every request is written down before it is made and when it returns, and whose answers are read back
when asked again.

A request that was sent and whose end is not known (a kill, a cancelled deadline) is "unknown": it may have been billed,
and is made again only with --retry-unknown. At most `concurrency` requests are under way at once, first come, first
served; a batch keeps more drafts in hand than that, so that one is looked up or checked while another waits for its
answer. Equal requests wait for one another: the second reads the first one's answer. Half as many rows again are
written ahead, for calls that wait for a place: a commit must not leave a place empty. A mark beside the store
(store/sent_marks.py) tells after a kill that those were not sent.
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
from ourtake.providers.outcomes import failed, not_made
from ourtake.providers.pricing import Tariff, cost_of, tariff_of
from ourtake.providers.redaction import Redaction
from ourtake.providers.rescue import rescued
from ourtake.providers.usage import said_of
from ourtake.store import Store
from ourtake.store.calls import Begun, CallEnd, CallRecord, CallStart, Terms
from ourtake.store.failpoints import failpoint

AGAIN = "A call whose outcome is unknown was made again; both may have been billed."
REMEMBERED = "An answer was in the ledger and was not paid for again; --fresh asks again."
_STOPPED = "Stopped before it was sent."
_PATIENCE = 60.0
"""Seconds that another process's call of the same request is waited for."""
_LOOK_AGAIN = 0.5
_log = logging.getLogger(__name__)


class Ledger:
    """What the providers of one run share: the store, whose run it is, its terms, and which requests are under way.

    `rescues` counts the answers that the store could not take. `untold` has the sentences that say where those are and
    that were not printed yet. `on_reused` is told of each answer of another draft that is used: the draft's id and the
    call.
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
    async def alone(self, hashed: str) -> AsyncIterator[None]:
        """Equal requests go one after the other."""
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
        """See store/ledger.py. Raises CancelledError in a run that is stopping: no new call is made."""
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
        """Write down how a call ended. Raises StoreError, naming where the answer was kept, when the store can't be
        written.
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
        """The call goes out now: from here on it may be billed. Raises StoreError when that can't be written down."""
        self.store.marks.sent(call, self._hashes[call])

    def holds(self, provider: Provider, request: Request) -> bool:
        """Whether this provider has answered the request for this draft already."""
        hashed = request_hash(provider.name, provider.model, request)
        return bool(self.store.answered_hashes([hashed], draft_id=request.draft_id))

    async def settled(self) -> None:
        """Wait until a call of this run has ended and given back what it did not use; not for long, since another
        process's may, too.
        """
        with suppress(TimeoutError):
            await asyncio.wait_for(self._settled.wait(), _LOOK_AGAIN)


class _Answer(NamedTuple):
    """`leaving` gives back the place of the call."""

    call: int
    reply: Reply
    end: CallEnd
    leaving: asyncio.Task[None]


class RecordedProvider:
    """A provider with a row in the store for each request, and a limit to how many are under way; `gate` is the way
    out that it waits for, and holds as long as it is under way.
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
        self._places = asyncio.Semaphore(concurrency)
        self._rows = asyncio.Semaphore(concurrency + concurrency // 2)
        self._leaving: set[asyncio.Task[None]] = set()

    async def reply(self, request: Request, *, on_text: OnText | None = None) -> Reply:
        """See Provider; asks nothing when the row can't be written (StoreError), a limit could be passed (LimitError),
        or the outcome of the same call is unknown (UnknownCallError).
        """
        tariff = tariff_of(self.name, self.model, self._ledger.settings)
        start = self._start(request, reserved=reservation(request, tariff))
        async with self._ledger.alone(start.request_hash):
            waited = 0.0
            while True:
                async with uncounted():
                    await self._rows.acquire()
                try:
                    begun = await self._ledger.begin(start, remember=self.name not in FREE)
                    answer = None
                    if begun.call_id is not None:
                        failpoint("row-written")
                        answer = await self._asked(begun.call_id, request, tariff, on_text)
                finally:
                    # Free as soon as the answer is in: the next call need not wait until this one is on the disk.
                    self._rows.release()
                if answer is not None:
                    reply = await self._written(answer, again=bool(begun.unknown))
                    await _left(answer.leaving)
                    return reply
                if begun.answered is not None:
                    return self._remembered(begun.answered, start, on_text)
                if begun.over is not None:
                    if not begun.over.may_pass():
                        raise limit_error(begun.over)
                    async with uncounted():
                        await self._ledger.settled()
                elif begun.held_by and waited < _PATIENCE:
                    waited += _LOOK_AGAIN
                    async with uncounted():
                        await asyncio.sleep(_LOOK_AGAIN)
                else:
                    raise not_made(begun)

    async def _asked(self, call: int, request: Request, tariff: Tariff | None, on_text: OnText | None) -> _Answer:
        """The answer to a call whose row is written. Its place is given back at the same time, which may take long
        where a server is away: nothing waits for that before the answer is written.
        """
        held = await self._place(call)
        try:
            reply, end = await self._ask(call, request, tariff, on_text)
        except BaseException as error:
            await _left(self._leave(held, error))
            raise
        return _Answer(call, reply, end, self._leave(held, None))

    async def _place(self, call: int) -> AsyncExitStack:
        """One of the places for calls under way, for a call whose row is written; the gate is open when it is given."""
        async with AsyncExitStack() as held:
            try:
                async with uncounted():
                    await held.enter_async_context(self._places)
                    if self._gate is not None:
                        await held.enter_async_context(self._gate())
            except BaseException as error:
                await held.aclose()
                why = _STOPPED if isinstance(error, asyncio.CancelledError) else f"Not sent: {error}"
                await asyncio.shield(self._ledger.finish(call, CallEnd(state="failed", error=why, cost=0)))
                raise
            return held.pop_all()

    def _leave(self, held: AsyncExitStack, error: BaseException | None) -> asyncio.Task[None]:
        """Give a place back, in a task that goes on whatever becomes of its caller; `error`: how the call ended. What
        fails is logged: it says nothing about the call.
        """

        async def leave() -> None:
            try:
                await held.__aexit__(type(error) if error else None, error, error.__traceback__ if error else None)
            except OurtakeError as failure:
                _log.warning("The place of a call to %s was not given back. %s", self.name, failure)

        leaving = asyncio.create_task(leave())
        self._leaving.add(leaving)
        leaving.add_done_callback(self._leaving.discard)
        return leaving

    async def _ask(
        self, call: int, request: Request, tariff: Tariff | None, on_text: OnText | None
    ) -> tuple[Reply, CallEnd]:
        self._ledger.sending(call)
        failpoint("before-call")
        begun, pieces = time.monotonic(), list[str]()
        redaction = self._ledger.redaction
        mask = redaction.stream()

        def seen(piece: str) -> None:
            pieces.append(piece)
            shown = mask.add(piece) if piece else ""
            if not piece:
                mask.end()  # what was held back belongs to an answer that did not hold
            if on_text is not None and (shown or not piece):
                on_text(shown)

        try:
            reply = redaction.clean(await self._sent(request, None if on_text is None else seen))
            if on_text is not None and (rest := mask.end()):
                on_text(rest)
        except ProviderError as error:
            error.what, error.do = redaction.masked(error.what), redaction.masked(error.do)
            await self._ledger.finish(call, failed(error, "".join(pieces), time.monotonic() - begun))
            raise
        except asyncio.CancelledError:
            end = CallEnd(
                state="unknown",
                error="Stopped before an answer arrived.",
                reply="".join(pieces) or None,
                usage=Usage(calls=1),
            )
            await asyncio.shield(
                self._ledger.finish(call, end.model_copy(update={"seconds": time.monotonic() - begun}))
            )
            raise
        failpoint("after-receiving")
        end = CallEnd(
            state="answered",
            status=reply.status,
            reply=reply.text,
            stop_reason=reply.stop_reason,
            usage=reply.usage,
            request_id=reply.request_id,
            error=said_of(reply.doubt),
            seconds=time.monotonic() - begun,
            cost=cost_of(reply.usage, tariff, free=self.name in FREE),
        )
        return reply, end

    async def _sent(self, request: Request, on_text: OnText | None) -> Reply:
        """The provider's reply, with a span for whoever traces calls."""
        name, model = self.name, self.model
        most, heat = request.max_output_tokens, request.temperature
        with telemetry.model_call(name, model, max_tokens=most, temperature=heat, task=request.task) as span:
            reply = await self._provider.reply(request, on_text=on_text)
            span.answered(reply.request_id, reply.stop_reason, reply.usage.input_tokens, reply.usage.output_tokens)
            return reply

    async def _written(self, answer: _Answer, *, again: bool) -> Reply:
        notes = (*answer.reply.notes, *([AGAIN] if again else []))
        try:
            async with uncounted():
                await self._ledger.finish(answer.call, answer.end)
        except StoreError as error:
            # The answer is here and paid for: it is used, and a note says where it was kept.
            notes = (*notes, str(error))
        failpoint("after-commit")
        return answer.reply.model_copy(update={"notes": notes})

    def _remembered(self, record: CallRecord, start: CallStart, on_text: OnText | None) -> Reply:
        """The answer that the ledger holds. What another draft paid for is not counted again in this one."""
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

    def _start(self, request: Request, *, reserved: int | None) -> CallStart:
        hashed = request_hash(self.name, self.model, request)
        same = request.model_dump(include={"draft_id", "task", "repetition", "max_output_tokens"})
        asked = {"provider": self.name, "model": self.model, "prompt": f"{request.system}\n\n{request.prompt}"}
        return CallStart(run_id=self._ledger.run_id, request_hash=hashed, reserved=reserved, **asked, **same)

    async def close(self) -> None:
        """Close connections."""
        await self._provider.close()


async def _left(leaving: asyncio.Task[None]) -> None:
    async with uncounted():
        await asyncio.shield(leaving)


def request_hash(provider: str, model: str, request: Request) -> str:
    """A hash of all that determines an answer; whose draft it is for does not."""
    parts: list[object] = [provider, model, request.task, request.system, request.prompt, request.json_schema]
    parts += [request.max_output_tokens, request.repetition, request.repair_round, request.temperature, request.effort]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()

"""A provider whose every request is written down before it is made and when it returns.

A request that was sent and whose end nobody saw (a kill, a cancelled deadline) is "unknown": it may have been billed. At most `concurrency`
requests are under way at once, first come, first served; a batch keeps more drafts in hand than that, so that one is looked up or checked
while another waits for its answer.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import time

from ourtake.documents import Usage
from ourtake.errors import ProviderError, StoreError, TransientError
from ourtake.providers.base import OnText, Provider, Reply, Request
from ourtake.providers.deadline import uncounted
from ourtake.store import Store
from ourtake.store.calls import CallEnd, CallStart


class Ledgered:
    """A provider with a row in the store for each request, and a limit to how many are under way."""

    def __init__(self, provider: Provider, store: Store, *, concurrency: int = 1) -> None:
        self.name = provider.name
        self.model = provider.model
        self._provider = provider
        self._store = store
        self._attempts: dict[str, int] = {}
        self._places = asyncio.Semaphore(concurrency)

    async def reply(self, request: Request, *, on_text: OnText | None = None) -> Reply:
        """See Provider; raises StoreError when the row can't be written, and then asks nothing."""
        hashed = request_hash(self.name, self.model, request)
        key = request.draft_id + hashed
        pieces: list[str] = []

        def seen(piece: str) -> None:
            # What arrived of an answer that never became whole is evidence of what was paid for.
            pieces.append(piece)
            if on_text is not None:
                on_text(piece)

        async with uncounted():
            await self._places.acquire()
        try:
            async with uncounted():
                call = await self._begun(self._start(request, hashed=hashed, key=key))
            begun = time.monotonic()
            try:
                reply = await self._provider.reply(request, on_text=seen if on_text is not None else None)
            except ProviderError as error:
                # No status at all means that the connection broke after the request had gone out: nobody knows what was billed.
                lost = isinstance(error, TransientError) and error.status is None
                await self._end(call, begun, state="unknown" if lost else "failed", error=str(error), pieces=pieces)
                raise
            except asyncio.CancelledError:
                await asyncio.shield(self._end(call, begun, state="unknown", error="Stopped before an answer arrived.", pieces=pieces))
                raise
        finally:
            # The place is free as soon as the answer is in: the next call need not wait until this one is on the disk.
            self._places.release()
        end = CallEnd(
            state="answered",
            status=reply.status,
            reply=reply.text,
            stop_reason=reply.stop_reason,
            usage=reply.usage,
            request_id=reply.request_id,
            seconds=time.monotonic() - begun,
        )
        self._attempts.pop(key, None)
        try:
            async with uncounted():
                await self._store.finish_call(call, end)
        except StoreError as error:
            # The answer is here and paid for; its row stays "started", and the person is told.
            return reply.model_copy(update={"notes": (*reply.notes, f"The end of a call could not be written down: {error.what}")})
        return reply

    async def _begun(self, start: CallStart) -> int:
        """The row's number. Cancelled while it is being written, the row says that nothing was sent."""
        writing = asyncio.ensure_future(self._store.start_call(start))
        try:
            return await asyncio.shield(writing)
        except asyncio.CancelledError:
            await asyncio.shield(self._end(await writing, time.monotonic(), state="failed", error="Stopped before it was sent.", pieces=[]))
            raise

    def _start(self, request: Request, *, hashed: str, key: str) -> CallStart:
        self._attempts[key] = attempt = self._attempts.get(key, 0) + 1
        return CallStart(
            draft_id=request.draft_id,
            provider=self.name,
            model=self.model,
            task=request.task,
            attempt=attempt,
            request_hash=hashed,
            prompt=f"{request.system}\n\n{request.prompt}",
        )

    async def _end(self, call: int, begun: float, *, state: str, error: str, pieces: list[str]) -> None:
        seconds = time.monotonic() - begun
        values = {"state": state, "error": error, "reply": "".join(pieces) or None, "usage": Usage(calls=1), "seconds": seconds}
        end = CallEnd.model_validate(values)
        await self._store.finish_call(call, end)

    async def close(self) -> None:
        """Close connections."""
        await self._provider.close()


def request_hash(provider: str, model: str, request: Request) -> str:
    """A hash of all that determines an answer."""
    parts = [provider, model, request.task, request.system, request.prompt, request.json_schema, request.max_output_tokens]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()

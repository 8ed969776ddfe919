"""Sentence vectors from a server that speaks OpenAI's embeddings.

Look-up is not a coroutine, but may be called from one, so the calls run on a thread with its own event loop. A text
that the server finds too long is cut in half, a list that it finds too long is sent in halves; the sizes that fit are
remembered for the run.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import os
import re
import threading
import time
from collections.abc import Coroutine, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy

from ourtake.documents import Payload, Usage
from ourtake.errors import PermanentError, ProviderError, TransientError
from ourtake.providers.base import ProviderInfo
from ourtake.providers.budget import FRAME, limit_error
from ourtake.providers.exchange import plain_error
from ourtake.providers.http import JsonClient, http_client, json_answer, table
from ourtake.providers.ledger import Ledger
from ourtake.providers.openai import account_headers
from ourtake.providers.outcomes import failed
from ourtake.providers.pricing import cost_of, most, tariff_of
from ourtake.providers.rate import guessed_tokens
from ourtake.providers.retry import Retrier
from ourtake.providers.usage import counted, said_of
from ourtake.store.calls import CallEnd, CallStart
from ourtake.text.counts import count_of

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

MOST_BYTES = 32_000_000
"""Of one answer: 32 vectors of 3,072 numbers as JSON text are some 2 MB."""

LEAST_CHARACTERS = 500
_TOO_MANY = re.compile(r"batch[ _]size|too many (?:inputs|texts|items)|array.{0,40}(?:long|max)", re.IGNORECASE)
_TOO_LONG = re.compile(
    r"too (?:long|large)|context|maximum|max(?:imum)?[ _](?:length|tokens|seq)|less than \d+ tokens|exceed",
    re.IGNORECASE,
)


class _Answer(NamedTuple):
    """The vectors, and the tokens that they took; `doubt`: see Counted."""

    found: NDArray[float32]
    usage: Usage
    doubt: str


class EmbeddingServer:
    """One model on one server. `paid`: a server that wants a key is taken for one that sends a bill. In a `hurry`, a
    call does not wait for money that is set aside to be given back.
    """

    def __init__(
        self, name: str, *, base_url: str, key_name: str, retrier: Retrier, ledger: Ledger | None, hurry: bool = False
    ) -> None:
        self.name = name
        self.paid = bool(key_name)
        self._provider, _, self._model = name.partition(":")
        self._info = ProviderInfo(self._provider, self._model, key_name or "the server's key", base_url)
        self._base_url = base_url
        self._headers = {"authorization": f"Bearer {os.environ.get(key_name, '') or 'none'}"}
        if self._provider == "openai":
            self._headers |= account_headers()
        self._retrier = retrier
        self._hurry = hurry
        self._ledger = ledger
        self._characters: int | None = None
        self._together: int | None = None
        self._loop = _LoopThread()
        self._client: JsonClient | None = None

    def vectors(self, texts: Sequence[str], *, query: bool = False) -> NDArray[float32]:
        """See Embedder. Raises ProviderError."""
        parts = []
        rest = list(texts)
        while rest:
            part = rest[: self._together]
            try:
                cut = [text[: self._characters] for text in part]
                parts.append(self._loop.run(self._asked(cut, task="embed-source" if query else "embed")))
            except ProviderError as error:
                if not self._learned(error, part):
                    raise
                continue
            rest = rest[len(part) :]
        if len({part.shape[1] for part in parts}) > 1:
            raise self._no_vectors("vectors of different lengths")
        return numpy.concatenate(parts)

    def _learned(self, error: ProviderError, part: list[str]) -> bool:
        """Whether a refusal says that the texts, or the list of them, were too long; what fits is then tried next."""
        status = error.status if isinstance(error, PermanentError | TransientError) else None
        if status not in (400, 413, 422, 500):
            return False
        if _TOO_MANY.search(error.what) and len(part) > 1 and "physical" not in error.what:
            self._together = len(part) // 2
            return True
        longest = min(self._characters or len(max(part, key=len)), len(max(part, key=len)))
        if (_TOO_LONG.search(error.what) or status == 413) and longest > LEAST_CHARACTERS:
            self._characters = longest // 2
            return True
        return False

    async def _asked(self, texts: list[str], *, task: str) -> NDArray[float32]:
        tokens = guessed_tokens("".join(texts))
        answer, _ = await self._retrier.answer(tokens, lambda: self._written_down(texts, task=task))
        return answer.found

    async def _written_down(self, texts: list[str], *, task: str) -> _Answer:
        """One request, with a row in the ledger before it is made and when it ends. Raises LimitError when a limit
        could be passed.
        """
        if self._ledger is None:
            return await self._ask(texts)
        tariff = tariff_of(self._provider, self._model, self._ledger.settings)
        # No token is shorter than a byte (budget.py); vectors are not billed as output.
        tokens = sum(len(text.encode()) for text in texts) + FRAME
        reserved = None if tariff is None else most(tariff, sent=tokens, received=0)
        start = self._start(texts, task=task, run_id=self._ledger.run_id, reserved=reserved)
        call = await self._begun(self._ledger, start)
        begun = time.monotonic()
        end = CallEnd(state="unknown", error="Stopped before an answer arrived.", usage=Usage(calls=1))
        try:
            answer = await self._ask(texts)
            cost, doubt = cost_of(answer.usage, tariff, free=False), said_of(answer.doubt)
            end = CallEnd(state="answered", status="complete", usage=answer.usage, cost=cost, error=doubt)
            return answer
        except ProviderError as error:
            end = failed(error, "", 0.0)
            raise
        finally:
            end = end.model_copy(update={"seconds": time.monotonic() - begun})
            await asyncio.shield(self._ledger.finish(call, end))

    async def _begun(self, ledger: Ledger, start: CallStart) -> int:
        """The call's number in the ledger. Nothing is read back from there: the vectors are the store's, and what has
        one is not asked for.
        """
        while True:
            begun = await ledger.begin(start, remember=False)
            if begun.call_id is not None:
                ledger.sending(begun.call_id)
                return begun.call_id
            # Look-up holds up the very run whose calls could give money back.
            if begun.over is not None and (self._hurry or not begun.over.may_pass()):
                raise limit_error(begun.over)
            await ledger.settled()

    def _start(self, texts: list[str], *, task: str, run_id: str, reserved: int | None) -> CallStart:
        hashed = hashlib.sha256("\x00".join([self.name, *texts]).encode()).hexdigest()
        # The texts are the archive's own or the source's: their beginnings say which they were.
        prompt = "\n".join(text[:80].replace("\n", " ") for text in texts)
        asked = {"provider": self._provider, "model": self._model, "task": task, "request_hash": hashed}
        return CallStart(draft_id="", run_id=run_id, prompt=prompt, reserved=reserved, **asked)

    async def _ask(self, texts: list[str]) -> _Answer:
        if self._client is None:
            client = http_client(self._base_url, most=MOST_BYTES, on_headers=self._retrier.limiter.seen)
            self._client = JsonClient(self._base_url, self._headers, http=client)
        body = {"model": self._model, "input": texts, "encoding_format": "base64"}
        try:
            found = await json_answer(await self._client.post("/embeddings", body=body), self._provider)
        except Exception as error:
            raise plain_error(error, info=self._info) from error
        sent = {"prompt_tokens": table(found.get("usage")).get("prompt_tokens")}
        return _Answer(self._read(found, len(texts)), *counted(sent=sent, received={}, texts=False))

    def _read(self, answer: Payload, count: int) -> NDArray[float32]:
        """The vectors in the order of the texts, of unit length."""
        rows = answer.get("data")
        if not isinstance(rows, list) or len(rows) != count:
            raise self._no_vectors(
                f"{count_of(len(rows), 'vector') if isinstance(rows, list) else 'no vectors'} for "
                f"{count_of(count, 'text')}"
            )
        placed: dict[int, NDArray[float32]] = {}
        for number, row in enumerate(rows):
            if not isinstance(row, dict):
                raise self._no_vectors("something that is not a vector")
            index = row.get("index")
            placed[index if isinstance(index, int) else number] = self._vector(row.get("embedding"))
        if sorted(placed) != list(range(count)):
            raise self._no_vectors("vectors with the same index")
        if len({len(vector) for vector in placed.values()}) > 1:
            raise self._no_vectors("vectors of different lengths")
        found = numpy.stack([placed[number] for number in range(count)])
        lengths = numpy.linalg.norm(found, axis=1, keepdims=True)
        if not numpy.isfinite(found).all() or not numpy.isfinite(lengths).all() or (lengths == 0).any():
            raise self._no_vectors("a vector without a direction (NaN, infinite or all zeros)")
        unit: NDArray[float32] = found / lengths
        return unit

    def _vector(self, given: object) -> NDArray[float32]:
        """Base64 of little-endian float32, which was asked for, or the list of numbers that some servers send all the
        same.
        """
        try:
            if isinstance(given, str):
                return numpy.frombuffer(base64.b64decode(given, validate=True), "<f4").astype(numpy.float32)
            if isinstance(given, list) and given:
                return numpy.array(given, dtype=numpy.float32)
        except (binascii.Error, ValueError, TypeError) as error:
            raise self._no_vectors("something that is not a vector") from error
        raise self._no_vectors("something that is not a vector")

    def _no_vectors(self, what: str) -> ProviderError:
        return TransientError(
            f"{self._provider} sent {what}.", f"Check that {self._model} is an embedding model.", status=200
        )

    def close(self) -> None:
        """Close connections and end the thread."""
        if self._client is not None:
            self._loop.run(self._client.close())
            self._client = None
        self._loop.close()


class _LoopThread:
    """An event loop on a thread of its own, from the first call on."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        """What a coroutine returns. An interruption cancels it."""
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._thread = threading.Thread(target=self._loop.run_forever, name="ourtake-embeddings", daemon=True)
            self._thread.start()
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result()
        except KeyboardInterrupt:
            future.cancel()
            raise

    def close(self) -> None:
        """Stop the loop."""
        if self._loop is not None and self._thread is not None:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()
            self._loop = self._thread = None

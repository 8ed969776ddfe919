"""Many requests at once at half the price, answered within a day: the batch endpoints of OpenAI and Anthropic.

A request is known by the hash that the ledger gives it. A request that a batch does not answer (an error, an expiry)
yields its own error.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any, Protocol

import httpx2

from ourtake.documents import Payload
from ourtake.errors import PermanentError, ProviderError
from ourtake.providers.base import Reply, Request
from ourtake.providers.exchange import ApiProvider, plain_error
from ourtake.providers.faults import fault, fault_in_stream, not_an_answer, said
from ourtake.providers.http import MAX_BATCH_BYTES, decoded, http_client, json_answer, table

Answers = AsyncIterator[tuple[str, Reply | ProviderError]]
_OPENAI_ENDS = ("completed", "expired", "cancelled", "failed")


class RefusedBatch(PermanentError):
    """The provider accepted a batch and then refused it as a whole: nothing was answered, and nothing is billed."""


class BatchClient(Protocol):
    """A provider's batch endpoint."""

    async def submit(self, requests: Mapping[str, Request]) -> str:
        """Submit requests under names, which their answers come back with; return the batch's id."""

    async def ended(self, batch_id: str) -> bool:
        """Whether no more answers will come. Raises RefusedBatch."""

    def answers(self, batch_id: str) -> Answers:
        """Name and reply of each request, or why there is none, in any order."""

    async def close(self) -> None:
        """Close connections."""


class _Batches:
    """`sdk`: the class of the client that knows the provider's batch endpoint."""

    def __init__(self, api: ApiProvider, sdk: Callable[..., Any]) -> None:
        self._api = api
        self._http = http_client(api.info.base_url, most=MAX_BATCH_BYTES)
        self._client = sdk(base_url=str(api.client.base_url), max_retries=0, http_client=self._http)

    async def _answer(self, call: Any) -> Payload:
        try:
            return await json_answer((await call).http_response, self._api.name)
        except Exception as error:
            raise plain_error(error, info=self._api.info) from error

    async def _retrieved(self, call: Any, batch_id: str) -> Payload:
        """What the provider says about a batch."""
        try:
            return await self._answer(call)
        except PermanentError as error:
            if error.status != 404:
                raise
            what = f"{self._api.name} does not know the batch {batch_id} at this address or with this key."
            raise PermanentError(
                what,
                "Use those it was submitted with, or continue with --resume and without --provider-batch.",
                status=404,
            ) from error

    def _id(self, found: Payload) -> str:
        name = found.get("id")
        if not isinstance(name, str) or not name:
            raise not_an_answer(self._api.name)
        return name

    async def _lines(self, path: str) -> AsyncIterator[Payload]:
        """The JSON objects of a file of results, from the provider's own address, whatever address its answer names."""
        try:
            response: httpx2.Response = await self._client.get(path, cast_to=httpx2.Response)
        except Exception as error:
            raise plain_error(error, info=self._api.info) from error
        for line in response.content.splitlines():
            if line.strip():
                try:
                    yield table(decoded(line))
                except (ValueError, RecursionError) as error:
                    raise not_an_answer(self._api.name) from error

    def _reply(self, body: Payload, request_id: str | None = None) -> Reply | ProviderError:
        try:
            reply = self._api.whole(body, request_id)
        except ProviderError as error:
            return error
        return reply.model_copy(update={"usage": reply.usage.model_copy(update={"batch": True})})

    async def close(self) -> None:
        """Close connections."""
        await self._http.aclose()


class OpenAIBatches(_Batches):
    """A file of requests goes up, a file of answers and one of errors come down."""

    def __init__(self, api: ApiProvider) -> None:
        import openai

        super().__init__(api, openai.AsyncOpenAI)

    async def submit(self, requests: Mapping[str, Request]) -> str:
        """See BatchClient."""
        lines = [
            json.dumps(
                {"custom_id": name, "method": "POST", "url": "/v1/responses", "body": self._api.arguments(request)}
            )
            for name, request in requests.items()
        ]
        raw = self._client.files.with_raw_response
        file = await self._answer(raw.create(file=("requests.jsonl", "\n".join(lines).encode()), purpose="batch"))
        made = self._client.batches.with_raw_response
        words = {"input_file_id": self._id(file), "endpoint": "/v1/responses", "completion_window": "24h"}
        return self._id(await self._answer(made.create(**words)))

    async def ended(self, batch_id: str) -> bool:
        """See BatchClient."""
        found = await self._retrieved(self._client.batches.with_raw_response.retrieve(batch_id), batch_id)
        if found.get("status") == "failed":
            reasons = [table(item).get("message") for item in table(found.get("errors")).get("data") or []]
            reason = said({"message": next(filter(None, reasons), "no reason given")}, info=self._api.info)
            raise RefusedBatch(
                f"openai refused the batch: {reason.rstrip('.')}.",
                "Continue with --resume and without --provider-batch.",
            )
        return found.get("status") in _OPENAI_ENDS

    async def answers(self, batch_id: str) -> Answers:
        """See BatchClient."""
        found = await self._answer(self._client.batches.with_raw_response.retrieve(batch_id))
        for file in (found.get("output_file_id"), found.get("error_file_id")):
            if file:
                async for line in self._lines(f"/files/{file}/content"):
                    yield str(line.get("custom_id")), self._one(line)

    def _one(self, line: Payload) -> Reply | ProviderError:
        response = table(line.get("response"))
        status, body = response.get("status_code"), table(response.get("body"))
        if line.get("error") or not response:
            return fault_in_stream(line.get("error"), info=self._api.info)
        if status != 200:
            return fault(status if isinstance(status, int) else 500, body, info=self._api.info)
        return self._reply(body, response.get("request_id"))


class AnthropicBatches(_Batches):
    """Requests go up in one call; results come as lines."""

    def __init__(self, api: ApiProvider) -> None:
        import anthropic

        super().__init__(api, anthropic.AsyncAnthropic)

    async def submit(self, requests: Mapping[str, Request]) -> str:
        """See BatchClient."""
        rows = [{"custom_id": name, "params": self._api.arguments(request)} for name, request in requests.items()]
        return self._id(await self._answer(self._client.messages.batches.with_raw_response.create(requests=rows)))

    async def ended(self, batch_id: str) -> bool:
        """See BatchClient."""
        found = await self._retrieved(self._client.messages.batches.with_raw_response.retrieve(batch_id), batch_id)
        return found.get("processing_status") == "ended"

    async def answers(self, batch_id: str) -> Answers:
        """See BatchClient."""
        async for line in self._lines(f"/v1/messages/batches/{batch_id}/results"):
            yield str(line.get("custom_id")), self._one(table(line.get("result")))

    def _one(self, result: Payload) -> Reply | ProviderError:
        if result.get("type") == "succeeded":
            return self._reply(table(result.get("message")))
        error = table(table(result.get("error")).get("error")) or {
            "type": f"batch_{result.get('type')}",
            "message": "the batch did not answer it",
        }
        return fault_in_stream(error, info=self._api.info)

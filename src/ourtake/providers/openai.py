"""OpenAI, over its Responses API with structured output. Whole is only what ends with status "completed"."""

from __future__ import annotations

import asyncio
import os
from typing import Any

import openai

from ourtake.documents import Payload, Usage, clean_text
from ourtake.providers.base import OnText, Reply, Request
from ourtake.providers.stream import ended_early, events
from ourtake.providers.wire import event_error, http_client, json_answer, made_reply, not_an_answer, plain_error, reading, table, tokens

KEY = "OPENAI_API_KEY"


class OpenAI:
    """One model of OpenAI's. The key and OPENAI_BASE_URL come from the environment."""

    name = "openai"

    def __init__(self, model: str) -> None:
        self.model = model
        self._client = openai.AsyncOpenAI(max_retries=0, http_client=http_client(os.environ.get("OPENAI_BASE_URL")))  # type: ignore[arg-type,unused-ignore]

    async def reply(self, request: Request, *, on_text: OnText | None = None) -> Reply:
        """See Provider."""
        form = {"type": "json_schema", "name": request.task, "schema": request.json_schema, "strict": True}
        arguments: dict[str, Any] = {
            "model": self.model,
            "instructions": request.system,
            "input": request.prompt,
            "max_output_tokens": request.max_output_tokens,
            "text": {"format": form},
            "store": False,
        }
        try:
            if on_text is None:
                # Read from the raw answer: the SDK's own objects accept an error page or null as if they were answers.
                answer = await self._client.responses.with_raw_response.create(**arguments)
                with reading(self.name):
                    return self._read(json_answer(answer.http_response, self.name), answer.headers.get("x-request-id"))
            return await self._stream(arguments, on_text)
        except asyncio.CancelledError:
            raise
        except Exception as error:
            raise plain_error(error, provider=self.name, model=self.model, key_name=KEY) from error

    async def _stream(self, arguments: dict[str, Any], on_text: OnText) -> Reply:
        seen = False
        async with self._client.responses.with_streaming_response.create(**arguments, stream=True) as answer:
            async for event in events(answer.http_response, provider=self.name, model=self.model):
                seen = True
                with reading(self.name):
                    if event.get("type") == "response.output_text.delta":
                        on_text(clean_text(event["delta"]))
                    elif event.get("type") in ("response.completed", "response.incomplete", "response.failed"):
                        return self._read(event["response"], answer.headers.get("x-request-id"))
        raise ended_early(self.name) if seen else not_an_answer(self.name)

    def _read(self, response: Payload, request_id: str | None = None) -> Reply:
        status, output = response.get("status"), response.get("output")
        if status == "failed":
            raise event_error(response.get("error"), provider=self.name, model=self.model)
        if not isinstance(status, str) or not isinstance(output, list):
            raise not_an_answer(self.name)
        messages = [item for item in output if isinstance(item, dict) and item.get("type") == "message"]
        parts = [part for item in messages for part in item.get("content") or [] if isinstance(part, dict)]
        refusals = [part.get("refusal") or "" for part in parts if part.get("type") == "refusal"]
        texts = [part.get("text") or "" for part in parts if part.get("type") == "output_text"]
        reason = table(response.get("incomplete_details")).get("reason")
        return made_reply(
            whole=status == "completed",
            cut=status != "completed",
            refused=bool(refusals) or reason == "content_filter",
            text="".join(refusals or texts),
            stop=reason or status,
            usage=_usage(response),
            model=self.model,
            request_id=request_id,
        )

    async def close(self) -> None:
        """Close connections."""
        await self._client.close()


def _usage(response: Payload) -> Usage:
    used = table(response.get("usage"))
    cached = table(used.get("input_tokens_details")).get("cached_tokens")
    return Usage(
        input_tokens=tokens(used.get("input_tokens")), output_tokens=tokens(used.get("output_tokens")), cached_tokens=tokens(cached), calls=1
    )

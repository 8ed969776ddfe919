"""OpenAI, over its Responses API with structured output. Whole is only what ends with status "completed"."""

from __future__ import annotations

import asyncio
import os
from typing import Any

import openai

from ourtake.documents import Payload, Usage
from ourtake.providers.base import OnText, Reply, Request
from ourtake.providers.wire import http_client, json_answer, made_reply, not_an_answer, plain_error

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
                return self._read(json_answer(answer.http_response, self.name), answer.headers.get("x-request-id"))
            return await self._stream(arguments, on_text)
        except asyncio.CancelledError:
            raise
        except Exception as error:
            raise plain_error(error, provider=self.name, model=self.model, key_name=KEY) from error

    async def _stream(self, arguments: dict[str, Any], on_text: OnText) -> Reply:
        final: Any = None
        pieces: list[str] = []
        async for event in await self._client.responses.create(**arguments, stream=True):
            if event.type == "response.output_text.delta":
                pieces.append(event.delta)
                on_text(event.delta)
            elif event.type in ("response.completed", "response.incomplete", "response.failed"):
                final = event.response
        if final is None:
            # The stream ended without its last event: what arrived is kept as evidence, never as a take.
            return made_reply(
                whole=False,
                cut=True,
                refused=False,
                text="".join(pieces),
                stop=None,
                usage=Usage(calls=1),
                model=self.model,
                request_id=None,
            )
        return self._read(final.model_dump(mode="json", warnings=False))

    def _read(self, response: Payload, request_id: str | None = None) -> Reply:
        status, output = response.get("status"), response.get("output")
        if status is None or not isinstance(output, list):
            raise not_an_answer(self.name)
        messages = [item for item in output if isinstance(item, dict) and item.get("type") == "message"]
        parts = [part for item in messages for part in item.get("content") or [] if isinstance(part, dict)]
        refusals = [part.get("refusal") or "" for part in parts if part.get("type") == "refusal"]
        texts = [part.get("text") or "" for part in parts if part.get("type") == "output_text"]
        reason = (response.get("incomplete_details") or {}).get("reason")
        return made_reply(
            whole=status == "completed",
            cut=status != "completed",
            refused=bool(refusals) or reason == "content_filter",
            text="".join(refusals or texts),
            stop=reason or status,
            usage=_usage(response),
            model=response.get("model") or self.model,
            request_id=request_id,
        )

    async def close(self) -> None:
        """Close connections."""
        await self._client.close()


def _usage(response: Payload) -> Usage:
    used = response.get("usage") or {}
    cached = (used.get("input_tokens_details") or {}).get("cached_tokens") or 0
    return Usage(input_tokens=used.get("input_tokens") or 0, output_tokens=used.get("output_tokens") or 0, cached_tokens=cached, calls=1)

"""OpenAI, over its Responses API with structured output. Whole is only what ends with status "completed"."""

from __future__ import annotations

import asyncio
from typing import Any

import openai

from ourtake.documents import Usage
from ourtake.providers.base import OnText, Reply, Request
from ourtake.providers.wire import http_client, made_reply, not_an_answer, plain_error

KEY = "OPENAI_API_KEY"


class OpenAI:
    """One model of OpenAI's. The key and OPENAI_BASE_URL come from the environment."""

    name = "openai"

    def __init__(self, model: str) -> None:
        self.model = model
        self._client = openai.AsyncOpenAI(max_retries=0, http_client=http_client())  # type: ignore[arg-type,unused-ignore]

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
                return self._read(await self._client.responses.create(**arguments))
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
        return self._read(final)

    def _read(self, response: Any) -> Reply:
        status = getattr(response, "status", None)
        if status is None or not isinstance(getattr(response, "output", None), list):
            raise not_an_answer(self.name)
        parts = [part for item in response.output if getattr(item, "type", "") == "message" for part in item.content or []]
        refusals = [part.refusal for part in parts if getattr(part, "type", "") == "refusal"]
        texts = [part.text for part in parts if getattr(part, "type", "") == "output_text"]
        reason = getattr(response.incomplete_details, "reason", None) if getattr(response, "incomplete_details", None) else None
        filtered = reason == "content_filter"
        return made_reply(
            whole=status == "completed",
            cut=status != "completed",
            refused=bool(refusals) or filtered,
            text="".join(refusals or texts),
            stop=reason or status,
            usage=_usage(response),
            model=getattr(response, "model", None) or self.model,
            request_id=getattr(response, "_request_id", None),
        )

    async def close(self) -> None:
        """Close connections."""
        await self._client.close()


def _usage(response: Any) -> Usage:
    used = getattr(response, "usage", None)
    if used is None:
        return Usage(calls=1)
    details = getattr(used, "input_tokens_details", None)
    cached = getattr(details, "cached_tokens", 0) or 0
    return Usage(input_tokens=used.input_tokens or 0, output_tokens=used.output_tokens or 0, cached_tokens=cached, calls=1)

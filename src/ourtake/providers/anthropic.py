"""Anthropic, over Messages with structured output. Whole is only what ends with stop_reason "end_turn"."""

from __future__ import annotations

import asyncio
import os
from typing import Any

import anthropic

from ourtake.documents import Payload, Usage
from ourtake.providers.base import OnText, Reply, Request
from ourtake.providers.wire import http_client, json_answer, made_reply, not_an_answer, plain_error

KEY = "ANTHROPIC_API_KEY"


class Anthropic:
    """One model of Anthropic's. The key and ANTHROPIC_BASE_URL come from the environment."""

    name = "anthropic"

    def __init__(self, model: str) -> None:
        self.model = model
        self._client = anthropic.AsyncAnthropic(max_retries=0, http_client=http_client(os.environ.get("ANTHROPIC_BASE_URL")))  # type: ignore[arg-type,unused-ignore]

    async def reply(self, request: Request, *, on_text: OnText | None = None) -> Reply:
        """See Provider."""
        arguments: dict[str, Any] = {
            "model": self.model,
            "max_tokens": request.max_output_tokens,
            "system": request.system,
            "messages": [{"role": "user", "content": request.prompt}],
            "output_config": {"format": {"type": "json_schema", "schema": request.json_schema}},
        }
        try:
            if on_text is None:
                answer = await self._client.messages.with_raw_response.create(**arguments, timeout=600)
                return self._read(json_answer(answer.http_response, self.name), answer.headers.get("request-id"))
            return await self._stream(arguments, on_text)
        except asyncio.CancelledError:
            raise
        except Exception as error:
            raise plain_error(error, provider=self.name, model=self.model, key_name=KEY) from error

    async def _stream(self, arguments: dict[str, Any], on_text: OnText) -> Reply:
        pieces: list[str] = []
        stop: str | None = None
        sent = received = cached = 0
        async for event in await self._client.messages.create(**arguments, stream=True):
            if event.type == "message_start":
                sent = event.message.usage.input_tokens or 0
                cached = getattr(event.message.usage, "cache_read_input_tokens", 0) or 0
            elif event.type == "content_block_delta" and event.delta.type == "text_delta":
                pieces.append(event.delta.text)
                on_text(event.delta.text)
            elif event.type == "message_delta":
                stop = event.delta.stop_reason
                received = event.usage.output_tokens or 0
        return self._made("".join(pieces), stop, Usage(input_tokens=sent, output_tokens=received, cached_tokens=cached, calls=1), self.model, None)

    def _read(self, message: Payload, request_id: str | None) -> Reply:
        content = message.get("content")
        if not isinstance(content, list):
            raise not_an_answer(self.name)
        used = message.get("usage") or {}
        usage = Usage(
            input_tokens=used.get("input_tokens") or 0,
            output_tokens=used.get("output_tokens") or 0,
            cached_tokens=used.get("cache_read_input_tokens") or 0,
            calls=1,
        )
        text = "".join(block.get("text") or "" for block in content if isinstance(block, dict) and block.get("type") == "text")
        return self._made(text, message.get("stop_reason"), usage, message.get("model") or self.model, request_id)

    @staticmethod
    def _made(text: str, stop: str | None, usage: Usage, model: str, request_id: str | None) -> Reply:
        whole = stop == "end_turn"
        return made_reply(
            whole=whole, cut=not whole, refused=stop == "refusal", text=text, stop=stop, usage=usage, model=model, request_id=request_id
        )

    async def close(self) -> None:
        """Close connections."""
        await self._client.close()

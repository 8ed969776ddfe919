"""Anthropic, over Messages with structured output. Whole is only what ends with stop_reason "end_turn"."""

from __future__ import annotations

import asyncio
from typing import Any

import anthropic

from ourtake.documents import Usage
from ourtake.providers.base import OnText, Reply, Request
from ourtake.providers.wire import http_client, made_reply, not_an_answer, plain_error

KEY = "ANTHROPIC_API_KEY"


class Anthropic:
    """One model of Anthropic's. The key and ANTHROPIC_BASE_URL come from the environment."""

    name = "anthropic"

    def __init__(self, model: str) -> None:
        self.model = model
        self._client = anthropic.AsyncAnthropic(max_retries=0, http_client=http_client())  # type: ignore[arg-type,unused-ignore]

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
                return self._read(await self._client.messages.create(**arguments, timeout=600))
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

    def _read(self, message: Any) -> Reply:
        content = getattr(message, "content", None)
        if not isinstance(content, list):
            raise not_an_answer(self.name)
        used = getattr(message, "usage", None)
        usage = Usage(
            input_tokens=getattr(used, "input_tokens", 0) or 0,
            output_tokens=getattr(used, "output_tokens", 0) or 0,
            cached_tokens=getattr(used, "cache_read_input_tokens", 0) or 0,
            calls=1,
        )
        text = "".join(block.text for block in content if getattr(block, "type", "") == "text")
        return self._made(text, message.stop_reason, usage, getattr(message, "model", None) or self.model, getattr(message, "_request_id", None))

    @staticmethod
    def _made(text: str, stop: str | None, usage: Usage, model: str, request_id: str | None) -> Reply:
        whole = stop == "end_turn"
        return made_reply(
            whole=whole, cut=not whole, refused=stop == "refusal", text=text, stop=stop, usage=usage, model=model, request_id=request_id
        )

    async def close(self) -> None:
        """Close connections."""
        await self._client.close()

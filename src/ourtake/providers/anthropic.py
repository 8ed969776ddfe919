"""Anthropic, over Messages with structured output. Whole is only what ends with stop_reason "end_turn"."""

from __future__ import annotations

import asyncio
import os
from typing import Any

import anthropic

from ourtake.documents import Payload, Usage, clean_text
from ourtake.providers.base import OnText, Reply, Request
from ourtake.providers.stream import ended_early, events
from ourtake.providers.wire import http_client, json_answer, made_reply, not_an_answer, plain_error, reading, table, tokens

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
                with reading(self.name):
                    return self._read(json_answer(answer.http_response, self.name), answer.headers.get("request-id"))
            return await self._stream(arguments, on_text)
        except asyncio.CancelledError:
            raise
        except Exception as error:
            raise plain_error(error, provider=self.name, model=self.model, key_name=KEY) from error

    async def _stream(self, arguments: dict[str, Any], on_text: OnText) -> Reply:
        pieces: list[str] = []
        stop: str | None = None
        used: Payload = {}
        seen = False
        async with self._client.messages.with_streaming_response.create(**arguments, stream=True, timeout=600) as answer:
            async for event in events(answer.http_response, provider=self.name, model=self.model):
                seen = True
                with reading(self.name):
                    kind, delta = event.get("type"), table(event.get("delta"))
                    if kind == "message_start":
                        used = table(event["message"].get("usage"))
                    elif kind == "content_block_delta" and delta.get("type") == "text_delta":
                        pieces.append(delta["text"])
                        on_text(clean_text(delta["text"]))
                    elif kind == "message_delta":
                        stop = delta.get("stop_reason")
                        # What counts at the end goes over what was counted at the start; some counts stand at the start only.
                        used = used | table(event.get("usage"))
            request_id = answer.headers.get("request-id")
        if stop is None:
            raise ended_early(self.name) if seen else not_an_answer(self.name)
        return self._made("".join(pieces), stop, used, request_id)

    def _read(self, message: Payload, request_id: str | None) -> Reply:
        content = message.get("content")
        if not isinstance(content, list):
            raise not_an_answer(self.name)
        text = "".join(block.get("text") or "" for block in content if isinstance(block, dict) and block.get("type") == "text")
        return self._made(text, message.get("stop_reason"), table(message.get("usage")), request_id)

    def _made(self, text: str, stop: str | None, used: Payload, request_id: str | None) -> Reply:
        whole = stop == "end_turn"
        return made_reply(
            whole=whole,
            cut=not whole,
            refused=stop == "refusal",
            text=text,
            stop=stop,
            usage=Usage(
                input_tokens=tokens(used.get("input_tokens")),
                output_tokens=tokens(used.get("output_tokens")),
                cached_tokens=tokens(used.get("cache_read_input_tokens")),
                calls=1,
            ),
            model=self.model,
            request_id=request_id,
        )

    async def close(self) -> None:
        """Close connections."""
        await self._client.close()

"""Any server that speaks OpenAI's chat completions: llama.cpp, vLLM, Ollama, a gateway. Whole is only finish_reason "stop".

Servers differ in what they take for structured output. Where [models.NAME] says "auto", a schema is tried first, then JSON mode, then plain
text with the schema in the prompt; what a server took is remembered for the run.
"""

from __future__ import annotations

import asyncio
import json
import os
from typing import Any, Literal

import openai

from ourtake.config import CompatibleServer
from ourtake.documents import Payload, Usage
from ourtake.errors import PermanentError, TransientError
from ourtake.providers.base import OnText, Reply, Request
from ourtake.providers.wire import http_client, json_answer, made_reply, not_an_answer, plain_error

Output = Literal["schema", "json", "text"]
_LADDER: tuple[Output, ...] = ("schema", "json", "text")


class Compatible:
    """One model on a server of [models.NAME]."""

    def __init__(self, name: str, model: str, server: CompatibleServer) -> None:
        self.name = name
        self.model = model
        self._key_name = server.api_key_env or "the server's key"
        self._outputs: tuple[Output, ...] = _LADDER if server.output == "auto" else (server.output,)
        key = os.environ.get(server.api_key_env, "") if server.api_key_env else ""
        self._client = openai.AsyncOpenAI(api_key=key or "none", base_url=server.base_url, max_retries=0, http_client=http_client(server.base_url))  # type: ignore[arg-type,unused-ignore]

    async def reply(self, request: Request, *, on_text: OnText | None = None) -> Reply:
        """See Provider."""
        while True:
            try:
                return await self._ask(request, self._outputs[0], on_text)
            except asyncio.CancelledError:
                raise
            except Exception as error:
                found = plain_error(error, provider=self.name, model=self.model, key_name=self._key_name)
                # A server that can't do a form says so in its own way: 400, 422, 501, and some with a plain 500.
                refused = isinstance(found, PermanentError | TransientError) and found.status in (400, 415, 422, 500, 501)
                if not refused or len(self._outputs) == 1:
                    raise found from error
                self._outputs = self._outputs[1:]

    async def _ask(self, request: Request, output: Output, on_text: OnText | None) -> Reply:
        schema = {"type": "json_schema", "json_schema": {"name": request.task, "schema": request.json_schema, "strict": True}}
        forms: dict[Output, dict[str, Any]] = {
            "schema": {"response_format": schema},
            "json": {"response_format": {"type": "json_object"}},
            "text": {},
        }
        hint = "" if output == "schema" else "\n\nThe JSON object has this schema: " + json.dumps(request.json_schema)
        arguments: dict[str, Any] = {
            "model": self.model,
            "max_tokens": request.max_output_tokens,
            "messages": [{"role": "system", "content": request.system}, {"role": "user", "content": request.prompt + hint}],
            **forms[output],
        }
        if on_text is not None:
            return await self._stream(arguments, on_text)
        answer = await self._client.chat.completions.with_raw_response.create(**arguments)
        return self._read(json_answer(answer.http_response, self.name), answer.headers.get("x-request-id"))

    async def _stream(self, arguments: dict[str, Any], on_text: OnText) -> Reply:
        pieces: list[str] = []
        stop: str | None = None
        usage = Usage(calls=1)
        async for chunk in await self._client.chat.completions.create(**arguments, stream=True, stream_options={"include_usage": True}):
            usage = _usage(chunk.model_dump(mode="json", warnings=False)) if chunk.usage else usage
            for choice in chunk.choices[:1]:
                stop = choice.finish_reason or stop
                if choice.delta.content:
                    pieces.append(choice.delta.content)
                    on_text(choice.delta.content)
        return self._made("".join(pieces), stop, usage, refusal=None, request_id=None)

    def _read(self, completion: Payload, request_id: str | None) -> Reply:
        choices = completion.get("choices")
        first = choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], dict) else {}
        message = first.get("message")
        if not isinstance(message, dict):
            raise not_an_answer(self.name)
        text, refusal = message.get("content") or "", message.get("refusal")
        if not isinstance(text, str):
            raise not_an_answer(self.name)
        return self._made(text, first.get("finish_reason"), _usage(completion), refusal=refusal, request_id=request_id)

    def _made(self, text: str, stop: str | None, usage: Usage, *, refusal: str | None, request_id: str | None) -> Reply:
        whole = stop == "stop"
        refused = bool(refusal) or stop == "content_filter"
        return made_reply(
            whole=whole,
            cut=not whole,
            refused=refused,
            text=refusal or text,
            stop=stop,
            usage=usage,
            model=self.model,
            request_id=request_id,
        )

    async def close(self) -> None:
        """Close connections."""
        await self._client.close()


def _usage(answer: Payload) -> Usage:
    used = answer.get("usage") or {}
    cached = (used.get("prompt_tokens_details") or {}).get("cached_tokens") or 0
    return Usage(input_tokens=used.get("prompt_tokens") or 0, output_tokens=used.get("completion_tokens") or 0, cached_tokens=cached, calls=1)

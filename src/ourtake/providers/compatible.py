"""Any server that speaks OpenAI's chat completions: llama.cpp, vLLM, Ollama, a gateway. Whole is only finish_reason "stop".

Servers differ in what they take for structured output. Where [models.NAME] says "auto", a schema is tried first, then JSON mode, then plain
text with the schema in the prompt; what a server took is remembered for the run.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
from typing import Any, Literal

import openai

from ourtake.config import CompatibleServer
from ourtake.documents import Payload, Usage, clean_text
from ourtake.errors import PermanentError, ProviderError, TransientError
from ourtake.providers.base import OnText, Reply, Request
from ourtake.providers.stream import ended_early, events
from ourtake.providers.wire import http_client, json_answer, made_reply, not_an_answer, plain_error, reading, table, tokens

Output = Literal["schema", "json", "text"]
_TOO_LONG = re.compile(r"too long|context.?length|maximum context|too many tokens", re.IGNORECASE)
_LADDER: tuple[Output, ...] = ("schema", "json", "text")


class Compatible:
    """One model on a server of [models.NAME]."""

    def __init__(self, name: str, model: str, server: CompatibleServer) -> None:
        self.name = name
        self.model = model
        self._key_name = server.api_key_env or "the server's key"
        self._outputs: tuple[Output, ...] = _LADDER if server.output == "auto" else (server.output,)
        self._searching = len(self._outputs) > 1
        key = os.environ.get(server.api_key_env, "") if server.api_key_env else ""
        self._client = openai.AsyncOpenAI(api_key=key or "none", base_url=server.base_url, max_retries=0, http_client=http_client(server.base_url))  # type: ignore[arg-type,unused-ignore]

    async def reply(self, request: Request, *, on_text: OnText | None = None) -> Reply:
        """See Provider."""
        forms = self._outputs if self._searching else self._outputs[:1]
        for output in forms:
            try:
                reply = await self._ask(request, output, on_text)
            except asyncio.CancelledError:
                raise
            except Exception as error:
                found = plain_error(error, provider=self.name, model=self.model, key_name=self._key_name)
                if output == forms[-1] or not _form_refused(found):
                    # A server that is down is so in every form: the tries that follow ask once each.
                    self._searching = self._searching and isinstance(found, PermanentError)
                    raise found from error
            else:
                # Remembered only now: a server that was down for a moment can still do what it could before.
                self._outputs, self._searching = (output,), False
                return reply
        raise AssertionError("the last form is either answered or raises")

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
        with reading(self.name):
            return self._read(json_answer(answer.http_response, self.name), answer.headers.get("x-request-id"))

    async def _stream(self, arguments: dict[str, Any], on_text: OnText) -> Reply:
        pieces: list[str] = []
        refusals: list[str] = []
        stop: str | None = None
        usage = Usage(calls=1)
        seen = False
        asked = self._client.chat.completions.with_streaming_response.create(**arguments, stream=True, stream_options={"include_usage": True})
        async with asked as answer:
            async for chunk in events(answer.http_response, provider=self.name, model=self.model):
                seen = True
                with reading(self.name):
                    usage = _usage(chunk) if chunk.get("usage") else usage
                    for choice in (chunk.get("choices") or [])[:1]:
                        stop = choice.get("finish_reason") or stop
                        delta = table(choice.get("delta"))
                        refusals += [delta["refusal"]] if delta.get("refusal") else []
                        if delta.get("content"):
                            pieces.append(delta["content"])
                            on_text(clean_text(delta["content"]))
            request_id = answer.headers.get("x-request-id")
        if stop is None:
            raise ended_early(self.name) if seen else not_an_answer(self.name)
        with reading(self.name):
            return self._made("".join(pieces), stop, usage, refusal="".join(refusals), request_id=request_id)

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
    used = table(answer.get("usage"))
    cached = table(used.get("prompt_tokens_details")).get("cached_tokens")
    return Usage(
        input_tokens=tokens(used.get("prompt_tokens")), output_tokens=tokens(used.get("completion_tokens")), cached_tokens=tokens(cached), calls=1
    )


def _form_refused(error: ProviderError) -> bool:
    """Whether a server may have refused the form of the answer only: 400, 415, 422, 501, and some say it with a plain 500."""
    if isinstance(error, PermanentError) and (error.quota or _TOO_LONG.search(error.what)):
        return False
    return isinstance(error, PermanentError | TransientError) and error.status in (400, 415, 422, 500, 501)

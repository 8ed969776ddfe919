"""Anthropic, over Messages with structured output."""

from __future__ import annotations

import json
from typing import Any

import anthropic

from ourtake.documents import Payload
from ourtake.providers.base import Connection, Request
from ourtake.providers.exchange import ApiProvider, Parts
from ourtake.providers.faults import not_an_answer
from ourtake.providers.http import http_client, table
from ourtake.providers.parameters import with_schema
from ourtake.providers.usage import Counted, counted

_NO_EFFORT = frozenset({"none", "minimal"})
"""Efforts that this API does not know; "low" is the nearest."""


class Anthropic(ApiProvider):
    """One model of Anthropic's."""

    request_id_header = "request-id"

    def __init__(self, connection: Connection) -> None:
        base_url = connection.info.base_url
        http = http_client(base_url, on_headers=connection.on_headers)
        client = anthropic.AsyncAnthropic(base_url=base_url, max_retries=0, http_client=http)  # type: ignore[arg-type,unused-ignore]
        super().__init__(connection, client, client.messages.create)

    def arguments(self, request: Request) -> Payload:
        """The system prompt, the same for a publication, ends a part that the provider may cache; so do the texts of a
        story, where several requests begin with them.
        """
        takes = self.learned.takes
        system: Payload = {"type": "text", "text": request.system}
        if takes("cache_control"):
            system["cache_control"] = {"type": "ephemeral"}
        output: Payload = {"format": {"type": "json_schema", "schema": request.json_schema}} if takes("format") else {}
        if request.effort and takes("effort"):
            output["effort"] = "low" if request.effort in _NO_EFFORT else request.effort
        prompt = request.prompt if takes("format") else with_schema(request)
        content: str | list[Payload] = prompt
        if request.shared and takes("cache_control"):
            texts: Payload = {"type": "text", "text": prompt[: request.shared], "cache_control": {"type": "ephemeral"}}
            content = [texts, {"type": "text", "text": prompt[request.shared :]}]
        arguments: Payload = {
            "model": self.model,
            "max_tokens": self.learned.tokens(request.max_output_tokens),
            "system": [system] if request.system else "",
            "messages": [{"role": "user", "content": content}],
        }
        if output:
            arguments["output_config"] = output
        if request.temperature is not None and takes("temperature"):
            arguments["temperature"] = request.temperature
        return self.learned.known(arguments)

    async def send(self, arguments: Payload, *, stream: bool) -> Any:
        """See ApiProvider."""
        more: Payload = {"stream": True} if stream else {"timeout": 600}
        return await self.client.messages.with_raw_response.create(**arguments, **more)

    def read(self, answer: Payload, parts: Parts) -> None:
        """See ApiProvider."""
        content = answer.get("content")
        if not isinstance(content, list):
            raise not_an_answer(self.name)
        parts.text = [str(block.get("text") or "") for block in map(table, content) if block.get("type") == "text"]
        tools = [block.get("input") for block in map(table, content) if block.get("type") == "tool_use"]
        parts.tool = [json.dumps(given) for given in tools[:1]]
        parts.stop, parts.used = answer.get("stop_reason"), table(answer.get("usage"))
        parts.model = answer.get("model") or ""

    def read_event(self, event: Payload, parts: Parts) -> None:
        """See ApiProvider."""
        kind, delta = event.get("type"), table(event.get("delta"))
        if kind == "message_start":
            # Its count of output is that of the beginning; the whole one comes with the end, or not at all.
            used = table(table(event.get("message")).get("usage"))
            parts.used |= {name: count for name, count in used.items() if name != "output_tokens"}
        elif kind == "message_delta":
            parts.stop = delta.get("stop_reason") or parts.stop
            parts.used |= {name: count for name, count in table(event.get("usage")).items() if count is not None}
        elif kind == "message_stop":
            parts.done = True
        elif kind == "content_block_delta":
            parts.text += [str(delta.get("text") or "")] if delta.get("type") == "text_delta" else []
            parts.tool += [str(delta.get("partial_json") or "")] if delta.get("type") == "input_json_delta" else []

    def count(self, used: Payload) -> Counted:
        """Anthropic counts cached tokens beside input_tokens: the sum is what was sent."""
        read = {"cache_read_input_tokens": used.get("cache_read_input_tokens")}
        written = {"cache_creation_input_tokens": used.get("cache_creation_input_tokens")}
        plain = {"input_tokens": used.get("input_tokens")}
        # An answer whose whole input was cached says 0 for the rest; one without that number gave no count.
        sent = {**plain, **read, **written} if plain["input_tokens"] is not None else plain
        return counted(sent=sent, received={"output_tokens": used.get("output_tokens")}, cached=read, written=written)

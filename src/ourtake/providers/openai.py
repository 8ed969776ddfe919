"""OpenAI, over its Responses API with structured output.

Requests are made by http.JsonClient. Loading OpenAI's own SDK takes most of a second and 40 MB, and each of its calls
more processor time than all of ours; only its batch endpoint, with its files, is asked through it (batches.py).
"""

from __future__ import annotations

import hashlib
import os
from typing import Any

from ourtake.documents import Payload
from ourtake.providers.base import Connection, Request
from ourtake.providers.exchange import ApiProvider, Parts
from ourtake.providers.faults import fault_in_stream, not_an_answer
from ourtake.providers.http import JsonClient, table
from ourtake.providers.parameters import with_schema
from ourtake.providers.usage import Counted, counted

_ENDS = ("response.completed", "response.incomplete", "response.failed")


class OpenAI(ApiProvider):
    """One model of OpenAI's."""

    version = "/v1"

    def __init__(self, connection: Connection) -> None:
        headers = {"authorization": f"Bearer {connection.key}"} | account_headers()
        super().__init__(connection, JsonClient(connection.info.base_url, headers, connection.on_headers))

    def arguments(self, request: Request) -> Payload:
        """What stays the same for a publication comes first, and its hash sends like requests to one cache."""
        takes = self.learned.takes
        form = {"type": "json_schema", "name": request.form, "schema": request.json_schema, "strict": True}
        first = request.system + request.prompt[: request.shared]
        cache = f"ourtake-{hashlib.sha256(first.encode()).hexdigest()[:16]}"
        optional: Payload = {
            "temperature": request.temperature if takes("temperature") else None,
            "reasoning": {"effort": request.effort} if request.effort and takes("effort") else None,
            "text": {"format": form} if takes("format") else None,
            "prompt_cache_key": cache if takes("prompt_cache_key") else None,
            "store": False if takes("store") else None,
        }
        arguments = {
            "model": self.model,
            "instructions": request.system,
            "input": request.prompt if takes("format") else with_schema(request),
            "max_output_tokens": self.learned.tokens(request.max_output_tokens),
        }
        return arguments | {name: value for name, value in optional.items() if value is not None}

    async def send(self, arguments: Payload, *, stream: bool) -> Any:
        """See ApiProvider."""
        more: Payload = {"stream": True} if stream else {}
        return await self.client.post("/responses", body=arguments | more, stream=stream)

    def read(self, answer: Payload, parts: Parts) -> None:
        """See ApiProvider."""
        status, output = answer.get("status"), answer.get("output")
        if status == "failed" and answer.get("error"):
            raise fault_in_stream(answer["error"], info=self.info)
        if not isinstance(output, list):
            raise not_an_answer(self.name)
        messages = [item for item in output if isinstance(item, dict) and item.get("type") == "message"]
        content = [part for item in messages for part in item.get("content") or [] if isinstance(part, dict)]
        parts.refusal = [str(part.get("refusal") or "") for part in content if part.get("type") == "refusal"]
        parts.text = [str(part.get("text") or "") for part in content if part.get("type") == "output_text"]
        if not messages and isinstance(answer.get("output_text"), str):
            parts.text = [answer["output_text"]]
        calls = [table(item) for item in output if table(item).get("type") == "function_call"]
        parts.tool = [str(call.get("arguments") or "") for call in calls[:1]]
        parts.stop = table(answer.get("incomplete_details")).get("reason") or status
        parts.used = table(answer.get("usage"))
        parts.model = answer.get("model") or ""

    def read_event(self, event: Payload, parts: Parts) -> None:
        """The last event holds the whole answer. Without it the text so far is kept as evidence, never as a take."""
        if event.get("type") in _ENDS and isinstance(event.get("response"), dict):
            self.read(event["response"], parts)
            parts.done = True
        elif event.get("type") == "response.output_text.delta" and isinstance(event.get("delta"), str):
            parts.text.append(event["delta"])

    def count(self, used: Payload) -> Counted:
        """See ApiProvider."""
        details = table(used.get("input_tokens_details"))
        return counted(
            sent={"input_tokens": used.get("input_tokens")},
            received={"output_tokens": used.get("output_tokens")},
            cached={"cached_tokens": details.get("cached_tokens")},
            written={"cache_write_tokens": details.get("cache_write_tokens")},
        )


def account_headers() -> dict[str, str]:
    """The headers that the environment asks for, under the names that OpenAI's SDK reads. They are meant for OpenAI
    alone: an organisation, a project, and OPENAI_CUSTOM_HEADERS, one "Name: value" a line.
    """
    named = {"openai-organization": "OPENAI_ORG_ID", "openai-project": "OPENAI_PROJECT_ID"}
    found = {header: os.environ[name] for header, name in named.items() if os.environ.get(name)}
    for line in os.environ.get("OPENAI_CUSTOM_HEADERS", "").splitlines():
        name, colon, value = line.partition(":")
        if colon:
            found[name.strip().lower()] = value.strip()
    return found

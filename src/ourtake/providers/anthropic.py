"""Anthropic, over Messages with structured output. Whole is only what ends with stop_reason "end_turn"."""

from __future__ import annotations

from typing import Any

import anthropic

from ourtake.documents import Payload
from ourtake.providers.base import OnText, Reply, ReplyStatus, Request
from ourtake.providers.exchange import ask, made_reply
from ourtake.providers.faults import ProviderInfo, not_an_answer
from ourtake.providers.http import OnHeaders, http_client, table
from ourtake.providers.parameters import Capabilities, with_schema
from ourtake.providers.usage import counted

KEY = "ANTHROPIC_API_KEY"
_NO_EFFORT = frozenset({"none", "minimal"})
"""Words of [models] effort that this API does not know; "low" is the nearest."""


class Anthropic:
    """One model of Anthropic's. The key and ANTHROPIC_BASE_URL come from the environment."""

    name = "anthropic"
    request_id_header = "request-id"

    def __init__(self, model: str, *, base_url: str | None = None, on_headers: OnHeaders | None = None) -> None:
        self.model = model
        self.who = ProviderInfo(self.name, model, KEY)
        self.client = anthropic.AsyncAnthropic(max_retries=0, http_client=http_client(base_url, on_headers=on_headers))  # type: ignore[arg-type,unused-ignore]
        self.base_url = str(self.client.base_url)
        self.learned = Capabilities(("temperature", "effort", "format", "cache_control"), self.client.messages.create)

    async def reply(self, request: Request, *, on_text: OnText | None = None) -> Reply:
        """See Provider."""
        return await ask(self, request, on_text=on_text)

    def arguments(self, request: Request) -> Payload:
        """See Dialect. The system prompt, the same for a publication, ends the part that the provider may cache."""
        takes = self.learned.takes
        system: Payload = {"type": "text", "text": request.system}
        if takes("cache_control"):
            system["cache_control"] = {"type": "ephemeral"}
        output: Payload = {"format": {"type": "json_schema", "schema": request.json_schema}} if takes("format") else {}
        if request.effort and takes("effort"):
            output["effort"] = "low" if request.effort in _NO_EFFORT else request.effort
        arguments: Payload = {
            "model": self.model,
            "max_tokens": self.learned.tokens(request.max_output_tokens),
            "system": [system] if request.system else "",
            "messages": [{"role": "user", "content": request.prompt if takes("format") else with_schema(request)}],
            **({"output_config": output} if output else {}),
            **(
                {"temperature": request.temperature} if request.temperature is not None and takes("temperature") else {}
            ),
        }
        return self.learned.known(arguments)

    async def send(self, arguments: Payload, *, stream: bool) -> Any:
        """See Dialect."""
        more: Payload = {"stream": True} if stream else {"timeout": 600}
        return await self.client.messages.with_raw_response.create(**arguments, **more)

    def read(self, answer: Payload, request_id: str | None) -> Reply:
        """See Dialect."""
        content = answer.get("content")
        if not isinstance(content, list):
            raise not_an_answer(self.name)
        blocks = [block for block in content if isinstance(block, dict)]
        text = "".join(str(block.get("text") or "") for block in blocks if block.get("type") == "text")
        return made(
            text,
            answer.get("stop_reason"),
            used=table(answer.get("usage")),
            model=answer.get("model") or self.model,
            request_id=request_id,
        )

    def assembly(self) -> _Growing:
        """See Dialect."""
        return _Growing(self.model)

    def other_form(self, without: frozenset[str]) -> bool:
        """See Dialect."""
        return False

    async def close(self) -> None:
        """Close connections."""
        await self.client.close()


class _Growing:
    def __init__(self, model: str) -> None:
        self.done = False
        self._model = model
        self._pieces: list[str] = []
        self._stop: str | None = None
        self._used: Payload = {}

    def add(self, event: Payload) -> str:
        kind, delta = event.get("type"), table(event.get("delta"))
        if kind == "message_start":
            # Its count of output is that of the beginning; the whole one comes with the end, or not at all.
            used = table(table(event.get("message")).get("usage"))
            self._used |= {name: count for name, count in used.items() if name != "output_tokens"}
        elif kind == "message_delta":
            self._stop = delta.get("stop_reason") or self._stop
            self._used |= {name: count for name, count in table(event.get("usage")).items() if count is not None}
        elif kind == "message_stop":
            self.done = True
        elif kind == "content_block_delta" and delta.get("type") == "text_delta" and isinstance(delta.get("text"), str):
            self._pieces.append(delta["text"])
            return str(delta["text"])
        return ""

    def reply(self, request_id: str | None) -> Reply:
        return made("".join(self._pieces), self._stop, used=self._used, model=self._model, request_id=request_id)


def made(text: str, stop: str | None, *, used: Payload, model: str, request_id: str | None) -> Reply:
    """A reply with its status by stop_reason. This API counts cached tokens beside input_tokens: the sum is what was
    sent.
    """
    read = {"cache_read_input_tokens": used.get("cache_read_input_tokens")}
    written = {"cache_creation_input_tokens": used.get("cache_creation_input_tokens")}
    plain = {"input_tokens": used.get("input_tokens")}
    # An answer all of whose input was cached says 0 of the rest; one that says nothing of it gave no count.
    sent = {**plain, **read, **written} if plain["input_tokens"] is not None else plain
    found = counted(sent=sent, received={"output_tokens": used.get("output_tokens")}, cached=read, written=written)
    declined: ReplyStatus | None = "refused" if stop == "refusal" else None
    return made_reply(
        whole=stop == "end_turn",
        declined=declined,
        text=text,
        stop=stop,
        counted=found,
        model=model,
        request_id=request_id,
    )

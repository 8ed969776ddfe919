"""OpenAI, over its Responses API with structured output. Whole is only what ends with status "completed"."""

from __future__ import annotations

import hashlib
from typing import Any

import openai

from ourtake.documents import Payload
from ourtake.providers.base import OnText, Reply, ReplyStatus, Request
from ourtake.providers.exchange import ask, made_reply
from ourtake.providers.faults import ProviderInfo, fault_in_stream, not_an_answer
from ourtake.providers.http import OnHeaders, http_client, table
from ourtake.providers.parameters import Capabilities, with_schema
from ourtake.providers.usage import NOT_COUNTED, Counted, counted

KEY = "OPENAI_API_KEY"
_ENDS = ("response.completed", "response.incomplete", "response.failed")


class OpenAI:
    """One model of OpenAI's. The key and OPENAI_BASE_URL come from the environment."""

    name = "openai"
    request_id_header = "x-request-id"

    def __init__(self, model: str, *, base_url: str | None = None, on_headers: OnHeaders | None = None) -> None:
        self.model = model
        self.who = ProviderInfo(self.name, model, KEY)
        self.client = openai.AsyncOpenAI(max_retries=0, http_client=http_client(base_url, on_headers=on_headers))  # type: ignore[arg-type,unused-ignore]
        self.base_url = str(self.client.base_url)
        self.learned = Capabilities(
            ("temperature", "effort", "format", "prompt_cache_key", "store"), self.client.responses.create
        )

    async def reply(self, request: Request, *, on_text: OnText | None = None) -> Reply:
        """See Provider."""
        return await ask(self, request, on_text=on_text)

    def arguments(self, request: Request) -> Payload:
        """See Dialect. What stays the same for a publication comes first, and its hash sends like requests to one
        cache.
        """
        takes = self.learned.takes
        form = {"type": "json_schema", "name": request.task, "schema": request.json_schema, "strict": True}
        optional: Payload = {
            "temperature": request.temperature if takes("temperature") else None,
            "reasoning": {"effort": request.effort} if request.effort and takes("effort") else None,
            "text": {"format": form} if takes("format") else None,
            "prompt_cache_key": f"ourtake-{hashlib.sha256(request.system.encode()).hexdigest()[:16]}"
            if takes("prompt_cache_key")
            else None,
            "store": False if takes("store") else None,
        }
        arguments = {
            "model": self.model,
            "instructions": request.system,
            "input": request.prompt if takes("format") else with_schema(request),
            "max_output_tokens": self.learned.tokens(request.max_output_tokens),
        }
        return self.learned.known(arguments | {name: value for name, value in optional.items() if value is not None})

    async def send(self, arguments: Payload, *, stream: bool) -> Any:
        """See Dialect."""
        more: Payload = {"stream": True} if stream else {}
        return await self.client.responses.with_raw_response.create(**arguments, **more)

    def read(self, answer: Payload, request_id: str | None) -> Reply:
        """See Dialect."""
        status, output = answer.get("status"), answer.get("output")
        if status == "failed" and answer.get("error"):
            raise fault_in_stream(answer["error"], who=self.who)
        if status is None or not isinstance(output, list):
            raise not_an_answer(self.name)
        messages = [item for item in output if isinstance(item, dict) and item.get("type") == "message"]
        parts = [part for item in messages for part in item.get("content") or [] if isinstance(part, dict)]
        refusals = [str(part.get("refusal") or "") for part in parts if part.get("type") == "refusal"]
        texts = [str(part.get("text") or "") for part in parts if part.get("type") == "output_text"]
        reason = table(answer.get("incomplete_details")).get("reason")
        declined: ReplyStatus | None = "filtered" if reason == "content_filter" else "refused" if refusals else None
        return made_reply(
            whole=status == "completed",
            declined=declined,
            text="".join(refusals or texts),
            stop=reason or status,
            counted=usage_of(answer),
            model=answer.get("model") or self.model,
            request_id=request_id,
        )

    def assembly(self) -> _Growing:
        """See Dialect."""
        return _Growing(self)

    def other_form(self, without: frozenset[str]) -> bool:
        """See Dialect."""
        return False

    async def close(self) -> None:
        """Close connections."""
        await self.client.close()


class _Growing:
    def __init__(self, dialect: OpenAI) -> None:
        self.done = False
        self._dialect = dialect
        self._pieces: list[str] = []
        self._final: Payload = {}

    def add(self, event: Payload) -> str:
        kind = event.get("type")
        if kind in _ENDS and isinstance(event.get("response"), dict):
            self._final, self.done = event["response"], True
        piece = event.get("delta") if kind == "response.output_text.delta" else None
        if not isinstance(piece, str):
            return ""
        self._pieces.append(piece)
        return piece

    def reply(self, request_id: str | None) -> Reply:
        if self.done:
            return self._dialect.read(self._final, request_id)
        # The stream ended without its last event: what arrived is kept as evidence, never as a take.
        text, model = "".join(self._pieces), self._dialect.model
        return made_reply(whole=False, text=text, stop=None, counted=NOT_COUNTED, model=model, request_id=request_id)


def usage_of(answer: Payload) -> Counted:
    """The tokens of a Responses answer, as documents.Usage counts them."""
    used = table(answer.get("usage"))
    details = table(used.get("input_tokens_details"))
    return counted(
        sent={"input_tokens": used.get("input_tokens")},
        received={"output_tokens": used.get("output_tokens")},
        cached={"cached_tokens": details.get("cached_tokens")},
        written={"cache_write_tokens": details.get("cache_write_tokens")},
    )

"""Any server that speaks OpenAI's chat completions: llama.cpp, vLLM, Ollama, a gateway. A reply is whole only with
finish_reason "stop".

Servers differ in what they take for structured output. Where [models.NAME] says "auto", a schema is tried first, then
JSON mode, then plain text with the schema in the prompt; what a server took is remembered for the run.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from ourtake.config import CompatibleServer
from ourtake.documents import Payload
from ourtake.providers.base import Connection, OnText, Reply, ReplyStatus, Request
from ourtake.providers.exchange import ApiProvider, Parts
from ourtake.providers.faults import not_an_answer, too_long
from ourtake.providers.http import JsonClient, table
from ourtake.providers.parameters import with_schema
from ourtake.providers.usage import Counted, counted

Output = Literal["schema", "json", "text"]
_LADDER: tuple[Output, ...] = ("schema", "json", "text")
MOST_CHARACTERS_A_TOKEN = 12
"""No tokenizer packs prose tighter than this: a prompt that is too long even so need not be sent."""


class Compatible(ApiProvider):
    """One model on a server of [models.NAME]."""

    stops: ClassVar[Mapping[str, ReplyStatus]] = {"stop": "complete", "content_filter": "filtered"}

    def __init__(self, connection: Connection) -> None:
        self._server = connection.server or CompatibleServer(base_url=connection.info.base_url)
        self._changes = 0
        self._proved = False
        self._forms: tuple[Output, ...] = _LADDER if self._server.output == "auto" else (self._server.output,)
        # Not the openai SDK: it would send OPENAI_ORG_ID and headers that are meant for OpenAI to any address.
        headers = {"authorization": f"Bearer {connection.key or 'none'}"}
        super().__init__(connection, JsonClient(self._server.base_url, headers, connection.on_headers))

    async def reply(self, request: Request, *, on_text: OnText | None = None) -> Reply:
        """See Provider. Raises PermanentError for a prompt that can't fit the server's context window."""
        room = max(self._server.context_tokens - request.max_output_tokens, 0)
        if self._server.context_tokens and len(request.system + request.prompt) > MOST_CHARACTERS_A_TOKEN * room:
            raise too_long(self.info)
        return await super().reply(request, on_text=on_text)

    def arguments(self, request: Request) -> Payload:
        """See ApiProvider."""
        takes, form = self.learned.takes, self._forms[self._changes % len(self._forms)]
        schema = {
            "type": "json_schema",
            "json_schema": {"name": request.form, "schema": request.json_schema, "strict": True},
        }
        formats: dict[Output, Payload] = {
            "schema": {"response_format": schema},
            "json": {"response_format": {"type": "json_object"}},
            "text": {},
        }
        prompt = request.prompt if form == "schema" else with_schema(request)
        limit = "max_tokens" if takes("max_tokens") else "max_completion_tokens"
        arguments: Payload = {
            "model": self.model,
            limit: self.learned.tokens(request.max_output_tokens),
            "messages": [{"role": "system", "content": request.system}, {"role": "user", "content": prompt}],
            **formats[form],
        }
        if request.temperature is not None and takes("temperature"):
            arguments["temperature"] = request.temperature
        if request.effort and takes("effort"):
            arguments["reasoning_effort"] = request.effort
        return arguments

    async def send(self, arguments: Payload, *, stream: bool) -> Any:
        """See ApiProvider."""
        more: Payload = {"stream": True} if stream else {}
        if stream and self.learned.takes("stream_options"):
            more["stream_options"] = {"include_usage": True}
        return await self.client.post("/chat/completions", body=arguments | more, stream=stream)

    def read(self, answer: Payload, parts: Parts) -> None:
        """See ApiProvider."""
        first = _first_choice(answer)
        message = first.get("message")
        text = text_of(message.get("content")) if isinstance(message, dict) else None
        if not isinstance(message, dict) or text is None:
            raise not_an_answer(self.name)
        self._proved = True
        parts.text, parts.stop, parts.used = [text], first.get("finish_reason"), table(answer.get("usage"))
        parts.refusal = [str(message["refusal"])] if message.get("refusal") else []

    def read_event(self, event: Payload, parts: Parts) -> None:
        """Usage comes after the last choice: the stream is read to its end."""
        parts.used = table(event.get("usage")) or parts.used
        first = _first_choice(event)
        parts.stop = first.get("finish_reason") or parts.stop
        delta = table(first.get("delta"))
        self._proved = self._proved or bool(delta)
        if isinstance(delta.get("refusal"), str):
            parts.refusal.append(delta["refusal"])
        parts.text += filter(None, [text_of(delta.get("content"))])

    def count(self, used: Payload) -> Counted:
        """DeepSeek has its own names for what its cache held and what not."""
        hit, missed = (f"prompt_cache_{which}_tokens" for which in ("hit", "miss"))
        parts = {hit: used.get(hit), missed: used.get(missed)} if used.get(missed) is not None else {}
        sent = {"prompt_tokens": used.get("prompt_tokens")}
        if sent["prompt_tokens"] is None and parts:
            sent = parts
        cached = {"cached_tokens": table(used.get("prompt_tokens_details")).get("cached_tokens"), hit: used.get(hit)}
        return counted(
            sent=sent, received={"completion_tokens": used.get("completion_tokens")}, cached=cached, same=parts
        )

    def other_form(self, without: frozenset[str]) -> bool:
        """A form that was answered once stays; each change leaves a mark, so that calls under way don't
        change it twice.
        """
        if self._proved or len(self._forms) == 1:
            return False
        if sum(mark.startswith("form") for mark in without) == self._changes:
            self._changes += 1
            self.learned.out.add(f"form {self._changes}")
        return self._changes < len(self._forms)


def _first_choice(answer: Payload) -> Payload:
    choices = answer.get("choices")
    return table(choices[0]) if isinstance(choices, list) and choices else {}


def text_of(content: object) -> str | None:
    """The text of a message's content, which some servers send in parts, thoughts among them; None for what is
    neither.
    """
    if isinstance(content, list):
        return "".join(str(part.get("text") or "") for part in map(table, content) if part.get("type") == "text")
    return content or "" if content is None or isinstance(content, str) else None

"""Any server that speaks OpenAI's chat completions: llama.cpp, vLLM, Ollama, a gateway. Whole is only finish_reason
"stop".

Servers differ in what they take for structured output. Where [models.NAME] says "auto", a schema is tried first, then
JSON mode, then plain text with the schema in the prompt; what a server took is remembered for the run.
"""

from __future__ import annotations

import os
from typing import Any, Literal

from ourtake.config import CompatibleServer
from ourtake.documents import Payload
from ourtake.providers.base import OnText, Reply, ReplyStatus, Request
from ourtake.providers.exchange import ask, made_reply
from ourtake.providers.faults import ProviderInfo, not_an_answer, too_long
from ourtake.providers.http import OnHeaders, http_client, table
from ourtake.providers.openai_client import client_of_server
from ourtake.providers.parameters import Capabilities, with_schema
from ourtake.providers.usage import Counted, counted

Output = Literal["schema", "json", "text"]
_LADDER: tuple[Output, ...] = ("schema", "json", "text")
MOST_CHARACTERS_A_TOKEN = 12
"""No tokenizer packs prose tighter than this: a prompt that is too long even so need not be sent."""


class Compatible:
    """One model on a server of [models.NAME]."""

    request_id_header = "x-request-id"

    def __init__(self, name: str, model: str, server: CompatibleServer, *, on_headers: OnHeaders | None = None) -> None:
        self.name = name
        self.model = model
        self.base_url = server.base_url
        self.who = ProviderInfo(
            name, model, server.api_key_env or f"the server's key (api_key_env in [models.{name}])", server.base_url
        )
        self._server = server
        self._changes = 0
        self._proved = False
        self._forms: tuple[Output, ...] = _LADDER if server.output == "auto" else (server.output,)
        key = os.environ.get(server.api_key_env, "") if server.api_key_env else ""
        client = http_client(server.base_url, on_headers=on_headers)
        self.client = client_of_server(key, base_url=server.base_url, http_client=client)
        self.learned = Capabilities(
            ("temperature", "effort", "stream_options", "max_tokens"), self.client.chat.completions.create
        )

    async def reply(self, request: Request, *, on_text: OnText | None = None) -> Reply:
        """See Provider."""
        room = self._server.context_tokens - request.max_output_tokens
        if self._server.context_tokens and len(request.system + request.prompt) > MOST_CHARACTERS_A_TOKEN * max(
            room, 0
        ):
            raise too_long(self.who)
        return await ask(self, request, on_text=on_text)

    def arguments(self, request: Request) -> Payload:
        """See Dialect."""
        takes, form = self.learned.takes, self._forms[self._changes % len(self._forms)]
        schema = {
            "type": "json_schema",
            "json_schema": {"name": request.task, "schema": request.json_schema, "strict": True},
        }
        formats: dict[Output, Payload] = {
            "schema": {"response_format": schema},
            "json": {"response_format": {"type": "json_object"}},
            "text": {},
        }
        prompt = request.prompt if form == "schema" else with_schema(request)
        limit = "max_tokens" if takes("max_tokens") else "max_completion_tokens"
        return {
            "model": self.model,
            limit: self.learned.tokens(request.max_output_tokens),
            "messages": [{"role": "system", "content": request.system}, {"role": "user", "content": prompt}],
            **formats[form],
            **(
                {"temperature": request.temperature} if request.temperature is not None and takes("temperature") else {}
            ),
            **({"reasoning_effort": request.effort} if request.effort and takes("effort") else {}),
        }

    async def send(self, arguments: Payload, *, stream: bool) -> Any:
        """See Dialect."""
        more: Payload = {"stream": True} if stream else {}
        if stream and self.learned.takes("stream_options"):
            more["stream_options"] = {"include_usage": True}
        return await self.client.chat.completions.with_raw_response.create(**arguments, **more)

    def read(self, answer: Payload, request_id: str | None) -> Reply:
        """See Dialect."""
        choices = answer.get("choices")
        first = choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], dict) else {}
        message = first.get("message")
        text = text_of(message.get("content")) if isinstance(message, dict) else None
        if not isinstance(message, dict) or text is None:
            raise not_an_answer(self.name)
        return self.made(
            text, first.get("finish_reason"), used=answer, refusal=message.get("refusal"), request_id=request_id
        )

    def made(self, text: str, stop: str | None, *, used: Payload, refusal: str | None, request_id: str | None) -> Reply:
        """A reply with its status by finish_reason."""
        self._proved = True
        declined: ReplyStatus | None = "filtered" if stop == "content_filter" else "refused" if refusal else None
        found, text = usage_of(used), str(refusal or text)
        return made_reply(
            whole=stop == "stop",
            declined=declined,
            text=text,
            stop=stop,
            counted=found,
            model=self.model,
            request_id=request_id,
        )

    def assembly(self) -> _Growing:
        """See Dialect."""
        return _Growing(self)

    def other_form(self, without: frozenset[str]) -> bool:
        """See Dialect. A form that was answered once stays; each change leaves a mark, so that calls under way don't
        change it twice.
        """
        if self._proved or len(self._forms) == 1:
            return False
        if sum(mark.startswith("form") for mark in without) == self._changes:
            self._changes += 1
            self.learned.out.add(f"form {self._changes}")
        return self._changes < len(self._forms)

    async def close(self) -> None:
        """Close connections."""
        await self.client.close()


class _Growing:
    done = False
    """Usage comes after the last choice: the stream is read to its end."""

    def __init__(self, dialect: Compatible) -> None:
        self._dialect = dialect
        self._pieces: list[str] = []
        self._refusals: list[str] = []
        self._stop: str | None = None
        self._used: Payload = {}

    def add(self, event: Payload) -> str:
        if isinstance(event.get("usage"), dict):
            self._used = {"usage": event["usage"]}
        choices = event.get("choices")
        first = choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], dict) else {}
        self._stop = first.get("finish_reason") or self._stop
        delta = table(first.get("delta"))
        if isinstance(delta.get("refusal"), str):
            self._refusals.append(delta["refusal"])
        piece = text_of(delta.get("content"))
        if not piece:
            return ""
        self._pieces.append(piece)
        return piece

    def reply(self, request_id: str | None) -> Reply:
        refusal = "".join(self._refusals) or None
        return self._dialect.made(
            "".join(self._pieces), self._stop, used=self._used, refusal=refusal, request_id=request_id
        )


def text_of(content: object) -> str | None:
    """The text of a message's content, which some servers send in parts, thoughts among them; None for what is
    neither.
    """
    if isinstance(content, list):
        return "".join(str(part.get("text") or "") for part in map(table, content) if part.get("type") == "text")
    return content or "" if content is None or isinstance(content, str) else None


def usage_of(answer: Payload) -> Counted:
    """The tokens of a chat completion, as documents.Usage counts them. DeepSeek has names of its own for what its cache
    held and what not.
    """
    used = table(answer.get("usage"))
    hit, missed = (f"prompt_cache_{which}_tokens" for which in ("hit", "miss"))
    parts = {hit: used.get(hit), missed: used.get(missed)} if used.get(missed) is not None else {}
    sent = {"prompt_tokens": used.get("prompt_tokens")}
    if sent["prompt_tokens"] is None and parts:
        sent = parts
    cached = {"cached_tokens": table(used.get("prompt_tokens_details")).get("cached_tokens"), hit: used.get(hit)}
    return counted(sent=sent, received={"completion_tokens": used.get("completion_tokens")}, cached=cached, same=parts)

"""Any server with OpenAI's chat completions API: llama.cpp, vLLM, Ollama, a gateway.

Servers differ in what they take for structured output. Where [models.NAME] says "auto", a schema is tried first, then
JSON mode, then plain text with the schema in the prompt, then this without a system message; what a server took is
remembered for the run.
"""

from __future__ import annotations

from typing import Any

from ourtake.config import CompatibleServer
from ourtake.documents import Payload
from ourtake.providers.base import Connection, OnText, Reply, Request
from ourtake.providers.chat import FORMS, Form, count, read_answer, read_piece, response_format
from ourtake.providers.exchange import ApiProvider, Parts
from ourtake.providers.faults import too_long
from ourtake.providers.http import JsonClient
from ourtake.providers.parameters import with_schema
from ourtake.providers.usage import Counted

MOST_CHARACTERS_A_TOKEN = 12
"""No tokenizer packs prose tighter than this: a prompt that is too long even so need not be sent."""


class Compatible(ApiProvider):
    """One model on a server of [models.NAME]."""

    version = "/v1"

    def __init__(self, connection: Connection) -> None:
        self._server = connection.server or CompatibleServer(base_url=connection.info.base_url)
        self._changes = 0
        self._proved = False
        self._forms: tuple[Form, ...] = FORMS if self._server.output == "auto" else (self._server.output,)
        # Not the openai SDK: it would send OPENAI_ORG_ID and headers that are meant for OpenAI to any address.
        headers = {"authorization": f"Bearer {connection.key or 'none'}"}
        super().__init__(connection, JsonClient(connection.info.base_url, headers, connection.on_headers))

    async def reply(self, request: Request, *, on_text: OnText | None = None) -> Reply:
        """See Provider. Raises PermanentError for a prompt that can't fit the server's context window."""
        room = max(self._server.context_tokens - request.max_output_tokens, 0)
        if self._server.context_tokens and len(request.system + request.prompt) > MOST_CHARACTERS_A_TOKEN * room:
            raise too_long(self.info)
        return await super().reply(request, on_text=on_text)

    def arguments(self, request: Request) -> Payload:
        """See ApiProvider."""
        takes, form = self.learned.takes, self._forms[self._changes % len(self._forms)]
        prompt = request.prompt if form == "schema" else with_schema(request)
        messages = [{"role": "system", "content": request.system}, {"role": "user", "content": prompt}]
        if form == "bare" or not takes("system"):
            messages = [{"role": "user", "content": f"{request.system}\n\n{prompt}"}]
        limit = "max_tokens" if takes("max_tokens") else "max_completion_tokens"
        arguments: Payload = {
            "model": self.model,
            limit: self.learned.tokens(request.max_output_tokens),
            "messages": messages,
            **response_format(form, request),
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
        read_answer(answer, parts, self.info)
        self._proved = True

    def read_event(self, event: Payload, parts: Parts) -> None:
        """Usage comes after the last choice: the stream is read to its end."""
        self._proved = read_piece(event, parts, self.info) or self._proved

    def count(self, used: Payload) -> Counted:
        """See ApiProvider."""
        return count(used)

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

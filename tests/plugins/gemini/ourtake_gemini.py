"""Google's Gemini for ourtake, over generateContent. A reply is whole only with finishReason "STOP"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ourtake.providers.base import Connection, Listing, ProviderRow, ReplyStatus, Request
from ourtake.providers.exchange import ApiProvider, Parts
from ourtake.providers.faults import not_an_answer
from ourtake.providers.http import JsonClient, table
from ourtake.providers.parameters import with_schema
from ourtake.providers.usage import Counted, counted

ROW = ProviderRow(
    name="gemini",
    build="ourtake_gemini:Gemini",
    key="GEMINI_API_KEY",
    address="https://generativelanguage.googleapis.com/v1beta",
    address_variable="GEMINI_BASE_URL",
    newest="gemini-2.5-flash",
    takes=("temperature", "format"),
    prices="google",
    bad_key="API key not valid|API_KEY_INVALID",
    no_credit="credits? (?:is|are) depleted|billing.{0,40}(?:disabled|not enabled)",
    models=Listing("/models", items="models", name="name", context="inputTokenLimit"),
)


class Gemini(ApiProvider):
    """One model of Google's."""

    stops: ClassVar[Mapping[str, ReplyStatus]] = {
        "STOP": "complete",
        "SAFETY": "filtered",
        "RECITATION": "filtered",
        "BLOCKLIST": "filtered",
        "PROHIBITED_CONTENT": "filtered",
        "SPII": "filtered",
    }

    def __init__(self, connection: Connection) -> None:
        headers = {"x-goog-api-key": connection.key}
        super().__init__(connection, JsonClient(connection.info.base_url, headers, connection.on_headers))

    def arguments(self, request: Request) -> dict[str, Any]:
        """The body of a request."""
        takes = self.learned.takes
        config: dict[str, Any] = {"maxOutputTokens": self.learned.tokens(request.max_output_tokens)}
        if request.temperature is not None and takes("temperature"):
            config["temperature"] = request.temperature
        if takes("format"):
            config |= {"responseMimeType": "application/json", "responseJsonSchema": request.json_schema}
        prompt = request.prompt if takes("format") else with_schema(request)
        return {
            "systemInstruction": {"parts": [{"text": request.system}]},
            "contents": [{"role": "user", "parts": [{"text": prompt}]}],
            "generationConfig": config,
        }

    async def send(self, arguments: dict[str, Any], *, stream: bool) -> Any:
        """The raw answer."""
        method = "streamGenerateContent?alt=sse" if stream else "generateContent"
        return await self.client.post(f"/models/{self.model}:{method}", body=arguments, stream=stream)

    def read(self, answer: dict[str, Any], parts: Parts) -> None:
        """Read an answer into `parts`. The events of a stream look the same, each with the next piece of the text."""
        if not answer.keys() & {"candidates", "promptFeedback", "usageMetadata"}:
            raise not_an_answer(self.name)
        first = table(next(iter(answer.get("candidates") or []), None))
        blocked = table(answer.get("promptFeedback")).get("blockReason")
        content = [table(part) for part in table(first.get("content")).get("parts") or []]
        parts.text += [str(part.get("text") or "") for part in content if not part.get("thought")]
        parts.stop = first.get("finishReason") or blocked or parts.stop
        parts.used = table(answer.get("usageMetadata")) or parts.used
        parts.model = answer.get("modelVersion") or parts.model

    def count(self, used: dict[str, Any]) -> Counted:
        """The tokens of an answer; thoughts are billed as output."""
        return counted(
            sent={"promptTokenCount": used.get("promptTokenCount")},
            received={name: used.get(name) for name in ("candidatesTokenCount", "thoughtsTokenCount")},
            cached={"cachedContentTokenCount": used.get("cachedContentTokenCount")},
        )

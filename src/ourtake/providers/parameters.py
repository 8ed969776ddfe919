"""Which parameters of a request a model takes: known from the SDK's own signature, or learned from one refusal that
names the parameter.

What was learned holds for the run. A refusal that names nothing that could be left out is shown to the person.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable
from typing import Any

from ourtake.documents import Payload
from ourtake.providers.base import Request

NAMES: dict[str, re.Pattern[str]] = {
    "temperature": re.compile(r"\btemperature\b"),
    "effort": re.compile(r"\breasoning\b|\beffort\b"),
    "format": re.compile(r"response_format|json_schema|text\.format|output_config\.format|structured outputs?", re.I),
    "cache_control": re.compile(r"\bcache_control\b"),
    "prompt_cache_key": re.compile(r"\bprompt_cache_key\b"),
    "store": re.compile(r"['\"`]store\b|^store\b"),
    "stream_options": re.compile(r"\bstream_options\b"),
    "max_tokens": re.compile(r"\bmax_tokens\b"),
}
"""Parts that a request can do without, and how a refusal names them."""

_CEILING = re.compile(r"max(?:_?output|_completion)?_?tokens\b.*?(\d{3,})(?:\D+(\d{3,}))?", re.I | re.S)


class Capabilities:
    """What one model does not take. `sent` are the optional parts that its requests may hold: those of NAMES, or a
    provider's own, which a refusal names as they are. `create`: the SDK's function that knows the parameters.
    """

    def __init__(self, sent: tuple[str, ...], create: Callable[..., Any] | None = None) -> None:
        self._sent = {part: NAMES.get(part) or re.compile(rf"\b{re.escape(part)}\b") for part in sent}
        self._signature = frozenset(inspect.signature(create).parameters) if create is not None else None
        self.out: set[str] = set()
        self.ceiling: int | None = None

    def takes(self, part: str) -> bool:
        """Whether a request should hold this part."""
        return part in self._sent and part not in self.out

    def tokens(self, asked: int) -> int:
        """The output tokens to ask for: no more than the model was found to give."""
        return min(asked, self.ceiling or asked)

    def known(self, arguments: Payload) -> Payload:
        """The arguments that the SDK knows."""
        known = self._signature
        return arguments if known is None else {name: value for name, value in arguments.items() if name in known}

    def from_refusal(self, text: str, *, asked: int, without: frozenset[str]) -> bool:
        """Learn from a refusal's text; whether a request without what it names may now pass. `without`: what the
        refused one left out already.
        """
        ceiling = _CEILING.search(text)
        if ceiling and "max_tokens" not in without:
            numbers = [int(number) for number in ceiling.groups() if number]
            lower = [number for number in numbers if number < asked]
            if lower and asked in numbers:
                self.ceiling = max(lower)
                return True
        named = [part for part, name in self._sent.items() if part not in without and name.search(text)]
        self.out.update(named[:1])
        return bool(named)


def with_schema(request: Request) -> str:
    """The prompt with the schema in words, for a model that takes none as a parameter."""
    return (
        request.prompt
        + "\n\nAnswer with one JSON object and nothing else. It has this schema: "
        + json.dumps(request.json_schema)
    )

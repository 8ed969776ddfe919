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
    "format": re.compile(
        r"response_format|json_schema|text\.format|output_config(?!\.effort)|output[ _.]format|structured outputs?",
        re.I,
    ),
    "effort": re.compile(r"(?<![a-z])(?:reasoning(?:_effort)?|effort|output_config(?!\.format)|output[ _.]format)\b"),
    "cache_control": re.compile(r"\bcache_control\b"),
    "prompt_cache_key": re.compile(r"\bprompt_cache_key\b"),
    "store": re.compile(r"['\"`]store\b|^store\b"),
    "stream_options": re.compile(r"\bstream_options\b"),
    "max_tokens": re.compile(r"\bmax_tokens\b"),
    "system": re.compile(r"\bsystem\W{0,3}(?:role|messages?|prompts?|instructions?)\b|\brole\W{0,3}system\b", re.I),
}
"""Parts that a request can do without, and how a refusal names them. Both parts of output_config may be refused by its
name: the first is left out first.
"""
_LEAST_ROOM = 0.25
"""Of the tokens that were asked for: with less room in the window, the prompt is too long."""
_NUMBER = re.compile(r"(?<![\w.-])\d[\d,]{2,11}(?![\w-])")

_CEILING = re.compile(r"max(?:_?output|_completion)?_?tokens\b.*?(\d{3,})(?:\D+(\d{3,}))?", re.I | re.S)


class Capabilities:
    """The parameters that one model does not accept. `sent` are the optional parts that its requests may hold: those of
    NAMES, or a provider's own, which a refusal names as they are. `create`: the SDK's function that knows the
    parameters.
    """

    def __init__(self, sent: tuple[str, ...], create: Callable[..., Any] | None = None) -> None:
        order = [*(part for part in NAMES if part in sent), *(part for part in sent if part not in NAMES)]
        self._sent = {part: NAMES.get(part) or re.compile(rf"\b{re.escape(part)}\b") for part in order}
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

    def shortened(self, text: str, *, asked: int) -> bool:
        """Whether a refusal says that the window has less room left for the reply, which is then asked for."""
        room = _room_in_window(text, asked)
        self.ceiling = min(room, self.ceiling or room) if room else self.ceiling
        return room is not None

    def from_refusal(self, text: str, *, asked: int, without: frozenset[str]) -> bool:
        """Learn from a refusal's text; whether a request without what it names may now pass. `without`: what the
        refused one left out already.
        """
        if self.shortened(text, asked=asked):
            return True
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


def _room_in_window(text: str, asked: int) -> int | None:
    """The tokens that are left for the reply, where a refusal gives the sizes of the window and of the prompt, in
    whatever words: the request of `asked` tokens does not fit, a smaller one does.
    """
    numbers = {int(number.replace(",", "")) for number in _NUMBER.findall(text)}
    if asked not in numbers:
        return None
    sums = {number for number in numbers if number - asked in numbers}
    window, prompt = (*sorted(numbers - sums - {asked}, reverse=True), 0, 0)[:2]
    room = window - prompt
    return room if prompt and _LEAST_ROOM * asked <= room < asked else None


def with_schema(request: Request) -> str:
    """The prompt with the schema in words, for a model that takes none as a parameter."""
    return (
        request.prompt
        + "\n\nAnswer with one JSON object and nothing else. It has this schema: "
        + json.dumps(request.json_schema)
    )

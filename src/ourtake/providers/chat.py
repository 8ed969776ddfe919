"""OpenAI's chat completions, and what other servers make of them: forms of output that they take, and where their
answers are.
"""

from __future__ import annotations

import json
from typing import Literal

from ourtake.documents import Payload
from ourtake.providers.base import ProviderInfo, Request
from ourtake.providers.exchange import Parts
from ourtake.providers.faults import fault_in_stream, not_an_answer
from ourtake.providers.http import table
from ourtake.providers.usage import Counted, counted

Form = Literal["schema", "json", "text", "bare"]
"""Of the output that is asked for: text has the schema in the prompt, bare no system message either."""
FORMS: tuple[Form, ...] = ("schema", "json", "text", "bare")


def response_format(form: Form, request: Request) -> Payload:
    """The part of a request that asks for a form of output."""
    if form == "json":
        return {"response_format": {"type": "json_object"}}
    if form != "schema":
        return {}
    schema = {"name": request.form, "schema": request.json_schema, "strict": True}
    return {"response_format": {"type": "json_schema", "json_schema": schema}}


def read_answer(answer: Payload, parts: Parts, info: ProviderInfo) -> None:
    """Read a whole answer into `parts`. Raises TransientError for what is not one, and the error that is in it."""
    first = _first_choice(answer, info)
    # Servers of an older API have a text in place of a message.
    message = first.get("message") or ({"content": first["text"]} if "text" in first else None)
    if not isinstance(message, dict):
        raise not_an_answer(info.provider)
    parts.stop, parts.used = first.get("finish_reason"), table(answer.get("usage"))
    _read_message(message, parts)


def read_piece(event: Payload, parts: Parts, info: ProviderInfo) -> bool:
    """Read one event of a stream into `parts`; whether it holds a piece of the message."""
    parts.used = table(event.get("usage")) or parts.used
    first = _first_choice(event, info)
    parts.stop = first.get("finish_reason") or parts.stop
    delta = table(first.get("delta")) or ({"content": first["text"]} if "text" in first else {})
    _read_message(delta, parts)
    return bool(delta)


def _first_choice(answer: Payload, info: ProviderInfo) -> Payload:
    choices = answer.get("choices")
    first = table(choices[0]) if isinstance(choices, list) and choices else {}
    if first.get("error"):
        raise fault_in_stream(first["error"], info=info)
    return first


def _read_message(message: Payload, parts: Parts) -> None:
    """A message, or a piece of one. Its content is a text, a list of parts with thoughts among them, or the object."""
    content = message.get("content")
    pieces = content if isinstance(content, list) else [{"type": "text", "text": content}]
    for piece in map(table, pieces):
        if piece.get("type") == "text":
            parts.text += _text(piece.get("text"))
    parts.refusal += _text(message.get("refusal"))
    parts.thoughts += _text(message.get("reasoning_content") or message.get("reasoning"))
    calls = message.get("tool_calls")
    for call in calls[:1] if isinstance(calls, list) else []:
        parts.tool += _text(table(table(call).get("function")).get("arguments"))


def _text(value: object) -> list[str]:
    if isinstance(value, dict):
        return [json.dumps(value)]
    return [value] if isinstance(value, str) and value else []


def count(used: Payload) -> Counted:
    """The tokens of an answer. DeepSeek has its own names for what its cache held and what not."""
    hit, missed = (f"prompt_cache_{which}_tokens" for which in ("hit", "miss"))
    parts = {hit: used.get(hit), missed: used.get(missed)} if used.get(missed) is not None else {}
    sent = {"prompt_tokens": used.get("prompt_tokens")}
    if sent["prompt_tokens"] is None and parts:
        sent = parts
    cached = {"cached_tokens": table(used.get("prompt_tokens_details")).get("cached_tokens"), hit: used.get(hit)}
    received = {"completion_tokens": used.get("completion_tokens")}
    return counted(sent=sent, received=received, cached=cached, same=parts)

"""An odd answer of chat completions in the words of Responses and Messages, and what a request asks for in each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.wire.awkward_server import whole

Payload = dict[str, Any]


def room_of(body: Payload) -> int:
    """The tokens that a request leaves for the answer."""
    return int(body.get("max_tokens") or body.get("max_completion_tokens") or body["max_output_tokens"])


def has_effort(body: Payload) -> bool:
    """Whether a request names how much effort a model should make."""
    return "reasoning_effort" in body or "reasoning" in body or "effort" in body.get("output_config", {})


def has_system(body: Payload) -> bool:
    """Whether a request has a system message, or what stands for one."""
    messages = body.get("messages") or body.get("input")
    rows = messages if isinstance(messages, list) else []
    return bool(body.get("system") or body.get("instructions")) or any(row.get("role") == "system" for row in rows)


def other_api(path: str, spoken: Payload, stop: object) -> Payload:
    """The whole answer whose message is `spoken`."""
    answer = whole(path, "good", "")
    if path.endswith("/responses"):
        ended = {} if stop in ("stop", "tool_calls") else {"status": stop}
        return answer | {"output": list(_items(spoken))} | ended
    return answer | {
        "content": list(_blocks(spoken)),
        "stop_reason": {"stop": "end_turn", "tool_calls": "tool_use"}.get(str(stop), stop),
    }


def other_events(path: str, spoken: Payload, stop: object) -> Iterator[Payload]:
    """The events of a stream of that answer."""
    answer = other_api(path, spoken, stop)
    if path.endswith("/responses"):
        yield {"type": "response.created", "response": answer | {"status": "in_progress", "output": []}}
        for item in answer["output"]:
            for part in item.get("content") or ():
                yield {"type": "response.output_text.delta", "delta": part["text"]}
        yield {"type": "response.completed", "response": answer}
        return
    yield {"type": "message_start", "message": answer | {"content": [], "stop_reason": None}}
    for number, block in enumerate(answer["content"]):
        empty = {"text": "", "thinking": "", "input": {}}
        yield {
            "type": "content_block_start",
            "index": number,
            "content_block": {key: empty.get(key, value) for key, value in block.items()},
        }
        kind, key = {
            "text": ("text_delta", "text"),
            "thinking": ("thinking_delta", "thinking"),
            "tool_use": ("input_json_delta", "partial_json"),
        }[block["type"]]
        given = json.dumps(block["input"]) if kind == "input_json_delta" else block[key]
        yield {"type": "content_block_delta", "index": number, "delta": {"type": kind, key: given}}
        yield {"type": "content_block_stop", "index": number}
    yield {"type": "message_delta", "delta": {"stop_reason": answer["stop_reason"]}, "usage": {"output_tokens": 50}}
    yield {"type": "message_stop"}


def _parts(spoken: Payload) -> Iterator[tuple[str, Any]]:
    """The parts of a message: what kind each is, and its text or value."""
    thought = spoken.get("reasoning_content") or spoken.get("reasoning")
    if thought:
        yield "thinking", thought
    content = spoken.get("content")
    for part in content if isinstance(content, list) else [{"type": "text", "text": content}] if content else []:
        yield part["type"], part[part["type"]]
    for call in spoken.get("tool_calls") or ():
        yield "tool", call["function"]["arguments"]


def _items(spoken: Payload) -> Iterator[Payload]:
    for kind, value in _parts(spoken):
        if kind == "thinking":
            yield {"type": "reasoning", "summary": [{"type": "summary_text", "text": value}]}
        elif kind == "tool":
            yield {"type": "function_call", "name": "t", "arguments": value}
        else:
            yield {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": value}]}


def _blocks(spoken: Payload) -> Iterator[Payload]:
    for kind, value in _parts(spoken):
        if kind == "tool":
            yield {"type": "tool_use", "id": "t", "name": "t", "input": json.loads(value)}
        else:
            yield {"type": kind, kind: value}

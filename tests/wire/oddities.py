"""What else awkward_server.py can be asked for by a model's name: odd counts of tokens, thoughts in the text, the
request's headers sent back.
"""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import quote

Payload = dict[str, Any]

DRAFT = 'Not yet: {"headline": "A draft", "summary": "No.", "body": "No.", "tags": ["x"]}'
THOUGHTS = {
    "tag": f"<think>{DRAFT}</think>\n%s",
    "upper": f"<THINK>{DRAFT}</THINK>%s",
    "bracket": f"[THINK]{DRAFT}[/THINK]%s",
    "no-opening": f"{DRAFT}</think>%s",
    "two": f"<think>{DRAFT}</think><thought>{DRAFT}</thought>%s",
    "channels": f"<|channel|>analysis<|message|>{DRAFT}<|end|><|start|>assistant<|channel|>final<|message|>%s",
    "long": "<think>" + "On and on. " * 8_000 + "</think>%s",
}
UNFINISHED = {
    "open": f"<think>{DRAFT}",
    "open-upper": f"<Thinking>{DRAFT}",
    "open-bracket": f"[THINK]{DRAFT}",
    "open-channel": f"<|channel|>analysis<|message|>{DRAFT}",
}
TWICE = '%s, "headline": "Another"}'


def text_of(behaviour: str, text: str) -> str:
    """The text of a reply with thoughts around it, or with a key given twice."""
    kind, _, name = behaviour.partition(":")
    if kind == "thoughts":
        return (THOUGHTS | UNFINISHED)[name].replace("%s", text)
    return TWICE % text.rstrip().removesuffix("}") if kind == "key-twice" else text


# In OpenAI's and Anthropic's own names at once; None takes a count out.
USAGES: dict[str, Any] = {
    "cached-above-sent": {"cached": 10**6},
    "negative": {"sent": -5, "received": -7},
    "negative-output": {"received": -(10**6)},
    "negative-cached": {"cached": -(10**6)},
    "absurd": {"sent": 10**15, "received": 10**15},
    "above-the-store": {"sent": 2**70},
    "endless": {"sent": int("9" * 4000)},
    "fraction": {"received": 0.5},
    "true": {"received": True},
    "text": {"sent": "100", "received": "50"},
    "nan": {"received": float("nan")},
    "infinite": {"received": float("inf")},
    "no-output": {"received": None},
    "nothing": {"sent": None, "received": None, "cached": None},
}


def usage_of(behaviour: str, path: str) -> Payload | None:
    """The odd count of tokens that a behaviour is named after, in the words of the API at this path; None for another
    behaviour.
    """
    kind, _, name = behaviour.partition(":")
    if kind != "usage":
        return None
    given = {"sent": 100, "received": 50, "cached": 0} | USAGES[name]
    if path.endswith("/messages"):
        names = {
            "input_tokens": given["sent"],
            "output_tokens": given["received"],
            "cache_read_input_tokens": given["cached"],
        }
        if name == "cached-above-sent":
            names["cache_read_input_tokens"] = (
                10**9
            )  # this API counts it beside what was sent: only too much is impossible
    else:
        sent, received = ("input", "output") if path.endswith("/responses") else ("prompt", "completion")
        names = {f"{sent}_tokens": given["sent"], f"{received}_tokens": given["received"]}
        names[f"{sent}_tokens_details"] = {"cached_tokens": given["cached"]}
    return {key: value for key, value in names.items() if value is not None}


def echoed(head: str) -> list[str]:
    """The values of a request's headers that could be secret, in several spellings."""
    shown = dict(line.split(": ", 1) for line in head.splitlines()[1:] if ": " in line)
    wanted = [name for name in shown if name.lower().startswith(("authorization", "x-api-key", "openai-", "x-desk"))]
    found: list[str] = []
    for value in (shown[name].removeprefix("Bearer ").removeprefix("Basic ") for name in wanted):
        half = len(value) // 2
        found += [
            value,
            quote(value, safe=""),
            base64.b64encode(f"user:{value}".encode()).decode(),
            f"{value[:half]}\n{value[half:]}",
        ]
    return found

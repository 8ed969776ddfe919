"""What a stop reason says, whichever API's word it is: gateways pass on the words of the model behind them.

A word that is not known is not a cut-off reply: nothing says that more room would help. It counts as complete if the
reply is one whole JSON object, which a reply that was cut off can't be.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from ourtake.providers.base import WINDOW_FULL, ReplyStatus
from ourtake.text.thoughts import spoken

_ROOM = "length max_tokens max_output_tokens max_length token_limit incomplete"
_COMPLETE = "stop end end_turn completed complete eos eos_token stop_sequence tool_calls tool_use function_call"
_FILTERED = "content_filter content_filtered safety prohibited_content blocklist recitation spii"
FAILED = frozenset({"error", "failed", "cancelled"})
"""The server ended its own reply in the middle of it."""

_STATUSES: dict[str, ReplyStatus] = {
    **dict.fromkeys((*_ROOM.split(), *WINDOW_FULL), "cut-off"),
    **dict.fromkeys(_COMPLETE.split(), "complete"),
    **dict.fromkeys(_FILTERED.split(), "filtered"),
    "refusal": "refused",
}


def status_of(stop: object, text: str, *, ended: bool, own: Mapping[str, ReplyStatus]) -> ReplyStatus:
    """The status of a reply. `own`: the API's own stop reasons; `ended`: all of the answer came, by the API's last
    event or as a whole body.
    """
    word = stop if isinstance(stop, str) else ""
    known = own.get(word) or _STATUSES.get(word.lower())
    if known is not None:
        return known
    if not ended and not word:
        return "cut-off"
    return "complete" if whole_object(spoken(text).text) else "invalid"


def whole_object(text: str) -> bool:
    """Whether a text is one JSON object, with or without a fence around it, and nothing else."""
    bare = text.strip()
    if bare.startswith("```") and bare.endswith("```"):
        bare = bare.partition("\n")[2].removesuffix("```").strip()
    if not (bare.startswith("{") and bare.endswith("}")):
        return False
    try:
        return isinstance(json.loads(bare, strict=False), dict)
    except (ValueError, RecursionError):
        return False

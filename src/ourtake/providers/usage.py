"""The provider's count of tokens, used only if it can be true.

Every API has its own names for its counts; `counted` judges them all by the same rules. If a count can't be true (below
zero, a part larger than its whole, not a whole number, more than any model reads, zero although a text arrived), no
price is computed from it. The ledger then counts the call as the most that it may cost, which was reserved for it, and
says why.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ourtake.documents import Usage

MOST = 10_000_000
"""Tokens; above every model's context window."""
_SHOWN = 40
"""Characters of a strange value that are repeated."""


class Counted(NamedTuple):
    """The tokens of one call; `doubt`: why the provider's count was not used ("" if it was used); `usage` then has no
    tokens.
    """

    usage: Usage
    doubt: str = ""


NOT_COUNTED = Counted(Usage(calls=1), "no count of tokens was sent")
"""Of an answer that broke off before its usage came."""


def counted(
    *,
    sent: Mapping[str, object],
    received: Mapping[str, object],
    cached: Mapping[str, object] | None = None,
    written: Mapping[str, object] | None = None,
    same: Mapping[str, object] | None = None,
    texts: bool = True,
) -> Counted:
    """Each mapping is {the provider's name: its value}; what is in `sent` is added up and holds `cached` and `written`,
    which may be missing.

    `same`: other counts that must add up to what was sent. If `cached` has several values, the smallest counts, because
    tokens that are not read from a cache cost more. `texts`: the call answers with a text, so its output can't be 0
    tokens.
    """
    parts = {"sent": sent, "received": received, "cached": cached or {}, "written": written or {}, "same": same or {}}
    given = {name: value for part in parts.values() for name, value in part.items() if value is not None}
    for name, value in given.items():
        if whole(value) is None:
            return _doubted(f"{name} is {_short(value)}")
    counts = {
        part: [whole(value) or 0 for value in values.values() if value is not None] for part, values in parts.items()
    }
    if not counts["sent"] or not sum(counts["sent"]):
        return _doubted(f"{' + '.join(sent)} is missing or 0") if given else NOT_COUNTED
    if texts and not sum(counts["received"]):
        return _doubted(f"{', '.join(received)} is missing or 0")
    if counts["same"] and sum(counts["same"]) != sum(counts["sent"]):
        return _doubted(f"{' + '.join(parts['same'])} is not {sum(counts['sent'])}")
    usage = Usage(
        input_tokens=sum(counts["sent"]),
        output_tokens=sum(counts["received"]),
        cached_tokens=min(counts["cached"], default=0),
        cache_write_tokens=sum(counts["written"]),
        calls=1,
    )
    if not possible(usage):
        named = {name: value for part in ("cached", "written") for name, value in parts[part].items() if value}
        return _doubted(
            f"{', '.join(f'{name} is {value}' for name, value in named.items())} of {usage.input_tokens} sent"
        )
    return Counted(usage)


def possible(usage: Usage) -> bool:
    """Whether a call can have used this many tokens: no part is below zero, larger than its whole, or more than any
    model reads.
    """
    parts = (usage.input_tokens, usage.output_tokens, usage.cached_tokens, usage.cache_write_tokens)
    return (
        all(0 <= part <= MOST for part in parts)
        and usage.cached_tokens + usage.cache_write_tokens <= usage.input_tokens
    )


def whole(value: object) -> int | None:
    """A count of tokens from JSON, 0 to MOST; None if it is not one. 1200.0 counts as 1200, because some servers only
    send floats.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MOST:
        return None
    return int(value) if value == int(value) else None


def said_of(doubt: str) -> str | None:
    """What the ledger says about a call whose count was not used."""
    return (
        f"The provider's count of tokens was not used: {doubt}. The call counts as the most that it may cost."
        if doubt
        else None
    )


def _doubted(why: str) -> Counted:
    return Counted(Usage(calls=1), why)


def _short(value: object) -> str:
    # A number of thousands of digits can't be written out; one of a few can.
    text = f"about {value:.3g}" if isinstance(value, float) else repr(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"

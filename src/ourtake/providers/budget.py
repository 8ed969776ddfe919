"""What may be spent: the limits of [budget] and --max-cost, and the most that a request may cost before anybody has
answered it.

The bound: a model's vocabulary has no token shorter than one byte, so a prompt has at most as many tokens as bytes of
UTF-8; the schema is counted in, and FRAME tokens for what a provider puts around. Of output it can't bill more than the
cap that is sent along. The sums are kept by the store (store/ledger.py), under its one write lock.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal

from ourtake.config import Settings
from ourtake.errors import ConfigError, LimitError
from ourtake.providers.base import Request
from ourtake.providers.pricing import Tariff, in_words, micros_of, most, price_hint, tariff_of
from ourtake.store.calls import Ceiling, Over
from ourtake.text.counts import count_of

FRAME = 600
"""Tokens."""
_SCOPES = {
    "draft": ("draft", "usd_per_draft"),
    "run": ("run", "usd_per_run or --max-cost"),
    "day": ("day", "usd_per_day"),
    "provider": ("day's calls to {name}", "usd_per_day of [models.limits]"),
    "process": ("worker", "--max-cost of the worker"),
}
"""What a limit is for, after "a", and where it is set."""


def ceilings_of(settings: Settings, *, max_cost: Decimal | None = None) -> tuple[Ceiling, ...]:
    """The limits in force; --max-cost replaces usd_per_run."""
    budget = settings.budget
    run = budget.usd_per_run if max_cost is None else max_cost
    given = (("draft", budget.usd_per_draft), ("run", run), ("day", budget.usd_per_day))
    whole = [Ceiling(scope, micros_of(amount)) for scope, amount in given if amount is not None]  # type: ignore[arg-type]
    limits = settings.models.limits.items()
    theirs = [
        Ceiling("provider", micros_of(limit.usd_per_day), name)
        for name, limit in limits
        if limit.usd_per_day is not None
    ]
    return (*whole, *theirs)


def check_priced(specs: Sequence[str], settings: Settings, *, ceilings: Sequence[Ceiling]) -> None:
    """Raise ConfigError for a model without a price while a limit in money is set: it could not be enforced."""
    for spec in specs:
        provider, _, model = spec.partition(":")
        limited = any(ceiling.concerns(provider, model) for ceiling in ceilings)
        if limited and tariff_of(provider, model, settings) is None:
            raise ConfigError(
                f"The price of {spec} is not known, so a limit in money can't be enforced.",
                f"{price_hint(spec)} Or remove the limit.",
            )


def most_tokens(request: Request) -> int:
    """The most tokens that a request can be counted as, in."""
    texts = (request.system, request.prompt, json.dumps(request.json_schema))
    return sum(len(text.encode()) for text in texts) + FRAME


def reservation(request: Request, tariff: Tariff | None) -> int | None:
    """The most that the request may cost; None without a price."""
    if tariff is None:
        return None
    return most(tariff, sent=most_tokens(request), received=request.max_output_tokens)


def scope_in_words(ceiling: Ceiling) -> str:
    """What a limit is for, after "a"."""
    return _SCOPES[ceiling.scope][0].format(name=ceiling.name)


def limit_error(over: Over) -> LimitError:
    """The limit in a sentence."""
    scope, limit = over.ceiling.scope, in_words(over.ceiling.limit)
    of = f"a {scope_in_words(over.ceiling)}{' (UTC)' if scope in ('day', 'provider') else ''}"
    if over.boundless:
        which = "an earlier call had no price, so its cost is unknown"
        if over.boundless > 1:
            which = f"{count_of(over.boundless, 'earlier call')} had no price, so their cost is unknown"
        return LimitError(
            f"The limit of {limit} for {of} can't be enforced: {which}.",
            "See `ourtake calls list --state unknown`. Remove the limit, or set it for a new run, draft or day.",
        )
    return LimitError(
        f"The limit of {limit} for {of} could be exceeded: {in_words(over.spent)} has been spent or "
        f"reserved, and the next call may cost {in_words(over.needed)}.",
        f"What is done is kept. Raise {_SCOPES[scope][1]} and run it again (a batch with --resume).",
    )

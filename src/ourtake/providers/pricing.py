"""What a call costs: prices of ourtake.toml first, then those of the package genai-prices; no network. An unknown price
is None, never 0. Money is in millionths of a US dollar, rounded up call by call: tokens times US dollars a million
tokens is that number.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_CEILING, Decimal
from functools import lru_cache

from ourtake.config import Price, Settings
from ourtake.documents import Usage
from ourtake.providers.base import FREE
from ourtake.providers.registry import row_of
from ourtake.providers.usage import possible

MILLION = 1_000_000
CACHE_WRITE = Decimal("1.25")
"""Times the price of input: what Anthropic takes for writing its cache for five minutes; where ourtake.toml names
prices, the same is assumed.
"""
BATCH = Decimal("0.5")
"""Times the price: what OpenAI and Anthropic take for an answer through their batch endpoints."""

Tariff = Callable[[Usage], int]
"""From the tokens of one call to millionths of a US dollar."""


def tariff_of(provider: str, model: str, settings: Settings) -> Tariff | None:
    """What the model costs; None if neither ourtake.toml nor genai-prices knows it."""
    if provider in FREE:
        return lambda usage: 0
    own = settings.prices.get(f"{provider}:{model}")
    if own is not None:
        return lambda usage: _own_cost(own, usage)
    row = row_of(provider, settings)
    return _bundled(row.prices, model) if row is not None and row.prices else None


def cost_of(usage: Usage, tariff: Tariff | None, *, free: bool) -> int | None:
    """Millionths of a US dollar; None without a price, and where no call can have used these tokens (usage.py), none
    among them: an answer that was cut off before its usage came was billed all the same.
    """
    counted = free or ((usage.input_tokens or usage.output_tokens) and possible(usage))
    return tariff(usage) if tariff is not None and counted else None


def cost_by(settings: Settings) -> Callable[[str, str, Usage], int | None]:
    """The cost of an answered call at the prices known now, for calls that were made before their price was known."""

    def cost(provider: str, model: str, usage: Usage) -> int | None:
        return cost_of(usage, tariff_of(provider, model, settings), free=provider in FREE)

    return cost


def most(tariff: Tariff, *, sent: int, received: int) -> int:
    """The most that a call of this many tokens may cost: nothing read from a cache, and all of it written to one."""
    return max(
        tariff(Usage(input_tokens=sent, output_tokens=received, cache_write_tokens=written)) for written in (0, sent)
    )


def price_hint(spec: str) -> str:
    """What to write for a model without a price; `spec`: as "openai:NAME"."""
    return (
        f'Add these lines to ourtake.toml, with the provider\'s prices in USD per million tokens: [prices."{spec}"], '
        "then input = 1.25, then output = 10."
    )


def _own_cost(price: Price, usage: Usage) -> int:
    cached = price.input if price.cached_input is None else price.cached_input
    plain = usage.input_tokens - usage.cached_tokens - usage.cache_write_tokens
    sent = plain * price.input + usage.cached_tokens * cached + usage.cache_write_tokens * price.input * CACHE_WRITE
    return _rounded(sent + usage.output_tokens * price.output, usage)


def _rounded(micros: Decimal, usage: Usage) -> int:
    return int((micros * (BATCH if usage.batch else 1)).to_integral_value(ROUND_CEILING))


@lru_cache(maxsize=64)
def _bundled(prices: str, model: str) -> Tariff | None:
    from genai_prices import Usage as Priced  # imported here: its tables take a tenth of a second to load
    from genai_prices import calc_price

    def cost(usage: Usage) -> int:
        parts = {"cache_read_tokens": usage.cached_tokens, "cache_write_tokens": usage.cache_write_tokens}
        given = {name: count for name, count in parts.items() if count}  # a model without a cache has no price for it
        priced = Priced(input_tokens=usage.input_tokens, output_tokens=usage.output_tokens, **given)
        return _rounded(calc_price(priced, model, provider_id=prices).total_price * MILLION, usage)

    try:
        cost(Usage(input_tokens=1, output_tokens=1))
    except LookupError:
        return None
    return cost


def context_window(prices: str, model: str) -> int | None:
    """The context window in tokens of a model that genai-prices knows; `prices` is the provider's id there."""
    from genai_prices import Usage as Priced
    from genai_prices import calc_price

    try:
        return calc_price(Priced(input_tokens=1, output_tokens=1), model, provider_id=prices).model.context_window
    except LookupError:
        return None


def usd(micros: int) -> float:
    """Millionths of a US dollar as dollars."""
    return micros / MILLION


def in_words(micros: int) -> str:
    """An amount as people read it: at least two places, and up to six where they say something."""
    whole, _, places = f"{Decimal(micros) / MILLION:.6f}".partition(".")
    return f"{whole}.{places.rstrip('0').ljust(2, '0')} USD"


def micros_of(amount: Decimal) -> int:
    """US dollars as millionths, rounded down: a limit is never stretched."""
    return int(amount * MILLION)

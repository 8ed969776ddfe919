"""What `ourtake models` shows of each model that can be named: key, limits, price, context window, structured output,
and whether it answers.
"""

from __future__ import annotations

import asyncio
import os
from typing import Any
from urllib.parse import quote

import httpx2

from ourtake.config import Limits, Settings
from ourtake.documents import Document, Usage
from ourtake.errors import OurtakeError
from ourtake.providers.base import Listing, ProviderRow
from ourtake.providers.exchange import plain_error
from ourtake.providers.http import json_answer, table
from ourtake.providers.pricing import MILLION, context_window, tariff_of, usd
from ourtake.providers.redaction import Redaction
from ourtake.providers.registry import ROWS, build_provider, limits_of, outside_rows, row_of

PING_SECONDS = 10.0


class ModelRow(Document):
    """A line of `ourtake models`. `state` says in words whether it can be used; `reachable` is None if it was not
    asked; `price` is in US dollars for a million tokens, or "unknown"; `package` is the outside package that brings it.
    """

    name: str
    state: str
    ready: bool
    key: str | None = None
    key_present: bool | None = None
    default: bool = False
    limits: Limits = Limits()
    price: str = "unknown"
    context_tokens: int | None = None
    structured_output: str = ""
    reachable: bool | None = None
    ping: str | None = None
    package: str = ""


def known_models(settings: Settings) -> list[ModelRow]:
    """What --model can name: the baseline, the models of [models] default, the newest of each provider, and every
    server of ourtake.toml.
    """
    default = settings.models.in_order
    with_model = {name.partition(":")[0] for name in default}
    rows = [row for row in (*ROWS.values(), *outside_rows().values()) if row.name != "baseline"]
    names = [*default, *(f"{row.name}:{row.newest or 'MODEL'}" for row in rows)]
    names += [f"{name}:MODEL" for name in settings.models.servers if name not in with_model]
    baseline = ModelRow(
        name="baseline",
        state="ready; built in, no key, no network",
        ready=True,
        default="baseline" in default,
        price="free",
    )
    return [baseline, *(_model_row(name, settings) for name in dict.fromkeys(names) if name != "baseline")]


def _model_row(spec: str, settings: Settings) -> ModelRow:
    name = spec.partition(":")[0]
    row = row_of(name, settings)
    default = spec in settings.models.in_order
    if row is None:
        state = f"unknown provider {name}; add [models.{name}] with its base_url"
        return ModelRow(name=spec, state=state, ready=False, default=default)
    present = bool(os.environ.get(row.key)) if row.key else None
    state = f"ready; {row.key} is set" if present else f"no key; set {row.key}" if row.key else "ready; needs no key"
    return ModelRow(
        name=spec,
        state=state,
        ready=present is not False,
        key=row.key or None,
        key_present=present,
        default=default,
        limits=limits_of(spec, settings),
        price=_price(spec, settings),
        context_tokens=_context(row, spec, settings),
        structured_output=row.structured_output,
        package=row.package,
    )


def _price(spec: str, settings: Settings) -> str:
    provider, _, model = spec.partition(":")
    tariff = tariff_of(provider, model, settings)
    if tariff is None:
        return "unknown"
    sent, received = tariff(Usage(input_tokens=MILLION)), tariff(Usage(output_tokens=MILLION))
    return f"{usd(sent):g} in, {usd(received):g} out (USD a million tokens)"


def _context(row: ProviderRow, spec: str, settings: Settings) -> int | None:
    """The context window in tokens: of [models.NAME], else as genai-prices knows it."""
    server = settings.models.servers.get(row.name)
    if server is not None:
        return server.context_tokens or None
    return context_window(row.prices, spec.partition(":")[2]) if row.prices else None


async def pinged(row: ModelRow, settings: Settings) -> ModelRow:
    """The row with what the provider's own list of models says about it: a request that costs nothing."""
    name, _, model = row.name.partition(":")
    provider_row = row_of(name, settings)
    if provider_row is None or provider_row.models is None or not row.ready:
        return row
    provider: Any = None
    try:
        provider = build_provider(row.name, settings)
        async with asyncio.timeout(PING_SECONDS):
            asked = getattr(provider, "bare", provider)
            found = await _asked(asked, provider_row.models, None if model == "MODEL" else model)
    except TimeoutError:
        found = {"reachable": False, "ping": f"{name} gave no answer within {PING_SECONDS:g} seconds."}
    except OurtakeError as error:
        found = {"reachable": False, "ping": str(error)}
    except Exception as error:
        if not provider_row.package:
            raise
        why = f"{type(error).__name__}: {error}"
        found = {"reachable": False, "ping": f"the package {provider_row.package} can't ask for its models ({why})."}
    finally:
        if provider is not None:
            await provider.close()
    return row.model_copy(update=found | {"ping": Redaction(settings).masked(str(found["ping"]))})


async def _asked(provider: Any, listing: Listing, model: str | None) -> dict[str, object]:
    """What the list of models, or the entry of this model, says. Raises ProviderError."""
    single = listing.entry and model is not None
    path = f"{listing.path}/{quote(model or '', safe='')}" if single else listing.path
    try:
        response = await provider.client.get(path, cast_to=httpx2.Response)
        answer = await json_answer(response, provider.name)
    except OurtakeError:
        raise
    except Exception as error:
        raise plain_error(error, info=provider.info) from error
    if single:
        window = answer.get(listing.context)
        context = {"context_tokens": window} if isinstance(window, int) else {}
        return {"reachable": True, "ping": "the model exists"} | context
    entries = answer.get(listing.items)
    names = [str(table(item).get(listing.name)) for item in entries] if isinstance(entries, list) else []
    shown = ", ".join(names[:5])
    if model is not None and names and model not in names:
        return {"reachable": True, "ping": f"it answers, but does not list {model}; it has {shown}"}
    return {"reachable": True, "ping": f"it answers and has {shown or 'no list of models'}"}

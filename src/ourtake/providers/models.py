"""What `ourtake models` tells of each model that can be named: key, limits, price, context window, structured output,
and whether it answers.
"""

from __future__ import annotations

import asyncio
import os
from typing import Any

from ourtake.config import Limits, Settings
from ourtake.documents import Document, Usage
from ourtake.errors import OurtakeError
from ourtake.providers.pricing import MILLION, tariff_of, usd
from ourtake.providers.redaction import Redaction
from ourtake.providers.registry import KEYS, NEWEST, build_provider, limits_of

PING_SECONDS = 10.0


class ModelRow(Document):
    """A line of `ourtake models`. `state` says in words whether it can be used; `reachable` is None where nobody asked;
    `price` is in US dollars for a million tokens, or "unknown".
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


def known_models(settings: Settings) -> list[ModelRow]:
    """What --model can name: the baseline, the models of [models] default, both SDKs' newest, and every server of
    ourtake.toml.
    """
    default = settings.models.in_order
    names = [*default, *(f"{name}:{model}" for name, model in NEWEST.items())]
    with_model = {name.partition(":")[0] for name in default}
    names += [f"{name}:MODEL" for name in settings.models.servers if name not in with_model]
    rows = [
        ModelRow(
            name="baseline",
            state="ready; built in, no key, no network",
            ready=True,
            default="baseline" in default,
            price="free",
        )
    ]
    return rows + [_row(name, settings) for name in dict.fromkeys(names) if name != "baseline"]


def _row(spec: str, settings: Settings) -> ModelRow:
    name = spec.partition(":")[0]
    server = settings.models.servers.get(name)
    variable = KEYS.get(name) or (server.api_key_env if server else "")
    known = name in KEYS or server is not None
    present = bool(os.environ.get(variable)) if variable else None
    ready = known and present is not False
    state = f"ready; {variable} is set" if present else "ready; needs no key" if ready else f"no key; set {variable}"
    return ModelRow(
        name=spec,
        state=state if known else f"unknown provider {name}; add [models.{name}] with its base_url",
        ready=ready,
        key=variable or None,
        key_present=present,
        default=spec in settings.models.in_order,
        limits=limits_of(spec, settings),
        price=_price(spec, settings),
        context_tokens=(server.context_tokens or None) if server else _context(spec),
        structured_output=("a schema, else JSON, else words" if server.output == "auto" else server.output)
        if server
        else "schema",
    )


def _price(spec: str, settings: Settings) -> str:
    provider, _, model = spec.partition(":")
    tariff = tariff_of(provider, model, settings)
    if tariff is None:
        return "unknown"
    sent, received = tariff(Usage(input_tokens=MILLION)), tariff(Usage(output_tokens=MILLION))
    return f"{usd(sent):g} in, {usd(received):g} out (USD a million tokens)"


def _context(spec: str) -> int | None:
    """The context window in tokens that genai-prices knows of a model of the two big providers."""
    provider, _, model = spec.partition(":")
    if provider not in KEYS:
        return None
    from genai_prices import Usage as Priced
    from genai_prices import calc_price

    try:
        return calc_price(Priced(input_tokens=1, output_tokens=1), model, provider_id=provider).model.context_window
    except LookupError:
        return None


async def pinged(row: ModelRow, settings: Settings) -> ModelRow:
    """The row with what the provider's own list of models says of it: a request that costs nothing."""
    if row.name == "baseline" or not row.ready:
        return row
    name, _, model = row.name.partition(":")
    provider: Any = None
    try:
        provider = build_provider(row.name, settings)
        async with asyncio.timeout(PING_SECONDS):
            found = await _asked(provider, None if model == "MODEL" else model)
    except TimeoutError:
        return row.model_copy(
            update={"reachable": False, "ping": f"{name} gave no answer within {PING_SECONDS:g} seconds."}
        )
    except OurtakeError as error:
        return row.model_copy(update={"reachable": False, "ping": Redaction(settings).masked(str(error))})
    finally:
        if provider is not None:
            await provider.close()
    clean = Redaction(settings).masked(str(found["ping"]))
    return row.model_copy(update={"reachable": True, **found, "ping": clean})


async def _asked(provider: Any, model: str | None) -> dict[str, object]:
    """What the list of models tells. Anthropic's entry of a model holds its context window, OpenAI's does not; some
    servers only have the list.
    """
    from ourtake.providers.exchange import plain_error
    from ourtake.providers.http import json_answer

    models = provider.client.models.with_raw_response
    try:
        if model is not None and provider.name in KEYS:
            entry = await json_answer((await models.retrieve(model)).http_response, provider.name)
            told = entry.get("max_input_tokens")
            return {"ping": "the model is there"} | ({"context_tokens": told} if isinstance(told, int) else {})
        listed = await json_answer((await models.list()).http_response, provider.name)
    except OurtakeError:
        raise
    except Exception as error:
        raise plain_error(error, who=provider.who, base_url=provider.base_url) from error
    names = [str(item.get("id")) for item in listed.get("data") or [] if isinstance(item, dict)]
    if model is not None and names and model not in names:
        return {"ping": f"it answers, but lists no {model}; it has {', '.join(names[:5])}"}
    return {"ping": "it answers and has " + (", ".join(names[:5]) or "no list of models")}

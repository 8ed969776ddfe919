"""Which providers there are, in one table, and how `provider:model` becomes one.

A new provider is one file and one row, here or in an outside package (entry point group `ourtake.providers`).
"""

from __future__ import annotations

import difflib
import functools
import os
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ourtake import plugins
from ourtake.config import Limits, Settings
from ourtake.errors import InputError, OurtakeError, ProviderError
from ourtake.providers.base import (
    ANTHROPIC_LIMITS,
    OPENAI_LIMITS,
    Connection,
    Listing,
    OnHeaders,
    OnText,
    Provider,
    ProviderInfo,
    ProviderRow,
    Reply,
    Request,
)
from ourtake.providers.fallback import Fallback
from ourtake.providers.quota import Quota
from ourtake.providers.rate import RateLimiter
from ourtake.providers.redaction import SECRET_VARIABLE
from ourtake.providers.retry import RetryingProvider

if TYPE_CHECKING:
    from ourtake.providers.batches import BatchClient

_BUILT_IN = (
    ProviderRow("baseline", build="ourtake.providers.baseline:Baseline", models=None),
    ProviderRow("replay", build="ourtake.providers.replay:Replay", newest="FOLDER", models=None),
    ProviderRow(
        "openai",
        build="ourtake.providers.openai:OpenAI",
        key="OPENAI_API_KEY",
        address="https://api.openai.com/v1",
        address_variable="OPENAI_BASE_URL",
        newest="gpt-6.1-sol",
        takes=("temperature", "effort", "format", "prompt_cache_key", "store"),
        batches="ourtake.providers.batches:OpenAIBatches",
        prices="openai",
    ),
    ProviderRow(
        "anthropic",
        build="ourtake.providers.anthropic:Anthropic",
        key="ANTHROPIC_API_KEY",
        address="https://api.anthropic.com",
        address_variable="ANTHROPIC_BASE_URL",
        newest="claude-sonnet-5-5",
        takes=("temperature", "effort", "format", "cache_control"),
        batches="ourtake.providers.batches:AnthropicBatches",
        prices="anthropic",
        rate_limits=(ANTHROPIC_LIMITS,),
        models=Listing("/v1/models"),
    ),
)
"""`newest` are names of the installed SDKs' own type lists."""

_SERVER = ProviderRow(
    "",
    build="ourtake.providers.compatible:Compatible",
    takes=("temperature", "effort", "stream_options", "max_tokens", "system"),
    rate_limits=(OPENAI_LIMITS, ANTHROPIC_LIMITS),
    models=Listing(entry=False),
)
"""The row of each server of [models.NAME]."""

ROWS = {row.name: row for row in _BUILT_IN}

Recorded = Callable[[Provider, RateLimiter], Provider]
"""Wraps a bare provider, which is asked when its rate limiter allows it."""

Holds = Callable[[Provider, Request], bool]
"""Whether a provider has answered a request already; see fallback.py."""


@functools.cache
def outside_rows() -> dict[str, ProviderRow]:
    """The rows that other packages add."""
    return plugins.rows_of(plugins.PROVIDERS, ProviderRow, ROWS, key="name", fault=_fault)


def _fault(row: ProviderRow) -> str:
    """What is wrong with an outside row, in words; "" if nothing is."""
    texts = ("name", "build", "key", "address", "address_variable", "newest", "structured_output", "batches", "prices")
    types: dict[str, type | tuple[type, ...]] = dict.fromkeys((*texts, "bad_key", "no_credit"), str)
    types |= {"takes": tuple, "rate_limits": tuple, "models": (Listing, type(None))}
    if wrong := plugins.faults_of_types(row, types):
        return wrong
    if not re.fullmatch(r"[a-z][a-z0-9_-]*", row.name):
        return f"{row.name!r} is not a name of lower-case letters, digits, - and _"
    if row.address_variable and not row.address_variable.endswith("_BASE_URL"):
        return f"{row.address_variable!r} must end in _BASE_URL, so that a password in it is never printed"
    if row.key and not SECRET_VARIABLE.fullmatch(row.key):
        return f"{row.key!r} must end in _KEY, _TOKEN or _SECRET, so that its value is never printed"
    for pattern in (row.bad_key, row.no_credit):
        re.compile(pattern)
    return ""


def row_of(name: str, settings: Settings) -> ProviderRow | None:
    """The row of a provider (built in, from [models.NAME] or from an outside package); None if the provider is
    unknown.
    """
    server = settings.models.servers.get(name)
    if name in ROWS:
        return ROWS[name]
    if server is None:
        return outside_rows().get(name)
    structured = "a schema, else JSON, else words" if server.output == "auto" else server.output
    return _SERVER._replace(name=name, key=server.api_key_env, address=server.base_url, structured_output=structured)


class ProviderFactory:
    """The models of one run. Each is built once, with its rate limiter, its tries and its records, for all who ask it.
    Limits that ourtake.toml gives a provider hold for all of its models together.
    """

    def __init__(self, settings: Settings, *, recorded: Recorded = lambda provider, _: provider) -> None:
        self._settings = settings
        self._recorded = recorded
        self._built: dict[str, Provider] = {}
        self._quotas: dict[str, Quota] = {}

    def line(self, specs: Sequence[str], *, holds: Holds = lambda provider, _: False) -> Fallback:
        """The providers in the order in which they are asked. Raises InputError, see build_provider."""
        providers = [self._built.get(spec) or self._made(spec) for spec in specs]
        return Fallback(providers, next_on_refusal=self._settings.models.next_on_refusal, holds=holds)

    def _made(self, spec: str) -> Provider:
        models = self._settings.models
        row, _ = _row_and_model(spec, self._settings)
        quota = self._quotas.setdefault(
            spec if spec in models.limits else row.name, Quota(limits_of(spec, self._settings))
        )
        limiter = RateLimiter(name=spec, quota=quota, headers=row.rate_limits)
        bare = build_provider(spec, self._settings, on_headers=limiter.seen)
        made = RetryingProvider(
            self._recorded(bare, limiter), tries=models.tries, deadline_seconds=models.deadline_seconds, limiter=limiter
        )
        self._built[spec] = made
        return made


class OutsideProvider:
    """A provider from an outside package: whatever it raises is an error of ours, and its answer is a Reply. `bare`
    must have the methods of Provider.
    """

    def __init__(self, bare: Any, package: str, info: ProviderInfo) -> None:
        for method in ("reply", "close"):
            if not callable(getattr(bare, method, None)):
                raise TypeError(f"{type(bare).__name__} has no method {method}")
        self.bare = bare
        self.name, self.model = info.provider, info.model
        self._package = package

    async def reply(self, request: Request, *, on_text: OnText | None = None) -> Reply:
        """See Provider. Raises ProviderError for anything that goes wrong in the package."""
        try:
            found = await self.bare.reply(request, on_text=on_text)
        except OurtakeError:
            raise
        except Exception as error:
            raise self._failed(plugins.in_short(error)) from error
        if not isinstance(found, Reply):
            raise self._failed(f"it answered with a {type(found).__name__} instead of a Reply")
        return found

    def _failed(self, why: str) -> ProviderError:
        what = f"The provider {self.name} of the package {self._package} failed: {why}."
        return ProviderError(what, f"Update {self._package}, or choose another model.")

    async def close(self) -> None:
        """Close connections."""
        try:
            await self.bare.close()
        except Exception as error:
            plugins.warn(f"{self._failed(plugins.in_short(error))}")


def limits_of(spec: str, settings: Settings) -> Limits:
    """The limits of [models.limits]: of the model ("openai:gpt-6.1-sol"), else of its provider ("openai")."""
    limits = settings.models.limits
    return limits.get(spec) or limits.get(spec.partition(":")[0]) or Limits()


def build_provider(spec: str, settings: Settings, *, on_headers: OnHeaders | None = None) -> Provider:
    """The provider of "openai:MODEL", "anthropic:MODEL", "NAME:MODEL" of [models.NAME] or of an outside package, or
    "baseline". `on_headers` receives the headers of each answer.

    Raises InputError for an unknown provider, naming the known ones, and for a missing key, naming its variable.
    """
    row, model, key = check_model(spec, settings)
    server = settings.models.servers.get(row.name)
    address = os.environ.get(row.address_variable, "") if row.address_variable else ""
    key_name = row.key or f"the server's key (api_key_env in [models.{row.name}])"
    base_url = base_address(address or row.address, row.address)
    info = ProviderInfo(row.name, model, key_name, base_url, row.bad_key, row.no_credit)
    connection = Connection(info, key, row.takes, on_headers, server)
    if not row.package:
        made: Provider = plugins.imported(row.build)(connection)
        return made
    try:
        return OutsideProvider(plugins.imported(row.build)(connection), row.package, info)
    except OurtakeError:
        raise
    except Exception as error:
        what = f"The provider {row.name} of the package {row.package} can't be used: {plugins.in_short(error)}."
        raise InputError(what, f"Update {row.package}, or choose another model.") from error


_ENDPOINT = re.compile(r"/+(?:chat/completions|completions|responses|messages)?/*\Z")


def base_address(address: str, usual: str) -> str:
    """A base address without the path of a request, which people copy with it, and without a version that the `usual`
    address of this provider does not have, since its requests add their own.
    """
    found = _ENDPOINT.sub("", address)
    has_version = urlsplit(usual).path or urlsplit(usual).hostname is None
    return found if has_version else found.removesuffix("/v1")


def check_model(spec: str, settings: Settings) -> tuple[ProviderRow, str, str]:
    """The row, the model and the key of a spec, without loading anything. Raises InputError, see build_provider."""
    row, model = _row_and_model(spec, settings)
    key = os.environ.get(row.key, "") if row.key else ""
    if row.key and not key:
        raise InputError(f"{row.name} needs a key.", f"Set the environment variable {row.key}.")
    return row, model, key


def batch_client(provider: Provider, settings: Settings) -> BatchClient:
    """The batch endpoint of a bare provider. Raises InputError if it has none."""
    row = row_of(provider.name, settings)
    if row is None or not row.batches:
        have = " or ".join(name for name, other in ROWS.items() if other.batches)
        do = f"Leave out --provider-batch, or name a model of {have}."
        raise InputError(f"{provider.name} has no batch endpoint.", do)
    found: BatchClient = plugins.imported(row.batches)(getattr(provider, "bare", provider))
    return found


def _row_and_model(spec: str, settings: Settings) -> tuple[ProviderRow, str]:
    name, _, model = spec.partition(":")
    if spec == "baseline":
        return ROWS[spec], spec
    if name == "baseline":
        raise InputError("The baseline writer has no models to choose from.", "Write baseline alone.")
    row = row_of(name, settings)
    if row is None:
        known = [*ROWS, *settings.models.servers, *outside_rows()]
        near = difflib.get_close_matches(name, known, 1)
        hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(known)}."
        what = f"There is no model provider {name or spec!r}; {hint}"
        place = " It is in [models] default of ourtake.toml." if spec in settings.models.in_order else ""
        raise InputError(what, f"Write provider:model, or baseline.{place}")
    if not model:
        raise InputError(f"The model of {name} is missing.", f"Write it as {name}:{row.newest or 'MODEL'}.")
    return row, model

"""Which providers there are, and how `provider:model` becomes one. A new provider adds a branch here and its own
file.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Sequence

from ourtake.config import Limits, Settings
from ourtake.errors import InputError
from ourtake.providers.base import Provider, Request
from ourtake.providers.fallback import Fallback
from ourtake.providers.quota import Quota
from ourtake.providers.rate import RateLimiter
from ourtake.providers.retry import RetryingProvider

NEWEST = {"openai": "gpt-6.2-sol", "anthropic": "claude-sonnet-5-5"}
"""A default model for each SDK: names of the installed SDKs' own type lists."""

KEYS = {"openai": "OPENAI_API_KEY", "anthropic": "ANTHROPIC_API_KEY"}
ADDRESSES = {"openai": "OPENAI_BASE_URL", "anthropic": "ANTHROPIC_BASE_URL"}


Recorded = Callable[[Provider, RateLimiter], Provider]
"""Wraps a bare provider, which is sent to when its pace allows it."""

Holds = Callable[[Provider, Request], bool]
"""Whether a provider has answered a request already; see fallback.py."""


class ProviderFactory:
    """The models of one run: each is built once, with its pace, its tries and its records, for all who ask it. Limits
    that ourtake.toml gives a provider hold for all of its models together.
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
        given = self._settings.models
        name = spec if spec in given.limits else spec.partition(":")[0]
        quota = self._quotas.setdefault(name, Quota(limits_of(spec, self._settings)))
        pace = RateLimiter(name=spec, quota=quota)
        bare = build_provider(spec, self._settings, pace=pace)
        made = RetryingProvider(
            self._recorded(bare, pace), tries=given.tries, deadline_seconds=given.deadline_seconds, pace=pace
        )
        self._built[spec] = made
        return made


def limits_of(spec: str, settings: Settings) -> Limits:
    """The limits of [models.limits]: of the model ("openai:gpt-6.2-sol"), else of its provider ("openai")."""
    limits = settings.models.limits
    return limits.get(spec) or limits.get(spec.partition(":")[0]) or Limits()


def build_provider(spec: str, settings: Settings, *, pace: RateLimiter | None = None) -> Provider:
    """The provider of "openai:MODEL", "anthropic:MODEL", "NAME:MODEL" of [models.NAME], or "baseline"; `pace` hears its
    rate-limit headers.

    Raises InputError for an unknown one, naming those there are, and for a missing key, naming the variable.
    """
    name, _, model = spec.partition(":")
    if spec == "baseline":
        from ourtake.providers.baseline import Baseline

        return Baseline()
    if name == "baseline":
        raise InputError("The baseline writer has no models to choose from.", "Write baseline alone.")
    servers = settings.models.servers
    known = ["baseline", *NEWEST, *servers]
    if name not in known:
        near = difflib.get_close_matches(name, known, 1)
        hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(known)}."
        raise InputError(f"There is no model provider {name or spec!r}; {hint}", "Write provider:model, or baseline.")
    if not model:
        raise InputError(f"The model of {name} is missing.", f"Write it as {name}:{NEWEST.get(name, 'MODEL')}.")
    variable = KEYS.get(name) or servers[name].api_key_env
    if variable and not os.environ.get(variable):
        raise InputError(f"{name} needs a key.", f"Set the environment variable {variable}.")
    return _wired(name, model, settings, pace)


def _wired(name: str, model: str, settings: Settings, pace: RateLimiter | None) -> Provider:
    # The SDKs are imported here and not above: together they cost seconds that other commands must not pay.
    on_headers = pace.seen if pace else None
    server = settings.models.servers.get(name)
    if server is not None:
        from ourtake.providers.compatible import Compatible

        return Compatible(name, model, server, on_headers=on_headers)
    if name == "openai":
        from ourtake.providers.openai import OpenAI

        return OpenAI(model, base_url=os.environ.get(ADDRESSES[name]), on_headers=on_headers)
    from ourtake.providers.anthropic import Anthropic

    return Anthropic(model, base_url=os.environ.get(ADDRESSES[name]), on_headers=on_headers)

"""Which providers there are, and how `provider:model` becomes one. A new provider adds a branch here and its own file."""

from __future__ import annotations

import difflib
import os

from ourtake.config import CompatibleServer, Settings
from ourtake.documents import Document
from ourtake.errors import InputError
from ourtake.providers.base import Provider

NEWEST = {"openai": "gpt-6.2-sol", "anthropic": "claude-sonnet-5-5"}
"""A default model for each SDK: names of the installed SDKs' own type lists."""

KEYS = {"openai": "OPENAI_API_KEY", "anthropic": "ANTHROPIC_API_KEY"}


class ModelRow(Document):
    """A line of `ourtake models`: `state` says whether it can be used."""

    name: str
    state: str
    ready: bool


def build_provider(spec: str, settings: Settings) -> Provider:
    """The provider of "openai:MODEL", "anthropic:MODEL", "NAME:MODEL" of [models.NAME], or "baseline".

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
    return _wired(name, model, servers.get(name))


def _wired(name: str, model: str, server: CompatibleServer | None) -> Provider:
    # The SDKs are imported here and not above: together they cost seconds that other commands must not pay.
    if server is not None:
        from ourtake.providers.compatible import Compatible

        return Compatible(name, model, server)
    if name == "openai":
        from ourtake.providers.openai import OpenAI

        return OpenAI(model)
    from ourtake.providers.anthropic import Anthropic

    return Anthropic(model)


def known_models(settings: Settings) -> list[ModelRow]:
    """What --model can name: the baseline, both SDKs' newest, and every server of ourtake.toml."""
    rows = [ModelRow(name="baseline", state="ready; built in, no key, no network", ready=True)]
    wired = {f"{name}:{model}": KEYS[name] for name, model in NEWEST.items()}
    wired |= {f"{name}:MODEL": server.api_key_env for name, server in settings.models.servers.items()}
    for name, variable in wired.items():
        ready = not variable or bool(os.environ.get(variable))
        state = (f"ready; {variable} is set" if variable else "ready; needs no key") if ready else f"no key; set {variable}"
        rows.append(ModelRow(name=name, state=state, ready=ready))
    return rows

"""`ourtake models` and `ourtake doctor`: what can be used, and what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import typer

from ourtake.cli.common import config_flag, emit, emit_json, open_archive, open_store, settings, store_place
from ourtake.errors import InputError, StoreError
from ourtake.text.counts import count_of

if TYPE_CHECKING:
    from ourtake.config import Settings
    from ourtake.providers.models import ModelRow

_BASELINE = ", the built-in writer; name a model with --model, or as `default` under [models] in ourtake.toml"


def models(
    ping: bool = typer.Option(False, "--ping", help="Ask each provider for its list of models; costs nothing."),
    as_json: bool = typer.Option(False, "--json", help="Print the rows as JSON."),
) -> None:
    r"""List the models and say which of them can be used.

    A key is read from the environment variable that is shown. Any other model of a provider can be named the same way.
    Shows key, limits, price, context window, structured output, and with --ping whether the provider answers.

    \b
    Examples:
      ourtake models
      ourtake models --ping
    """
    import asyncio

    from ourtake.providers.models import known_models, pinged

    given = settings()
    rows = known_models(given)
    if ping:

        async def every() -> list[ModelRow]:
            return list(await asyncio.gather(*(pinged(row, given) for row in rows)))

        rows = asyncio.run(every())
    if as_json:
        emit_json([row.model_dump(mode="json") for row in rows])
        return
    for row in rows:
        emit(f"{row.name:<34} {row.state}{'; the default' * row.default}")
        for name, value in _details(row).items():
            emit(f"    {name:<20} {value}")


def _details(row: ModelRow) -> dict[str, str]:
    """What is known beyond the first line; what is not known is left out, but for the price."""
    limits = {name.replace("_", " "): value for name, value in row.limits.model_dump().items() if value}
    found = {
        "structured output": row.structured_output,
        "context window": f"{row.context_tokens} tokens" if row.context_tokens else "",
        "price": "" if row.name == "baseline" else row.price,
        "limits": ", ".join(f"{name} {value}" for name, value in limits.items()),
        "package": row.package,
        "ping": ("" if row.reachable else "not reachable: ") + (row.ping or "") if row.reachable is not None else "",
    }
    return {name: value for name, value in found.items() if value}


class Line(NamedTuple):
    """A line of `ourtake doctor`: state is ok, todo (something must be done), or none (not there, and not needed)."""

    part: str
    state: str
    text: str


def doctor() -> None:
    """Show what is set up and what is missing.

    Exit code 1 when something must be done.
    """
    given = settings()
    lines = [_settings_line(given), *_archive_lines(), _prompts_line(given), *_model_lines(given)]
    for line in lines:
        emit(f"{line.part:<10} {line.state:<5} {line.text}")
    todo = [line.part for line in lines if line.state == "todo"]
    emit(f"To do: {', '.join(todo)}." if todo else "Ready: `ourtake draft SOURCE` writes a take.")
    raise typer.Exit(1 if todo else 0)


def _settings_line(given: Settings) -> Line:
    from ourtake.config_file import settings_file

    found = settings_file(config_flag())
    if found is None:
        return Line(
            "settings",
            "none",
            "the defaults are used; `ourtake init DIR` creates a starter publication with its own settings",
        )
    return Line("settings", "ok", f"{found}, for {given.publication.name}")


def _archive_lines() -> list[Line]:
    try:
        with open_store() as store:
            count = store.count_articles()
            lines = [
                Line(
                    "store",
                    "ok",
                    f"{store_place()}: {count_of(count, 'article')}, {count_of(len(store.drafts(1000)), 'draft')}",
                )
            ]
            if count == 0:
                return [*lines, Line("archive", "todo", "it is empty; run `ourtake archive add PATH`")]
            open_archive(store).refresh()
            return [*lines, Line("index", "ok", "in step with the store")]
    except StoreError as error:
        return [Line("store", "todo", str(error))]


def _prompts_line(given: Settings) -> Line:
    own = sorted(file.name for file in (given.folder / "prompts").glob("*.jinja"))
    return Line("prompts", "ok", f"from {given.folder / 'prompts'}: {', '.join(own)}" if own else "the built-in ones")


def _model_lines(given: Settings) -> list[Line]:
    from ourtake.providers.models import known_models
    from ourtake.providers.registry import build_provider

    lines = [Line("model", "ok" if row.ready else "none", f"{row.name}: {row.state}") for row in known_models(given)]
    for name in given.models.in_order:
        try:
            build_provider(name, given)
            lines.append(Line("default", "ok", f"{name}{_BASELINE if name == 'baseline' else ''}"))
        except InputError as error:
            lines.append(Line("default", "todo", f"{name}: {error}"))
    return lines

"""`ourtake models` and `ourtake doctor`: what can be used, and what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from ourtake.cli.common import emit, emit_json, open_archive, open_store, settings
from ourtake.errors import StoreError

if TYPE_CHECKING:
    from ourtake.providers.models import ModelRow


def models(
    ping: bool = typer.Option(False, "--ping", help="Ask each provider for its list of models; costs nothing."),
    as_json: bool = typer.Option(False, "--json", help="Print the rows as JSON."),
) -> None:
    r"""The models that can be named with --model: key, limits, price, context window, structured output, and with --ping whether they answer.

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
        "ping": ("" if row.reachable else "not reachable: ") + (row.ping or "") if row.reachable is not None else "",
    }
    return {name: value for name, value in found.items() if value}


def doctor() -> None:
    """What is set up, what is missing, and what to do about it. Exit code 1 when something must be done."""
    from ourtake.config import CONFIG_NAME
    from ourtake.providers.models import known_models
    from ourtake.providers.registry import build_provider

    given = settings()
    found = (given.folder / CONFIG_NAME).is_file()
    emit(
        f"settings   {'ok    ' + str(given.folder / CONFIG_NAME) if found else 'none  the defaults are used; `ourtake init` lays out a publication'}"
    )
    wrong = False
    try:
        with open_store() as store:
            count = store.count_articles()
            emit(f"store      ok    {count} articles, {len(store.drafts(1000))} drafts")
            if count:
                archive = open_archive(store)
                archive.refresh()
                emit("index      ok    in step with the store")
            else:
                wrong = True
                emit("archive    todo  it is empty; run `ourtake archive add PATH`")
    except StoreError as error:
        wrong = True
        emit(f"store      todo  {error}")
    for row in known_models(given):
        emit(f"model      {row.name}: {row.state}")
    for name in given.models.in_order:
        build_provider(name, given)
    emit(f"default    ok    {', then '.join(given.models.in_order)}")
    raise typer.Exit(1 if wrong else 0)

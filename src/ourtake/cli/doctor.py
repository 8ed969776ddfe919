"""`ourtake models` and `ourtake doctor`: what can be used, and what is missing."""

from __future__ import annotations

import typer

from ourtake.cli.common import emit, emit_json, open_archive, open_store, settings
from ourtake.errors import StoreError


def models(as_json: bool = typer.Option(False, "--json")) -> None:
    r"""The models there are, and which can be used.

    A key is read from the environment variable named here; another model of the same provider is named the same way.

    \b
    Example:
      ourtake models
    """
    from ourtake.providers.registry import known_models

    rows = known_models(settings())
    if as_json:
        emit_json([row.model_dump(mode="json") for row in rows])
        return
    for row in rows:
        emit(f"{row.name:<34} {row.state}")


def doctor() -> None:
    """What is set up, what is missing, what to do.

    Exit code 1 when something must be done.
    """
    from ourtake.config import CONFIG_NAME
    from ourtake.providers.registry import build_provider, known_models

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

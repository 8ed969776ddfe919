"""`ourtake config`: the settings in use, and where each comes from."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import typer

from ourtake.cli import lazy
from ourtake.cli.context import flags, index_folder, settings, shown_store_address
from ourtake.cli.terminal import emit, emit_json
from ourtake.text.counts import count_of

if TYPE_CHECKING:
    from pydantic import BaseModel

app = typer.Typer(help="Show the settings.", no_args_is_help=True, rich_markup_mode=None)
_PLACES = (
    ("store", "--store", "OURTAKE_STORE"),
    ("index", "--index", "OURTAKE_INDEX"),
    ("config", "--config", "OURTAKE_CONFIG"),
)


class InForce(NamedTuple):
    """A setting in use: its key, its value as TOML, and where it comes from."""

    key: str
    value: str
    origin: str


@app.callback()
def config() -> None:
    """The settings."""


@app.command("show")
def show(
    every: bool = typer.Option(False, "--all", help="Also show the keys that have their default values."),
    as_json: bool = typer.Option(False, "--json", help="Print all of them as JSON."),
) -> None:
    r"""Show the settings in use, and where each one comes from.

    That may be a flag, the environment, the file, or the default.
    docs/configuration.md explains each key. Keys and passwords are not settings, so they are not shown.

    \b
    Examples:
      ourtake config show
      ourtake config show --all
    """
    rows = settings_in_force()
    if as_json:
        emit_json([row._asdict() for row in rows])
        return
    for row in rows:
        if every or row.origin != "default":
            emit(f"{row.key} = {row.value}    # {row.origin}", wrap=False)
    left = sum(row.origin == "default" for row in rows)
    if left and not every:
        emit(f"# {count_of(left, 'more key has its default', 'more keys have their defaults')}; --all shows them.")


def settings_in_force() -> list[InForce]:
    """Every setting, in the order of docs/configuration.md."""
    given = settings()
    path = lazy.config_file.settings_file(flags().config)
    file = str(path) if path else ""
    written = lazy.config_keys.written
    found = [_config_row(file)]
    for key in lazy.config_keys.known_keys():
        if key.table in lazy.config_keys.NAMED:
            continue
        if key.path == "store":
            found += [
                InForce("store", written(shown_store_address()), _origin(0, file if "store" in _set(given) else ""))
            ]
            found += [InForce("index", written(str(index_folder())), _origin(1, ""))]
            continue
        section, name = (getattr(given, key.table), key.field) if key.table else (given, key.field)
        origin = file if name in _set(section) else "default"
        found.append(InForce(key.path, written(getattr(section, name)), origin))
    return found + _named(given, file)


def _named(given: Any, file: str) -> list[InForce]:
    """The tables of which there may be any number."""
    tables = {
        "models": given.models.servers,
        "models.limits": given.models.limits,
        "prices": given.prices,
        "publish": given.publish,
        "style.rules": _counted(given.style.rules),
        "watch.feeds": _counted(given.watch.feeds),
        "watch.sitemaps": _counted(given.watch.sitemaps),
    }
    return [
        InForce(f"{table}.{name if name.isidentifier() else lazy.config_keys.written(name)}.{key}", value, file)
        for table, models in tables.items()
        for name, model in models.items()
        for key, value in ((key, lazy.config_keys.written(getattr(model, key))) for key in sorted(_set(model)))
    ]


def _counted(rows: Sequence[BaseModel]) -> dict[str, BaseModel]:
    return {str(number): row for number, row in enumerate(rows, 1)}


def _set(model: BaseModel) -> set[str]:
    return model.model_fields_set


def _config_row(file: str) -> InForce:
    named = flags().config or os.environ.get("OURTAKE_CONFIG")
    origin = _origin(2, "") if named else "found from this folder upwards" if file else "no ourtake.toml was found"
    return InForce("config", lazy.config_keys.written(file or None), origin)


def _origin(place: int, file: str) -> str:
    """Where one of _PLACES comes from: its flag, its variable, the file, or the default."""
    name, flag, variable = _PLACES[place]
    given = {"store": flags().store, "index": flags().index_folder, "config": flags().config}[name]
    return flag if given else variable if os.environ.get(variable) else file or "default"

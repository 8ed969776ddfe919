"""ourtake.toml and the environment -> Settings. A key that nobody knows is an error that names the nearest one."""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from ourtake.config import CONFIG_NAME, CompatibleServer, Limits, Models, Price, Settings
from ourtake.errors import ConfigError


def find_config(start: Path) -> Path | None:
    """The nearest ourtake.toml from `start` upwards."""
    return next((folder / CONFIG_NAME for folder in (start, *start.parents) if (folder / CONFIG_NAME).is_file()), None)


def settings_file(config: str | None = None) -> Path | None:
    """The settings file in force, there or not: the named one, OURTAKE_CONFIG's, or the nearest ourtake.toml; None
    where there is none.
    """
    named = config or os.environ.get("OURTAKE_CONFIG")
    return Path(named) if named else find_config(Path.cwd().absolute())


def load_settings(config: str | None = None) -> Settings:
    """Settings from the named file, OURTAKE_CONFIG, or the nearest ourtake.toml; the defaults where there is none.

    Raises ConfigError naming the file and the line or key.
    """
    path = settings_file(config)
    if path is None:
        return Settings()
    if not path.is_file():
        raise ConfigError(f"There is no settings file {path}.", "Name one with --config, or run `ourtake init`.")
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{path} is not valid TOML: {error}.", "Mend that line.") from error
    return _settings_from(table, path)


def _settings_from(table: dict[str, Any], path: Path) -> Settings:
    table = dict(table)
    models = table.get("models")
    if isinstance(models, dict):
        # [models.NAME] tables are the servers; what is no table is a setting of [models] itself, and so are the tables
        # of Models.
        settings = set(Models.model_fields) - {"servers"}
        servers = {name: value for name, value in models.items() if isinstance(value, dict) and name not in settings}
        table["models"] = {name: value for name, value in models.items() if name not in servers} | {"servers": servers}
    if "folder" in table:
        raise ConfigError(f"{path}: unknown key folder.", "Remove it.")
    try:
        return Settings.model_validate({**table, "folder": path.parent})
    except ValidationError as error:
        # A key that nobody knows is a slip of the pen; that another one is missing then is its consequence.
        first = min(error.errors(), key=lambda problem: problem["type"] != "extra_forbidden")
        raise ConfigError(f"{path}: {_explain(first)}", "Mend that key.") from error


def _explain(problem: Any) -> str:
    where = [str(part) for part in problem["loc"] if part != "servers"]
    key = ".".join(where)
    if problem["type"] in ("model_type", "dict_type"):
        return f"{key} must be a table, as [{key}] or {key} = {{ ... }}."
    if problem["type"] == "missing":
        return f"{key} is missing."
    if key.endswith(".base_url"):
        return f"{key} is no address of a server, as http://HOST:PORT/v1, without ? and #."
    if problem["type"] != "extra_forbidden":
        return f"{key}: {problem['msg'].removeprefix('Value error, ')}."
    known = _keys_of(where[:-1])
    near = difflib.get_close_matches(where[-1], known, 1, 0.4)
    hint = f"did you mean {near[0]}?" if near else f"known here: {', '.join(known)}."
    return f"unknown key {key}; {hint}"


def _keys_of(where: list[str]) -> list[str]:
    if where[:1] == ["prices"]:
        return list(Price.model_fields)
    if where[:2] == ["models", "limits"]:
        return list(Limits.model_fields)
    section: type[BaseModel] = Settings
    for name in where:
        field = section.model_fields.get(name)
        found = field.annotation if field else CompatibleServer
        section = found if isinstance(found, type) and issubclass(found, BaseModel) else CompatibleServer
    return [name for name in section.model_fields if name not in ("servers", "folder")]


def store_address(flag: str | None, settings: Settings) -> str:
    """The store's address: flag, OURTAKE_STORE, file, default. A relative SQLite path of the file's is taken from the
    file's folder.
    """
    given = flag or os.environ.get("OURTAKE_STORE")
    if given:
        return given
    match = re.fullmatch(r"sqlite:///(?!/)(.+)", settings.store)
    return f"sqlite:///{settings.folder / match[1]}" if match else settings.store

"""ourtake.toml and the environment -> Settings. An unknown key is an error that names the nearest known one."""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from ourtake.config import CONFIG_NAME, CompatibleServer, Limits, Models, Price, PublishSite, Settings, WatchFeed
from ourtake.errors import ConfigError


def find_config(start: Path) -> Path | None:
    """The nearest ourtake.toml from `start` upwards."""
    return next((folder / CONFIG_NAME for folder in (start, *start.parents) if (folder / CONFIG_NAME).is_file()), None)


def settings_file(config: str | None = None) -> Path | None:
    """The path of the settings file: the named one, OURTAKE_CONFIG's, or the nearest ourtake.toml; else None.

    A named file need not exist.
    """
    named = config or os.environ.get("OURTAKE_CONFIG")
    return Path(named) if named else find_config(Path.cwd().absolute())


def load_settings(config: str | None = None) -> Settings:
    """Settings from the named file, OURTAKE_CONFIG, or the nearest ourtake.toml; the defaults if there is none.

    Raises ConfigError naming the file and the line or key.
    """
    path = settings_file(config)
    if path is None:
        return Settings()
    if not path.is_file():
        raise ConfigError(f"The settings file {path} does not exist.", "Name one with --config, or run `ourtake init`.")
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"{path} is not in UTF-8: byte {error.start + 1} can't be read.", "Save it as UTF-8."
        ) from error
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{path} is not valid TOML: {error}.", "Fix that line.") from error
    return _settings_from(table, path)


def _settings_from(table: dict[str, Any], path: Path) -> Settings:
    table = dict(table)
    models = table.get("models")
    if isinstance(models, dict):
        # [models.NAME] tables are the servers. What is not a table, and the tables of Models, are settings of [models].
        settings = set(Models.model_fields) - {"servers"}
        servers = {name: value for name, value in models.items() if isinstance(value, dict) and name not in settings}
        table["models"] = {name: value for name, value in models.items() if name not in servers} | {"servers": servers}
    sites = table.get("publish")
    if isinstance(sites, dict):
        # The name of a site says what it is, unless the table does.
        named = {name: {"to": name, **value} if isinstance(value, dict) else value for name, value in sites.items()}
        table["publish"] = named
    if "folder" in table:
        raise ConfigError(f"{path}: unknown key folder.", "Remove it.")
    try:
        return Settings.model_validate({**table, "folder": path.parent})
    except ValidationError as error:
        # An unknown key is a typing error, and that another one is missing then is its consequence.
        first = min(error.errors(), key=lambda problem: problem["type"] != "extra_forbidden")
        raise ConfigError(f"{path}: {_explain(first)}", "Fix that key.") from error


_EXAMPLES = {
    "models.default": '"openai:gpt-6.1-sol" or ["openai:gpt-6.1-sol", "baseline"]',
    "checks.select": '["LNK", "QUO001"]',
    "checks.ignore": '["LNK008"]',
    "checks.per_file_ignores": '{ "drafts/**" = ["STR"] }',
    "checks.drafting": '["STR", "LNK"]',
    "checks.names": '["Ann Writer"]',
    "style.rules": '[{ phrase = "game changer" }]',
    "style.files": '["house-rules.toml"]',
    "take.shapes": '["claim", "documents"]',
    "take.closing": '["question", "line"]',
    "topic.products": '["Our Newsletter"]',
    "topic.vocabulary": '["energy", "housing"]',
    "lookup.without": '["meaning"]',
    "watch.beats": '{ energy = ["electricity", "power grid"] }',
    "intake.allow_hosts": '["staging.paper.example:8080"]',
}
_KINDS = (
    (("string_type",), "text", '"text"'),
    (("bool_type", "bool_parsing"), "true or false", ""),
    (("int_type", "int_parsing", "int_from_float"), "a whole number", "3"),
    (
        ("float_type", "float_parsing", "decimal_type", "decimal_parsing", "decimal_whole_digits", "finite_number"),
        "a number",
        "2.5",
    ),
    (("tuple_type",), "a list", '["text"]'),
    (("too_short",), "a list with at least one name", ""),
)
"""Pydantic's types of errors, what the key must be, and an example for keys that have none in _EXAMPLES."""
_BOUNDS = {
    "greater_than": "more than {gt}",
    "greater_than_equal": "at least {ge}",
    "less_than": "less than {lt}",
    "less_than_equal": "at most {le}",
}


def _explain(problem: Any) -> str:
    """One plain sentence for an error of pydantic: the key, and what it must be."""
    where = [part for part in problem["loc"] if part != "servers"]
    if where[:2] == ["models", "default"] and where[2:] and not isinstance(where[-1], int):
        where = where[:2]  # the rest names the branches of its type: a text or a list
    key, kind = _key_of(where), problem["type"]
    example = _EXAMPLES.get(".".join(map(str, where)))
    if kind == "extra_forbidden":
        return _unknown_key(where)
    if kind in ("model_type", "dict_type"):
        return f"{key} must be a table, such as [{key}] or {key} = {{ ... }}."
    if kind == "missing":
        return f"{key} is missing."
    if kind == "value_error":
        return f"{key}: {problem['msg'].removeprefix('Value error, ')}."
    if kind == "string_pattern_mismatch" and key.endswith("secret_env"):
        return f"{key} must be the name of an environment variable, such as WORDPRESS_PASSWORD, not the secret itself."
    if kind == "string_pattern_mismatch":
        return f"{key} must be the address of a server, such as {_address_example(where)}, without ? and #."
    if where[:2] == ["models", "default"]:
        return f"{key} must be the name of a model or a list of names, such as {_EXAMPLES['models.default']}."
    if kind == "literal_error" and where[:1] == ["publish"] and where[-1] == "to":
        return f'publish.{where[1]} needs to = "wordpress" or to = "ghost".'
    if kind == "literal_error":
        return f"{key} must be {problem['ctx']['expected'].replace(chr(39), chr(34))}."
    if kind in _BOUNDS:
        return f"{key} must be {_BOUNDS[kind].format(**problem['ctx'])}."
    for kinds, what, usual in _KINDS:
        if kind in kinds:
            return f"{key} must be {what}{', such as ' * bool(example or usual)}{example or usual}."
    return f"{key}: {problem['msg']}."


def _address_example(where: list[str | int]) -> str:
    return "https://paper.example" if where[:1] == ["publish"] else "http://HOST:PORT/v1"


def _key_of(where: list[str | int]) -> str:
    """A key as it is written in the file; items of lists count from 1."""
    names = ".".join(part for part in where if isinstance(part, str))
    items = [f"item {part + 1} of " for part in where if isinstance(part, int)]
    return f"{''.join(items)}{names}"


def _unknown_key(where: list[str | int]) -> str:
    known = _keys_of([part for part in where[:-1] if isinstance(part, str)])
    near = difflib.get_close_matches(str(where[-1]), known, 1, 0.4)
    hint = f"did you mean {near[0]}?" if near else f"known here: {', '.join(known)}."
    return f"unknown key {_key_of(where)}; {hint}"


def _keys_of(where: list[str]) -> list[str]:
    if where[:1] == ["prices"]:
        return list(Price.model_fields)
    if where[:1] == ["publish"]:
        return list(PublishSite.model_fields)
    if where[:2] == ["models", "limits"]:
        return list(Limits.model_fields)
    if where[:2] in (["watch", "feeds"], ["watch", "sitemaps"]):
        return list(WatchFeed.model_fields)
    section: type[BaseModel] = Settings
    for name in where:
        field = section.model_fields.get(name)
        found = field.annotation if field else CompatibleServer
        section = found if isinstance(found, type) and issubclass(found, BaseModel) else CompatibleServer
    named = {name: field.alias or name for name, field in section.model_fields.items()}
    return [key for name, key in named.items() if name not in ("servers", "folder")]


def store_address(flag: str | None, settings: Settings) -> str:
    """The store's address: flag, OURTAKE_STORE, file, default.

    A relative SQLite path in the file starts from the file's folder.
    """
    given = flag or os.environ.get("OURTAKE_STORE")
    if given:
        return given
    match = re.fullmatch(r"sqlite:///(?!/)(.+)", settings.store)
    return f"sqlite:///{settings.folder / match[1]}" if match else settings.store

"""The keys of ourtake.toml with their types and defaults, read from the models; docs/configuration.md lists them."""

from __future__ import annotations

import json
import types
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from ourtake.config import CompatibleServer, HouseRule, Limits, Price, PublishSite, Settings, WatchFeed

NAMED: Mapping[str, type[BaseModel]] = {
    "models.NAME": CompatibleServer,
    "models.limits.NAME": Limits,
    'prices."provider:model"': Price,
    "publish.NAME": PublishSite,
    "style.rules": HouseRule,
    "watch.feeds": WatchFeed,
    "watch.sitemaps": WatchFeed,
}
"""Tables of which there may be any number, by their names in the file."""
_TABLES = {"models.servers", "models.limits", "prices", "publish", "style.rules", "watch.feeds", "watch.sitemaps"}
_TYPES = {str: "text", bool: "true or false", int: "whole number", float: "number", Decimal: "number"}


class Key(NamedTuple):
    """A key: its table ("" for none) and name, its type in words, and its default as TOML ("required", or "none").

    `field`: its name in the model, where "for" and the like are called otherwise.
    """

    table: str
    name: str
    type: str
    default: str
    field: str = ""

    @property
    def path(self) -> str:
        """The whole name."""
        return f"{self.table}.{self.name}" if self.table else self.name


def known_keys() -> list[Key]:
    """All keys, in the order of the models; those of named tables last."""
    return [*_keys(Settings, ""), *(key for table, model in NAMED.items() for key in _keys(model, table))]


def _keys(model: type[BaseModel], table: str) -> Iterator[Key]:
    for name, field in model.model_fields.items():
        path = f"{table}.{name}" if table else name
        kind = field.annotation
        if field.exclude or path in _TABLES:
            continue
        if isinstance(kind, type) and issubclass(kind, BaseModel) and "low" not in kind.model_fields:
            yield from _keys(kind, path)
        else:
            yield Key(table, field.alias or name, _type(kind, field), _default(field), name)


def _type(kind: Any, field: FieldInfo | None = None) -> str:
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _type(arguments[0])
    if origin is Literal:
        return " or ".join(json.dumps(one) for one in arguments)
    if origin in (Union, types.UnionType):
        return " or ".join(_type(one, field) for one in arguments if one is not type(None))
    if origin is tuple:
        return f"list of {_type(arguments[0])}" if get_origin(arguments[0]) is Literal else "list of texts"
    if origin is dict:
        return f"table of {_type(arguments[1]).replace('list of', 'lists of')}"
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return "range"
    return _TYPES[kind] + _bounds(field)


def _bounds(field: FieldInfo | None) -> str:
    """The limits of a number, as ", at least 1"."""
    said = {"gt": "more than", "ge": "at least", "lt": "less than", "le": "at most"}
    found = [(said[name], value) for one in (field.metadata if field else ()) for name, value in _limits(one)]
    return "".join(f", {words} {value:g}" for words, value in found)


def _limits(constraint: object) -> list[tuple[str, float]]:
    return [(name, getattr(constraint, name)) for name in ("gt", "ge", "lt", "le") if hasattr(constraint, name)]


def _default(field: FieldInfo) -> str:
    return "required" if field.is_required() else written(field.get_default(call_default_factory=True))


def written(value: Any) -> str:
    """A value as TOML; "none" for what is not set."""
    if value is None:
        return "none"
    if isinstance(value, BaseModel):
        return written(value.model_dump(exclude_unset=True) or value.model_dump())
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {written(one)}" for key, one in value.items()) + " }" if value else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(written, value))}]"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return json.dumps(value, ensure_ascii=False)

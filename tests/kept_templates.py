"""Templates that are compiled once a process, and not once for each object that renders some."""

from __future__ import annotations

from typing import Any
from unittest import mock

from jinja2 import Environment, FileSystemLoader

from ourtake.shipped import shipped

_compile = Environment.compile
_compiled: dict[object, Any] = {}


def _compile_once(environment: Environment, *given: Any) -> Any:
    key = (*given, environment.autoescape, environment.trim_blocks, *sorted(environment.filters))
    if key not in _compiled:
        _compiled[key] = _compile(environment, *given)
    return _compiled[key]


_patch = mock.patch.object(Environment, "compile", _compile_once)


def keep_templates() -> None:
    """From now on, this process and those forked from it compile no template a second time."""
    _patch.start()


def compile_prompts() -> None:
    """Compile the shipped prompts, as writing/prompts.py does."""
    environment = Environment(loader=FileSystemLoader(str(shipped("prompts"))), autoescape=False)
    for name in environment.list_templates(extensions=["jinja"]):
        environment.get_template(name)


def restore() -> None:
    """Undo `keep_templates`."""
    _patch.stop()

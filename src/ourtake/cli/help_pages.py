"""How the pages of `--help` look: examples line by line, and values by words instead of Python's types."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

_VALUES = {
    "<str>": "TEXT",
    "<list[str]>": "TEXT",
    "<path>": "PATH",
    "<list[path]>": "PATH",
    "<int>": "N",
    "<int range>": "N",
    "<float>": "NUMBER",
    "<float range>": "NUMBER",
}


def _name_values(parameters: Iterable[Any], ctx: Any) -> None:
    for parameter in parameters:
        if parameter.param_type_name == "option" and parameter.metavar is None:
            parameter.metavar = _VALUES.get(parameter.display_type(ctx))


class HelpCommand(TyperCommand):
    """A command whose help says `--model TEXT` where typer says `--model <list[str]>`."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the arguments and options."""
        _name_values(self.params, ctx)
        super().format_options(ctx, formatter)


class HelpGroup(TyperGroup):
    """A group of commands, with values in its help as in that of HelpCommand."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the options, then the commands."""
        _name_values(self.params, ctx)
        super().format_options(ctx, formatter)


def improve_help(group: typer.Typer) -> None:
    r"""Make the help of a group's commands, and of the groups in it, look as this module says.

    An example keeps its lines behind a backspace character, which a raw docstring holds as the two characters `\b`.
    """
    for command in group.registered_commands:
        if command.cls in (None, TyperCommand):
            command.cls = HelpCommand
        command.help = command.help or inspect.cleandoc(command.callback.__doc__ or "").replace("\\b\n", "\b\n")
    for inner in group.registered_groups:
        if inner.typer_instance is not None:
            improve_help(inner.typer_instance)

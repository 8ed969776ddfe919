"""How the pages of `--help` look: examples line by line, arguments in capitals, and words instead of Python's types.

Messages about incorrect values say the same in plain words.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable
from typing import Any

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup

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


_MESSAGES = {
    r"Input should be a valid integer\b.*": "it must be a whole number.",
    r"Input should be a valid number\b.*": "it must be a number.",
    r"Input should be greater than or equal to (.*)": r"it must be at least \1.",
    r"Input should be less than or equal to (.*)": r"it must be at most \1.",
}


def _argument_name(argument: TyperArgument) -> str:
    return (argument.metavar or str(argument.name).upper()).strip("[]")


def _usage(argument: TyperArgument) -> str:
    name = _argument_name(argument)
    if argument.nargs != 1 and not name.endswith("..."):
        name += "..."
    return name if argument.required else f"[{name}]"


class HelpCommand(TyperCommand):
    """A command whose help says `DRAFT_ID`, `--model TEXT` where typer has `{draft_id}`, `--model <list[str]>`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """The arguments that are left over. Raises typer.BadParameter for a value that can't be used."""
        for parameter in self.get_params(ctx):
            if isinstance(parameter, TyperArgument):
                parameter.metavar = _argument_name(parameter)
        try:
            return super().parse_args(ctx, args)
        except typer.BadParameter as error:
            for given, plain in _MESSAGES.items():
                error.message = re.sub(given, plain, error.message or "")
            raise

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """The words after the command in its usage line."""
        arguments = [each for each in self.get_params(ctx) if isinstance(each, TyperArgument)]
        return [*filter(None, [self.options_metavar]), *map(_usage, arguments)]

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the arguments and options."""
        _name_values(self.params, ctx)
        sections: dict[str, list[tuple[str, str]]] = {"Arguments": [], "Options": []}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record and isinstance(parameter, TyperArgument):
                sections["Arguments"].append((_argument_name(parameter), record[1]))
            elif record:
                sections["Options"].append(record)
        for title, rows in sections.items():
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)


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

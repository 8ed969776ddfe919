"""`--show-completion` and `--install-completion`: for the shell that is named, else for the one that runs the command.

Typer has both, but only for the running shell. The scripts and the places where they are installed are Typer's.
"""

from __future__ import annotations

import os
import sys
from contextlib import redirect_stdout

import shellingham
import typer
from typer import completion as typer_completion

from ourtake.cli.help_pages import HelpGroup
from ourtake.errors import InputError

SHELLS = ("bash", "zsh", "fish")
_OPTIONS = ("--show-completion", "--install-completion")
_PROGRAM, _VARIABLE = "ourtake", "_OURTAKE_COMPLETE"
_RUNNING = "this shell"


class Root(HelpGroup):
    """The command itself, in whose options the name of a shell may be left out."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        """The arguments that are left for the group's commands."""
        return list(super().parse_args(ctx, _named(args)))


def prepare() -> None:
    """Where a shell asks for words to complete with: answer in the forms that Typer's scripts expect."""
    if _VARIABLE in os.environ:
        # Typer fits its answers to its scripts when it makes its own two options.
        typer_completion.get_completion_inspect_parameters()


def _named(args: list[str]) -> list[str]:
    """The arguments with a value where an option is given without the name of a shell."""
    for place, word in enumerate(args):
        if word in _OPTIONS and (len(args) == place + 1 or args[place + 1].startswith("-")):
            return [*args[: place + 1], _RUNNING, *args[place + 1 :]]
    return args


def show(ctx: typer.Context, param: typer.CallbackParam, shell: str | None) -> None:
    """Print a shell's script. Raises InputError for a shell that has none."""
    if shell is not None:
        typer_completion.show_callback(_of_program(ctx), param, _shell(shell))


def install(ctx: typer.Context, param: typer.CallbackParam, shell: str | None) -> None:
    """Write a shell's script where the shell looks for it. Raises InputError for a shell that has none."""
    if shell is not None:
        named = _shell(shell)
        with redirect_stdout(sys.stderr):
            typer_completion.install_callback(_of_program(ctx), param, named)


def _of_program(ctx: typer.Context) -> typer.Context:
    """The context with the command's own name, however it was started."""
    ctx.find_root().info_name = _PROGRAM
    return ctx


def _shell(named: str) -> str:
    if named in SHELLS:
        return named
    what, do = f"There is no completion for the shell {named}.", f"Shells: {', '.join(SHELLS)}."
    if named != _RUNNING:
        raise InputError(what, do)
    try:
        running = str(shellingham.detect_shell()[0])
    except shellingham.ShellDetectionFailure as error:
        advice = f"Name it: {' or '.join(SHELLS)}."
        raise InputError("The running shell could not be recognised.", advice) from error
    if running not in SHELLS:
        raise InputError(what.replace(named, running), do)
    return running

"""`--show-completion` and `--install-completion`: for the shell that is named, else for the one that runs the command.

Typer has both, but only for the running shell. The scripts and the places where they are installed are Typer's.
"""

from __future__ import annotations

import os

import typer
from typer import _completion_shared as shared
from typer._completion_classes import completion_init

from ourtake.cli.help_pages import HelpGroup
from ourtake.cli.terminal import say
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
        completion_init()


def _named(args: list[str]) -> list[str]:
    """The arguments with a value where an option is given without the name of a shell."""
    for place, word in enumerate(args):
        if word in _OPTIONS and (len(args) == place + 1 or args[place + 1].startswith("-")):
            return [*args[: place + 1], _RUNNING, *args[place + 1 :]]
    return args


def show(shell: str | None) -> None:
    """Print a shell's script. Raises InputError for a shell that has none."""
    if shell is None:
        return
    print(shared.get_completion_script(prog_name=_PROGRAM, complete_var=_VARIABLE, shell=_shell(shell)))
    raise typer.Exit


def install(shell: str | None) -> None:
    """Write a shell's script where the shell looks for it. Raises InputError for a shell that has none."""
    if shell is None:
        return
    name, path = shared.install(shell=_shell(shell), prog_name=_PROGRAM, complete_var=_VARIABLE)
    say(f"Completion for {name} is installed in {path}. It works in terminals that are opened from now on.")
    raise typer.Exit


def _shell(named: str) -> str:
    if named in SHELLS:
        return named
    what, do = f"There is no completion for the shell {named}.", f"Shells: {', '.join(SHELLS)}."
    if named != _RUNNING:
        raise InputError(what, do)
    running = shared._get_shell_name()
    if running is None:
        raise InputError("The running shell could not be recognised.", f"Name it: {' or '.join(SHELLS)}.")
    if running not in SHELLS:
        raise InputError(what.replace(named, running), do)
    return running

"""`ourtake users`: who may log in to the desk in a browser."""

from __future__ import annotations

import getpass
import sys

import typer

from ourtake.cli import lazy
from ourtake.cli.context import open_store
from ourtake.cli.options import Json
from ourtake.cli.terminal import emit, emit_json, say
from ourtake.errors import InputError

app = typer.Typer(help="Manage who may log in to `ourtake serve`.", no_args_is_help=True, rich_markup_mode=None)
ROLES = ("writer", "editor", "admin")


@app.command("add")
def add(
    name: str = typer.Argument(..., help="The person's name, as it appears in signatures."),
    role: str = typer.Option("editor", help="writer (may change texts), editor (may sign as well) or admin."),
    stdin: bool = typer.Option(False, "--password-stdin", help="Read the password from standard input."),
) -> None:
    r"""Add a person, or change a person's role and password.

    The command asks for the password, which is not shown as you type it.

    \b
    Example:
      ourtake users add "Ines Calloway" --role editor
    """
    named = " ".join(name.split())
    if not named:
        raise InputError("The name is empty.", 'Write it in quotation marks: "Ines Calloway".')
    if role not in ROLES:
        raise InputError(f"{role} is not a role.", f"Roles: {', '.join(ROLES)}.")
    password = _password(stdin)
    with open_store(create=True) as store:
        person = lazy.accounts.Person(named, role, lazy.web_accounts.hashed(password))  # type: ignore[arg-type]
        new = store.accounts.add(person)
    emit(f"{named} may log in as {role}." if new else f"{named} has a new password and is {role}.")


def _password(stdin: bool) -> str:
    if stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise InputError("There is no terminal to ask for the password.", "Use --password-stdin.")
    password = getpass.getpass("Password: ")
    if getpass.getpass("Again: ") != password:
        raise InputError("The passwords differ.", "Try again.")
    return password


@app.command("list")
def list_people(as_json: Json = False) -> None:
    r"""List everybody who may log in.

    \b
    Example:
      ourtake users list
    """
    with open_store() as store:
        found = store.accounts.people()
    if as_json:
        emit_json([{"name": one.name, "role": one.role} for one in found])
        return
    for one in found:
        emit(f"{one.name}  {one.role}")
    if not found:
        say("Nobody yet. Add somebody with `ourtake users add NAME`.")


@app.command("remove")
def remove(name: str = typer.Argument(..., help="The person's name.")) -> None:
    r"""Remove a person and end their sessions.

    \b
    Example:
      ourtake users remove "Ines Calloway"
    """
    with open_store() as store:
        if not store.accounts.remove(name):
            raise InputError(f"There is no user {name}.", "See `ourtake users list`.")
    emit(f"{name} may no longer log in.")

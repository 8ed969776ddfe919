"""ourtake store: migrate, copy and back up what must not be lost."""

from __future__ import annotations

import contextlib
from pathlib import Path

import typer

from ourtake.cli import lazy
from ourtake.cli.context import shown_store_address, store_address
from ourtake.cli.options import Json
from ourtake.cli.terminal import emit, emit_json, say
from ourtake.text.counts import count_of

app = typer.Typer(no_args_is_help=True, help="Migrate, copy or back up the store.")


@app.command()
def migrate() -> None:
    """Create the store's tables, or bring an older store up to date.

    Every command does this when it opens a store. Run it separately if the database user for daily work may not change
    tables. The store may be an empty file or database, or one that ourtake made.
    """
    lazy.store.Store.open(store_address(), create=True).close()
    emit(f"{shown_store_address()} is up to date.")


@app.command()
def copy(
    source: str = typer.Argument(..., metavar="FROM", help="The address of the store to copy."),
    target: str = typer.Argument(
        ..., metavar="TO", help="The address of a new store: a new file or an empty database."
    ),
    as_json: Json = False,
) -> None:
    r"""Copy a store to another address, and compare the two.

    This is how a store moves from a file to PostgreSQL, or back.

    If a copy is stopped, run the same command again to continue it. Nothing may write to FROM in the meantime.

    \b
    Example:
      ourtake store copy sqlite:///ourtake.db \
          postgresql://paper:secret@db.example/paper
    """
    with (
        contextlib.closing(lazy.store.Store.open(source, create=False)) as one,
        contextlib.closing(lazy.store.Store.open(target, create=True, half_copied=True)) as two,
    ):
        copied = lazy.copying.copy(one, two, on_progress=_progress())
    if as_json:
        emit_json([row._asdict() for row in copied])
        return
    for row in copied:
        emit(f"{row.table:16} {row.rows:>12,} rows  {row.digest[:16]}")
    shown = lazy.store_address.without_password(target)
    emit(f"{shown} is a copy, the same in {count_of(sum(row.rows for row in copied), 'row')}. Use it with --store.")


def _progress() -> lazy.copying.OnProgress:
    """A function that says how many rows a table has, once for each."""
    last = ""

    def report(table: str, done: int, count: int) -> None:
        nonlocal last
        if table != last and count:
            say(f"{table}: {count_of(count, 'row')}" + (f", {done:,} of them copied before" if done else ""))
        last = table

    return report


@app.command()
def backup(file: Path = typer.Argument(..., help="A new file.")) -> None:
    """Copy an SQLite store to a new file while it is in use. For a store on PostgreSQL, use pg_dump."""
    lazy.backup.backup(store_address(), file)
    emit(f"{file} is a backup of {shown_store_address()}, complete and checked.")

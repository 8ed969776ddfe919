"""Copying a store into another one, of the other kind or the same: table by table, in the order of their keys.

A copy can be stopped and continued: the target carries a mark until it is whole, and no command opens a store with that
mark. Each table is continued after the last key that was copied. In the end the rows of each table are counted, and
their contents compared by a hash, on both sides.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, delete, func, insert, select, tuple_, update

from ourtake.errors import StoreError
from ourtake.store.dialect import count_on, is_server, last_number, put, run
from ourtake.store.store import Store
from ourtake.store.tables import COPYING, meta, numbers, shared
from ourtake.text.counts import count_of

GROUP = 1000
"""Rows of one transaction."""
_NUMBERED = ("articles", "removed")

OnProgress = Callable[[str, int, int], None]
"""Receives a table's name, the rows that are copied of it, and all that there are."""


class Copied(NamedTuple):
    """A table, its rows, and the SHA-256 of all of them, the same on both sides."""

    table: str
    rows: int
    digest: str


def tables() -> list[Table]:
    """The tables that are copied."""
    return [table for table in shared() if table is not meta]


def copy(source: Store, target: Store, *, on_progress: OnProgress = lambda table, done, all_: None) -> list[Copied]:
    """Copy all rows of `source` into `target`, an empty store or one that an earlier copy began.

    Raises StoreError if the target holds something else, and where the two are not the same in the end.
    """
    with source.reading() as connection:
        identity = connection.execute(select(meta.c.value).where(meta.c.name == "identity")).scalar_one()
    _begin(target, identity)
    for table in tables():
        _copy_table(source, target, table, on_progress)
    with source.reading() as here, target.reading() as there:
        found = [_compared(here, there, table) for table in tables()]
        known = {row.name: row.value for row in here.execute(select(meta))}
        last = {name: last_number(here, name) for name in _NUMBERED}
    with target.writing() as connection:
        put(connection, meta, [{"name": name, "value": value} for name, value in known.items()])
        _set_numbers(connection, last)
        connection.execute(delete(meta).where(meta.c.name == COPYING))
    return found


def _begin(target: Store, identity: int) -> None:
    """Mark the target as one that is being copied into."""
    with target.writing() as connection:
        mark = connection.execute(select(meta.c.value).where(meta.c.name == COPYING)).scalar()
        if mark is not None and mark != identity:
            do = "Go on with that one, or name a new target."
            raise StoreError("Another store was being copied to this target.", do)
        if mark is None:
            full = [table.name for table in tables() if connection.execute(select(table).limit(1)).first()]
            if full:
                what = f"The target is not empty: it has {', '.join(full)}."
                raise StoreError(what, "Name a new file or an empty database.")
            connection.execute(insert(meta).values(name=COPYING, value=identity))


def _copy_table(source: Store, target: Store, table: Table, on_progress: OnProgress) -> None:
    keys = list(table.primary_key)
    with target.reading() as connection:
        last = connection.execute(select(*keys).order_by(*(key.desc() for key in keys)).limit(1)).first()
        done = connection.execute(select(func.count()).select_from(table)).scalar_one()
    with source.reading() as connection:
        count = connection.execute(select(func.count()).select_from(table)).scalar_one()
        on_progress(table.name, done, count)
        for rows in _groups(connection, table, last):
            with target.writing(archive=table.name in _NUMBERED) as into:
                into.execute(insert(table), rows)
            done += len(rows)
            on_progress(table.name, done, count)


def _groups(connection: Connection, table: Table, after: Any) -> Iterator[list[dict[str, Any]]]:
    keys = list(table.primary_key)
    statement = select(table).order_by(*keys)
    if after is not None:
        statement = statement.where(tuple_(*keys) > tuple_(*after))
    for part in connection.execute(statement, execution_options={"yield_per": GROUP}).mappings().partitions():
        yield [dict(row) for row in part]


def _compared(here: Connection, there: Connection, table: Table) -> Copied:
    one, two = _sum(here, table), _sum(there, table)
    if one != two:
        what = f"The copy of {table.name} is not the same: {count_of(one.rows, 'row')} here, {two.rows:,} in the copy."
        raise StoreError(what, "Stop what writes to the store, and copy it again.")
    return one


def _sum(connection: Connection, table: Table) -> Copied:
    digest, rows = hashlib.sha256(), 0
    for part in _groups(connection, table, None):
        for row in part:
            rows += 1
            values = [value.hex() if isinstance(value, bytes) else value for value in row.values()]
            digest.update(json.dumps(values).encode() + b"\n")
    return Copied(table.name, rows, digest.hexdigest())


def _set_numbers(connection: Connection, last: dict[str, int]) -> None:
    """The next article gets the number that it would have got in the source."""
    if is_server(connection):
        for name, number in last.items():
            connection.execute(update(numbers).where(numbers.c.name == name).values(last=number))
        count_on(connection, tables())
        return
    for name, number in last.items():
        if run(connection, "UPDATE sqlite_sequence SET seq = ? WHERE name = ?", (number, name)).rowcount == 0:
            run(connection, "INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (name, number))

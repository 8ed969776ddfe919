"""Where SQLite and PostgreSQL differ in a statement. Everything else in store/ is the same for both."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import sqlalchemy
from sqlalchemy import BigInteger, Connection, CursorResult, Table
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError

Value = TypeVar("Value")

Integer = sqlalchemy.Integer().with_variant(BigInteger(), "postgresql")
"""SQLite's integers have 64 bits; amounts and hashes need them."""
String = sqlalchemy.String().with_variant(sqlalchemy.String(collation="C"), "postgresql")
"""Texts that are compared: by their code points, whatever the database's language is."""

WRITE_LOCK, ARCHIVE_LOCK = 7_210_001, 7_210_002
"""PostgreSQL's advisory locks of a transaction that writes, and of one that changes articles; SQLite has one for all.
"""


def is_server(connection: Connection) -> bool:
    """Whether the connection is one to PostgreSQL."""
    return connection.dialect.name == "postgresql"


def run(
    connection: Connection, statement: str, parameters: Any = None, *, chunk: int = 0
) -> CursorResult[*tuple[Any, ...]]:
    """Run a statement with ? for each parameter at the driver; a list of tuples runs it for each. `chunk`: the rows
    that are fetched at once, where there may be too many for the memory.
    """
    told = statement.replace("?", "%s") if is_server(connection) else statement
    return connection.exec_driver_sql(told, parameters, execution_options={"yield_per": chunk} if chunk else None)


def begin_reading(connection: Connection) -> Callable[[str, tuple[Any, ...]], Sequence[Any]]:
    """Begin to read one moment, on a connection that has done nothing yet; it ends with the connection. Returns a
    function that gives all rows of a statement.

    A file is asked at its driver: for a statement of some microseconds, SQLAlchemy takes several times as long.
    """
    if is_server(connection):
        return lambda statement, parameters: run(connection, statement, parameters).fetchall()
    cursor = connection.connection.cursor()

    def rows(statement: str, parameters: tuple[Any, ...] = ()) -> Sequence[Any]:
        try:
            found: Sequence[Any] = cursor.execute(statement, parameters).fetchall()
        except sqlite3.Error as error:
            raise DBAPIError(statement, parameters, error) from error
        return found

    rows("BEGIN")
    return rows


def upsert(connection: Connection, table: Table) -> Any:
    """An INSERT that can have ON CONFLICT."""
    return upsert_at(is_server(connection), table)


def upsert_at(server: bool, table: Table) -> Any:
    """The same for PostgreSQL or SQLite, so that a statement can be made once and kept."""
    if not server:
        return sqlite.insert(table)
    # Loaded where it is needed: PostgreSQL's part of SQLAlchemy is large.
    from sqlalchemy.dialects import postgresql

    return postgresql.insert(table)


def put(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, all with the same columns. Of a row whose primary key is there already, the other columns change."""
    if not rows:
        return
    statement, keys = upsert(connection, table), [column.name for column in table.primary_key]
    changed = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed), list(rows))


def parts(values: Sequence[Value]) -> Iterator[Sequence[Value]]:
    """The values, at most as many at a time as one statement takes: SQLite's oldest limit on variables is 999."""
    return (values[first : first + 500] for first in range(0, len(values), 500))


def in_list(connection: Connection, *, numbers: bool = False) -> str:
    """A subquery of the values in a JSON list, the one parameter; `numbers`: they are integers."""
    if not is_server(connection):
        return "(SELECT value FROM json_each(?))"
    return f"(SELECT value{'::bigint' if numbers else ''} FROM json_array_elements_text(?::json))"


def json_text(connection: Connection, column: str, key: str) -> str:
    """The text at a key of a JSON document."""
    return f"{column}::json ->> '{key}'" if is_server(connection) else f"json_extract({column}, '$.{key}')"


def join_in_order(connection: Connection) -> str:
    """A join whose left table is read first: SQLite would read the larger one."""
    return "JOIN" if is_server(connection) else "CROSS JOIN"


def last_number(connection: Connection, table: str) -> int:
    """The last number that rows of `articles` or `removed` were given."""
    return run(connection, f"SELECT {last_number_query(connection)}", (table,)).scalar() or 0


def last_number_query(connection: Connection) -> str:
    """A subquery of the last number that rows of a table were given, the one parameter; null before the first."""
    table, column = ("numbers", "last") if is_server(connection) else ("sqlite_sequence", "seq")
    return f"(SELECT {column} FROM {table} WHERE name = ?)"


def take_numbers(connection: Connection, table: str, count: int) -> int:
    """The first of so many new numbers, which rows are then inserted with.

    In PostgreSQL a row of `numbers` keeps the last one. It is locked until the transaction ends, so numbers become
    visible in their order and without gaps: a reader who has seen one has seen all before it.
    """
    if not is_server(connection):
        return last_number(connection, table) + 1  # SQLite notes the last one itself
    statement = "UPDATE numbers SET last = last + ? WHERE name = ? RETURNING last"
    return int(run(connection, statement, (count, table)).scalar_one()) - count + 1


def count_on(connection: Connection, tables: Iterable[Table]) -> None:
    """Let every column that counts by itself go on after its largest value, where rows were inserted with theirs."""
    for table in tables if is_server(connection) else ():
        column = table.autoincrement_column
        if column is None:
            continue
        name = run(connection, "SELECT pg_get_serial_sequence(?, ?)", (table.name, column.name)).scalar()
        if name:
            highest = f"(SELECT coalesce(max({column.name}), 0) + 1 FROM {table.name})"
            run(connection, f"SELECT setval('{name}', {highest}, false)")

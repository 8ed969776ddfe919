"""A new store gets its schema from schema.sql. It has to be what the migrations make, step by step.

After a new migration: python -m tests.store.test_schema
"""

from __future__ import annotations

import sqlite3
import tempfile
from pathlib import Path

from sqlalchemy import create_engine

from ourtake.store import Store
from ourtake.store.schema import FRESH, upgrade
from ourtake.store.tables import HEAD

_IDENTITY = "INSERT INTO ourtake_meta VALUES ('identity', random() & 4611686018427387903)"


def migrated(path: Path) -> Path:
    """A database that all migrations have made."""
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        upgrade(connection)
    engine.dispose()
    return path


def schema_of(path: Path) -> list[tuple[str, str]]:
    """The name and the statement of everything in a database, tables first."""
    found = (
        "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' "
        "ORDER BY type = 'index', name"
    )
    with sqlite3.connect(path) as connection:
        return [
            (name, "\n".join(line.rstrip() for line in sql.strip().splitlines()))
            for name, sql in connection.execute(found)
        ]


def test_a_new_store_has_the_schema_of_all_migrations(tmp_path: Path) -> None:
    Store.open(f"sqlite:///{tmp_path / 'new.db'}", create=True)
    assert schema_of(tmp_path / "new.db") == schema_of(migrated(tmp_path / "old.db"))


def test_both_have_the_same_rows_but_for_their_identity(tmp_path: Path) -> None:
    Store.open(f"sqlite:///{tmp_path / 'new.db'}", create=True)
    found = []
    for path in (tmp_path / "new.db", migrated(tmp_path / "old.db")):
        with sqlite3.connect(path) as connection:
            tables = [name for name, sql in schema_of(path) if sql.startswith("CREATE TABLE")]
            rows = {name: connection.execute(f'SELECT * FROM "{name}"').fetchall() for name in tables}
        found.append(rows)
        assert rows.pop("alembic_version") == [(HEAD,)]
        ((name, identity),) = rows.pop("ourtake_meta")
        assert name == "identity" and identity > 0
    assert found[0] == found[1] and not any(found[0].values())


def write() -> None:
    """Write schema.sql from the migrations."""
    with tempfile.TemporaryDirectory() as folder:
        statements = [sql for _, sql in schema_of(migrated(Path(folder) / "all.db"))]
    statements += [_IDENTITY, f"INSERT INTO alembic_version VALUES ('{HEAD}')"]
    FRESH.write_text(";\n".join(statements) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write()

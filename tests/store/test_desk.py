"""The queue follows the drafts, an old store gets its rows, and a chain of acts shows what was changed in it."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

from sqlalchemy import inspect

from ourtake.store import Store
from ourtake.store.acts import NewAct, broken_at, chained
from ourtake.store.queue import QueueRow
from ourtake.store.tables import metadata
from tests.review.conftest import new_draft


def test_an_old_store_gets_a_row_for_each_draft(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    with Store.open(f"sqlite:///{path}") as store:
        asyncio.run(store.save_draft(new_draft()))
        expected = store.desk.queue()
    connection = sqlite3.connect(path)
    later = ("queue", "acts", "seals", "people", "logins", "posts", "claim_answers", "watch_")
    names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    for table in (name for name in names if name.startswith(later)):
        connection.execute(f"DROP TABLE {table}")
    connection.execute("UPDATE alembic_version SET version_num = '0008'")
    connection.commit()
    connection.close()
    with Store.open(f"sqlite:///{path}") as store:
        assert store.desk.queue() == expected
        tables = inspect(store._engine)
        for table in ("queue", "acts", "seals"):
            made = {(one["name"], one["nullable"]) for one in tables.get_columns(table)}
            assert made == {(one.name, one.nullable) for one in metadata.tables[table].columns}
        assert {str(one["name"]) for one in tables.get_indexes("queue")} == {"ix_queue_created", "ix_queue_state"}


def test_a_saved_draft_has_its_row_and_the_desk_keeps_its_counts(store_address: str) -> None:
    with Store.open(store_address) as store:
        draft = new_draft()
        asyncio.run(store.save_draft(draft))
        row = store.desk.queue()[0]
        assert (row.headline, row.outlet, row.cost, row.undecided) == (
            "The bridge can wait",
            draft.source.outlet,
            12000,
            -1,
        )
        assert row.errors == draft.revisions[0].report.counts["error"] > 0
        counted = row.model_copy(update={"undecided": 4, "overrides": 2})
        assert store.desk.commit(draft, [NewAct(kind="active", by="Ann", at="t")], counted, seen=0) is not None
        assert store.desk.commit(draft, [NewAct(kind="active", by="Ben", at="t")], counted, seen=0) is None
        asyncio.run(store.save_draft(draft.model_copy(update={"status": "failed"})))
        assert store.desk.queue() == [counted.model_copy(update={"status": "failed", "acts": 1})]


def test_the_acts_of_many_drafts_are_read_at_once(store_address: str) -> None:
    with Store.open(store_address) as store:
        for name in ("one", "two", "idle"):
            draft = new_draft().model_copy(update={"id": name})
            asyncio.run(store.save_draft(draft))
            done = [NewAct(kind="active", by=by, at="t") for by in ("Ann", "Ben") if name != "idle"]
            store.desk.commit(draft, done, store.desk.queue()[0], seen=0)
        names = ["two", *(f"none{number}" for number in range(600)), "one", "idle"]
        found = store.desk.acts_of(names)
        assert found == {name: tuple(store.desk.acts(name)) for name in ("one", "two")}
        assert [act.by for act in found["one"]] == ["Ann", "Ben"]


def test_the_queue_is_read_by_its_indexes(tmp_path: Path) -> None:
    path = tmp_path / "many.db"
    with Store.open(f"sqlite:///{path}") as store, store.writing() as connection:
        from ourtake.store import queue

        for number in range(200):
            state = "approved" if number % 10 == 0 else "draft"
            queue.save(
                connection, QueueRow(draft_id=f"{number:03}", status="ready", state=state, created=f"{number:03}")
            )
    plans = sqlite3.connect(path)
    for where in ("", "WHERE state = 'approved'"):
        plan = plans.execute(f"EXPLAIN QUERY PLAN SELECT * FROM queue {where} ORDER BY created DESC LIMIT 5").fetchall()
        assert "USING INDEX ix_queue" in str(plan) and "TEMP B-TREE" not in str(plan)


def test_a_chain_shows_what_was_changed_removed_or_put_elsewhere() -> None:
    chain = chained(None, [NewAct(kind="edited", by="Ann", at=str(number)) for number in range(4)])
    assert broken_at(chain) is None
    assert broken_at([*chain[:1], chain[1].model_copy(update={"by": "Ben"}), *chain[2:]]) == 2
    assert broken_at([chain[0], *chain[2:]]) == 2
    assert broken_at([chain[0], chain[2], chain[1], chain[3]]) == 2
    more = chained(chain[-1], [NewAct(kind="edited", by="Ann", at="9")])
    assert (more[0].number, more[0].previous) == (5, chain[3].digest) and broken_at([*chain, *more]) is None

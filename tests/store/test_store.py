"""The store: what it refuses to open, what two processes may do, and what a failed write takes with it."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import text

from ourtake.documents import Article
from ourtake.errors import StoreError
from ourtake.store import Store, schema
from ourtake.store.calls import CallEnd, CallStart, Terms
from ourtake.store.schema import open_engine
from ourtake.store.store import open_backend
from ourtake.store.writer import GroupWriter
from tests import ready_store

START = CallStart(draft_id="d", provider="p", model="m", task="take", request_hash="h", prompt="x")


def article(n: int, **more: Any) -> Article:
    return Article.model_validate(
        {"url": f"https://x.example/{n}", "title": f"Title {n}", "text": "Some text.", **more}
    )


def test_an_article_is_the_same_by_id_else_by_address(store_address: str) -> None:
    with Store.open(store_address) as store:
        assert store.save_articles([article(1), article(2, id="two")]) == ["added", "added"]
        assert store.save_articles([article(1), article(3, id="two"), article(1, title="New")]) == [
            "unchanged",
            "updated",
            "updated",
        ]
        assert store.count_articles() == 2
        found = store.article("two")
        assert found is not None and found.url.endswith("/3")


def a_foreign_database(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE things (x)")
    connection.commit()
    connection.close()


def a_newer_store(path: Path) -> None:
    with Store.open(f"sqlite:///{path}"):
        pass
    connection = sqlite3.connect(path)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()


def a_torn_store(path: Path) -> None:
    with Store.open(f"sqlite:///{path}") as store:
        store.save_articles([article(n, text="x" * 3000) for n in range(50)])
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))


def random_bytes(path: Path) -> None:
    path.write_bytes(b"hello there, this is no database")


REFUSED = {
    "random bytes": (random_bytes, "not an ourtake store"),
    "another program's": (a_foreign_database, "another program"),
    "newer": (a_newer_store, "newer ourtake"),
    "torn": (a_torn_store, "is damaged"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_our_store_is_refused_and_left_as_it_was(tmp_path: Path, name: str) -> None:
    make, said = REFUSED[name]
    path = tmp_path / "s.db"
    make(path)
    before = path.read_bytes()
    with pytest.raises(StoreError, match=said), Store.open(f"sqlite:///{path}") as store:
        list(store.articles())
    assert path.read_bytes() == before


def test_a_damaged_ledger_is_found_before_anything_is_begun(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    with Store.open(f"sqlite:///{path}") as store:
        process = store.enroll()
        for number in range(300):
            start = START.model_copy(update={"request_hash": f"{number}", "prompt": "x" * 3000})
            asyncio.run(store.begin_call(start, process_id=process, terms=Terms()))
    whole = path.read_bytes()
    middle = len(whole) * 2 // 3 // 16384 * 16384
    path.write_bytes(whole[:middle] + b"\xff" * 16384 + whole[middle + 16384 :])
    with Store.open(f"sqlite:///{path}") as store, pytest.raises(StoreError, match=r"damaged.*\.recover"):
        store.enroll()


FULL = """
import resource, sys
from ourtake.errors import StoreError
from ourtake.store import Store
# To a process that may not make a file larger, each write fails as on a full disk.
resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
try:
    with Store.open(sys.argv[1]) as store:
        store.drafts(1)
except StoreError as error:
    print(error)
"""


def test_a_full_disk_is_not_taken_for_a_broken_store(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    with Store.open(f"sqlite:///{path}"):
        pass
    before = path.read_bytes()
    said = subprocess.run([sys.executable, "-c", FULL, f"sqlite:///{path}"], capture_output=True, text=True, check=True)
    assert "its disk is full" in said.stdout and "Free some space" in said.stdout, said
    assert "backup" not in said.stdout and path.read_bytes() == before


def test_two_processes_make_and_fill_one_store(store_address: str) -> None:
    code = (
        "import sys; from ourtake.store import Store; from ourtake.documents import Article\n"
        "with Store.open(sys.argv[1]) as s:\n"
        "  for n in range(40): s.save_articles([Article(url=f'https://x.example/{sys.argv[2]}/{n}', title='t', "
        "text='x')])"
    )
    address = store_address
    running = [subprocess.Popen([sys.executable, "-c", code, address, name], stderr=subprocess.PIPE) for name in "abc"]
    assert [(process.wait(), process.stderr.read() if process.stderr else b"") for process in running] == [(0, b"")] * 3
    with Store.open(address) as store:
        assert store.count_articles() == 120


def test_the_ledger_keeps_a_call_that_never_ended(store_address: str) -> None:
    async def work(store: Store) -> None:
        other = START.model_copy(update={"request_hash": "other"})
        first, _ = await asyncio.gather(
            *(store.begin_call(start, process_id=store.enroll(), terms=Terms()) for start in (START, other))
        )
        assert first.call_id is not None
        await store.finish_call(
            first.call_id, CallEnd(state="answered", status="complete", reply="{}", stop_reason="stop")
        )

    with Store.open(store_address) as store:
        asyncio.run(work(store))
    with Store.open(store_address) as store:
        assert sorted(call.state for call in store.calls()) == ["answered", "started"]


def test_a_write_that_fails_fails_alone(store_address: str) -> None:
    with Store.open(store_address):
        pass
    writer = GroupWriter(open_backend(store_address, create=False))

    def statement(sql: str) -> Any:
        return writer.write(lambda connection: connection.execute(text(sql)).rowcount)

    good = "INSERT INTO ourtake_meta (name, value) VALUES ('{}', 1)"

    async def work() -> list[Any]:
        return await asyncio.gather(
            *(statement(sql) for sql in [good.format("a"), "INSERT INTO nowhere VALUES (1)", good.format("b")]),
            return_exceptions=True,
        )

    first, second, third = asyncio.run(work())
    writer.close()
    assert (first, third) == (1, 1) and isinstance(second, Exception)


def test_a_write_whose_error_no_future_takes_holds_up_nobody(tmp_path: Path) -> None:
    group_writer = GroupWriter(open_backend(f"sqlite:///{tmp_path / 'o.db'}", create=True))

    def stop(_: object) -> None:
        raise StopIteration

    async def work() -> list[Any]:
        async with asyncio.timeout(60):
            writes = [group_writer.write(stop), *(group_writer.write(lambda _: "done") for _ in range(3))]
            return list(await asyncio.gather(*writes, return_exceptions=True))

    first, *others = asyncio.run(work())
    group_writer.close()
    assert isinstance(first, RuntimeError) and others == ["done"] * 3


def test_the_writes_of_several_callers_are_gathered_and_those_of_one_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr("ourtake.store.writer.time", SimpleNamespace(sleep=waits.append))
    group_writer = GroupWriter(open_backend(f"sqlite:///{tmp_path / 'o.db'}", create=True))

    async def write() -> int:
        return await group_writer.write(lambda connection: int(connection.exec_driver_sql("SELECT 1").scalar_one()))

    async def one_after_another() -> list[int]:
        return [await write() for _ in range(3)]

    async def together() -> list[int]:
        return await asyncio.gather(*(write() for _ in range(6)))

    assert asyncio.run(one_after_another()) == [1] * 3 and not waits
    assert asyncio.run(together()) == [1] * 6
    assert asyncio.run(one_after_another()) == [1] * 3 and waits
    group_writer.close()


def test_the_writer_outlives_a_caller_that_has_gone(tmp_path: Path) -> None:
    group_writer = GroupWriter(open_backend(f"sqlite:///{tmp_path / 'o.db'}", create=True))
    gone = threading.Event()

    async def leave() -> None:
        writing = asyncio.ensure_future(group_writer.write(lambda _: gone.wait()))
        await asyncio.sleep(0)
        writing.cancel()

    asyncio.run(leave())  # its event loop ends before the write does
    gone.set()
    assert asyncio.run(group_writer.write(lambda _: "still here")) == "still here"
    group_writer.close()


def test_every_connection_waits_for_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "_set_up", ready_store.wait_for_disk)
    engine = open_engine(f"sqlite:///{tmp_path / 'o.db'}", create=True)
    reading = engine.execution_options(reading=True)
    with reading.connect() as one, reading.connect() as two:
        for connection in (one, two):
            found = [
                connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in ("journal_mode", "synchronous", "busy_timeout")
            ]
            assert found[:2] == ["wal", 2] and (found[2] or 0) > 0, "2 is FULL: what is committed outlives the power"
    engine.dispose()


READS = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
print(*connection.execute("SELECT count(*) FROM articles").fetchone())
connection.close()
"""


def test_a_store_that_a_process_opens_twice_loses_no_write(tmp_path: Path) -> None:
    """Without SQLite's locks, another process would take itself for the last and remove the log of writes."""
    path = tmp_path / "a.db"

    def seen_elsewhere() -> str:
        done = subprocess.run(
            [sys.executable, "-c", READS, str(path)], capture_output=True, text=True, timeout=600, check=True
        )
        return done.stdout.strip()

    with Store.open(f"sqlite:///{path}") as store:
        store.save_articles([article(1)])
        with Store.open(f"sqlite:///{path}"):
            pass
        assert seen_elsewhere() == "1"
        store.save_articles([article(2)])
        assert seen_elsewhere() == "2"

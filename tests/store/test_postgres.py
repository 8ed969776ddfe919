"""What is particular to a store on PostgreSQL: what can't be one, marks of sent calls, locks, a server that is away."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from ourtake.documents import Article
from ourtake.errors import StoreError
from ourtake.store import Store
from ourtake.store.address import cache_file, without_password
from ourtake.store.calls import Begun, CallEnd, CallStart, Terms
from tests.postgres import Server

START = CallStart(draft_id="d", provider="p", model="m", task="take", request_hash="abcdef0123456789", prompt="x")


def article(n: int) -> Article:
    return Article(url=f"https://x.example/{n}", title=f"Title {n}", text="Some text.")


def begun(store: Store, process: int) -> Begun:
    return asyncio.run(store.begin_call(START, process_id=process, terms=Terms()))


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("postgresql:///", "is not a store address"),
        ("postgresql://owner@127.0.0.1:{port}/", "is not a store address"),
        ("postgresql://owner:secret@127.0.0.1:{port}/nowhere", 'database "nowhere" does not exist'),
        ("postgresql://nobody:secret@127.0.0.1:{port}/postgres", 'role "nobody" does not exist'),
        ("postgresql://owner:secret@127.0.0.1:1/paper", "can't be reached"),
        ("postgresql://owner:secret@no-such-host.invalid/paper", "can't be reached"),
    ],
)
def test_an_address_that_leads_nowhere_is_one_sentence(postgres: Server, address: str, said: str) -> None:
    with pytest.raises(StoreError, match=said) as raised:
        Store.open(address.format(port=postgres.port))
    assert "secret" not in str(raised.value) and "\n" not in str(raised.value)


def test_a_server_that_is_too_old(postgres: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ourtake.store.postgres.OLDEST", 990000)
    with pytest.raises(StoreError, match=r"is PostgreSQL \d+; a store needs 99 or newer"):
        Store.open(postgres.new_database())


def test_a_newer_store_and_another_programs_database(postgres: Server) -> None:
    address = postgres.new_database()
    Store.open(address).close()
    name = address.rpartition("/")[2]
    postgres.run("UPDATE alembic_version SET version_num = '9999'", name)
    with pytest.raises(StoreError, match="written by a newer ourtake"):
        Store.open(address)
    other = postgres.new_database()
    postgres.run("CREATE TABLE things (x int)", other.rpartition("/")[2])
    with pytest.raises(StoreError, match="a database of another program"):
        Store.open(other)


def test_a_user_without_rights(postgres: Server) -> None:
    address = postgres.new_database()
    name = address.rpartition("/")[2]
    postgres.run("CREATE ROLE reader LOGIN")
    with pytest.raises(StoreError, match="may not make or change its tables: permission denied"):
        Store.open(postgres.address(name, "reader"))
    Store.open(address).close()
    with pytest.raises(StoreError, match="permission denied"):
        Store.open(postgres.address(name, "reader"))
    postgres.run("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO reader", name)
    postgres.run("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO reader", name)
    with Store.open(postgres.address(name, "reader")) as store:
        assert store.save_articles([article(1)]) == ["added"]


def test_several_processes_may_make_a_store_at_once(postgres: Server) -> None:
    address, opened = postgres.new_database(), []

    def work() -> None:
        with Store.open(address) as store:
            opened.append(store.position().store)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened) == 4 and len(set(opened)) == 1


def test_a_long_import_holds_up_no_call_and_its_numbers_have_no_gaps(postgres: Server) -> None:
    with Store.open(postgres.new_database()) as store:
        with store.importing() as running:
            running.save([article(n) for n in range(5)], [None] * 5)
            assert begun(store, store.enroll()).call_id == 1
            assert store.count_articles() == 0, "what is not committed is not seen"
        with pytest.raises(RuntimeError), store.importing() as failing:
            failing.save([article(n) for n in range(5, 9)], [None] * 4)
            raise RuntimeError
        store.save_articles([article(9)])
        assert (store.position().number, store.count_articles()) == (6, 6)


def test_what_a_dead_process_had_not_sent_is_free_and_what_it_had_sent_is_unknown(postgres: Server) -> None:
    for sent, crashed, state in ((False, False, "failed"), (True, False, "unknown"), (False, True, "unknown")):
        with Store.open(postgres.new_database()) as store:
            call = begun(store, store.enroll()).call_id
            assert call == 1
            if sent:
                store.marks.sent(call, START.request_hash)
            with store.writing() as connection:
                # On another machine, which has fallen silent: the marks are the server's, not the machine's.
                connection.execute(text("UPDATE processes SET host = 'elsewhere', beat = 0"))
                if crashed:
                    connection.execute(text("TRUNCATE sent_marks"))  # as the server does after a crash
            store.enroll()
            assert [row.state for row in store.calls()] == [state]


def test_marks_lie_in_an_unlogged_table(postgres: Server) -> None:
    address = postgres.new_database()
    Store.open(address).close()
    statement = "SELECT relname FROM pg_class WHERE relpersistence = 'u' AND relkind = 'r' ORDER BY 1"
    assert postgres.run(statement, address.rpartition("/")[2]) == [("sent_marks",), ("turns",)]


def test_a_write_waits_for_a_server_that_is_away(postgres: Server) -> None:
    with Store.open(postgres.new_database()) as store:
        process = store.enroll()
        call = begun(store, process).call_id
        assert call is not None
        postgres.stop()
        back = threading.Timer(2, postgres.start)
        back.start()
        asyncio.run(store.finish_call(call, CallEnd(state="answered", status="complete", reply="{}", stop_reason="s")))
        back.join()
        assert [row.state for row in store.calls()] == ["answered"]


def test_a_server_that_stays_away_is_said(postgres: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ourtake.store.postgres.PATIENCE", 0)
    with Store.open(postgres.new_database()) as store:
        process = store.enroll()
        postgres.stop()
        try:
            with pytest.raises(StoreError, match="The store's server can't be reached"):
                begun(store, process)
            with pytest.raises(StoreError, match="The store's server can't be reached"):
                store.marks.sent(1, START.request_hash)
        finally:
            postgres.start()


def test_the_index_lies_in_the_cache_folder_whatever_the_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/cache")
    base = "postgresql://paper:{}@db.example/paper"
    one, two = (cache_file(base.format(password), ".index") for password in ("one", "two"))
    assert one == two and one.parent == Path("/cache/ourtake") and one.suffix == ".index"
    assert cache_file("postgresql://paper@db.example/other", ".index") != one
    assert cache_file("sqlite:///a/s.db", ".index") == Path("a/s.index")


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("postgresql://me:p@ss@h/db", "postgresql://me:***@h/db"),
        ("postgresql://me@h/db?password=x&sslmode=require", "postgresql://me@h/db?password=***&sslmode=require"),
        ("sqlite:///s.db", "sqlite:///s.db"),
    ],
)
def test_no_password_is_shown(address: str, shown: str) -> None:
    assert without_password(address) == shown


def test_both_kinds_of_store_have_the_same_tables_and_columns(postgres: Server, tmp_path: Path) -> None:
    found = []
    for address in (f"sqlite:///{tmp_path}/s.db", postgres.new_database()):
        with Store.open(address) as store, store.reading() as connection:
            look = inspect(connection)
            names = set(look.get_table_names()) - {"numbers", "sent_marks", "turns", "alembic_version"}
            found.append({name: {column["name"] for column in look.get_columns(name)} for name in names})
    assert found[0] == found[1]

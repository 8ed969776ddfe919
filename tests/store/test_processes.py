"""Who is alive, whose run it is, and an older store that becomes one with a ledger."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from ourtake.store import Store
from ourtake.store.processes import LEASE, birth, is_alive


def test_a_process_is_known_by_its_number_and_its_birth() -> None:
    assert birth(os.getpid()) and birth(os.getpid()) == birth(os.getpid())
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    born = birth(child.pid)
    assert born and born != birth(os.getpid())
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert birth(child.pid) is None, "dead, though nobody has asked for its end yet"
    child.wait()
    assert birth(child.pid) is None


ROWS: dict[str, tuple[str, bool]] = {
    "itself": ("UPDATE processes SET beat = 0", True),
    "another program under the same number": ("UPDATE processes SET born = 'another'", False),
    "no such process": ("UPDATE processes SET pid = 999999999", False),
    "another machine that beats": ("UPDATE processes SET host = 'elsewhere'", True),
    "another machine that fell silent": (f"UPDATE processes SET host = 'elsewhere', beat = beat - {LEASE + 1}", False),
}


@pytest.mark.parametrize("name", ROWS)
def test_who_counts_as_alive(store_address: str, name: str) -> None:
    change, alive = ROWS[name]
    with Store.open(store_address) as store:
        process = store.enroll()
        with store._engine.begin() as connection:
            connection.execute(text(change))
            assert is_alive(connection, process) is alive
            assert is_alive(connection, None) is False


def test_a_run_belongs_to_one_process_and_goes_on_when_that_is_gone(store_address: str) -> None:
    with Store.open(store_address) as store:
        one, two = store.enroll(), store.enroll()

        def claim(process: int, *, resume: bool = False) -> Any:
            return store.runs.claim("batch out.jsonl", process_id=process, resume=resume)

        first = claim(one)
        assert not first.held_by and str(os.getpid()) in claim(two).held_by
        assert str(os.getpid()) in claim(two, resume=True).held_by
        assert claim(one).run_id == first.run_id
        with store._engine.begin() as connection:
            connection.execute(text(f"UPDATE processes SET born = 'gone' WHERE id = {one}"))
        assert claim(two).run_id == first.run_id, "taken over"
        store.runs.release(first.run_id, finished=False)
        assert claim(two).run_id == first.run_id, "stopped, not finished"
        store.runs.release(first.run_id, finished=True)
        assert claim(two, resume=True).run_id == first.run_id
        store.runs.release(first.run_id, finished=True)
        assert claim(two).run_id != first.run_id, "a new run"


def test_a_store_of_the_first_version_keeps_its_calls(tmp_path: Path) -> None:
    from alembic import command
    from alembic.config import Config

    path = tmp_path / "old.db"
    config = Config()
    config.set_main_option(
        "script_location", str(Path(sys.modules["ourtake.store"].__file__ or "").parent / "migrations")
    )
    with create_engine(f"sqlite:///{path}").begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        row = "'d', 'openai', 'm', 'take', 1, 'h', 'p', 'started', '2026-01-01T00:00:00+00:00'"
        names = "draft_id, provider, model, task, attempt, request_hash, prompt, state, started"
        connection.execute(text(f"INSERT INTO calls ({names}) VALUES ({row})"))
    with Store.open(f"sqlite:///{path}") as store:
        store.enroll()
        (call,) = store.calls()
    assert (call.state, call.start.repetition, call.start.run_id) == ("unknown", 1, "")

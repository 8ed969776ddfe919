"""What the ledger makes of a call whose process ended: unknown, or, where its mark can be believed, never sent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from ourtake.errors import StoreError
from ourtake.store import Store
from ourtake.store.calls import Begun, CallStart, Terms

HASH = "0123456789abcdef"
START = CallStart(draft_id="d", provider="p", model="m", task="take", request_hash=HASH, prompt="x", reserved=500)


def begun(store: Store, start: CallStart = START, *, process: int) -> Begun:
    return asyncio.run(store.begin_call(start, process_id=process, terms=Terms()))


def never_sent(store: Store, call: int) -> bool:
    with store.reading() as connection:
        return store.marks.never_sent(connection, call, HASH)


def as_it_is(_: Path) -> str:
    return "UPDATE processes SET pid = 999999999"


def lost_file(store: Path) -> str:
    Path(f"{store}-sent").unlink()
    return "UPDATE processes SET pid = 999999999"


def other_row(store: Path) -> str:
    """A store put back from a backup: the mark under this number belongs to another request."""
    mark = Path(f"{store}-sent")
    mark.write_bytes(mark.read_bytes()[:8] + b"wfedcba9")
    return "UPDATE processes SET pid = 999999999"


CASES: dict[str, tuple[Callable[[Path], str], bool, str, int | None]] = {
    "written ahead": (as_it_is, False, "failed", 0),
    "sent": (as_it_is, True, "unknown", None),
    "after a power cut": (lambda _: "UPDATE processes SET born = 'another-boot 12345'", False, "unknown", None),
    "on another machine": (lambda _: "UPDATE processes SET host = 'elsewhere', beat = 0", False, "unknown", None),
    "without its marks": (lost_file, False, "unknown", None),
    "with another row's mark": (other_row, False, "unknown", None),
}


@pytest.mark.parametrize("name", CASES)
def test_what_became_of_a_call_whose_process_ended(tmp_path: Path, name: str) -> None:
    change, sent, state, cost = CASES[name]
    path = tmp_path / "s.db"
    with Store.open(f"sqlite:///{path}") as store:
        call = begun(store, process=store.enroll()).call_id
        assert call == 1 and never_sent(store, call)
        if sent:
            store.marks.sent(call, HASH)
    ended = change(path)
    with Store.open(f"sqlite:///{path}") as store:
        with store._engine.begin() as connection:
            connection.execute(text(ended))
        process = store.enroll()
        (row,) = store.calls()
        assert (row.state, row.end and row.end.cost) == (state, cost)
        # Only what is unknown waits for the person's word.
        again = begun(store, process=process)
        assert (again.call_id, again.unknown) == ((2, ()) if state == "failed" else (None, (1,)))


def test_a_call_is_judged_by_its_mark_also_when_it_is_asked_for(store_address: str) -> None:
    with Store.open(store_address) as store:
        one, two = store.enroll(), store.enroll()
        for hashed in ("ahead", "on its way"):
            assert begun(store, START.model_copy(update={"request_hash": hashed}), process=one).call_id
        store.marks.sent(2, "on its way")
        with store._engine.begin() as connection:
            connection.execute(text(f"UPDATE processes SET pid = 999999999 WHERE id = {one}"))
        assert begun(store, START.model_copy(update={"request_hash": "ahead"}), process=two).call_id == 3
        assert begun(store, START.model_copy(update={"request_hash": "on its way"}), process=two).unknown == (2,)
        assert [call.state for call in store.calls()] == ["failed", "unknown", "started"]


def test_without_a_mark_nothing_is_begun(tmp_path: Path) -> None:
    with Store.open(f"sqlite:///{tmp_path}/s.db") as store:
        process = store.enroll()
        Path(f"{tmp_path}/s.db-sent").mkdir()
        with pytest.raises(StoreError, match=r"s\.db-sent can't be read or written"):
            begun(store, process=process)
        assert store.calls() == []


def test_the_marks_lie_beside_the_store_itself(tmp_path: Path) -> None:
    with Store.open(f"sqlite:///{tmp_path}/s.db"):
        pass
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "link.db").symlink_to(tmp_path / "s.db")
    with Store.open(f"sqlite:///{tmp_path}/elsewhere/link.db") as store:
        begun(store, process=store.enroll())
        assert never_sent(store, 1)
    assert (tmp_path / "s.db-sent").stat().st_size == 16

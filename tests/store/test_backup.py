"""`backup` on full disks: the error names the one that is full."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from ourtake.errors import StoreError
from ourtake.store import Store, faults
from ourtake.store.backup import backup


@pytest.mark.parametrize("said", ["disk I/O error", "database or disk is full"])
@pytest.mark.parametrize(
    "full, told",
    [
        ("store", "The store {store} can't be used: its disk is full."),
        ("spare", "{spare} can't be written as a backup: its disk is full."),
    ],
)
def test_a_full_disk_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, full: str, told: str, said: str) -> None:
    store, spare = tmp_path / "store" / "s.db", tmp_path / "spare" / "copy.db"
    for file in (store, spare):
        file.parent.mkdir()
    with Store.open(f"sqlite:///{store}"):
        pass

    def refused(*_: object, **__: object) -> sqlite3.Connection:
        raise sqlite3.OperationalError(said)

    monkeypatch.setattr(sqlite3, "connect", refused)
    monkeypatch.setattr(faults, "has_room", lambda folder: folder.name != full)
    with pytest.raises(StoreError) as caught:
        backup(f"sqlite:///{store}", spare)
    assert caught.value.what == told.format(store=store, spare=spare)
    assert list(spare.parent.iterdir()) == []

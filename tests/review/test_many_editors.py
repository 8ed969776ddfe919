"""Many editors at once, and a process that is killed while it saves: no word that was acknowledged is lost.

benchmarks/desk.py does the same for longer.
"""

from __future__ import annotations

from pathlib import Path

import desk

from tests.postgres import Server


def test_editors_on_postgresql_lose_no_word(postgres: Server) -> None:
    address = postgres.new_database()
    assert desk.many_editors_at(address, editors=6, drafts=2, processes=2, seconds=2)


def test_editors_in_two_processes_lose_no_word(tmp_path: Path) -> None:
    assert desk.many_editors(tmp_path, editors=6, drafts=2, processes=2, seconds=2)


def test_kill_9_during_saves_loses_nothing_acknowledged(tmp_path: Path) -> None:
    assert desk.kills(tmp_path, times=3)


def test_a_lost_word_is_noticed(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'one.db'}"
    desk.filled(address, 1)
    assert desk.lost(address, [("draft0", "nowhere")]) == (["nowhere"], [])

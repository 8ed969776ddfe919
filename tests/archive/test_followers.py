"""Indexes of several machines that follow one store end with what it holds, whatever was committed when."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from ourtake.archive.lookup import Archive
from ourtake.documents import Article
from ourtake.store import Store

GROUPS, GROUP = 12, 30


def article(number: int, version: int = 0) -> Article:
    text = f"Story number{number} version{version} of the council and the harbour. " * 3
    return Article(id=f"a{number}", url=f"https://x.example/{number}", title=f"Title {number} {version}", text=text)


def change(address: str) -> None:
    """Groups of articles; from each later group some are changed and some removed. One transaction is rolled back."""
    with Store.open(address) as store:
        for group in range(GROUPS):
            first = group * GROUP
            with store.importing() as running:
                running.save([article(number) for number in range(first, first + GROUP)], [None] * GROUP)
            store.save_articles([article(number, 1) for number in range(first, first + 5)])
            store.remove_article(f"a{first + 7}")
            with pytest.raises(RuntimeError), store.importing() as failing:
                failing.save([article(first + GROUP + 900)], [None])
                raise RuntimeError


def held(archive: Archive) -> set[tuple[str, str]]:
    """Each article that the index finds, with its title."""
    archive.refresh(wait=True)
    found = archive.search("council harbour", count=10_000)
    return {(row.id, row.title) for row in found}


def test_followers_end_with_what_the_store_holds(store_address: str, tmp_path: Path) -> None:
    with Store.open(store_address) as store:
        archives = [Archive(store, tmp_path / f"{number}.index") for number in range(3)]
        writers = threading.Thread(target=change, args=(store_address,))
        writers.start()
        rounds = 0
        while writers.is_alive():
            for archive in archives[:2]:
                archive.refresh(wait=True)
            rounds += 1
        writers.join()
        truth = {(one.id, one.title) for one in store.articles()}
        assert len(truth) == GROUPS * (GROUP - 1) and rounds
        # Two followed all along, the third begins now.
        assert [held(archive) == truth for archive in archives] == [True] * 3
        archives[0].refresh(force=True, wait=True)
        assert held(archives[0]) == truth

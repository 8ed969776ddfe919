"""How far an index is behind its store."""

from __future__ import annotations

import fcntl
from pathlib import Path

from ourtake.archive.lookup import Archive
from ourtake.documents import Article
from ourtake.store import Store


def article(number: int) -> Article:
    return Article(url=f"https://x.example/{number}", title=f"Title {number}", text="Some text.")


def test_an_index_that_another_process_writes_is_behind(tmp_path: Path) -> None:
    with Store.open(f"sqlite:///{tmp_path}/s.db") as store:
        store.save_articles([article(number) for number in range(3)])
        archive = Archive(store, tmp_path / "s.index")
        assert archive.behind() == 3
        archive.refresh()
        assert archive.behind() == 0
        store.save_articles([article(3)])
        store.remove_article("https://x.example/0")
        with (tmp_path / ".s.index.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            archive.refresh()
            assert archive.behind() == 2
        archive.refresh()
        assert archive.behind() == 0

"""The index follows the store: whatever happened to either, it ends with the store's articles, each once."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ourtake.archive import cache_folder
from ourtake.archive import index as indexing
from ourtake.documents import Article
from ourtake.store import Store
from ourtake.store.articles import Change, Position
from ourtake.values import ordinal


def article(n: int, word: str = "grid") -> Article:
    return Article(
        id=f"a{n}",
        url=f"https://x.example/{n}",
        title=f"Title {n}",
        text=f"Some text on the {word}.",
        published="2025-01-02",
    )


def held(folder: Path) -> list[tuple[str, int]]:
    """Ids in the index, with their days."""
    searcher = indexing.open_index(folder).searcher()
    import tantivy

    hits = searcher.search(tantivy.Query.all_query(), 10_000).hits
    days = searcher.fast_field_values("day", [address for _, address in hits])
    return sorted((searcher.doc(address)["id"][0], int(day or 0)) for (_, address), day in zip(hits, days, strict=True))


def found(folder: Path, word: str) -> set[str]:
    import tantivy

    index = indexing.open_index(folder)
    searcher = index.searcher()
    hits = searcher.search(tantivy.Query.term_query(index.schema, "text", word, index_option="freq"), 10_000).hits
    return {searcher.doc(address)["id"][0] for _, address in hits}


def expected(store: Store) -> list[tuple[str, int]]:
    return sorted((one.id or "", ordinal(one.published)) for one in store.articles())


def test_it_follows_any_changes(tmp_path: Path) -> None:
    chance = random.Random(4)
    folder = tmp_path / "s.index"
    with Store.open(f"sqlite:///{tmp_path}/s.db") as store:
        for _ in range(60):
            chosen = [
                article(chance.randrange(40), chance.choice(["bread", "violin", "harbour"]))
                for _ in range(chance.randrange(6))
            ]
            if chosen:
                store.save_articles(chosen)
            for n in chance.sample(range(40), 2):
                store.remove_article(f"a{n}")
            if chance.random() < 0.5:
                indexing.catch_up(folder, store)
                assert held(folder) == expected(store)
                assert found(folder, "violin") == {one.id for one in store.articles() if "violin" in one.text}
        assert store.count_articles() == len(list(store.articles()))
        assert 5 < store.count_articles() < 40


@pytest.mark.parametrize("where", ["before the commit", "before VERSION"])
def test_a_crash_while_it_follows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    folder = tmp_path / "s.index"

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with Store.open(f"sqlite:///{tmp_path}/s.db") as store:
        store.save_articles([article(n) for n in range(30)])
        indexing.catch_up(folder, store)
        store.save_articles([article(3, "violin"), article(31, "violin")])
        store.remove_article("a4")
        with monkeypatch.context() as patched:
            if where == "before VERSION":
                patched.setattr(indexing, "_write", crash)
            else:
                patched.setattr(indexing.IndexWriter, "commit", crash)
            with pytest.raises(KeyboardInterrupt):
                indexing.catch_up(folder, store)
        indexing.catch_up(folder, store)
        assert held(folder) == expected(store)
        assert found(folder, "violin") == {"a3", "a31"}


def test_what_comes_while_it_follows_is_in_the_same_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, commits, coming = tmp_path / "s.index", list[int](), [20, 21]
    commit = indexing.IndexWriter.commit

    def counted(writer: indexing.IndexWriter) -> None:
        commits.append(writer.position.number)
        commit(writer)

    with Store.open(f"sqlite:///{tmp_path}/s.db") as store:
        store.save_articles([article(n) for n in range(5)])
        indexing.catch_up(folder, store)
        since = store.since

        @contextmanager
        def then_another(position: Position) -> Iterator[tuple[Position, Iterator[Change]]]:
            with since(position) as news:
                yield news
            if coming:
                store.save_articles([article(coming.pop(), "violin"), article(2, f"harbour{len(coming)}")])

        monkeypatch.setattr(store, "since", then_another)
        monkeypatch.setattr(indexing.IndexWriter, "commit", counted)
        store.save_articles([article(9)])
        indexing.catch_up(folder, store)
        assert commits == [store.position().number]
        assert held(folder) == expected(store) and found(folder, "violin") == {"a20", "a21"}


def test_an_older_copy_of_the_store_and_another_store_get_an_index_of_their_own(tmp_path: Path) -> None:
    folder = tmp_path / "s.index"
    with Store.open(f"sqlite:///{tmp_path}/s.db") as store:
        store.save_articles([article(1)])
    shutil.copy(tmp_path / "s.db", tmp_path / "old.db")
    with Store.open(f"sqlite:///{tmp_path}/s.db") as store:
        store.save_articles([article(2)])
        indexing.catch_up(folder, store)
    for name in ("old.db", "other.db"):
        with Store.open(f"sqlite:///{tmp_path}/{name}") as store:
            if name == "other.db":
                store.save_articles([article(7), article(8)])
            indexing.catch_up(folder, store)
            assert held(folder) == expected(store)


def test_a_busy_index_serves_as_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "s.index"
    with Store.open(f"sqlite:///{tmp_path}/s.db") as store:
        store.save_articles([article(1)])
        indexing.catch_up(folder, store)
        code = (
            "import sys; from pathlib import Path; from ourtake.archive.index import index_writer\n"
            "with index_writer(Path(sys.argv[1]), store=1, wait=True): print(flush=True); sys.stdin.read()"
        )
        other = subprocess.Popen(
            [sys.executable, "-c", code, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert other.stdout is not None and other.stdin is not None
        other.stdout.readline()
        store.save_articles([article(2)])
        indexing.catch_up(folder, store)
        assert [id_ for id_, _ in held(folder)] == ["a1"]
        other.stdin.close()
        assert other.wait(600) == 0
        other.stdout.close()
        indexing.catch_up(folder, store)
        assert held(folder) == expected(store)


def test_nothing_is_left_beside_it(tmp_path: Path) -> None:
    folder = tmp_path / "s.index"
    cache_folder.begin(folder)  # by a process that was killed
    (tmp_path / ".s.index-not_ours").mkdir()
    with Store.open(f"sqlite:///{tmp_path}/s.db") as store:
        store.save_articles([article(1)])
        indexing.catch_up(folder, store)
    assert {path.name for path in tmp_path.iterdir() if "index" in path.name} == {
        "s.index",
        ".s.index.lock",
        ".s.index-not_ours",
    }

"""How far an index is behind its store."""

from __future__ import annotations

import fcntl
from pathlib import Path

from ourtake.archive import index as indexing
from ourtake.archive.lookup import Archive
from ourtake.documents import Article, Source
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


def test_an_index_that_is_behind_finds_what_its_articles_are_now(tmp_path: Path) -> None:
    """Their numbers have changed since they were indexed, and so have those that links lead to."""
    words = "The harbour council wants a pilot boat"
    source = Source(title=words, outlet="", url="https://post.example/1", blurb=f"{words}, it says.")

    def written(number: int, text: str, *links: int) -> Article:
        targets = tuple(f"https://x.example/{target}" for target in links)
        return Article(id=f"a{number}", url=f"https://x.example/{number}", title=text[:40], text=text, links=targets)

    def found(archive: Archive) -> dict[str, tuple[str, float]]:
        looked_up = archive.signals().of(source)
        similar = dict(zip(looked_up.ids, looked_up.columns["similar_linked"].tolist(), strict=True))
        return {name: (one.text, similar[name]) for name, one in looked_up.articles.items()}

    with Store.open(f"sqlite:///{tmp_path}/s.db") as store:
        store.save_articles([written(0, f"{words}.", 2), written(1, f"{words} now."), written(2, "Bread and flour.")])
        archive = Archive(store, tmp_path / "s.index")
        archive.refresh()
        before = found(archive)
        assert before.keys() == {"a0", "a1", "a2"} and before["a2"][1] > 0
        store.save_articles([written(0, f"{words}, again.", 2), written(2, "Bread and water.")])
        store.remove_article("a1")
        after = found(archive)
        assert after.keys() == {"a0", "a2"} and after["a2"][1] > 0
        assert (after["a0"][0], after["a2"][0]) == (f"{words}, again.", "Bread and water.")
        assert [item.text for item in archive.search("pilot boat")] == [f"{words}, again."]
        renewed = Archive(store, tmp_path / "another.index")
        renewed.refresh()
        assert {name: text for name, (text, _) in found(renewed).items()} == {
            name: text for name, (text, _) in after.items()
        }
        for name in after:
            store.remove_article(name)
        assert archive.signals().of(source).ids == () and archive.related(source) == []


def test_an_index_of_another_format_is_built_again(tmp_path: Path) -> None:
    folder = tmp_path / "s.index"
    assert not indexing.is_of_another_format(folder)
    with Store.open(f"sqlite:///{tmp_path}/s.db") as store:
        store.save_articles([article(number) for number in range(3)])
        archive = Archive(store, folder)
        archive.refresh()
        assert not indexing.is_of_another_format(folder)
        version = (folder / "VERSION").read_text()
        (folder / "VERSION").write_text(f"3 {version.split(maxsplit=1)[1]}")
        assert indexing.is_of_another_format(folder) and archive.behind() == 3
        again = Archive(store, folder)
        again.refresh()
        assert (folder / "VERSION").read_text() == version and len(again.search("text")) == 3


def test_an_index_that_is_behind_offers_nothing_that_is_now_later_than_the_story(tmp_path: Path) -> None:
    words = "The harbour council wants a pilot boat"
    source = Source(
        title=words, outlet="", url="https://post.example/1", blurb=f"{words}, it says.", published="2026-01-01"
    )
    early = [
        Article(url=f"https://x.example/{number}", title=words, text=f"{words} {number}.", published="2025-03-01")
        for number in range(2)
    ]
    with Store.open(f"sqlite:///{tmp_path}/s.db") as store:
        store.save_articles(early)
        archive = Archive(store, tmp_path / "s.index")
        archive.refresh()
        assert len(archive.signals().of(source).ids) == 2
        store.save_articles([early[1].model_copy(update={"published": "2027-03-01"})])
        assert [one.published for one in archive.signals().of(source).articles.values()] == ["2025-03-01"]

"""Importing: what is read, what is known already, what is refused, and what the index has at the end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ourtake.archive import importing
from ourtake.archive import index as indexing
from ourtake.documents import Article
from ourtake.intake.items import Line, Reject, Remark
from ourtake.intake.lines import lines
from ourtake.store import Store
from tests.archive.test_index import expected, held


def row(n: int, **more: Any) -> dict[str, Any]:
    return {
        "id": f"a{n}",
        "url": f"https://x.example/{n}",
        "title": f"Title {n}",
        "text": "Some text.",
        "published": "2025-01-02",
        **more,
    }


def run(folder: Path, rows: list[Any]) -> tuple[importing.Counts, list[Reject | Remark]]:
    file = folder / "in.jsonl"
    file.write_text(
        "".join((one if isinstance(one, str) else json.dumps(one)) + "\n" for one in rows), encoding="utf-8"
    )
    rejects: list[Reject | Remark] = []
    seen: list[int] = []
    with Store.open(f"sqlite:///{folder}/s.db") as store:
        counts = importing.add(store, folder / "s.index", lines(file), tick=seen.append, rejected=rejects.append)
        assert sum(seen) == len(rows)
        assert held(folder / "s.index") == expected(store)
        assert indexing.position_of(folder / "s.index") == store.position()
    return counts, rejects


@pytest.fixture(autouse=True)
def small_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "GROUP", 4)
    monkeypatch.setattr(importing, "GROUPS", 3)


def test_the_same_again_changes_nothing(tmp_path: Path) -> None:
    rows = [row(n) for n in range(50)]
    assert run(tmp_path, rows)[0] == importing.Counts(added=50)
    before = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "s.index").iterdir()}
    assert run(tmp_path, rows)[0] == importing.Counts(unchanged=50)
    after = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "s.index").iterdir()}
    assert before | {"VERSION": 0} == after | {"VERSION": 0}


def test_another_spelling_of_the_same_article_is_unchanged_and_then_known(tmp_path: Path) -> None:
    run(tmp_path, [row(1), row(2)])
    spelled = [json.dumps(row(1), indent=None, separators=(",", ":")), json.dumps(row(2, extra="new"))]
    assert run(tmp_path, spelled)[0] == importing.Counts(unchanged=1, updated=1)
    with Store.open(f"sqlite:///{tmp_path}/s.db") as store, store.importing() as batch:
        digests = [line.digest for line in lines(tmp_path / "in.jsonl")]
        assert set(batch.known(digests)) == set(digests)


def test_a_line_of_an_article_that_changed_since_is_read_again(tmp_path: Path) -> None:
    run(tmp_path, [row(1)])
    run(tmp_path, [row(1, title="Other")])
    assert run(tmp_path, [row(1)])[0] == importing.Counts(updated=1)
    with Store.open(f"sqlite:///{tmp_path}/s.db") as store:
        store.remove_article("a1")
    assert run(tmp_path, [row(1)])[0] == importing.Counts(added=1)


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("{not json", "not valid JSON"),
        ("[1]", "not a JSON object"),
        (json.dumps(row(9, url="nowhere")), "not a web address"),
        (json.dumps(row(9, title=" ")), "no title"),
        (json.dumps(row(9, text="")), "no text"),
        (json.dumps({"id": "a9", "url": "https://x.example/9", "text": "x"}), "title: field required"),
        ("[" * 100_000, "not valid JSON"),
    ],
)
def test_bad_lines_are_named_and_the_rest_comes_in(tmp_path: Path, bad: str, reason: str) -> None:
    counts, rejects = run(tmp_path, [row(1), row(2), bad, row(3)])
    assert counts == importing.Counts(added=3, skipped=1)
    assert [reject.where for reject in rejects] == [f"{tmp_path}/in.jsonl:3"]
    assert reason in rejects[0].reason


def test_half_a_surrogate_pair_and_control_characters_go(tmp_path: Path) -> None:
    run(
        tmp_path, ['{"id": "a1", "url": "https://x.example/1", "title": "A\\ud800b\\u0007c", "text": "x", "more": [1]}']
    )
    with Store.open(f"sqlite:///{tmp_path}/s.db") as store:
        found = store.article("a1")
        assert found is not None and found.title == "Abc" and found.model_extra == {"more": [1]}


def test_changes_by_others_meanwhile_reach_the_index(tmp_path: Path) -> None:
    """Another process writes to the store while this one imports: its articles are in the index too."""
    other = Store.open(f"sqlite:///{tmp_path}/s.db")
    file = tmp_path / "in.jsonl"
    file.write_text("".join(json.dumps(row(n)) + "\n" for n in range(40)), encoding="utf-8")

    def read() -> Iterator[Line]:
        for n, line in enumerate(lines(file)):
            if n % 12 == 0 and n:  # between two transactions of three groups of four
                other.save_articles([Article.model_validate(row(100 + n))])
            yield line

    with Store.open(f"sqlite:///{tmp_path}/s.db") as store:
        importing.add(store, tmp_path / "s.index", read(), tick=lambda _: None, rejected=lambda _: None)
        assert held(tmp_path / "s.index") == expected(store)
        assert store.count_articles() == 43
    other.close()


@pytest.mark.parametrize("mark", ["utf-8-sig", "utf-16"])
def test_a_line_with_a_mark_of_its_encoding_is_stored_without_it(tmp_path: Path, mark: str) -> None:
    file = tmp_path / "in.jsonl"
    file.write_bytes(json.dumps(row(1)).encode(mark))
    with Store.open(f"sqlite:///{tmp_path}/s.db") as store:
        assert importing.add(
            store, tmp_path / "s.index", lines(file), tick=lambda _: None, rejected=lambda _: None
        ) == importing.Counts(added=1)
        assert [one.title for one in store.articles()] == ["Title 1"]

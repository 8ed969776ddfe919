"""A source's date and keys, through every door: neither a bad date nor a misspelt key may switch the date rule off."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run

STORY: dict[str, Any] = {
    "title": "A wall for the harbour",
    "outlet": "The Post",
    "url": "https://post.example/1",
    "blurb": "The harbour wall costs more.",
}
LATER = {
    "url": "https://paper.example/later",
    "title": "The harbour wall",
    "text": "The harbour wall and its cost.",
    "published": "2025-06-02",
}
EARLIER = {**LATER, "url": "https://paper.example/earlier", "title": "A harbour wall costs", "published": "2025-05-01"}
TAKE = {"headline": "H", "summary": "S.", "body": "See [The harbour wall](https://paper.example/later).", "tags": []}

READ = [
    "1 June 2025",
    "01.06.2025",
    "Sunday, June 1st, 2025 at 10 pm BST",
    "2025/06/01 16:18",
    "1er juin 2025",
    "20250601",
    20250601,
    1748772000,
]
UNREAD = ["2025-13-45", "2025-02-31", "06/09/2009", "soon", "June 2025", "0001-01-01", True]
MISSPELT = ["publishd", "Published", "publised", "pubDate", "date", "published_at", "titel"]
KEPT = ["publisher", "notes", "topic", "subtitle", "when"]


@pytest.fixture
def desk(run: Run, tmp_path: Path) -> Path:
    (tmp_path / "archive.jsonl").write_text(f"{json.dumps(LATER)}\n{json.dumps(EARLIER)}\n")
    assert run("archive", "add", "archive.jsonl").returncode == 0
    return tmp_path


def front(story: dict[str, Any]) -> str:
    keys = "".join(f"{key}: {value}\n" for key, value in story.items() if key != "blurb")
    return f"---\n{keys}---\n{story['blurb']}\n"


def published(story: dict[str, Any]) -> str:
    return "---\n" + json.dumps({"title": "H", "summary": "S.", "source": story}, indent=1) + "\n---\n\nSee it.\n"


def test_usual_forms_are_read_and_the_rule_holds(run: Run, desk: Path) -> None:
    (desk / "in.jsonl").write_text("".join(json.dumps({**STORY, "published": written}) + "\n" for written in READ))
    done = run("related", "--batch", "in.jsonl")
    assert done.returncode == 0 and done.stderr == ""
    found = [[item["url"] for item in json.loads(line)["related"]] for line in done.stdout.splitlines()]
    assert found == [["https://paper.example/earlier"]] * len(READ)
    assert "later" in run("related", "-", stdin=json.dumps(STORY)).stdout  # so without a date it would be offered
    (desk / "s.md").write_text(front({**STORY, "published": "1. Juni 2025"}))
    done = run("related", "s.md")
    assert "earlier" in done.stdout and "later" not in done.stdout


def test_a_bad_line_of_a_batch_is_named_and_the_rest_goes_on(run: Run, desk: Path) -> None:
    bad: list[dict[str, Any]] = [{**STORY, "published": written} for written in UNREAD] + [
        {**STORY, key: "2025-06-01"} for key in MISSPELT
    ]
    (desk / "in.jsonl").write_text(
        "".join(json.dumps(story) + "\n" for story in [*bad, {**STORY, "published": "2025-06-01"}])
    )
    done = run("related", "--batch", "in.jsonl")
    assert done.returncode == 1 and len(done.stdout.splitlines()) == 1
    lines = done.stderr.splitlines()
    assert [line.split(": ")[0] for line in lines] == [f"in.jsonl:{number}" for number in range(1, len(bad) + 1)]
    assert all("2025-06-01T10:30" in line for line in lines[: len(UNREAD)]) and "2009-09-06 or 2009-06-09" in lines[2]
    assert all("is not a key of a source" in line for line in lines[len(UNREAD) :])
    done = run("draft", "--batch", "in.jsonl", "--model", "baseline", "-o", "out.jsonl")
    assert len((desk / "out.jsonl").read_text().splitlines()) == 1 and f"in.jsonl:{len(bad)}:" in done.stderr


@pytest.mark.parametrize(
    "story", [{**STORY, "published": "2025-13-45"}, {**STORY, "publishd": "2025-06-01"}], ids=["date", "key"]
)
def test_every_door_refuses(run: Run, desk: Path, story: dict[str, Any]) -> None:
    (desk / "s.json").write_text(json.dumps(story))
    (desk / "s.md").write_text(front(story))
    (desk / "take.md").write_text(published(story))
    (desk / "takes.jsonl").write_text(json.dumps({"take": TAKE, "source": story}) + "\n")
    doors = [
        (("related", "s.json"), "s.json"),
        (("related", "s.md"), "s.md"),
        (("draft", "s.md", "--model", "baseline"), "s.md"),
        (("check", "take.md"), "take.md: source"),
        (("check", "--batch", "takes.jsonl", "--format", "json"), "takes.jsonl:1: source"),
    ]
    for words, named in doors:
        done = run(*words)
        assert done.returncode == 2 and named in done.stderr and done.stderr.count("\n") == 1, (words, done.stderr)
        assert "2025-13-45" in done.stderr or "'publishd' is not a key" in done.stderr
    done = run("related", "-", stdin=json.dumps(story))
    assert done.returncode == 2 and "standard input" in done.stderr


def test_check_holds_a_date_in_another_form_against_links(run: Run, desk: Path) -> None:
    related = [{"url": LATER["url"], "title": LATER["title"], "published": "2 June 2025"}]
    rows: list[dict[str, Any]] = [
        {"take": TAKE, "related": related, "source": {**STORY, "published": written}}
        for written in ("1 June 2025", "3 June 2025")
    ]
    (desk / "takes.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    done = run("check", "--batch", "takes.jsonl", "--format", "json", "--select", "LNK010")
    assert [json.loads(line)["counts"]["error"] for line in done.stdout.splitlines()] == [1, 0]


@pytest.mark.parametrize("key", KEPT)
def test_a_key_that_is_not_close_to_a_known_one_is_kept(run: Run, desk: Path, key: str) -> None:
    from ourtake.intake.files import parse_source

    text = json.dumps({**STORY, "published": "2025-06-01", key: "The Post"})
    assert run("related", "-", stdin=text).returncode == 0
    assert (parse_source(text, "story").model_extra or {}) == {key: "The Post"}


def test_a_date_beside_published_is_a_key_like_any_other(run: Run, desk: Path) -> None:
    assert (
        run("related", "-", stdin=json.dumps({**STORY, "published": "2025-06-01", "date": "whenever"})).returncode == 0
    )

"""A retracted article stays in the archive, is never offered, and a take that links to it fails."""

from __future__ import annotations

import json
from pathlib import Path

from tests.conftest import Run

NOTICE = "This article was withdrawn on 20 March 2025 because its central claim was false."
SOURCE = {
    "title": "Ferry subsidy is cut",
    "outlet": "Coast Business",
    "url": "https://coast.example/ferry",
    "published": "2026-10-01",
    "blurb": "The ferry subsidy in Harrow Bay is cut from £9 million to £4 million.",
}
TAKE = """---
title: Who pays for the ferry?
source: {source}
summary: Coast Business says that the subsidy is cut.
tags: [ferry]
---

The subsidy is cut. Our reporting on [the ferry subsidy](https://paper.example/{name}) is older.
"""


def article(name: str, text: str, **more: object) -> str:
    given = {"url": f"https://paper.example/{name}", "title": f"Ferry subsidy: {name}", "published": "2025-03-09"}
    return json.dumps(given | {"text": text} | more) + "\n"


def codes(run: Run, folder: Path, name: str) -> set[str]:
    return set(findings(run, folder, name))


def findings(run: Run, folder: Path, name: str) -> dict[str, str]:
    (folder / "take.md").write_text(TAKE.format(source=json.dumps(SOURCE), name=name), encoding="utf-8")
    done = run("check", "take.md", "--format", "json", folder=folder)
    return {one["code"]: one["message"] for one in json.loads(done.stdout)["findings"]}


def test_it_is_told_never_offered_and_an_error_to_link_to(run: Run, tmp_path: Path) -> None:
    story = "The ferry subsidy of £9 million went to the operator in Harrow Bay."
    archive = tmp_path / "archive.jsonl"
    lines = [article(name, story) for name in ("one", "two", "three")]
    archive.write_text("".join(lines), encoding="utf-8")
    assert run("archive", "add", str(archive), folder=tmp_path).returncode == 0
    (tmp_path / "source.json").write_text(json.dumps(SOURCE), encoding="utf-8")

    def offered() -> set[str]:
        found = json.loads(run("related", "source.json", "--json", folder=tmp_path).stdout)["related"]
        return {one["url"].rpartition("/")[2] for one in found}

    assert offered() == {"one", "two", "three"} and "LNK020" not in codes(run, tmp_path, "two")
    lines[1:] = [article("two", f"{NOTICE}\n\n{story}"), article("three", story, status="retracted")]
    archive.write_text("".join(lines), encoding="utf-8")
    done = run("archive", "add", str(archive), folder=tmp_path)
    assert done.returncode == 0 and "2 articles say that they were retracted" in done.stdout
    assert f"retracted https://paper.example/two: '{NOTICE}'; it is kept, but never offered." in done.stdout
    assert "retracted https://paper.example/three: 'status: retracted'; it is kept" in done.stdout
    assert offered() == {"one"}
    assert "LNK020" in codes(run, tmp_path, "two") & codes(run, tmp_path, "three")
    assert "LNK020" not in codes(run, tmp_path, "one")


def test_a_draft_is_told_of_an_article_that_was_retracted_after_it_was_written(run: Run, own: tuple[Path, str]) -> None:
    folder, draft = own
    before = run("check", draft, "--format", "json", folder=folder)
    assert "retracted" not in before.stderr and "LNK020" not in before.stdout
    shown = json.loads(run("drafts", "show", draft, "--json", folder=folder).stdout)
    body = shown["revisions"][-1]["take"]["body"]
    linked = next(one for one in shown["related"] if one["url"] in body)
    assert run("archive", "export", "now.jsonl", folder=folder).returncode == 0
    rows = [json.loads(line) for line in (folder / "now.jsonl").read_text().splitlines()]
    row = next(one for one in rows if one["url"] == linked["url"])
    (folder / "later.jsonl").write_text(json.dumps(row | {"text": f"{NOTICE}\n\n{row['text']}"}) + "\n")
    assert run("archive", "add", "later.jsonl", folder=folder).returncode == 0
    after = run("check", draft, "--format", "json", folder=folder)
    assert f"({linked['url']}), which was retracted" in after.stderr
    assert after.returncode == 1 and NOTICE in after.stdout
    assert "LNK020" in {one["code"] for one in json.loads(after.stdout)["findings"]}


def test_the_words_the_mark_and_the_publication_s_name(run: Run, tmp_path: Path) -> None:
    story = "The ferry subsidy of £9 million went to the operator in Harrow Bay."
    (tmp_path / "ourtake.toml").write_text('[publication]\nname = "The Herald"\n')
    rows = (
        article("plain", story),
        article("status", story, status="retracted"),
        article("named", f"The Herald has retracted this article.\n\n{story}"),
        article("standing", f"{NOTICE}\n\n{story}", retracted=False),
    )
    (tmp_path / "archive.jsonl").write_text("".join(rows), encoding="utf-8")
    done = run("archive", "add", "archive.jsonl", folder=tmp_path)
    assert "2 articles say that they were retracted" in done.stdout
    told = {name: findings(run, tmp_path, name).get("LNK020") for name in ("plain", "status", "named", "standing")}
    assert told == {
        "plain": None,
        "status": "“Ferry subsidy: status” was retracted (“status: retracted”).",
        "named": "“Ferry subsidy: named” was retracted (“The Herald has retracted this article.”).",
        "standing": None,
    }
    found = json.loads(run("archive", "search", "ferry", "--json", folder=tmp_path).stdout)
    assert {one["url"].rpartition("/")[2]: one.get("retracted") for one in found} == {
        "plain": None,
        "status": "status: retracted",
        "named": "The Herald has retracted this article.",
        "standing": None,
    }
    listed = run("archive", "search", "ferry", folder=tmp_path).stdout
    assert {f"retracted: Ferry subsidy: {name}" in listed for name in ("status", "named")} == {True}
    assert listed.count("retracted: ") == 2

"""`ourtake claims`: the sheet in a terminal of 80 columns, as Markdown, as a page and as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ourtake.checks.base import CheckContext
from ourtake.checks.registry import check
from ourtake.documents import Source, Take
from ourtake.publish.claim_sheet import sheet_text
from ourtake.publish.findings_text import Look
from tests.conftest import Run

TAKE = """---
title: Six weeks is <b>fair</b>
source: {title: Six weeks to explain its power plan, outlet: The Tidewater Post, url: "https://post.example/1",
  blurb: The regulator has given Ferrow Compute six weeks to show where the electricity for its halls will come from.}
summary: The regulator has given Ferrow Compute nine weeks to show where the electricity for its halls will come from.
tags: [power]
---

The regulator wants to know where the electricity for the halls of Ferrow Compute will come from. Is that too much?
"""


@pytest.fixture
def take(tmp_path: Path) -> Path:
    (tmp_path / "take.md").write_text(TAKE)
    return tmp_path


def test_what_needs_a_person_comes_first_with_the_words_that_differ(run: Run, take: Path) -> None:
    done = run("claims", "take.md", folder=take)
    assert done.returncode == 1 and done.stderr == ""
    lines = done.stdout.splitlines()
    assert max(map(len, lines)) <= 80
    assert "found; of 4 claims 0 verified, 1 differ, 0 not found, 2 not checked, 1 opinion" in " ".join(lines[:2])
    heads = [line for line in lines if line.endswith(")") and line[0].isalpha() and "(" in line]
    assert heads == ["Differs from the texts (1)", "Not checked by anybody (2)", "Opinion: nothing to check (1)"]
    first = " ".join(done.stdout.partition("Not checked")[0].split())
    assert "[statement in the summary, by our code, FCT003]" in first
    assert "has given Ferrow Compute [[nine weeks]] to show" in first
    assert "near: (The Tidewater Post, blurb) The regulator has given Ferrow Compute [[six weeks]] to show" in first


def test_a_page_and_markdown_mark_the_words_and_obey_nothing(run: Run, take: Path) -> None:
    page = run("claims", "take.md", "--html", folder=take).stdout
    assert "<mark>nine weeks</mark>" in page and "<mark>six weeks</mark>" in page and "<script" not in page
    assert "&lt;b&gt;fair&lt;/b&gt;" in page and "<b>fair" not in page
    text = run("claims", "take.md", "--markdown", folder=take).stdout
    assert "**nine weeks**" in text and "**six weeks**" in text and "\\<b\\>fair" in text
    done = run("claims", "take.md", "--html", "-o", "sheet.html", folder=take)
    assert (take / "sheet.html").read_text() == page and "Written to sheet.html." in done.stderr
    assert run("claims", "take.md", "--html", "-o", "sheet.html", folder=take).returncode == 2
    assert run("claims", "take.md", "--html", "--json", folder=take).returncode == 2


def test_a_take_cannot_write_our_marks(run: Run, take: Path) -> None:
    words = "The \ue000regulator\ue001 has given Ferrow Compute nine weeks to explain its power."
    (take / "take.md").write_text(TAKE.replace("The regulator wants", f"{words} The regulator wants"))
    text = run("claims", "take.md", "--markdown", folder=take).stdout
    assert "**regulator" not in text and "\ufffdregulator\ufffd" in text and "**nine weeks**" in text
    source = Source(
        title="Six weeks", outlet="The Post", url="https://post.example/1", blurb=words.replace("nine", "six")
    )
    report = check(Take(headline="Nine", summary="", body=words), CheckContext(source))
    shown = sheet_text(report, "take", {}, Look(colour=True))
    assert "\ue000" not in shown and shown.count("\x1b[7m") == shown.count("\x1b[27m") > 0


def test_json_has_every_claim(run: Run, take: Path) -> None:
    found = json.loads(run("claims", "take.md", "--json", folder=take).stdout)
    assert found["verdict"] == "fail" and sum(found["claim_counts"].values()) == 4
    assert found["verdict_line"].endswith("of 4 claims 0 verified, 1 differ, 0 not found, 2 not checked, 1 opinion")
    number = next(claim for claim in found["claims"] if claim["text"] == "nine weeks")
    assert (number["kind"], number["status"], number["by"], number["codes"]) == (
        "number",
        "differs",
        "code",
        ["FCT003"],
    )
    assert number["differs"] == [{"what": "number", "take": "nine weeks", "document": "six weeks"}]

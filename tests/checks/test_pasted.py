"""A take as it looks when it was copied from a web page: its links have lost their addresses, a title was cut short."""

from __future__ import annotations

import json
from pathlib import Path

from ourtake.checks.examples import PARAGRAPHS, SOURCE
from tests.conftest import Run

TITLES = (
    "Why every council wants a data centre of its own (and what the wires say to that)",
    "Six Ways to Read a Letter From a Regulator",
    "Fine Print in a Grid Connection Offer",
)


def test_a_take_from_a_web_page(run: Run, tmp_path: Path) -> None:
    first, second, *rest = (part.partition("[")[0] or part for part in PARAGRAPHS)
    body = [f"{first} See [{TITLES[0]}] and [{TITLES[1]}].", f"{second} We wrote [{TITLES[2]}].", *rest]
    take = {
        "headline": SOURCE.title,
        "summary": "We asked in \u201cWhy every council wants a data centre of its own\u201d. Nobody said.",
        "body": "\n\n".join(body),
        "tags": ["grid", "power"],
    }
    row = {"id": "pasted", "take": take, "source": SOURCE.model_dump(mode="json")}
    (tmp_path / "takes.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    articles = [{"url": f"https://paper.example/{n}", "title": title, "text": title} for n, title in enumerate(TITLES)]
    lines = "".join(json.dumps(article) + "\n" for article in articles)
    (tmp_path / "archive.jsonl").write_text(lines, encoding="utf-8")
    assert run("archive", "add", "archive.jsonl").returncode == 0
    done = run("check", "--batch", "takes.jsonl", "--format", "json")
    assert done.returncode == 1, done.stderr
    findings = json.loads(done.stdout)["findings"]
    for finding in findings:
        text = ", ".join(take["tags"]) if finding["field"] == "tags" else str(take[finding["field"]])
        assert text[finding["start"] : finding["end"]] == finding["text"]
    lost = [finding["text"] for finding in findings if finding["code"] == "LNK001"]
    assert lost == [f"[{title}]" for title in TITLES]
    cut = [finding for finding in findings if finding["field"] == "summary" and finding["code"] in ("LNK003", "LNK011")]
    assert cut and "Why every council" in cut[0]["text"]

"""A real take with real faults, where the folder beside this project has it: the faults must be found, and nothing else
in quotation marks.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Run

SEED = Path(__file__).resolve().parents[3] / "shared" / "seed" / "our-take.txt"
TITLES = (
    "Why everyone from OpenAI to SpaceX is building their own chips (and turning up the heat on Nvidia)",
    "5 Agentic Workflows to Automate Your Data Science Pipeline",
    "Fine-tuning Language Models on Apple Silicon with MLX",
)


@pytest.mark.skipif(not SEED.is_file(), reason="the folder beside the project is not here")
def test_the_real_take(run: Run, tmp_path: Path) -> None:
    lines = [line for line in SEED.read_text(encoding="utf-8").split("\n") if line.strip()]
    take = {
        "headline": lines[1],
        "summary": lines[3],
        "body": "\n\n".join(lines[5:9]),
        "tags": lines[14].strip("#").split("#"),
    }
    source = {"title": lines[1], "outlet": "TechCrunch", "url": "https://techcrunch.example/story", "blurb": lines[9]}
    (tmp_path / "takes.jsonl").write_text(
        json.dumps({"id": "seed", "take": take, "source": source}) + "\n", encoding="utf-8"
    )
    articles = [{"url": f"https://paper.example/{n}", "title": title, "text": title} for n, title in enumerate(TITLES)]
    (tmp_path / "archive.jsonl").write_text(
        "".join(json.dumps(article) + "\n" for article in articles), encoding="utf-8"
    )
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
    assert cut and cut[0]["text"].startswith("Why everyone from OpenAI")
    assert not any(
        "collective action" in finding["text"] and finding["code"] != "STR003" and len(finding["text"]) < 200
        for finding in findings
    )

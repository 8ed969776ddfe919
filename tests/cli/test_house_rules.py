"""`ourtake rules try`: through the command."""

import json
from pathlib import Path

from tests.conftest import Run


def test_draft_rules_are_tried_on_the_archive(run: Run, paper: Path) -> None:
    (paper / "draft.toml").write_text(
        '[[rule]]\nphrase = "the (council|regulator)"\n\n[[rule]]\npattern = "megawatts?"\n\n[[rule]]\nphrase = "zebra '
        'crossing"\n',
        encoding="utf-8",
    )
    done = run("rules", "try", "draft.toml", "--json", folder=paper)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    council, megawatts, zebra = answer["rules"]
    assert answer["articles"] == 24
    assert council["articles"] > megawatts["articles"] > 0 == zebra["matches"]
    assert all(sample["text"].lower() in ("the council", "the regulator") for sample in council["samples"])
    shown = run("rules", "try", "draft.toml", folder=paper)
    assert f"in {council['articles']} of 24 articles" in shown.stdout and ">>>" in shown.stdout


def test_what_is_wrong_is_told(run: Run, paper: Path, tmp_path: Path) -> None:
    assert run("rules", "try", folder=paper).returncode == 2
    assert "does not exist" in run("rules", "try", "none.toml", folder=paper).stderr
    (tmp_path / "x.json").write_text('["x"]', encoding="utf-8")
    assert "rule 1" in run("rules", "try", "x.json").stderr
    assert run("rules", "LNK008", folder=paper).returncode == 0


def test_house_rules_reach_check(run: Run, paper: Path) -> None:
    with (paper / "ourtake.toml").open("a", encoding="utf-8") as file:
        file.write('\n[style]\nfiles = ["house.toml"]\n')
    (paper / "house.toml").write_text('[[rule]]\nphrase = "said"\nreason = "House style."\n', encoding="utf-8")
    take = {"headline": "h", "summary": "He said so.", "body": "They said it?", "tags": []}
    source = {"title": "t", "outlet": "o", "url": "https://o.example/", "blurb": "b"}
    (paper / "takes.jsonl").write_text(json.dumps({"take": take, "source": source}) + "\n", encoding="utf-8")
    done = run("check", "--batch", "takes.jsonl", "--format", "json", "--select", "STY005", folder=paper)
    findings = json.loads(done.stdout)["findings"]
    assert [(item["field"], item["text"], item["message"]) for item in findings] == [
        ("summary", "said", "House style."),
        ("body", "said", "House style."),
    ]

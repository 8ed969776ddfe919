"""House rules learned from edits, by commands: review, learn, try, and the rule in force."""

from __future__ import annotations

import json
from pathlib import Path

from tests.conftest import Run

ANN = {"OURTAKE_EDITOR": "Ann Reed"}


def test_what_was_cut_in_three_drafts_becomes_a_rule(run: Run, paper: Path) -> None:
    (paper / "cut.py").write_text(
        "import sys, pathlib\np = pathlib.Path(sys.argv[1])\n"
        "p.write_text(p.read_text().replace('We have been near this subject before.', ''))\n"
    )
    editor = ANN | {"EDITOR": f"python3 {paper / 'cut.py'}"}
    sources = sorted((paper / "sources").glob("*.md"))[:3]
    assert "In 0 edited takes, editors did not cut any phrase repeatedly." in run("rules", "learn", folder=paper).stderr
    for source in sources:
        draft = json.loads(run("draft", str(source), "--json", folder=paper).stdout)
        revision = next(one for one in draft["revisions"] if one["number"] == draft["chosen"])
        assert "We have been near this subject before." in revision["take"]["body"]
        # The cursor is put on a claim of the first paragraph by going down until it is there.
        rows = run("review", draft["id"], folder=paper, env=editor, stdin="t\n" + "j\n" * 40).stdout.split("Claim ")
        first = next(number for number, row in enumerate(rows) if "paragraph 1\n" in row)
        done = run("review", draft["id"], folder=paper, env=editor, stdin="t\n" + "j\n" * (first - 1) + "e\n")
        assert "Saved." in done.stdout, done.stdout[-300:]
    done = run("rules", "learn", "draft.toml", folder=paper)
    assert done.returncode == 0 and "cut “we have been near this subject before” in 3 of 3 takes" in done.stdout
    tried = run("rules", "try", "draft.toml", folder=paper)
    assert tried.returncode == 0 and "we have been near this subject before: 0 matches" in tried.stdout
    with (paper / "ourtake.toml").open("a") as settings:
        settings.write('\n[style]\nfiles = ["draft.toml"]\n')
    fourth = run("draft", str(sorted((paper / "sources").glob("*.md"))[3]), "--json", folder=paper)
    report = json.loads(fourth.stdout)["revisions"][-1]["report"]
    assert any(one["code"] == "STY005" and "near this subject" in one["text"] for one in report["findings"])

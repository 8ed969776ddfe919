"""`ourtake check --batch` through the command: offsets in the texts as they were given, reports in the order of the
lines.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Run

SOURCE = {"title": "T", "outlet": "O", "url": "https://o.example/1", "blurb": "b"}
BODIES = {
    "windows line ends": "First [lost one] here.\r\n\r\nSecond [lost two].\r\n\r\n# Head\r\n\r\nWho?",
    "control characters": "First \x07[lost one]\x9f here.\n\nSecond [lost two]\x00.\n\nWho?",
    "emoji of many code points": "\U0001f469\u200d\U0001f469\u200d\U0001f467 [lost one] \U0001f6a2\n\n\U0001f6a2 [lost "
    "two] \U0001f6a2.\n\nWho?",
    "combining marks": "e\u0301e\u0301 [lost one] a\u0308.\n\n[lost two] e\u0301.\n\nWho?",
    "invisible characters": "\ufeff\u200b[lost one]\u2060.\n\n\u202e[lost two].\n\nWho?",
}


@pytest.mark.parametrize("name", BODIES)
def test_offsets_count_code_points_of_the_text_as_given(run: Run, tmp_path: Path, name: str) -> None:
    take = {
        "headline": "A \x07 headline",
        "summary": "See [lost three] \U0001f6a2.",
        "body": BODIES[name],
        "tags": ["a\u0301", "\U0001f6a2"],
    }
    (tmp_path / "t.jsonl").write_text(json.dumps({"take": take, "source": SOURCE}) + "\n")
    done = run("check", "--batch", "t.jsonl", "--format", "json")
    assert done.returncode == 1, done.stderr
    findings = json.loads(done.stdout)["findings"]
    assert [f["text"] for f in findings if f["code"] == "LNK001"] == ["[lost three]", "[lost one]", "[lost two]"]
    for found in findings:
        text = take[found["field"]]
        whole = ", ".join(text) if isinstance(text, list) else text
        assert whole[found["start"] : found["end"]] == found["text"]


def test_half_a_surrogate_pair_shifts_nothing(run: Run, tmp_path: Path) -> None:
    line = (
        '{"take": {"headline": "h", "summary": "s.", "body": "\\ud83d [lost one]", "tags": []}, "source": '
        + json.dumps(SOURCE)
        + "}"
    )
    (tmp_path / "t.jsonl").write_text(line + "\n")
    report = json.loads(run("check", "--batch", "t.jsonl", "--format", "json", "--select", "LNK001").stdout)
    assert [(found["start"], found["end"]) for found in report["findings"]] == [(2, 12)]


def test_reports_come_in_the_order_of_the_lines_and_a_bad_line_is_named(run: Run, tmp_path: Path) -> None:
    bodies = ["Good [lost].", "Nothing here?", "Two [lost] and [gone]."]
    rows = [
        json.dumps({"take": {"headline": "h", "summary": "s.", "body": body, "tags": []}, "source": SOURCE})
        for body in bodies
    ]
    (tmp_path / "t.jsonl").write_text("\n".join(rows) + "\n")
    done = run("check", "--batch", "t.jsonl", "--format", "json", "--select", "LNK001")
    assert [json.loads(line)["counts"]["error"] for line in done.stdout.splitlines()] == [1, 0, 2]
    (tmp_path / "t.jsonl").write_text(rows[0] + "\n{bad\n")
    done = run("check", "--batch", "t.jsonl", "--format", "json")
    assert done.returncode == 2 and "t.jsonl:2 at column 2" in done.stderr

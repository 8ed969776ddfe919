"""Every place that prints a verdict prints how many claims are unchecked; "pass" alone is printed nowhere."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.conftest import Run

LINE = (
    r"(?:no errors found|\d+ errors? found); of \d+ claims? \d+ verified, \d+ differ, \d+ not found, \d+ not checked, "
)
WORD = re.compile(r"\b(?:pass|passes|passed)\b", re.IGNORECASE)
PRINTED = [
    ("check", "ID"),
    ("check", "ID", "--format", "github"),
    ("claims", "ID"),
    ("claims", "ID", "--markdown"),
    ("claims", "ID", "--html"),
    ("drafts", "list"),
    ("drafts", "show", "ID"),
    ("export", "ID", "--to", "markdown"),
    ("export", "ID", "--to", "html"),
    ("export", "ID", "--to", "jsonld"),
    ("export", "ID", "--to", "ninjs"),
    ("export", "ID", "--to", "wordpress", "-o", "-"),
    ("export", "ID", "--to", "ghost", "-o", "-"),
]


@pytest.mark.parametrize("words", PRINTED, ids=" ".join)
def test_what_a_person_reads_has_the_counts_and_never_the_word_alone(
    run: Run, own: tuple[Path, str], words: tuple[str, ...]
) -> None:
    folder, name = own
    done = run(*(name if word == "ID" else word for word in words), folder=folder)
    assert done.returncode in (0, 1), done.stderr
    said = " ".join(done.stdout.split())
    assert re.search(LINE + r"\d+ opinion", said), said[:2000]
    assert not WORD.search(said), WORD.findall(said)


def test_what_a_program_reads_has_them_beside_the_verdict(run: Run, own: tuple[Path, str]) -> None:
    folder, name = own
    report = json.loads(run("check", name, "--format", "json", folder=folder).stdout)
    assert re.fullmatch(LINE + r"\d+ opinion", report["verdict_line"])
    assert sum(report["claim_counts"].values()) > 10
    log = json.loads(run("check", name, "--format", "sarif", folder=folder).stdout)
    (said,) = log["runs"][0]["properties"]["verdicts"]
    assert said["claims"] == report["claim_counts"] and re.search(LINE, json.dumps(said))
    draft = json.loads(run("drafts", "show", name, "--json", folder=folder).stdout)
    assert draft["revisions"][-1]["report"]["verdict_line"]
    listed = json.loads(run("drafts", "list", "--json", folder=folder).stdout)
    row = next(one for one in (listed["drafts"] if isinstance(listed, dict) else listed) if one["id"] == name)
    assert re.search(LINE, json.dumps(row))
    front = run("export", name, "--to", "markdown", folder=folder).stdout
    assert re.search(LINE, " ".join(front.split("---")[1].split()))

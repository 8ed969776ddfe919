"""How people write numbers, dates, names, quotations and titles: constructions that are sound, and ones in which
something is wrong.

Each file of constructions/ holds documents of a made-up world and sentences over them; all sentences of a file go
through one `ourtake check --batch`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run

FOLDER = Path(__file__).with_name("constructions")
FILES = sorted(path.stem for path in FOLDER.glob("*.json"))
SELECTED = ("QUO", "FCT", "SAF", "SUP001", "LNK001", "LNK002", "LNK003")
LEAST = 30
"""Sentences of each sort in a file."""


@lru_cache
def cases(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    assert len(found["sound"]) >= LEAST and len(found["faulty"]) >= LEAST
    return found


def checked(run: Run, folder: Path, name: str, bodies: list[str]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Each body with what was found in it beside what could not be checked."""
    given = cases(name)
    lines = [
        {
            "take": {"headline": "A headline", "summary": "", "body": body, "tags": []},
            "source": {"id": f"s{number}", **given["source"]},
            "related": given["related"],
        }
        for number, body in enumerate(bodies)
    ]
    (folder / "takes.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    done = run("check", "--batch", "takes.jsonl", "--format", "json", "--select", ",".join(SELECTED))
    assert done.returncode in (0, 1), done.stderr
    reports = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(reports) == len(bodies)
    for body, report in zip(bodies, reports, strict=True):
        yield body, [finding for finding in report["findings"] if finding["severity"] != "info"]


@pytest.mark.parametrize("name", FILES)
def test_sound_constructions_bring_no_finding(run: Run, tmp_path: Path, name: str) -> None:
    said = {
        body: [f"{finding['code']} {finding['text']}" for finding in found]
        for body, found in checked(run, tmp_path, name, cases(name)["sound"])
        if found
    }
    assert said == {}


@pytest.mark.parametrize("name", FILES)
def test_faulty_constructions_are_found_by_a_rule_of_their_family(run: Run, tmp_path: Path, name: str) -> None:
    families = {body: family for family, body in cases(name)["faulty"]}
    missed = [
        body
        for body, found in checked(run, tmp_path, name, list(families))
        if not any(item["code"].startswith(families[body]) for item in found)
    ]
    assert missed == []


@pytest.mark.parametrize("name", FILES)
def test_what_is_found_is_quoted_as_it_stands(run: Run, tmp_path: Path, name: str) -> None:
    for body, found in checked(run, tmp_path, name, [body for _, body in cases(name)["faulty"]]):
        for finding in found:
            assert finding["field"] != "body" or body[finding["start"] : finding["end"]] == finding["text"]

"""The replies of stories whose texts are not part of this project (benchmarks/by_hand.py drafts them): that they hold
together, as far as that can be seen without the texts.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ourtake.documents import fact_ids
from ourtake.text.sentences import sentences
from ourtake.writing.fact_handles import handles_in
from ourtake.writing.reread import KINDS

BY_HAND = Path(__file__).parent / "by_hand"
STORIES = sorted(path.name.removesuffix(".plan.json") for path in BY_HAND.glob("q-*.plan.json"))


def reply(name: str, part: str) -> dict[str, Any]:
    table: dict[str, Any] = json.loads((BY_HAND / f"{name}{part}.json").read_text(encoding="utf-8"))
    return table


def test_there_are_three() -> None:
    assert len(STORIES) == 3


@pytest.mark.parametrize("name", STORIES)
def test_the_angles_name_facts_of_their_plan(name: str) -> None:
    plan = reply(name, ".plan")
    facts = {row[0] for row in plan["facts"]}
    assert len(facts) == len(plan["facts"]) >= 12 and all(len(row) == 4 for row in plan["facts"])
    assert len(plan["angles"]) == 3 and plan["best"] in ("1", "2", "3")
    for angle in plan["angles"]:
        assert angle["turns_on"] in facts and set(fact_ids(" ".join(angle["facts"]))) <= facts
    angle = plan["angles"][int(plan["best"]) - 1]
    # The line that hurts the case most begins with its fact.
    assert angle["counter"].startswith("f") and 8 <= len(angle["facts"]) <= 14


@pytest.mark.parametrize("name", STORIES)
def test_the_take_and_its_repairs_cite_what_the_plan_has(name: str) -> None:
    facts = {row[0] for row in reply(name, ".plan")["facts"]}
    take, repaired = reply(name, ""), reply(name, ".repair1")["passages"]
    for text in (take["summary"], take["body"], *(row["text"] for row in repaired)):
        cited = handles_in(text)
        assert all(one in facts or one == "source" or one[0] == "a" for one in cited)
    assert len(set(handles_in(take["body"]))) >= 8
    assert {row["name"] for row in repaired} <= {"headline", "summary", "tags"} | {
        f"paragraph {number}" for number in range(1, 6)
    } | {f"s{number}" for number in range(1, 80)}


@pytest.mark.parametrize("name", STORIES)
def test_the_second_reading_is_of_that_take(name: str) -> None:
    take, read = reply(name, ""), reply(name, ".reread")
    count = sum(len(sentences(take[field])) for field in ("summary", "body"))
    ids = {"h1", *(f"s{number}" for number in range(1, count + 1))}
    assert read["supported"] and {row[0] for row in read["supported"]} <= ids
    assert read["findings"] and all(row["id"] in ids and row["kind"] in KINDS for row in read["findings"])

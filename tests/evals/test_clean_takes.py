"""The clean takes of evals/takes over the example archive: what their README says of them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from ourtake.config import TakeShape
from ourtake.text.markdown import links, paragraphs
from ourtake.text.quotations import quotations_in
from ourtake.text.words import count_words, normalise

ROOT = Path(__file__).resolve().parents[2]
CASES: list[dict[str, Any]] = [
    json.loads(line)
    for path in sorted((ROOT / "evals" / "takes").glob("*.jsonl"))
    for line in path.read_text(encoding="utf-8").splitlines()
]
OVER_EXAMPLES = [case for case in CASES if case["archive"] == "examples"]


def documents(case: dict[str, Any]) -> str:
    articles = [(ROOT / "examples" / "archive" / f"{name}.md").read_text(encoding="utf-8") for name in case["related"]]
    if "source" in case:
        source = "\n".join(case["source"].values())
    else:
        source = (ROOT / "examples" / "sources" / case["source_file"]).read_text(encoding="utf-8")
    return normalise("\n".join([source, *articles]))


def test_there_are_sixty() -> None:
    assert len(CASES) >= 60
    assert len({case["id"] for case in CASES}) == len(CASES)


def test_articles_of_other_archives_are_named_and_not_copied() -> None:
    for case in CASES:
        if case["archive"] != "examples":
            assert set(case) == {"id", "archive", "source_id", "related", "take"}
            assert all(re.fullmatch(rf"{case['archive']}-\d{{5}}", name) for name in case["related"])


@pytest.mark.parametrize("case", OVER_EXAMPLES, ids=lambda case: case["id"])
def test_every_quotation_stands_in_a_document(case: dict[str, Any]) -> None:
    known = documents(case)
    said = [span.text for field in ("summary", "body") for span in quotations_in(case["take"][field])]
    assert [words for words in said if normalise(words).rstrip(".,;:?! ") not in known] == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_form(case: dict[str, Any]) -> None:
    take, shape = case["take"], TakeShape()
    blocks = [count_words(span.text) for span in paragraphs(take["body"])]
    targets = [link.target for link in links(take["body"])]
    handles = {f"a{number}" for number in range(1, len(case["related"]) + 1)}
    assert shape.summary_words.low <= count_words(take["summary"]) <= shape.summary_words.high
    assert shape.body_words.low <= count_words(take["body"]) <= shape.body_words.high
    assert shape.paragraphs.low <= len(blocks) <= shape.paragraphs.high
    assert all(shape.paragraph_words.low <= count <= shape.paragraph_words.high for count in blocks)
    assert shape.links.low <= len(targets) <= shape.links.high
    assert len(set(targets)) == len(targets)
    assert set(targets) <= handles
    assert take["body"].endswith("?")


def test_invented_sources_are_set_in_the_fictional_world() -> None:
    for case in OVER_EXAMPLES:
        if "source" in case:
            assert ".example/" in case["source"]["url"]
            assert yaml.safe_load(case["source"]["published"]) is not None

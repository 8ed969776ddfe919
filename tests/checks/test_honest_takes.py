"""Honest takes over the example archive in which these words once brought a false warning."""

from __future__ import annotations

import pytest

from ourtake.checks.base import CheckContext
from ourtake.checks.registry import check
from ourtake.documents import Source, Take
from tests.checks.test_absence import article
from tests.evals.test_clean_takes import OVER_EXAMPLES

CASES = {case["id"]: case for case in OVER_EXAMPLES if "source" in case}


@pytest.mark.parametrize(
    ("take", "code", "words"),
    [
        ("waiting-solar", "FCT003", "37,500"),
        ("fenwright-second-depot", "FCT003", "95"),
        ("co-op-dividend", "FCT003", "55 of them"),
        ("w4-one-telephone-number", "FCT003", "14"),
        ("bus-garage-charging", "FCT005", "first"),
        ("waiting-solar", "FCT005", "can"),
        ("damp-minutes", "FCT005", "before"),
        ("chip-subsidy-doubt", "FCT006", "only"),
        ("ravelin-street-map", "FCT007", "firm"),
        ("postman-apprentice-records", "FCT007", "Dorothea"),
        ("co-op-dividend", "FCT004", "November"),
    ],
)
def test_these_words_are_in_order(take: str, code: str, words: str) -> None:
    case = CASES[take]
    related = tuple(article(name, number) for number, name in enumerate(case["related"], 1))
    context = CheckContext(Source.model_validate(case["source"]), related)
    found = check(Take.model_validate(case["take"]), context).findings
    assert any(words in case["take"][field] for field in ("summary", "body"))
    assert not any(one.code == code and one.text.startswith(words) and one.severity != "info" for one in found)

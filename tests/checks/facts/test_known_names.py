"""Names that every reader knows, first names before a known surname, and days of the week."""

from __future__ import annotations

import pytest

from ourtake.checks.base import CheckContext
from ourtake.checks.registry import check
from ourtake.documents import Source, Take

DOCUMENT = (
    "The bakery chain met protests when it first opened shops in Italy in 2018. Jodi Marsh was named its director on "
    "Thursday. It advertises on TikTok in America."
)


def codes(take: str) -> list[tuple[str, str, str]]:
    source = Source(title="Bread", outlet="The Post", url="https://post.example/1", blurb=DOCUMENT[:60], text=DOCUMENT)
    findings = check(Take(headline="Bread", summary="", body=take), CheckContext(source)).findings
    return [(one.code, one.severity, one.text) for one in findings if one.code in ("FCT002", "FCT004", "FCT007")]


@pytest.mark.parametrize(
    ("take", "text"),
    [
        ("The bakery chain met protests when it first opened shops in Greece in 2018.", "Greece"),
        ("The bakery chain advertises on Instagram in America.", "Instagram"),
        ("Terry Marsh was named its director on Thursday.", "Terry Marsh"),
        ("Jodi Marsh was named its director on Friday.", "Friday"),
    ],
)
def test_what_no_document_has_is_found_though_every_reader_knows_it(take: str, text: str) -> None:
    assert text in [found for _, _, found in codes(take)]


@pytest.mark.parametrize(
    "take",
    [
        "The bakery chain met protests when it first opened Italian shops in 2018.",
        "The bakery chain advertises on TikTok in the United States.",
        "Later Marsh was named its director on Thursday.",
        # Of this no document tells: it may be the writer's own.
        "Anybody who has ever queued for a roll in Greece will know the feeling.",
    ],
)
def test_the_same_country_and_what_no_document_tells_of_pass(take: str) -> None:
    assert codes(take) == []

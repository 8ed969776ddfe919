"""QUO002 where the outlet of the story has said the words in another of its articles."""

import pytest

from ourtake.checks.base import CheckContext
from ourtake.checks.registry import check
from ourtake.documents import Related, Source, Take

SOURCE = Source(
    title="Town buys the pier at last",
    outlet="The Post",
    url="https://post.example/2026",
    published="2026-06-01",
    blurb="The town bought the pier for a million pounds on Monday.",
)
OLDER = Related(
    id="older",
    url="https://post.example/2025",
    title="A pier and its owner",
    published="2025-01-05",
    text="Hugh Lorn owns the pier. \u201cWe will never sell the pier to anybody,\u201d said Hugh Lorn.",
)
WORDS = "\u201cWe will never sell the pier to anybody\u201d"


def severities(body: str) -> list[str]:
    take = Take(headline="A pier", summary="", body=body)
    return [one.severity for one in check(take, CheckContext(SOURCE, (OLDER,)), select=("QUO002",)).findings]


@pytest.mark.parametrize(
    "body",
    [
        f"The Post said on Friday: {WORDS}.",
        f"{WORDS}, The Post wrote in the story.",
        f"The Post had this to say in its story: {WORDS}.",
        f"The Post wrote in this report that {WORDS}.",
        f"[A pier and its owner](https://post.example/2025) was kinder. The Post says in the story that {WORDS}.",
    ],
)
def test_words_of_an_older_article_are_not_of_this_story(body: str) -> None:
    assert severities(body) == ["warning"]


@pytest.mark.parametrize(
    "body",
    [
        f"{WORDS}, The Post wrote in 2025.",
        f"{WORDS}, The Post wrote in its story of January 2025.",
        f"The Post had quoted the owner before: {WORDS}.",
        f"[A pier and its owner](https://post.example/2025) was kinder. {WORDS}, The Post wrote in the story.",
    ],
)
def test_an_outlets_earlier_words_are_left_alone(body: str) -> None:
    assert severities(body) == []

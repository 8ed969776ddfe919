"""What the verifier is sent stays within two calls and 20,000 tokens, whatever take and articles are; and what it may
overrule.
"""

from __future__ import annotations

import asyncio
import json

import pytest

from ourtake.checks.base import CheckContext, ReadFinding
from ourtake.checks.registry import check
from ourtake.config import Settings
from ourtake.documents import Evidence, Related, Report, Source, Take, Usage
from ourtake.providers.base import OnText, Reply, Request
from ourtake.text.words import count_words
from ourtake.writing.prompts import Prompts
from ourtake.writing.verify import (
    MOST_BYTES,
    MOST_CALLS,
    Story,
    Verification,
    Verifier,
    asking,
    respecting_code,
    unsettled,
    verify,
)

SETTINGS = Settings()
TOPICS = "library harbour tram bakery school bridge orchard theatre".split()
LEAST_BYTES = 3
"""Of a token: the tokenizers of today's models pack at least so many bytes of prose into one."""


class Silent:
    """A verifier that says nothing of anything."""

    name = model = "stub"

    def __init__(self) -> None:
        self.prompts: list[str] = []

    async def reply(self, request: Request, *, on_text: OnText | None = None) -> Reply:
        self.prompts.append(request.system + request.prompt)
        text = json.dumps({"claims": [], "findings": []})
        return Reply(status="complete", text=text, stop_reason="stop", usage=Usage(calls=1), model="stub")

    async def close(self) -> None:
        """Nothing is open."""


def sentence(topic: str, number: int) -> str:
    return f"In {1900 + number} the {topic} board paid {number + 3} workers of ward {number} to fix its eastern roof."


def story(articles: int, paragraphs: int, *, words: str = "") -> tuple[Source, tuple[Related, ...]]:
    """A source and so many long articles; each paragraph has eight sentences."""
    made = []
    for number in range(articles):
        topic = TOPICS[number % len(TOPICS)] + ("" if number < len(TOPICS) else str(number))
        text = "\n\n".join(
            " ".join(sentence(topic, 8 * place + one) + words for one in range(8)) for place in range(paragraphs)
        )
        url = f"https://ours.example/{number}"
        made.append(Related(id=f"r{number}", url=url, title=f"The {topic} roof", text=text, handle=f"a{number + 1}"))
    blurb = "The mayor will pay for every roof in the city."
    return Source(title="Roofs", outlet="The Post", url="https://post.example/1", blurb=blurb), tuple(made)


def verified(take: Take, source: Source, articles: tuple[Related, ...]) -> tuple[Report, Silent, Verification]:
    report = check(take, CheckContext(source, articles, SETTINGS), select=["FCT", "QUO"])
    stub = Silent()
    verifier, given = Verifier(stub, Prompts(SETTINGS), SETTINGS), Story(source, articles)
    found = asyncio.run(verify(report, take, given, verifier=verifier, ask=asking(verifier, given)))
    return report, stub, found


@pytest.mark.parametrize("paragraphs", [2, 8, 30])
def test_650_words_and_eight_articles(paragraphs: int) -> None:
    """Two calls, and 20,000 tokens."""
    source, articles = story(8, paragraphs)
    body = "\n\n".join(
        " ".join(sentence(TOPICS[(4 * part + one) % 8], (7 * (4 * part + one)) % (8 * paragraphs)) for one in range(9))
        for part in range(5)
    )
    take = Take(headline="Fix the roofs", summary="The mayor will pay for it all.", body=body, tags=("roofs",))
    assert 600 <= count_words(take.body) <= 800
    report, stub, found = verified(take, source, articles)
    assert 1 <= len(stub.prompts) <= MOST_CALLS
    assert sum(len(prompt.encode()) for prompt in stub.prompts) / LEAST_BYTES <= 20_000
    # Every claim is asked about, beside the sentence that it is nearest to.
    claims = unsettled(report)
    assert found.asked == len(claims) > 40 and not found.left
    near = [claim.evidence[0].text for claim in claims if claim.evidence]
    assert all(any(text in prompt for prompt in stub.prompts) for text in near)


def test_whatever_has_no_room_is_left_and_said_to_be() -> None:
    source, articles = story(10, 3, words=" \u6e2f\u306e\u67f1" * 40)
    body = "\n\n".join(" ".join(sentence(TOPICS[one], 8 * part + one) for one in range(8)) for part in range(32))
    take = Take(headline="Fix the roofs", summary="The mayor will pay for it all.", body=body, tags=("roofs",))
    report, stub, found = verified(take, source, articles)
    assert len(stub.prompts) <= MOST_CALLS and all(len(prompt.encode()) <= MOST_BYTES for prompt in stub.prompts)
    assert found.left and found.asked + found.left == len(unsettled(report))
    assert any("not checked by stub:stub" in note for note in found.notes)


TAKE = Take(
    headline="Marks",
    summary="The board says that the software agreed with teachers in 83 per cent of the pilot.",
    body="It was promised at 95 per cent and tested at 94 per cent.",
    tags=(),
)
MARKS = Source(
    title="Marks",
    outlet="The Post",
    url="https://post.example/2",
    blurb="In a pilot the software agreed with teachers in 88 per cent of cases, and teachers with each other in 83 "
    "per cent. It was promised at 94 per cent and tested at 95 per cent.",
)


@pytest.mark.parametrize(
    ("said", "quoted", "code"),
    [
        ("83 per cent of the pilot", "agreed with teachers in 88 per cent of cases", "FCT007"),
        ("95 per cent and tested at 94 per cent", "promised at 94 per cent and tested at 95 per cent", "FCT007"),
        ("83 per cent of the pilot", "teachers with each other in 83 per cent", None),
        ("83 per cent of the pilot", "the software agreed with teachers", None),
    ],
)
def test_a_number_that_code_verified_may_belong_to_something_else_and_is_not_denied(
    said: str, quoted: str, code: str | None
) -> None:
    context = CheckContext(MARKS, (), SETTINGS)
    # Without FCT003, by which code finds such numbers itself.
    report = check(TAKE, context, select=["FCT007"])
    field = "summary" if said in TAKE.summary else "body"
    start, at = getattr(TAKE, field).index(said), MARKS.blurb.index(quoted)
    exact = [one.text for one in report.claims if one.kind == "number" and one.status == "verified"]
    assert any(number in said for number in exact)
    evidence = Evidence(document="source", field="blurb", start=at, end=at + len(quoted), text=quoted)
    end = start + len(said)
    found = ReadFinding("FCT003", "Why.", field, start, end, "error", (evidence,), "m")  # type: ignore[arg-type]
    kept = respecting_code([found], report)
    assert [one.code for one in kept] == ([code] if code else [])
    after = check(TAKE, context._replace(read=kept), select=["FCT007"])
    assert {one.text for one in after.claims if one.kind == "number" and one.status == "verified"} >= set(exact)

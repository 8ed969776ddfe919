"""A verdict never says that less was unchecked than was: random takes, and verifiers that say anything at all.

What may count is decided here a second time, without the program's own search: an answer verifies a statement only if
the words that it quotes are in the document that it names, word by word.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from ourtake.checks.base import CheckContext
from ourtake.checks.registry import check
from ourtake.checks.verdict import COUNTED, verdict_line
from ourtake.config import Settings
from ourtake.documents import Related, Report, Source, Take, Usage
from ourtake.errors import TransientError
from ourtake.providers.base import OnText, Reply, ReplyStatus, Request
from ourtake.writing.prompts import Prompts
from ourtake.writing.verify import MOST_BYTES, MOST_CALLS, Story, Verification, Verifier, asking, verify

SOURCE = Source(
    title="Town to close its library",
    outlet="The Post",
    url="https://post.example/1",
    blurb="The council of Ennis will close the library on 12 Mondays, because the heating failed in March.",
    text="Jane Odell, who chairs the council, said: \u201cNobody will be sent away.\u201d Nine readers wrote to her.",
    published="2026-03-20",
)
OURS = Related(
    id="r1",
    url="https://ours.example/1",
    title="What the library is for",
    text="Some readers come for the warmth, and 40 come every day.\n\nThe council said that it would not close it.",
    published="2025-05-04",
    handle="a1",
)
NAMES = {"source": f"{SOURCE.title} {SOURCE.blurb} {SOURCE.text}", "a1": f"{OURS.title} {OURS.text}"}
SENTENCES = (
    "The council will close the library on 12 Mondays.",
    "The council will close the library on 14 Mondays.",
    "The heating failed in March.",
    "Jane Odell chairs the council, and she said that \u201cnobody will be sent away\u201d.",
    "Maria Odell said that \u201ceverybody will be sent away\u201d.",
    "In [What the library is for](https://ours.example/1) we wrote that 40 readers come every day.",
    "All readers come for the warmth.",
    "The council said that it would close it.",
    "Nine readers wrote to her.",
    "A roof fell in last spring.",
    "We think that a library is more than its heating.",
    "Who pays for that?",
    "[The library](https://elsewhere.example/x) has a cellar.",
    "It is worth its price, and it always was.",
)
SETTINGS = Settings()
ANSWERS = ("supported", "contradicted", "absent", "maybe", "")
LAST = re.compile(r"^(c\d+): (.*)$", re.MULTILINE)

quoted = st.one_of(
    st.tuples(st.sampled_from(sorted(NAMES)), st.integers(0, 40), st.integers(1, 12)).map(
        lambda given: " ".join(NAMES[given[0]].split()[given[1] : given[1] + given[2]])
    ),
    st.sampled_from(SENTENCES),
    st.text(max_size=30),
)
row = st.fixed_dictionaries(
    {
        "id": st.sampled_from([*(f"c{number}" for number in range(1, 9)), "s1", ""]),
        "answer": st.sampled_from(ANSWERS),
        "document": st.sampled_from(["source", "a1", "the source", "a7", ""]),
        "words": quoted,
        "take_words": st.sampled_from([*SENTENCES, "Mondays", "not", ""]),
        "kind": st.sampled_from(["polarity", "scope", "number", "not in texts", "wrong article", "vague", "odd"]),
        "why": st.just("Because."),
        "instead": st.just(""),
    }
)
said: st.SearchStrategy[Any] = st.one_of(
    st.fixed_dictionaries({"claims": st.lists(row, max_size=9), "findings": st.lists(row, max_size=4)}),
    st.fixed_dictionaries({"claims": st.lists(row, max_size=3)}),
    st.sampled_from([{"claims": 7, "findings": None}, {}, [], "No.", None]),
)


class Told(NamedTuple):
    """An answer of the verifier."""

    status: ReplyStatus
    content: Any
    down: bool


told = st.builds(
    Told,
    st.sampled_from(["complete", "complete", "complete", "cut-off", "refused", "empty"]),
    said,
    st.sampled_from([False, False, False, True]),
)


class Anything:
    """A verifier that gives these answers in turn."""

    name = model = "stub"

    def __init__(self, answers: Sequence[Told]) -> None:
        self._answers = answers
        self.asked: list[Request] = []

    async def reply(self, request: Request, *, on_text: OnText | None = None) -> Reply:
        answer = self._answers[len(self.asked) % len(self._answers)]
        self.asked.append(request)
        if answer.down:
            raise TransientError("The server is down.", "Try later.", status=500)
        text = json.dumps(answer.content)
        return Reply(status=answer.status, text=text, stop_reason="stop", usage=Usage(calls=1), model="stub")

    async def close(self) -> None:
        """Nothing is open."""


def words(text: str) -> str:
    return f" {' '.join(re.findall(r'[0-9a-z]+', text.casefold()))} "


def proven(stub: Anything, answers: Sequence[Told]) -> set[str]:
    """The sentences that some answer supports with words of the document that it names."""
    found = set()
    for place, request in enumerate(stub.asked):
        answer = answers[place % len(answers)]
        content = answer.content
        if answer.down or answer.status != "complete" or not isinstance(content, dict):
            continue
        shown = dict(LAST.findall(request.prompt))
        for one in content["claims"] if isinstance(content.get("claims"), list) else ():
            name = str(one["document"]).removeprefix("the ")
            said, there = words(one["words"]), words(NAMES.get(name, ""))
            if one["answer"] == "supported" and said.strip() and one["id"] in shown and said in there:
                found.add(shown[one["id"]])
    return found


def counted(report: Report) -> Counter[str]:
    return Counter(claim.status for claim in report.claims if claim.kind in COUNTED)


def verified_by_code(report: Report) -> set[str]:
    return {one.id for one in report.claims if (one.status, one.by) == ("verified", "code")}


@settings(max_examples=60)
@given(
    st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=8, unique=True),
    st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=3, unique=True),
    st.lists(told, min_size=1, max_size=2),
)
def test_no_verdict_counts_as_checked_what_nobody_proved(
    body: list[str], summary: list[str], answers: list[Told]
) -> None:
    take = Take(headline="Keep it open", summary=" ".join(summary), body=" ".join(body), tags=("library",))
    context = CheckContext(SOURCE, (OURS,), SETTINGS)
    before = check(take, context)
    stub = Anything(answers)
    story, verifier = Story(SOURCE, (OURS,)), Verifier(stub, Prompts(SETTINGS), SETTINGS)
    found: Verification = asyncio.run(verify(before, take, story, verifier=verifier, ask=asking(verifier, story)))
    after = check(take, context._replace(read=found.findings, answers=found.answers))

    counts = counted(after)
    assert after.claim_counts == {name: counts[name] for name in after.claim_counts}
    assert sum(after.claim_counts.values()) == sum(claim.kind in COUNTED for claim in after.claims)
    assert after.verdict_line == verdict_line(after.verdict, after.counts["error"], after.claim_counts)
    assert len(stub.asked) <= MOST_CALLS
    assert all(len(f"{one.system}{one.prompt}".encode()) <= MOST_BYTES for one in stub.asked)

    may_count = proven(stub, answers)
    plain = {re.sub(r"\(https://ours[^)]*\)", "(a1)", text): text for text in SENTENCES}
    supported = {plain.get(text, text) for text in may_count}
    for claim in after.claims:
        if claim.kind == "statement" and claim.status == "verified":
            assert claim.by == "model" and claim.text in supported
    nobody = [one for one in after.claims if one.kind == "statement" and one.text not in supported]
    unsettled = sum(one.status in ("not-checked", "opinion", "differs", "not-found") for one in nobody)
    assert unsettled == len(nobody)
    # Nothing that the verifier says turns what code verified into something else.
    assert verified_by_code(before) <= verified_by_code(after)

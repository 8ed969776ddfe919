"""A sentence that the writer left without a handle gets one from the words that the second reading quoted for it."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from ourtake.checks.base import ReadAnswer
from ourtake.documents import Evidence, Fact, SentenceHandles, Take, handle_map
from ourtake.writing.fact_handles import carried_handles, rests_of, stripped, with_handles_of_reading
from ourtake.writing.reply import parse_take
from tests.writing.story import story
from tests.writing.test_full_process import STORIES, drafted, in_order, on, replies

TAKE = Take(headline="The wait grew", summary="It grew by two minutes.", body="Faults came to light. Nobody asked.")
FACTS = (
    Fact(id="f1", document="a1", field="text", start=10, end=50, text="x" * 40, statement="The wait grew."),
    Fact(id="f2", document="a1", field="text", start=40, end=90, text="x" * 50, statement="It has grown since May."),
    Fact(id="f3", document="source", field="blurb", start=10, end=50, text="x" * 40, statement="A wait is feared."),
)


def without_braces(take: dict[str, Any]) -> dict[str, Any]:
    """The reply of a writer that forgets every handle."""
    return {key: re.sub(r" ?\{[^}]*\}", "", text) if isinstance(text, str) else text for key, text in take.items()}


def by_words(take: Take, handles: Sequence[SentenceHandles]) -> dict[str, SentenceHandles]:
    return {getattr(take, one.field)[one.start : one.end]: one for one in handles}


@pytest.mark.parametrize("name", STORIES)
def test_handles_that_a_writer_forgot_are_those_that_it_would_have_given(paper: Path, name: str) -> None:
    with story(paper, full=True) as given:
        parts = replies(name)
        forgotten = in_order(name, take=without_braces(parts["take"]))
        draft, _ = drafted(on(given, paper, name), *forgotten)
        first = draft.revisions[0]
        assert draft.plan is not None
        documents = {fact.id: fact.document for fact in draft.plan.facts}
        known = {fact.id for fact in draft.plan.of_angle().facts}
        names = {"source", *documents, *handle_map(list(draft.related))}
        whole = stripped(parse_take(json.dumps(parts["take"]), draft.related), names)
        assert whole.take == first.take
        wanted, found = by_words(whole.take, whole.handles), by_words(first.take, first.handles)
        # Some of the words that a reading quotes are not there, and an answer without them gives nothing.
        assert len(parts["reread"]["supported"]) >= len(found) >= 9
        for words, one in found.items():
            (name,) = one.handles
            assert name in known or name not in documents, f"{words} rests on {name}, which its writer never saw"
            own = wanted[words].handles if words in wanted else (name,)
            # The writer's own; or one of the two names the document, and the other a fact of it.
            of_one_document = documents.get(name) in own or name in {documents.get(other) for other in own}
            assert one.by == "reader" and (name in own or of_one_document), words
        claims = {claim.text: claim for claim in first.report.claims if claim.kind == "statement"}
        assert all(claims[words].status != "opinion" for words in found)


def answer(document: str, start: int, end: int, said: str = "supported", *, field: str = "text") -> ReadAnswer:
    found = Evidence(document=document, field=field, start=start, end=end, text="x" * (end - start))
    return ReadAnswer("body", 0, 21, said, (found,), "", "m")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("said", "handle"),
    [
        (answer("one", 10, 30), "f1"),
        (answer("one", 60, 90), "f2"),
        (answer("one", 42, 50), "a1"),  # in both facts
        (answer("one", 30, 60), "a1"),  # in neither as a whole
        (answer("two", 10, 30), "a2"),
        (answer("source", 20, 30, field="blurb"), "f3"),
        (answer("source", 20, 30, field="title"), "source"),
        (answer("one", 10, 30, "contradicted"), ""),
        (answer("three", 10, 30), ""),
    ],
)
def test_the_handle_is_that_of_the_one_fact_with_the_quoted_words_else_of_their_document(
    said: ReadAnswer, handle: str
) -> None:
    known = {"source": "source", "one": "a1", "two": "a2"}
    found = with_handles_of_reading((), (said,), FACTS, lambda name: known.get(name, ""))
    assert [(one.handles, one.by) for one in found] == ([((handle,), "reader")] if handle else [])
    own = (SentenceHandles(field="body", start=0, end=21, handles=("a7",)),)
    assert with_handles_of_reading(own, (said,), FACTS, lambda name: known.get(name, "")) == own


def test_who_gave_a_handle_is_known_as_long_as_its_sentence_stays() -> None:
    mine = SentenceHandles(field="summary", start=0, end=23, handles=("f1",))
    read = SentenceHandles(field="body", start=0, end=21, handles=("f2",), by="reader")
    changed = TAKE.model_copy(update={"body": f"This is new. {TAKE.body}"})
    moved = read.model_copy(update={"start": 13, "end": 34})
    known = rests_of(TAKE, (mine, read))
    assert carried_handles(known, changed) == (mine, moved)
    # A repair that only repeats what it was shown says nothing of its own; another handle is the writer's.
    assert carried_handles(known, changed, [moved.model_copy(update={"by": "writer"})]) == (mine, moved)
    other = moved.model_copy(update={"handles": ("f1",), "by": "writer"})
    assert carried_handles(known, changed, [other]) == (mine, other)
    assert "by" not in mine.model_dump() and read.model_dump()["by"] == "reader"

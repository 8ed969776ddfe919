"""What a second reader says counts only with words that code finds in the document that it names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from ourtake.documents import Related, SentenceHandles, Source, Take
from ourtake.errors import AnswerError
from ourtake.writing.reply import json_object
from ourtake.writing.reread import KINDS, Reading, numbered, read_rows
from ourtake.writing.story_texts import StoryTexts

SOURCE = Source(
    title="Town to close its library",
    outlet="The Post",
    url="https://post.example/1",
    blurb="The council will close the library on Mondays, because the heating failed in March.",
    published="2026-03-02",
)
OURS = Related(
    id="r1",
    url="https://ours.example/1",
    title="What the library is for",
    text="Some readers come for the warmth.\n\nThe council said in May that it would not close it. It gave no cost.",
    published="2025-05-04T09:00:00Z",
    handle="a1",
)
TEXTS = StoryTexts(SOURCE, [OURS])
TAKE = Take(
    headline="Keep the doors open",
    summary="The Post reports that the council will close the library.",
    body="All readers come for the warmth. We think that is a good reason.\n\nThe council said that it would close it.",
)
ITEMS = numbered(TAKE)


def read(claims: Sequence[Any] = (), findings: Sequence[Any] = ()) -> Reading:
    return read_rows({"claims": claims, "findings": findings}, ITEMS, TAKE, story=TEXTS, by="openai:m")


def claim(name: str, answer: str, document: str = "", words: str = "", take_words: str = "") -> dict[str, Any]:
    return {"id": name, "answer": answer, "document": document, "words": words, "take_words": take_words}


def test_sentences_are_numbered_in_order() -> None:
    assert [item.id for item in ITEMS] == ["h1", "s1", "s2", "s3", "s4"]
    for item in ITEMS:
        assert getattr(TAKE, item.field)[item.start : item.end] == item.text
    handles = [SentenceHandles(field="body", start=0, end=32, handles=("f1", "a1"))]
    assert numbered(TAKE, handles=handles)[2].handles == ("f1", "a1")


def test_a_yes_counts_with_words_that_the_document_has() -> None:
    found = read([claim("s1", "supported", "source", "will close the library on Mondays")])
    answer = found.answers["s1"]
    assert (answer.answer, answer.field, answer.by) == ("supported", "summary", "openai:m")
    evidence = answer.evidence[0]
    assert SOURCE.blurb[evidence.start : evidence.end] == evidence.text == "will close the library on Mondays"
    assert (evidence.document, evidence.field, found.findings) == ("source", "blurb", ())


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ("source", "will close the library on Sundays"),  # made up
        ("a1", "will close the library on Mondays"),  # another document's
        ("a7", "will close the library on Mondays"),  # a document that nobody has
        ("source", ""),
        ("source", "the library"),  # too little to be found by
    ],
)
def test_words_that_are_not_there_prove_nothing(document: str, words: str) -> None:
    for answer in ("supported", "contradicted"):
        found = read([claim("s1", answer, document, words, "close")])
        assert (dict(found.answers), found.findings, found.unproven) == ({}, (), 1)


def test_a_contradiction_is_an_error_at_the_words_that_differ() -> None:
    wrong = claim("s2", "contradicted", "a1", "Some readers come for the warmth", "All readers")
    row = {"id": "s2", "kind": "scope", "take_words": "All readers", "why": "Some, not all.", "instead": "Some do."}
    found = read([wrong], [row])
    (finding,) = found.findings
    assert (finding.code, finding.severity, finding.message) == ("FCT006", "error", "Some, not all.")
    assert TAKE.body[finding.start : finding.end] == "All readers" and finding.proposal == "Some do."
    assert finding.evidence[0].document == "r1" and found.answers["s2"].take == "All readers"


def test_a_contradiction_without_a_kind_is_still_a_finding() -> None:
    found = read([claim("s4", "contradicted", "A1", "that it would not close it", "would close it")])
    (finding,) = found.findings
    assert finding.severity == "error" and TAKE.body[finding.start : finding.end] == "would close it"
    assert "would not close it" in finding.message


def test_what_is_in_no_text_is_a_warning() -> None:
    found = read([claim("s4", "absent")])
    assert [(one.code, one.severity) for one in found.findings] == [("SUP002", "warning")]
    assert found.answers["s4"].evidence == ()


def test_of_two_answers_the_worse_counts() -> None:
    yes = claim("s2", "supported", "a1", "Some readers come for the warmth")
    no = claim("s2", "contradicted", "a1", "Some readers come for the warmth", "All")
    assert [read(rows).answers["s2"].answer for rows in ([yes, no], [no, yes])] == ["contradicted"] * 2


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_rule_and_those_of_fact_need_words(kind: str) -> None:
    row = {"id": "s4", "kind": kind, "document": "a1", "take_words": "", "why": "Why.", "instead": ""}
    with_words = read(findings=[row | {"words": "it would not close it"}])
    without = read(findings=[row | {"words": "nobody ever wrote this"}])
    assert [found.code for found in with_words.findings] == [KINDS[kind].code]
    assert len(without.findings) == (not KINDS[kind].quoted) and without.unproven == KINDS[kind].quoted


def test_a_reply_in_any_other_form_says_nothing() -> None:
    odd: list[Any] = [None, "s1", {"id": 7}, {"id": "s99", "answer": "absent"}, {"id": "s1", "answer": "maybe"}]
    found = read(odd, odd)
    assert (dict(found.answers), found.findings) == ({}, ())
    with pytest.raises(AnswerError):
        json_object("I see no fault.")


def test_titles_dates_and_sentences_apart_are_found() -> None:
    title, day = TEXTS.find("a1", "Title: What the library is for"), TEXTS.find("a1", "Published: 2025-05-04")
    assert title is not None and title.field == "title"
    assert day is not None and (day.field, day.text) == ("published", "2025-05-04T09:00:00Z")
    apart = TEXTS.find("a1", "Some readers come for the warmth. It gave no cost.")
    assert apart is not None and apart.text == OURS.text[apart.start : apart.end]
    assert TEXTS.find("a1", "It gave no cost. It gave a price.") is None
    assert TEXTS.mentions("a1", ["fee", "costs"]) == "costs" and TEXTS.mentions("a1", ["fee"]) is None


def test_a_fault_for_which_nothing_is_quoted_is_a_doubt_and_one_with_made_up_words_counts_for_nothing() -> None:
    row = {"id": "s3", "kind": "too strong", "take_words": "good reason", "document": "", "words": "", "why": "w"}
    found = read(findings=[row | {"instead": ""}])
    assert [(one.code, one.severity) for one in found.findings] == [("SUP002", "warning")] and not found.unproven
    made_up = read(findings=[row | {"document": "a1", "words": "words that nobody wrote", "instead": ""}])
    assert made_up.findings == () and made_up.unproven == 1


def read_rows_of(**reply: object) -> Reading:
    return read_rows(reply, ITEMS, TAKE, story=TEXTS, by="openai:m")


def test_a_whole_takes_reading_says_what_is_right_in_rows_and_what_is_wrong_once() -> None:
    fault = {"id": "s4", "kind": "polarity", "take_words": "would close it", "document": "a1",
             "words": "that it would not close it", "why": "It said the opposite.", "instead": ""}  # fmt: skip
    told = read_rows_of(
        supported=[["s1", "source", "will close the library on Mondays"], ["s4", "a1", "The council said in May"]],
        absent=["s2", "s3"],
        findings=[fault],
    )
    answers = {name: answer.answer for name, answer in told.answers.items()}
    # A fault of fact outweighs a yes about the same sentence.
    assert answers == {"s1": "supported", "s2": "absent", "s3": "absent", "s4": "contradicted"}
    assert told.answers["s4"].evidence[0].text == "that it would not close it"
    assert [(one.code, one.severity) for one in told.findings if one.message == fault["why"]] == [("FCT005", "error")]
    assert told.unproven == 0


def test_rows_without_words_that_code_finds_say_nothing() -> None:
    rows = [["s1", "source", "will close the library on Sundays"], ["s2"], ["s3", 7, None], "s4", [], ["s9", "a1", "x"]]
    told = read_rows_of(supported=rows, absent=[["s4"], 3, "s9"], findings=[])
    assert not told.answers and not told.findings and told.unproven == 3


def test_a_row_of_supported_that_says_contradicted_is_not_taken_for_support() -> None:
    row = {"id": "s4", "answer": "contradicted", "document": "a1", "words": "that it would not close it"}
    told = read_rows_of(supported=[row])
    assert all(answer.answer != "supported" for answer in told.answers.values())


def test_what_is_in_no_text_is_absent_without_being_named_twice() -> None:
    fault = {
        "id": "s4",
        "kind": "not in texts",
        "take_words": "",
        "document": "",
        "words": "",
        "why": "No text has it.",
    }
    told = read_rows_of(supported=[], absent=[], findings=[fault])
    assert told.answers["s4"].answer == "absent" and [one.code for one in told.findings] == ["SUP002"]

"""The built-in writer: what it says about its quotations is true, and its tags are the story's."""

from __future__ import annotations

import pytest

from ourtake.config import Publication, TakeShape
from ourtake.documents import Related, Source
from ourtake.providers.base import Brief
from ourtake.providers.baseline import write
from ourtake.text.quotations import quotations_in

SENTENCES = (
    "The harbour office opened a small ledger in March for anybody who wished to write in it.",
    "Since then the ferry company has paid for every page of paper that the office has used.",
    "Ferry timetables and the harbour grid of electricity were printed on the same sheet that year.",
    "A clerk counted eleven complaints about the ferry timetable before the winter had begun.",
    "Nobody at the company has said how many passengers the harbour ferry carried in January.",
)
SOURCE = Source(
    title="Ferry company cancels the January timetable",
    outlet="An Outlet",
    url="https://outlet.example/1",
    blurb="Passengers of the harbour ferry will have no timetable in January. The company blames electricity.",
)


def related(number: int, tags: tuple[str, ...]) -> Related:
    table = {
        "id": str(number),
        "url": f"https://own.example/{number}",
        "title": f"Piece {number}",
        "handle": f"a{number}",
    }
    return Related.model_validate({**table, "text": " ".join(SENTENCES), "tags": tags})


def brief(*tags: tuple[str, ...]) -> Brief:
    offered = tuple(related(number, row) for number, row in enumerate(tags, 1))
    return Brief(source=SOURCE, related=offered, shape=TakeShape(), publication=Publication())


def test_quotations_stand_in_the_order_of_the_article() -> None:
    for paragraph in str(write(brief((), (), (), ()))["body"]).split("\n\n"):
        told = [SENTENCES.index(span.text) for span in quotations_in(paragraph) if span.text in SENTENCES]
        assert told == sorted(told)
        assert 1 not in told, "a sentence that begins with “Since then” has lost its time"


def test_what_it_says_of_the_archive_is_true_of_the_search() -> None:
    assert "holds one piece on the same subject, and we link to it so" in str(write(brief(()))["summary"])
    assert "holds two pieces on the same subject, and we link to them so" in str(write(brief((), ()))["summary"])
    alone = " ".join(str(value) for value in write(brief()).values())
    assert "A search of our archive found nothing close enough" in alone and "holds nothing" not in alone


def test_a_sentence_that_an_article_repeats_is_quoted_once() -> None:
    item = related(1, ()).model_copy(update={"text": " ".join([SENTENCES[3]] * 3)})
    made = Brief(source=SOURCE, related=(item,), shape=TakeShape(), publication=Publication())
    assert str(write(made)["body"]).count(SENTENCES[3]) == 1


PERSONAL = {
    "a guest": "I drove the harbour ferry for years. The company cancels every January timetable in the end, they say.",
    "readers": "Our street has had no quiet night since the company cancelled the January timetable.",
    "a diary": "Monday. The ferry company has cancelled my boat. Passengers have no timetable to go by here.",
    "reader addressed": "You should ask the ferry company for the January timetable of the harbour before you go.",
    "commands": "- ferryctl init --harbour west --month january\n- ferryctl run --timetable off --company none",
    "numbered": "1. ferryctl start the timetable of the company\n2. ferryctl stop the harbour ferry in January",
    "prompt": "$ ferryctl status --harbour west --timetable january and the company of the ferry is printed",
}


@pytest.mark.parametrize("kind", PERSONAL)
def test_nobodys_own_words_and_no_commands_are_what_the_publication_wrote(kind: str) -> None:
    item = related(1, ()).model_copy(update={"text": PERSONAL[kind]})
    given = Brief(source=SOURCE, related=(item,), shape=TakeShape(), publication=Publication())
    body = str(write(given)["body"])
    assert "(a1)" in body and not any(span.text in PERSONAL[kind] for span in quotations_in(body)), body


def test_an_article_that_quotes_somebody_is_still_quoted() -> None:
    said = "\u201cI have no timetable,\u201d said a passenger."
    item = related(1, ()).model_copy(update={"text": f"{said} {' '.join(SENTENCES)}"})
    given = Brief(source=SOURCE, related=(item,), shape=TakeShape(), publication=Publication())
    assert any(span.text in SENTENCES for span in quotations_in(str(write(given)["body"])))


@pytest.mark.parametrize(
    ("carried", "tags"),
    [
        (([], []), ["company", "january", "timetable", "ferry"]),
        ((["ferries", "gardens"], ["gardens", "courts"]), ["ferries", "gardens", "company", "january"]),
        (
            (["ferry lines", "harbours", "electricity", "passengers", "gardens"],),
            ["ferry lines", "harbours", "electricity", "passengers"],
        ),
    ],
)
def test_tags_are_those_that_the_story_supports(carried: tuple[tuple[str, ...], ...], tags: list[str]) -> None:
    assert sorted(write(brief(*carried))["tags"]) == sorted(tags)  # type: ignore[call-overload]


def test_what_reads_badly_out_of_its_place_is_not_quoted() -> None:
    bad = (
        "Join the community of the harbour ferry and tell others about the January timetable.",
        "If not, check out the harbour ferry and the tools that its company offers to passengers.",
        "Sites of the harbour ferry:\nProvide a better timetable to passengers in January than before.",
        "Checkers of the harbour ferry timetable in January\nPage-specific checks are made for the company.",
    )
    item = related(1, ()).model_copy(update={"text": "\n\n".join((*bad, *SENTENCES))})
    body = str(write(Brief(source=SOURCE, related=(item,), shape=TakeShape(), publication=Publication()))["body"])
    assert SENTENCES[4] in body
    for sentence in bad:
        assert " ".join(sentence.split())[:40] not in body


def test_a_sentence_that_takes_up_the_one_before_is_quoted_with_it() -> None:
    joined = "In fact, electricity and the harbour ferry timetable of January were the company's own business."
    item = related(1, ()).model_copy(update={"text": " ".join((*SENTENCES[2:], joined))})
    body = str(write(Brief(source=SOURCE, related=(item,), shape=TakeShape(), publication=Publication()))["body"])
    assert f"{SENTENCES[4]} {joined}" in body


def test_headline_and_summary_leave_out_a_series_and_a_sentence_that_breaks_off() -> None:
    title = "Trends on Tuesday: Ferry company cancels the January timetable"
    source = SOURCE.model_copy(update={"title": title, "blurb": f"{SOURCE.blurb} What is even"})
    take = write(Brief(source=source, related=(related(1, ()),), shape=TakeShape(), publication=Publication()))
    assert take["headline"] == "What we know about this: Ferry company cancels the January timetable"
    assert "What is even" not in f"{take['summary']} {take['body']}"

"""FCT003 for numbers that the documents have, but for something else."""

from __future__ import annotations

import pytest

from ourtake.checks.base import CheckContext
from ourtake.checks.registry import check
from ourtake.documents import Related, Source, Take

SOURCE = Source(
    title="Museum draws a plan for its wing",
    outlet="The Post",
    url="https://post.example/wing",
    published="2026-03-02",
    blurb=(
        "The Quayle Museum has drawn a plan for its wing. Before it did so, its planners interviewed 17 people across "
        "the town and measured how "
        "many questions visitors asked at the desk. The lowest bid for the roof was \u00a3249,000 and the highest bid "
        "for the roof was \u00a3399,000."
    ),
)
BOATS = Related(
    id="boats",
    url="https://lantern.example/boats",
    title="Where the boats sleep",
    published="2025-05-01",
    handle="a1",
    text=(
        "The shed at Fenny Cross holds 611 boats. Its owner, Anselm Okoro, keeps 25 of the oars under his bed. Of the "
        "oars 30 per cent are ash. "
        "Ticket sales by telephone made up 35 per cent of the takings at the museum in spring, and grew month by "
        "month.\n\n"
        "Every boat is washed in 9 minutes. The shed has 84 windows. It is let for \u00a3740 a year.\n\n"
        "Okoro bought the shed in 2003, to keep his father's oars dry."
    ),
)
PUMPS = Related(
    id="pumps",
    url="https://lantern.example/pumps",
    title="What the pumps drew",
    published="2025-06-01",
    handle="a2",
    text="The pumps on the marsh have 240 valves. A crew of 62 looks after the engines. The marsh drained in 48 days. "
    "The engines date from 1987.",
)


def found(*sentences: str) -> list[tuple[str, str, str]]:
    body = " ".join(sentences)
    take = Take(headline="A headline", summary="", body=body, tags=())
    report = check(take, CheckContext(SOURCE, (BOATS, PUMPS)))
    return [
        (one.text, one.severity, one.evidence[0].text if one.evidence else "")
        for one in report.findings
        if one.code in ("FCT003", "FCT004")
    ]


INTERVIEWS = "The planners interviewed {} colleagues and measured how many questions the visitors to the museum asked."


@pytest.mark.parametrize(
    ("sentence", "text", "severity", "real"),
    [
        # The same thing, counted otherwise; the take's number counts oars.
        (INTERVIEWS.format(25), "25", "error", "17"),
        (INTERVIEWS.format(84), "84", "error", "17"),
        # Another number of the same currency, beside one that is right.
        (
            "Bids for the roof of the museum's wing ran from \u00a3249,000 to \u00a3740.",
            "\u00a3740",
            "error",
            "\u00a3399,000",
        ),
        # The article that the paragraph links to has another share of the same thing.
        (
            "Telephone sales of tickets at the museum, which [grew by the month](a1), made up 30 per cent of the "
            "takings in spring.",
            "30 per cent",
            "error",
            "35 per cent",
        ),
        # The same of dates.
        ("Anselm Okoro, who keeps the oars, first let the shed in 1987.", "1987", "warning", "2003"),
        # A count without its noun.
        ("[The shed at Fenny Cross](a1), full of boats as it is, now holds 62.", "62", "warning", "611"),
    ],
)
def test_a_number_of_something_else_is_reported_with_the_right_one(
    sentence: str, text: str, severity: str, real: str
) -> None:
    assert found(sentence) == [(text, severity, real)]


@pytest.mark.parametrize(
    "sentences",
    [
        [INTERVIEWS.format(17)],
        # A number of three figures in a document at hand is not chance, however little its sentence shares.
        [
            "[The shed](a1) is a lesson: 611 people were interviewed across the town by planners, who measured how "
            "many questions visitors asked."
        ],
        # The other number stands beside it in the take, too.
        [
            "The planners interviewed 17 people and asked 25 colleagues in the museum across the town how many "
            "questions they were asked."
        ],
        # What is only supposed.
        ["If the shed at Fenny Cross were smaller, Anselm Okoro would keep boats in it, and it would hold 62."],
    ],
)
def test_what_may_be_meant_is_left_alone(sentences: list[str]) -> None:
    assert found(*sentences) == []


ELEVEN = Source(
    title="Newspaper group ran unlabelled articles",
    outlet="Press Ledger",
    url="https://press.example/1",
    published="2026-09-29",
    blurb="A group of eleven local newspapers has admitted that it published unlabelled articles.",
)
SIGNS = Related(
    id="signs",
    url="https://lantern.example/signs",
    title="The editor who signs",
    published="2026-09-01",
    handle="a1",
    text=(
        "In the trial of labels that four papers ran last year, they should run as many drafts as the person who signs "
        "has read. Nobody else has read the drafts that a person signs."
    ),
)


@pytest.mark.parametrize(("number", "severity", "fix"), [("eleven", "warning", None), ("thirty", "error", "four")])
def test_a_number_of_the_story_is_in_doubt_at_most_and_is_not_replaced(
    number: str, severity: str, fix: str | None
) -> None:
    body = f"The same holds for the {number} papers: they should run as many drafts as the person who signs has read."
    report = check(Take(headline="A name", summary="", body=body), CheckContext(ELEVEN, (SIGNS,)))
    (one,) = [finding for finding in report.findings if finding.code == "FCT003"]
    assert (one.text, one.severity, one.fix and one.fix.replacement) == (number, severity, fix)


def test_where_the_story_itself_has_another_number_for_the_thing_it_is_an_error() -> None:
    story = ELEVEN.model_copy(
        update={
            "blurb": "The council of Harrow will cut 40 posts in its housing office. It will also close 12 libraries."
        }
    )
    body = "The council will cut 12 posts in its housing office, and close the libraries."
    report = check(Take(headline="A name", summary="", body=body), CheckContext(story, (SIGNS,)))
    (one,) = [finding for finding in report.findings if finding.code == "FCT003"]
    assert (one.text, one.severity, one.fix) == ("12", "error", None)

"""Quotations, numbers, dates, names and claims against the documents: what must be found, what must be left alone, with
which evidence and fix.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ourtake.checks.base import CheckContext
from ourtake.checks.registry import check
from ourtake.documents import Finding, Related, Report, Source, Take
from tests.conftest import Run

SOURCE = Source(
    title="Regulator asks Ferrow how it will power its halls",
    outlet="The Tidewater Post",
    url="https://tidewater.example/ferrow",
    blurb="The regulator has given Ferrow Compute six weeks to say where 40 MW will come from. "
    "\u201cWe can\u2019t guess at it,\u201d said Jane Doe of the regulator. "
    "The halls cost \u00a312,900 a day, and 12.4% of the load is wasted. A hearing is set for 12 March.",
    published="2026-02-10",
)
RELATED = (
    Related(
        id="r1",
        url="https://lantern.example/1",
        title="Who pays when the grid waits",
        text="Households pay for every delay of the grid. "
        "\u201cNobody asked us about the cables,\u201d said Oleg Brandt, a farmer. The Port Harrow Development Agency "
        "spent \u00a33 million in 2019. A pupil, then 15, drew the graph. There were 21,640 requests. The trial ran in "
        "May 2024.",
        handle="a1",
        published="2024-06-03",
    ),
)


def found(body: str, *codes: str, related: tuple[Related, ...] = RELATED, source: Source = SOURCE) -> list[Finding]:
    report = run(body, related=related, source=source)
    assert all(
        body[finding.start : finding.end] == finding.text for finding in report.findings if finding.field == "body"
    )
    return [finding for finding in report.findings if finding.code in codes]


def run(body: str, *, related: tuple[Related, ...] = RELATED, source: Source = SOURCE) -> Report:
    return check(Take(headline="A headline", summary="", body=body), CheckContext(source, related))


@pytest.mark.parametrize(
    ("code", "body", "text"),
    [
        (
            "QUO001",
            "The Tidewater Post says that \u201cnobody was told of any of it\u201d.",
            "nobody was told of any of it",
        ),
        ("QUO001", "Jane Doe called it \u2018hopeless\u2019.", "hopeless"),
        (
            "QUO002",
            "The Tidewater Post says that \u201cNobody asked us about the cables\u201d.",
            "Nobody asked us about the cables",
        ),
        (
            "QUO002",
            "The Tidewater Post has looked at it. It says: \u201cHouseholds pay for every delay.\u201d",
            "Households pay for every delay.",
        ),
        ("QUO002", "\u201cWe can't guess at it,\u201d said Oleg Brandt.", "We can't guess at it,"),
        ("QUO003", "The Post quotes Jane Doe: \u201cWe can't guess at this\u201d.", "We can't guess at this"),
        ("FCT001", "The halls employ 4,300 people.", "4,300"),
        ("FCT001", "It is some 83.7 per cent.", "83.7 per cent"),
        ("FCT002", "It was Helena Marchetti who asked.", "Helena Marchetti"),
        ("FCT002", "Then Jane Brandt replied.", "Jane Brandt"),
        ("FCT003", "The regulator has given Ferrow Compute eight weeks to say where 40 MW comes from.", "eight weeks"),
        ("FCT003", "The halls cost $12,900 a day.", "$12,900"),
        ("FCT004", "The agency was founded in 1998.", "1998"),
        ("FCT004", "A hearing is set for 14 March.", "14 March"),
        ("FCT004", "In [Who pays when the grid waits](a1), published in March 2022, we said so.", "March 2022"),
        (
            "SUP001",
            "The Tidewater Post reports that fishermen blocked several harbours.",
            "that fishermen blocked several harbours.",
        ),
        ("SUP002", "In the night Ferrow Compute fired dozens of accountants and shuttered its canteen.", None),
    ],
)
def test_found(code: str, body: str, text: str | None) -> None:
    (finding,) = found(body, code)
    assert finding.text.strip() == (text or body)


@pytest.mark.parametrize(
    "body",
    [
        "The Tidewater Post gives Ferrow Compute \u201csix weeks\u201d.",
        'Jane Doe told it: "We can\'t guess at it."',
        "The so-called \u201csmart\u201d meters wait.",
        "In [Who pays when the grid waits](a1) we wrote that \u201chouseholds pay for every delay\u201d.",
        "\u201cNobody asked us ... the cables,\u201d Oleg Brandt told us.",
        "The halls need forty megawatts and cost nearly \u00a313,000 a day.",
        "Some 12 per cent of the load is wasted.",
        "There are two reasons for it, and the three of them agree.",
        "The PHDA spent \u00a33m, and Brandt said so.",
        "A 15-year-old drew the graph of the 21,640 requests.",
        "Two years ago nobody asked. In two years' time somebody will.",
        "Mr Brandt of Europe met Dr Doe on Monday.",
        "[Who pays when the grid waits](a1), published in June 2024, has it.",
        "The hearing is on March 12, 2026.",
        "Should anybody wait? We think not.",
    ],
)
def test_left_alone(body: str) -> None:
    report = run(body)
    assert [
        f"{finding.code} {finding.text}" for finding in report.findings if finding.code[:3] in ("QUO", "FCT", "SUP")
    ] == []


def test_an_outlets_name_may_mean_another_of_its_articles() -> None:
    body = "The Tidewater Post says that \u201cNobody asked us about the cables\u201d."
    (elsewhere,) = found(body, "QUO002")
    own = RELATED[0].model_copy(update={"url": "https://tidewater.example/grid"})
    (same,) = found(body, "QUO002", related=(own,))
    assert (elsewhere.severity, same.severity) == ("error", "warning")
    (source,) = found("We wrote in [Who pays when the grid waits](a1): \u201cWe can't guess at it.\u201d", "QUO002")
    assert source.severity == "error"


def test_an_outlets_claim_may_be_in_another_of_its_articles() -> None:
    body = "The Tidewater Post reports that Oleg Brandt, a farmer, was never asked about the cables."
    (elsewhere,) = found(body, "SUP001")
    assert (
        found(body, "SUP001", related=(RELATED[0].model_copy(update={"url": "https://tidewater.example/grid"}),)) == []
    ), elsewhere.message


@pytest.mark.parametrize(
    "body",
    [
        "The Tidewater Post reports little about fishermen, harbours and overnight protests.",
        "The Tidewater Post reported it in the tone of fishermen who blocked several harbours.",
        "The Tidewater Post said as much when it wrote of fishermen, harbours and overnight protests.",
        "The Tidewater Post is open. It tells you that fishermen blocked several harbours overnight.",
        "The Tidewater Post asks. We hope that it says yes to fishermen, harbours and overnight protests.",
        "As far as The Tidewater Post could tell, fishermen blocked several harbours overnight.",
        "The pier is shut, The Tidewater Post reported on 8 October 2015.",
        "The Tidewater Post reports that the regulator allows four weeks, which means that fishermen will block "
        "several harbours.",
    ],
)
def test_what_is_not_a_claim_is_not_looked_for(body: str) -> None:
    assert found(body, "SUP001") == []


@pytest.mark.parametrize(
    "body",
    [
        "The Tidewater Post reports fishermen, harbours and overnight protests.",
        "The Tidewater Post is open. It says that fishermen blocked several harbours overnight.",
        "The Tidewater Post is open. And yet it says that fishermen blocked several harbours overnight.",
        "The Tidewater Post says it will block fishermen, harbours and overnight protests.",
    ],
)
def test_what_is_a_claim(body: str) -> None:
    assert found(body, "SUP001")


def test_an_office_speaks_and_not_its_body() -> None:
    text = " \u201cThe lamps are late,\u201d said Ivo Marsh, the planning manager."
    related = (
        RELATED[0],
        RELATED[0].model_copy(
            update={"id": "r2", "url": "https://lantern.example/2", "title": "The lamps", "text": text}
        ),
    )
    assert (
        found("\u201cThe lamps are late,\u201d the planning manager of Ferrow Compute said.", "QUO002", related=related)
        == []
    )
    assert found("\u201cThe lamps are late,\u201d Ferrow Compute said.", "QUO002", related=related)


def test_the_article_may_be_that_of_the_paragraph_before() -> None:
    linked = "Who pays? We described it in [Who pays when the grid waits](a1) when the requests were counted.\n\n"
    body = (
        linked + "The Tidewater Post allows four weeks. The article put it drily: \u201cNobody asked us about the "
        "cables\u201d."
    )
    assert found(body, "QUO002") == []
    assert found(body.removeprefix(linked), "QUO002")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Pok\u00e9mon", "They hunted Pokemon by the lock."),
        ("Pokemon", "They hunted Pok\u00e9mon by the lock."),
        ("the Ministry of Locks and Lamp Posts", "The Ministry of Locks and Lamp Posts has a hall."),
        ("the Department of Health and Human Services", "It has a hall."),
    ],
)
def test_other_spellings_of_names(name: str, text: str) -> None:
    related = (RELATED[0].model_copy(update={"text": text}),)
    assert found(f"It was {name} that asked.", "FCT002", related=related) == []
    assert found("It was the Ministry of Health and Lock Keepers that asked.", "FCT002", related=related)


@pytest.mark.parametrize(("day", "severity"), [("11 March", "warning"), ("13 March", "warning"), ("14 March", "error")])
def test_the_day_before_or_after_a_known_one_only_warns_where_the_sentence_says_so(day: str, severity: str) -> None:
    (finding,) = found(f"On the morning of {day} everybody will know.", "FCT004")
    assert finding.severity == severity
    (plain,) = found(f"A hearing is set for {day}.", "FCT004")
    assert plain.severity == "error"


@pytest.mark.parametrize(
    ("body", "severity"),
    [
        ("Somewhere between \u201callow four weeks\u201d and the letter she was lost.", "warning"),
        ("Start where the page ends, with, say, \u201callow four weeks\u201d and a number.", "warning"),
        ("It was the regulator, Jane Doe said, who would \u201callow four weeks\u201d.", "error"),
        ("[Who pays when the grid waits](a1) has a line on it: \u201callow four weeks\u201d.", "error"),
        ("Then came \u201callow four weeks for a reply from the office\u201d and no reply.", "error"),
    ],
)
def test_a_few_words_in_quotation_marks_that_nobody_says_only_warn(body: str, severity: str) -> None:
    (finding,) = found(body, "QUO001")
    assert finding.severity == severity


def test_what_writers_say_about_themselves_only_warns() -> None:
    (own,) = found("I have had the same kettle on since 1994.", "FCT004")
    (other,) = found("The agency has had the same kettle on since 1994.", "FCT004")
    assert (own.severity, other.severity) == ("warning", "error")


def test_a_name_for_a_thing_in_quotation_marks_is_not_a_quotation() -> None:
    assert found("My mother calls it \u201cthe runaround\u201d and means the grid.", "QUO001") == []


@pytest.mark.parametrize(
    ("date", "known"),
    [
        ("on 10 February", True),  # the source's own
        ("on 3 June", True),  # the article's
        ("in June 2024", True),
        ("on 4 August", False),
        ("in June", False),
        ("in February 2024", False),
    ],
)
def test_the_day_of_a_document_is_known(date: str, known: bool) -> None:
    assert (found(f"The post that appeared {date} is short.", "FCT004") == []) is known


def test_a_month_at_the_beginning_says_nothing() -> None:
    body = (
        "By July 2024, in all that was written of the grid, \u201cNobody asked us about the cables\u201d stood alone."
    )
    assert (
        found(
            body,
            "QUO002",
            related=(RELATED[0].model_copy(update={"text": RELATED[0].text + " It ended in July 2024."}),),
        )
        == []
    )


def test_a_speaker_named_after_his_office() -> None:
    text = " \u201cThe lamps are late,\u201d said the keeper of the lock, Ivo Marsh."
    related = (
        RELATED[0],
        RELATED[0].model_copy(
            update={"id": "r2", "url": "https://lantern.example/2", "title": "The lamps", "text": text}
        ),
    )
    body = "\u201cNobody asked us about the cables,\u201d said the man who farms there, {}."
    assert found(body.format("Oleg Brandt"), "QUO002", related=related) == []
    assert found(body.format("Ivo Marsh"), "QUO002", related=related)


def test_a_speaker_named_with_an_office_between_her_and_the_words() -> None:
    body = (
        "{}, who has farmed there since, said the point was to let it be known that \u201cNobody asked us about "
        "the "
        "cables\u201d."
    )
    assert found(body.format("Oleg Brandt"), "QUO002") == []
    (wrong,) = found(body.format("Jane Doe"), "QUO002")
    assert "attributes these words to Oleg Brandt" in wrong.message


def test_one_of_several_speakers_with_where_he_is_from() -> None:
    text = " \u201cThe lamps are late,\u201d said one of the lock's keepers, Ivo Marsh from the Harbour Trust."
    related = (
        RELATED[0],
        RELATED[0].model_copy(
            update={"id": "r2", "url": "https://lantern.example/2", "title": "The lamps", "text": text}
        ),
    )
    assert found("\u201cThe lamps are late,\u201d said Ivo Marsh, who keeps the lock.", "QUO002", related=related) == []
    assert found("\u201cThe lamps are late,\u201d said Oleg Brandt, who keeps the lock.", "QUO002", related=related)


@pytest.mark.parametrize(
    "said",
    [
        "{} spoke of \u201c{}\u201d.",
        "It is by {}, who has since called it \u201c{}\u201d.",
        "{}, who wrote \u201c{}\u201d, is right.",
    ],
)
def test_ways_of_saying(said: str) -> None:
    words = "Nobody asked us about the cables"
    assert found(said.format("Oleg Brandt", words), "QUO002") == []
    assert found(said.format("Jane Doe", words), "QUO002")


def test_a_subject_is_not_the_one_who_says_it() -> None:
    body = "And {}, a farmer, supplies the line that \u201cNobody asked us about the cables\u201d."
    assert found(body.format("Oleg Brandt"), "QUO002") == []
    (wrong,) = found(body.format("Jane Doe"), "QUO002")
    assert wrong.message.endswith("not to Jane Doe.")


def test_a_day_of_the_week_may_be_that_of_the_article_linked() -> None:
    grid = RELATED[0].model_copy(update={"text": RELATED[0].text + " The office counted its requests again on Friday."})
    body = "The office counted its requests on {}, as [Who pays when the grid waits](a1) tells."
    assert found(body.format("Monday"), "FCT004", related=(grid,)) == []
    assert found(body.format("Thursday"), "FCT004", related=(grid,))


def test_an_altered_quotation_is_fixed_with_the_real_words_in_the_takes_own_marks() -> None:
    body = 'Jane Doe: "we can\'t guess at this," she said.'
    (finding,) = found(body, "QUO003")
    assert finding.fix is not None
    assert (
        body[: finding.fix.start] + finding.fix.replacement + body[finding.fix.end :]
        == 'Jane Doe: "we can\'t guess at it," she said.'
    )
    (evidence,) = finding.evidence
    assert (evidence.document, evidence.field) == ("source", "blurb")
    assert SOURCE.blurb[evidence.start : evidence.end] == evidence.text == "We can\u2019t guess at it"


def test_an_altered_number_carries_the_documents_number() -> None:
    (finding,) = found("The regulator has given Ferrow Compute 60 MW for its halls, and the load is wasted.", "FCT003")
    assert finding.fix is not None and finding.fix.replacement == "40 MW"
    assert SOURCE.blurb[finding.evidence[0].start : finding.evidence[0].end] == "40 MW"


def test_what_may_be_in_a_missing_text_is_not_called_wrong() -> None:
    bare = (RELATED[0].model_copy(update={"text": ""}),)
    findings = found(
        "In [Who pays when the grid waits](a1) we counted 4,300 people and \u201ctwelve men with one spade\u201d.",
        "FCT001",
        "QUO001",
        related=bare,
    )
    assert {finding.code: finding.severity for finding in findings} == {"FCT001": "info", "QUO001": "info"}
    assert all("Could not check" in finding.message for finding in findings)


def test_every_sentence_has_a_class_and_its_evidence() -> None:
    body = (
        "The regulator gave Ferrow Compute six weeks. Households pay for every delay of the grid. Should they? We "
        "think not."
    )
    records = run(body).sentences
    assert [record.support for record in records] == ["source", "archive", "opinion", "opinion"]
    assert [body[record.start : record.end] for record in records][2] == "Should they?"
    (evidence,) = records[1].evidence
    assert (
        RELATED[0].text[evidence.start : evidence.end] == evidence.text == "Households pay for every delay of the grid."
    )


def test_names_of_the_settings_are_known(run: Run, tmp_path: Path) -> None:
    take = {"headline": "H", "summary": "", "body": "We asked Quillon Labs, and Mara Quist of the Quarter.", "tags": []}
    line = {"take": take, "source": SOURCE.model_dump()}
    (tmp_path / "takes.jsonl").write_text(json.dumps(line) + "\n", encoding="utf-8")
    (tmp_path / "ourtake.toml").write_text('[checks]\nnames = ["Quillon Labs"]\n', encoding="utf-8")
    done = run("check", "--batch", "takes.jsonl", "--format", "json", "--select", "FCT002")
    assert [finding["text"] for finding in json.loads(done.stdout)["findings"]] == ["Mara Quist of the Quarter"], (
        done.stderr
    )
    assert done.returncode == 1


@pytest.mark.parametrize(("date", "severity"), [("May 2023", "error"), ("June 2024", None)])
def test_the_date_of_publication_is_that_of_the_article_linked(date: str, severity: str | None) -> None:
    changed = {"id": "r2", "url": "https://lantern.example/2", "title": "Lamps", "published": "2023-05-02"}
    other = RELATED[0].model_copy(update=changed | {"handle": "a2"})
    body = f"In [Who pays when the grid waits](a1), published in {date}, we said so."
    found_dates = found(body, "FCT004", related=(RELATED[0], other))
    assert [finding.severity for finding in found_dates] == ([severity] if severity else [])


@pytest.mark.parametrize(
    ("document", "take", "words"),
    [
        ("Augusta Penrose opened the pier in spring 2024.", "Augusta Penrose opened the pier in August.", "August"),
        ("The June Bloggs clinic opened last year.", "The Bloggs clinic opened in June.", "June"),
        ("The board decided in June 2024 to close the ward.", "Why did the board decide in October to close the ward?",
         "October"),
        ("The fire began on the fifth floor of the mill.", "The fire destroyed five floors of the mill.", "five"),
        ("Fares rose by 17 per cent in the town.", "Seventeen were dismissed for it.", "Seventeen"),
    ],
)  # fmt: skip
def test_what_only_looks_like_a_number_of_the_document_is_found(document: str, take: str, words: str) -> None:
    source = Source(title="A story", outlet="The Post", url="https://post.example/1", blurb=document, text=document)
    findings = run(take, related=(), source=source).findings
    assert any(one.code[:3] == "FCT" and one.severity != "info" and words in one.text for one in findings)


def test_a_number_that_is_not_one_of_years_is_not_worked_out_of_a_year() -> None:
    text = (
        "Die Firma wurde 2014 gegr\u00fcndet. Bei dem Brand in der Halle am Hafen wurden am Montag f\u00fcnf Menschen "
        "verletzt, sagte die Feuerwehr. Die Ursache ist noch nicht bekannt."
    )
    source = Source(
        title="Brand", outlet="Die Post", url="https://post.example/1", blurb=text, text=text, published="2026-05-01"
    )
    body = (
        "Bei dem Brand in der Halle am Hafen wurden 12 Menschen verletzt. Die Ursache ist noch nicht bekannt, und die "
        "Feuerwehr hat bisher nichts dazu gesagt, was wir sehr bedauern."
    )
    assert [
        one.text
        for one in run(body, related=(), source=source).findings
        if one.code[:3] == "FCT" and one.severity == "error"
    ] == ["12"]

"""The claims of a take: what it states, what is known of each, and that a verdict never says less was unchecked."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ourtake.checks.base import CheckContext, ReadAnswer, ReadFinding
from ourtake.checks.examples import RELATED, SOUND, SOURCE, build, with_first
from ourtake.checks.registry import check
from ourtake.checks.verdict import claim_counts, line_of
from ourtake.documents import Claim, Evidence, Fact, Report, SentenceHandles, Take
from ourtake.text.sentences import sentences

QUOTED = "The Tidewater Post says it has given it \u201csix weeks to show where the electricity\u201d will come from."


def report_of(first: str, **more: object) -> Report:
    case = build(with_first(first))
    return check(case.take, CheckContext(SOURCE, RELATED)._replace(**more))  # type: ignore[arg-type]


def first_claims(report: Report) -> list[Claim]:
    """The claims of the body's first sentence."""
    statement = next(claim for claim in report.claims if claim.field == "body")
    return [one for one in report.claims if one.field == "body" and one.start < statement.end]


def test_a_sentence_is_a_statement_with_its_parts_and_passages() -> None:
    claims = first_claims(report_of(QUOTED))
    assert claims[0].kind == "statement"
    quotation = next(claim for claim in claims if claim.kind == "quotation")
    assert (quotation.status, quotation.by, quotation.evidence[0].document) == ("verified", "code", "source")
    statement = claims[0]
    assert statement.status == "not-checked" and 1 <= len(statement.evidence) <= 3
    texts = {"source": SOURCE, **{item.id: item for item in RELATED}}
    for piece in statement.evidence:
        assert getattr(texts[piece.document], piece.field or "text")[piece.start : piece.end] == piece.text


def test_a_finding_settles_the_claims_that_it_overlaps() -> None:
    report = report_of("The regulator has given Ferrow Compute eight weeks to show where the electricity comes from.")
    claims = {claim.kind: claim for claim in first_claims(report)}
    assert claims["statement"].status == claims["number"].status == "differs"
    assert claims["number"].codes == ("FCT003",)
    assert (claims["number"].differs[0].take, claims["number"].differs[0].document) == ("eight weeks", "six weeks")
    absent = {claim.text: claim for claim in first_claims(report_of("Helena Marchetti signed the letter."))}
    assert absent["Helena Marchetti"].status == "not-found"


def test_what_a_reader_found_is_by_a_model() -> None:
    found = ReadFinding("FCT005", "It says the opposite.", "body", 0, 20, by="openai:gpt")
    claims = first_claims(report_of("The regulator has not given Ferrow Compute any time.", read=(found,)))
    assert (claims[0].status, claims[0].by, claims[0].codes) == ("differs", "model", ("FCT005",))


def test_a_statement_is_verified_by_a_reader_with_words_of_a_document_and_only_while_no_rule_differs() -> None:
    right = "Households pay for the delays of the regulator."
    words = Evidence(document="r2", field="text", start=0, end=14, text="Households pay")
    answer = ReadAnswer("body", 0, len(right), "supported", (words,), by="openai:gpt")
    first = first_claims(report_of(right, answers=(answer,)))[0]
    assert (first.status, first.by, first.evidence[0]) == ("verified", "model", words)
    assert first_claims(report_of(right, answers=(answer._replace(evidence=()),)))[0].status == "not-checked"
    wrong = "The regulator has given Ferrow Compute eight weeks to show where the electricity comes from."
    assert first_claims(report_of(wrong, answers=(answer._replace(end=len(wrong)),)))[0].status == "differs"


def test_a_reader_who_quotes_words_settles_that_a_sentence_is_like_nothing_in_the_documents() -> None:
    said = "Last spring Ferrow Compute fired dozens of accountants and shuttered its canteen."
    words = Evidence(document="r2", field="text", start=0, end=14, text="Households pay")
    answer = ReadAnswer("body", 0, len(said), "supported", (words,), by="openai:gpt")

    def codes(*answers: ReadAnswer) -> list[str]:
        return [one.code for one in report_of(said, answers=answers).findings if one.start == 0]

    assert "SUP002" in codes() and "SUP002" in codes(answer._replace(evidence=()))
    assert "SUP002" not in codes(answer)


def test_the_facts_of_a_handle_are_the_first_evidence() -> None:
    words = SOURCE.blurb[:40]
    fact = Fact(id="f3", document="source", field="blurb", start=0, end=40, text=words, statement="It asks.")
    handles = (SentenceHandles(field="body", start=0, end=30, handles=("f3", "a2")),)
    first = first_claims(report_of("Households pay for every delay.", handles=handles, facts=(fact,)))[0]
    assert (first.evidence[0].text, first.evidence[0].document) == (words, "source")


def test_a_question_and_a_wish_are_opinion_and_a_duty_that_a_document_states_is_not() -> None:
    for text in ("Who will pay for it all in the end?", "We think that this is a fair thing to ask."):
        assert first_claims(report_of(text))[0].status == "opinion"
    stated = "The company must show where the electricity for its new halls will come from."
    assert first_claims(report_of(stated))[0].status == "not-checked"
    assert first_claims(report_of("It should take 19 weeks."))[0].status != "opinion"


def test_ids_follow_a_claim_and_are_unique() -> None:
    before, after = report_of(QUOTED), report_of("One more sentence about nothing. " + QUOTED)
    mine, moved = ({claim.id for claim in report.claims if claim.start >= 0} for report in (before, after))
    assert mine <= moved
    assert len({claim.id for claim in after.claims}) == len(after.claims)
    twice = report_of("Households pay. Households pay.")
    assert len({claim.id for claim in twice.claims}) == len(twice.claims)


def test_the_line_counts_statements_quotations_and_links() -> None:
    case = build(SOUND)
    report = check(case.take, CheckContext(SOURCE, RELATED))
    counted = [claim for claim in report.claims if claim.kind in ("statement", "quotation", "link")]
    assert sum(report.claim_counts.values()) == len(counted)
    assert line_of(report).startswith(
        f"no errors found; of {len(counted)} claims {report.claim_counts['verified']} ver"
    )
    assert line_of(report).endswith(f"{report.claim_counts['opinion']} opinion")


WORDS = st.sampled_from(
    "The regulator Ferrow Compute six weeks 40 2024 households pay. is not never should we think? "
    "\u201csix weeks\u201d [Who pays](a2) [lost one] delays. however, half May all first because proves must".split(" ")
)


@given(
    st.lists(WORDS, min_size=1, max_size=60), st.lists(st.tuples(st.integers(0, 80), st.integers(1, 60)), max_size=3)
)
def test_a_verdict_never_says_that_less_was_unchecked(words: list[str], found: list[tuple[int, int]]) -> None:
    """Whatever is written and whatever a reader says of it: each sentence is a claim, no statement is verified by code,
    and the counts are those of the claims.
    """
    body = " ".join(words)
    read = tuple(
        ReadFinding("FCT005", "No.", "body", min(start, len(body) - 1), min(start + size, len(body)), by="m")
        for start, size in found
    )
    take = Take(headline="Households pay", summary="The regulator asks.", body=body)
    report = check(take, CheckContext(SOURCE, RELATED, read=read))
    statements = [claim for claim in report.claims if claim.kind == "statement"]
    assert {(claim.field, claim.start) for claim in statements} >= {
        ("body", one.start) for one in sentences(body) if any(sign.isalnum() for sign in one.text)
    }
    assert not [claim for claim in statements if claim.status == "verified"]
    assert report.claim_counts == claim_counts(report.claims)
    for claim in report.claims:
        text = getattr(take, claim.field)
        assert text[claim.start : claim.end] == claim.text
        if claim.status in ("differs", "not-found") and claim.kind != "quotation":
            assert claim.codes


def test_claims_that_no_rule_could_decide_are_listed_only_where_somebody_will_decide_them() -> None:
    take, context = build(with_first(QUOTED)).take, CheckContext(SOURCE, RELATED)
    bare = check(take, context, select=["SAF", "STR"], undecided=False)
    assert not bare.claims and not bare.claim_counts
    assert line_of(bare) == bare.verdict_line and bare.verdict_line.endswith("found; its claims were not checked")
    assert check(take, context, select=["SAF", "STR"]).claims
    answer = ReadAnswer("body", 0, len(QUOTED), "supported", (), by="openai:gpt")
    assert check(take, context._replace(answers=(answer,)), select=["SAF"], undecided=False).claims
    assert check(take, context, select=["SAF", "LNK"], undecided=False).claims

"""ORG: runs taken over, earlier takes, and what is said twice."""

import pytest

from ourtake.checks.base import Case, CheckContext, Example, Hit
from ourtake.checks.examples import PARAGRAPHS, RELATED, SOURCE, SUMMARY, build
from ourtake.checks.prose.originality import copied_run, repeats_earlier_take, repeats_itself
from ourtake.documents import EarlierTake

RUN = "the company asked the grid for forty megawatts of electricity for its new halls"


def copied(body: str) -> list[tuple[str, Hit]]:
    case = build(Example(body=body, summary="A summary."))
    return [(case.text(hit.field)[hit.start : hit.end], hit) for hit in copied_run(case)]


def test_a_run_is_found_with_its_place_in_the_document() -> None:
    ((text, hit),) = copied(f"We saw that {RUN}; more followed.")
    assert text == RUN
    (evidence,) = hit.evidence
    assert evidence.document == RELATED[0].id
    assert RELATED[0].text[evidence.start : evidence.end] == evidence.text == RUN.replace("the company", "The company")


def test_typography_hides_no_run_and_short_runs_pass() -> None:
    assert copied(f"We saw: {RUN.upper()}!")
    assert copied(" ".join(RUN.split()[:10]) + " and then something else entirely") == []


def test_a_run_with_a_word_changed_here_and_there_is_still_one() -> None:
    long = f"{RUN}. {RELATED[0].text.split('. ')[1]}" if len(RELATED[0].text.split(". ")) > 1 else RELATED[0].text
    words = long.split()
    changed = [f"{word}x" if number % 8 == 7 else word for number, word in enumerate(words)]
    ((text, hit),) = copied(f"We saw that {' '.join(changed)}")
    assert len(text.split()) >= 18 and "except for one here and there" in hit.message and hit.severity is None
    (evidence,) = hit.evidence
    assert RELATED[0].text[evidence.start : evidence.end] == evidence.text


def test_quotations_and_links_words_are_somebody_elses() -> None:
    assert copied(f'It said: "{RUN}".') == []
    assert copied(f"It said: \u2018{RUN}\u2019.") == []
    assert copied(f"It said: \u2018{RUN}"), "a quotation that is never closed hides nothing"
    assert copied(f"See [{RUN}](a1).") == []
    assert copied(f"We read that {RUN.replace('forty', 'fifty')}.") == []


def test_a_long_run_is_an_error() -> None:
    text = " ".join(item.text for item in RELATED[:1]) + " " + SOURCE.blurb
    long = build(Example(body=SOURCE.blurb + " " + RELATED[0].text)).source
    source = long.model_copy(update={"text": "It is told that " + text + " And so it goes on."})
    sound = build(Example())
    case = Case(sound.take.model_copy(update={"body": text}), CheckContext(source))
    assert [hit.severity for hit in copied_run(case)] == ["error"]


EARLIER = EarlierTake(
    "d7",
    "https://tidewater.example/other",
    "Show the hours before you lay a wire",
    SUMMARY,
    "\n\n".join(PARAGRAPHS[2:]),
)


def test_an_earlier_take_on_another_story_is_named() -> None:
    case = build(Example(earlier=(EARLIER,)))
    hits = list(repeats_earlier_take(case))
    assert [hit.field for hit in hits] == ["headline", "summary", "body", "body"]
    for hit in hits:
        (evidence,) = hit.evidence
        assert evidence.document == "d7" and evidence.field is not None
        assert getattr(EARLIER, evidence.field)[evidence.start : evidence.end] == evidence.text


def test_a_draft_of_the_same_story_is_no_earlier_take() -> None:
    assert list(repeats_earlier_take(build(Example(earlier=(EARLIER._replace(url=SOURCE.url),))))) == []


def test_a_paragraph_twice_is_an_error_a_sentence_twice_a_warning() -> None:
    body = "\n\n".join([PARAGRAPHS[0], PARAGRAPHS[1], PARAGRAPHS[0]])
    (hit,) = repeats_itself(build(Example(body=body, summary="A summary.")))
    assert (hit.severity, hit.start) == ("error", body.rindex(PARAGRAPHS[0]))
    body = (
        "The plan that the firm sent was three weeks late. Nobody minded.\n\nWe did. The plan which the firm sent "
        "was three weeks late. So?"
    )
    (hit,) = repeats_itself(build(Example(body=body, summary="A summary.")))
    assert hit.severity is None
    assert body[hit.start : hit.end] == "The plan which the firm sent was three weeks late."


def test_two_sentences_side_by_side_may_be_alike_but_not_the_same() -> None:
    pair = (
        "The meter at the lock knows when the street was full. The meter at the lock knows when the street was empty."
    )
    assert list(repeats_itself(build(Example(body=pair, summary="A summary.")))) == []
    apart = pair.replace(". The", ". Nobody asked it before this week. The")
    assert len(list(repeats_itself(build(Example(body=apart, summary="A summary."))))) == 1
    same = "The meter at the lock knows when the street was full. " * 2
    assert len(list(repeats_itself(build(Example(body=same.strip(), summary="A summary."))))) == 1


def test_a_paragraph_with_some_words_changed_is_a_warning() -> None:
    changed = PARAGRAPHS[1].replace("electricians", "plumbers").replace("engineer", "clerk")
    (hit,) = repeats_itself(build(Example(body=f"{PARAGRAPHS[1]}\n\n{changed}", summary="A summary.")))
    assert hit.severity is None and hit.start > 0


def test_a_paragraph_said_again_with_other_words_in_between() -> None:
    words = PARAGRAPHS[1].split()
    again = " ".join("indeed" if number % 4 == 3 else word for number, word in enumerate(words))
    hits = list(repeats_itself(build(Example(body="\n\n".join([*(part.strip() for part in PARAGRAPHS), again])))))
    assert any("is already in the take" in hit.message for hit in hits)


@pytest.mark.parametrize(
    ("summary", "found"),
    [
        ("The paper printed a family's reason for its loft, when the applicant was a widower of 79.", False),
        ("The applicant was a widower of 79.", True),
        ("So the applicant was a widower of 79.", False),
    ],
)
def test_a_summary_may_hold_a_short_sentence_of_the_body(summary: str, found: bool) -> None:
    body = "Nobody asked him. The applicant was a widower of 79. A clerk found it out when she read the form in June."
    whole = f"Readers were told in May that a family was growing and needed the room. {summary}"
    hits = list(repeats_itself(build(Example(body=body, summary=whole))))
    assert [(hit.field, body[hit.start : hit.end]) for hit in hits] == (
        [("body", "The applicant was a widower of 79.")] if found else []
    )


def test_a_summary_that_repeats_a_long_sentence_but_for_a_word_is_found() -> None:
    long = "federal agencies must talk about a case to any helper whom the person has named to them in writing, "
    long += "with no power of attorney, until she withdraws the name"
    hits = list(repeats_itself(build(Example(body=f"So {long}. That is all.", summary=f"Now {long}."))))
    assert [hit.field for hit in hits] == ["body"]

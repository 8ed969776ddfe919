"""Fixes: none turns a truth into a falsehood, crosses a sentence, breaks a number in two or hides a fault."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ourtake.checks.base import CheckContext
from ourtake.checks.fixes import applied, safe_fix
from ourtake.checks.registry import check
from ourtake.documents import Finding, Related, Report, Source, Take
from ourtake.text.sentences import sentences
from tests.conftest import Run

SOURCE = Source(
    title="Marlow counts the homes that wait",
    outlet="The Marlow Argus",
    url="https://argus.example/homes",
    blurb="The council of Marlow had 7,310 households on its waiting list in May and 7,156 households in June. "
    "A warden costs the borough \u20ac41,200 a year. The council of Marlow waited 9 weeks for an answer to its letter. "
    "The average bill of a tenant rose from 438 to 512 euros. "
    "Mara Quill knows what a caretaker does. She brings the keys to every block before eight in the morning. "
    "\u201cNobody ever told the tenants about the lift,\u201d said Mara Quill, who chairs the tenants.",
    published="2026-03-10",
)
RELATED = tuple(
    Related(
        id=f"r{n}",
        url=f"https://own.example/{n}",
        title=title,
        text=f"{title}. {text}",
        handle=f"a{n}",
        published=f"2025-0{n}-01",
    )
    for n, (title, text) in enumerate(
        {
            "Council rejects plan for forty flats at the mill": "The planning committee voted against the mill.",
            "Council approves plan for sixty flats at the quay": "The planning committee was in favour of the quay.",
            "The Lift That Stood Still for a Winter": "A lift in Marlow was out of order from November on.",
        }.items(),
        1,
    )
)


def report(body: str, source: Source = SOURCE) -> Report:
    return check(Take(headline="A headline", summary="", body=body), CheckContext(source, RELATED))


def fixes(body: str, code: str, source: Source = SOURCE) -> list[str | None]:
    """What the findings of a rule offer, None for a finding without a fix."""
    found = report(body, source).findings
    return [item.fix.replacement if item.fix else None for item in found if item.code == code]


def after(body: str, code: str) -> str:
    """The body with the one fix of a rule in place."""
    (item,) = [item for item in report(body).findings if item.code == code and item.fix]
    return applied(Take(headline="", summary="", body=body), [item]).body


@pytest.mark.parametrize(
    "body",
    [
        "The council of Marlow had 154 households fewer on its waiting list in June.",
        "The waiting list of the council of Marlow fell by 154 households between May and June.",
        "The waiting list of the council of Marlow is 154 households shorter, down from 7 310.",
        "The council of Marlow had 7 310 households on its waiting list in May.",
        "The council of Marlow had 7\u202f310 households on its waiting list in May.",
        "The council of Marlow had 7'310 households on its waiting list in May.",
        "The average bill of a tenant rose from 438 euros to 512 euros.",
        "The average bill of a tenant rose from 438 to 512 euros.",
        "A warden costs the borough \u20ac41 200 a year.",
    ],
)
def test_a_true_number_is_left_alone_however_it_is_written(body: str) -> None:
    assert [item for item in report(body).findings if item.code.startswith("FCT")] == []


@pytest.mark.parametrize(
    ("blurb", "body"),
    [
        (
            "Some 7 000 households were on the waiting list of Marlow in May.",
            "The waiting list of Marlow in May was 154 households long.",
        ),
        (
            "The waiting list of Marlow in May had 7.310 households.",
            "The waiting list of Marlow in May had 7.156 households.",
        ),
        (
            "La facture moyenne est pass\u00e9e de 438 \u00e0 512 euros.",
            "La facture moyenne est pass\u00e9e \u00e0 530 euros.",
        ),
        (
            "Die Stadt gab 1.234,5 Millionen Euro f\u00fcr Schulen aus.",
            "Die Stadt gab 1.234 Millionen Euro f\u00fcr Schulen aus.",
        ),
    ],
)
def test_no_number_is_offered_that_may_not_be_the_one_meant(blurb: str, body: str) -> None:
    source = SOURCE.model_copy(update={"blurb": blurb})
    assert [item.fix for item in report(body, source).findings if item.fix] == []


def test_of_two_numbers_in_a_sentence_neither_is_offered_and_both_are_named() -> None:
    (item,) = [
        item for item in report("The average bill of a tenant rose to 530 euros.").findings if item.code == "FCT003"
    ]
    assert item.fix is None and item.message.endswith("has other numbers here: 438, 512 euros.")


def test_the_one_number_of_the_same_unit_is_offered() -> None:
    assert fixes("A warden costs the borough \u20ac52,400 a year.", "FCT003") == ["\u20ac41,200"]
    assert fixes("The council of Marlow waited 5 weeks for an answer.", "FCT003") == ["9 weeks"]


@pytest.mark.parametrize(
    ("text", "old", "new", "kind"),
    [
        ("It had 7,310 homes.", "310", "000", "number"),
        ("It had 7 310 homes.", "7 310", "a few", "number"),
        ("It had 40 homes.", "40", "40 MW", "number"),
        ("It had 40 homes and 12 more.", "40", "40 or 50", "number"),
        ("It had 1.234 homes.", "1.234", "5.678", "number"),
        ("It had 40 homes.", "40", "40. In May 41", "number"),
        ("He said \u201cshe does not bring it\u201d.", "she does not bring it", "she does. She brings it", "quotation"),
        ("He said \u201cshe brings it\u201d.", "she brings it", "she \u201cbrings\u201d it", "quotation"),
        ("He said \u201cshe brings it\u201d.", "brings", "takes", "quotation"),
        ("One. Two.", "One. Two", "Three", "title"),
        ("See [One day](a1) now.", "One day", "One](a2) [day", "title"),
        ("See [](a1) now.", "[](a1)", " ", "unlink"),
    ],
)
def test_a_replacement_that_is_not_safe(text: str, old: str, new: str, kind: str) -> None:
    start = text.index(old)
    assert safe_fix(text, start, start + len(old), new, kind=kind) is None  # type: ignore[arg-type]


def test_a_quotation_is_not_continued_in_the_next_sentence() -> None:
    body = "Mara Quill says that \u201ca caretaker does she brings the keys\u201d."
    assert all(fix is None for fix in fixes(body, "QUO003"))
    assert fixes("Mara Quill: \u201cNobody ever told the renters about the lift\u201d.", "QUO003") == [
        "Nobody ever told the tenants about the lift"
    ]


@pytest.mark.parametrize(
    "body",
    [
        "[Council approves plan for forty flats at the mill](a1) in May, and the town was glad.",
        "The paper says \u201cCouncil approves plan for forty flats at the mill\u201d.",
        "[Council approves plan for sixty flats at the quay](a1) was what we heard.",
        "See [Council approves plan for sixty flats at the quay](a1).",
        "See [Council approves plan for sixty flats at the mill](a1).",
    ],
)
def test_no_title_is_put_on_a_claim_or_on_words_that_are_nearer_to_another(body: str) -> None:
    found = [item for item in report(body).findings if item.code == "LNK003"]
    assert found and all(item.fix is None for item in found)


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        (
            "See [Council rejects plan for forty flats](a1).",
            "See [Council rejects plan for forty flats at the mill](a1).",
        ),
        (
            "See [Council rejects plan for fourty flats at the mill](a1).",
            "See [Council rejects plan for forty flats at the mill](a1).",
        ),
        ("[The Lift That Stood Still](a3) has it.", "[The Lift That Stood Still for a Winter](a3) has it."),
        ("[Council rejects plan\u2026](a1) has it.", "[Council rejects plan for forty flats at the mill](a1) has it."),
    ],
)
def test_a_cut_or_misspelt_title_is_given_whole(body: str, wanted: str) -> None:
    assert after(body, "LNK003") == wanted


@pytest.mark.parametrize(
    "words", ["here", "this article", "The Lift That Stood Still", "Council rejects plan for forty flats at the mill"]
)
def test_a_link_whose_words_are_at_fault_is_not_only_unlinked(words: str) -> None:
    body = f"[The Lift That Stood Still for a Winter](a3) has it. In [{words}](a3) we said so."
    assert fixes(body, "LNK006") == [None]


def test_a_fix_that_makes_an_error_is_not_offered() -> None:
    links = "[The Lift That Stood Still for a Winter](a3) and [the plan that the committee turned down](a1)"
    few = f"{links} are worth reading. More is in [the account of the vote](a1)."
    assert fixes(few, "LNK006") == [None]
    assert fixes(f"{few} The [plan at the quay](a2) was another matter.", "LNK006") == ["the account of the vote"]
    altered = "Oleg Brandt said that \u201cNobody ever told the renters about the lift\u201d."
    assert fixes(altered, "QUO003") == [None]


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("The TNF\u03b1 test.", None),
        ("An SMS\u0443 came.", None),
        ("He p\u0430ys it.", "He pays it."),
        ("She does\u3164it.", "She does it."),
        ("She \u202esaid 013\u202c.", None),
        ("She sa\u200bid it.", "She said it."),
    ],
)
def test_hidden_characters_go_only_where_the_words_stay_the_same(body: str, wanted: str | None) -> None:
    found = [item for item in report(body).findings if item.code == "SAF002"]
    assert found
    if wanted is None:
        assert all(item.fix is None for item in found)
    else:
        assert after(body, "SAF002") == wanted


NUMBERS = st.sampled_from(
    "7,310|7 310|7\u202f310|7.310|7 000|154|000|438|512|530|1.234,5|12,5|\u20ac41 200|\u20ac52,400".split("|")
)
WORDS = SOURCE.blurb.split()


def _quoted(first: int, count: int, other: int, instead: str) -> str:
    """Words of the source between marks, one of them another or left out."""
    said = WORDS[first : first + count]
    said[other % len(said)] = instead
    return "Mara Quill says that \u201c" + " ".join(filter(None, said)).strip("\u201c\u201d,.") + "\u201d."


SHOWN = [
    word
    for item in RELATED
    for word in (item.title, item.title[:30].rstrip(), item.title.replace("forty", "sixty"), item.title[8:])
]
LEADS, ENDS = st.sampled_from(["See", "The", "In", ""]), st.sampled_from([".", " in May."])
SAID = st.sampled_from(["In", "Mara Quill said:", "The paper says that"])
GAPS = st.sampled_from([" ", "\u200b ", "\u3164", "\u202e", "\u2028"])
MONTHS = st.sampled_from(["May", "June"])
PIECES = st.one_of(
    st.builds("The council of Marlow had {} households on its waiting list in {}.".format, NUMBERS, MONTHS),
    st.builds("The average bill of a tenant rose from {} to {} euros.".format, NUMBERS, NUMBERS),
    st.builds("A warden costs the borough {} a year.".format, NUMBERS),
    st.builds(
        "The council of Marlow waited {} weeks for an answer to its letter about the lift.".format,
        st.sampled_from(["6", "8", "six"]),
    ),
    st.builds("{} [{}](a{}){}".format, LEADS, st.sampled_from(SHOWN), st.integers(1, 3), ENDS),
    st.builds("{} \u201c{}\u201d.".format, SAID, st.sampled_from(SHOWN)),
    st.builds(
        _quoted,
        st.integers(25, len(WORDS) - 8),
        st.integers(5, 14),
        st.integers(0, 9),
        st.sampled_from(["", "never", "gate"]),
    ),
    st.builds("He p{}ys{}it.".format, st.sampled_from(["a", "\u0430", "\u03b1"]), GAPS),
)


def _errors(found: tuple[Finding, ...]) -> Counter[str]:
    return Counter(item.code for item in found if item.severity == "error")


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(PIECES, min_size=1, max_size=6), st.lists(PIECES, max_size=2))
def test_every_fix_that_is_offered_may_be_applied(pieces: list[str], more: list[str]) -> None:
    take = Take(headline="A headline", summary=" ".join(more), body=" ".join(pieces))
    against = CheckContext(SOURCE, RELATED)
    before = check(take, against)
    for item in before.findings:
        text = str(getattr(take, item.field)) if item.field != "tags" else ""
        assert item.field == "tags" or text[item.start : item.end] == item.text
        if item.fix is None:
            continue
        start, end, words = item.fix.start, item.fix.end, item.fix.replacement
        assert text[start:end] and (
            item.code == "SAF002" or any(one.start <= start and end <= one.end for one in sentences(text))
        )
        changed = applied(take, [item])
        if item.code in ("FCT003", "QUO003"):
            assert (
                len(sentences(str(getattr(changed, item.field)))) == len(sentences(text)) and len(sentences(words)) == 1
            )
        assert not _errors(check(changed, against).findings) - _errors(before.findings), (text, item.code, item.fix)


def test_the_command_offers_no_falsehood(run: Run, tmp_path: Path) -> None:
    claim = "[Council approves plan for forty flats at the mill](a1) in May."
    body = f"The council had 154 households fewer on its waiting list. {claim}\n\nWhy?"
    row = {
        "take": {"headline": "h", "summary": "", "body": body, "tags": []},
        "source": json.loads(SOURCE.model_dump_json())
        | {"blurb": "The council had 7 000 households on its waiting list."},
        "related": [json.loads(item.model_dump_json()) for item in RELATED],
    }
    (tmp_path / "t.jsonl").write_text(json.dumps(row) + "\n")
    done = run("check", "--batch", "t.jsonl", "--format", "json")
    found = json.loads(done.stdout)["findings"]
    assert {"FCT003", "LNK003"} <= {item["code"] for item in found} and all(item["fix"] is None for item in found)

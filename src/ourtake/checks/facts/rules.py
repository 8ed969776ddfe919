"""FCT: numbers and dates of a take stand in its documents, and say the same of the same thing. Names are in names.py.

What is inside a quotation or a title is the business of their own rules. Small numbers in words that only order the
take ("two things", "the three of them") are no claims.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ourtake.checks.absence import unless_elsewhere
from ourtake.checks.base import PROSE, Case, Hit, Rule
from ourtake.checks.examples import with_first
from ourtake.checks.facts.arithmetic import is_worked_out, reckoned_by
from ourtake.checks.facts.claims import is_claim, is_idiom, is_small, is_supposed, may_count
from ourtake.checks.facts.compare import (
    LEAST_BOND,
    OVERRULES,
    SAME_THING,
    Compared,
    Match,
    compare,
    equal,
    figures_in,
    is_altered,
)
from ourtake.checks.facts.days import is_next_day, is_span, linked, may_be_dated
from ourtake.checks.facts.index import stated
from ourtake.checks.facts.misplaced import PLAINLY, may_be_misplaced, misplaced
from ourtake.checks.facts.names import name_not_found
from ourtake.checks.facts.number_fix import numbers_beside, other_number
from ourtake.checks.facts.opinion import is_illustrative
from ourtake.checks.facts.weekdays import weekday_altered
from ourtake.checks.passages import label, sentence_at
from ourtake.checks.quotes.attribution import unread_at
from ourtake.checks.quotes.rules import skipped
from ourtake.checks.sentences import terms
from ourtake.documents import FieldName, Severity
from ourtake.text.dates import counted_from
from ourtake.text.markdown import Span
from ourtake.text.numbers import Number, numbers_in
from ourtake.text.parsed import kept
from ourtake.text.sentences import sentences
from ourtake.text.tokens import find_words, tokenize
from ourtake.values import day_of

_OF_ONESELF = re.compile(r"\b(?:I|I['\u2019](?:ve|d|m)|my|me|myself)\b")
_PUBLISHED = re.compile(
    r"(?:\b(?:published|appeared|ran|run|printed|wrote|written|reported)(?: (?:here|it|them|about it|back|by us))?|"
    r"^,?) (?:in|on|"
    r"from|of|back in)(?: (?:early|late|mid))? $"
)


class Claim(NamedTuple):
    """A number that a take claims, and what the documents say to it. `loose`: it may be the writer's own count, so that
    only a document which plainly says otherwise speaks against it.
    """

    field: FieldName
    number: Number
    compared: Compared
    loose: bool


@kept
def claims(case: Case) -> tuple[Claim, ...]:
    """The numbers of headline, summary and body that are claims."""
    found = []
    for field in ("headline", *PROSE):
        text = case.text(field)
        taken = skipped(case, field) if field != "headline" else b"\0" * (len(case.text(field)) + 1)
        listed = sentences(text)
        for number in numbers_in(text):
            if 0 not in taken[number.start : number.end]:
                continue
            sentence = listed[sentence_at(text, number.start)]
            sure = is_claim(text, number) and not is_supposed(text, number, sentence)
            if sure or may_count(number) or is_idiom(number):
                number, compared = _measured(case, field, number, sentence)
                found.append(Claim(field, number, compared, not sure))
    return tuple(found)


def _measured(case: Case, field: FieldName, number: Number, sentence: Span) -> tuple[Number, Compared]:
    """The number, a month in the year that its sentence means, and what the documents say to it."""
    text = case.text(field)
    around = terms(text[sentence.start : number.start] + " " + text[number.end : sentence.end])
    if number.kind != "date":
        compared = compare(case, number, around, near=frozenset(), reckon=reckoned_by(text, number, sentence))
        if (
            compared.same
            and compared.other
            and (_is_said(text, sentence, compared.other.number) or _side_by_side(compared.same, compared.other))
        ):
            compared = compared._replace(other=None)
        if (
            compared.same is None
            and not compared.known
            and (is_worked_out(text, number, sentence) or (compared.other is None and is_span(case, number)))
        ):
            compared = compared._replace(known=True)
        return number, compared
    dated, near = _dated(case, field, number, sentence), may_be_dated(case, field, number, sentence)
    counted = counted_from(text, number.start, number.end, own=number.days[0], day=day_of(case.source.published))
    if counted:
        near = frozenset(document.name for document in case.documents)
    said = number._replace(days=counted or number.days)
    compared = compare(case, said, around, dated=dated, near=near)
    # A month without a year stays a loose date, whatever year was meant.
    loosely = compared.loosely or bool(counted) or is_next_day(case, said, text[sentence.start : sentence.end])
    return said, compared._replace(loosely=loosely)


def _is_said(text: str, sentence: Span, number: Number) -> bool:
    """Whether a sentence says a document's number as well: of two shares in a row neither speaks against the other."""
    return any(
        sentence.start <= one.start < sentence.end and equal(one, number)
        for one in numbers_in(text)
        if one.kind == number.kind
    )


def _side_by_side(one: Match, two: Match) -> bool:
    """Whether a document says one in the same sentence as the other or in the next: "33%. A year before, the number was
    24%".
    """
    text = one.document.text
    return (
        one.document == two.document
        and 0 <= sentence_at(text, one.number.start) - sentence_at(text, two.number.start) <= 1
    )


def _dated(case: Case, field: FieldName, number: Number, sentence: Span) -> frozenset[str]:
    """The article whose publication the sentence dates: "[Its title](a2), which we ran in May 2024"."""
    links = [link for link in case.links(field) if sentence.start <= link.start < number.start]
    if not links or not _PUBLISHED.search(case.text(field)[links[-1].end : number.start]):
        return frozenset()
    article = case.target(links[-1])
    return frozenset() if article is None else frozenset((article.id,))


def number_not_found(case: Case) -> Iterator[Hit]:
    """FCT001."""
    for field, number, compared, loose in claims(case):
        known = compared.same is not None or compared.known or loose or is_small(number)
        if number.kind != "date" and not known and not is_altered(number, compared):
            yield from _absent(case, field, number, compared)


def _absent(case: Case, field: FieldName, number: Number, compared: Compared) -> Iterator[Hit]:
    text = case.text(field)
    sentence = sentences(text)[sentence_at(text, number.start)]
    if is_illustrative(case, number, sentence.text, compared=compared):
        return
    what = "date" if number.kind == "date" else "number"
    # A small number in words may be the writer's own count or sum ("the other twelve per cent"); one in figures was
    # taken from somewhere.
    small = not number.digits and (number.value <= 100 or number.kind == "quantity")
    # A round one in figures may be meant roughly: "for 20 years".
    rough = (
        number.kind in ("count", "quantity")
        and figures_in(stated(number.text, number.value)) == 1
        and compared.other is None
    )
    # What a writer tells of himself is in no document, and a question claims nothing.
    soft = (
        compared.loosely
        or small
        or rough
        or _OF_ONESELF.search(text, sentence.start, sentence.end) is not None
        or sentence.text.endswith("?")
    )
    hit = Hit(
        f"This {what} stands in none of the documents.",
        field,
        number.start,
        number.end,
        severity="warning" if soft else None,
    )
    yield _unless_elsewhere(case, hit)


def number_altered(case: Case) -> Iterator[Hit]:
    """FCT003."""
    for claim in claims(case):
        field, number, compared, loose = claim
        if _is_the_storys(case, number):
            continue
        if (
            number.kind != "date"
            and compared.other is not None
            and is_altered(number, compared, loose=loose and not is_idiom(number))
        ):
            match = compared.other
            evidence = match.document.evidence(match.number.start, match.number.end)
            others = numbers_beside(match)
            what = "another number" if len(others) == 1 else "other numbers"
            message = f"{label(case, match.document)} has {what} here: {', '.join(others)}."
            # A number in words may be the writer's own count or span, where the sentences share a few words only and
            # not the noun.
            weak = (
                not number.digits and match.bond <= SAME_THING and not set(number.counted) & set(match.number.counted)
            )
            soft: Severity | None = (
                "warning" if weak or is_idiom(number) or (loose and match.bond < OVERRULES) else None
            )
            fix = other_number(case, field, number, match) if soft is None else None
            hit = Hit(
                message,
                field,
                number.start,
                number.end,
                severity=soft,
                fix=fix,
                evidence=(evidence,),
            )
            yield _unless_elsewhere(case, hit)
        elif number.kind != "date" and not loose and field in PROSE and may_be_misplaced(number, compared):
            yield from _misplaced(case, claim)


def _unless_elsewhere(case: Case, hit: Hit) -> Hit:
    """The hit, where no text that is not here may have the take's number. A sentence may give numbers of several."""
    return unless_elsewhere(case, hit, unread_at(case, hit.field, hit.start, hit.end))


def _is_the_storys(case: Case, number: Number) -> bool:
    """Whether the source's few lines have a number of three figures or more: "700 Strong" is the story's, whatever else
    articles counted.
    """
    if not number.digits or number.value < 100:
        return False
    return find_words(tokenize(number.text).words, tokenize(f"{case.source.title}\n{case.source.blurb}")) is not None


def _is_borne_out_elsewhere(case: Case, claim: Claim) -> bool:
    """Whether the take says the number of the same thing a second time, in a sentence that a document bears out."""
    number = claim.number
    again = (
        other.compared.same
        for other in claims(case)
        if (other.number.value, other.number.kind) == (number.value, number.kind)
        and other is not claim
        and (not number.counted or not other.number.counted or set(number.counted) & set(other.number.counted))
    )
    return any(same is not None and same.bond >= LEAST_BOND for same in again)


def _misplaced(case: Case, claim: Claim) -> Iterator[Hit]:
    """A number that stands only where the documents tell of something else."""
    field, number, compared, _ = claim
    match = misplaced(case, field, number, same=compared.same, linked=linked(case, field, number))
    if match is not None and not _is_borne_out_elsewhere(case, claim):
        evidence = match.document.evidence(match.number.start, match.number.end)
        what = "date" if number.kind == "date" else "number"
        message = (
            f"{label(case, match.document)} has another {what} here: {match.number.text}; this one stands where "
            f"something else is told."
        )
        soft: Severity | None = None if match.bond >= PLAINLY else "warning"
        yield _unless_elsewhere(
            case, Hit(message, field, number.start, number.end, severity=soft, evidence=(evidence,))
        )


def date_not_found(case: Case) -> Iterator[Hit]:
    """FCT004."""
    yield from weekday_altered(case)
    for claim in claims(case):
        field, number, compared, _ = claim
        if number.kind != "date":
            continue
        if is_altered(number, compared) and compared.other is not None:
            match = compared.other
            evidence = match.document.evidence(match.number.start, match.number.end)
            message = f"{label(case, match.document)} has another date here: {match.number.text}."
            yield _unless_elsewhere(case, Hit(message, field, number.start, number.end, evidence=(evidence,)))
        elif compared.same is None and not compared.known:
            yield from _absent(case, field, number, compared)
        elif field in PROSE and may_be_misplaced(number, compared):
            yield from _misplaced(case, claim)


RULES = (
    Rule(
        "FCT001",
        "number-not-found",
        "error",
        "A number that stands in no document.",
        "Use a number that the documents have for the same thing, or say it without one.",
        with_first("The halls would take 4,300 households' worth of it."),
        with_first("The company asked for 40 MW of electricity for its new halls."),
        number_not_found,
    ),
    Rule(
        "FCT002",
        "name-not-found",
        "error",
        "The name of a person, a body, a product or a place that stands in no document.",
        "Take it out, or use the name that the documents use.",
        with_first("The letter was signed by Helena Marchetti for the regulator."),
        with_first("In Europe, Ferrow is not the first to be asked."),
        name_not_found,
    ),
    Rule(
        "FCT003",
        "number-altered",
        "error",
        "A number where the documents have another one for the same thing.",
        "Use the documents' number where it counts the same thing; else say it without one.",
        with_first("The regulator has given Ferrow Compute eight weeks to show where the electricity will come from."),
        with_first("The regulator has given Ferrow Compute six weeks to show where the electricity will come from."),
        number_altered,
    ),
    Rule(
        "FCT004",
        "date-not-found",
        "error",
        "A date or year that no document says, nor is the date of one; a day of the week where the documents have "
        "another for the same thing.",
        "Use a date of the documents, or say it without one.",
        with_first("The company first asked in 2019."),
        with_first("We wrote about it in January 2025."),
        date_not_found,
    ),
)

"""FCT: numbers, dates and names of a take appear in its documents, and say the same of the same thing.

A number goes this way: `claims` finds it and what the documents have beside it (index.py, compare.py); decision.py says
what follows; the first row of exemptions.py that applies may drop or soften it. Names are in names.py. What is inside a
quotation or a title is checked by the rules for those.
"""

from __future__ import annotations

from collections.abc import Iterator

from ourtake.checks.absence import unless_elsewhere
from ourtake.checks.base import ENGLISH, PROSE, Case, Hit, Rule
from ourtake.checks.examples import with_first
from ourtake.checks.facts.compare import Compared, Match, compare
from ourtake.checks.facts.days import article_dated, is_date_of
from ourtake.checks.facts.decision import WEAKEST
from ourtake.checks.facts.differences import by_comparators
from ourtake.checks.facts.exchanged import exchanged_numbers
from ourtake.checks.facts.exemptions import exemption
from ourtake.checks.facts.foreign_numbers import is_foreign, is_known, worked_out_of
from ourtake.checks.facts.misplaced import PLAINLY, misplaced
from ourtake.checks.facts.names import name_not_found
from ourtake.checks.facts.number_claims import NumberClaim, is_idiom, may_count
from ourtake.checks.facts.number_fix import numbers_beside, other_number
from ourtake.checks.facts.weekdays import weekday_altered
from ourtake.checks.passages import label, sentence_at
from ourtake.checks.quotes.attribution import unread_at
from ourtake.checks.quotes.rules import skipped
from ourtake.checks.sentences import terms_around
from ourtake.documents import SOURCE
from ourtake.text.dates import counted_from
from ourtake.text.numbers import Number, numbers_in
from ourtake.text.parsed import kept
from ourtake.text.sentences import sentences
from ourtake.values import day_of


@kept
def number_claims(case: Case) -> tuple[NumberClaim, ...]:
    """The numbers of headline, summary and body that are claims, and those that a document may have otherwise."""
    found = []
    for field in ("headline", *PROSE):
        text = case.text(field)
        quoted = skipped(case, field) if field != "headline" else bytes(len(text) + 1)
        listed = sentences(text)
        for number in numbers_in(text):
            if 0 not in quoted[number.start : number.end]:
                continue
            sentence = listed[sentence_at(text, number.start)]
            claim = NumberClaim(field, number, sentence, terms_around(text, sentence, number.start, number.end))
            loose = exemption(case, claim, _absence_code(number), "loose") is not None
            if not loose or may_count(number) or is_idiom(number):
                found.append(_compared(case, claim._replace(loose=loose)))
    return tuple(found)


def _absence_code(number: Number) -> str:
    return "FCT004" if number.kind == "date" else "FCT001"


def _compared(case: Case, claim: NumberClaim) -> NumberClaim:
    """The claim with what the documents have beside it; "last May" in the year that it means."""
    number = claim.number
    if number.kind == "date":
        text, day = case.text(claim.field), day_of(case.source.published)
        meant = counted_from(text, number.start, number.end, own=number.days[0], day=day)
        claim = claim._replace(number=number._replace(days=meant or number.days), dated=bool(meant))
        article = article_dated(case, claim)
        if article is not None:
            return claim._replace(known=is_date_of(article, claim.number), of_article=True)
    claim = claim._replace(compared=compare(case, claim.number, claim.around))
    same = claim.compared.same
    if (same is None or same.bond <= WEAKEST) and is_foreign(case) and is_known(case, claim):
        return claim._replace(known=True, compared=Compared())
    row = exemption(case, claim, _absence_code(number), "known") if claim.compared.same is None else None
    if row is not None and "FCT003" in row.rules:
        return claim._replace(known=True, compared=Compared())
    return claim._replace(known=row is not None)


def number_not_found(case: Case) -> Iterator[Hit]:
    """FCT001."""
    for claim in number_claims(case):
        if claim.number.kind != "date" and claim.verdict == "absent" and not claim.loose:
            yield from _absent(case, claim, "FCT001")


def _absent(case: Case, claim: NumberClaim, code: str) -> Iterator[Hit]:
    """A number or date that appears in no document."""
    if exemption(case, claim, code, "drop") is None:
        what = "date" if code == "FCT004" else "number"
        softened = exemption(case, claim, code, "soften") is not None
        yield _hit(case, claim, f"This {what} appears in none of the documents.", softened=softened)


def number_altered(case: Case) -> Iterator[Hit]:
    """FCT003."""
    compared = list(by_comparators("FCT003")(case))
    yield from compared
    for hit in _exchanged(case):
        if not any(one.field == hit.field and one.start < hit.end and hit.start < one.end for one in compared):
            yield hit
    for claim in number_claims(case):
        other = claim.compared.other
        if claim.number.kind == "date":
            continue
        if other is not None and claim.is_altered and exemption(case, claim, "FCT003", "drop") is None:
            softened = _is_of_the_story(claim) or exemption(case, claim, "FCT003", "soften") is not None
            others = numbers_beside(other)
            what = "another number" if len(others) == 1 else "other numbers"
            message = f"{label(case, other.document)} has {what} here: {', '.join(others)}."
            hit = _hit(case, claim, message, softened=softened, match=other)
            # A number that a document has may be right: putting another in its place could print a falsehood.
            unsure = softened or claim.verdict == "overruled" or hit.severity == "info"
            yield hit._replace(fix=None if unsure else other_number(case, claim, other))
        elif not claim.loose:
            yield from _misplaced(case, claim)


def _is_of_the_story(claim: NumberClaim) -> bool:
    """Whether the source has the number and only another document has another one: it may be right in a sentence that
    says little of what it counts, as "the eleven papers" of a group of eleven local newspapers.
    """
    same, other = claim.compared
    return (
        claim.verdict == "overruled"
        and same is not None
        and other is not None
        and same.document.name == SOURCE != other.document.name
    )


def _exchanged(case: Case) -> Iterator[Hit]:
    """Two numbers of which each is where the documents have the other; "8,50 statt 7,20" is read in English only."""
    for one in () if is_foreign(case) else exchanged_numbers(case):
        evidence = one.document.evidence(*one.place)
        message = f"{label(case, one.document)} has these numbers the other way round: \u201c{evidence.text}\u201d."
        hit = Hit(message, one.field, one.start, one.end, severity="warning", evidence=(evidence,))
        yield unless_elsewhere(case, hit, unread_at(case, one.field, one.start, one.end))


def _misplaced(case: Case, claim: NumberClaim) -> Iterator[Hit]:
    """A number that appears only where the documents are about something else."""
    match = misplaced(case, claim) if claim.field in PROSE and not (is_foreign(case) and claim.known) else None
    if match is not None:
        what = "date" if claim.number.kind == "date" else "number"
        message = (
            f"{label(case, match.document)} has another {what} here: {match.number.text}; this one appears where the "
            f"documents are about something else."
        )
        yield _hit(case, claim, message, softened=match.bond < PLAINLY, match=match)


def _hit(case: Case, claim: NumberClaim, message: str, *, softened: bool, match: Match | None = None) -> Hit:
    """The hit, where no text that is not here may have the take's number. A sentence may give numbers of several.

    In another language than English a number that may have been worked out can't be called wrong.
    """
    start, end = claim.number.start, claim.number.end
    if is_foreign(case) and (pair := worked_out_of(case, claim)):
        said = case.text(claim.field)[start:end]
        return Hit(
            f"Could not check: {said} may be worked out from {pair[0]} and {pair[1]}.",
            claim.field,
            start,
            end,
            severity="info",
        )
    evidence = (match.document.evidence(match.number.start, match.number.end),) if match is not None else ()
    hit = Hit(message, claim.field, start, end, severity="warning" if softened else None, evidence=evidence)
    return unless_elsewhere(case, hit, unread_at(case, claim.field, start, end))


def date_not_found(case: Case) -> Iterator[Hit]:
    """FCT004."""
    yield from weekday_altered(case)
    yield from by_comparators("FCT004")(case)
    for claim in number_claims(case):
        if claim.number.kind != "date":
            continue
        other = claim.compared.other
        if other is not None and claim.is_altered:
            message = f"{label(case, other.document)} has another date here: {other.number.text}."
            yield _hit(case, claim, message, softened=False, match=other)
        elif claim.verdict == "absent":
            yield from _absent(case, claim, "FCT004")
        else:
            yield from _misplaced(case, claim)


RULES = (
    Rule(
        "FCT001",
        "number-not-found",
        "error",
        "A number that appears in no document.",
        "Use a number that the documents have for the same thing, or say it without one.",
        with_first("The halls would take 4,300 households' worth of it."),
        with_first("The company asked for 40 MW of electricity for its new halls."),
        number_not_found,
    ),
    Rule(
        "FCT002",
        "name-not-found",
        "error",
        "The name of a person, an organisation, a product or a place that appears in no document. A name that every "
        "reader knows is only a warning.",
        "Take it out, or use the name that the documents use.",
        with_first("The letter was signed by Helena Marchetti for the regulator."),
        with_first("Ferrow is not the first to be asked by the regulator."),
        name_not_found,
        languages=ENGLISH,
    ),
    Rule(
        "FCT003",
        "number-altered",
        "error",
        "A number that differs from the documents' number for the same thing.",
        "Use the documents' number where it counts the same thing; otherwise say it without one.",
        with_first("The regulator has given Ferrow Compute eight weeks to show where the electricity will come from."),
        with_first("The regulator has given Ferrow Compute six weeks to show where the electricity will come from."),
        number_altered,
    ),
    Rule(
        "FCT004",
        "date-not-found",
        "error",
        "A date or year that appears in no document and is not the date of one; or a day of the week that differs from "
        "the documents' day for the same thing.",
        "Use a date from the documents, or say it without one.",
        with_first("The company first asked in 2019."),
        with_first("We wrote about it in January 2025."),
        date_not_found,
    ),
)

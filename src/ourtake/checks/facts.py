"""FCT: numbers and dates of a take stand in its documents, and say the same of the same thing. Names are in names.py.

What is inside a quotation or a title is the business of their own rules. Small numbers in words that only order the take ("two things", "the three
of them") are no claims.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from ourtake.checks.attribution import WE_WROTE, may_be_elsewhere, sentence_at
from ourtake.checks.base import PROSE, Case, Hit, Rule
from ourtake.checks.days import is_next_day
from ourtake.checks.examples import with_first
from ourtake.checks.figures import OVERRULES, Compared, Match, compare, is_altered
from ourtake.checks.names import name_not_found
from ourtake.checks.quotes import label, skipped
from ourtake.checks.reckoning import reckoned_by
from ourtake.checks.stated import as_written
from ourtake.checks.weekdays import weekday_altered
from ourtake.documents import FieldName, Fix, Severity
from ourtake.text.dates import counted_from
from ourtake.text.markdown import Span
from ourtake.text.matching import wording
from ourtake.text.numbers import Number, numbers_in
from ourtake.text.sentences import sentences
from ourtake.text.stems import content, stem
from ourtake.values import day_of

_ORDERING = frozenset(
    stem(word)
    for word in (
        "thing reason question point way side kind sort type part half case fact problem step matter aspect lesson answer example "
        "idea word line sentence paragraph "
        "piece article story account voice reading note caveat consequence detail view take claim argument test choice option path "
        "difference issue theme thread "
        "concern truth condition possibility explanation layer end hand occasion group set pair sense direction"
    ).split()
)
"""What small numbers in words count when they order a text: "two reasons"."""

_DEFINITE = re.compile(r"\b(?:the|these|those|all|both|other|our|their|its|his|her|first|last|any|every|each|of|or|one|no)\s$", re.IGNORECASE)


_LABEL = re.compile(r"\b(?:part|chapter|step|act|page|phase|round|stage|number|point|item|volume|episode)\s\Z", re.IGNORECASE)
"""Before a number that only names one of several: "part six"."""

_CLAUSE = re.compile(r"[,;:.!?\u2014]")
_SUPPOSING = re.compile(r"\b(?:would|could|might|must|imagine|suppose)\b|['\u2019](?:ll|d)\b")
_BESIDE = 35
"""Characters between a number and a verb that supposes it."""

_NUMBERED = re.compile(r"\b([^\W\d_]+) [Nn]o\.?\s\Z")
_RELATIVE = re.compile(r"(?<=[a-z])(?:\s(?:ago|on|later|earlier|before|after|old|apart)\b|['\u2019]\s)")
"""After a span of time that a reader counts off: "two years ago", "in two years' time"."""

_FEW = re.compile(r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b", re.IGNORECASE)

_PUBLISHED = re.compile(
    r"(?:\b(?:published|appeared|ran|run|printed|wrote|written|reported)(?: (?:here|it|them|about it|back|by us))?|^,?) (?:in|on|"
    r"from|of|back in)(?: (?:early|late|mid))? $"
)


class Claim(NamedTuple):
    """A number that a take claims, and what the documents say to it. `loose`: it may be the writer's own count, so that only a document which plainly
    says otherwise speaks against it.
    """

    field: FieldName
    number: Number
    compared: Compared
    loose: bool


@lru_cache(maxsize=8)
def claims(case: Case) -> tuple[Claim, ...]:
    """The numbers of headline, summary and body that are claims."""
    found = []
    for field in ("headline", *PROSE):
        text = case.text(field)
        taken = skipped(case, field) if field != "headline" else []
        listed = sentences(text)
        for number in numbers_in(text):
            if any(start <= number.start and number.end <= end for start, end in taken):
                continue
            sentence = listed[sentence_at(text, number.start)]
            sure = _is_claim(text, number) and not _is_supposed(text, number, sentence)
            if sure or _may_count(number) or _is_turn(number):
                number, compared = _measured(case, field, number, sentence)
                found.append(Claim(field, number, compared, not sure))
    return tuple(found)


def _measured(case: Case, field: FieldName, number: Number, sentence: Span) -> tuple[Number, Compared]:
    """The number, a month in the year that its sentence means, and what the documents say to it."""
    text = case.text(field)
    around = content(text[sentence.start : number.start] + " " + text[number.end : sentence.end])
    if number.kind != "date":
        compared = compare(case, number, around, near=frozenset(), reckon=reckoned_by(text, number, sentence))
        if compared.same and compared.other and _is_said(text, sentence, compared.other.number):
            compared = compared._replace(other=None)
        return number, compared
    dated, near = _dated(case, field, number, sentence), _linked(case, field, number, sentence)
    counted = counted_from(text, number.start, number.end, own=number.days[0], day=day_of(case.source.published))
    if counted or WE_WROTE.search(text, sentence.start, sentence.end):
        near = frozenset(document.name for document in case.documents)
    said = number._replace(days=counted or number.days)
    compared = compare(case, said, around, dated=dated, near=near)
    # A month without a year stays a loose date, whatever year was meant.
    loosely = compared.loosely or bool(counted) or is_next_day(case, said, text[sentence.start : sentence.end])
    return said, compared._replace(loosely=loosely)


def _is_said(text: str, sentence: Span, number: Number) -> bool:
    """Whether a sentence says a document's number as well: of two shares in a row neither speaks against the other."""
    return any(sentence.start <= one.start < sentence.end and one.value == number.value for one in numbers_in(text) if one.kind == number.kind)


def _linked(case: Case, field: FieldName, number: Number, sentence: Span) -> frozenset[str]:
    """The articles whose date this may be: those that its paragraph links to; for a date without a year, its sentence and those beside it."""
    text = case.text(field)
    start = text.rfind("\n\n", 0, number.start) + 1
    end = text.find("\n\n", number.end) if "\n\n" in text[number.end :] else len(text)
    if not number.days[0].year:
        listed, place = sentences(text), sentence_at(text, number.start)
        start, end = max(start, listed[max(0, place - 1)].start), min(end, listed[min(len(listed) - 1, place + 1)].end)
    links = [link for link in case.links(field) if start <= link.start < end] if field in PROSE else []
    return frozenset(article.id for link in links if (article := case.target(link)) is not None)


def _dated(case: Case, field: FieldName, number: Number, sentence: Span) -> frozenset[str]:
    """The article whose publication the sentence dates: "[Its title](a2), which we ran in May 2024"."""
    links = [link for link in case.links(field) if sentence.start <= link.start < number.start] if field in PROSE else []
    if not links or not _PUBLISHED.search(case.text(field)[links[-1].end : number.start]):
        return frozenset()
    article = case.target(links[-1])
    return frozenset() if article is None else frozenset((article.id,))


def _is_claim(text: str, number: Number) -> bool:
    if re.match(r"[.)]\s", text[number.end : number.end + 2]) and (not number.start or text[number.start - 1] == "\n"):
        return False  # "9." before an item of a list
    if _counts_a_list(text, number):
        return False
    if not number.digits and number.value <= 20 and _LABEL.search(text, max(0, number.start - 10), number.start):
        return False
    if (_RELATIVE.match(text, number.end) and _FEW.match(number.text)) or _is_turn(number):
        return False
    if number.digits or number.kind not in ("count", "quantity"):
        return number.value != 0 or number.kind == "date"
    if number.value <= 1 or (number.text.casefold().startswith("a ") and not re.search("dozen|quarter", number.text, re.IGNORECASE)):
        return False
    if number.value > 10:
        return True
    if _DEFINITE.search(text, max(0, number.start - 9), number.start) or re.match(r"\s+(?:of|or|more|days?'|years?')\b", text[number.end :]):
        return number.kind == "quantity" and text.startswith(" of ", number.end)
    if number.kind == "quantity":
        return True
    return not _ORDERING & set(number.counted) if number.counted else number.value > 3


def _counts_a_list(text: str, number: Number) -> bool:
    """Whether it numbers one of the writer's own points: "Lesson No. 1", where there is a lesson No. 2 as well."""
    before = _NUMBERED.search(text, max(0, number.start - 30), number.start)
    return before is not None and {"1", "2"} <= set(re.findall(rf"\b{before[1]} [Nn]o\.?\s(\d+)\b", text))


def _is_supposed(text: str, number: Number, sentence: Span) -> bool:
    """Whether a small number in words stands beside a verb that only supposes: "in ten years there'll be"."""
    if number.digits or number.kind not in ("count", "quantity", "percent") or as_written(number.text, number.value) > 20:
        return False
    before = _CLAUSE.split(text[max(sentence.start, number.start - _BESIDE) : number.start])[-1]
    after = _CLAUSE.split(text[number.end : min(sentence.end, number.end + _BESIDE)])[0]
    return _SUPPOSING.search(f"{before} {after}") is not None


def _is_turn(number: Number) -> bool:
    """Whether it may be a turn of phrase: "half the battle", "doubled"."""
    return number.text.casefold() == "half" or (number.unit == "times" and not number.digits)


def _may_count(number: Number) -> bool:
    """Whether a small number in words that is no claim by itself, as in "the eight weeks", can be one that the documents have otherwise."""
    return not number.digits and number.kind in ("count", "quantity") and 2 <= number.value <= 20 and not number.text.casefold().startswith("a ")


def _small(number: Number) -> bool:
    """Whether only a document that says otherwise can prove it wrong: "two councils" may be a reader's own count."""
    return not number.digits and number.value <= 3 and number.kind == "count"


def number_not_found(case: Case) -> Iterator[Hit]:
    """FCT001."""
    for field, number, compared, loose in claims(case):
        known = compared.same is not None or compared.known or loose or _small(number)
        if number.kind != "date" and not known and not is_altered(number, compared):
            yield _absent(case, field, number, compared)


def _absent(case: Case, field: FieldName, number: Number, compared: Compared) -> Hit:
    if may_be_elsewhere(case, field, number.start, number.end):
        message = "Could not check: the text that it may come from is not known."
        return Hit(message, field, number.start, number.end, severity="info")
    what = "date" if number.kind == "date" else "number"
    # A small number in words may be the writer's own count or sum ("the other twelve per cent"); one in figures was taken from somewhere.
    soft = compared.loosely or (not number.digits and (number.value <= 100 or number.kind == "quantity"))
    return Hit(f"This {what} stands in none of the documents.", field, number.start, number.end, severity="warning" if soft else None)


def number_altered(case: Case) -> Iterator[Hit]:
    """FCT003."""
    for field, number, compared, loose in claims(case):
        if number.kind != "date" and compared.other is not None and is_altered(number, compared, loose=loose and not _is_turn(number)):
            match = compared.other
            evidence = match.document.evidence(match.number.start, match.number.end)
            message = f"{label(case, match.document)} has another number here: {match.number.text}."
            soft: Severity | None = "warning" if _is_turn(number) or (loose and compared.other.bond < OVERRULES) else None
            yield Hit(message, field, number.start, number.end, severity=soft, fix=_other_number(number, match), evidence=(evidence,))


def _other_number(number: Number, match: Match) -> Fix | None:
    """The document's number where it can be put in as it is written: both in figures or both in words, with the same unit written the same way."""
    real = match.number
    alike = number.digits == real.digits and number.unit == real.unit and number.near == real.near
    if not alike or _frame(number.text) != _frame(real.text):
        return None
    return Fix(start=number.start, end=number.end, replacement=real.text)


def _frame(text: str) -> str:
    return re.sub(r"[\d.,]+", "0", text).casefold() if re.search(r"\d", text) else " ".join(wording(text).words[1:2])


def date_not_found(case: Case) -> Iterator[Hit]:
    """FCT004."""
    yield from weekday_altered(case)
    for field, number, compared, _ in claims(case):
        if number.kind != "date":
            continue
        if is_altered(number, compared) and compared.other is not None:
            match = compared.other
            evidence = match.document.evidence(match.number.start, match.number.end)
            message = f"{label(case, match.document)} has another date here: {match.number.text}."
            yield Hit(message, field, number.start, number.end, evidence=(evidence,))
        elif compared.same is None and not compared.known:
            yield _absent(case, field, number, compared)


RULES = (
    Rule(
        "FCT001",
        "number-not-found",
        "error",
        "A number that stands in no document.",
        "Use a number of the documents, or say it without one.",
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
        "Use the documents' number.",
        with_first("The regulator has given Ferrow Compute eight weeks to show where the electricity will come from."),
        with_first("The regulator has given Ferrow Compute six weeks to show where the electricity will come from."),
        number_altered,
    ),
    Rule(
        "FCT004",
        "date-not-found",
        "error",
        "A date or year that no document says, nor is the date of one; a day of the week where the documents have another for the same thing.",
        "Use a date of the documents, or say it without one.",
        with_first("The company first asked in 2019."),
        with_first("We wrote about it in January 2025."),
        date_not_found,
    ),
)

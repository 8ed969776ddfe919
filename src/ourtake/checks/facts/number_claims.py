"""A number that a take claims, and how its wording says that it is meant: predicates of the table of exemptions."""

from __future__ import annotations

import re
from typing import NamedTuple

from ourtake.checks.base import Case
from ourtake.checks.facts.compare import Compared, features
from ourtake.checks.facts.decision import Verdict, decide
from ourtake.checks.facts.index import stated
from ourtake.checks.opinion import HAPPENED, is_opinion, is_question, may_be_opinion
from ourtake.checks.passages import sentence_at
from ourtake.checks.sentences import beside, sentence_index, terms
from ourtake.documents import FieldName
from ourtake.text.markdown import Span
from ourtake.text.numbers import Number, numbers_in
from ourtake.text.parsed import kept
from ourtake.text.saying import CLAIMING
from ourtake.text.stemming import stem
from ourtake.text.tokens import lowered
from ourtake.values import day_of


class NumberClaim(NamedTuple):
    """A number of a take, its sentence, and what the documents have beside it.

    `around`: the terms of its sentence without it. `known`: it counts as found though no number of theirs is the
    same. `loose`: it may be the writer's own count, so that only a document which plainly says otherwise speaks
    against it. `dated`: it is a month without a year, here in the year that is meant ("last May"). `of_article`: its
    sentence says that an article was published then.
    """

    field: FieldName
    number: Number
    sentence: Span
    around: frozenset[str]
    compared: Compared = Compared()
    known: bool = False
    loose: bool = False
    dated: bool = False
    of_article: bool = False

    @property
    def verdict(self) -> Verdict:
        """What the documents say to it."""
        loose = self.loose and not is_idiom(self.number)
        return decide(features(self.number, self.compared, known=self.known, loose=loose))

    @property
    def is_altered(self) -> bool:
        """Whether the documents have another number for the same thing, and none that supports this one."""
        return self.verdict in ("other", "overruled")


_ORDERING = frozenset(
    stem(word)
    for word in (
        "thing reason question point way side kind sort type part half case fact problem step matter aspect lesson "
        "answer example idea word line sentence paragraph piece article story account voice reading note caveat "
        "consequence detail view take claim argument test choice option path difference issue theme thread concern "
        "truth condition possibility explanation layer end hand occasion group set pair sense direction"
    ).split()
)
"""What small numbers in words count when they order a text: "two reasons"."""

_CLAUSE = re.compile(r"[,;:.!?\u2014]")
_SUPPOSING = re.compile(r"\b(?:would|could|might|must|imagine|suppose)\b|['\u2019](?:ll|d)\b")
_BESIDE = 35
"""Characters between a number and a verb that supposes it."""

_ITEM = re.compile(r"[.)]\s")
_NUMBERED = re.compile(r"\b([^\W\d_]+) [Nn]o\.?\s\Z")
_RELATIVE = re.compile(
    r"(?<=[a-z])(?:\s(?:ago|on|later|earlier|sooner|early|late|ahead|before|after|old|apart)\b|['\u2019]\s)"
)
_FEW = re.compile(r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b", re.IGNORECASE)
_OF_ONESELF = re.compile(r"\b(?:I|I['\u2019](?:ve|d|m)|my|me|myself)\b")
_TIMES = ("second", "day", "month")

_STRANGE = 0.14
"""Share of a sentence's weight under which the documents say nothing of it."""


def numbers_an_item(text: str, number: Number) -> bool:
    """Whether it numbers an item of a list ("9.") or one of the writer's points ("Lesson No. 1", with a No. 2)."""
    if _ITEM.match(text, number.end) and (not number.start or text[number.start - 1] == "\n"):
        return True
    before = _NUMBERED.search(text, max(0, number.start - 30), number.start)
    return before is not None and {"1", "2"} <= set(re.findall(rf"\b{before[1]} [Nn]o\.?\s(\d+)\b", text))


def is_age_or_hour(text: str, number: Number) -> bool:
    """Whether a number in words is an age, as in "a nine-year-old", or an hour, as in "empty at ten"."""
    before = text[max(0, number.start - 4) : number.start]
    aged = text.startswith("-year-old", number.end) and before.endswith((" a ", " an "))
    hour = number.kind == "count" and not number.counted and number.value <= 12 and before.endswith(" at ")
    hour = hour or (number.kind == "count" and not number.counted and _is_end_of_hours(text, number))
    return not number.digits and (aged or hour)


_HOURS = re.compile(r"\b(?:between|from)\s(?P<first>\w+)\s(?:and|to)\s\Z", re.IGNORECASE)
_PART_OF_DAY = re.compile(r"\b(?:morning|noon|afternoon|evening|night|dawn|midnight)\b", re.IGNORECASE)


def _is_end_of_hours(text: str, number: Number) -> bool:
    """Whether it is the later hour of "in the morning, between seven and eight"."""
    before = _HOURS.search(text, max(0, number.start - 30), number.start)
    return (
        before is not None
        and _FEW.fullmatch(before["first"]) is not None
        and number.value <= 12
        and _PART_OF_DAY.search(text, max(0, number.start - 60), number.end + 40) is not None
    )


def is_relative(text: str, number: Number) -> bool:
    """Whether it is a span that a reader counts off: "two years ago", "in two years' time"."""
    timed = number.kind != "quantity" or number.unit in _TIMES
    return timed and _RELATIVE.match(text, number.end) is not None and _FEW.match(number.text) is not None


def is_pair(number: Number) -> bool:
    """Whether it is two or three of something in words, which any writer may count; not a span of time."""
    return not number.digits and number.kind == "count" and number.value <= 3


def has_article(number: Number) -> bool:
    """Whether a count in words goes with an article ("a thousand ways"), but for "a dozen"."""
    text = number.text.casefold()
    counts = number.kind in ("count", "quantity") and text.startswith("a ")
    return counts and "dozen" not in text and "quarter" not in text


def orders_text(number: Number) -> bool:
    """Whether it counts parts of an argument ("two reasons"), or two or three of what is not said."""
    if number.digits or number.kind != "count" or number.value > 10:
        return False
    return bool(_ORDERING & set(number.counted)) if number.counted else number.value <= 3


def is_supposed(claim: NumberClaim) -> bool:
    """Whether a small number in words is close to a verb that only supposes: "in ten years there'll be"."""
    number = claim.number
    if number.digits or number.kind not in ("count", "quantity", "percent") or stated(number.text, number.value) > 20:
        return False
    at, end = number.start - claim.sentence.start, number.end - claim.sentence.start
    before = _CLAUSE.split(claim.sentence.text[max(0, at - _BESIDE) : at])[-1]
    after = _CLAUSE.split(claim.sentence.text[end : end + _BESIDE])[0]
    return _SUPPOSING.search(f"{before} {after}") is not None


def is_idiom(number: Number) -> bool:
    """Whether it may be a turn of phrase: "half the battle", "doubled"."""
    return number.text.casefold() == "half" or (number.unit == "times" and not number.digits)


def may_count(number: Number) -> bool:
    """Whether a small number in words that is not a claim by itself, as in "the eight weeks", can be one that the
    documents have otherwise.
    """
    few = not number.digits and number.kind in ("count", "quantity") and 2 <= number.value <= 20
    return few and not number.text.casefold().startswith("a ")


def is_illustrative(case: Case, claim: NumberClaim) -> bool:
    """Whether a small number in words only pictures something ("test it with five strangers"), in a sentence that
    weighs or supposes and of which the documents say nothing.
    """
    number, sentence = claim.number, claim.sentence.text
    if claim.compared.other is not None or number.digits or stated(number.text, number.value) > 20:
        return False
    if not (is_opinion(sentence) or may_be_opinion(sentence)):
        return False
    best = sentence_index(case).best(terms(sentence))
    return best is None or best.share < _STRANGE


def is_note(text: str, number: Number) -> bool:
    """Whether it is the number of a note, in brackets: "[2]"."""
    return text[number.start - 1 : number.start] == "[" and text[number.end : number.end + 1] == "]"


_PICTURED = re.compile(
    r"(?:^\W*|[;:.(\u2014\u2013,]\s?)(?:(?:now|just|so|and|but|or|let['\u2019]s|let us)\s)*"
    r"(?:imagine(?: if)?|suppose|supposing|picture (?:an?|yourself)|let['\u2019]s say|let us say|what if)\b",
    re.IGNORECASE,
)
"""Where a reader is asked to picture what follows: not "many suppose", nor "the picture"."""

_TAKEN = re.compile(r"^\W*Take an?\b")
_SAY = re.compile(r"(?:(?:^|[,;:(\u2014\u2013]\s?)say,|^Say)\s(?:[a-z]+\s){0,2}\Z", re.IGNORECASE)
_CONDITION = re.compile(
    r"\b(?:if|unless)\b|^(?:Had|Were|Should)\b|\bwere (?:it|they|we|he|she|you) to\b", re.IGNORECASE
)
_UNREAL = re.compile(r"\b(?:would|could|might)(?:n['\u2019]t)?\b|['\u2019]d\b")
_UNREAL_VERB = re.compile(rf"(?:{_UNREAL.pattern})(?:\s[a-z]+){{1,3}}")
_WAS = re.compile(r"\b(?:was|were|had|did)\b")
_COUNTERFACTUAL = re.compile(r"\b(?:had|were)\b", re.IGNORECASE)
_THEN = re.compile(r"\b(?:in|since) (?:1[5-9]|20)\d\d\b|\blast (?:year|month|week|spring|summer|autumn|fall|winter)\b")
_BOUNDARY = re.compile(
    r"[,;:.!?]\s|\u2014|\s\u2013\s|\s(?=(?:which|who|whose|because|although|though|while|but|yet|if|unless)\b)"
    r"|\s(?=(?:and|or) (?:would|could|might)\b)|(?<!suppose)(?<!supposing)(?<!imagine)\s(?=that\b)",
    re.IGNORECASE,
)
"""Where a clause of a sentence begins."""


def _clause(claim: NumberClaim) -> Span:
    """The clause of a number, with its place in the sentence."""
    sentence, at = claim.sentence.text, claim.number.start - claim.sentence.start
    start = max((one.end() for one in _BOUNDARY.finditer(sentence, 0, at)), default=0)
    following = _BOUNDARY.search(sentence, at + len(claim.number.text))
    end = following.start() if following else len(sentence)
    return Span(start, end, sentence[start:end])


def _says_it_happened(clause: str) -> bool:
    """Whether a clause says that something happened, except for what only would have happened."""
    rest = _UNREAL_VERB.sub(" ", clause)
    return _WAS.search(rest) is not None or HAPPENED.search(rest) is not None


def is_hypothetical(claim: NumberClaim) -> bool:
    """Whether a number is only supposed: "imagine a tram that stops 40 times", "a keeper with, say, 30 notes", "if a
    household had 12 meters, it would need a ladder". What another clause of the sentence says happened is a fact: "if
    fares rise, the ferry, which lost 47 million, could close".
    """
    sentence, at = claim.sentence.text, claim.number.start - claim.sentence.start
    if _SAY.search(sentence[:at]) is not None:
        return True
    clause = _clause(claim)
    pictured = _PICTURED.search(sentence[:at])
    if pictured is not None:
        return pictured.end() > clause.start or not _says_it_happened(clause.text)
    if _TAKEN.match(sentence) is not None:
        return not _says_it_happened(sentence[: clause.end])
    if _UNREAL.search(sentence) is None or _CONDITION.search(sentence) is None:
        return False
    if _CONDITION.search(clause.text) is not None:
        past = _says_it_happened(clause.text) and _COUNTERFACTUAL.search(clause.text) is None
        return not (past and _THEN.search(clause.text))
    return _UNREAL.search(clause.text) is not None and not _says_it_happened(clause.text)


_WILL = re.compile(r"\b(?:will|won['\u2019]t|shall)\b|['\u2019]ll\b")
_AHEAD = re.compile(
    r"\b(?:will|won['\u2019]t|shall|may|might|could|would|can|by|until|before|whether|to be)\b|['\u2019]ll\b"
)


def is_ahead(case: Case, claim: NumberClaim) -> bool:
    """Whether it is a year that has yet to come, in a sentence that looks ahead and claims it for nobody: "they will
    run in 2035". What a text is said to announce is a fact.
    """
    days = claim.number.days
    own = day_of(case.source.published)
    latest = int(own[:4]) if own else _latest_year(case)
    if claim.number.kind != "date" or not all(one.year > latest and not one.month for one in days):
        return False
    text, ahead = claim.sentence.text, _AHEAD if latest else _WILL
    return ahead.search(text) is not None and CLAIMING.search(lowered(text)) is None


@kept
def _latest_year(case: Case) -> int:
    """The latest year in which a document appeared or, where none says that, that one states."""
    dated = [int(day[:4]) for one in case.documents if (day := day_of(one.published))]
    stated_years = (
        day.year for one in case.documents for number in numbers_in(one.text) for day in number.days if day.year
    )
    return max(dated) if dated else max(stated_years, default=0)


def is_told_of(case: Case, claim: NumberClaim) -> bool:
    """Whether a sentence of a document is close enough to the number's own to be set beside it."""
    best = beside(case, claim.field, sentence_at(case.text(claim.field), claim.number.start)).best
    return best is not None and best.share >= SET_BESIDE


_PAST = re.compile(r"\b(?:was|were|had|did|[a-z]{2,}ed)\b")

SET_BESIDE = 0.3
"""Share of a sentence's weight from which a sentence of a document says something of the same."""

TOLD = 0.2
"""Share of a sentence's weight that a sentence of a document has where it is about the same thing."""


def is_aside(case: Case, claim: NumberClaim) -> bool:
    """Whether it is a month without a year in a question, or in a sentence that says of nothing that it happened, while
    no document says something of the same: "a school closes in June".
    """
    dated = any(day.year or day.day for day in claim.number.days)
    text = claim.sentence.text
    if dated or claim.number.kind != "date" or claim.compared.other is not None:
        return False
    if is_told_of(case, claim):
        return False
    return is_question(text) or not (_PAST.search(text) or HAPPENED.search(text) or CLAIMING.search(lowered(text)))


def is_own_count(number: Number) -> bool:
    """Whether a number in words may be the writer's own count or sum ("the other twelve per cent"): one in figures was
    taken from somewhere.
    """
    return not number.digits and number.kind != "date" and (number.value <= 100 or number.kind == "quantity")


def is_of_oneself(claim: NumberClaim) -> bool:
    """Whether writers speak about themselves, which is in no document."""
    return _OF_ONESELF.search(claim.sentence.text) is not None

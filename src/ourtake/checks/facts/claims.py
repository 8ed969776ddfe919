"""Which numbers of a take are claims that the documents have to bear out, and which only order it, suppose, or turn a
phrase.
"""

from __future__ import annotations

import re

from ourtake.checks.facts.index import stated
from ourtake.text.markdown import Span
from ourtake.text.numbers import Number
from ourtake.text.stemming import stem

_ORDERING = frozenset(
    stem(word)
    for word in (
        "thing reason question point way side kind sort type part half case fact problem step matter aspect lesson "
        "answer example "
        "idea word line sentence paragraph "
        "piece article story account voice reading note caveat consequence detail view take claim argument test choice "
        "option path "
        "difference issue theme thread "
        "concern truth condition possibility explanation layer end hand occasion group set pair sense direction"
    ).split()
)
"""What small numbers in words count when they order a text: "two reasons"."""

_DEFINITE = re.compile(
    r"\b(?:the|these|those|all|both|other|our|their|its|his|her|first|last|any|every|each|of|or|one|no)\s$",
    re.IGNORECASE,
)


_LABEL = re.compile(
    r"\b(?:part|chapter|step|act|page|phase|round|stage|number|point|item|volume|episode)\s\Z", re.IGNORECASE
)
"""Before a number that only names one of several: "part six"."""

_CLAUSE = re.compile(r"[,;:.!?\u2014]")
_SUPPOSING = re.compile(r"\b(?:would|could|might|must|imagine|suppose)\b|['\u2019](?:ll|d)\b")
_BESIDE = 35
"""Characters between a number and a verb that supposes it."""

_NUMBERED = re.compile(r"\b([^\W\d_]+) [Nn]o\.?\s\Z")
_RELATIVE = re.compile(
    r"(?<=[a-z])(?:\s(?:ago|on|later|earlier|sooner|early|late|ahead|before|after|old|apart)\b|['\u2019]\s)"
)
"""After a span of time that a reader counts off: "two years ago", "in two years' time"."""

_TIMES = ("second", "day", "month")
_FEW = re.compile(r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b", re.IGNORECASE)


def is_claim(text: str, number: Number) -> bool:
    """Whether a number tells of something that the documents have to bear out."""
    if re.match(r"[.)]\s", text[number.end : number.end + 2]) and (not number.start or text[number.start - 1] == "\n"):
        return False  # "9." before an item of a list
    if _counts_a_list(text, number):
        return False
    if not number.digits and _is_loose_word(text, number):
        return False
    if not number.digits and number.value <= 20 and _LABEL.search(text, max(0, number.start - 10), number.start):
        return False
    timed = number.kind != "quantity" or number.unit in _TIMES
    if (timed and _RELATIVE.match(text, number.end) and _FEW.match(number.text)) or is_idiom(number):
        return False
    if number.digits or number.kind not in ("count", "quantity"):
        return number.value != 0 or number.kind == "date"
    if number.value <= 1 or (
        number.text.casefold().startswith("a ") and not re.search("dozen|quarter", number.text, re.IGNORECASE)
    ):
        return False
    if number.value > 10:
        return True
    if _DEFINITE.search(text, max(0, number.start - 9), number.start) or re.match(
        r"\s+(?:of|or|more|days?'|years?')\b", text[number.end :]
    ):
        return number.kind == "quantity" and text.startswith(" of ", number.end)
    if number.kind == "quantity":
        return True
    return not _ORDERING & set(number.counted) if number.counted else number.value > 3


def _is_loose_word(text: str, number: Number) -> bool:
    """Whether it is somebody's age, as in "a nine-year-old", or an hour, as in "empty at ten": seldom meant as a
    fact.
    """
    aged = text.startswith("-year-old", number.end) and text[: number.start].endswith((" a ", " an "))
    return aged or (
        number.kind == "count" and not number.counted and number.value <= 12 and text[: number.start].endswith(" at ")
    )


def _counts_a_list(text: str, number: Number) -> bool:
    """Whether it numbers one of the writer's own points: "Lesson No. 1", where there is a lesson No. 2 as well."""
    before = _NUMBERED.search(text, max(0, number.start - 30), number.start)
    return before is not None and {"1", "2"} <= set(re.findall(rf"\b{before[1]} [Nn]o\.?\s(\d+)\b", text))


def is_supposed(text: str, number: Number, sentence: Span) -> bool:
    """Whether a small number in words stands beside a verb that only supposes: "in ten years there'll be"."""
    if number.digits or number.kind not in ("count", "quantity", "percent") or stated(number.text, number.value) > 20:
        return False
    before = _CLAUSE.split(text[max(sentence.start, number.start - _BESIDE) : number.start])[-1]
    after = _CLAUSE.split(text[number.end : min(sentence.end, number.end + _BESIDE)])[0]
    return _SUPPOSING.search(f"{before} {after}") is not None


def is_idiom(number: Number) -> bool:
    """Whether it may be a turn of phrase: "half the battle", "doubled"."""
    return number.text.casefold() == "half" or (number.unit == "times" and not number.digits)


def may_count(number: Number) -> bool:
    """Whether a small number in words that is no claim by itself, as in "the eight weeks", can be one that the
    documents have otherwise.
    """
    return (
        not number.digits
        and number.kind in ("count", "quantity")
        and 2 <= number.value <= 20
        and not number.text.casefold().startswith("a ")
    )


def is_small(number: Number) -> bool:
    """Whether only a document that says otherwise can prove it wrong: "two councils" may be a reader's own count."""
    return not number.digits and number.value <= 3 and number.kind == "count"

"""The fix of an altered number (FCT003): the documents' own, where it is certain to be the one meant."""

from __future__ import annotations

import re

from ourtake.checks.base import Case
from ourtake.checks.evidence import Document
from ourtake.checks.facts.arithmetic import may_be_worked_out, reckoned_by
from ourtake.checks.facts.compare import Match, bond_of, same_noun
from ourtake.checks.facts.decision import OVERRULES
from ourtake.checks.facts.foreign_numbers import is_foreign
from ourtake.checks.facts.index import Mention, comparable, stated
from ourtake.checks.facts.number_claims import NumberClaim
from ourtake.checks.fixes import safe_fix
from ourtake.checks.passages import sentence_at
from ourtake.documents import Fix
from ourtake.text.markdown import Span
from ourtake.text.numbers import Number, numbers_between
from ourtake.text.numbers.figures import THIN
from ourtake.text.sentences import sentences
from ourtake.text.tokens import tokenize


def numbers_beside(match: Match) -> list[str]:
    """The number of a match, and those of its kind and unit in the same sentence of the document, in order: which of
    them is meant isn't known.
    """
    text, real = match.document.text, match.number
    sentence = sentences(text)[sentence_at(text, real.start)]
    alike = [one for one in _alike(text, sentence, real) if same_noun(one, real) or not (real.counted and one.counted)]
    return list(dict.fromkeys(one.text for one in alike)) or [real.text]


def _alike(text: str, sentence: Span, number: Number) -> list[Number]:
    """The numbers of a sentence that are of a number's kind and unit."""
    inside = numbers_between(text, sentence.start, sentence.end)
    return [one for one in inside if (one.kind, one.unit) == (number.kind, number.unit)]


def other_number(case: Case, claim: NumberClaim, match: Match) -> Fix | None:
    """The document's number where it is certain to be the one meant: of the same unit and noun, written the same way,
    and the only one of its kind in its sentence as the take's is in its own. A number that may be worked out from the
    documents' is not one of theirs and has no such fix. Nor has one in a language whose words aren't read, nor one
    whose sentence has the document's number already: "5.20, no longer 4.50" would become "5.20, no longer 5.20".
    """
    text, number, real = case.text(claim.field), claim.number, match.number
    same_way = (number.digits, number.near, _frame(number)) == (real.digits, real.near, _frame(real))
    # Of a count the noun is in the bond already, and "people" alone are counted everywhere.
    same_thing = number.kind != "count" or (match.bond >= OVERRULES and same_noun(number, real))
    if not same_way or not same_thing:
        return None
    inside = numbers_between(text, claim.sentence.start, claim.sentence.end)
    if is_foreign(case) or any(stated(one.text, one.value) == stated(real.text, real.value) for one in inside):
        return None
    if len(_alike(text, claim.sentence, number)) > 1 or _rivals(case, number, claim.around, match):
        return None
    if reckoned_by(text, number, claim.sentence) or may_be_worked_out(case, number):
        return None
    return safe_fix(text, number.start, number.end, real.text, kind="number")


def _rivals(case: Case, number: Number, around: frozenset[str], match: Match) -> bool:
    """Whether the documents have a third number of the kind and unit of these two, of much the same thing: then nobody
    can say which is meant.
    """
    for document in case.documents:
        for mention in comparable(document, number):
            if mention.number.unit != number.unit or mention.number.value in (number.value, match.number.value):
                continue
            if bond_of(number, mention, around) >= match.bond - 1 or _beside(document, mention, match):
                return True
    return False


def _beside(document: Document, mention: Mention, match: Match) -> bool:
    """Whether a number is in the sentence of a match."""
    text = document.text
    return document == match.document and sentence_at(text, mention.number.start) == sentence_at(
        text, match.number.start
    )


def _frame(number: Number) -> str:
    """A number as it is written but for its figures, or but for its first word: "6 weeks" and "6-week" are not written
    the same way.
    """
    if number.digits:
        return re.sub(rf"\d(?:[\d.,'\u2019 {THIN}]*\d)?", "0", number.text).casefold()
    return " ".join(tokenize(number.text).words[1:])

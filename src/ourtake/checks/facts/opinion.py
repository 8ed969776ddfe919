"""Which passages weigh, wish or suppose, and which numbers of theirs only picture something: "test it with five
strangers".
"""

from __future__ import annotations

import re

from ourtake.checks.base import Case
from ourtake.checks.facts.compare import Compared
from ourtake.checks.facts.index import stated
from ourtake.checks.sentences import sentence_index, terms
from ourtake.text.numbers import Number
from ourtake.text.parsed import kept
from ourtake.text.tokens import lowered

_OPINION = re.compile(
    r"\?[\"'\u201d\u2019)\]*_]*$|\b(?:[Ww]e|I) (?:\w+ly |also |still |do not |don['\u2019]t |cannot |can['\u2019]t "
    r")?(?:think|"
    r"believe|would|hope|fear|doubt|suspect|want|"
    r"prefer|welcome|expect|see|find|need|should|must|can|may|might|could|urge|like|wonder|are|have no)\b|\b(?:should|"
    r"must|ought|"
    r"shouldn['\u2019]t|mustn['\u2019]t)\b"
)
_OPINED = ("?", "we ", "We ", "I ", "should", "must", "ought")
"""What none of these patterns does without."""

_MAYBE = re.compile(
    r"\b(?:may|might|could|would|will|won['\u2019]t|can|cannot|can['\u2019]t|perhaps|maybe|probably|likely|seems?|"
    r"appears?|arguably|surely|clearly|fair|unfair|right|wrong|better|best|"
    r"worse|worst|good|bad|important|useful|wise|welcome|worth|deserves?|matters?|risks?|danger(?:ous)?|promising|"
    r"worrying|honest|hard|easy|simple|fine|strange|enough|"
    r"too|if|unless|whether|let us|consider|imagine|our|us|we|i)\b"
)
"""For text in lower case."""

_FEW = 20
"""A number in words up to which it may picture something."""

_STRANGE = 0.14
"""Share of a sentence's weight under which the documents say nothing of it."""


def is_opinion(text: str) -> bool:
    """Whether a passage is a question or says what its writer thinks."""
    return any(word in text for word in _OPINED) and _OPINION.search(text) is not None


@kept
def may_be(bare: str) -> bool:
    """Whether a passage weighs, wishes or supposes."""
    return _MAYBE.search(lowered(bare)) is not None


def is_illustrative(case: Case, number: Number, sentence: str, *, compared: Compared) -> bool:
    """Whether a number that no document has only pictures something: a small one in words, in a sentence that weighs or
    supposes and of which the documents say nothing.
    """
    if compared.other is not None or not (is_opinion(sentence) or may_be(sentence)):
        return False
    if number.digits or number.kind == "date" or stated(number.text, number.value) > _FEW:
        return False
    best = sentence_index(case).best(terms(sentence))
    return best is None or best.share < _STRANGE

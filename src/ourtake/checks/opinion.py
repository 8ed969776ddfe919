"""Which passages are opinion: questions, wishes and judgements, and what is only supposed."""

from __future__ import annotations

import re

from ourtake.text.parsed import kept
from ourtake.text.tokens import lowered

_OPINION = re.compile(
    r"\?[\"'\u201d\u2019)\]*_]*$|\b(?:[Ww]e|I) (?:\w+ly |also |still |do not |don['\u2019]t |cannot |can['\u2019]t )?"
    r"(?:think|believe|would|hope|fear|doubt|suspect|want|prefer|welcome|expect|see|find|need|should|must|can|may|might"
    r"|could|urge|like|wonder|are|have no)\b"
    r"|\b(?:should|must|ought|shouldn['\u2019]t|mustn['\u2019]t)\b"
)
_OPINED = ("?", "we ", "We ", "I ", "should", "must", "ought")
"""Every match of the pattern has one of these."""

_MAYBE = re.compile(
    r"\b(?:may|might|could|would|will|won['\u2019]t|can|cannot|can['\u2019]t|perhaps|maybe|probably|likely|seems?|"
    r"appears?|arguably|surely|clearly|fair|unfair|right|wrong|better|best|worse|worst|good|bad|important|useful|wise|"
    r"welcome|worth|deserves?|matters?|risks?|danger(?:ous)?|promising|worrying|honest|hard|easy|simple|fine|strange|"
    r"enough|too|if|unless|whether|let us|consider|imagine|our|us|we|i)\b"
)
"""For text in lower case."""


HAPPENED = re.compile(
    # The test that most words fail comes first: eleven look-behinds at every letter cost more than all else.
    r"\b(?=[a-z]{3,}ed\b|(?:went|took|gave|began|built|paid|sold|bought|won|lost|left|rose|fell|grew|spent|sent|met|"
    r"held|led|broke|chose|wrote|became|drew|shut|laid|cut|struck|hired|made)\b)(?<!\ba )(?<!\ban )(?<!\bthe )(?<!\bas "
    r")(?<!\bis )(?<!\bare )(?<!\bbe )(?<!\bbeen )(?<!\bmore )(?<!\bmost )(?<!\bof )(?:[a-z]{3,}ed\b(?! (?:by|as|with|"
    r"in|for)\b)|(?:went|took|gave|began|built|paid|sold|bought|won|lost|left|rose|fell|grew|spent|sent|met|held|led|"
    r"broke|chose|wrote|became|drew|shut|laid|cut|struck|hired|made)\b)"
)
"""A verb that says that something happened."""


def is_opinion(text: str) -> bool:
    """Whether a passage is a question or says what its writer thinks."""
    return any(word in text for word in _OPINED) and _OPINION.search(text) is not None


@kept
def may_be_opinion(text: str) -> bool:
    """Whether a passage weighs, wishes or supposes."""
    return _MAYBE.search(lowered(text)) is not None


def is_question(text: str) -> bool:
    """Whether a passage ends with a question mark, in quotation marks or not."""
    return text.rstrip("\"'\u201d\u2019)]*_ ").endswith("?")

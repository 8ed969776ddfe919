"""Who speaks in a sentence: names beside a verb of saying. It reads one sentence at a time and knows no pronouns."""

from __future__ import annotations

import re

from ourtake.text.dates import DAYS, MONTHS
from ourtake.text.markdown import Span
from ourtake.text.parsed import kept
from ourtake.text.saying import PHRASES, SAYING, SPEAKING, VERBS
from ourtake.text.scan import tried
from ourtake.text.tokens import lowered

_PART = r"(?:[A-Z\u00c0-\u00de][\w'\u2019.\-]*|[A-Z]\.)"
_NAME = (
    rf"(?:(?:the|The) )?{_PART}(?:\s(?:(?:of|the|for|and|de|del|der|den|di|da|van|von|bin|al|la|le|"
    rf"du)\s){{0,2}}{_PART})*"
)
_AFTER_VERB = re.compile(rf"\b(?:{SPEAKING})\s+(?P<name>{_NAME})")
_BEFORE_VERB = re.compile(
    rf"(?P<name>{_NAME})(?:,[^,.\"\u201c\u201d]{{2,60}},)?\s+(?:(?:has|have|had|also|later|then|once|was|were|is|are|"
    rf"rightly|himself|herself)\s){{0,2}}(?:{SPEAKING})\b"
)
_WHO = re.compile(
    rf"(?P<name>{_NAME}),?\s+who\s+(?:(?:has|had|also|since|later|then|once|now|still|himself|"
    rf"herself)\s){{0,2}}(?:{SPEAKING})\b"
)
_SAID_THE = re.compile(
    rf"\b(?:said|says)\s+(?:the|its|his|her|their|an?|"
    rf"one\sof)\s[^,.;:\"\u201c\u201d]{{3,40}},\s+(?P<name>{_NAME})(?=[.,;:]|\s(?:from|of|at|who)\b|\Z)"
)
_ACCORDING = re.compile(
    rf"\b(?:[Aa]ccording to|[Ii]n the words of|[Aa]s|[Qq]uot(?:es|ed|ing)|[Ff]rom|words of|attributed "
    rf"to)\s+(?P<name>{_NAME})"
)
_OWNER = re.compile(
    rf"(?P<name>{_NAME})['\u2019]s?\s+(?:own\s+)?(?:words?|phrase|verdict|line|description|formula|remark|statement|"
    rf"call|claim|warning|reply|answer|way of putting it)\b"
)
_BEGINS = dict.fromkeys((_BEFORE_VERB, _WHO, _OWNER), re.compile("[A-Z\u00c0-\u00de]|the "))
"""How what begins with a name begins."""

_OFFICE = re.compile(r"\b(?:the|an?|its|their|his|her)\s(?:[a-z-]+\s){1,3}(?:of|at|for|with|from)\s(?:the\s)?\Z")
"""What is before a body whose "planning manager" speaks, and not the body."""

_PLACED = re.compile(r"\b(?:[Ii]n|[Aa]t|[Nn]ear|[Ff]rom|[Oo]utside|[Aa]cross)\s\Z")
"""What is before a place."""

_OWNS = re.compile("['\u2019]")
_NO_NAME = frozenset((*MONTHS, *DAYS)) | frozenset(
    "The A An In On At But And Or So Yet If When While After Before As For From With By To There Here Our Its His Her "
    "Their My What Who Why How Where One Some Many Most No Not Now Then Still Even It He She They We You I That This "
    "These Those Nobody Everyone Somebody Someone Critics Officials".split()
)


@kept
def _verbs(text: str) -> tuple[int, ...]:
    """Where a verb of saying may be."""
    return tuple(VERBS.starts(lowered(text)))


@kept
def says(text: str) -> bool:
    """Whether SAYING is anywhere in a text."""
    return any(SAYING.match(text, start) for start in (*_verbs(text), *PHRASES.starts(lowered(text))))


@kept
def speakers(sentence: str) -> tuple[Span, ...]:
    """The names that a sentence lets speak, in order. Blank out what is quoted in it first."""
    found: dict[int, Span] = {}
    by_verb = (_BEFORE_VERB, _AFTER_VERB, _WHO, _SAID_THE) if _verbs(sentence) else ()
    for pattern in (*by_verb, _ACCORDING, *((_OWNER,) if _OWNS.search(sentence) else ())):
        begins = _BEGINS.get(pattern)
        for match in pattern.finditer(sentence) if begins is None else tried(pattern, sentence, at=begins):
            name = bare_name(sentence, *match.span("name"))
            if name is not None and not (pattern is _BEFORE_VERB and _is_no_subject(sentence, name)):
                found.setdefault(name.start, name)
    return tuple(found[start] for start in sorted(found))


def _is_no_subject(sentence: str, name: Span) -> bool:
    """Whether a name before a verb is the body of whose office is spoken, or a place before the one who speaks: "Here
    in Columbia, Sanders went further, saying".
    """
    if _OFFICE.search(sentence, 0, name.start):
        return True
    return sentence.startswith(",", name.end) and _PLACED.search(sentence, 0, name.start) is not None


def bare_name(sentence: str, start: int, end: int) -> Span | None:
    """The name sentence[start:end] without small words, days and months before it, and without a possessive; None if
    nothing is left.
    """
    text = sentence[start:end]
    words = text.split()
    while words and re.split("['\u2019]", words[0])[0] in _NO_NAME:
        start = sentence.index(words[1], start + len(words[0])) if len(words) > 1 else end
        words = words[1:]
    text = re.sub(r"['\u2019]s?$", "", sentence[start:end].rstrip(".,;: "))
    return Span(start, start + len(text), text) if words and len(text) > 1 else None

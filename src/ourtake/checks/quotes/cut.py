"""QUO004 by code: a quotation that is word for word, and cut where its sentence goes on to say something else.

The words right before and after it in the document, and those that a marked omission leaves out, are looked at for a
negation, "only", a condition or somebody who only claims it. The take may say the same in its own words around the
quotation; then nothing is lost.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ourtake.checks.absence import unless_elsewhere
from ourtake.checks.base import Case, Hit
from ourtake.checks.evidence import Document
from ourtake.checks.passages import Sentence, label, sentence_at, sentence_of
from ourtake.checks.quotes.attribution import named_speakers, unread_at
from ourtake.checks.quotes.rules import Verdict, verdicts
from ourtake.text.negation import NEGATION
from ourtake.text.sentences import sentences
from ourtake.text.tokens import WordSpan, find_words, tokenize

_DENYING = frozenset(
    "deny denies denied denying doubt doubts doubted refuse refuses refused reject rejects rejected dispute disputes "
    "disputed fail fails failed lack lacks lacked myth untrue false wrong unlikely".split()
)
_ONLY = frozenset("only merely barely hardly scarcely nearly almost partly supposedly allegedly".split())
_IF = frozenset("if unless until provided whether suppose supposing imagine pretend".split())
_EXCEPT = frozenset("if unless until provided except".split())
_CLAIMS = frozenset(
    "claim claims claimed allege alleges alleged believe believes believed fear fears feared hope hopes hoped suspect "
    "suspects suspected assume assumes assumed pretend pretends pretended think thinks thought argue argues argued "
    "insist insists insisted".split()
)
_OTHERS = frozenset("some many they he she critics opponents according view opinion".split())
"""Words of a take that give a claim to somebody."""
_MARKS = frozenset(',;:.()\u2014\u201c\u201d"\n')


class _Cut(NamedTuple):
    """A kind of words whose loss changes what a quotation says: `lost` where they are within `reach` words of it,
    `said` where the take's own words have as much. `behind`: they follow it.
    """

    what: str
    lost: frozenset[str]
    said: frozenset[str]
    reach: int
    behind: bool = False


_DENIED = NEGATION | _DENYING
_CUTS = (
    _Cut("denies it", _DENIED, _DENIED | _ONLY, 3),
    _Cut("limits it", _ONLY, _ONLY | _DENIED, 2),
    _Cut("supposes it", _IF, _IF | _DENIED | frozenset("would could might may when condition".split()), 1),
    _Cut("says that somebody claims it", _CLAIMS, _CLAIMS | _OTHERS, 2),
    _Cut("goes on with a condition", _EXCEPT, _EXCEPT | _IF | _DENIED | frozenset("when condition though".split()), 1,
         behind=True),
)  # fmt: skip


def cut_short(case: Case) -> Iterator[Hit]:
    """QUO004."""
    for verdict in verdicts(case):
        if verdict.state != "found":
            continue
        around = sentence_of(case.text(verdict.field), verdict.quotation.start, verdict.quotation.end)
        found = [_cut(case, verdict, around, document, place) for document, place in verdict.places]
        # In another document the words may be by themselves.
        if found and all(found):
            (what, start, end), (document, _) = found[0], verdict.places[0]  # type: ignore[misc]
            evidence = document.evidence(start, end)
            message = f"{label(case, document)} {what}: \u201c{evidence.text}\u201d."
            quotation = verdict.quotation
            hit = Hit(message, verdict.field, quotation.start, quotation.end, severity="warning", evidence=(evidence,))
            yield unless_elsewhere(case, hit, unread_at(case, verdict.field, hit.start, hit.end))


def _cut(
    case: Case, verdict: Verdict, around: Sentence, document: Document, place: WordSpan
) -> tuple[str, int, int] | None:
    """What the document says around the words, and where, or None if one of their places is whole."""
    own = frozenset(tokenize(around.bare).words) | (_OTHERS if named_speakers(case, around.bare) else frozenset())
    words = tokenize(verdict.quotation.text).words
    within = tokenize(document.text)
    first: tuple[str, int, int] | None = None
    at: WordSpan | None = place
    while at is not None:
        cut = _dropped(words, within.words[at.first : at.last + 1], own) or _beside(document.text, at, own)
        if cut is None:
            return None
        if first is None:
            what, low, high = cut
            start, end = within.span(min(low, at.first), max(high, at.last))
            first = what, start, end
        at = find_words(words, within, after=at.last + 1)
    return first


def _dropped(quoted: Sequence[str], real: Sequence[str], own: frozenset[str]) -> tuple[str, int, int] | None:
    """A negation among the words that an omission leaves out."""
    if len(real) <= len(quoted) or not NEGATION.isdisjoint(quoted):
        return None
    left_out = set(real) - set(quoted)
    return ("denies it", 10**9, 0) if left_out & NEGATION and not own & _DENIED else None


def _beside(text: str, place: WordSpan, own: frozenset[str]) -> tuple[str, int, int] | None:
    low, high = _bounds(text, place)
    words = tokenize(text).words
    for row in _CUTS:
        if own & row.said:
            continue
        places = (
            range(place.last + 1, min(high, place.last + row.reach) + 1)
            if row.behind
            else range(place.first - 1, max(low, place.first - row.reach) - 1, -1)
        )
        for at in places:
            if not row.behind and _is_parted(text, at + 1):
                break
            if words[at] in row.lost:
                return row.what, at, at
    return None


def _is_parted(text: str, number: int) -> bool:
    """Whether a mark is between a word and the one before it."""
    spans = tokenize(text).spans
    return any(mark in _MARKS for mark in text[spans[number - 1][1] : spans[number][0]])


def _bounds(text: str, place: WordSpan) -> tuple[int, int]:
    """The first and last word of the sentence, or sentences, that hold a place."""
    tokens = tokenize(text)
    start, end = tokens.span(place.first, place.last)
    near = sentences(text)[sentence_at(text, start) : sentence_at(text, end - 1) + 1]
    held = [span for span in near if span.start < end and start < span.end]
    if not held:
        return place.first, place.last
    which = tokens.between(held[0].start, held[-1].end)
    return which.start, which.stop - 1

"""Whether a quotation that is in the documents is attributed to the person who said it: the second half of QUO002
(rules.py).
"""

from __future__ import annotations

from ourtake.checks.base import Case
from ourtake.checks.evidence import Document
from ourtake.checks.passages import Sentence, label, sentence_at, sentence_of
from ourtake.checks.quotes.attribution import name_words, named_speakers, names_most, same_name
from ourtake.documents import FieldName
from ourtake.text.names import names_in
from ourtake.text.quotations import Quotation, quotations_in
from ourtake.text.sentences import sentences
from ourtake.text.speakers import bare_name, says, speakers
from ourtake.text.tokens import WordSpan, find_words, tokenize

SUBJECT_WORDS = 5
"""A quotation of at least this many words may be attributed to a sentence's subject without a verb of saying."""

BESIDE, FAR = 60, 130
"""Characters between a quotation and its speaker; the second for the last speaker named before it."""


Places = tuple[tuple[Document, WordSpan], ...]
"""The documents that have a quotation's words, and where."""


def other_speaker(
    case: Case, quotation: Quotation, around: Sentence, *, field: FieldName, places: Places
) -> str | None:
    """What is wrong with the speaker named in the sentence around a quotation, or None."""
    start, end = quotation.start - around.start, quotation.end - around.start
    speaking = named_speakers(case, around.bare)
    # "NAME, who works on it, said the point was that ...": the last to speak before the words, however long that takes
    # to say.
    last = max((span.end for span in speaking if span.end <= start + 1), default=-1)
    named = [
        span
        for span in speaking
        if -1 <= start - span.end <= (FAR if span.end == last else BESIDE) or -1 <= span.start - end <= BESIDE
    ]
    if not named:
        return _other_subject(case, quotation, around, field=field, places=places)
    wrong = None
    for document, place in places:
        if any(name_words(span.text) <= name_words(document.title) for span in named):
            return None
        again = find_words(tokenize(quotation.text).words, tokenize(document.text), after=place.first + 1) is not None
        near = [] if again else _speakers_near(document, place)
        if near and not any(same_name(span.text, other) for span in named for other in near):
            wrong = wrong or f"{label(case, document)} attributes these words to {near[0]}, not to {named[0].text}."
        elif near or any(_stands_before(document, place, span.text, anywhere=again) for span in named):
            return None
        else:
            wrong = wrong or f"{label(case, document)} does not attribute these words to {named[0].text}."
    return wrong


def _other_subject(
    case: Case, quotation: Quotation, around: Sentence, *, field: FieldName, places: Places
) -> str | None:
    """The same for a sentence without a verb of saying that begins with somebody's name: the words are another's, or in
    a document that does not know the name.
    """
    if says(around.bare) or len(tokenize(quotation.text).words) < SUBJECT_WORDS:
        return None
    begins = around.start + len(around.bare) - len(around.bare.lstrip(" *_"))
    first = next((name for name in names_in(case.text(field)) if name.start == begins), None)
    name = bare_name(case.text(field), first.start, first.end) if first is not None else None
    if name is None or " " not in name.text or quotation.start < name.end:
        return None
    named = label(case, places[0][0])
    others = _speakers_near(*places[0]) if len(places) == 1 else []
    if others and not any(same_name(name.text, other) or names_most(around.text, other) for other in others):
        return (
            None
            if names_most(_said_in(*places[0]), name.text)
            else f"{named} attributes these words to {others[0]}, not to {name.text}."
        )
    holders = {document.name for document, _ in places}
    known = [document for document in case.documents if names_most(document.text, name.text)]
    if not known or any(document.name in holders for document in known):
        return None
    return f"{named} does not attribute these words to {name.text}."


def _said_in(document: Document, place: WordSpan) -> str:
    """The document's sentence that has the words."""
    return sentence_of(document.text, *tokenize(document.text).span(place.first, place.last)).bare


def _speakers_near(document: Document, place: WordSpan) -> list[str]:
    """Who says the words in the document's own sentence, when they are a quotation there."""
    start, end = tokenize(document.text).span(place.first, place.last)
    quoted = any(one.start <= start and end <= one.end for one in quotations_in(document.text))
    if not quoted:
        return []
    around = sentence_of(document.text, start, end)
    return [span.text for span in speakers(around.bare)]


def _stands_before(document: Document, place: WordSpan, name: str, *, anywhere: bool) -> bool:
    """Whether the document names the speaker before the words or in the two sentences after; anywhere, if it has the
    words twice.
    """
    _, end = tokenize(document.text).span(place.first, place.last)
    listed = sentences(document.text)
    last = len(listed) - 1 if anywhere else min(len(listed) - 1, sentence_at(document.text, end) + 2)
    return names_most(document.text[: listed[last].end], name)

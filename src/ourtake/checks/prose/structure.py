"""STR: the form of a take. A measure outside its range is a warning, outside the hard limits an error."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ourtake.checks.base import PROSE, Case, Example, Hit, Rule, whole
from ourtake.checks.examples import PARAGRAPHS, SOUND
from ourtake.config import Range, Settings, TakeShape
from ourtake.documents import FieldName
from ourtake.text.counts import count_of
from ourtake.text.sentences import sentences
from ourtake.text.words import count_words, normalise

Place = tuple[FieldName, int, int]
"""A field, and where in it."""

HEADLINE_CHARACTERS = 110
_FINISHED = re.compile(r"[.!?\u2026](?:[\"'\u201d\u2019)\]*_]|</?[a-z]+\s?/?>)*$")


def _measured(place: Place, count: int, wanted: Range, unit: str, where: str = "") -> Iterator[Hit]:
    """A finding at a place for a measure outside its range."""
    if not wanted.floor <= count <= wanted.ceiling:
        limits = f"the limits are {wanted.floor} and {wanted.ceiling}"
        yield Hit(f"{count_of(count, unit)}{where}; {limits}.", *place, severity="error")
    elif not wanted.low <= count <= wanted.high:
        limits = f"the range is {wanted.low} to {wanted.high}"
        yield Hit(f"{count_of(count, unit)}{where}; {limits}.", *place, severity="warning")


def summary_length(case: Case) -> Iterator[Hit]:
    """STR001."""
    yield from _measured(whole(case, "summary"), case.words["summary"], case.settings.take.summary_words, "word")


def paragraph_count(case: Case) -> Iterator[Hit]:
    """STR002."""
    yield from _measured(whole(case, "body"), len(case.blocks), case.settings.take.paragraphs, "paragraph")


def body_length(case: Case) -> Iterator[Hit]:
    """STR003."""
    yield from _measured(whole(case, "body"), case.words["body"], case.settings.take.body_words, "word")


def paragraph_length(case: Case) -> Iterator[Hit]:
    """STR004."""
    wanted = case.settings.take.paragraph_words
    for _, block in case.blocks:
        place: Place = ("body", block.start, block.end)
        yield from _measured(place, count_words(block.text), wanted, "word", " in this paragraph")


def headline(case: Case) -> Iterator[Hit]:
    """STR005."""
    text, place = case.take.headline, whole(case, "headline")
    if not text.strip():
        yield Hit("There is no headline.", *place, severity="error")
    elif len(text) > HEADLINE_CHARACTERS:
        yield Hit(f"The headline has {len(text)} characters; at most {HEADLINE_CHARACTERS} fit.", *place)
    elif text.rstrip().endswith(".") and not text.rstrip().endswith("..."):
        yield Hit("The headline ends with a full stop.", *place)
    elif normalise(text) == normalise(case.source.title):
        yield Hit("The headline is the same as the source's.", *place, severity="info")
    if "\n" in text:
        yield Hit("The headline has more than one line.", *place)


def tag_count(case: Case) -> Iterator[Hit]:
    """STR006."""
    yield from _measured(whole(case, "tags"), len(case.take.tags), case.settings.take.tags, "tag")


def heading_or_list(case: Case) -> Iterator[Hit]:
    """STR007."""
    for kind, block in case.blocks:
        if kind != "paragraph":
            message = f"A take is plain paragraphs; this is a {kind.replace('_', ' ')}."
            yield Hit(message, "body", block.start, block.end)


def source_not_named(case: Case) -> Iterator[Hit]:
    """STR008."""
    text = normalise(case.take.summary + "\n" + case.take.body)
    names = [normalise(name) for name in (case.source.outlet, case.source.title) if name.strip()]
    if any(name in text or name.removeprefix("the ") in text for name in names):
        return
    if not case.source.outlet.strip():
        yield Hit("Could not check: the source's outlet is not given.", *whole(case, "body"), severity="info")
    else:
        yield Hit(f"Neither {case.source.outlet} nor its headline is named.", *whole(case, "body"))


def closing(case: Case) -> Iterator[Hit]:
    """STR009."""
    wanted = set(case.settings.take.closing)
    if case.blocks:
        last = case.blocks[-1][1]
        asks = re.search(r"\?[\"'\u201d\u2019)\]*_]*$", last.text) is not None
        message = ""
        if not asks and wanted == {"question"}:
            message = "The take does not end with an open question."
        elif asks and "question" not in wanted:
            message = "The take ends with a question."
        if message:
            spans = sentences(last.text)
            start = last.start + (spans[-1].start if spans else 0)
            yield Hit(message, "body", start, last.end)


def cut_off(case: Case) -> Iterator[Hit]:
    """STR010."""
    for field in PROSE:
        text = case.text(field).rstrip()
        if text and (not _FINISHED.search(text) or (case.cut_off and field == "body")):
            last = sentences(text)[-1]
            yield Hit("The text stops in the middle of a sentence.", field, last.start, last.end)


_SHORT = Example(body="The Tidewater Post asks.\n\nWho answers?")
_LONG = "A word after a word after a word is what it takes to fill a paragraph up. " * 25
RULES = (
    Rule("STR001", "summary-length", "warning",
         "A summary with too few or too many words. Beyond the floor or ceiling of its range, it is an error.",
         "Shorten or lengthen it.",
         Example(summary="Too short."), SOUND, summary_length),
    Rule("STR002", "paragraph-count", "warning",
         "Too few or too many paragraphs. Beyond the floor or ceiling of their range, it is an error.",
         "Join or split paragraphs.",
         _SHORT, SOUND, paragraph_count),
    Rule("STR003", "body-length", "warning",
         "A body with too few or too many words. Beyond the floor or ceiling of its range, it is an error.",
         "Shorten or lengthen it.",
         _SHORT, SOUND, body_length),
    Rule("STR004", "paragraph-length", "warning",
         "A paragraph with too few or too many words. Beyond the floor or ceiling of its range, it is an error.",
         "Shorten, lengthen or split it.",
         Example(body=_LONG), SOUND, paragraph_length),
    Rule("STR005", "headline", "warning",
         "A headline that is missing or too long, ends with a full stop, or is the same as the source's.",
         "Write a new one.",
         Example(headline="It is so."), SOUND, headline),
    Rule("STR006", "tag-count", "warning",
         "Too few or too many tags. Beyond the floor or ceiling of their range, it is an error.",
         "Add or remove tags.",
         Example(tags=("one",)), SOUND, tag_count),
    Rule("STR007", "heading-or-list", "error",
         "Headings, lists, tables, block quotations and blocks of code.",
         "Write it as a paragraph.",
         Example(body="# A heading\n\n" + PARAGRAPHS[0]), SOUND, heading_or_list),
    Rule("STR008", "source-not-named", "warning",
         "A take that names neither the outlet nor the headline of the story.",
         "Name the outlet whose story it is.",
         Example(summary="Nothing.", body="Nobody said it?"), SOUND, source_not_named),
    Rule("STR009", "closing", "warning",
         "A last sentence of a kind that [take] closing does not allow. If \u201cquestion\u201d is not listed there, "
         "a question is reported; if only \u201cquestion\u201d is listed, anything but an open question is reported.",
         "End in one of the ways that [take] closing allows.",
         Example(body="It is all said.", settings=Settings(take=TakeShape(closing=("question",)))), SOUND, closing),
    Rule("STR010", "cut-off", "error",
         "A text that ends in the middle of a sentence.",
         "Finish the sentence, or draft again.",
         Example(body="The regulator has asked the"), SOUND, cut_off),
)  # fmt: skip

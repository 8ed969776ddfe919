"""STR: the form of a take. A measure outside its range is a warning, outside the hard limits an error."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ourtake.checks.base import Case, Example, Hit, Rule, whole
from ourtake.checks.examples import PARAGRAPHS, SOUND
from ourtake.config import Range, Settings, TakeShape
from ourtake.documents import FieldName, Severity
from ourtake.text.counts import count_of
from ourtake.text.sentences import sentences
from ourtake.text.words import count_words, normalise

HEADLINE_CHARACTERS = 110
_FINISHED = re.compile(r"[.!?\u2026](?:[\"'\u201d\u2019)\]*_]|</?[a-z]+\s?/?>)*$")


def outside(count: int, wanted: Range, unit: str, where: str = "") -> tuple[str, Severity] | None:
    """Message and severity for a measure outside its range; None for one within it."""
    if wanted.low <= count <= wanted.high:
        return None
    hard = not wanted.floor <= count <= wanted.ceiling
    limit = (
        f"the limits are {wanted.floor} and {wanted.ceiling}" if hard else f"the range is {wanted.low} to {wanted.high}"
    )
    return f"{count_of(count, unit)}{where}; {limit}.", "error" if hard else "warning"


def _measure(case: Case, field: FieldName, count: int, *, wanted: Range, unit: str) -> Iterator[Hit]:
    found = outside(count, wanted, unit)
    if found:
        yield Hit(found[0], *whole(case, field), severity=found[1])


def summary_length(case: Case) -> Iterator[Hit]:
    """STR001."""
    yield from _measure(case, "summary", case.words["summary"], wanted=case.settings.take.summary_words, unit="word")


def paragraph_count(case: Case) -> Iterator[Hit]:
    """STR002."""
    yield from _measure(case, "body", len(case.blocks), wanted=case.settings.take.paragraphs, unit="paragraph")


def body_length(case: Case) -> Iterator[Hit]:
    """STR003."""
    yield from _measure(case, "body", case.words["body"], wanted=case.settings.take.body_words, unit="word")


def paragraph_length(case: Case) -> Iterator[Hit]:
    """STR004."""
    for _, block in case.blocks:
        found = outside(count_words(block.text), case.settings.take.paragraph_words, "word", " in this paragraph")
        if found:
            yield Hit(found[0], "body", block.start, block.end, severity=found[1])


def headline(case: Case) -> Iterator[Hit]:
    """STR005."""
    text = case.take.headline
    if not text.strip():
        yield Hit("There is no headline.", "headline", 0, len(text), severity="error")
    elif len(text) > HEADLINE_CHARACTERS:
        yield Hit(
            f"The headline has {len(text)} characters; at most {HEADLINE_CHARACTERS} fit.", "headline", 0, len(text)
        )
    elif text.rstrip().endswith(".") and not text.rstrip().endswith("..."):
        yield Hit("The headline ends with a full stop.", "headline", 0, len(text))
    elif normalise(text) == normalise(case.source.title):
        yield Hit("The headline is the same as the source's.", "headline", 0, len(text), severity="info")
    if "\n" in text:
        yield Hit("The headline has more than one line.", "headline", 0, len(text))


def tag_count(case: Case) -> Iterator[Hit]:
    """STR006."""
    yield from _measure(case, "tags", len(case.take.tags), wanted=case.settings.take.tags, unit="tag")


def heading_or_list(case: Case) -> Iterator[Hit]:
    """STR007."""
    for kind, block in case.blocks:
        if kind != "paragraph":
            yield Hit(
                f"A take is plain paragraphs; this is a {kind.replace('_', ' ')}.", "body", block.start, block.end
            )


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
    for field in ("summary", "body"):
        text = case.take.summary if field == "summary" else case.take.body
        stripped = text.rstrip()
        if stripped and (not _FINISHED.search(stripped) or (case.cut_off and field == "body")):
            last = sentences(stripped)[-1]
            yield Hit(
                "The text stops in the middle of a sentence.",
                "summary" if field == "summary" else "body",
                last.start,
                last.end,
            )


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

"""What a seeded fault is, and the few things that all seeders do with a take."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeVar

from clean_takes import CleanTake

from ourtake.documents import FieldName, Related, Take
from ourtake.text.markdown import Link, links, paragraphs
from ourtake.text.quotations import Quotation, quotations_in
from ourtake.text.sentences import sentences

_Item = TypeVar("_Item")
PROSE: tuple[FieldName, ...] = ("summary", "body")


class Fault(NamedTuple):
    """A take with one fault: where it was put (any of `spans` will do) and `related` where articles were added."""

    take: Take
    field: FieldName
    spans: tuple[tuple[int, int], ...]
    related: tuple[Related, ...] | None = None


Seeder = Callable[[CleanTake, random.Random], Iterator[Fault]]
"""Yields faulty versions of a clean take in random order; the bench takes the first few."""


class Kind(NamedTuple):
    """One kind of fault. The first of `codes` is the rule that should say it; any of them will do. `least`: the recall
    wanted.
    """

    name: str
    codes: tuple[str, ...]
    least: float
    seeder: Seeder


def text_of(take: Take, field: FieldName) -> str:
    return str(getattr(take, field))


def replaced(
    case: CleanTake, field: FieldName, start: int, end: int, *, by: str, span: tuple[int, int] | None = None
) -> Fault:
    """The take with text[start:end] replaced; the fault's span is the replacement, or `span` within it."""
    text = text_of(case.take, field)
    take = case.take.model_copy(update={field: text[:start] + by + text[end:]})
    inside = span or (0, len(by))
    return Fault(take, field, ((start + inside[0], start + max(inside[1], inside[0] + 1)),))


def inserted(case: CleanTake, sentence: str, choice: random.Random, *, span: tuple[int, int] | None = None) -> Fault:
    """The body with a sentence added after one of its sentences outside the last paragraph."""
    body = case.take.body
    block = choice.choice(paragraphs(body)[:-1])
    own = sentences(block.text)
    place = block.start + choice.choice(own[1:] or own).end
    inside = span or (0, len(sentence))
    return replaced(case, "body", place, place, by=" " + sentence, span=(1 + inside[0], 1 + inside[1]))


def all_links(case: CleanTake) -> list[Link]:
    return links(case.take.body)


def shuffled(items: list[_Item], choice: random.Random) -> list[_Item]:
    return choice.sample(items, len(items))


def plain_spans(text: str, pattern: re.Pattern[str]) -> list[re.Match[str]]:
    """Matches outside quotations and link targets."""
    taken = [(link.anchor_end, link.end) for link in links(text)] + [
        (span.start, span.end) for span in quotations_in(text)
    ]
    return [
        match
        for match in pattern.finditer(text)
        if not any(start < match.end() and match.start() < end for start, end in taken)
    ]


def document_texts(case: CleanTake) -> list[tuple[str, str]]:
    """The name and text of all that the take was written from."""
    source = case.source
    first = "\n".join(
        [source.title, source.blurb, source.outlet, source.author or "", source.published or "", source.text or ""]
    )
    return [
        ("source", first),
        *((item.id, f"{item.title}\n{without_targets(item.text)}\n{item.published or ''}") for item in case.related),
    ]


def without_targets(markdown: str) -> str:
    """The words of a text, its links' targets left out."""
    return re.sub(r"\[([^\[\]]*)\]\([^()\s]*\)", r"\1", markdown)


def quoted(text: str, least: int = 6) -> list[Quotation]:
    """The quotations of an article that are long enough to be somebody's words."""
    return [
        span
        for span in quotations_in(text)
        if least <= len(span.text.split()) <= 30 and not re.search(r"\]\(|[{}<>|]", span.text)
    ]

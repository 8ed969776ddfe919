"""Titles in a take: named whole, and linked. LNK003 and LNK011.

Only words that are (nearly) a title of a related article, or exactly one of the archive, are looked at: other words in quotation marks are
quotations or scare quotes and none of this file's business.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz import fuzz

from ourtake.checks.base import PROSE, Case, Hit
from ourtake.checks.evidence import related_document
from ourtake.documents import FieldName, Fix, Related
from ourtake.text.words import fold, words

NEAR = 82.0
"""Similarity (0 to 100, rapidfuzz ratio) from which words are taken for a title with something altered."""

LEAST_WORDS = 4
"""A shorter phrase is a title only when it is one exactly."""

MOST_WORDS = 20
"""A longer one is a quotation."""


class Spot(NamedTuple):
    """Where in a take."""

    field: FieldName
    start: int
    end: int


@lru_cache(maxsize=4096)
def _bare(text: str) -> str:
    return fold(text).strip(" .,;:!?\"'*_")


def near_title(text: str, title: str) -> bool:
    """Whether the text is the title with a part cut off or a few letters changed, and not the title itself."""
    said, real = _bare(text), _bare(title)
    if said == real or len(said) > 2 * len(real) or said.count(" ") + 1 < LEAST_WORDS:
        return False
    return real.startswith(said) or real.endswith(said) or fuzz.ratio(said, real, score_cutoff=NEAR) > 0


def nearest(case: Case, text: str) -> Related | None:
    """The article, offered or in the archive, whose title the words nearly are; two rules ask, one look-up answers."""
    if text not in case.near:
        case.near[text] = _nearest(case, text)
    return case.near[text]


def _nearest(case: Case, text: str) -> Related | None:
    near = next((item for item in case.related if near_title(text, item.title)), None)
    # Only what can be a title is looked up: a quoted sentence is longer, or ends with a full stop inside a take's own sentence.
    if near is None and case.archive is not None and LEAST_WORDS <= len(words(text)) <= MOST_WORDS:
        near = next((item for item in case.archive.titles_like(text) if near_title(text, item.title)), None)
    return near


def title_mismatch(case: Case) -> Iterator[Hit]:
    """LNK003."""
    for field in PROSE:
        for link in case.links(field):
            article = case.target(link)
            if article is None or link.image:
                continue
            words_shown = _plain(link.anchor)
            other = case.title(words_shown)
            if near_title(words_shown, article.title):
                start = link.anchor_start + link.anchor.index(words_shown)
                yield _mismatch(case, "The link's words are nearly, but not wholly, the title", article, Spot(field, start, start + len(words_shown)))
            elif other is not None and other.id != article.id and other.url != article.url:
                message = f"The link's words are the title of another article; it leads to \u201c{article.title}\u201d."
                yield Hit(message, field, link.anchor_start, link.anchor_end)
        for span in case.quotations[field]:
            inside = any(link.anchor_start <= span.start and span.end <= link.anchor_end for link in case.links(field))
            if inside or _bare(span.text) == _bare(case.source.title):
                continue
            near = nearest(case, span.text)
            if near is not None and case.title(_bare(span.text)) is None:
                end = span.end - (len(span.text) - len(span.text.rstrip(".,;:")))
                yield _mismatch(case, "The title is not given whole", near, Spot(field, span.start, end))


def mentioned_not_linked(case: Case) -> Iterator[Hit]:
    """LNK011."""
    linked = {article.id for field in PROSE for link in case.links(field) if (article := case.target(link)) is not None}
    for field in PROSE:
        for span in case.quotations[field]:
            if len(words(span.text)) < 2 or any(link.start <= span.start and span.end <= link.end for link in case.links(field)):
                continue
            if _bare(span.text) == _bare(case.source.title):
                continue
            article = case.title(span.text.rstrip(".,;:")) or nearest(case, span.text)
            if article is not None and article.id not in linked:
                yield Hit(f"\u201c{article.title}\u201d is named and not linked.", field, span.start, span.end)


def _plain(anchor: str) -> str:
    return anchor.strip().strip("*_\"\u201c\u201d'\u2018\u2019").strip()


def _mismatch(case: Case, what: str, article: Related, spot: Spot) -> Hit:
    """The finding, with the whole title as its mend where that can stand there as it is."""
    text = case.text(spot.field)
    title = article.title.strip()
    around = text[spot.start - 1 : spot.start] + text[spot.end : spot.end + 1]
    if set(around) & set('"\u201c\u201d\u201e'):
        title = _inner_quotes(title, curly='"' not in around)
    fix = Fix(start=spot.start, end=spot.end, replacement=re.sub(r"([\[\]*_`<>\\])", r"\\\1", title)) if "\n" not in title else None
    document = next((item for item in case.documents if item.url == article.url), None) or related_document(article)
    evidence = document.evidence(0, len(article.title))
    return Hit(f"{what}: \u201c{article.title}\u201d.", spot.field, spot.start, spot.end, fix=fix, evidence=(evidence,))


def _inner_quotes(title: str, *, curly: bool) -> str:
    """A title as it stands between double quotation marks: its own become single ones."""
    opened, closed = ("\u2018", "\u2019") if curly else ("'", "'")
    title = re.sub(r'(?<!\w)["\u201c\u201e](?=\w)', opened, title)
    return re.sub(r'["\u201c\u201d]', closed, title)

"""A finding as a card: what is wrong, the take's words against the document's, and the passage that they are in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from ourtake.checks.verdict import verdict_line
from ourtake.documents import Draft, Evidence, Finding, Related, Source, Take
from ourtake.review.claims import text_of
from ourtake.review.diff import Segment, segments
from ourtake.review.editing import candidates
from ourtake.review.views import DraftView, FindingRow
from ourtake.text.counts import count_of
from ourtake.text.markdown import links
from ourtake.values import day_of

AROUND = 220
"""Characters of a document shown before and after the words that a finding rests on."""
ALIKE = 0.5
"""The share of words that two texts must have in common: otherwise a word diff of them can't be read."""


_BLANK_LINES = re.compile(r"\n\s*\n")


class Passage(NamedTuple):
    """Where the evidence is: text of a document around its words. `kind`: whose document it is."""

    title: str
    kind: str
    published: str
    url: str
    before: str
    words: str
    after: str


class Card(NamedTuple):
    """A finding with everything that its card shows. `part`: the name of its block. `link`: the number of the link that
    it is about, and the article that `next_link` would lead to.
    """

    number: int
    row: FindingRow
    name: str
    part: str
    diff: tuple[Segment, ...]
    passages: tuple[Passage, ...]
    link: int | None = None
    candidate: str = ""


def cards_of(view: DraftView) -> list[Card]:
    """A card for each finding, in the order of the report."""
    made = []
    for number, row in enumerate(view.findings):
        item = row.finding
        link, candidate = _candidate(view, item)
        passages = tuple(passage_of(view.draft, place, view.take) for place in item.evidence[:3])
        part = f"{row.field}-{row.index}"
        made.append(Card(number, row, _name(item), part, _difference(item), passages, link, candidate))
    return made


_FAMILIES = {"LNK": "link", "QUO": "quotation"}
"""Families whose rules have names that don't say what they are about, such as "altered"."""


def _name(item: Finding) -> str:
    """A rule's name as a heading, as "quotation: altered"."""
    name, family = item.rule.replace("-", " "), _FAMILIES.get(item.code[:3], "")
    return name if not family or family in name else f"{family}: {name}"


def _candidate(view: DraftView, item: Finding) -> tuple[int | None, str]:
    """The link that a finding is about, counted in its field, and the title of the next article to link to."""
    if item.code[:3] != "LNK" or item.field not in ("summary", "body"):
        return None, ""
    found = links(text_of(view.take, item.field))
    number = next((at for at, one in enumerate(found) if one.start < item.end and item.start < one.end), None)
    if number is None:
        return None, ""
    others = candidates(view.draft, view.take, item.field, number)
    return (number, others[0].title) if others else (None, "")


def is_wide(item: Finding, text: str) -> bool:
    """Whether a finding is about a whole paragraph or field. Marking all its words would hide other marks."""
    return "\n\n" in item.text.strip() or (item.end - item.start >= len(text.strip()) and len(item.text) > AROUND)


def _difference(item: Finding) -> tuple[Segment, ...]:
    """The finding's words against those that should replace them, else against those of the evidence."""
    after = item.fix.replacement if item.fix is not None else next((place.text for place in item.evidence), "")
    if not after or after == item.text or (item.code.startswith("ORG") and item.fix is None):
        return ()  # what a rule of originality found is what both have in common
    return tuple(segments(item.text, after)) if item.fix is not None else readable_diff(item.text, after)


def readable_diff(before: str, after: str) -> tuple[Segment, ...]:
    """The diff of texts that share most of their words; nothing for others, or where the first has all of it."""
    found = tuple(segments(before, after))
    same = sum(len(one.text) for one in found if one.kind == "same")
    new = any(one.kind == "new" for one in found)
    return found if new and same >= ALIKE * max(len(before), len(after)) else ()


def passage_of(draft: Draft, place: Evidence, take: Take, *, around: int = AROUND) -> Passage:
    """The evidence in its document; only its words where the document is not at hand. `around`: see AROUND."""
    title, kind, published, url, text = document_of(draft, place, take)
    if text[place.start : place.end] != place.text:
        return Passage(title, kind, published, url, "", place.text, "")
    before, after = text[max(0, place.start - around) : place.start], text[place.end : place.end + around]
    if place.start > around:
        before = "…" + (before[before.find(" ") :] if " " in before else before)
    if place.end + around < len(text):
        after = (after[: after.rfind(" ")] if " " in after else after) + " …"
    before, after = (_BLANK_LINES.sub("\n", one) for one in (before, after))
    return Passage(title, kind, published, url, before, place.text, after)


def document_of(draft: Draft, place: Evidence, take: Take) -> tuple[str, str, str, str, str]:
    """Title, whose it is, day, address and text of the document's field."""
    if place.document == "source":
        source: Source = draft.source
        day = day_of(source.published) or ""
        return source.title, source.outlet, day, source.url, str(getattr(source, place.field or "", "") or "")
    if place.document == "take" and place.field:
        return "This take", "", "", "", text_of(take, place.field)  # type: ignore[arg-type]
    article = next((item for item in draft.related if place.document in (item.id, item.handle)), None)
    if article is None:
        return "An earlier take" if not place.field else place.document, "", "", "", ""
    return article.title, "our archive", day_of(article.published) or "", article.url, _article_text(article, place)


def _article_text(article: Related, place: Evidence) -> str:
    return {"title": article.title, "passage": article.passage, "summary": article.summary or ""}.get(
        place.field or "text", article.text
    )


def verdict_of(view: DraftView) -> str:
    """What the checks say, with what they do not: no verdict is shown without the counts of claims."""
    report = view.revision.report
    return verdict_line(report.verdict, report.counts.get("error", 0), view.counts)


def open_counts(rows: Sequence[FindingRow]) -> str:
    """As "3 errors, 2 warnings"; "nothing open" where there is neither. What was let stand does not count."""
    parts = []
    for severity in ("error", "warning"):
        number = sum(row.finding.severity == severity and row.override is None for row in rows)
        if number:
            parts.append(count_of(number, severity))
    return ", ".join(parts) or "nothing open"

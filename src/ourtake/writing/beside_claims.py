"""The passages that a reader is shown beside claims: whole paragraphs with their neighbours, as there is room for them.

A clipped passage hides second reasons and conditions, so a paragraph is shown whole or not at all. The best passage of
each claim comes first, then the others, then the summaries of their articles and the paragraphs before and after.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from ourtake.documents import SOURCE, Claim, Evidence, Related, Source, handle_map
from ourtake.text.markdown import visible
from ourtake.text.parsed import pieces
from ourtake.text.plain import visible_only

LONGEST_PARAGRAPH = 1_500
"""Characters of a paragraph that are shown; a longer one is hardly a paragraph."""

LONGEST_TITLE = 200


class Story(NamedTuple):
    """What a take was checked against: its source and every article that is evidence, with its text."""

    source: Source
    articles: tuple[Related, ...]


class PromptDocument(NamedTuple):
    """A document in the prompt: "source" or a handle, with the passages that are shown of it."""

    name: str
    title: str
    published: str
    passages: tuple[str, ...]
    outlet: str = ""
    author: str = ""


class Paragraph(NamedTuple):
    """The paragraph of that number (from 0) in a document's field; `document` as evidence names it."""

    document: str
    field: str
    number: int


class Shown(NamedTuple):
    """What is shown. `nearest`: the paragraphs of each claim's own passages that are among it, by the claim's id, the
    best first; `missing`: the ids of claims whose best passage had no room.
    """

    documents: tuple[PromptDocument, ...]
    nearest: Mapping[str, tuple[Paragraph, ...]]
    missing: frozenset[str]


class Documents:
    """The documents of a story by the names that evidence has for them, and the names that a model knows."""

    def __init__(self, story: Story) -> None:
        self._held: dict[str, Source | Related] = {SOURCE: story.source} | {one.id: one for one in story.articles}
        handles = {item.id: handle for handle, item in handle_map(list(story.articles)).items()}
        self._handles = {SOURCE: SOURCE} | handles

    def handle(self, document: str) -> str:
        """The name that a model knows; "" for a document of which nothing is known."""
        return self._handles.get(document, "")

    def words(self, paragraph: Paragraph) -> str:
        """A paragraph as it is shown."""
        listed = pieces(self.text(paragraph.document, paragraph.field))
        return visible_only(listed[paragraph.number][1][:LONGEST_PARAGRAPH])

    def text(self, document: str, field: str) -> str:
        """The text of a field of a document; "" if it has none."""
        return str(getattr(self._held.get(document), field, None) or "")

    def paragraphs_of(self, evidence: Evidence, *, wide: bool = False) -> list[Paragraph]:
        """The paragraphs that a piece of evidence is in; `wide`: those before and after them instead."""
        name, field = evidence.document, evidence.field or "text"
        listed = pieces(self.text(name, field))
        inside = [
            number
            for number, (start, piece) in enumerate(listed)
            if start < evidence.end and evidence.start < start + len(piece)
        ]
        if wide and inside:
            inside = [number for number in (inside[0] - 1, inside[-1] + 1) if 0 <= number < len(listed)]
        return [Paragraph(name, field, number) for number in inside]

    def summary(self, document: str) -> list[Paragraph]:
        """The paragraphs of an article's own summary."""
        return [Paragraph(document, "summary", number) for number in range(len(pieces(self.text(document, "summary"))))]

    def nearest(self, claim: Claim) -> tuple[Paragraph, ...]:
        """The paragraphs of a claim's own passages, the best first."""
        found = (one for evidence in claim.evidence for one in self.paragraphs_of(evidence))
        return tuple(dict.fromkeys(found))

    def size(self, paragraph: Paragraph) -> int:
        """The bytes of a paragraph as it is shown."""
        return len(self.words(paragraph).encode("utf-8", "replace"))

    def listed(self, chosen: Sequence[Paragraph], *, named: Sequence[str] = ()) -> Iterator[PromptDocument]:
        """The documents of these paragraphs with them in order; those `named` also without any."""
        for name, document in self._held.items():
            own = sorted(one for one in chosen if one.document == name and one.field != "title")
            if own or name in named or any(one.document == name for one in chosen):
                published = (document.published or "")[:10]
                passages = tuple(self.words(one) for one in own)
                title, outlet, author = (
                    visible_only(str(getattr(document, part, None) or ""))[:LONGEST_TITLE]
                    for part in ("title", "outlet", "author")
                )
                yield PromptDocument(self.handle(name), title, published, passages, outlet, author)


def passages_for(
    claims: Sequence[Claim], documents: Documents, *, room: int, known: str = "", summaries: bool = False
) -> Shown:
    """The passages of these claims in at most `room` bytes of UTF-8; those that the text `known` has, as a reader sees
    them, are not repeated, and count as shown. `summaries`: of the same articles as well.
    """
    there_already = " ".join(known.split())
    shown: dict[Paragraph, bool] = {}
    chosen: list[Paragraph] = []

    def show(one: Paragraph) -> bool:
        nonlocal room
        if one not in shown:
            repeated = bool(known) and " ".join(visible(documents.words(one)).split()) in there_already
            size = 0 if repeated else documents.size(one)
            shown[one] = size <= room
            if shown[one] and not repeated:
                room -= size
                chosen.append(one)
        return shown[one]

    nearest = {claim.id: documents.nearest(claim) for claim in claims}
    most = max(map(len, nearest.values()), default=0)
    for rank in range(most):
        for own in nearest.values():
            if rank < len(own):
                show(own[rank])
    for evidence in (evidence for claim in claims for evidence in claim.evidence):
        for one in documents.summary(evidence.document) if summaries else ():
            show(one)
        for one in documents.paragraphs_of(evidence, wide=True):
            show(one)
    there = {name: tuple(one for one in own if shown[one]) for name, own in nearest.items()}
    missing = frozenset(name for name, own in nearest.items() if own and not shown[own[0]])
    return Shown(tuple(documents.listed(chosen, named=(SOURCE,))), there, missing)

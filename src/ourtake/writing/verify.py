"""The verifier: a model reads the claims that code did not settle, each beside the passages that are nearest to it.

It is asked at most twice for a take. What it says goes through the parser of the second reading (reread.py): an answer
without words that code finds in the named document counts for nothing, and a claim about which it says nothing stays
"not-checked". What code verified, an exact quotation or number, is never overruled.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ourtake.checks.base import ReadAnswer, ReadFinding
from ourtake.config import Settings
from ourtake.documents import Claim, Evidence, Related, Report, Source, Take, handle_map
from ourtake.errors import AnswerError, ProviderError, StoreError, UnknownCallError
from ourtake.providers.base import Brief, Provider, name_of, require_whole
from ourtake.text.counts import count_of
from ourtake.text.parsed import pieces
from ourtake.text.plain import visible_only
from ourtake.writing.prompts import Prompts, request_for
from ourtake.writing.reply import schema_of
from ourtake.writing.reread import CLAIM_ROWS, FINDING_ROWS, Item, read_answer
from ourtake.writing.story_texts import StoryTexts

MOST_CALLS = 2
MOST_CLAIMS = 24
"""Claims in one call, where two are enough for all."""

MOST_BYTES = 26_000
"""Of the passages of one call: some 6,500 tokens of English, so that two calls stay under 20,000 tokens."""

LONGEST_PARAGRAPH = 1_500
"""Characters of a paragraph beside a passage; more of it is not shown."""

SCHEMA = schema_of(claims=CLAIM_ROWS, findings=FINDING_ROWS)
_CONFIRMABLE = frozenset(("FCT005", "FCT006", "FCT007", "FCT008", "SUP002", "SUP003", "QUO004"))
"""Rules by which code only warns: a claim with such a finding is asked about as well."""

_EXACT = frozenset(("FCT001", "FCT003", "FCT004", "QUO001", "QUO002", "QUO003"))
"""What a reader may not say of a quotation or number that code verified."""


class Verifier(NamedTuple):
    """The model that is asked, and what its requests are made with."""

    provider: Provider
    prompts: Prompts
    settings: Settings


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


class Verification(NamedTuple):
    """What the verifier said. `asked`: how many claims it was asked about; `unproven`: answers that were dropped, since
    the words that they quote are in no text; `notes`: why claims were not checked.
    """

    findings: tuple[ReadFinding, ...] = ()
    answers: tuple[ReadAnswer, ...] = ()
    asked: int = 0
    unproven: int = 0
    notes: tuple[str, ...] = ()


def unsettled(report: Report) -> list[Claim]:
    """The statements that code did not settle, in the take's order."""
    errors = {(one.field, one.start, one.end) for one in report.findings if one.severity == "error"}

    def has_error(claim: Claim) -> bool:
        return any(field == claim.field and start < claim.end and claim.start < end for field, start, end in errors)

    return [
        claim
        for claim in report.claims
        if claim.kind == "statement"
        and (
            claim.status == "not-checked"
            or (claim.by == "code" and _CONFIRMABLE.issuperset(claim.codes) and claim.codes and not has_error(claim))
        )
    ]


async def verify(
    report: Report, take: Take, story: Story, *, verifier: Verifier, draft_id: str = "", repair_round: int = 0
) -> Verification:
    """What the verifier says of the claims that code did not settle.

    A call that fails leaves its claims as they are, with a note. Raises UnknownCallError, and LimitError.
    """
    claims = unsettled(report)
    found = Verification(asked=len(claims))
    texts = StoryTexts(story.source, story.articles)
    for group in _groups(claims):
        items, documents = _shown(group, story)
        prompt = verifier.prompts.verify(story.source, items=items, documents=documents)
        brief = Brief(source=story.source, related=story.articles)
        model, settings = verifier.provider.model, verifier.settings
        request = request_for("verify", prompt, model=model, brief=brief, settings=settings, json_schema=SCHEMA)
        try:
            reply = await verifier.provider.reply(
                request.model_copy(update={"draft_id": draft_id, "repair_round": repair_round})
            )
            require_whole(reply)
            reading = read_answer(reply.text, items, take, story=texts, by=reply.by or name_of(verifier.provider))
        except UnknownCallError:
            raise
        except (ProviderError, AnswerError, StoreError) as failure:
            note = (
                f"{count_of(len(group), 'claim was', 'claims were')} not checked by {name_of(verifier.provider)}: "
                f"{failure.what}"
            )
            return found._replace(notes=(*found.notes, note))
        found = found._replace(
            findings=(*found.findings, *(one for one in reading.findings if not _overrules(one, report))),
            answers=(*found.answers, *reading.answers.values()),
            unproven=found.unproven + reading.unproven,
        )
    if found.unproven:
        many = count_of(found.unproven, "answer")
        found = found._replace(notes=(*found.notes, f"{many} quoted words that are in no text, and did not count."))
    return found


def _groups(claims: Sequence[Claim]) -> Iterator[Sequence[Claim]]:
    """The claims of each call."""
    if not claims:
        return
    calls = 1 if len(claims) <= MOST_CLAIMS else MOST_CALLS
    size = -(-len(claims) // calls)
    for first in range(0, len(claims), size):
        yield claims[first : first + size]


def _overrules(found: ReadFinding, report: Report) -> bool:
    """Whether a finding says of a quotation or number that code verified that it is not the document's."""
    return found.code in _EXACT and any(
        claim.field == found.field
        and claim.kind in ("quotation", "number", "date")
        and (claim.status, claim.by) == ("verified", "code")
        and found.start < claim.end
        and claim.start < found.end
        for claim in report.claims
    )


def _shown(claims: Sequence[Claim], story: Story) -> tuple[list[Item], list[PromptDocument]]:
    """The claims as numbered items, and the passages that are shown with them: whole paragraphs with their neighbours,
    the best of each claim first, as many as there is room for.
    """
    handles = {item.id: handle for handle, item in handle_map(list(story.articles)).items()} | {"source": "source"}
    fields = {"source": story.source} | {item.id: item for item in story.articles}
    chosen: dict[tuple[str, str], set[int]] = {}
    room = MOST_BYTES
    most = max((len(claim.evidence) for claim in claims), default=0)
    for wide in (False, True):
        for rank in range(most):
            for evidence in (claim.evidence[rank] for claim in claims if rank < len(claim.evidence)):
                text = str(getattr(fields.get(evidence.document), evidence.field or "text", None) or "")
                for number in _paragraphs_at(text, evidence, wide=wide):
                    taken = chosen.setdefault((evidence.document, evidence.field or "text"), set())
                    size = len(pieces(text)[number][1][:LONGEST_PARAGRAPH].encode("utf-8", "replace"))
                    if number not in taken and size <= room:
                        taken.add(number)
                        room -= size
    items = [
        Item(f"c{number}", visible_only(claim.text), claim.field, claim.start, claim.end)
        for number, claim in enumerate(claims, 1)
    ]
    documents = []
    for name, document in fields.items():
        shown = [
            visible_only(pieces(str(getattr(document, field)))[number][1][:LONGEST_PARAGRAPH])
            for (owner, field), numbers in chosen.items()
            if owner == name and field != "title"
            for number in sorted(numbers)
        ]
        if shown or name == "source":
            published = (document.published or "")[:10]
            documents.append(PromptDocument(handles[name], visible_only(document.title), published, tuple(shown)))
    return items, documents


def _paragraphs_at(text: str, evidence: Evidence, *, wide: bool) -> list[int]:
    """The numbers of the paragraphs that a piece of evidence is in; `wide`: of those before and after, too."""
    listed = pieces(text)
    inside = [
        number
        for number, (start, piece) in enumerate(listed)
        if start < evidence.end and evidence.start < start + len(piece)
    ]
    if wide and inside:
        return [number for number in (inside[0] - 1, inside[-1] + 1) if 0 <= number < len(listed)]
    return inside

"""The blocks of a take as the draft page shows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from ourtake.documents import FieldName
from ourtake.review.claims import text_of
from ourtake.review.editing import candidates
from ourtake.review.history import Proposal
from ourtake.review.paragraphs import Block
from ourtake.review.views import DraftView
from ourtake.text.markdown import blocks as markdown_blocks
from ourtake.text.markdown import links, visible
from ourtake.web.cards import is_wide
from ourtake.web.marked import Label, Mark, passage_html


class ShownPiece(NamedTuple):
    """A stretch of a proposal: text that stays (`number` 0), or a change. `state`: "", "take" or "drop"."""

    number: int
    before: str
    after: str = ""
    state: str = ""


class ShownProposal(NamedTuple):
    """A proposal with its base cut at the pieces. `next`: the piece that is decided next; 0 if all are."""

    proposal: Proposal
    pieces: tuple[ShownPiece, ...]
    next: int


class Swap(NamedTuple):
    """A link of a block, counted in its field, and the title of the article that it would lead to next."""

    number: int
    words: str
    candidate: str


class Part(NamedTuple):
    """A block of the take. `name`: as "body-2". `kind`: as markdown-it says."""

    name: str
    block: Block
    kind: str
    html: Markup
    proposals: tuple[ShownProposal, ...] = ()
    swaps: tuple[Swap, ...] = ()


def parts_of(view: DraftView) -> list[Part]:
    """The blocks in reading order, with the words of findings marked and the proposals that wait for a decision."""
    kinds = [kind for kind, span in markdown_blocks(view.take.body) if span.text]
    made = []
    for block in view.blocks:
        text, end = text_of(view.take, block.field), block.start + len(block.text)
        marks = [
            Mark(row.finding.start, row.finding.end, number, "stood" if row.override else row.finding.severity)
            for number, row in enumerate(view.findings)
            if row.field == block.field and not is_wide(row.finding, text)
        ]
        labels = [
            Label(one.end, f"near: {one.support}") for one in view.revision.report.sentences if one.field == block.field
        ]
        kind = kinds[block.index] if block.field == "body" and block.index < len(kinds) else "paragraph"
        html = passage_html(text, block.start, end, marks, labels)
        waiting = tuple(shown(one) for one in view.proposals if _place(one, view.blocks) == (block.field, block.index))
        made.append(Part(f"{block.field}-{block.index}", block, kind, html, waiting, _swaps(view, block)))
    return made


def _place(proposal: Proposal, blocks: Sequence[Block]) -> tuple[FieldName, int]:
    """The block that a proposal is shown under: the one with its text, wherever that is now; else the nearest one."""
    own = [block for block in blocks if block.field == proposal.field]
    same = [block.index for block in own if block.text == proposal.base]
    if proposal.index in same or not own:
        return proposal.field, proposal.index
    return proposal.field, same[0] if same else min(proposal.index, own[-1].index)


def _swaps(view: DraftView, block: Block) -> tuple[Swap, ...]:
    """The links of a block that could lead to another offered article."""
    field = block.field
    if field not in ("summary", "body"):
        return ()
    found = []
    for number, link in enumerate(links(text_of(view.take, field))):
        if block.start <= link.start < block.start + len(block.text):
            others = candidates(view.draft, view.take, field, number)
            found += [Swap(number, visible(link.anchor), others[0].title)] if others else []
    return tuple(found)


def shown(proposal: Proposal) -> ShownProposal:
    """A proposal as the page draws it."""
    out, last = [], 0
    for piece in proposal.pieces:
        if piece.start > last:
            out.append(ShownPiece(0, proposal.base[last : piece.start]))
        state = proposal.decided.get(piece.number, "")
        out.append(ShownPiece(piece.number, piece.before, piece.after, state))
        last = piece.end
    if last < len(proposal.base):
        out.append(ShownPiece(0, proposal.base[last:]))
    return ShownProposal(proposal, tuple(out), next(iter(proposal.undecided), 0))

"""What is under review, as lines of text: for the plain mode, and for the card of the full-screen one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ourtake.cli import lazy
from ourtake.text.counts import count_of
from ourtake.text.markdown import visible

if TYPE_CHECKING:
    from ourtake.documents import Draft, Evidence
    from ourtake.review.diff import Segment
    from ourtake.review.history import Proposal
    from ourtake.review.views import ClaimRow, DraftView, FindingRow
    from ourtake.store.queue import QueueRow


def queue_line(row: QueueRow) -> str:
    """A draft as a line of the queue; nothing is said about claims that nobody counted."""
    marks = [count_of(row.errors, "error"), count_of(row.warnings, "warning")]
    marks += [f"{row.undecided} to decide"] if row.undecided >= 0 else []
    marks += [f"{row.not_checked} not checked"] if row.not_checked else []
    marks += [f"{row.overrides} let stand"] if row.overrides else []
    marks += [count_of(row.proposals, "proposal")] if row.proposals else []
    who = f", {row.by}" if row.by else ""
    cost = f", ${row.cost / 1_000_000:.4f}" if row.cost else ""
    state = lazy.states.words_of(row.state)
    named = f"{row.headline or '(no take)'} [{row.outlet}]"
    return f"{row.draft_id}  {state}{who}: {named} {', '.join(marks)}; {row.model or 'a person'}{cost}"


def draft_lines(view: DraftView) -> list[str]:
    """The take as readers get it, its paragraphs numbered, and where findings are."""
    lines = [
        f"Draft {view.draft.id}, revision {view.revision.number} by {view.revision.by}",
        lazy.wording.state_line(view),
        *(f"note: {note}" for note in view.draft.notes),
    ]
    for block in view.blocks:
        found = [row for row in view.findings if (row.field, row.index) == (block.field, block.index)]
        name = f"{block.index + 1}" if block.field == "body" else block.field
        codes = ", ".join(f"{row.finding.code} ({row.finding.severity})" for row in found)
        lines += ["", f"{name}: {block.text}", *([f"  findings: {codes}"] if codes else [])]
    return lines


def finding_lines(row: FindingRow, view: DraftView, *, number: int, count: int) -> list[str]:
    """A finding with its words, its evidence, and what can be done about it."""
    item = row.finding
    lines = [
        f"Finding {number} of {count}: {item.severity} {item.code}, {finding_place(row)}",
        item.message,
    ]
    lines.append(f"words: {shortened(item.text)}")
    lines += evidence_lines(item.evidence, view.draft)
    if item.fix is not None:
        before = item.text if (item.fix.start, item.fix.end) == (item.start, item.end) else None
        old = before if before is not None else _text(view, row)[item.fix.start : item.fix.end]
        lines.append(f"f fixes: {marked(lazy.review_diff.segments(old, item.fix.replacement))}")
    if row.override is not None:
        lines.append(f"kept: {row.override.reason} ({row.override.by})")
    return lines


def _text(view: DraftView, row: FindingRow) -> str:
    return lazy.review_claims.text_of(view.take, row.finding.field)


def claim_lines(row: ClaimRow, view: DraftView, *, number: int, count: int) -> list[str]:
    """A claim beside its evidence. Of a row that is answered blind, the verdict is not shown."""
    claim = row.claim
    lines = [
        f"Claim {number} of {count}: {claim.kind}, {place_name(claim.field, row.index)}",
        f"says: {visible(claim.text)}",
    ]
    if row.blind:
        lines.append("verdict: shown after your answer")
    else:
        codes = f" ({', '.join(claim.codes)})" if claim.codes else ""
        lines.append(f"verdict of {claim.by}: {claim.status.replace('-', ' ')}{codes}")
    lines += evidence_lines(claim.evidence, view.draft) or ["evidence: none was found"]
    lines += [f"differs ({one.what}): the take has {one.take}, the document {one.document}" for one in claim.differs]
    if row.decision is not None:
        source = f", source: {row.decision.source}" if row.decision.source else ""
        lines.append(f"decided: {row.decision.verdict} by {row.decision.by}{source}")
    return lines


def proposal_lines(one: Proposal, *, at: int) -> list[str]:
    """A proposal as a word diff with its pieces numbered; `at`: the piece under the cursor, from 0."""
    kind = "Rewrite" if one.kind == "rewrite" else "Typed in the meantime"
    note = f" ({one.note})" if one.note else ""
    lines = [f"{kind} by {one.by} for {place_name(one.field, one.index)}{note}. It is not in the text."]
    for number, piece in enumerate(one.pieces):
        state = one.decided.get(piece.number, "open")
        cursor = ">" if number == at else " "
        around = (shortened(one.base[: piece.start][-30:]), shortened(one.base[piece.end :][:30]))
        old = f"[-{piece.before}-]" if piece.before else ""
        new = f"{{+{piece.after}+}}" if piece.after else ""
        lines.append(f"{cursor} {piece.number} {state}: ...{around[0]} {old}{new} {around[1]}...")
    return lines


def evidence_lines(given: tuple[Evidence, ...], draft: Draft) -> list[str]:
    """The passages of evidence, each with the document that it is from."""
    titles = {item.id: item.title for item in draft.related} | {
        "source": f"{draft.source.outlet}, {draft.source.title}"
    }
    return [f"evidence: “{shortened(one.text, 400)}” ({titles.get(one.document, one.document)})" for one in given]


def place_name(field: str, index: int) -> str:
    """A block by name; an index below 0 stands for the whole body."""
    if index < 0:
        return f"the {field}"
    return f"paragraph {index + 1}" if field == "body" else f"the {field}"


def finding_place(row: FindingRow) -> str:
    """Where a finding is."""
    if not row.several:
        return place_name(row.field, row.index)
    return f"paragraphs {row.several[0] + 1} to {row.several[-1] + 1}"


def shortened(text: str, most: int = 200) -> str:
    """A text as one line, cut in the middle where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most // 2].rstrip()} … {line[-most // 2 :].lstrip()}"


def marked(parts: list[Segment]) -> str:
    """A word diff as text."""
    marks = {"same": "{}", "old": "[-{}-]", "new": "{{+{}+}}"}
    return "".join(marks[part.kind].format(part.text) for part in parts)

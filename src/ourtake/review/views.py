"""What the desk shows of a draft at one moment: its parts, findings, claims, proposals, what an approval needs."""

from __future__ import annotations

from hashlib import sha256
from typing import Literal, TypeVar

from ourtake.checks.verdict import claim_counts, with_claims
from ourtake.documents import Claim, ClaimStatus, Document, Draft, FieldName, Finding, Report, Revision, Take
from ourtake.errors import InputError
from ourtake.review.claims import claim_keys, claims_of, finding_keys, needs_decision
from ourtake.review.history import Decision, Override, Proposal, Standing, standing_after
from ourtake.review.paragraphs import Block, blocks_of
from ourtake.review.states import SIGNED, State, state_of
from ourtake.store.acts import Act
from ourtake.store.desk import Filed
from ourtake.text.markdown import visible


class FindingRow(Document):
    """A finding at the desk. `id` stays while its sentence and evidence do. `index`: its paragraph; `start`, `end`: in
    that block, in code points. `several`: the indexes of its paragraphs where it is about more than one. `override`:
    who let it stand, and why.
    """

    id: str
    finding: Finding
    field: FieldName
    index: int
    start: int
    end: int
    several: tuple[int, ...] = ()
    override: Override | None = None


class ClaimRow(Document):
    """A row of the claim sheet. `id` stays while its sentence and evidence do.

    `blind`: the editor answers before the machine's verdict is shown, so `claim` holds none of it yet. `needed`: it has
    to be decided before an approval.
    """

    id: str
    claim: Claim
    index: int
    needed: bool
    blind: bool = False
    decision: Decision | None = None


class Blocker(Document):
    """What keeps a draft from being approved. `id`: of the claim row, finding row or proposal; `text`: one sentence."""

    kind: Literal["claim", "wrong", "error", "proposal", "take"]
    id: str = ""
    text: str


class DraftView(Document):
    """A draft at one moment. Everything in it belongs to `revision`.

    `counts`: claims by status, with people's verdicts. `links`: how many the take has. `acts`: how many there were, by
    which a page sees whether something happened since.
    """

    draft: Draft
    revision: Revision
    state: State
    blocks: tuple[Block, ...]
    findings: tuple[FindingRow, ...]
    claims: tuple[ClaimRow, ...]
    proposals: tuple[Proposal, ...]
    blockers: tuple[Blocker, ...]
    counts: dict[str, int]
    standing: Standing
    acts: int

    @property
    def take(self) -> Take:
        """The take of the current revision."""
        return self.revision.take

    @property
    def signed(self) -> bool:
        """Whether somebody signed exactly this revision and nothing changed since."""
        return self.draft.review is not None and self.draft.review.seal is not None

    @property
    def signed_once(self) -> tuple[str, ...]:
        """Who has signed this text where a second person still has to."""
        number = self.revision.number
        return (
            () if self.state in SIGNED else tuple(one.by for one in self.standing.signatures if one.revision == number)
        )

    def finding(self, row_id: str) -> FindingRow:
        """The finding of that id. Raises InputError if the text has none such any more."""
        return _row(self.findings, row_id, "finding")

    def claim(self, row_id: str) -> ClaimRow:
        """The claim of that id. Raises InputError if the text has none such any more."""
        return _row(self.claims, row_id, "claim")

    def proposal(self, proposal_id: str) -> Proposal:
        """The pending proposal of that id. Raises InputError if there is none."""
        found = self.standing.proposals.get(proposal_id)
        if found is None or found.state != "pending":
            raise InputError("That proposal is not waiting for a decision.", "Load the draft again.")
        return found


_Row = TypeVar("_Row", FindingRow, ClaimRow)


def _row(rows: tuple[_Row, ...], row_id: str, what: str) -> _Row:
    found = next((row for row in rows if row.id == row_id), None)
    if found is None:
        raise InputError(f"That {what} is no longer in the text.", "Load the draft again.")
    return found


def view_of(filed: Filed, extra: tuple[Act, ...] = ()) -> DraftView:
    """What the desk shows of a draft; `extra`: acts that are about to be added. Raises InputError without a take."""
    draft, acts = filed.draft, (*filed.acts, *extra)
    revision = _written(draft)
    standing, blocks = standing_after(acts), tuple(blocks_of(revision.take))
    claims = _claim_rows(draft.id, revision, standing, blocks)
    findings = _finding_rows(revision, standing, blocks)
    known = decided_report(revision.report, revision.take, acts).claims
    return DraftView(
        draft=draft,
        revision=revision,
        state=state_of(draft),
        blocks=blocks,
        findings=findings,
        claims=claims,
        proposals=standing.pending,
        blockers=tuple(_blockers(findings, claims, standing)),
        counts=claim_counts(known),
        standing=standing,
        acts=len(acts),
    )


def _written(draft: Draft) -> Revision:
    """The current revision. Raises InputError where no take was written."""
    revision = draft.standing()
    if revision is None and draft.status == "planned":
        raise InputError(
            f"Draft {draft.id} has been planned, but no take has been written yet.",
            f"Run `ourtake watch draft {draft.id}`.",
        )
    if revision is None:
        raise InputError(f"Draft {draft.id} has no take: {draft.error or draft.status}.", "Draft it again.")
    return revision


def reviewed_report(filed: Filed) -> Report:
    """The current report, its claims with the verdicts of people. Raises InputError without a take."""
    revision = _written(filed.draft)
    return decided_report(revision.report, revision.take, filed.acts)


def decided_report(report: Report, take: Take, acts: tuple[Act, ...]) -> Report:
    """A report of a take, its claims with the verdicts of people: every count that is printed of a draft is from here.

    A decision holds for a claim with the same sentence and evidence, also in a report that was made later.
    """
    claims, decisions = claims_of(report, take), standing_after(acts).decisions
    keyed = zip(claim_keys(claims, take), claims, strict=True)
    return with_claims(report, tuple(_decided(claim, decisions.get(key)) for key, claim in keyed))


def _decided(claim: Claim, decision: Decision | None) -> Claim:
    """The claim with what a person decided."""
    if decision is None:
        return claim
    status: ClaimStatus = "differs" if decision.verdict == "wrong" else "verified"
    return claim.model_copy(update={"status": status, "by": "person"})


def reviewed_draft(filed: Filed) -> Draft:
    """The draft with that report, which is what readers are told; as it is where nobody worked on it at the desk."""
    return decided_draft(filed.draft, filed.acts)


def decided_draft(draft: Draft, acts: tuple[Act, ...]) -> Draft:
    """The same, of a draft and its acts."""
    standing = draft.standing()
    if not acts or standing is None:
        return draft
    revision = standing.model_copy(update={"report": decided_report(standing.report, standing.take, acts)})
    kept = tuple(revision if one.number == revision.number else one for one in draft.revisions)
    return draft.model_copy(update={"revisions": kept})


def block_at(blocks: tuple[Block, ...], field: FieldName, start: int) -> Block:
    """The block in which a span of a field begins."""
    of_field = [block for block in blocks if block.field == field]
    before = [block for block in of_field if block.start <= start]
    return before[-1] if before else of_field[0] if of_field else Block(field=field, text="")


def _finding_rows(revision: Revision, standing: Standing, blocks: tuple[Block, ...]) -> tuple[FindingRow, ...]:
    rows = []
    findings = revision.report.findings
    for key, item in zip(finding_keys(findings, revision.take), findings, strict=True):
        block = block_at(blocks, item.field, item.start)
        within = tuple(
            one.index
            for one in blocks
            if one.field == item.field and one.start < item.end and item.start < one.start + len(one.text)
        )
        rows.append(
            FindingRow(
                id=key,
                finding=item,
                field=item.field,
                index=block.index,
                start=max(0, item.start - block.start),
                end=min(max(0, item.end - block.start), len(block.text)),
                several=within if len(within) > 1 else (),
                override=standing.overrides.get(key),
            )
        )
    return tuple(rows)


def _claim_rows(
    draft_id: str, revision: Revision, standing: Standing, blocks: tuple[Block, ...]
) -> tuple[ClaimRow, ...]:
    claims = claims_of(revision.report, revision.take)
    keys = claim_keys(claims, revision.take)
    blind = _blind(draft_id, dict(zip(keys, claims, strict=True)), standing)
    return tuple(
        ClaimRow(
            id=key,
            claim=masked(claim) if key == blind else claim,
            index=block_at(blocks, claim.field, claim.start).index,
            needed=needs_decision(claim),
            blind=key == blind,
            decision=standing.decisions.get(key),
        )
        for key, claim in zip(keys, claims, strict=True)
    )


def _blind(draft_id: str, claims: dict[str, Claim], standing: Standing) -> str | None:
    """The row that is answered blind, chosen by a hash that neither an editor nor the text's author can steer; None if
    one was, or where nothing is left to answer.

    A row on which code or a model has a verdict, where there is one: there the answer says something.
    """
    if any(one.blind and key in claims for key, one in standing.decisions.items()):
        return None
    open_rows = [key for key, one in claims.items() if needs_decision(one) and key not in standing.decisions]
    judged = [key for key in open_rows if claims[key].status != "not-checked"]
    return min(judged or open_rows, key=lambda key: sha256(f"{draft_id} {key}".encode()).digest(), default=None)


def masked(claim: Claim) -> Claim:
    """The claim without what the machine found, but with its evidence."""
    return claim.model_copy(update={"status": "not-checked", "by": "code", "differs": (), "codes": ()})


def _blockers(findings: tuple[FindingRow, ...], claims: tuple[ClaimRow, ...], standing: Standing) -> list[Blocker]:
    found = [
        Blocker(kind="error", id=row.id, text=f"{row.finding.code}: {row.finding.message}")
        for row in findings
        if row.finding.severity == "error" and row.override is None
    ]
    for row in claims:
        words = short(visible(row.claim.text), 100)
        if row.decision is not None and row.decision.verdict == "wrong":
            found.append(Blocker(kind="wrong", id=row.id, text=f"You found it wrong: {words}"))
        elif row.needed and row.decision is None:
            found.append(Blocker(kind="claim", id=row.id, text=f"Not decided ({row.claim.kind}): {words}"))
    for one in standing.pending:
        found.append(Blocker(kind="proposal", id=one.id, text=f"A proposal by {one.by} waits for a decision."))
    return found


def short(text: str, most: int) -> str:
    """A text as one line of at most so many characters."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"

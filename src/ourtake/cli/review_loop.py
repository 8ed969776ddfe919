"""One draft under review in a terminal: a cursor over findings or claims, and what each key does.

The full-screen view (review_app.py) and the plain one (review_plain.py) both drive this class. Every method returns
what to tell the editor. Nothing is shown here and nothing is asked.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ourtake.cli import lazy
from ourtake.errors import InputError

if TYPE_CHECKING:
    from ourtake.documents import FieldName
    from ourtake.review.history import Proposal
    from ourtake.review.session import Saved, Session
    from ourtake.review.views import ClaimRow, DraftView, FindingRow
    from ourtake.web.service import Rewrite

Mode = Literal["findings", "claims", "proposal"]
IDLE = 60.0
"""Seconds without a key after which nobody is counted as reading."""


class Reviewer:
    """A person at one draft. `view` is the draft as it was read last; every act reads it again."""

    def __init__(self, session: Session, by: str, rewrite: Rewrite | None = None) -> None:
        self.session = session
        self.by = by
        self._rewrite = rewrite
        self._newest = ""
        self._shown = ""
        self.knowledge = ""
        self.view: DraftView = session.view()
        self.mode: Mode = "findings"
        self._at: dict[Mode, int] = {"findings": 0, "claims": 0, "proposal": 0}
        self._last_key = time.monotonic()
        self._active = 0.0
        self._done_here = False

    # Where the cursor is

    def touched(self) -> None:
        """A key was pressed: the time since the last one counts as work, up to a minute."""
        now = time.monotonic()
        self._active += min(now - self._last_key, IDLE)
        self._last_key = now

    def leave(self) -> None:
        """Write down the time spent."""
        if self._active >= 1:
            self.session.add_active(self._active, by=self.by)
            self._active = 0.0

    @property
    def index(self) -> int:
        """The place of the cursor among the items."""
        return min(self._at[self.mode], max(0, self.count - 1))

    @property
    def count(self) -> int:
        """How many findings, claims or pieces there are."""
        if self.mode == "proposal":
            return len(self.proposal.pieces) if self.proposal else 0
        return len(self.findings if self.mode == "findings" else self.claims)

    @property
    def findings(self) -> tuple[FindingRow, ...]:
        """The findings, in reading order."""
        return self.view.findings

    @property
    def claims(self) -> tuple[ClaimRow, ...]:
        """The rows of the claim sheet that need a person, in reading order."""
        return tuple(row for row in self.view.claims if row.needed)

    @property
    def finding(self) -> FindingRow | None:
        """The finding under the cursor."""
        return self.findings[self.index] if self.mode == "findings" and self.findings else None

    @property
    def claim(self) -> ClaimRow | None:
        """The claim under the cursor."""
        return self.claims[self.index] if self.mode == "claims" and self.claims else None

    @property
    def proposal(self) -> Proposal | None:
        """The proposal that was ordered here last, else the one that waits longest."""
        waiting = self.view.proposals
        return next((one for one in waiting if one.id == self._newest), waiting[0] if waiting else None)

    def place(self) -> tuple[FieldName, int]:
        """The block under the cursor."""
        if self.mode == "claims" and self.claim is not None:
            return self.claim.claim.field, self.claim.index
        if self.mode == "proposal" and self.proposal is not None:
            return self.proposal.field, self.proposal.index
        return (self.finding.field, self.finding.index) if self.finding is not None else ("body", 0)

    def edited_place(self, named: str = "") -> tuple[FieldName, int]:
        """What is edited: the block of that name (a paragraph's number, or a field), else the block under the cursor;
        of a finding about several paragraphs, the whole body. Raises InputError if there is no such block.
        """
        if not named:
            return ("body", lazy.review_paragraphs.WHOLE) if self.finding and self.finding.several else self.place()
        if named == "body":
            return "body", lazy.review_paragraphs.WHOLE
        for block in self.view.blocks:
            if named == (str(block.index + 1) if block.field == "body" else block.field):
                return block.field, block.index
        count = sum(block.field == "body" for block in self.view.blocks)
        do = f"Give a number from 1 to {count}, or headline, summary, body or tags."
        raise InputError(f"The draft has no part {named[:40]}.", do)

    def move(self, by: int) -> None:
        """Move the cursor; it stops at both ends."""
        self._done_here = False
        self._at[self.mode] = max(0, min(self.index + by, self.count - 1))

    def turn_to(self, mode: Mode) -> str:
        """Show findings, claims, or a proposal; asked for again, the next proposal."""
        if mode == "proposal" and self.proposal is None:
            return "No proposal is waiting for a decision."
        if mode == self.mode == "proposal":  # asked for again: the next one
            waiting = [one.id for one in self.view.proposals]
            at = waiting.index(self.proposal.id) if self.proposal else 0
            self._newest, self._at["proposal"] = waiting[(at + 1) % len(waiting)], 0
        self.mode, self._done_here = mode, False
        return ""

    def show_evidence(self) -> None:
        """The claim under the cursor is on the screen, with its evidence.

        Once it is decided, the next key press decides nothing until the cursor has moved or `look_again` was called.
        """
        if self.claim is not None and not self._done_here:
            self._shown = self.claim.id
            self.session.show(self.claim.id, by=self.by)

    def look_again(self) -> str:
        """Look at the evidence of the claim under the cursor again, to decide it once more."""
        told = self.again()
        self.show_evidence()
        return told

    def again(self) -> str:
        """The same, where the evidence is shown later."""
        self._done_here = False
        return "" if self.claim is not None else "Go to the claims first (t)."

    # What a key does

    def fix(self) -> str:
        """Apply the fix of the finding under the cursor."""
        if self.finding is None:
            return "Choose a finding first."
        return self._saved(self.session.apply_fix(self.finding.id, by=self.by), "Fixed.")

    def let_stand(self, reason: str) -> str:
        """Let the finding under the cursor stand."""
        if self.finding is None:
            return "Choose a finding first."
        self.view = self.session.let_stand(self.finding.id, reason, by=self.by)
        return "The text is kept as it is, with your reason."

    def decide(self, verdict: Literal["right", "wrong", "source"], source: str = "") -> str:
        """Decide the claim under the cursor."""
        if self.claim is None:
            return "Go to the claims first (t)."
        row = self.claim
        if self._shown != row.id:  # what was shown on another day is not on this screen
            raise InputError("A claim can be decided only while its evidence is shown.", "Show its evidence first.")
        self.view = self.session.decide(row.id, verdict, by=self.by, source=source)
        self._done_here, self._shown = True, ""
        if not row.blind:
            return f"Decided: {verdict}."
        now = self.view.claim(row.id).claim
        return f"Decided: {verdict}. You answered first; {now.by} says: {now.status.replace('-', ' ')}."

    def next_link(self) -> str:
        """Let the first link of the block under the cursor lead to the next candidate."""
        field, index = self.place()
        number = lazy.editing.first_link(self.view.take, field, index)
        if number is None:
            return "There is no link in this paragraph."
        saved = self.session.swap_link(field, number, base=self.view.revision.number, by=self.by)
        return self._saved(saved, "The link leads to the next offered article.")

    def undo(self) -> str:
        """Undo this person's last act."""
        return self._saved(self.session.undo(by=self.by), "Undone.")

    def save(self, field: FieldName, index: int, text: str, *, base: int) -> str:
        """Save what was typed for a block."""
        return self._saved(self.session.edit(field, index, text, base=base, by=self.by), "Saved.")

    def piece(self, choice: Literal["take", "drop"]) -> str:
        """Take or drop the piece under the cursor, and go on to the next."""
        if self.mode != "proposal" or self.proposal is None:
            return "Go to a proposal first (p)."
        number = self.proposal.pieces[self.index].number
        self.view = self.session.decide_piece(self.proposal.id, number, choice, by=self.by)
        self.move(1)
        return f"Piece {number}: {choice}. {len(self.proposal.undecided)} to decide."

    def finish(self) -> str:
        """Put the taken pieces into the text."""
        if self.mode != "proposal" or self.proposal is None:
            return "Go to a proposal first (p)."
        told = self._saved(self.session.finish(self.proposal.id, by=self.by), "The accepted pieces are in the text.")
        self.mode = "findings"
        return told

    def discard(self) -> str:
        """Drop the whole proposal."""
        if self.mode != "proposal" or self.proposal is None:
            return "Go to a proposal first (p)."
        self.view = self.session.discard(self.proposal.id, by=self.by)
        self.mode = "findings"
        return "The proposal was dropped. The text has not changed. u brings the proposal back."

    def order(self, note: str) -> Callable[[Callable[[str], None]], str]:
        """What has a model rewrite the block under the cursor: called with what shows the text while it grows, it
        returns the id of the proposal. It may be called in another thread. Raises InputError if no model can.
        """
        if self._rewrite is None:
            raise InputError("No model is set up that could rewrite.", "Set [models] default in ourtake.toml.")
        if not note.strip():
            raise InputError("The note is empty.", "Say what should be different.")
        rewrite, view, (field, index) = self._rewrite, self.view, self.place()

        def written(tell: Callable[[str], None]) -> str:
            made = rewrite(view, lazy.service.RewriteOrder(field, index, note.strip()), tell)
            return self.session.propose(
                field,
                index,
                made.text,
                base=view.revision.number,
                by=made.by,
                asked_by=self.by,
                note=note.strip(),
                rests=made.rests,
            ).id

        return written

    def ordered(self, proposal_id: str) -> str:
        """Show a proposal that was just made."""
        self.view, self._newest = self.session.view(), proposal_id
        self.mode, self._at["proposal"] = "proposal", 0
        return "Decide the rewrite piece by piece: a accepts, x drops. It is not in the text."

    def open_points(self) -> str:
        """What keeps the draft from being signed, a line each; "" if nothing does."""
        if not self.view.blockers:
            return ""
        refused = lazy.steps.NotReady(self.view.draft.id, self.view.blockers)
        return "\n".join([refused.what, *(f"  {one.text}" for one in refused.blockers)])

    def approve(self, knowledge: str, contact: str) -> str:
        """Sign the draft, or say what is open."""
        self.view = self.session.view()
        if told := self.open_points():
            return told
        if not knowledge.strip():
            raise InputError("Nothing was signed: say what you know about the subject.", "A few words are enough.")
        self.view = self.session.approve(by=self.by, knowledge=knowledge, contact=contact)
        more = "" if self.view.signed_once == () else " A second person has to sign it as well."
        return f"Signed by {self.by}: {lazy.wording.state_line(self.view)}.{more}"

    def edit_outside(self, editor: str, named: str = "") -> str:
        """Open a block (see `edited_place`) in an editor and save what comes back.

        An editor that fails, or leaves an empty file, changes nothing.
        """
        field, index = self.edited_place(named)
        base = self.view.revision.number
        old = lazy.editing.block_text(self.view.take, field, index)
        new, wrong = edited_outside(old, editor)
        if new is None:
            return wrong
        return self.save(field, index, new, base=base)

    def _saved(self, saved: Saved, done: str) -> str:
        self.view = self.session.view()
        if saved.status == "unchanged":
            return "The text already read like that."
        if saved.status == "both":
            return "Somebody changed this paragraph in the meantime. Your text is kept as a proposal: see p."
        lost = f" Links {saved.links_before} -> {saved.links_after}." if saved.links_after < saved.links_before else ""
        return f"{done}{lost}"


def edited_outside(text: str, editor: str) -> tuple[str | None, str]:
    """What an editor makes of a text; None, and why, where nothing is to be changed."""
    with tempfile.TemporaryDirectory(prefix="ourtake-") as folder:
        path = Path(folder) / "paragraph.md"
        path.write_text(f"{text}\n", encoding="utf-8")
        try:
            words = shlex.split(editor)
            code = subprocess.run([*words, str(path)], check=False).returncode if words else 127
        except (OSError, ValueError) as error:
            return None, f"The editor {editor} can't be started ({error}); nothing is changed."
        if code:
            return None, f"The editor {editor} ended with {code}; nothing is changed."
        try:
            new = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return None, "The editor left no text that can be read; nothing is changed."
    if not new.strip():
        return None, "The editor left an empty file; nothing is changed."
    if new.strip() == text.strip():
        return None, "Nothing was changed."
    return new, ""


def editor_of() -> str:
    """The editor of $VISUAL or $EDITOR. Raises InputError if neither is set."""
    name = os.environ.get("VISUAL") or os.environ.get("EDITOR") or ""
    if not name:
        raise InputError("No editor is set.", "Set EDITOR, for example to nano.")
    return name

"""The screen of one draft in `ourtake review`: the text with its findings marked, beside a card with what is under the
cursor. Colour is never the only sign.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import ClassVar

from rich.cells import cell_len
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static

from ourtake.cli import lazy
from ourtake.cli.context import known_secrets
from ourtake.cli.review_loop import Reviewer, editor_of
from ourtake.cli.review_screens import MessageScreen, QuestionScreen
from ourtake.cli.review_text import claim_lines, finding_lines, place_name, proposal_lines
from ourtake.errors import InputError, OurtakeError
from ourtake.review.paragraphs import Block

_SIGNS = {"error": ("bold underline", "!!"), "warning": ("underline", "!"), "info": ("dim underline", "i")}
_WIDE = 110
"""Columns from which the card is beside the text."""

DRAFT_HELP = """\
j k F8  next, previous
i t p   findings, claims, the next proposal
f       apply the fix
s       let the finding stand, with a reason
e       edit the paragraph
E       edit another paragraph, the whole body, or another field
r       have a model rewrite it, following your note
l       change the link to the next offered article
y n     the claim is right, or wrong (then edit)
w       right according to a source that you type in
Space   the rest of the evidence
o       look again, to change a decision
a x     accept, drop a piece of the proposal
Enter   put the accepted pieces into the text
Esc     drop the whole proposal
u h     undo, history
v       the passages nearest to each sentence
A       sign
q       back to the queue
Ctrl+K  letter keys off and on"""


class DraftScreen(Screen[None]):
    """One draft: the text with its findings marked, and the card of what is under the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "app.letter('move', 1)", show=False),
        Binding("k", "app.letter('move', -1)", show=False),
        Binding("f8", "move(1)", show=False),
        Binding("shift+f8", "move(-1)", show=False),
        *(Binding(key, f"app.letter('do', '{key}')", show=False) for key in "fsltipynwaxuhveqor"),
        Binding("A", "app.letter('do', 'A')", show=False),
        Binding("E", "app.letter('do', 'E')", show=False),
        Binding("enter", "do('finish')", show=False),
        Binding("escape", "do('discard')", show=False),
        Binding("question_mark", "help", show=False),
        Binding("space", "more", show=False, priority=True),
    ]

    class Growing(Message):
        """The text of a rewrite so far."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Written(Message):
        """A rewrite ended: with the id of its proposal, or with what went wrong."""

        def __init__(self, outcome: str | Exception) -> None:
            super().__init__()
            self.outcome = outcome

    def __init__(self, reviewer: Reviewer, contact: str) -> None:
        super().__init__()
        self.reviewer = reviewer
        self._contact = contact
        self._message = "? lists the keys"
        self._support = False
        self._growing: str | None = None

    def compose(self) -> ComposeResult:
        """State, text, card, and the line of messages."""
        yield Static(id="head", markup=False)
        with Container(id="desk"):
            with VerticalScroll(id="text", can_focus=True):
                for number, _ in enumerate(self.reviewer.view.blocks):
                    yield Static(id=f"block{number}", classes="block")
            with VerticalScroll(id="card", can_focus=True):
                yield Static(id="item", markup=False)
        yield Static(id="foot", markup=False)

    async def on_mount(self) -> None:
        """Show the draft; on a wide terminal the card is beside the text."""
        self.set_class(self.size.width >= _WIDE, "wide")
        await self.show()

    def on_resize(self) -> None:
        """Put the card where there is room for it."""
        self.set_class(self.size.width >= _WIDE, "wide")

    async def show(self) -> None:
        """Show the draft and the item under the cursor as they are now."""
        reviewer, view = self.reviewer, self.reviewer.view
        self.query_one("#head", Static).update(lazy.wording.state_line(view))
        text = self.query_one("#text", VerticalScroll)
        shown = list(self.query(".block").results(Static))
        if len(shown) != len(view.blocks):
            await text.remove_children()
            shown = [Static(classes="block") for _ in view.blocks]
            await text.mount(*shown)
        current = reviewer.place()
        for block, widget in zip(view.blocks, shown, strict=True):
            widget.update(self._block(block))
            if (block.field, block.index) == current:
                self.call_after_refresh(self._into_view, widget, block)
        self.query_one("#item", Static).update("\n".join(self._card()))
        self.set_class(reviewer.mode != "findings", "deciding")
        self.query_one("#card", VerticalScroll).scroll_home(animate=False)
        self.query_one("#foot", Static).update(self._message)
        self.call_after_refresh(self._seen)

    def _into_view(self, widget: Static, block: Block) -> None:
        """Bring the words under the cursor into view, also in a paragraph that is taller than its place."""
        text, words = self.query_one("#text", VerticalScroll), self._cursor(block)
        before = cell_len(block.text[: words[0][0]]) if words else 0
        line = widget.virtual_region.y + before // max(1, widget.size.width)
        text.scroll_to(y=max(0, line - text.size.height // 3), animate=False)

    def _seen(self) -> None:
        """The evidence of a claim counts as shown once its end is on the screen."""
        card = self.query_one("#card", VerticalScroll)
        if self.reviewer.claim is None or self.app.screen is not self:
            return
        if card.scroll_offset.y >= card.max_scroll_y:
            self.reviewer.show_evidence()
        elif not self._message:
            self.query_one("#foot", Static).update("Space shows the rest of the evidence; decide then.")

    def action_more(self) -> None:
        """Show the rest of the card."""
        self.reviewer.touched()
        card = self.query_one("#card", VerticalScroll)
        card.scroll_page_down(animate=False)
        self.query_one("#foot", Static).update("")
        self.call_after_refresh(self._seen)

    def _block(self, block: Block) -> Text:
        """A block with its findings underlined, each with a sign, and the words under the cursor reversed."""
        reviewer = self.reviewer
        name = f"{block.index + 1} " if block.field == "body" else f"{block.field}: "
        rows = [row for row in reviewer.view.findings if (row.field, row.index) == (block.field, block.index)]
        signs = " ".join(sorted({_SIGNS[row.finding.severity][1] for row in rows if row.override is None}))
        text = Text(f"{signs} " if signs else "", overflow="fold")
        text.append(name, style="dim")
        at = len(text)
        text.append(block.text, style="bold" if block.field == "headline" else "")
        for row in rows:
            if row.override is None:
                text.stylize(_SIGNS[row.finding.severity][0], at + row.start, at + row.end)
        for start, end in self._cursor(block):
            text.stylize("reverse", at + start, at + end)
        return text

    def _cursor(self, block: Block) -> list[tuple[int, int]]:
        reviewer = self.reviewer
        if (block.field, block.index) != reviewer.place():
            return []
        if reviewer.finding is not None:
            return [(reviewer.finding.start, reviewer.finding.end)]
        if reviewer.claim is not None:
            claim = reviewer.claim.claim
            return [(max(0, claim.start - block.start), max(0, claim.end - block.start))]
        return []

    def _card(self) -> list[str]:
        reviewer = self.reviewer
        if self._growing is not None:
            return ["A model writes. It is not in the text.", "", self._growing]
        if self._support:
            return self._sentences()
        number, count = reviewer.index + 1, reviewer.count
        if reviewer.finding is not None:
            return finding_lines(reviewer.finding, reviewer.view, number=number, count=count)
        if reviewer.claim is not None:
            return claim_lines(reviewer.claim, reviewer.view, number=number, count=count)
        if reviewer.mode == "proposal" and reviewer.proposal is not None:
            return proposal_lines(reviewer.proposal, at=reviewer.index)
        return [f"No {reviewer.mode}. t shows the claims, i the findings."]

    def _sentences(self) -> list[str]:
        """Where the sentences of the block under the cursor are near to."""
        field, index = self.reviewer.place()
        view = self.reviewer.view
        block = next(one for one in view.blocks if (one.field, one.index) == (field, index))
        near = [
            f"near: {one.support}: {block.text[one.start - block.start : one.end - block.start]}"
            for one in view.revision.report.sentences
            if one.field == field and block.start <= one.start < block.start + len(block.text)
        ]
        return [f"Sentences of {place_name(field, index)} (v ends this)", *near]

    async def action_move(self, by: int) -> None:
        """Move the cursor."""
        self.reviewer.touched()
        self.reviewer.move(by)
        self._message = ""
        await self.show()

    async def action_do(self, key: str) -> None:
        """Do what a key says, and show the result."""
        self.reviewer.touched()
        if key in ("finish", "discard") and self.reviewer.mode != "proposal":
            return
        if key == "q":
            self.reviewer.leave()
            self.app.pop_screen()
            return
        if key == "A" and (told := self.reviewer.open_points()):
            await self._told(lambda: told)
            return
        asks = _ASKS.get(key)
        if asks is not None:
            self._ask(asks, key)
            return
        if key == "e":
            self._edit()
            return
        await self._told(lambda: self._obeyed(key))

    def _obeyed(self, key: str) -> str:
        if key in _MODES:
            self._support = False
            return self.reviewer.turn_to(_MODES[key])  # type: ignore[arg-type]
        if key == "v":
            self._support = not self._support
            return ""
        if key == "h":
            acts = self.reviewer.session.history()
            lines = "\n".join(map(lazy.wording.act_line, acts))
            self.app.push_screen(MessageScreen(lines or "Nothing has been done yet."))
            return ""
        told = _DOES[key](self.reviewer)
        if key == "n":
            self._edit()
        return told

    async def _told(self, act: Callable[[], str]) -> None:
        """Do something and show its message; an error is one too."""
        try:
            self._message = act()
        except InputError as error:
            self._message = str(error)
        if "\n" in self._message:
            self.app.push_screen(MessageScreen(self._message))
            self._message = self._message.splitlines()[0]
        await self.show()

    def _ask(self, title: str, key: str) -> None:
        async def answered(text: str | None) -> None:
            if text is None:
                return
            if key == "E":
                await self._told(lambda: self._edit(text.strip()))
                return
            if key == "A":
                self.reviewer.knowledge = text
                self._ask(_NAME.format(name=self.reviewer.by), "name")
                return
            await self._told(lambda: self._answered(key, text))

        self.app.push_screen(QuestionScreen(title), answered)

    def _answered(self, key: str, text: str) -> str:
        reviewer = self.reviewer
        if key == "s":
            return reviewer.let_stand(text)
        if key == "w":
            return reviewer.decide("source", text)
        if key == "r":
            self._rewrite(text)
            return "Writing ..."
        if " ".join(text.split()) != reviewer.by:
            return f"Not signed: the name typed in is not {reviewer.by}."
        return reviewer.approve(reviewer.knowledge, self._contact)

    def _rewrite(self, note: str) -> None:
        """Have the block under the cursor rewritten, in a thread: a model takes its time, and keys go on working."""
        if self._growing is not None:
            raise InputError("A rewrite is being written.", "Wait until it is done.")
        write = self.reviewer.order(note)
        self._growing = ""

        def work() -> None:
            try:
                outcome: str | Exception = write(lambda text: self._post(self.Growing(text)))
            except Exception as error:  # told on the screen, or raised there
                outcome = error
            self._post(self.Written(outcome))

        # A daemon: q ends the program though a model has not answered; the ledger knows about the call.
        threading.Thread(target=work, name="ourtake-rewrite", daemon=True).start()

    def _post(self, message: Message) -> None:
        """Post a message from another thread; a screen that was left gets none."""
        if self.is_attached:
            self.post_message(message)

    def on_draft_screen_growing(self, message: Growing) -> None:
        """Show the text of a rewrite so far."""
        self._growing = message.text
        self.query_one("#item", Static).update("\n".join(self._card()))

    async def on_draft_screen_written(self, message: Written) -> None:
        """Show the proposal, or what went wrong."""
        self._growing = None
        outcome = message.outcome
        if isinstance(outcome, OurtakeError):
            self._message = known_secrets().masked(f"{outcome} The text has not changed.")
        elif isinstance(outcome, Exception):
            raise outcome
        else:
            self._message = self.reviewer.ordered(outcome)
        await self.show()

    def _edit(self, named: str = "") -> str:
        """Edit a block (see Reviewer.edited_place): in $EDITOR, or here where none is set."""
        reviewer = self.reviewer
        field, index = reviewer.edited_place(named)
        base = reviewer.view.revision.number
        try:
            editor = editor_of()
        except InputError:
            old = lazy.editing.block_text(reviewer.view.take, field, index)

            async def edited(text: str | None) -> None:
                if text is not None and text.strip():
                    await self._told(lambda: reviewer.save(field, index, text, base=base))

            title = f"Edit {place_name(field, index)}. Ctrl+S saves, Esc cancels."
            self.app.push_screen(QuestionScreen(title, text=old, lines=True), edited)
            return ""
        with self.app.suspend():
            told = reviewer.edit_outside(editor, named)
        self.run_worker(self._told(lambda: told))
        return ""

    def action_help(self) -> None:
        """Show the keys."""
        self.app.push_screen(MessageScreen(DRAFT_HELP))


_MODES = {"i": "findings", "t": "claims", "p": "proposal"}
_ASKS = {
    "s": "Keep it as it is, because:",
    "w": "The document or address, and what it says:",
    "E": "Edit what? A paragraph's number, or headline, summary, body or tags:",
    "r": "Rewrite it: what should be different?",
    "A": "What do you know about this subject? The record will say it:",
}
_NAME = "You sign this text as the person responsible for it. Type your name, {name}:"
_DOES: dict[str, Callable[[Reviewer], str]] = {
    "f": Reviewer.fix,
    "l": Reviewer.next_link,
    "u": Reviewer.undo,
    "o": Reviewer.again,
    "y": lambda reviewer: reviewer.decide("right"),
    "n": lambda reviewer: reviewer.decide("wrong"),
    "a": lambda reviewer: reviewer.piece("take"),
    "x": lambda reviewer: reviewer.piece("drop"),
    "finish": Reviewer.finish,
    "discard": Reviewer.discard,
}

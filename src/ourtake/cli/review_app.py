"""`ourtake review` in full screen: the queue, and a draft beside a card with the finding or claim under the cursor.

Text is above the card on a narrow terminal and to the left of it on a wide one. Ctrl+K switches the single-letter keys
off, for people whose speech software types letters.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, ClassVar

from textual.app import App
from textual.binding import Binding, BindingType

from ourtake.cli.review_draft import DraftScreen
from ourtake.cli.review_loop import Reviewer
from ourtake.cli.review_screens import MessageScreen, QueueScreen
from ourtake.errors import InputError
from ourtake.review.session import Desk

if TYPE_CHECKING:
    from ourtake.web.service import Rewrite


class ReviewApp(App[None]):
    """The desk in a terminal."""

    TITLE = "ourtake review"
    ENABLE_COMMAND_PALETTE = False
    CSS = """
    #head, #foot { height: auto; padding: 0 1; background: $surface; }
    #desk { height: 1fr; layout: vertical; }
    #text { height: 3fr; padding: 0 1; }
    #card { height: 2fr; padding: 0 1; border-top: solid $primary; }
    DraftScreen.deciding #text { height: 2fr; }
    DraftScreen.deciding #card { height: 3fr; }
    .wide #desk, DraftScreen.wide #desk { layout: horizontal; }
    DraftScreen.wide #text { width: 3fr; height: 1fr; }
    DraftScreen.wide #card { width: 2fr; height: 1fr; border-top: none; border-left: solid $primary; }
    .block { height: auto; margin-bottom: 1; }
    #queue { height: 1fr; border: none; }
    #queue:nocolor > .option-list--option-highlighted { text-style: reverse; }
    QuestionScreen, MessageScreen { align: center bottom; }
    #asked, #told { height: auto; max-height: 80%; padding: 0 1; background: $surface; border: solid $primary; }
    #asked TextArea { height: 12; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+k", "letters", "Letter keys", priority=True)]

    def __init__(
        self, desk: Desk, draft_id: str | None, *, by: str, contact: str, rewrite: Rewrite | None = None
    ) -> None:
        # With a terminal's own colours Textual can leave all of them out; else NO_COLOR would get shades of grey.
        super().__init__(ansi_color=True if os.environ.get("NO_COLOR") else None)
        self._rewrite = rewrite
        self._desk = desk
        self._first = draft_id
        self._by = by
        self._contact = contact
        self.letters_on = True

    def on_mount(self) -> None:
        """Show the queue, and a draft before it where one was named."""
        self.push_screen(QueueScreen(self._desk, self.open_draft))
        if self._first is not None:
            self.open_draft(self._first)

    def open_draft(self, draft_id: str) -> None:
        """Show a draft."""
        try:
            self.push_screen(DraftScreen(Reviewer(self._desk.open(draft_id), self._by, self._rewrite), self._contact))
        except InputError as error:
            self.push_screen(MessageScreen(str(error)))

    async def action_letter(self, what: str, given: int | str) -> None:
        """A letter was pressed on a screen that acts on letters."""
        screen = self.screen
        if not self.letters_on:
            return
        if isinstance(screen, DraftScreen):
            await (screen.action_move(int(given)) if what == "move" else screen.action_do(str(given)))
        elif isinstance(screen, QueueScreen) and what == "move":
            screen.move(int(given))

    def action_letters(self) -> None:
        """Switch the letter keys off and on."""
        self.letters_on = not self.letters_on
        self.notify("Letter keys are on." if self.letters_on else "Letter keys are off; Ctrl+K switches them on.")


def run(desk: Desk, draft_id: str | None, *, by: str, contact: str, rewrite: Rewrite | None = None) -> None:
    """Show the desk until the editor leaves it. Raises InputError for a draft that there is not."""
    if draft_id is not None:
        desk.open(draft_id)
    ReviewApp(desk, draft_id, by=by, contact=contact, rewrite=rewrite).run()

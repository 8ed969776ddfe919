"""The screens of `ourtake review` besides a draft's own: the queue, a question, and lines to read."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.screen import ModalScreen, Screen
from textual.widgets import Input, OptionList, Static, TextArea
from textual.widgets.option_list import Option

from ourtake.cli import lazy
from ourtake.cli.review_text import queue_line
from ourtake.review.session import Desk

_FILTERS: dict[str, tuple[str, ...]] = {
    "0": (),
    "1": ("draft",),
    "2": ("in_review", "reopened"),
    "3": ("approved",),
    "4": ("published", "corrected", "changed_outside"),
    "5": ("rejected", "killed"),
}
QUEUE_HELP = "j k move  Enter open  / search  0-5 state  q quit"


class QuestionScreen(ModalScreen[str | None]):
    """A line or a text to type in; Esc gives it up."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Cancel"),
        Binding("ctrl+s", "keep", "Save", priority=True),
    ]

    def __init__(self, title: str, *, text: str = "", lines: bool = False) -> None:
        super().__init__()
        self._title, self._text, self._lines = title, text, lines

    def compose(self) -> ComposeResult:
        """The title, and a field for a line or for a whole text."""
        with Container(id="asked"):
            yield Static(self._title, markup=False)
            yield TextArea(self._text, soft_wrap=True) if self._lines else Input(self._text)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter ends a line."""
        self.dismiss(event.value)

    def action_keep(self) -> None:
        """Ctrl+S ends a text or a line."""
        area = self.query(TextArea)
        self.dismiss(area.first().text if area else self.query_one(Input).value)

    def action_leave(self) -> None:
        """Nothing is changed."""
        self.dismiss(None)


class MessageScreen(ModalScreen[None]):
    """Some lines to read; any of Esc, Enter and q closes them."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,enter,q,question_mark", "leave", "Close")]

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def compose(self) -> ComposeResult:
        """The lines, scrolled by the arrow keys."""
        with VerticalScroll(id="told"):
            yield Static(self._text, markup=False)

    def action_leave(self) -> None:
        """Close."""
        self.dismiss()


class QueueScreen(Screen[None]):
    """The drafts, newest first."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "app.letter('move', 1)", "Next", show=False),
        Binding("k", "app.letter('move', -1)", "Previous", show=False),
        Binding("slash", "search", "Search"),
        Binding("question_mark", "help", "Help"),
        Binding("q", "app.quit", "Quit"),
        *(Binding(digit, f"state('{digit}')", show=False) for digit in _FILTERS),
    ]

    def __init__(self, desk: Desk, on_open: Callable[[str], None]) -> None:
        super().__init__()
        self._desk = desk
        self._on_open = on_open
        self._state = "0"
        self._words = ""

    def compose(self) -> ComposeResult:
        """A line of counts, the drafts, and the keys."""
        yield Static(id="head", markup=False)
        yield OptionList(id="queue")
        yield Static(QUEUE_HELP, id="foot", markup=False)

    def on_screen_resume(self) -> None:
        """Read the queue again whenever it is shown."""
        self.fill()

    def fill(self) -> None:
        """Show the rows of the state and the words that were asked for."""
        rows = self._desk.queue(states=_FILTERS[self._state], search=self._words, limit=200)
        counts = ", ".join(
            f"{count} {lazy.states.words_of(state)}" for state, count in sorted(self._desk.counts().items())
        )
        searched = f"; search: {self._words}" if self._words else ""
        self.query_one("#head", Static).update(f"{counts or 'No drafts yet'}{searched}")
        listed = self.query_one(OptionList)
        at = listed.highlighted or 0
        listed.clear_options()
        for row in rows:
            first, _, rest = queue_line(row).partition("  ")
            state, _, told = rest.partition(": ")
            listed.add_option(Option(Text(f"{told}\n  {first}  {state}", overflow="fold"), id=row.draft_id))
        if rows:
            listed.highlighted = min(at, len(rows) - 1)
        listed.focus()

    def move(self, by: int) -> None:
        """Move the cursor."""
        listed = self.query_one(OptionList)
        (listed.action_cursor_down if by > 0 else listed.action_cursor_up)()

    def action_state(self, digit: str) -> None:
        """Show drafts of these states only; 0 shows all."""
        self._state = digit
        self.fill()

    def action_search(self) -> None:
        """Show drafts that hold some words."""

        def searched(words: str | None) -> None:
            if words is not None:
                self._words = words
                self.fill()

        self.app.push_screen(QuestionScreen("Search headline, outlet, title or id:", text=self._words), searched)

    def action_help(self) -> None:
        """Show the keys."""
        self.app.push_screen(MessageScreen(QUEUE_HELP))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter opens a draft."""
        if event.option_id is not None:
            self._on_open(event.option_id)

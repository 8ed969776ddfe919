"""What the pages work on: one publication's desk, opened once for the server."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, NamedTuple

from ourtake.config import Settings
from ourtake.documents import FieldName
from ourtake.review.session import Desk
from ourtake.review.views import DraftView

if TYPE_CHECKING:
    from ourtake.documents import Draft, Source


class Rewritten(NamedTuple):
    """A block as a model wrote it; `by`: the model."""

    text: str
    by: str


OnText = Callable[[str], None]
"""Called with all of the text so far, each time there is more of it."""
Rewrite = Callable[[DraftView, FieldName, int, str, OnText], Awaitable[Rewritten]]
"""Rewrites a block (field, index) as a note says. Raises an OurtakeError where the model can't."""
Write = Callable[["Source"], Awaitable["Draft"]]
"""Writes and stores a draft on a story."""


class Service(NamedTuple):
    """`editor`: who acts where nobody has to log in; "" until somebody says so. `mask`: takes secrets out of a message.
    `rewrite`, `write`: None where no model is set up for it.
    """

    desk: Desk
    settings: Settings
    editor: str = ""
    mask: Callable[[str], str] = str
    rewrite: Rewrite | None = None
    write: Write | None = None

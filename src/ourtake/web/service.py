"""What the pages work on: one publication's desk, opened once for the server."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from ourtake.config import Settings
from ourtake.documents import Draft, FieldName, Plan, Source
from ourtake.review.session import Desk
from ourtake.review.views import DraftView

if TYPE_CHECKING:
    from ourtake.web.accounts import Accounts
    from ourtake.web.pair_book import PairBook


class Rewritten(NamedTuple):
    """A block as a model wrote it; `by`: the model; `rests`: what its sentences rest on, by their words."""

    text: str
    by: str
    rests: Mapping[str, tuple[str, ...]] = MappingProxyType({})


Tell = Callable[[str], None]
"""Called with all of the text so far, each time there is more of it."""


class RewriteOrder(NamedTuple):
    """What is to be rewritten, as the note says: a block of a field, counted from 0. `model`: one of Service.models;
    "": the first that answers.
    """

    field: FieldName
    block: int
    note: str
    model: str = ""


Rewrite = Callable[[DraftView, RewriteOrder, Tell], Rewritten]
"""Rewrites a block. Raises an OurtakeError if the model can't. Called in a thread."""
Write = Callable[[Source, str, str, Tell], Draft]
"""Writes and stores a draft on a story, as an angle (its number, a claim, or "") and a note say. Called in a thread."""
WritePlanned = Callable[[str, str, Tell], Draft]
"""Writes the take of a draft (its id) that is only planned, from an angle (its number, or ""). Called in a thread."""
Angles = Callable[[Source], Plan]
"""Plans a story: angles to choose from. Raises an OurtakeError if no model can. Called in a thread."""
Read = Callable[[str], Source]
"""Reads the story at an address. Raises an OurtakeError."""


Publish = Callable[[str, str, str], str]
"""Publishes a draft (its id) at a site of the settings, by a person; what was done. Raises an OurtakeError."""


class Service(NamedTuple):
    """`editor`: who acts where nobody has to log in; "" until somebody says so. `mask`: takes secrets out of a message.
    `models`: those that a rewrite may be asked of.
    `rewrite`, `write`, `write_planned`, `angles`, `read`, `publish`: None if the desk can't.
    `accounts`: None on a desk without logins. `pairs`: the eval runs whose takes are compared here.
    """

    desk: Desk
    settings: Settings
    editor: str = ""
    mask: Callable[[str], str] = str
    rewrite: Rewrite | None = None
    models: tuple[str, ...] = ()
    write: Write | None = None
    write_planned: WritePlanned | None = None
    angles: Angles | None = None
    read: Read | None = None
    publish: Publish | None = None
    accounts: Accounts | None = None
    pairs: tuple[PairBook, ...] = ()

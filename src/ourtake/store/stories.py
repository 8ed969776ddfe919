"""What the store keeps of watching: entries of feeds, stories, what was decided of them, and what happened to them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from ourtake.documents import Source, SourceLink

NEW, PASSED, WAITING, TAKEN = "new", "passed", "waiting", "taken"
PLANNED, DRAFTED, QUEUED, FAILED = "planned", "drafted", "queued", "failed"
DECISIONS = (NEW, PASSED, WAITING, TAKEN, PLANNED, DRAFTED, QUEUED, FAILED)
AT_DESK = (PLANNED, DRAFTED, QUEUED)
KEPT_DAYS = 30
"""Skipped stories are forgotten after this long. The addresses of their entries are kept: none counts as new again."""

PAGE = "page"
"""The digest of an entry of which the page's words are kept: the feed's are not compared with them."""


class SeenEntry(NamedTuple):
    """An entry of a feed. `key`: its canonical address. `text`: blurb and text, for comparison; `digest`: of title and
    text. `source`: as a take would be written about it. `old`: only to be remembered, not a story.
    """

    key: str
    outlet: str
    address: str
    title: str
    text: str
    digest: str
    source: Source
    old: bool = False


class StoryText(NamedTuple):
    """What tells whether an entry belongs to a story. `outlets`: whose entries it has already."""

    number: int
    id: str
    title: str
    blurb: str
    outlets: tuple[str, ...]
    seen: float


class Matcher(Protocol):
    """Finds the story that an entry belongs to. `last`: the number of the last story that it has learned."""

    last: int

    def learn(self, stories: Sequence[StoryText]) -> None:
        """Take in stories."""

    def story_of(self, entry: SeenEntry) -> str:
        """The id of the story that is the same as this entry; "" where there is none."""


class Change(NamedTuple):
    """What happened to a story at an outlet. `kind`: retracted, gone, corrected, title or changed."""

    address: str
    at: str
    kind: str
    text: str


class StoryRow(NamedTuple):
    """A story. `decision`: one of DECISIONS, `reason`: why, in words. `day`: on which it counts (UTC). `checked`: when
    its page was read last, 0 for never.
    """

    id: str
    seen: float
    decision: str
    reason: str
    score: float | None
    beats: str
    draft_id: str
    day: str
    tries: int
    checked: float
    source: Source


class Verdict(NamedTuple):
    """What is decided of a story, why, in words, its score (None: it was not looked up) and its beats."""

    decision: str
    reason: str
    score: float | None = None
    beats: str = ""


class DraftNotice(NamedTuple):
    """What watching knows about a draft: why it was written, its story at all outlets, and what happened to them."""

    reason: str
    links: tuple[SourceLink, ...]
    changes: tuple[Change, ...]


Compare = Callable[[str, str, SeenEntry], list[Change]]
"""Title and text as they were, and the entry as it is now -> what changed."""


def story_id(key: str) -> str:
    """The id of the story that begins with this entry."""
    return hashlib.sha256(f"story\x1f{key}".encode()).hexdigest()[:12]


def draft_id_of(story: str) -> str:
    """The id of a story's draft: there is never another one."""
    return hashlib.sha256(f"watch\x1f{story}".encode()).hexdigest()[:12]

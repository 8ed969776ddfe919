"""A draft as readers are to see it: what every format for readers is made of.

What is shown and what is not is decided here, once. A take that no editor has approved carries a label with the letters
"AI". A killed take leaves without its text. An author is a person who signed, or the publication; never a model.
"""

from __future__ import annotations

import datetime
import math
import re
from typing import NamedTuple
from urllib.parse import urlsplit

from ourtake.documents import Draft, Related, Revision
from ourtake.documents.makers import is_machine, is_own
from ourtake.errors import InputError
from ourtake.text.markdown import Link, links, rewritten, visible
from ourtake.text.plain import plain_line, visible_only
from ourtake.text.words import canonical_url, count_words

AI_LABEL = "AI-generated text. No editor has approved it."
SOFTWARE_LABEL = "Assembled by software, without an AI model. No editor has approved it."
WORDS_A_MINUTE = 230
"""Silent reading of English non-fiction: 238 words a minute (Brysbaert 2019), rounded down."""


class Correction(NamedTuple):
    """A correction of a published take: the day (YYYY-MM-DD), and what was wrong."""

    day: str
    text: str


class SignOff(NamedTuple):
    """Who approved a take. `label`: whether the take is to be labelled as written with AI all the same."""

    person: str
    day: str
    contact: str = ""
    label: bool = False


class ExportContext(NamedTuple):
    """What a format is told besides the draft.

    `publication`, `url`, `language`: the publication's name ("" where none is set), home page and language code.
    `signed`: the sign-off that vouches for the standing revision. `corrections`: the oldest first.
    """

    publication: str = ""
    url: str = ""
    language: str = "en"
    signed: SignOff | None = None
    corrections: tuple[Correction, ...] = ()


class Makers(NamedTuple):
    """Who made the standing text: the programs and the people, oldest first. `by_people`: a person wrote it first."""

    programs: tuple[str, ...]
    people: tuple[str, ...]
    by_people: bool = False

    @property
    def writers(self) -> tuple[str, ...]:
        """Who wrote it: the people, or the programs, whichever came first."""
        return self.people if self.by_people else self.programs

    @property
    def rewriters(self) -> tuple[str, ...]:
        """The programs that rewrote some of what people wrote."""
        return self.programs if self.by_people else ()

    @property
    def editors(self) -> tuple[str, ...]:
        """The people who edited what programs wrote."""
        return () if self.by_people else self.people

    @property
    def without_model(self) -> bool:
        """Whether the baseline is the only program."""
        return self.programs == ("baseline",)


class Piece(NamedTuple):
    """A take ready to leave.

    `headline` and `tags` are plain lines; `summary` and `body` are Markdown whose links lead to web addresses only.
    `killed`: `summary` and `body` are empty. `label`: the sentence to show near the headline, or "". `notices`: what
    readers must be told first, as plain sentences. `linked`: the articles that the take links to; `offered`: the others
    that its writer was offered. `source_url`: the source's address, or "" where it is not a web address.
    """

    draft: Draft
    revision: Revision
    context: ExportContext
    headline: str
    summary: str
    body: str
    tags: tuple[str, ...]
    linked: tuple[Related, ...]
    offered: tuple[Related, ...]
    label: str
    notices: tuple[str, ...]
    killed: bool
    source_url: str
    minutes: int

    @property
    def author(self) -> str:
        """The person who signed; "" where nobody did."""
        return self.context.signed.person if self.context.signed else ""

    @property
    def makers(self) -> Makers:
        """Who made the text."""
        return makers_of(self.draft)

    @property
    def created(self) -> str:
        """When the first revision was written, ISO 8601."""
        return self.draft.revisions[0].created

    @property
    def modified(self) -> str:
        """When what is shown last changed, ISO 8601: by a revision, a correction or a kill."""
        since = self.draft.review.since if self.draft.review and (self.killed or self.context.corrections) else ""
        return max(self.revision.created, since)


def piece_of(draft: Draft, context: ExportContext) -> Piece:
    """The draft's standing take as readers are to see it. Raises InputError when no take was written."""
    revision = draft.standing()
    if revision is None:
        raise InputError(f"Draft {draft.id} has no take to export: {draft.error or draft.status}.", "Draft it again.")
    take = revision.take
    killed = draft.review is not None and draft.review.state == "killed"
    draft = _with_visible_names(draft)
    summary, body = ("", "") if killed else (without_broken_links(take.summary), without_broken_links(take.body))
    targets = {canonical_url(link.target) for text in (summary, body) for link in links(text)}
    linked = tuple(item for item in draft.related if canonical_url(item.url) in targets)
    return Piece(
        draft=draft,
        revision=revision,
        context=context,
        headline=plain_line(take.headline),
        summary=summary,
        body=body.strip(),
        tags=() if killed else tuple(filter(None, map(plain_line, take.tags))),
        linked=linked,
        offered=() if killed else tuple(item for item in draft.related if item not in linked),
        label="" if killed else _label(draft, context.signed),
        notices=_notices(draft, context),
        killed=killed,
        source_url=web_address(draft.source.url),
        minutes=max(1, math.ceil(count_words(f"{summary}\n\n{body}") / WORDS_A_MINUTE)),
    )


def _with_visible_names(draft: Draft) -> Draft:
    """The draft whose source's and articles' names are single lines, and hold nothing that readers don't see."""
    source = draft.source
    named = {name: _one_line(getattr(source, name) or "") for name in ("title", "outlet")}
    author = _one_line(source.author) if source.author else source.author
    source = source.model_copy(update={**named, "author": author, "blurb": visible_only(source.blurb)})
    related = tuple(item.model_copy(update={"title": _one_line(item.title)}) for item in draft.related)
    return draft.model_copy(update={"source": source, "related": related})


def _one_line(text: str) -> str:
    return " ".join(visible_only(text).split())


def makers_of(draft: Draft) -> Makers:
    """Who made the standing text. A text that came back, because a change was undone, has its first makers.

    ourtake's own fixes are nobody's writing, so a take with no other program was written by people.
    """
    revisions = [one for one in draft.revisions if one.number <= draft.chosen]
    first = next((at for at, one in enumerate(revisions) if one.take == revisions[-1].take), -1)
    named = [name for one in revisions[: first + 1] for name in one.names() if not is_own(name)]
    programs = dict.fromkeys(name for name in named if is_machine(name))
    people = dict.fromkeys(name for name in named if not is_machine(name))
    by_people = bool(named) and not is_machine(named[0])
    return Makers(tuple(programs) if named else ("ourtake",), tuple(people), by_people)


def without_broken_links(text: str) -> str:
    """Markdown whose links lead to web addresses only; any other link, and every image, keeps its words alone."""

    def change(link: Link) -> str:
        return text[link.start : link.end] if not link.image and web_address(link.target) else visible(link.anchor)

    return rewritten(text, change)


def web_address(url: str) -> str:
    """The address where it is a web address (http or https, with a host), else ""."""
    try:
        parts = urlsplit(url.strip())
        usable = parts.scheme.lower() in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return ""
    return url.strip() if usable and not re.search(r"[\s<>\"\\^`{|}\x00-\x20]", url.strip()) else ""


def utc_time(text: str) -> str:
    """A time as YYYY-MM-DDTHH:MM:SSZ; a text without an offset is UTC, a day is its first second."""
    moment = datetime.datetime.fromisoformat(text)
    moment = moment.replace(tzinfo=datetime.UTC) if moment.tzinfo is None else moment.astimezone(datetime.UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _label(draft: Draft, signed: SignOff | None) -> str:
    makers = makers_of(draft)
    if not makers.programs:
        return ""
    if signed is None:
        return SOFTWARE_LABEL if makers.without_model else AI_LABEL
    how = "Assembled by software, without an AI model." if makers.without_model else "Written with AI."
    return f"{how} {signed.person} has reviewed and approved it." if signed.label else ""


def _notices(draft: Draft, context: ExportContext) -> tuple[str, ...]:
    review = draft.review
    if review is None:
        return ()
    day = review.since[:10]
    if review.state == "killed":
        return (f"This article was withdrawn{f' on {day}' if day else ''}. Please do not use or quote it.",)
    said = tuple(f"Correction, {one.day}: {plain_line(one.text)}" for one in context.corrections)
    if review.state == "corrected" and not said:
        return (f"This article was corrected{f' on {day}' if day else ''}.",)
    return said

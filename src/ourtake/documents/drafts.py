"""A draft: every revision of its take, where it is at the desk, and what it cost."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from ourtake.documents.base import Document
from ourtake.documents.makers import UNNAMED, names_in, need_list
from ourtake.documents.plans import Plan, SentenceHandles
from ourtake.documents.reports import Report
from ourtake.documents.stories import Related, Source
from ourtake.documents.takes import Take, plain_take


def _if_needed(makers: tuple[str, ...]) -> tuple[str, ...]:
    """Where `by` says the same, there is no list: so a revision is equal to the one that is read back."""
    return makers if need_list(makers) else ()


class Revision(Document):
    """One version of a draft's take.

    Numbers count from 1. `by`: the name of the model or the editor who made it, or the names of several joined by
    "and". `makers`: these names as a list; left out where `by` is one name without "and", and in older records.
    `created`: ISO 8601 in UTC. Headline and tags are plain lines, whoever wrote them. `handles`: what its sentences
    rest on. `read_by`: the model that read it again beside the texts; left out where none did.
    """

    number: int
    take: Annotated[Take, AfterValidator(plain_take)]
    by: str
    makers: Annotated[tuple[str, ...], AfterValidator(_if_needed)] = Field(
        default=(), exclude_if=lambda makers: not makers
    )
    report: Report
    created: str
    note: str | None = None
    handles: tuple[SentenceHandles, ...] = ()
    read_by: str = Field(default="", exclude_if=lambda read_by: not read_by)

    def names(self) -> tuple[str, ...]:
        """Who made it. There are several where a take was made elsewhere, by all of them."""
        return tuple(name.strip() or UNNAMED for name in self.makers) or names_in(self.by)


class ReviewState(Document):
    """Where a draft is at the editor's desk. `by`: who brought it there. `since`: ISO 8601 in UTC. `seal`: a hash of
    the record of the sign-off.
    """

    state: Literal[
        "draft", "in_review", "approved", "reopened", "published", "changed_outside", "corrected", "killed", "rejected"
    ] = "draft"
    by: str = ""
    since: str = ""
    seal: str | None = None


class Usage(Document):
    """Tokens of one or more calls; `calls` counts requests that were answered or failed after sending.

    `input_tokens` is all that was sent, whatever the provider calls it. Of these, `cached_tokens` were read from the
    provider's cache and `cache_write_tokens` written to it; each of the three parts has its own price. `batch`:
    answered by a batch endpoint, at half the price; a sum is marked when one of its parts is.
    """

    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    cache_write_tokens: int = 0
    calls: int = 0
    batch: bool = False

    def plus(self, other: Usage) -> Usage:
        """The sum of two usages."""
        return Usage(
            input_tokens=self.input_tokens + other.input_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            cached_tokens=self.cached_tokens + other.cached_tokens,
            cache_write_tokens=self.cache_write_tokens + other.cache_write_tokens,
            calls=self.calls + other.calls,
            batch=self.batch or other.batch,
        )


class HeadlineOption(Document):
    """A headline that a draft could have, with the sentence of its body that carries it. `doubt`: why an editor should
    look twice.
    """

    text: str
    carried_by: str = ""
    doubt: str = ""


class Draft(Document):
    """A draft of a take: the source, the articles offered, every revision, what it cost.

    `chosen`: the number of the current revision, which need not be the last. `notes`: what happened on the way, such as
    a provider that was skipped or a call that may have been billed without an answer. `cost_usd`: what its answered
    calls cost in US dollars, to six places; None if that is unknown. `plan`: None for one that was written in one
    call. `shape`, `closing`: how the take was to be built and to end. `review`: None until the desk has seen it.
    """

    id: str
    status: str
    source: Source
    related: tuple[Related, ...] = ()
    revisions: tuple[Revision, ...] = ()
    chosen: int = 1
    usage: Usage = Usage()
    cost_usd: float | None = None
    run: str = ""
    model: str = ""
    created: str = ""
    error: str | None = None
    notes: tuple[str, ...] = ()
    plan: Plan | None = None
    form: Literal["long", "short"] = "long"
    shape: str = ""
    closing: str = ""
    headlines: tuple[HeadlineOption, ...] = Field(default=(), exclude_if=lambda options: not options)
    review: ReviewState | None = None

    def standing(self) -> Revision | None:
        """The current revision; None if no take was written."""
        return next((revision for revision in self.revisions if revision.number == self.chosen), None)

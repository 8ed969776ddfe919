"""The documents that pass between packages: frozen pydantic models, with no behaviour beyond validation.

Unknown keys are kept, never lost. Offsets count Unicode code points in one field, end exclusive.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, NamedTuple, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from ourtake.text.plain import plain_line
from ourtake.values import IsoDate, Name, Text, Words

Severity = Literal["error", "warning", "info"]
FieldName = Literal["headline", "summary", "body", "tags"]


class Document(BaseModel):
    """The base: frozen, and keys that it does not know are kept."""

    model_config = ConfigDict(frozen=True, extra="allow")


class SourceLink(Document):
    """A story at another outlet."""

    outlet: Text
    url: Text
    title: Text = ""


class Source(Document):
    """Another outlet's story, as a blurb: what a take is written about.

    `text_left_out`: the source has a text that is missing here, as in an exported file. `also`: the same story at other
    outlets.
    """

    id: Name | None = None
    title: Text
    outlet: Text
    url: Text
    blurb: Text
    published: IsoDate = None
    author: Text | None = None
    text: Text | None = None
    language: Text | None = None
    text_left_out: bool = Field(default=False, exclude_if=lambda left_out: not left_out)
    also: tuple[SourceLink, ...] = Field(default=(), exclude_if=lambda also: not also)


class Article(Document):
    """One of the publication's own articles. `links`: addresses of archive articles that its text links to."""

    id: Name | None = None
    url: Text
    title: Text
    text: Text
    published: IsoDate = None
    summary: Text | None = None
    tags: Words = ()
    author: Text | None = None
    updated: IsoDate = None
    links: Words = ()


_Made = TypeVar("_Made", bound=Document)


def trusted(model: type[_Made], values: dict[str, Any]) -> _Made:
    """A document of values that are as validation would leave them, all fields given, in order: a fifth of the work of
    `model_construct`. A checked take has two hundred pieces of evidence.
    """
    made = model.__new__(model)
    for name, value in (
        ("__dict__", values),
        ("__pydantic_fields_set__", set(values)),
        ("__pydantic_extra__", {}),
        ("__pydantic_private__", None),
    ):
        object.__setattr__(made, name, value)
    return made


_ARTICLE_KEYS = frozenset(Article.model_fields)
_ARTICLE_EMPTY = {name: None if field.is_required() else field.default for name, field in Article.model_fields.items()}


def trusted_article(given: dict[str, Any]) -> Article:
    """The article of a table whose values are as validation would leave them; `tags` and `links` are lists or missing.

    It does what `Article.model_construct` does in a third of the time. Imports read a million articles, and one look-up
    two hundred.
    """
    article = Article.__new__(Article)
    values = {**_ARTICLE_EMPTY, **given}
    values["tags"], values["links"] = tuple(values["tags"] or ()), tuple(values["links"] or ())
    extra = (
        {} if len(values) == len(_ARTICLE_KEYS) else {name: values.pop(name) for name in given.keys() - _ARTICLE_KEYS}
    )
    for name, value in (
        ("__dict__", values),
        ("__pydantic_fields_set__", set(given)),
        ("__pydantic_extra__", extra),
        ("__pydantic_private__", None),
    ):
        object.__setattr__(article, name, value)
    return article


class Visit(Document):
    """A page that an import read.

    `etag` and `last_modified` are the server's validators. `changed`: when its list says that it changed. `reason`: why
    it gave no article. `round`: the number of the import.
    """

    url: Text
    etag: Text | None = None
    last_modified: Text | None = None
    changed: Text | None = None
    reason: Text | None = None
    round: int = 1


class Related(Document):
    """An article that look-up offers for a source. The model refers to it by `handle` (a1, a2, ...)."""

    id: str
    url: str
    title: str
    score: float = 0.0
    published: IsoDate = None
    passage: str = ""
    handle: str | None = None
    text: str = ""
    tags: Words = ()


class Take(Document):
    """What the publication says.

    `summary` is the "Our take"; `body` is Markdown, paragraphs separated by blank lines.
    """

    headline: Text
    summary: Text
    body: Text
    tags: Words = ()


def plain_take(take: Take) -> Take:
    """The take with headline and tags as plain lines, without tags that become empty; the same object if unchanged."""
    headline = plain_line(take.headline)
    tags = tuple(tag for tag in map(plain_line, take.tags) if tag)
    return (
        take
        if (headline, tags) == (take.headline, take.tags)
        else take.model_copy(update={"headline": headline, "tags": tags})
    )


class Evidence(Document):
    """A passage of another document that supports or contradicts a finding or sentence.

    Offsets count in `field` of the document (title, blurb, text, ...).
    """

    document: str
    field: str | None = None
    start: int
    end: int
    text: str


class Fix(Document):
    """A safe replacement of field[start:end]."""

    start: int
    end: int
    replacement: str


class Finding(Document):
    """One thing a rule found: field[start:end] == text, always. For tags the field is the tags joined by ", ".

    `by`: the model that found it in a second reading, `proposal`: what it would write instead; left out where code
    found it.
    """

    code: str
    rule: str
    severity: Severity
    message: str
    field: FieldName
    start: int
    end: int
    text: str
    evidence: tuple[Evidence, ...] = ()
    fix: Fix | None = None
    by: str = Field(default="", exclude_if=lambda by: not by)
    proposal: str = Field(default="", exclude_if=lambda proposal: not proposal)


class LinkRecord(Document):
    """A link of a take. `status`: archive, outside, unknown-handle, unresolved or unsafe."""

    handle: str | None = None
    url: str
    anchor: str
    article_id: str | None = None
    status: str


class LinkCheck(Document):
    """What was found behind an address.

    `code`: the HTTP status of the last answer. `final`: the address that gave it. `title`: the page's own. `reason`:
    why it is dead or could not be checked. `checked`: an ISO 8601 time in UTC.
    """

    url: str
    status: Literal["ok", "dead", "could-not-check"]
    code: int | None = None
    final: str | None = None
    title: Text | None = None
    reason: str = ""
    checked: str = ""


class SentenceRecord(Document):
    """A sentence and what supports it."""

    field: FieldName
    start: int
    end: int
    support: Literal["source", "archive", "opinion", "unsupported", "unknown"]
    evidence: tuple[Evidence, ...] = ()


ClaimKind = Literal["quotation", "number", "date", "name", "link", "attribution", "statement"]
ClaimStatus = Literal["verified", "differs", "not-found", "not-checked", "opinion"]


class Difference(Document):
    """Where a claim and its evidence differ. `what`: the kind, as "number"; `take`, `document`: the words of each."""

    what: str
    take: str
    document: str


class Claim(Document):
    """A statement of fact in a take, or a quotation, number, date, name or link in one, with its evidence.

    `id` is unique in its report. `by`: who decided the status. `evidence`: the nearest passages, the best first.
    `codes`: the rules whose findings concern it. An opinion is a claim with nothing to check.
    """

    id: str
    field: FieldName
    start: int
    end: int
    text: str
    kind: ClaimKind
    status: ClaimStatus
    by: Literal["code", "model", "person"] = "code"
    evidence: tuple[Evidence, ...] = ()
    differs: tuple[Difference, ...] = ()
    codes: tuple[str, ...] = ()


class Report(Document):
    """What the checks found in a take; "fail" when one finding is an error.

    `claim_counts`: status -> number of statements, quotations and links. `verdict_line`: the verdict with these counts,
    as a reader sees it. `ignored`: the number of findings that comments in the take suppress.
    """

    verdict: Literal["pass", "fail"]
    findings: tuple[Finding, ...] = ()
    counts: dict[str, int] = Field(default_factory=dict)
    words: dict[str, int] = Field(default_factory=dict)
    links: tuple[LinkRecord, ...] = ()
    sentences: tuple[SentenceRecord, ...] = ()
    claims: tuple[Claim, ...] = ()
    claim_counts: dict[str, int] = Field(default_factory=dict)
    verdict_line: str = ""
    ignored: int = 0


class SentenceHandles(Document):
    """The fact handles (f3, a2, source) that the writer put after a sentence: field[start:end], without them."""

    field: FieldName
    start: int
    end: int
    handles: tuple[str, ...]


class Revision(Document):
    """One version of a draft's take.

    Numbers count from 1. `by`: a model's or an editor's name. `created`: ISO 8601 in UTC. Headline and tags are plain
    lines, whoever wrote them. `handles`: what its sentences rest on, as the writer said. `read_by`: the model that read
    it again beside the texts; left out where none did.
    """

    number: int
    take: Annotated[Take, AfterValidator(plain_take)]
    by: str
    report: Report
    created: str
    note: str | None = None
    handles: tuple[SentenceHandles, ...] = ()
    read_by: str = Field(default="", exclude_if=lambda read_by: not read_by)


class Fact(Document):
    """A fact of a plan: document.field[start:end] == text, and `statement` says it in the planner's words.

    `document`: "source" or an article's handle. `absent`: words that the whole document does not have, where the fact
    is that it says nothing of something; its text is then empty.
    """

    id: str
    document: str
    field: str
    start: int
    end: int
    text: str
    statement: str
    absent: Words = Field(default=(), exclude_if=lambda words: not words)


class Question(Document):
    """A question that a sharp reader would ask. `answer`: ids of facts, or that the texts do not say."""

    ask: str
    answer: str = ""


class Tension(Document):
    """Two documents that do not fit together. `facts`: their ids."""

    what: str
    facts: tuple[str, ...] = ()


class Angle(Document):
    """What a take could claim. `turns_on`: the id of the fact on which the case stands or falls."""

    claim: str
    turns_on: str = ""
    stakes: str = ""
    addressee: str = ""
    ask: str = ""
    counter: str = ""
    answer: str = ""
    facts: tuple[str, ...] = ()


class Plan(Document):
    """What a take is written from. `chosen`: the number of the angle, from 1; 0 where the editor gave one as
    text, which `own` then holds.
    """

    questions: tuple[Question, ...] = ()
    facts: tuple[Fact, ...] = ()
    tensions: tuple[Tension, ...] = ()
    angles: tuple[Angle, ...] = ()
    chosen: int = 1
    own: Angle | None = Field(default=None, exclude_if=lambda own: own is None)

    def angle(self) -> Angle:
        """The angle that is written."""
        return self.own if self.chosen == 0 and self.own is not None else self.angles[self.chosen - 1]


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


class EarlierTake(NamedTuple):
    """The texts of an earlier take, which a new one should not repeat; `url` is its source's address."""

    id: str
    url: str
    headline: str
    summary: str
    body: str


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
    calls cost in US dollars, to six places; None where that is unknown. `plan`: None for one that was written in one
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
        """The current revision; None where no take was written."""
        return next((revision for revision in self.revisions if revision.number == self.chosen), None)


REMOVED = "removed-address"
"""The target of a link whose address the model wrote itself; see writing/handles.py."""


def handle_map(related: tuple[Related, ...] | list[Related]) -> dict[str, Related]:
    """Handle -> article; an article without a handle gets a1, a2, ... by its position."""
    return {item.handle or f"a{number}": item for number, item in enumerate(related, 1)}


Payload = dict[str, Any]

"""What a rule is, what it is given, and how it says what it found.

A rule is a function over a Case that yields findings, and a row (Rule) with its code, name, severity and description.
The row holds a take that trips the rule and one that does not; both run as tests. The text of a case is parsed once for
all rules.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Literal, NamedTuple, Protocol

from ourtake.checks.comments import blanked, comments_in
from ourtake.checks.evidence import Document, DocumentCache, Documents, completed
from ourtake.config import Settings
from ourtake.documents import (
    SOURCE,
    EarlierTake,
    Evidence,
    Fact,
    FieldName,
    Finding,
    Fix,
    LinkCheck,
    Related,
    SentenceHandles,
    Severity,
    Source,
    Take,
    handle_map,
)
from ourtake.text.language import language_name, language_of, primary
from ourtake.text.markdown import Link, Span, blocks, links, unresolved_brackets
from ourtake.text.parsed import Text
from ourtake.text.quotations import Quotation, quotations_in
from ourtake.text.words import canonical_url, count_words, host_of, normalise

PROSE: tuple[FieldName, FieldName] = ("summary", "body")


class ArchiveView(Protocol):
    """What rules ask an archive. `for_desk`: takes are checked for a desk, where a person decides their claims."""

    for_desk: bool

    def by_url(self, url: str) -> Related | None:
        """The article at an address."""

    def by_title(self, title: str) -> Related | None:
        """The article of a title."""

    def titles_like(self, words: str) -> list[Related]:
        """A few articles whose titles share words with these."""

    def sample(self) -> tuple[tuple[str, str], ...]:
        """Some 80 articles spread over the archive, as (title, text): what its words are like. The same object until
        the archive changes.
        """

    def earlier_takes(self) -> tuple[EarlierTake, ...]:
        """The newest takes that were drafted before. The same object each time."""


class ReadFinding(NamedTuple):
    """What a reader found that code alone can't: field[start:end] of the take breaks the rule `code`.

    `by`: the reader, as "openai:gpt-6.1-sol". `severity` None is the rule's own. `proposal`: words that the reader
    would put there; a person or a repair decides.
    """

    code: str
    message: str
    field: FieldName
    start: int
    end: int
    severity: Severity | None = None
    evidence: tuple[Evidence, ...] = ()
    by: str = ""
    proposal: str = ""


class ReadAnswer(NamedTuple):
    """What a reader said of the statement in field[start:end] of a take, with the words of a document that code found.

    `take`: the words of the take that differ, where it is contradicted. An absent statement has no evidence.
    """

    field: FieldName
    start: int
    end: int
    answer: Literal["supported", "contradicted", "absent"]
    evidence: tuple[Evidence, ...] = ()
    take: str = ""
    by: str = ""


class CheckContext(NamedTuple):
    """What a take is checked against: its source, the articles offered, the publication's settings and archive.

    `earlier`: takes that it should not repeat; none: those that the archive knows. `live`: what was found behind
    addresses, as canonical_url writes them; nothing where nobody looked. `cut_off`: the model's reply ended before its
    end. `listed`: `related` are all articles that the writer was offered; False where nobody says which those were.
    `documents`: where whoever checks many takes keeps the documents that were parsed. `read`, `answers`: what the
    second reading found in this take, and what it said of each statement. `handles`, `facts`: what the writer said its
    sentences rest on, and the facts of the plan that it was shown or cites.
    """

    source: Source
    related: tuple[Related, ...] = ()
    settings: Settings = Settings()
    archive: ArchiveView | None = None
    cut_off: bool = False
    earlier: tuple[EarlierTake, ...] = ()
    live: Mapping[str, LinkCheck] = MappingProxyType({})
    listed: bool = True
    documents: DocumentCache | None = None
    read: tuple[ReadFinding, ...] = ()
    answers: tuple[ReadAnswer, ...] = ()
    handles: tuple[SentenceHandles, ...] = ()
    facts: tuple[Fact, ...] = ()


class Case:
    """One take with what it is checked against; parsed parts are made when first asked for.

    `given` is the take as it was given, `take` the same without its comments to us.
    """

    def __init__(self, take: Take, against: CheckContext) -> None:
        self.given = take
        self.comments = comments_in(take)
        self.take = take = blanked(take, self.comments) if self.comments else take
        self.source, self.settings, self.archive = against.source, against.settings, against.archive
        self.cut_off, self.live, self.listed, self.read = against.cut_off, against.live, against.listed, against.read
        self.answers, self.rests_on, self.facts = against.answers, against.handles, against.facts
        related, earlier = against.related, against.earlier
        self.cache = against.documents or DocumentCache()
        self.related = completed(related, self.archive.by_url) if self.archive is not None else related
        self.earlier = earlier or (self.archive.earlier_takes() if self.archive is not None else ())
        self.handles = handle_map(self.related)
        self.by_address = {canonical_url(item.url): item for item in self.related}
        self.titles = {normalise(self.document_of(item).title): item for item in self.related}
        self.own_address = canonical_url(self.source.url)
        self.memo: dict[Hashable, object] = {}
        self._targets: dict[str, Related | None] = {}
        self._titled: dict[str, Related | None] = {}
        texts = {"headline": take.headline, "summary": take.summary, "body": take.body, "tags": ", ".join(take.tags)}
        self._texts = {name: self.cache.text(text) for name, text in texts.items()}
        self._links = {name: links(self._texts[name]) for name in PROSE}
        self._brackets = {name: unresolved_brackets(self._texts[name]) for name in PROSE}

    def text(self, field: FieldName) -> Text:
        """A field's text; the tags are joined by ", "."""
        return self._texts[field]

    def given_text(self, field: FieldName) -> str:
        """The same with the comments that `text` leaves blank."""
        return ", ".join(self.given.tags) if field == "tags" else str(getattr(self.given, field))

    def links(self, field: FieldName) -> list[Link]:
        """The links of a field; only summary and body have any."""
        return self._links.get(field, [])

    def brackets(self, field: FieldName) -> list[Span]:
        """Brackets without an address."""
        return self._brackets[field]

    @cached_property
    def blocks(self) -> list[tuple[str, Span]]:
        """The body's blocks with their kinds."""
        return [(kind, span) for kind, span in blocks(self._texts["body"]) if span.text]

    @cached_property
    def articles(self) -> tuple[Related, ...]:
        """The articles that are evidence: those offered, then those only linked to, with their texts where known.

        An address that may be one of an archive that is not here is an article of which nothing is known.
        """
        offered = {item.url: item for item in self.related}
        for link in (link for name in PROSE for link in self._links[name]):
            article = self.target(link)
            unread = self.unread_address(link)
            if article is not None:
                offered.setdefault(article.url, article)
            elif unread is not None:
                offered.setdefault(unread, Related(id=unread, url=unread, title=""))
        return tuple(offered.values())

    @cached_property
    def documents(self) -> Documents:
        """The evidence: the source, then the articles."""
        return self.cache.of_take(self.source, self.articles)

    def document_of(self, article: Related) -> Document:
        """An article as a document, whether or not it is evidence."""
        return self.cache.article(article)

    @cached_property
    def quotations(self) -> dict[FieldName, list[Quotation]]:
        """What is quoted, in marks of any kind or as a block; not what is opened and never closed."""
        return {name: [one for one in quotations_in(self.text(name)) if one.kind != "open"] for name in PROSE}

    @cached_property
    def language(self) -> str:
        """The language of the take, as "de"; that of the publication where the take is too short to tell."""
        return language_of(f"{self.take.summary}\n\n{self.take.body}") or primary(self.settings.publication.language)

    @cached_property
    def words(self) -> dict[str, int]:
        """Words a reader sees."""
        return {name: count_words(self.text(name)) for name in PROSE}

    @cached_property
    def uses_handles(self) -> bool:
        """Whether the take is still in the model's form."""
        return any(link.target in self.handles for name in PROSE for link in self._links[name])

    def target(self, link: Link) -> Related | None:
        """The archive's article that a link leads to, by handle or address."""
        if link.target not in self._targets:  # a dozen rules ask
            found = self.handles.get(link.target) or self.by_address.get(canonical_url(link.target))
            if found is None and self.archive is not None and link.target.startswith(("http://", "https://")):
                found = self.archive.by_url(link.target)
            self._targets[link.target] = found
        return self._targets[link.target]

    def unread_address(self, link: Link) -> str | None:
        """The address of a link that may lead to an article of an archive that is not here; else None.

        An address on a host of none of the articles offered is taken for somebody else's.
        """
        if (
            self.archive is not None
            or not link.target.startswith(("http://", "https://"))
            or self.target(link) is not None
        ):
            return None
        address = canonical_url(link.target)
        if address == self.own_address or (
            self.related and host_of(address) not in {host_of(item.url) for item in self.related}
        ):
            return None
        return address

    def facts_of(self, field: FieldName, start: int, end: int) -> list[Fact]:
        """The plan's facts, whose words code has found, that the writer put after the sentence at field[start:end]."""
        return [self._facts[handle] for handle in self._handles_of(field, start, end) if handle in self._facts]

    def cited(self, field: FieldName, start: int, end: int) -> frozenset[str]:
        """The names of the documents that the handles of that sentence are of; none where it has no handle."""
        handles = self._handles_of(field, start, end)
        named = [self._facts[handle].document if handle in self._facts else handle for handle in handles]
        return frozenset([self.document_names[handle] for handle in named if handle in self.document_names])

    def _handles_of(self, field: FieldName, start: int, end: int) -> list[str]:
        return [
            handle
            for one in self.rests_on
            if one.field == field and one.start < end and start < one.end
            for handle in one.handles
        ]

    @cached_property
    def _facts(self) -> dict[str, Fact]:
        return {fact.id: fact for fact in self.facts}

    @cached_property
    def document_names(self) -> dict[str, str]:
        """The names of the documents by the handles that the writer has for them."""
        return {SOURCE: SOURCE} | {handle: item.id for handle, item in self.handles.items()}

    def title(self, words: str) -> Related | None:
        """The article whose title the words are."""
        if words not in self._titled:
            found = self.titles.get(normalise(words))
            self._titled[words] = found or (self.archive.by_title(words) if self.archive is not None else None)
        return self._titled[words]


class Hit(NamedTuple):
    """What a rule yields; severity None is the rule's own. `by`: the reader that found it; "" where code did."""

    message: str
    field: FieldName
    start: int
    end: int
    severity: Severity | None = None
    fix: Fix | None = None
    evidence: tuple[Evidence, ...] = ()
    by: str = ""
    proposal: str = ""


class Example(NamedTuple):
    """A take for a rule's table row; what is not given is a sound take's."""

    body: str | None = None
    summary: str | None = None
    headline: str | None = None
    tags: tuple[str, ...] | None = None
    related: tuple[Related, ...] | None = None
    settings: Settings | None = None
    earlier: tuple[EarlierTake, ...] = ()
    live: tuple[LinkCheck, ...] = ()
    read: tuple[ReadFinding, ...] = ()


class Rule(NamedTuple):
    """A row of the table of rules.

    `repair`: whether a warning is worth a "call" of a model, is given to it "along" with others of the same passage, or
    "never" (an error is always worth a call). `safe_fix`: its fixes change no meaning and may be applied without a
    person. `package`: the package that brought the rule. `languages`: those of takes that its function can read; none:
    all.
    """

    code: str
    name: str
    severity: Severity
    looks_for: str
    how_to_fix: str
    trips: Example
    passes: Example
    function: Callable[[Case], Iterator[Hit]]
    repair: Literal["call", "along", "never"] = "along"
    safe_fix: bool = False
    package: str = "ourtake"
    languages: tuple[str, ...] = ()


ENGLISH = ("en",)
"""`languages` of a rule that reads English only."""


def hits_of(rule: Rule, case: Case) -> Iterator[Hit]:
    """What a rule finds: by its own code, then what a reader found for it, unless code has found it as well."""
    told: list[tuple[FieldName, int, int]] = []
    if rule.languages and case.language not in rule.languages:
        named = " and ".join(map(language_name, rule.languages))
        message = f"Could not check: the take is in {language_name(case.language)}; this rule reads {named} only."
        yield Hit(message, *whole(case, "headline"), severity="info")
    else:
        for hit in rule.function(case):
            told.append((hit.field, hit.start, hit.end))
            yield hit
    for found in case.read:
        again = any(field == found.field and start < found.end and found.start < end for field, start, end in told)
        if found.code == rule.code and not (again and found.severity != "error"):
            yield Hit(
                found.message,
                found.field,
                found.start,
                found.end,
                severity=found.severity,
                evidence=found.evidence,
                by=found.by,
                proposal=found.proposal,
            )


def whole(case: Case, field: FieldName) -> tuple[FieldName, int, int]:
    """The span of a whole field, to be unpacked into a Hit."""
    return field, 0, len(case.text(field))


def finding(rule: Rule, hit: Hit, case: Case, severity: Severity) -> Finding:
    """The finding of a hit."""
    return Finding(
        code=rule.code,
        rule=rule.name,
        severity=severity,
        message=hit.message,
        field=hit.field,
        start=hit.start,
        end=hit.end,
        text=case.given_text(hit.field)[hit.start : hit.end],
        fix=hit.fix,
        evidence=hit.evidence,
        by=hit.by,
        proposal=hit.proposal,
    )

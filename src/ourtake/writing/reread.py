"""The second reading: numbered sentences or claims of a take, read beside the texts that it rests on.

A model answers; code looks up what it quotes. "supported" and "contradicted" count only with words that the named
document has: a yes without words verifies nothing, and a no without words accuses nobody. `read_rows` takes anything
that is numbered, so that whole sentences and single claims are read in the same way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from ourtake.checks.base import ReadAnswer, ReadFinding
from ourtake.documents import Evidence, FieldName, SentenceHandles, Severity, Take
from ourtake.text.plain import visible_only
from ourtake.text.sentences import sentences
from ourtake.text.tokens import find_quotation, tokenize
from ourtake.writing.fact_handles import FIELDS
from ourtake.writing.reply import STRING, list_of, rows_of, schema_of
from ourtake.writing.story_texts import StoryTexts

ANSWERS = ("supported", "contradicted", "absent")


class Kind(NamedTuple):
    """A kind of fault that a reader may name: the rule whose finding it is; `quoted`: it needs words of a document."""

    code: str
    quoted: bool = False


KINDS: Mapping[str, Kind] = {
    "polarity": Kind("FCT005", quoted=True),
    "scope": Kind("FCT006", quoted=True),
    "role": Kind("FCT007", quoted=True),
    "cause": Kind("FCT008", quoted=True),
    "number": Kind("FCT003", quoted=True),
    "date": Kind("FCT004", quoted=True),
    "wrong article": Kind("LNK019", quoted=True),
    "cut quotation": Kind("QUO004", quoted=True),
    "too strong": Kind("SUP003", quoted=True),
    "not in texts": Kind("SUP002"),
    "silence as fact": Kind("SUP002"),
    "copied": Kind("ORG001"),
    "repeats": Kind("ORG003"),
    "vague": Kind("ARG001"),
    "padding": Kind("ARG002"),
    "unkept promise": Kind("ARG003"),
    "unfair": Kind("ARG004"),
    "argument breaks": Kind("ARG005"),
    "headline oversells": Kind("ARG006"),
}
"""The kinds of findings, as the prompt names them."""

CLAIM_ROWS = list_of(
    schema_of(id=STRING, answer=STRING | {"enum": [*ANSWERS]}, document=STRING, words=STRING, take_words=STRING)
)
FINDING_ROWS = list_of(
    schema_of(
        id=STRING,
        kind=STRING | {"enum": [*KINDS]},
        take_words=STRING,
        document=STRING,
        words=STRING,
        why=STRING,
        instead=STRING,
    )
)
READ_PARTS: dict[str, dict[str, Any]] = {"claims": CLAIM_ROWS, "findings": FINDING_ROWS}
"""The keys of a verifier's reply with their schemas."""

SHORT_PARTS: dict[str, dict[str, Any]] = {
    "supported": list_of(list_of(STRING)),
    "absent": list_of(STRING),
    "findings": FINDING_ROWS,
}
"""The keys of a second reading's reply, which is about a whole take: what is right is said in as few words as code can
check, and what is wrong only once, as a finding.
"""

SUPPORTED_KEYS = ("id", "document", "words")
"""What the strings of a supported entry are, in order."""

_BEYOND = "not in texts"
"""The kind of a fault of fact for which no words are quoted."""

_UNNAMED = "scope"
"""The kind of a contradiction for which no finding gives one."""


class Item(NamedTuple):
    """Something to be read, field[start:end] of a take. `text`: as it is shown; `handles`: what it rests on, as its
    writer said; `opinion`: code takes it for one, so that it may be in no text.
    """

    id: str
    text: str
    field: FieldName
    start: int
    end: int
    handles: tuple[str, ...] = ()
    opinion: bool = False


class Reading(NamedTuple):
    """What a reader said. `answers`: statements with the words that code found, by the item's id. `unproven`: how many
    answers and findings were dropped, since the words that they quote are in no text.
    """

    answers: Mapping[str, ReadAnswer]
    findings: tuple[ReadFinding, ...]
    unproven: int


def numbered(
    take: Take, *, handles: Sequence[SentenceHandles] = (), shown: Mapping[str, str] | None = None
) -> list[Item]:
    """Headline and every sentence of summary and body as items h1, s1, s2, ..., in order."""
    found: list[Item] = []
    for field in FIELDS:
        text = getattr(take, field)
        spans = [(0, len(text))] if field == "headline" else [(span.start, span.end) for span in sentences(text)]
        for start, end in spans:
            if not text[start:end].strip():
                continue
            own = [name for one in handles if one.field == field and start <= one.start < end for name in one.handles]
            name = "h1" if field == "headline" else f"s{sum(item.field != 'headline' for item in found) + 1}"
            words = visible_only((shown or {}).get(text[start:end], text[start:end]))
            found.append(Item(name, words, field, start, end, handles=tuple(dict.fromkeys(own))))
    return found


def read_rows(rows: Mapping[str, Any], items: Sequence[Item], take: Take, *, story: StoryTexts, by: str) -> Reading:
    """What the JSON object of a reader's reply says about these items of a take; what it says about others is
    ignored.
    """
    reader = _Reader(items, take, story, by)
    for row in rows_of(rows.get("supported"), SUPPORTED_KEYS):
        reader.claim({**row, "answer": "supported"})
    for name in rows["absent"] if isinstance(rows.get("absent"), list) else ():
        reader.claim({"answer": "absent", "id": name})
    for row in rows_of(rows.get("claims")):
        reader.claim(row)
    for row in rows_of(rows.get("findings")):
        reader.finding(row)
    return reader.reading()


class _Reader:
    """Collects a reply's rows."""

    def __init__(self, items: Sequence[Item], take: Take, story: StoryTexts, by: str) -> None:
        self._items = {item.id: item for item in items}
        self._take = take
        self._story = story
        self._by = by
        self._answers: dict[str, ReadAnswer] = {}
        self._said: dict[str, str] = {}
        self._findings: list[tuple[str, ReadFinding]] = []
        self._unproven = 0

    def claim(self, row: Mapping[str, Any]) -> None:
        """Take an answer to an item; of two answers to one item the worse counts."""
        item, answer = self._items.get(_word(row, "id")), _word(row, "answer")
        if item is None or answer not in ANSWERS or (item.opinion and answer == "absent"):
            return
        self._said[item.id] = answer
        evidence = self._evidence(row)
        if answer != "absent" and not evidence:
            self._unproven += 1
            return
        given: Literal["supported", "contradicted", "absent"] = answer  # type: ignore[assignment]
        start, end = self._span(item, _word(row, "take_words"))
        known = self._answers.get(item.id)
        if known is not None and known.answer != "supported":
            return
        words = str(getattr(self._take, item.field)[start:end]) if answer == "contradicted" else ""
        found = () if answer == "absent" else evidence
        self._answers[item.id] = ReadAnswer(item.field, item.start, item.end, given, found, words, self._by)

    def finding(self, row: Mapping[str, Any]) -> None:
        """Take a finding about an item."""
        item, kind = self._items.get(_word(row, "id")), KINDS.get(_word(row, "kind").casefold())
        if item is None or kind is None:
            return
        answer = self._answers.get(item.id)
        evidence = self._evidence(row)
        if not evidence and answer is not None and answer.answer == "contradicted":
            evidence = answer.evidence
        if kind.quoted and not evidence:
            if _word(row, "words") or self._said.get(item.id) in ("supported", "contradicted"):
                self._unproven += 1
                return
            # An entry that goes beyond the texts: there is nothing to quote that contradicts it.
            kind = KINDS[_BEYOND]
        if kind.quoted and (answer is None or answer.answer == "supported"):
            self.claim({**row, "answer": "contradicted"})
        elif answer is None and kind == KINDS[_BEYOND]:
            self.claim({**row, "answer": "absent"})
        severity: Severity = "error" if kind.quoted else "warning"
        why, instead = _word(row, "why") or "A second reading doubts this.", _word(row, "instead")
        start, end = self._span(item, _word(row, "take_words"))
        found = ReadFinding(kind.code, why, item.field, start, end, severity, evidence, self._by, instead)
        self._findings.append((item.id, found))

    def reading(self) -> Reading:
        """All that was said. A contradiction and an absence that no finding is about become findings of their own."""
        told = {name for name, found in self._findings if found.code[:3] in ("FCT", "LNK", "QUO", "SUP")}
        for name, answer in self._answers.items():
            if name in told or answer.answer == "supported":
                continue
            item = self._items[name]
            start, end = self._span(item, answer.take)
            severity: Severity = "warning"
            code, why = KINDS[_BEYOND].code, "The reader found this in none of the texts."
            if answer.answer == "contradicted":
                severity = "error"
                code, why = KINDS[_UNNAMED].code, f"The text says: \u201c{answer.evidence[0].text}\u201d."
            found = ReadFinding(code, why, item.field, start, end, severity, answer.evidence, self._by)
            self._findings.append((name, found))
        order = {name: place for place, name in enumerate(self._items)}
        findings = tuple(found for _, found in sorted(self._findings, key=lambda pair: order[pair[0]]))
        return Reading(self._answers, tuple(dict.fromkeys(findings)), self._unproven)

    def _evidence(self, row: Mapping[str, Any]) -> tuple[Evidence, ...]:
        """The words that a row quotes, where its document has them."""
        document, words = _word(row, "document"), _word(row, "words")
        found = self._story.find(document, words) if words else None
        return () if found is None else (self._story.evidence(document, found),)

    def _span(self, item: Item, words: str) -> tuple[int, int]:
        """Where in the take's field the words of an item are; the whole item if it does not have them."""
        text = str(getattr(self._take, item.field)[item.start : item.end])
        place = find_quotation(words, text) if tokenize(words).words else None
        if place is None:
            return item.start, item.end
        start, end = tokenize(text).span(place.first, place.last)
        return item.start + start, item.start + end


def _word(row: Mapping[str, Any], key: str) -> str:
    value = row.get(key)
    return visible_only(value).strip() if isinstance(value, str) else ""

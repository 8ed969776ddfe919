"""The verifier: a model reads the claims that code did not settle, each beside the passages that are nearest to it.

It is asked at most twice for a take, with at most MOST_BYTES a call. What it says goes through the parser of the second
reading (reread.py): an answer without words that code finds in the named document counts for nothing, and a claim about
which it says nothing stays "not-checked". What code verified, an exact quotation or number, is never overruled. A claim
that was answered before beside the same passages is not asked about again (claim_memory.py).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, NamedTuple

from ourtake.checks.base import ReadAnswer, ReadFinding
from ourtake.checks.opinion import is_question
from ourtake.config import Settings
from ourtake.documents import Claim, Report, Take
from ourtake.errors import AnswerError, ProviderError, StoreError, UnknownCallError
from ourtake.providers.base import FREE, Brief, Provider, Reply, name_of, require_whole
from ourtake.store import Store
from ourtake.text.counts import count_of
from ourtake.text.numbers import numbers_in
from ourtake.text.plain import visible_only
from ourtake.writing.beside_claims import Documents, Shown, Story, passages_for
from ourtake.writing.claim_memory import ClaimMemory, Rows
from ourtake.writing.handles import with_handles
from ourtake.writing.prompts import Prompt, Prompts, request_for
from ourtake.writing.reply import json_object
from ourtake.writing.reread import Item, Reading, read_rows
from ourtake.writing.story_texts import StoryTexts

__all__ = ["Story", "Verification", "Verifier", "asking", "respecting_code", "unsettled", "verify"]

MOST_CALLS = 2
MOST_BYTES = 30_000
"""Of a call's whole prompt, in UTF-8. A token has at least 3 bytes in English and in the languages that need more
tokens a character, so two calls stay under 20,000 tokens.
"""
MOST_CLAIMS = 24
"""Claims in one call, where two are enough for all."""

CLAIM_BYTES, CONTEXT_BYTES = 12_000, 6_000
"""Of the claims in a call, and of the sentences between them, which are left out where they are longer."""

_CONFIRMABLE = frozenset(("FCT005", "FCT006", "FCT007", "FCT008", "SUP002", "SUP003", "QUO004"))
"""Rules by which code only warns: a claim with such a finding is asked about as well."""

_EXACT = frozenset(("FCT001", "FCT003", "FCT004", "QUO001", "QUO002", "QUO003"))
"""What a reader may not say about a quotation or number that code verified."""

_OF_ANOTHER = "FCT007"
"""The rule that a number breaks which is right and belongs to something else."""

Ask = Callable[[Prompt], Awaitable[Reply]]
"""Asks the verifier. Raises ProviderError, StoreError, LimitError, UnknownCallError."""


class Verifier(NamedTuple):
    """The model that is asked, and what its requests are made with. `store`: where its answers are remembered, if
    anywhere; `fresh`: earlier answers are not used. `repetition`: see Request.
    """

    provider: Provider
    prompts: Prompts
    settings: Settings
    store: Store | None = None
    fresh: bool = False
    repetition: int = 1


class Verification(NamedTuple):
    """What the verifier said. `asked`: how many claims it was asked about; `recalled`: of how many an earlier answer
    was known; `left`: how many could not be asked about or got no answer that can be read; `failed`: there was such an
    answer, or none; `unproven`: answers that were dropped, since the words that they quote are in no text; `notes`: why
    claims were not checked; `by`: who answered.
    """

    findings: tuple[ReadFinding, ...] = ()
    answers: tuple[ReadAnswer, ...] = ()
    asked: int = 0
    recalled: int = 0
    left: int = 0
    failed: bool = False
    unproven: int = 0
    notes: tuple[str, ...] = ()
    by: str = ""

    def plus(self, reading: Reading, report: Report) -> Verification:
        """With what a reading of more claims says, where it does not overrule code."""
        return self._replace(
            findings=(*self.findings, *respecting_code(reading.findings, report)),
            answers=(*self.answers, *reading.answers.values()),
            unproven=self.unproven + reading.unproven,
        )

    def without(self, count: int, why: str) -> Verification:
        """With `count` claims more that were left, and a note that says why."""
        note = f"{count_of(count, 'claim')} {'was' if count == 1 else 'were'} not checked {why}"
        return self._replace(left=self.left + count, notes=(*self.notes, note))


class Line(NamedTuple):
    """A sentence of the take in the prompt; `id` "" for one that is there for the context."""

    id: str
    text: str


def asking(verifier: Verifier, story: Story, *, draft_id: str = "") -> Ask:
    """Asks a verifier about a take that does not belong to a draft."""

    async def ask(prompt: Prompt) -> Reply:
        provider, settings = verifier.provider, verifier.settings
        brief = Brief(source=story.source, related=story.articles)
        request = request_for("verify", prompt, model=provider.model, brief=brief, settings=settings)
        return await provider.reply(request.model_copy(update={"draft_id": draft_id}))

    return ask


def unsettled(report: Report) -> list[Claim]:
    """The statements that code did not settle, in the take's order. What code takes for an opinion is among them, but
    for questions: it may rest on a fact.
    """
    errors = {(one.field, one.start, one.end) for one in report.findings if one.severity == "error"}

    def has_error(claim: Claim) -> bool:
        return any(field == claim.field and start < claim.end and claim.start < end for field, start, end in errors)

    return [
        claim
        for claim in report.claims
        if claim.kind == "statement"
        and (
            claim.status == "not-checked"
            or (claim.status == "opinion" and not is_question(claim.text))
            or (claim.by == "code" and _CONFIRMABLE.issuperset(claim.codes) and claim.codes and not has_error(claim))
        )
    ]


async def verify(
    report: Report, take: Take, story: Story, *, verifier: Verifier, ask: Ask, calls: int = MOST_CALLS
) -> Verification:
    """What the verifier says about the claims that code did not settle, in at most this many calls.

    A call that fails leaves its claims as they are, with a note. Raises UnknownCallError, and LimitError.
    """
    work = _Work(report, take, story, verifier)
    found = work.recalled()
    groups, left = work.groups(min(calls, MOST_CALLS))
    if left:
        found = found.without(left, f"by {work.reader}: no more calls may be made for this take.")
    for place, group in enumerate(groups):
        prompt, shown = work.prompt(group)
        asked = [claim for claim in group if claim.id not in shown.missing]
        if len(asked) < len(group):
            found = found.without(len(group) - len(asked), f"by {work.reader}: there was no room for their passages.")
        try:
            reply = await ask(prompt)
            require_whole(reply)
            rows = json_object(reply.text)
        except UnknownCallError:
            raise
        except AnswerError as failure:
            # Another answer may be whole.
            found = found.without(len(asked), f"by {work.reader}: {failure.what}")._replace(failed=True)
            continue
        except (ProviderError, StoreError) as failure:
            rest = len(asked) + sum(map(len, groups[place + 1 :]))
            found = found.without(rest, f"by {work.reader}: {failure.what}")._replace(failed=True)
            break
        by = reply.by or work.reader
        found = found.plus(work.read(rows, asked, by=by), report)._replace(asked=found.asked + len(asked), by=by)
        await work.remember(rows, asked, shown, by=by)
    if found.unproven:
        note = f"{count_of(found.unproven, 'answer')} quoted words that are in no text, so they did not count."
        found = found._replace(notes=(*found.notes, note))
    return found


class _Work:
    """The claims of one take that are to be read, and what is known of them. `reader`: who is asked."""

    def __init__(self, report: Report, take: Take, story: Story, verifier: Verifier) -> None:
        self.reader = name_of(verifier.provider)
        self._report = report
        self._take = take
        self._story = story
        self._verifier = verifier
        self._texts = StoryTexts(story.source, story.articles)
        self._documents = Documents(story)
        statements = [claim for claim in report.claims if claim.kind == "statement"]
        self._order = {claim.id: place for place, claim in enumerate(statements)}
        self._words = {claim.id: visible_only(with_handles(claim.text, story.articles)) for claim in statements}
        self._statements = statements
        self._claims = unsettled(report)
        self._ids = {claim.id: f"c{number}" for number, claim in enumerate(self._claims, 1)}
        # What is free is never reused: its writer may have changed.
        store = verifier.store if verifier.provider.name not in FREE else None
        reader = self.reader if verifier.repetition == 1 else f"{self.reader} {verifier.repetition}"
        file = verifier.prompts.text_of("verify.md.jinja")
        self._memory = ClaimMemory(store, reader=reader, prompt=file, fresh=verifier.fresh)
        self._keys = {
            claim.id: self._memory.key(claim, self._words[claim.id], self._documents.nearest(claim), self._documents)
            for claim in self._claims
        }

    def recalled(self) -> Verification:
        """What was said of these claims before; they are not asked about again."""
        known = self._memory.recall(list(self._keys.values()))
        found = Verification()
        for claim in (claim for claim in self._claims if self._keys[claim.id] in known):
            rows: dict[str, Any] = {**known[self._keys[claim.id]]}
            by = str(rows.pop("by", "") or self.reader)
            named = {
                part: [row | {"id": self._ids[claim.id]} for row in listed if isinstance(row, dict)]
                for part, listed in rows.items()
                if isinstance(listed, list)
            }
            found = found.plus(self.read(named, [claim], by=by), self._report)
            found = found._replace(recalled=found.recalled + 1, by=by)
        self._claims = [claim for claim in self._claims if self._keys[claim.id] not in known]
        return found

    def groups(self, calls: int) -> tuple[list[list[Claim]], int]:
        """The claims of each call, and how many have no room in any."""
        if not self._claims:
            return [], 0
        sizes = {claim.id: len(self._words[claim.id].encode("utf-8", "replace")) for claim in self._claims}
        in_one = len(self._claims) <= MOST_CLAIMS and sum(sizes.values()) <= CLAIM_BYTES
        size = -(-len(self._claims) // (1 if in_one else calls)) if calls else 0
        found = []
        for first in range(0, len(self._claims), size) if size else ():
            group, room = [], CLAIM_BYTES
            for claim in self._claims[first : first + size]:
                if sizes[claim.id] <= room:
                    group.append(claim)
                    room -= sizes[claim.id]
            found += [group] if group else []
        return found, len(self._claims) - sum(map(len, found))

    def prompt(self, group: Sequence[Claim]) -> tuple[Prompt, Shown]:
        """The prompt about a group of claims, and what it shows beside them."""
        prompts, source = self._verifier.prompts, self._story.source
        room = MOST_BYTES
        while True:
            shown = passages_for(group, self._documents, room=room, summaries=True)
            lines = self._lines([claim for claim in group if claim.id not in shown.missing])
            prompt = prompts.verify(source, items=lines, documents=shown.documents)
            over = len(f"{prompt.system}{prompt.user}".encode("utf-8", "replace")) - MOST_BYTES
            if over <= 0 or not room:
                return prompt, shown
            room = max(0, room - over)

    def _lines(self, asked: Sequence[Claim]) -> list[Line]:
        """The claims with the sentences of the take before and between them, unless those are too many."""
        if not asked:
            return []
        numbers = [self._order[claim.id] for claim in asked]
        ids = {claim.id: self._ids[claim.id] for claim in asked}
        near = self._statements[max(0, min(numbers) - 1) : max(numbers) + 1]
        lines = [Line(ids.get(claim.id, ""), self._words[claim.id]) for claim in near]
        context = sum(len(line.text.encode("utf-8", "replace")) for line in lines if not line.id)
        return lines if context <= CONTEXT_BYTES else [line for line in lines if line.id]

    def read(self, rows: Mapping[str, Any], asked: Sequence[Claim], *, by: str) -> Reading:
        """What a reply's rows say about these claims."""
        items = [
            Item(self._ids[one.id], self._words[one.id], one.field, one.start, one.end, opinion=one.status == "opinion")
            for one in asked
        ]
        return read_rows(rows, items, self._take, story=self._texts, by=by)

    async def remember(self, rows: Mapping[str, Any], asked: Sequence[Claim], shown: Shown, *, by: str) -> None:
        """Keep what was said of claims whose own passages were all shown; nothing of a reply without its two lists."""
        lists = {part: rows.get(part) for part in ("claims", "findings")}
        if not all(isinstance(listed, list) for listed in lists.values()):
            return
        kept: dict[str, Rows] = {}
        for claim in asked:
            if shown.nearest[claim.id] == self._documents.nearest(claim):
                own = self._ids[claim.id]
                kept[self._keys[claim.id]] = {
                    part: [row for row in listed or () if isinstance(row, dict) and row.get("id") == own]
                    for part, listed in lists.items()
                }
        await self._memory.keep(kept, by=by)


def respecting_code(findings: Sequence[ReadFinding], report: Report) -> tuple[ReadFinding, ...]:
    """A reader's findings without those that deny a quotation, number or date that code verified. Where the quoted
    words have other numbers, or the same ones in another order, the number is right and belongs to something else: the
    finding is then one about the statement.
    """
    exact = [
        claim
        for claim in report.claims
        if claim.kind in ("quotation", "number", "date") and (claim.status, claim.by) == ("verified", "code")
    ]
    kept: list[ReadFinding] = []
    for one in findings:
        denied = [
            claim
            for claim in exact
            if one.code in _EXACT and claim.field == one.field and one.start < claim.end and claim.start < one.end
        ]
        if not denied:
            kept.append(one)
        elif all(claim.kind != "quotation" for claim in denied):
            said = [number.value for claim in denied for number in numbers_in(claim.text)]
            quoted = [number.value for item in one.evidence for number in numbers_in(item.text)]
            if quoted and quoted != said:
                kept.append(one._replace(code=_OF_ANOTHER))
    return tuple(kept)

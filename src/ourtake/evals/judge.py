"""Asking a judge: each pair of takes on a case in both orders, and takes against their worse twins, all of it blind."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ourtake.config import Settings
from ourtake.documents import Related, Source, Take
from ourtake.errors import AnswerError, ProviderError
from ourtake.evals.blind import blinded
from ourtake.evals.judgements import Choice, Judgement
from ourtake.evals.results import CellResult
from ourtake.evals.suite import fingerprint
from ourtake.evals.summary import Entry
from ourtake.evals.twins import worse_twin
from ourtake.providers.base import Brief, Provider, require_whole
from ourtake.text.words import count_words
from ourtake.writing.prompts import Prompts, request_for
from ourtake.writing.reply import STRING, json_object, schema_of

SCHEMA = schema_of(reason=STRING, better=STRING | {"enum": ["A", "B", "neither"]})
TWINS = 16
"""Takes that are compared with their worse twins: one of two by chance alone gets 12 of 16 in one case of 26."""
_CHOICES: Mapping[str, Choice] = {"A": "first", "B": "second", "neither": "neither"}


class Question(NamedTuple):
    """One thing to ask of a judge: the record without an answer, and both texts."""

    record: Judgement
    first: str
    second: str


class Asking(NamedTuple):
    """What a judge is asked with. `related`: case -> the articles that its writers were offered."""

    provider: Provider
    prompts: Prompts
    settings: Settings
    sources: Mapping[str, Source]
    related: Mapping[str, tuple[Related, ...]]


def questions(
    rows: Iterable[CellResult], *, judge: str, models: Sequence[str], twins: int = TWINS, most: int | None = None
) -> Iterator[Question]:
    """Everything to ask of one judge. `most`: cases for each pair of entries; None: all."""
    by_case: dict[tuple[str, int], dict[Entry, CellResult]] = defaultdict(dict)
    for row in rows:
        if row.done:
            by_case[row.case, row.repeat][Entry(row.model, row.prompt)] = row
    yield from _twins(by_case, judge=judge, models=models, count=twins)
    asked: dict[tuple[Entry, Entry], int] = defaultdict(int)
    for found in by_case.values():
        for first, second in itertools.combinations(sorted(found), 2):
            asked[first, second] += 1
            if most is None or asked[first, second] <= most:
                yield from _both_orders(judge, "pair", found[first], first.name, found[second], second.name, models)


def _twins(
    by_case: Mapping[tuple[str, int], Mapping[Entry, CellResult]], *, judge: str, models: Sequence[str], count: int
) -> Iterator[Question]:
    """Takes of all entries in turn with their twins, spread over the cases."""
    turns = [sorted(found.items())[place % len(found)] for place, found in enumerate(by_case.values())]
    made = 0
    step = max(1, len(turns) // count) if count else 1
    for entry, row in turns[::step]:
        twin = worse_twin(row.take) if row.take is not None and made < count else None
        if twin is not None:
            made += 1
            other = row.model_copy(update={"take": twin.take})
            yield from _both_orders(judge, "twin", row, "take", other, "twin", models, entry=entry.name)


def _both_orders(
    judge: str, kind: str, one: CellResult, name: str, other: CellResult, other_name: str, models: Sequence[str], *,
    entry: str = "",
) -> Iterator[Question]:  # fmt: skip
    takes: list[Take] = [take for take in (one.take, other.take) if take is not None]
    texts = [blinded(take, models) for take in takes]
    if texts[0] == texts[1]:
        return  # there is nothing to tell apart
    mark = fingerprint(*texts)
    longer = count_words(takes[0].body) - count_words(takes[1].body)
    shared = {"judge": judge, "kind": kind, "case": one.case, "topic": one.topic, "repeat": one.repeat, "entry": entry}
    for first, second, more, order in ((name, other_name, longer, (0, 1)), (other_name, name, -longer, (1, 0))):
        record = Judgement.model_validate(
            {**shared, "first": first, "second": second, "choice": None, "longer": more, "take": mark}
        )
        yield Question(record, texts[order[0]], texts[order[1]])


async def ask(question: Question, asking: Asking, *, draft_id: str) -> Judgement:
    """The judge's answer. A failure is recorded, not raised, but for a limit that was reached."""
    record = question.record
    related = asking.related.get(record.case, ())
    brief = Brief(source=asking.sources[record.case], related=related, publication=asking.settings.publication)
    prompt = asking.prompts.judge(brief.source, related, first=question.first, second=question.second)
    request = request_for(
        "judge", prompt, model=asking.provider.model, brief=brief, settings=asking.settings, json_schema=SCHEMA
    )
    try:
        reply = await asking.provider.reply(request.model_copy(update={"draft_id": draft_id}))
        require_whole(reply)
        answer = json_object(reply.text)
    except (ProviderError, AnswerError) as failure:
        return record.model_copy(update={"error": failure.what})
    choice = _CHOICES.get(str(answer.get("better")).strip())
    if choice is None:
        return record.model_copy(update={"error": "The answer names neither A, nor B, nor neither."})
    return record.model_copy(update={"choice": choice, "reason": str(answer.get("reason", ""))[:500]})

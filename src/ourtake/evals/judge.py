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
from ourtake.evals.results import CellResult, StoredCase
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
    """One question for a judge: the record, still without an answer, and both texts."""

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


class _Pair(NamedTuple):
    """Two takes with the names under which the answer is kept, and where they belong."""

    takes: tuple[Take, Take]
    names: tuple[str, str]
    case: str
    topic: str
    repeat: int = 1
    entry: str = ""


def questions(
    rows: Iterable[CellResult],
    *,
    judge: str,
    models: Sequence[str],
    cases: Iterable[StoredCase] = (),
    twins: int = TWINS,
    most: int | None = None,
) -> Iterator[Question]:
    """All questions for one judge. `cases`: the judge is also asked about their `preferences`. `most`: how many cases
    for each pair of entries; None: all.
    """
    by_case: dict[tuple[str, int], dict[Entry, CellResult]] = defaultdict(dict)
    for row in rows:
        if row.done:
            by_case[row.case, row.repeat][Entry(row.model, row.prompt)] = row
    yield from _twins(by_case, judge=judge, models=models, count=twins)
    for case in cases:
        for number, known in enumerate(case.preferences, 1):
            takes, names = (known.better, known.worse), ("better", "worse")
            yield from _both_orders(judge, "known", _Pair(takes, names, case.id, case.topic, number), models)
    asked: dict[tuple[Entry, Entry], int] = defaultdict(int)
    for found in by_case.values():
        for first, second in itertools.combinations(sorted(found), 2):
            asked[first, second] += 1
            if most is None or asked[first, second] <= most:
                one, other = found[first], found[second]
                if one.take is not None and other.take is not None:
                    takes, names = (one.take, other.take), (first.name, second.name)
                    yield from _both_orders(judge, "pair", _Pair(takes, names, one.case, one.topic, one.repeat), models)


def _twins(
    by_case: Mapping[tuple[str, int], Mapping[Entry, CellResult]], *, judge: str, models: Sequence[str], count: int
) -> Iterator[Question]:
    """Takes of all entries in turn with their twins, spread over the cases."""
    turns = [sorted(found.items())[place % len(found)] for place, found in enumerate(by_case.values())]
    made = 0
    step = max(1, len(turns) // count) if count else 1
    for entry, row in turns[::step]:
        twin = worse_twin(row.take) if row.take is not None and made < count else None
        if row.take is not None and twin is not None:
            made += 1
            takes, names = (row.take, twin.take), ("take", "twin")
            pair = _Pair(takes, names, row.case, row.topic, row.repeat, entry.name)
            yield from _both_orders(judge, "twin", pair, models)


def _both_orders(judge: str, kind: str, pair: _Pair, models: Sequence[str]) -> Iterator[Question]:
    texts = [blinded(take, models) for take in pair.takes]
    if texts[0] == texts[1]:
        return  # there is nothing to tell apart
    mark = fingerprint(*texts)
    longer = count_words(pair.takes[0].body) - count_words(pair.takes[1].body)
    shared = {"judge": judge, "kind": kind, "case": pair.case, "topic": pair.topic, "repeat": pair.repeat}
    for order, more in (((0, 1), longer), ((1, 0), -longer)):
        first, second = order
        names = {"first": pair.names[first], "second": pair.names[second], "entry": pair.entry}
        record = Judgement.model_validate({**shared, **names, "choice": None, "longer": more, "take": mark})
        yield Question(record, texts[first], texts[second])


async def ask(question: Question, asking: Asking, *, draft_id: str) -> Judgement:
    """The judge's answer. A failure is recorded, not raised, unless a limit was reached."""
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

"""How many calls, tokens and dollars drafts may take, before any call is made: a lower and an upper bound.

Lower bound: the calls that every draft makes (a plan, a take and its second reading; one call with --quick, two with
--quick --verify) whose answers are not in the ledger, BYTES_A_TOKEN bytes to a token, answers of the usual length.
Texts that several calls begin with are counted at the price of a provider's cache after the first. Expected: with one
repair and the reading of what it changed, which most drafts need. Upper bound: every call that the pipeline can make
for a draft (second calls after replies that can't be used, each round of repair), each as long as it can be.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

from ourtake.archive.lookup import Archive
from ourtake.config import Settings, TakeShape
from ourtake.documents import Document, Source, Usage
from ourtake.providers.base import Request
from ourtake.providers.budget import most_tokens
from ourtake.providers.ledger import request_hash
from ourtake.providers.pricing import most, tariff_of, usd
from ourtake.store import Store
from ourtake.writing.angles import plan_request_for
from ourtake.writing.context import facts_in
from ourtake.writing.pipeline import REPAIR_ROUNDS, first_request
from ourtake.writing.prompts import Prompts, StoryBlock
from ourtake.writing.verify import MOST_BYTES, MOST_CALLS

BYTES_A_TOKEN = 4
"""Measured on English prose; other languages need more."""
TAKE_TOKENS_A_WORD = 1.5
"""Of a take's reply, with links and handles, for each word of the shortest take that is long enough."""
PLAN, A_FACT, FACTS, READ = 880, 45, 770, 800
"""Tokens of a plan's answer besides its facts, and for each of them; of facts and angle in the prompt for the take; of
a second reading's answer.
"""
FINDINGS, REPAIR, CHANGED, AGAIN = 1990, 510, 1240, 190
"""Tokens of the passages with their findings that a repair is asked for, of its answer, of the passages that it changed
and of the answer of the reading of these. All are means of seven stories (docs/writing.md), counted with cl100k_base.
"""
CLAIMS, VERIFIED = 4000, 1400
"""Tokens of claims with their passages, and of a verifier's answer, for a take that is written in one call."""
QUICK_CALLS = 3 + REPAIR_ROUNDS
FULL_CALLS = 3 + 3 + 1 + 2 * REPAIR_ROUNDS
"""The most that a draft makes: of a plan, a take, a second reading, and repairs that are read again."""
VERIFYING_CALLS = QUICK_CALLS + (1 + REPAIR_ROUNDS) * MOST_CALLS
"""The most with --quick --verify: each take's claims are read."""


class Estimate(Document):
    """Pairs are (lower bound, upper bound); `cost_usd` is None if the model has no price. `remembered`: drafts whose
    first answer is in the ledger; `verifier`: a model whose calls are not included. `expected_usd`: with the repairs
    that most drafts need; `quick_usd`: what one call a draft would cost instead, `block_usd`: what one call over all
    the texts of a plan would. All three are None with --quick; with --quick --verify only `block_usd` is.
    """

    model: str
    drafts: int
    remembered: int
    calls: tuple[int, int]
    input_tokens: tuple[int, int]
    output_tokens: tuple[int, int]
    cost_usd: tuple[float, float] | None
    verifier: str | None = None
    expected_usd: float | None = None
    quick_usd: float | None = None
    block_usd: float | None = None


def estimate(
    sources: Sequence[Source],
    *,
    repetitions: Sequence[int],
    model: str,
    store: Store,
    archive: Archive,
    prompts: Prompts,
    settings: Settings,
    in_batch: bool = False,
    quick: bool = False,
    verify: bool = False,
) -> Estimate:
    """What drafting the sources may take. `in_batch`: first takes at the price of the provider's batch endpoint.
    `quick`: written in one call each, whatever the settings say; `verify`: their claims are read all the same.
    """
    provider, _, name = model.partition(":")
    quick = quick or settings.take.process == "quick" or provider == "baseline"
    # A verifier that the settings name is asked in addition, at a price of its own.
    verify = verify and quick and provider != "baseline" and settings.checks.verifier == "auto"
    given: dict[str, Any] = {"model": name, "archive": archive, "prompts": prompts, "settings": settings}
    takes = _requests(partial(first_request, **given), sources, repetitions)
    plans = None if quick else _requests(partial(plan_request_for, angles=3, **given), sources, repetitions)
    first = takes if plans is None else plans
    hashes = [request_hash(provider, name, request) for request in first]
    answered = store.answered_hashes(hashes)
    known = [hashed in answered for hashed in hashes]
    sums = _sums(takes, plans, known, prompts, settings.take, in_batch=in_batch, verify=verify)
    high = _most(first, settings, quick=quick, verify=verify)
    tariff = tariff_of(provider, name, settings)
    found = Estimate(
        model=model,
        drafts=len(sources),
        remembered=sum(known),
        calls=(sums.low.calls, high.calls),
        input_tokens=(sums.low.input_tokens, high.input_tokens),
        output_tokens=(sums.low.output_tokens, high.output_tokens),
        cost_usd=None,
        verifier=None if settings.checks.verifier in ("auto", "off") else settings.checks.verifier,
    )
    if tariff is None:
        return found
    most_usd = usd(most(tariff, sent=high.input_tokens, received=high.output_tokens))
    costs: dict[str, object] = {"cost_usd": (usd(tariff(sums.low)), most_usd)}
    if not quick or verify:
        costs |= {"expected_usd": usd(tariff(sums.full)), "quick_usd": usd(tariff(sums.in_one))}
    if not quick:
        costs["block_usd"] = usd(tariff(sums.over_block))
    return found.model_copy(update=costs)


def _requests(
    make: Callable[[Source], Request], sources: Sequence[Source], repetitions: Sequence[int]
) -> list[Request]:
    return [
        make(source).model_copy(update={"repetition": repetition})
        for source, repetition in zip(sources, repetitions, strict=True)
    ]


class _Sums(NamedTuple):
    """Of all drafts: the calls that each makes and whose answers are not known; those and what most drafts make
    besides; one call a draft; one call over all the texts of a plan.
    """

    low: Usage
    full: Usage
    in_one: Usage
    over_block: Usage


def _sums(
    takes: Sequence[Request],
    plans: Sequence[Request] | None,
    known: Sequence[bool],
    prompts: Prompts,
    shape: TakeShape,
    *,
    in_batch: bool,
    verify: bool,
) -> _Sums:
    """`plans`: None where takes are written in one call. `known`: drafts whose first answer is in the ledger."""
    take_tokens = round((shape.summary_words.low + shape.body_words.low) * TAKE_TOKENS_A_WORD)
    low, full, in_one, over_block = Usage(), Usage(), Usage(), Usage()
    for number, take in enumerate(takes):
        alone = Usage(calls=1, input_tokens=_tokens(take), output_tokens=take_tokens, batch=in_batch)
        in_one = in_one.plus(alone)
        repairs: list[Usage] = []
        if plans is None:
            every = [alone, *([_verification(take, prompts)] if verify else [])]
        else:
            over_block = over_block.plus(_over_texts(take, plans[number], take_tokens))
            every, repairs = _full(take, plans[number], prompts, take_tokens)
        for usage in every[known[number] :]:
            low = low.plus(usage)
        for usage in (*every, *repairs):
            full = full.plus(usage)
    return _Sums(low, full, in_one, over_block)


def _most(first: Sequence[Request], settings: Settings, *, quick: bool, verify: bool) -> Usage:
    """The upper bound. `first`: the first request of each draft."""
    most_of_draft = FULL_CALLS if not quick else VERIFYING_CALLS if verify else QUICK_CALLS
    calls = min(settings.budget.calls_per_draft, most_of_draft)
    # The second call of a draft may have twice the room; a later prompt adds at most what replies had room for.
    cap = settings.models.max_output_tokens
    least = MOST_BYTES // 3 if verify else 0
    sent = sum(calls * (max(least, most_tokens(request)) + 2 * cap * (not quick)) for request in first)
    sent += min(REPAIR_ROUNDS, calls - 1) * cap * len(first)
    received = (calls + (calls > 1)) * cap * len(first)
    return Usage(calls=calls * len(first), input_tokens=sent, output_tokens=received)


def _over_texts(take: Request, plan: Request, take_tokens: int) -> Usage:
    """One call that writes a take from all the texts of a plan, by the rules of a take."""
    texts = plan.prompt[: plan.shared]
    return Usage(calls=1, input_tokens=_count(take.system + texts), output_tokens=take_tokens)


def _verification(take: Request, prompts: Prompts) -> Usage:
    """One call of a verifier about the claims of a take."""
    prompt = prompts.verify(take.brief.source, items=(), documents=())
    return Usage(calls=1, input_tokens=_count(prompt.system + prompt.user) + CLAIMS, output_tokens=VERIFIED)


def _full(take: Request, plan: Request, prompts: Prompts, take_tokens: int) -> tuple[list[Usage], list[Usage]]:
    """The calls that every draft of the full process makes, the plan first, and those that most make besides."""
    story = StoryBlock(plan.system, plan.prompt[: plan.shared])
    block = _count(story.system + story.text)
    brief = take.brief
    rereading = _count(prompts.reread(story, ()).user[plan.shared :])
    repairing = _count(
        prompts.repair(story, brief.source, brief.related, passages=(), shape=brief.shape).user[plan.shared :]
    )
    changes = _count(prompts.reread(story, (), asked=("s1",)).user[plan.shared :])
    answer = PLAN + A_FACT * facts_in(story.text)
    planning = Usage(calls=1, input_tokens=_tokens(plan), output_tokens=answer, cache_write_tokens=block)
    writing = Usage(calls=1, input_tokens=_tokens(take) + FACTS, output_tokens=take_tokens)

    def after(task: int, answer: int) -> Usage:
        """A call that begins with the texts, which the provider has kept since the plan."""
        return Usage(calls=1, input_tokens=block + task, output_tokens=answer, cached_tokens=block)

    reading = after(rereading + take_tokens, READ)
    return [planning, writing, reading], [after(repairing + FINDINGS, REPAIR), after(changes + CHANGED, AGAIN)]


def _tokens(request: Request) -> int:
    return _count(request.system + request.prompt)


def _count(text: str) -> int:
    return len(text.encode()) // BYTES_A_TOKEN

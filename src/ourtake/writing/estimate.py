"""How many calls, tokens and dollars drafts may take, before any call is made: a lower and an upper bound.

Lower bound: one call for each draft whose first answer is not in the ledger, BYTES_A_TOKEN bytes to a token, a take of
the shortest good length. Upper bound: every call that the pipeline can make for a draft (a second call after a cut-off
reply, another after a reply that is not a take, each round of repair), each as long as it can be. The cost is near the
lower bound if most takes need no repair.
"""

from __future__ import annotations

from collections.abc import Sequence

from ourtake.archive.lookup import Archive
from ourtake.config import Settings
from ourtake.documents import Document, Source, Usage
from ourtake.providers.base import Request
from ourtake.providers.budget import most_tokens
from ourtake.providers.ledger import request_hash
from ourtake.providers.pricing import most, tariff_of, usd
from ourtake.store import Store
from ourtake.writing.pipeline import REPAIR_ROUNDS, first_request
from ourtake.writing.prompts import Prompts

BYTES_A_TOKEN = 4
TOKENS_A_WORD = 1.4
"""Both were measured on English prose; other languages need more."""


class Estimate(Document):
    """Pairs are (lower bound, upper bound); `cost_usd` is None if the model has no price. `remembered`: drafts whose
    first answer is in the ledger; `verifier`: a model whose calls are not included.
    """

    model: str
    drafts: int
    remembered: int
    calls: tuple[int, int]
    input_tokens: tuple[int, int]
    output_tokens: tuple[int, int]
    cost_usd: tuple[float, float] | None
    verifier: str | None = None


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
) -> Estimate:
    """What drafting the sources may take. `in_batch`: first takes at the price of the provider's batch endpoint."""
    provider, _, name = model.partition(":")
    requests = [
        first_request(source, model=name, archive=archive, prompts=prompts, settings=settings).model_copy(
            update={"repetition": repetition}
        )
        for source, repetition in zip(sources, repetitions, strict=True)
    ]
    hashes = [request_hash(provider, name, request) for request in requests]
    answered = store.answered_hashes(hashes)
    paid = [request for request, hashed in zip(requests, hashes, strict=True) if hashed not in answered]
    shape, cap = settings.take, settings.models.max_output_tokens
    words = shape.summary_words.low + shape.body_words.low
    low = (sum(_bytes(request) // BYTES_A_TOKEN for request in paid), round(words * TOKENS_A_WORD) * len(paid))
    # The second call of a draft may have twice the room; a repair prompt adds at most what a reply had room for.
    most_calls = min(settings.budget.calls_per_draft, 3 + REPAIR_ROUNDS)
    high_in = sum(most_calls * most_tokens(request) + min(REPAIR_ROUNDS, most_calls - 1) * cap for request in requests)
    high = (high_in, (most_calls + (most_calls > 1)) * cap * len(requests))
    tariff = tariff_of(provider, name, settings)
    cost = None
    if tariff is not None:
        cost = (
            usd(tariff(Usage(input_tokens=low[0], output_tokens=low[1], batch=in_batch))),
            usd(most(tariff, sent=high[0], received=high[1])),
        )
    return Estimate(
        model=model,
        drafts=len(sources),
        remembered=len(requests) - len(paid),
        calls=(len(paid), most_calls * len(requests)),
        input_tokens=(low[0], high[0]),
        output_tokens=(low[1], high[1]),
        cost_usd=cost,
        verifier=None if settings.checks.verifier in ("auto", "off") else settings.checks.verifier,
    )


def _bytes(request: Request) -> int:
    return len((request.system + request.prompt).encode())

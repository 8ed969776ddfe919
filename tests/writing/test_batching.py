"""First takes through a batch endpoint, in this process: what is submitted, what comes into the ledger, what is kept of
a batch that fails. The endpoint is a script, the store is real; tests/wire/test_provider_batch.py has the real wire.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path

import pytest

from ourtake.config import Price, Settings
from ourtake.errors import LimitError, PermanentError, ProviderError, TransientError
from ourtake.providers.base import Reply, Request
from ourtake.providers.batches import RefusedBatch
from ourtake.store.calls import BATCH, Ceiling
from ourtake.writing.batching import PATIENCE, Batching, BatchResult, FirstTake
from ourtake.writing.pipeline import write_draft
from tests.writing.story import Script, Story, said, story

PRICED = Settings(prices={"scripted:m": Price(input=3, output=15)})
BROKEN = TransientError("The connection broke.", "Try again.")


class Endpoint:
    """A batch endpoint that answers every request but the last with `answer`; errors come first, in their order."""

    def __init__(self, answer: str, *, submit: Exception | None = None, looks: Sequence[Exception | bool] = ()) -> None:
        self.submitted: list[dict[str, Request]] = []
        self.others: tuple[str, ...] = ()
        self._answer = answer
        self._submit = submit
        self._looks = list(looks)

    async def submit(self, requests: Mapping[str, Request]) -> str:
        self.submitted.append(dict(requests))
        if self._submit is not None:
            raise self._submit
        return f"batch_{len(self.submitted)}"

    async def ended(self, batch_id: str) -> bool:
        found = self._looks.pop(0) if self._looks else True
        if isinstance(found, Exception):
            raise found
        return found

    async def answers(self, batch_id: str) -> AsyncIterator[tuple[str, Reply | ProviderError]]:
        *names, last = self.submitted[-1]
        for name in (*names, *self.others):
            yield name, said(self._answer)
        yield last, PermanentError("The request expired.", "Ask again.")

    async def close(self) -> None:
        """There is nothing to close."""


def wanted(given: Story, count: int = 3) -> list[FirstTake]:
    sources = [given.source.model_copy(update={"outlet": f"Outlet {n}"}) for n in range(count)]
    return [FirstTake(source, f"draft{n}", 1) for n, source in enumerate(sources)]


def filled(
    given: Story,
    endpoint: Endpoint,
    *,
    ceilings: Sequence[Ceiling] = (),
    retry_unknown: bool = False,
    fresh: bool = False,
) -> tuple[BatchResult, list[str]]:
    heard: list[str] = []

    async def sleep(_: float) -> None:
        """Nobody waits here."""

    batching = Batching(given.pipeline, given.ledger, endpoint, Script(), say=heard.append, sleep=sleep)
    work = batching.fill(wanted(given), ceilings=ceilings, retry_unknown=retry_unknown, fresh=fresh)
    return asyncio.run(work), heard


def states(given: Story) -> list[tuple[str, str]]:
    return [(call.start.task, call.state) for call in given.pipeline.store.calls() if call.start.provider == "scripted"]


def test_what_a_batch_answered_is_not_asked_again(paper: Path) -> None:
    with story(paper, PRICED) as given:
        endpoint = Endpoint(said(given.take).text, looks=[False, BROKEN, True])
        found, heard = filled(given, endpoint)
        assert found == BatchResult(answered=2, failed=("The request expired.",))
        assert len(heard) == 1 and "batch_1" in heard[0]
        first = wanted(given)[0]
        # The take names another outlet: its repair is asked for, and fails.
        script = Script(BROKEN)
        draft = asyncio.run(write_draft(first.source, given.told(script), draft_id=first.draft_id))
        assert [request.task for request in script.asked] == ["repair"]
        assert draft.status == "needs-work" and draft.usage.calls == 1 and draft.usage.output_tokens == 200
        again, _ = filled(given, endpoint)
        assert [len(one) for one in endpoint.submitted] == [3, 1] and again.answered == 0


def test_fresh_asks_for_what_another_draft_was_answered(paper: Path) -> None:
    with story(paper, PRICED) as given:
        endpoint = Endpoint(said(given.take).text)
        filled(given, endpoint)
        with_other_names = [one._replace(draft_id=f"other{one.draft_id}") for one in wanted(given)]

        async def sleep(_: float) -> None:
            """Nobody waits here."""

        batching = Batching(given.pipeline, given.ledger, endpoint, Script(), say=print, sleep=sleep)
        asyncio.run(batching.fill(with_other_names, ceilings=(), retry_unknown=False))
        asyncio.run(batching.fill(with_other_names, ceilings=(), retry_unknown=False, fresh=True))
        assert [len(one) for one in endpoint.submitted] == [3, 1, 3]


def test_a_limit_refuses_before_anything_is_submitted(paper: Path) -> None:
    with story(paper, PRICED) as given:
        endpoint = Endpoint(said(given.take).text)
        with pytest.raises(LimitError):
            filled(given, endpoint, ceilings=[Ceiling("run", 10)])
        assert endpoint.submitted == []
        found, _ = filled(given, endpoint, ceilings=[Ceiling("draft", 10)])
        assert found == BatchResult() and endpoint.submitted == []


def test_a_submission_that_broke_off_needs_a_word(paper: Path) -> None:
    with story(paper, PRICED) as given:
        with pytest.raises(TransientError):
            filled(given, Endpoint("", submit=BROKEN))
        assert states(given) == [(BATCH, "unknown")]
        endpoint = Endpoint(said(given.take).text)
        with pytest.raises(PermanentError, match="may have been billed"):
            filled(given, endpoint)
        assert endpoint.submitted == []
        assert filled(given, endpoint, retry_unknown=True)[0].answered == 2


def test_a_submission_that_was_refused_may_be_made_again(paper: Path) -> None:
    with story(paper, PRICED) as given:
        with pytest.raises(PermanentError, match="wrong key"):
            filled(given, Endpoint("", submit=PermanentError("It is the wrong key.", "Set another.", status=401)))
        assert states(given) == [(BATCH, "failed")]
        assert filled(given, Endpoint(said(given.take).text))[0].answered == 2


def test_a_batch_that_is_refused_as_a_whole_costs_nothing(paper: Path) -> None:
    with story(paper, PRICED) as given:
        with pytest.raises(RefusedBatch):
            filled(given, Endpoint("", looks=[RefusedBatch("Too many lines.", "Split it.")]))
        assert states(given) == [(BATCH, "failed")]
        assert given.pipeline.store.batches.open_ones(run_id="run", provider="scripted", model="m") == []


def test_a_wait_is_given_up_and_gone_on_with(paper: Path) -> None:
    with story(paper, PRICED) as given:
        endpoint = Endpoint(said(given.take).text, looks=[BROKEN] * PATIENCE)
        with pytest.raises(TransientError, match="--resume"):
            filled(given, endpoint)
        assert filled(given, endpoint)[0].answered == 2 and len(endpoint.submitted) == 1


def test_an_answer_to_other_words_is_paid_for_and_counted(paper: Path) -> None:
    with story(paper, PRICED) as given:
        endpoint = Endpoint(said(given.take).text)
        endpoint.others = ("0" * 64,)
        found, _ = filled(given, endpoint)
        assert (found.answered, found.changed) == (2, 1)
        assert sorted(states(given)) == [(BATCH, "answered"), *[("take", "answered")] * 3]
        assert all(call.end and call.end.cost for call in given.pipeline.store.calls() if call.start.task == "take")

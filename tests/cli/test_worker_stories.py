"""The stories of a worker: what becomes of them when their job is cancelled, or can't be begun."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ourtake.cli import worker_stories
from ourtake.cli.drafting import HeldRun, Spending, holding_run
from ourtake.cli.worker_stories import StoryWork
from ourtake.errors import InputError
from ourtake.jobs.worker_loop import LAST_TRY
from ourtake.providers.ledger import Ledger
from ourtake.store import Store
from ourtake.watch import taking


@pytest.fixture
def held(paper: Path) -> Iterator[HeldRun]:
    with Store.open(f"sqlite:///{paper / 'ourtake.db'}") as store, holding_run(store, "worker") as run:
        yield run


def test_a_cancelled_job_makes_no_new_call(held: HeldRun, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger, at_work, ended = Ledger(held.store), threading.Event(), threading.Event()

    def drafted(*_: Any, begun: Callable[[Ledger], None], **__: Any) -> None:
        begun(ledger)
        at_work.set()
        while not ledger.stopping.is_set():
            ended.wait(0.01)
        ended.set()

    monkeypatch.setattr(worker_stories, "story_drafted", drafted)
    ledgers: list[Ledger] = []

    async def cancelled() -> None:
        work = StoryWork(held, Spending(), 1, ledgers)
        job = asyncio.create_task(work.draft("a", ["baseline"]))
        await asyncio.to_thread(at_work.wait)
        job.cancel()
        with pytest.raises(asyncio.CancelledError):
            await job
        await work.close()

    asyncio.run(cancelled())
    assert ended.is_set() and ledgers == []


def test_only_the_last_failure_puts_a_story_back(held: HeldRun, monkeypatch: pytest.MonkeyPatch) -> None:
    back: list[tuple[Any, ...]] = []
    monkeypatch.setattr(taking, "put_back", lambda *given, now: back.append(given))

    def refused(*_: Any, **__: Any) -> None:
        raise InputError("There is no key.")

    monkeypatch.setattr(worker_stories, "story_drafted", refused)

    async def tried(*, last: bool) -> None:
        LAST_TRY.set(last)
        work = StoryWork(held, Spending(), 1, [])
        with pytest.raises(InputError):
            await work.draft("a", ["baseline"])
        await work.close()

    asyncio.run(tried(last=False))
    assert back == []
    asyncio.run(tried(last=True))
    assert back == [(held.store, "a", "There is no key.")]

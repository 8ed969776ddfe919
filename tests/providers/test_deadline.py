"""What counts against a call's deadline, and what the ledger says of a call that was ended. Events stand for time:
nothing here is measured.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from ourtake.documents import Source, Usage
from ourtake.errors import ProviderError, TransientError
from ourtake.providers.base import Brief, OnText, Reply, Request
from ourtake.providers.deadline import deadline, seconds_left, uncounted
from ourtake.providers.ledger import Ledger, RecordedProvider
from ourtake.providers.retry import RetryingProvider
from ourtake.store import Store
from ourtake.store.calls import Begun, CallEnd, CallStart, Terms

BRIEF = Brief(source=Source(title="t", outlet="o", url="https://o.example/1", blurb="b"))
REQUEST = Request(task="take", model="m", system="s", prompt="p", json_schema={}, max_output_tokens=10, brief=BRIEF)
GOOD = Reply(status="complete", text="{}", stop_reason="stop", usage=Usage(calls=1), model="m")


class Gated:
    """Answers when its gate is open."""

    name = "gated"
    model = "m"

    def __init__(self, *, opened: bool) -> None:
        self.gate = asyncio.Event()
        self.asked = asyncio.Event()
        if opened:
            self.gate.set()

    async def reply(self, request: Request, *, on_text: OnText | None = None) -> Reply:
        self.asked.set()
        if on_text is not None:
            on_text("half")
        await self.gate.wait()
        return GOOD

    async def close(self) -> None:
        pass


class SlowDisk(Store):
    """A store whose rows take longer to write than the deadline allows, half a second."""

    async def begin_call(self, start: CallStart, *, process_id: int, terms: Terms) -> Begun:
        begun = await super().begin_call(start, process_id=process_id, terms=terms)
        await asyncio.sleep(0.5)
        return begun

    async def finish_call(self, call_id: int, end: CallEnd) -> None:
        await super().finish_call(call_id, end)
        await asyncio.sleep(0.5)


def test_waiting_for_the_disk_is_not_counted_and_no_answer_is_lost(tmp_path: Path) -> None:
    async def run(store: Store) -> Reply:
        return await RetryingProvider(
            RecordedProvider(Gated(opened=True), Ledger(store)), tries=1, deadline_seconds=0.25
        ).reply(REQUEST)

    with SlowDisk.open(f"sqlite:///{tmp_path}/a.db") as store:
        assert asyncio.run(run(store)) == GOOD
        assert [call.state for call in store.calls()] == ["answered"]


def test_waiting_for_a_place_is_not_counted(tmp_path: Path) -> None:
    async def run(store: Store) -> Reply:
        slow = Gated(opened=False)
        ledgered = RecordedProvider(slow, Ledger(store), concurrency=1)
        first = asyncio.create_task(ledgered.reply(REQUEST))
        await slow.asked.wait()
        second = asyncio.create_task(RetryingProvider(ledgered, tries=1, deadline_seconds=0.25).reply(REQUEST))
        await asyncio.sleep(0.5)
        slow.gate.set()
        await first
        return await second

    with Store.open(f"sqlite:///{tmp_path}/a.db") as store:
        assert asyncio.run(run(store)) == GOOD


def test_a_call_that_the_deadline_ends_is_unknown_with_what_arrived(tmp_path: Path) -> None:
    async def run(store: Store) -> None:
        await RetryingProvider(
            RecordedProvider(Gated(opened=False), Ledger(store)), tries=4, deadline_seconds=0.1
        ).reply(REQUEST, on_text=lambda _: None)

    with Store.open(f"sqlite:///{tmp_path}/a.db") as store:
        with pytest.raises(ProviderError, match=r"0\.1 seconds"):
            asyncio.run(run(store))
        (call,) = store.calls()
        assert call.state == "unknown" and call.end is not None and call.end.reply == "half"


def test_a_call_stopped_before_it_was_sent_says_so(tmp_path: Path) -> None:
    async def run(store: Store) -> None:
        asked = asyncio.create_task(RecordedProvider(Gated(opened=True), Ledger(store)).reply(REQUEST))
        while not store.calls():
            await asyncio.sleep(0.01)
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked

    with SlowDisk.open(f"sqlite:///{tmp_path}/a.db") as store:
        asyncio.run(run(store))
        (call,) = store.calls()
        assert call.state == "failed" and call.end is not None and "before it was sent" in (call.end.error or "")


def test_a_wait_that_the_deadline_would_end_is_not_begun() -> None:
    class Busy(Gated):
        async def reply(self, request: Request, *, on_text: OnText | None = None) -> Reply:
            raise TransientError("busy", status=429, retry_after=50)

    async def run() -> None:
        await RetryingProvider(Busy(opened=True), tries=4, deadline_seconds=20).reply(REQUEST)

    with pytest.raises(TransientError, match="busy"):
        asyncio.run(run())


def test_a_deadline_runs_on_after_what_was_not_counted() -> None:
    async def run() -> None:
        async with deadline(0.2):
            async with uncounted():
                await asyncio.sleep(0.4)
            assert 0 < seconds_left() <= 0.2
            await asyncio.sleep(30)

    with pytest.raises(TimeoutError):
        asyncio.run(run())

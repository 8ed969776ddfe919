"""A provider that is a script, at the network's edge, and the ledgers of processes around it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from decimal import Decimal

from ourtake.config import Price, Settings
from ourtake.documents import Source, Usage
from ourtake.providers.base import Brief, OnText, Reply, Request
from ourtake.providers.ledger import Ledger, RecordedProvider
from ourtake.store import Store
from ourtake.store.calls import Terms

SOURCE = Source(title="t", outlet="o", url="https://o.example/1", blurb="b")
REQUEST = Request(
    task="take",
    model="m",
    system="s",
    prompt="p",
    json_schema={},
    max_output_tokens=1000,
    brief=Brief(source=SOURCE),
    draft_id="first",
)
PRICED = Settings(prices={"scripted:m": Price(input=Decimal(3), output=Decimal(15))})
PAID = Usage(input_tokens=100, output_tokens=200, calls=1)
COST = 100 * 3 + 200 * 15
"""Millionths of a US dollar."""


class Scripted:
    """Answers with its outcomes in order, the last for ever, after `wait` seconds; counts."""

    name = "scripted"
    model = "m"

    def __init__(self, *outcomes: Exception | str, wait: float = 0.0) -> None:
        self.calls = 0
        self._outcomes: Sequence[Exception | str] = outcomes or ("{}",)
        self._wait = wait

    async def reply(self, request: Request, *, on_text: OnText | None = None) -> Reply:
        outcome = self._outcomes[min(self.calls, len(self._outcomes) - 1)]
        self.calls += 1
        await asyncio.sleep(self._wait)
        if isinstance(outcome, Exception):
            raise outcome
        return Reply(status="complete", text=f"{outcome}{self.calls}", stop_reason="stop", usage=PAID, model="m")

    async def close(self) -> None:
        pass


ANY = Terms()


def process(store: Store, terms: Terms = ANY, *, run: str = "run", settings: Settings = PRICED) -> Ledger:
    """The ledger of a process of its own, as far as the store can tell."""
    return Ledger(store, settings, run_id=run, process_id=store.enroll(), terms=terms)


def ask(provider: Scripted, ledger: Ledger, request: Request = REQUEST, *, concurrency: int = 20) -> Reply:
    return asyncio.run(RecordedProvider(provider, ledger, concurrency=concurrency).reply(request))


def for_draft(name: str) -> Request:
    return REQUEST.model_copy(update={"draft_id": name})

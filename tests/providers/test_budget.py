"""Limits in money: never passed, by many at once or by two processes, and given back what was set aside and not
used.
"""

from __future__ import annotations

import asyncio
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from ourtake.config import Budget, Limits, Models, Settings
from ourtake.errors import ConfigError, LimitError, TransientError
from ourtake.providers.base import Reply
from ourtake.providers.budget import ceilings_of, check_priced, most_tokens
from ourtake.providers.ledger import Ledger, RecordedProvider
from ourtake.store import Store
from ourtake.store.calls import Ceiling, Terms
from ourtake.store.tables import processes
from tests.providers.scripted import COST, PAID, PRICED, REQUEST, Scripted, ask, process


def spent(store: Store) -> int:
    return sum(
        call.end.cost if call.end and call.end.cost is not None else call.start.reserved or 0 for call in store.calls()
    )


NEEDED = -(-most_tokens(REQUEST.model_copy(update={"prompt": "p 10"})) * 15 // 4) + 1000 * 15
"""The most a request may cost: its input at the price of writing a cache, its output at the cap."""


@pytest.mark.parametrize(
    ("scope", "limit"),
    [("run", 5 * COST + NEEDED), ("day", 60_000), ("provider", 60_000), ("run", NEEDED), ("run", NEEDED - 100)],
)
def test_a_limit_is_never_passed_with_twenty_at_once(store: Store, scope: Any, limit: int) -> None:
    provider = Scripted(wait=0.01)
    ledger = process(store, Terms(ceilings=(Ceiling(scope, limit, provider.name if scope == "provider" else ""),)))

    async def work() -> list[Any]:
        ledgered = RecordedProvider(provider, ledger, concurrency=20)
        requests = [REQUEST.model_copy(update={"prompt": f"p {n}", "draft_id": f"d{n}"}) for n in range(10, 50)]
        return list(await asyncio.gather(*(ledgered.reply(request) for request in requests), return_exceptions=True))

    outcomes = asyncio.run(work())
    answered = [outcome for outcome in outcomes if isinstance(outcome, Reply)]
    assert all(isinstance(outcome, Reply | LimitError) for outcome in outcomes)
    assert provider.calls == len(answered) and spent(store) == len(answered) * COST <= limit
    # What was set aside and not used is given back: the money goes as far as it can.
    assert limit - spent(store) < NEEDED


def test_two_processes_share_the_limit_of_a_day(tmp_path: Path) -> None:
    limit = 200_000
    terms = Terms(ceilings=(Ceiling("day", limit),))
    address = f"sqlite:///{tmp_path}/s.db"
    with Store.open(address) as one, Store.open(address) as two:
        providers = [Scripted(wait=0.01), Scripted(wait=0.01)]

        async def work() -> list[Any]:
            requests = [REQUEST.model_copy(update={"prompt": f"p {n}", "draft_id": f"d{n}"}) for n in range(80)]
            both = [
                RecordedProvider(provider, process(store, terms, run=name), concurrency=10)
                for provider, store, name in zip(providers, (one, two), "ab", strict=True)
            ]
            return list(
                await asyncio.gather(
                    *(both[n % 2].reply(request) for n, request in enumerate(requests)), return_exceptions=True
                )
            )

        outcomes = asyncio.run(work())
        assert spent(one) == sum(isinstance(outcome, Reply) for outcome in outcomes) * COST <= limit
        assert all(provider.calls for provider in providers) and any(
            isinstance(outcome, LimitError) for outcome in outcomes
        )


def test_a_workers_limit_holds_for_all_its_runs_and_for_no_other_worker(store: Store) -> None:
    """Each run of a worker enrolls again; what the process did before its worker began does not count."""
    before, own = store.enroll(), store.enroll()
    assert before < own
    terms = Terms(ceilings=(Ceiling("process", NEEDED + COST - 1, str(own)),))
    later = [REQUEST.model_copy(update={"prompt": f"p {n}", "draft_id": f"d{n}"}) for n in (10, 11)]
    ask(Scripted(), Ledger(store, PRICED, run_id="a", process_id=before, terms=terms))
    ask(Scripted(), Ledger(store, PRICED, run_id="watch", terms=terms), later[0])
    with pytest.raises(LimitError, match="for a worker could be exceeded"):
        ask(Scripted(), Ledger(store, PRICED, run_id="a batch", terms=terms), later[1])
    with store.writing() as connection:
        connection.execute(update(processes).where(processes.c.id > own).values(pid=1))
    ask(Scripted(), Ledger(store, PRICED, run_id="a batch", terms=terms), later[1])


def test_a_call_of_unknown_outcome_counts_as_what_was_set_aside(store: Store) -> None:
    terms = Terms(ceilings=(Ceiling("run", 2 * NEEDED - 100),))
    with pytest.raises(TransientError):
        ask(Scripted(TransientError("x")), process(store, terms))
    provider = Scripted()
    with pytest.raises(LimitError, match="could be exceeded"):
        ask(provider, process(store, terms), REQUEST.model_copy(update={"prompt": "p 10"}))
    assert provider.calls == 0


@pytest.mark.parametrize(("now", "passes"), [("2026-03-01", False), ("2026-03-10", False), ("2026-03-11", True)])
def test_a_clock_that_is_set_back_gives_no_money_back(
    store: Store, monkeypatch: pytest.MonkeyPatch, now: str, passes: bool
) -> None:
    terms = Terms(ceilings=(Ceiling("day", NEEDED + COST - 1),))
    monkeypatch.setattr("ourtake.store.ledger.utc_now", lambda _: "2026-03-10T12:00:00.000+00:00")
    ask(Scripted(), process(store, terms))
    monkeypatch.setattr("ourtake.store.ledger.utc_now", lambda _: f"{now}T11:00:00.000+00:00")
    later = REQUEST.model_copy(update={"prompt": "p 10"})
    if passes:
        ask(Scripted(), process(store, terms), later)
    else:
        with pytest.raises(LimitError, match="for a day"):
            ask(Scripted(), process(store, terms), later)
    # The ledger's order is that of its numbers, whatever the clock said.
    assert [call.id for call in store.calls()] == list(range(1, 2 + passes))


def test_a_limit_in_money_needs_a_price() -> None:
    capped = Settings(budget=Budget(usd_per_day=Decimal("0.5")))
    ceilings = ceilings_of(capped, max_cost=Decimal("1.25"))
    assert ceilings == (Ceiling("run", 1_250_000), Ceiling("day", 500_000))
    with pytest.raises(ConfigError, match=r'\[prices."openai:nobody-knows"\]'):
        check_priced(["baseline", "openai:nobody-knows"], capped, ceilings=ceilings)
    check_priced(["openai:nobody-knows"], capped, ceilings=())


def test_without_a_price_the_cost_is_unknown_and_not_nothing(store: Store) -> None:
    ask(Scripted(), process(store, settings=Settings()))
    assert store.spent_on("first") == (PAID, None)
    (row,) = store.costs("model")
    assert (row.name, row.cost, row.unpriced) == ("scripted:m", 0, 1)


def test_a_providers_limit_of_a_day_is_its_own(store: Store) -> None:
    provider = Scripted()
    model = f"{provider.name}:{provider.model}"
    ledger = process(store, Terms(ceilings=(Ceiling("provider", 0, "somebody"), Ceiling("provider", 0, "some:model"))))
    assert isinstance(ask(provider, ledger), Reply)
    for name in (provider.name, model):
        own = process(store, Terms(ceilings=(Ceiling("provider", COST, name),)))
        with pytest.raises(LimitError, match=f"for a day's calls to {name}") as raised:
            ask(provider, own, REQUEST.model_copy(update={"prompt": name}))
        assert "usd_per_day of [models.limits]" in str(raised.value)


def test_a_limit_of_one_provider_asks_for_no_price_of_another() -> None:
    limits = {"openai": Limits(usd_per_day=Decimal("1.5"))}
    settings = Settings(models=Models(limits=limits))
    ceilings = ceilings_of(settings)
    assert ceilings == (Ceiling("provider", 1_500_000, "openai"),)
    check_priced(["anthropic:nobody-knows"], settings, ceilings=ceilings)
    with pytest.raises(ConfigError, match="openai:nobody-knows"):
        check_priced(["openai:nobody-knows"], settings, ceilings=ceilings)

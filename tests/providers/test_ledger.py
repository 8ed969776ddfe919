"""The ledger around a provider: what is asked, what is read back, what waits for a word. The provider is a script, the
store real.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from ourtake.documents import Usage
from ourtake.errors import PermanentError, StoreError, TransientError, UnknownCallError
from ourtake.providers.base import OnText, Reply, Request
from ourtake.providers.ledger import AGAIN, REMEMBERED, RecordedProvider, request_hash
from ourtake.providers.redaction import Redaction, StreamMask
from ourtake.providers.rescue import read_rescued
from ourtake.providers.retry import RetryingProvider
from ourtake.store import Store
from ourtake.store.calls import Terms
from tests.providers.scripted import COST, PAID, REQUEST, Scripted, ask, for_draft, process


def test_the_hash_is_of_all_that_determines_an_answer_and_of_nothing_else() -> None:
    same = request_hash("a", "m", REQUEST)
    changes: dict[str, Any] = {
        "task": "repair",
        "system": "x",
        "prompt": "x",
        "json_schema": {"a": 1},
        "max_output_tokens": 2000,
        "repetition": 2,
        "repair_round": 1,
    }
    others = [request_hash("a", "m", REQUEST.model_copy(update={name: value})) for name, value in changes.items()]
    assert len({same, *others, request_hash("b", "m", REQUEST), request_hash("a", "n", REQUEST)}) == len(changes) + 3
    assert request_hash("a", "m", for_draft("second")) == same


def test_an_answer_is_paid_for_once_and_counted_once(store: Store) -> None:
    provider = Scripted()
    first = ask(provider, process(store))
    again = ask(provider, process(store, run="later"))
    other = ask(provider, process(store, run="later"), for_draft("second"))
    assert provider.calls == 1 and first.text == again.text == other.text
    assert (first.usage, first.notes) == (PAID, ())
    assert (again.usage, again.notes) == (PAID, ()), "its own answer, after a kill: counted as if nothing had happened"
    assert store.spent_on("first") == (PAID, COST) and store.spent_on("second") == (Usage(), 0)
    assert (other.usage, other.notes) == (Usage(), (REMEMBERED,))


def test_fresh_asks_again_but_not_twice_for_one_draft(store: Store) -> None:
    provider = Scripted()
    ask(provider, process(store))
    fresh, second = Terms(fresh=True), for_draft("second")
    assert ask(provider, process(store, fresh), second).text == "{}2"
    assert ask(provider, process(store, fresh), second).text == "{}2", "the run went on after a kill"
    assert ask(provider, process(store)).text == "{}1", "a draft's own answer before another one's"
    assert provider.calls == 2


@pytest.mark.parametrize("status", ["cut-off", "refused", "empty"])
def test_an_answer_that_is_no_take_is_an_answer(store: Store, status: str) -> None:
    class Short(Scripted):
        async def reply(self, request: Request, *, on_text: OnText | None = None) -> Reply:
            return (await super().reply(request)).model_copy(update={"status": status})

    provider = Short()
    assert [ask(provider, process(store)).status for _ in range(2)] == [status, status]
    assert provider.calls == 1


def test_equal_requests_at_once_make_one_call(store: Store) -> None:
    provider, ledger = Scripted(wait=0.05), process(store)

    async def work() -> list[Reply]:
        ledgered = RecordedProvider(provider, ledger, concurrency=5)
        return list(await asyncio.gather(*(ledgered.reply(for_draft(f"d{n}")) for n in range(5))))

    replies = asyncio.run(work())
    assert provider.calls == 1 and {reply.text for reply in replies} == {"{}1"}
    assert sum(reply.usage.calls for reply in replies) == 1


def test_another_process_that_is_asking_is_waited_for(store: Store) -> None:
    slow, other = Scripted(wait=0.3), Scripted()
    one, two = process(store, run="a"), process(store, run="b")

    async def work() -> list[Reply]:
        return list(
            await asyncio.gather(
                RecordedProvider(slow, one).reply(REQUEST), RecordedProvider(other, two).reply(for_draft("second"))
            )
        )

    replies = asyncio.run(work())
    assert (slow.calls, other.calls) == (1, 0) and replies[1].notes == (REMEMBERED,)


FAILED: dict[str, tuple[Exception, str, int | None]] = {
    "429": (TransientError("x", status=429), "failed", 0),
    "refused connection": (TransientError("x", status=0), "failed", 0),
    "no model's answer": (TransientError("x", status=200), "failed", None),
    "bad key": (PermanentError("x", status=401), "failed", 0),
    "broken connection": (TransientError("x"), "unknown", None),
}


@pytest.mark.parametrize("name", FAILED)
def test_how_a_failure_stands_in_the_ledger(store: Store, name: str) -> None:
    error, state, cost = FAILED[name]
    provider = Scripted(error, "{}")
    with pytest.raises(type(error)):
        ask(provider, process(store))
    (call,) = store.calls()
    assert (call.state, call.end and call.end.cost) == (state, cost)
    if state == "failed":
        assert ask(provider, process(store)).text == "{}2" and [row.attempt for row in store.calls()] == [1, 2]


def test_the_layer_that_asks_again_may_do_so_within_its_process_only(store: Store) -> None:
    provider, ledger = Scripted(TransientError("x"), "{}"), process(store)
    with pytest.raises(TransientError):
        ask(provider, ledger)
    with pytest.raises(UnknownCallError, match="--retry-unknown"):
        ask(provider, process(store))
    assert ask(provider, ledger).text == "{}2"


def lost(store: Store, provider: Scripted) -> None:
    """A call that was under way when its process died."""
    from sqlalchemy import text

    with pytest.raises(TransientError):
        ask(provider, process(store))
    with store._engine.begin() as connection:
        connection.execute(text("UPDATE calls SET state = 'started', error = NULL"))
        connection.execute(text("UPDATE processes SET born = 'in another life'"))


def test_a_call_of_unknown_outcome_is_made_again_with_the_persons_word_only(store: Store) -> None:
    provider = Scripted(TransientError("x"), "{}")
    lost(store, provider)
    with pytest.raises(UnknownCallError, match="call 1 is unknown"):
        ask(provider, process(store))
    with pytest.raises(UnknownCallError):
        ask(provider, process(store), for_draft("second"))
    assert provider.calls == 1 and [call.state for call in store.calls()] == ["unknown"]
    reply = ask(provider, process(store, Terms(retry_unknown=True)))
    assert reply.notes == (AGAIN,) and provider.calls == 2
    assert [call.state for call in store.calls()] == ["unknown", "answered"], "it stays listed"
    assert ask(provider, process(store)).text == "{}2" and provider.calls == 2


def test_what_a_process_left_under_way_is_unknown_at_the_next_start(store: Store) -> None:
    lost(store, Scripted(TransientError("x")))
    assert [call.state for call in store.calls()] == ["started"]
    store.enroll()
    assert [call.state for call in store.calls()] == ["unknown"]


def fill(connection: Connection) -> None:
    """From now on, no row of a call fits."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA max_page_count = 1").scalar()
    else:
        connection.exec_driver_sql("ALTER TABLE calls ADD CHECK (length(prompt) < 50000 AND length(reply) < 50000)")


def test_an_answer_that_the_store_cannot_take_is_kept_in_a_second_place(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    class Filling(Scripted):
        """The disk is full when its answer comes."""

        async def reply(self, request: Request, *, on_text: OnText | None = None) -> Reply:
            await store.write(lambda connection: fill(connection))
            long = "x" * 100_000
            return (await super().reply(request)).model_copy(update={"text": long})

    reply = ask(Filling(), process(store))
    (file,) = tmp_path.glob("ourtake-call-1-*.json")
    assert len(reply.text) == 100_000 and str(file) in reply.notes[0] and "calls recover" in reply.notes[0]
    kept = read_rescued(file)
    assert (kept.call, kept.end.cost, kept.end.reply) == (1, COST, "x" * 100_000)
    provider = Scripted()
    with pytest.raises(StoreError):
        ask(provider, process(store), REQUEST.model_copy(update={"prompt": "y" * 100_000}))
    assert provider.calls == 0, "with a full disk nothing is asked"


def test_no_key_gets_into_the_ledger(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    key = "vault-7f3a9e"
    monkeypatch.setenv("OPENAI_API_KEY", key)
    error = PermanentError(f"scripted refused the request: Authorization: Bearer {key}", status=400)
    with pytest.raises(PermanentError) as raised:
        ask(Scripted(error), process(store))
    assert key not in str(raised.value)
    reply = ask(Scripted(f"the key is {key}"), process(store), REQUEST.model_copy(update={"prompt": f"my key {key}"}))
    assert key not in reply.text
    assert key not in json.dumps([call.model_dump() for call in store.calls()])


def test_a_mask_for_pieces_is_made_only_where_they_are_shown(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    made, stream = list[StreamMask](), Redaction.stream

    def counted(redaction: Redaction) -> StreamMask:
        made.append(stream(redaction))
        return made[-1]

    monkeypatch.setattr(Redaction, "stream", counted)
    recorded = RecordedProvider(Scripted(), process(store))
    asyncio.run(recorded.reply(REQUEST))
    assert not made
    asyncio.run(recorded.reply(for_draft("second").model_copy(update={"prompt": "x"}), on_text=print))
    assert len(made) == 1


def test_what_waits_for_a_place_does_not_go_out_while_the_gate_is_shut(store: Store) -> None:
    provider, ledger = Scripted(), process(store)
    requests = [REQUEST.model_copy(update={"prompt": f"p {n}"}) for n in range(3)]

    async def work() -> list[Any]:
        shut = asyncio.Event()

        @asynccontextmanager
        async def gate() -> AsyncIterator[None]:
            await shut.wait()
            if provider.calls == 2:
                raise PermanentError("bad key", status=401)
            yield

        asked = asyncio.gather(
            *(RecordedProvider(provider, ledger, gate=gate).reply(request) for request in requests),
            return_exceptions=True,
        )
        while len(store.calls()) < len(requests):
            await asyncio.sleep(0.01)
        assert provider.calls == 0
        shut.set()
        return list(await asked)

    outcomes = asyncio.run(work())
    assert sum(isinstance(outcome, PermanentError) for outcome in outcomes) == 1 and provider.calls == 2
    (end,) = [call.end for call in store.calls() if call.end and call.end.state == "failed"]
    assert (end.cost, end.error) == (0, "Not sent: bad key")


@pytest.mark.parametrize("fault", ["fails", "takes longer than the call may"])
@pytest.mark.parametrize("outcome", ["{}", PermanentError("bad key", status=401)])
def test_a_gate_that_is_not_left_in_time_changes_nothing_about_the_call(
    store: Store, caplog: pytest.LogCaptureFixture, fault: str, outcome: Exception | str
) -> None:
    """As where the server that keeps the turns of all workers goes away during a call."""
    provider = Scripted(outcome)

    @asynccontextmanager
    async def gate() -> AsyncIterator[None]:
        try:
            yield
        finally:
            if fault == "fails":
                raise StoreError("The server is away.")
            await asyncio.sleep(1.6)

    async def work() -> Reply:
        recorded = RecordedProvider(provider, process(store), gate=gate)
        # Long enough for the call's rows on a busy machine; the gate takes longer.
        deadline = 30.0 if fault == "fails" else 1.5
        return await RetryingProvider(recorded, tries=3, deadline_seconds=deadline).reply(REQUEST)

    if isinstance(outcome, Exception):
        with pytest.raises(PermanentError, match="bad key"):
            asyncio.run(work())
    else:
        assert asyncio.run(work()).text == "{}1"
    (call,) = store.calls()
    assert call.state == ("failed" if isinstance(outcome, Exception) else "answered") and provider.calls == 1
    assert ("was not released. The server is away." in caplog.text) is (fault == "fails")

"""What is no model's answer is never a take: every provider, plain and streamed, through its whole wiring, against a
server on loopback.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from ourtake.archive.lookup import Archive
from ourtake.config import CompatibleServer, Models, Settings, TakeShape
from ourtake.documents import Draft, Source
from ourtake.providers.ledger import Ledger, RecordedProvider
from ourtake.providers.registry import build_provider
from ourtake.providers.retry import RetryingProvider
from ourtake.store import Store
from ourtake.store.calls import CallRecord
from ourtake.writing.pipeline import Pipeline, write_draft
from ourtake.writing.prompts import Prompts
from tests.wire.nasty import nasty

SOURCE = Source(title="A story", outlet="An outlet", url="https://o.example/1", blurb="A blurb.")
KEY = "a-very-secret-key"
MODELS = ("openai:m", "anthropic:m", "local:m")


class Outcome:
    """What one draft came to."""

    def __init__(self, draft: Draft, calls: list[CallRecord], hits: int, stolen: int, waits: list[float]) -> None:
        self.draft = draft
        self.calls = calls
        self.hits = hits
        self.stolen = stolen
        self.waits = waits


Drafted = Callable[..., Outcome]


async def _drafted(
    kind: str, model: str, *, stream: bool, folder: Path, patch: pytest.MonkeyPatch, deadline: float
) -> Outcome:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    async with nasty() as (port, hits):
        base = f"http://127.0.0.1:{port}/{kind}"
        for name, value in {
            "OPENAI_BASE_URL": f"{base}/v1",
            "ANTHROPIC_BASE_URL": base,
            "OPENAI_API_KEY": KEY,
            "ANTHROPIC_API_KEY": KEY,
        }.items():
            patch.setenv(name, value)
        server = CompatibleServer(base_url=f"{base}/v1", api_key_env="OPENAI_API_KEY", output="schema")
        # One call a take: what is counted here are the requests of one.
        settings = Settings(models=Models(servers={"local": server}), take=TakeShape(process="quick"))
        with Store.open(f"sqlite:///{folder}/ourtake.db") as store:
            archive = Archive(store, folder / "index")
            archive.refresh()
            provider = RetryingProvider(
                RecordedProvider(build_provider(model, settings), Ledger(store, settings)),
                tries=4,
                deadline_seconds=deadline,
                sleep=sleep,
            )
            said: list[str] = []
            draft = await write_draft(
                SOURCE,
                Pipeline(store, archive, provider, Prompts(settings), settings),
                on_text=said.append if stream else None,
            )
            await provider.close()
            return Outcome(draft, store.calls(draft.id), hits[kind], hits["stolen"], waits)


@pytest.fixture
def drafted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Drafted:
    def run(kind: str, model: str, *, stream: bool, deadline: float = 60) -> Outcome:
        return asyncio.run(_drafted(kind, model, stream=stream, folder=tmp_path, patch=monkeypatch, deadline=deadline))

    return run


NO_ANSWER = "not a model's answer"
PLAIN = {
    # kind: requests, what the person is told, the rows' state
    "redirect": (1, "redirect", "failed"),
    "html": (2, NO_ANSWER, "failed"),
    "null": (2, NO_ANSWER, "failed"),
    "nothing": (2, NO_ANSWER, "failed"),
    "not-utf-8": (2, NO_ANSWER, "failed"),
    "broken-json": (2, NO_ANSWER, "failed"),
    "too-large": (1, "too large", "failed"),
    "packed": (1, "too large", "failed"),
    "overloaded": (4, "verloaded", "failed"),
    "rate": (4, "Slow down", "failed"),
    "no-credit-inside": (1, "no credit left", "failed"),
    "wait-below-zero": (4, "Slow down", "failed"),
    "wait-is-nonsense": (4, "Slow down", "failed"),
    "wait-an-hour": (1, "asks to wait 3,600 seconds, until", "failed"),
    "pay": (1, "no credit left", "failed"),
    "no-credit": (1, "no credit left", "failed"),
    "bad-key": (1, "refused the key", "failed"),
    "echoes-the-key": (1, "no reason given", "failed"),
    "too-long": (1, "too long", "failed"),
    "down": (4, "status 500", "failed"),
}
STREAMED = {"cut-connection": (2, "", "unknown")}


def _cases() -> list[tuple[str, bool, tuple[int, str, str]]]:
    return [(kind, False, row) for kind, row in PLAIN.items()] + [
        (kind, True, row) for kind, row in (PLAIN | STREAMED).items()
    ]


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(("kind", "stream", "row"), _cases())
def test_no_take_comes_of_it(drafted: Drafted, kind: str, stream: bool, row: tuple[int, str, str], model: str) -> None:
    requests, said, state = row
    done = drafted(kind, model, stream=stream)
    assert done.draft.revisions == () and done.draft.status == "failed"
    assert done.hits == requests and done.stolen == 0
    assert (
        said in (done.draft.error or "") and KEY not in (done.draft.error or "") and "<" not in (done.draft.error or "")
    )
    assert {call.state for call in done.calls} == {state} and len(done.calls) == requests
    assert all(wait >= 0 for wait in done.waits)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("kind", ["ends-early", "cut-connection"])
def test_what_arrived_of_a_stream_is_kept_as_evidence(drafted: Drafted, kind: str, model: str) -> None:
    done = drafted(kind, model, stream=True)
    assert [call.end.reply for call in done.calls if call.end] == ["half", "half"]


@pytest.mark.parametrize("model", MODELS)
def test_a_stream_that_ends_without_its_mark_is_cut_off(drafted: Drafted, model: str) -> None:
    done = drafted("ends-early", model, stream=True)
    assert done.draft.status == "cut-off" and done.draft.revisions == ()
    assert [(call.state, call.end.status) for call in done.calls if call.end] == [("answered", "cut-off")] * 2


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("kind", ["drips", "pings"])
def test_a_deadline_ends_what_never_ends(drafted: Drafted, kind: str, stream: bool, model: str) -> None:
    done = drafted(kind, model, stream=stream, deadline=1.5)
    assert done.draft.status == "failed" and "1.5 seconds" in (done.draft.error or "")
    assert [call.state for call in done.calls] == ["unknown"]


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("kind", ["strange-usage", "strange-counts"])
def test_a_strange_count_of_tokens_costs_no_answer(drafted: Drafted, kind: str, stream: bool, model: str) -> None:
    done = drafted(kind, model, stream=stream)
    assert done.draft.revisions[0].take.body == "A body." and done.draft.usage.input_tokens == 0


@pytest.mark.parametrize("model", MODELS[:2])
def test_a_reason_that_is_no_text_can_be_stored(drafted: Drafted, model: str) -> None:
    done = drafted("surrogate", model, stream=False)
    assert done.draft.status == "invalid" and {call.state for call in done.calls} == {"answered"}


def test_a_mend_that_changes_nothing_is_said(drafted: Drafted) -> None:
    done = drafted("strange-usage", "openai:m", stream=False)
    assert len(done.draft.revisions) == 1 and "Not repaired" in done.draft.notes[0]

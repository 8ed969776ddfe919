"""A server of embeddings: what counts as an answer, what is asked again, and that no key gets out. The server is a real
one on loopback.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy
import pytest

from ourtake.config import CompatibleServer, Models, Price, Settings
from ourtake.errors import InputError, PermanentError, ProviderError
from ourtake.providers.embedding_server import EmbeddingServer
from ourtake.providers.embeddings import build_embedder
from ourtake.providers.retry import Retrier
from ourtake.store import Store
from tests.hashed_embeddings import HashedServer, hashed, hashed_server

KEY = "sk-this-is-nobodys-key"


@pytest.fixture
def server() -> Iterator[HashedServer]:
    with hashed_server() as running:
        yield running


@pytest.fixture
def embedder(server: HashedServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[EmbeddingServer]:
    monkeypatch.setenv("MY_KEY", KEY)
    made = EmbeddingServer(
        "mine:hashed",
        base_url=server.address,
        key_name="MY_KEY",
        retrier=Retrier("mine", tries=2, deadline_seconds=10),
        ledger=None,
    )
    yield made
    made.close()


@pytest.mark.parametrize("lists", [False, True])
def test_vectors_come_in_order_and_of_unit_length(server: HashedServer, embedder: EmbeddingServer, lists: bool) -> None:
    server.lists = lists
    server.faults = [{"change": lambda answer: answer["data"].reverse()}]
    found = embedder.vectors(["one two", "three"])
    assert found.shape == (2, 64)
    assert numpy.allclose(numpy.linalg.norm(found, axis=1), 1)
    assert numpy.allclose(found[1], hashed("three", 64))
    assert server.keys == [f"Bearer {KEY}"]


@pytest.mark.parametrize(("provider", "sent"), [("openai", "Bearer by-the-gateway"), ("mine", f"Bearer {KEY}")])
def test_the_headers_that_the_user_asks_for_are_sent_to_openai_alone(
    server: HashedServer, monkeypatch: pytest.MonkeyPatch, provider: str, sent: str
) -> None:
    monkeypatch.setenv("MY_KEY", KEY)
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "Authorization: Bearer by-the-gateway")
    retrier = Retrier(provider, tries=2, deadline_seconds=10)
    made = EmbeddingServer(
        f"{provider}:hashed", base_url=server.address, key_name="MY_KEY", retrier=retrier, ledger=None
    )
    made.vectors(["one"])
    made.close()
    assert server.keys == [sent]


def _set(answer: dict[str, Any], value: Any) -> None:
    answer["data"][0]["embedding"] = value


SPOILT: dict[str, Callable[[dict[str, Any]], object]] = {
    "sent 1 vector for 2 texts": lambda answer: answer["data"].pop(),
    "sent 3 vectors for 2 texts": lambda answer: answer["data"].append(answer["data"][0]),
    "sent no vectors": lambda answer: answer.update(data=None),
    "with the same index": lambda answer: answer["data"][1].update(index=0),
    "of different lengths": lambda answer: _set(answer, [1.0] * 63),
    "without a direction (NaN": lambda answer: _set(answer, [math.nan] * 64),
    "without a direction": lambda answer: _set(answer, [0.0] * 64),
    "not a vector": lambda answer: _set(answer, "not base64"),
    "is not a vector": lambda answer: _set(answer, {"a": 1}),
    "that is not a vector": lambda answer: _set(answer, ["a"] * 64),
}


NO_ANSWER = "not a model's answer"


@pytest.mark.parametrize("said", [*SPOILT, NO_ANSWER])
def test_a_spoilt_answer_is_asked_again_once_and_then_an_error(
    server: HashedServer, embedder: EmbeddingServer, said: str
) -> None:
    server.faults = [{"status": 200, "body": ["no object"]} if said == NO_ANSWER else {"change": SPOILT[said]}] * 2
    with pytest.raises(ProviderError, match=said.replace("(", r"\(")):
        embedder.vectors(["one", "two"])
    assert len(server.texts) == 2


def test_a_bad_key_is_asked_once_and_is_in_no_error(server: HashedServer, embedder: EmbeddingServer) -> None:
    server.faults = [{"status": 401, "body": {"error": {"message": f"Incorrect API key provided: {KEY}"}}}]
    with pytest.raises(PermanentError) as caught:
        embedder.vectors(["one"])
    assert len(server.texts) == 1
    assert "MY_KEY" in str(caught.value)
    assert KEY not in str(caught.value)


def test_a_wait_that_was_asked_for_is_kept(server: HashedServer, embedder: EmbeddingServer) -> None:
    server.faults = [{"status": 429, "headers": {"retry-after": "1"}}]
    begun = time.monotonic()
    assert embedder.vectors(["one"]).shape == (1, 64)
    assert time.monotonic() - begun >= 1
    assert len(server.texts) == 2


def test_a_wait_of_an_hour_ends_it_at_once(server: HashedServer, embedder: EmbeddingServer) -> None:
    server.faults = [{"status": 429, "headers": {"retry-after": "3600"}}] * 2
    with pytest.raises(ProviderError, match="asks to wait 3,600 seconds"):
        embedder.vectors(["one"])
    assert len(server.texts) == 1


def test_a_text_too_long_for_the_server_is_cut_and_the_length_remembered(
    server: HashedServer, embedder: EmbeddingServer
) -> None:
    server.longest = 1000
    assert embedder.vectors(["word " * 1400, "short"]).shape == (2, 64)
    assert [max(map(len, texts)) for texts in server.texts] == [7000, 3500, 1750, 875]
    embedder.vectors(["word " * 1400])
    assert len(server.texts[-1][0]) == 875


def test_a_list_too_long_for_the_server_is_sent_in_halves(server: HashedServer, embedder: EmbeddingServer) -> None:
    server.faults = [{"status": 422, "body": {"error": {"message": "batch size 8 > maximum allowed batch size 4"}}}]
    assert embedder.vectors([f"text {number}" for number in range(8)]).shape == (8, 64)
    assert [len(texts) for texts in server.texts] == [8, 4, 4]


def test_each_call_is_written_down(server: HashedServer, tmp_path_factory: pytest.TempPathFactory) -> None:
    settings = Settings(models=Models(servers={"mine": CompatibleServer(base_url=server.address)}))
    with Store.open(f"sqlite:///{tmp_path_factory.mktemp('store')}/a.db") as store:
        embedder = build_embedder("mine:hashed", settings, store=store)
        embedder.vectors(["one two"])
        server.faults = [{"status": 400}]
        with pytest.raises(PermanentError):
            embedder.vectors(["three"], query=True)
        embedder.close()
        rows = [(call.start.task, call.state, call.end and call.end.usage.input_tokens) for call in store.calls()]
    assert rows == [("embed", "answered", 7), ("embed-source", "failed", 0)]
    assert not embedder.paid


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("opnai:x", "did you mean openai"),
        ("anthropic:x", "offers no embeddings"),
        ("openai", "the model of openai is missing"),
        ("openai:text-embedding-3-small", "OPENAI_API_KEY"),
    ],
)
def test_a_wrong_name_is_said_plainly(spec: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(InputError, match=said):
        build_embedder(spec, Settings())


@pytest.mark.parametrize("count", [-5, 10**15, 2**70, 7.5, True, "7", None])
def test_an_impossible_count_counts_as_the_most_and_loses_no_vector(
    server: HashedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: object
) -> None:
    monkeypatch.setenv("MY_KEY", KEY)
    servers = {"mine": CompatibleServer(base_url=server.address, api_key_env="MY_KEY")}
    settings = Settings(models=Models(servers=servers), prices={"mine:hashed": Price(input=3, output=0)})
    server.faults = [{"change": lambda answer: answer.update(usage={"prompt_tokens": count, "total_tokens": 1})}]
    with Store.open(f"sqlite:///{tmp_path}/s.db", create=True) as store:
        made = build_embedder("mine:hashed", settings, store=store)
        assert made.vectors(["one two"]).shape == (1, 64)
        made.close()
        (call,) = store.calls()
    assert call.end is not None and call.end.cost is None and call.start.reserved
    assert "count of tokens was not used" in (call.end.error or "")

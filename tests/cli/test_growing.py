"""What a job shows while it runs, where the queue's server fails: the job and its outcome do not depend on it."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import psycopg
import pytest
from procrastinate import exceptions

from ourtake.cli import growing, queueing
from ourtake.jobs.cluster import Cluster
from ourtake.jobs.job import JobRow, NewJob
from ourtake.store import Store

AWAY = psycopg.OperationalError("connection refused")
WRONG = psycopg.DataError("text fields cannot contain NUL bytes")


class Failing:
    """A queue that fails with an error; `times`: so often, then it works."""

    queue_address = "postgresql://"

    def __init__(self, error: psycopg.Error, times: int = 1) -> None:
        self.kept: list[str] = []
        self.tried = 0
        self._error, self._times = error, times

    def _fail(self) -> None:
        self.tried += 1
        if self.tried <= self._times:
            raise exceptions.ConnectorException from self._error

    async def keep_result(self, name: str, result: str) -> None:
        self._fail()
        self.kept.append(result)

    async def drop_result(self, name: str) -> None:
        self._fail()

    async def workers(self) -> int:
        return 1

    async def submit(self, jobs: list[NewJob]) -> list[int]:
        return [7 for _ in jobs]

    async def finished(self, number: int, **_: Any) -> JobRow:
        return JobRow(
            id=number, task="draft", state="done", lock="", priority=0, attempts=1, arguments={}, like="", note="good"
        )


async def shown(cluster: Failing, *texts: str) -> None:
    """A job whose text grows as soon as the one before was tried."""
    async with growing.showing(cast("Cluster", cluster), "name") as tell:
        for number, text in enumerate(texts, start=1):
            tell(text)
            while cluster.tried < number:
                await asyncio.sleep(0)


def test_a_server_that_is_away_shows_the_next_text(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(growing, "EVERY", 0)
    cluster = Failing(AWAY)
    asyncio.run(shown(cluster, "one", "two"))
    assert cluster.kept == ["two"] and capsys.readouterr().err == ""


def test_another_error_is_said_once_and_the_job_goes_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(growing, "EVERY", 0)
    cluster = Failing(WRONG, times=100)
    asyncio.run(shown(cluster, "one"))
    assert cluster.tried == 1 and capsys.readouterr().err.count("cannot contain NUL bytes") == 1


@pytest.mark.parametrize("error", [AWAY, WRONG])
def test_a_finished_job_counts_where_what_it_showed_stays(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: psycopg.Error
) -> None:
    cluster = Failing(error)
    monkeypatch.setattr(queueing, "with_queue", lambda store, act: asyncio.run(act(cluster)))
    job = NewJob("draft", {}, "draft x")
    done = queueing.done_by_worker(cast("Store", cluster), job, lambda _: None, shown=True)
    assert done is not None and done.note == "good" and cluster.tried == 1
    assert f"The text that job 7 showed was not removed: {error}." in capsys.readouterr().err

"""Processes beside this one: answers in order, errors as they were raised, and no process left when this one has gone,
however it went.
"""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ourtake.errors import InputError, ProcessLost
from ourtake.jobs.worker_process import WorkerProcess

WORK = "tests.jobs.work:begin"
ROOT = Path(__file__).parents[2]
PARENT = f"""
import asyncio, sys, time
from ourtake.jobs.worker_process import WorkerProcess
beside = WorkerProcess({WORK!r}, fork=len(sys.argv) > 2)
assert type(beside._workers[0]._process).__name__ == ("_Fork" if len(sys.argv) > 2 else "Popen")
beside.begin(0)
print(asyncio.run(beside.call("pid")), flush=True)
if sys.argv[1] == "busy":
    asyncio.run(beside.call(1.0))
time.sleep(60)
"""


@pytest.fixture(autouse=True)
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


@pytest.fixture(params=["new interpreter", "fork"])
def beside(request: pytest.FixtureRequest) -> Iterator[WorkerProcess[Any, Any]]:
    with closing(WorkerProcess[Any, Any](WORK, fork=request.param == "fork")) as made:
        yield made


def test_answers_come_back_to_those_who_asked(beside: WorkerProcess[Any, Any]) -> None:
    beside.begin(100)

    async def many() -> list[Any]:
        return await asyncio.gather(*(beside.call(number) for number in range(50)))

    assert asyncio.run(many()) == list(range(100, 150))
    assert asyncio.run(beside.call("print")) == "print", "what is printed there is no answer"


def test_answers_keep_the_order_of_the_calls_over_several_processes() -> None:
    with closing(WorkerProcess[Any, Any](WORK, processes=3)) as beside:
        beside.begin(0)
        calls = [0.2, 1, 2, 0.1, 3, 4, 5, 6]
        found = [(given, answer.result()) for given, answer in beside.answers(iter(calls))]
        pids = {answer.result() for _, answer in beside.answers(["pid"] * 40)}
    assert found == [(given, given) for given in calls]
    assert os.getpid() not in pids and len(pids) <= 3


@pytest.mark.parametrize(
    ("given", "kind", "words"),
    [
        ("input", InputError, "What was given is wrong. Give another."),
        ("answer", RuntimeError, "AnswerError: It was cut off."),
        ("odd", RuntimeError, "Odd: 1 and 2"),
    ],
)
def test_an_error_comes_back_in_its_own_words_with_its_traceback(
    beside: WorkerProcess[Any, Any], given: str, kind: type[Exception], words: str
) -> None:
    beside.begin(1)
    with pytest.raises(kind) as raised:
        asyncio.run(beside.call(given))
    assert str(raised.value) == words
    assert "in work" in raised.value.__notes__[-1], "where it was raised there"
    assert asyncio.run(beside.call(1)) == 2, "the process goes on"


def test_what_it_can_not_begin_with_is_raised_by_each_call(beside: WorkerProcess[Any, Any]) -> None:
    beside.begin(-1)
    for _ in range(2):
        with pytest.raises(InputError, match="no such start"):
            asyncio.run(beside.call(1))


def test_a_process_that_died_is_lost_for_this_call_and_the_next(beside: WorkerProcess[Any, Any]) -> None:
    beside.begin(0)
    for given in ("die", 1):
        with pytest.raises(ProcessLost, match=r"exit code -9"):
            asyncio.run(beside.call(given))


def test_the_call_after_a_process_died_is_answered_by_another() -> None:
    with closing(WorkerProcess[Any, Any](WORK, processes=2)) as beside:
        beside.begin(0)
        for left in (True, False):
            with pytest.raises(ProcessLost):
                asyncio.run(beside.call("die"))
            assert beside.is_lost is not left
            if left:
                assert [answer.result() for _, answer in beside.answers([1, 2, 3])] == [1, 2, 3]
        for _, answer in beside.answers([1] * 6):
            with pytest.raises(ProcessLost):
                answer.result()


@pytest.mark.parametrize("fork", [False, True])
def test_one_that_can_not_import_its_work_is_lost(fork: bool) -> None:
    with closing(WorkerProcess[Any, Any]("tests.jobs.nowhere:begin", fork=fork)) as beside:
        beside.begin(0)
        with pytest.raises(ProcessLost):
            asyncio.run(beside.call(1))


@pytest.mark.parametrize("ended_by", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("state", [("idle",), ("busy",), ("idle", "fork"), ("busy", "fork")])
def test_no_process_outlives_the_one_that_started_it(ended_by: signal.Signals, state: tuple[str, ...]) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, *state], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    if ended_by == signal.SIGINT:
        os.kill(child, signal.SIGINT)
        time.sleep(0.2)
        os.kill(child, 0)  # Ctrl-C is not for the child
        parent.kill()
    else:
        parent.send_signal(ended_by)
    parent.wait()
    for _ in range(12_000):  # a busy one finds nobody to answer when it is done
        try:
            os.kill(child, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    os.kill(child, signal.SIGKILL)
    raise AssertionError("the child is still there")


def has_ended(worker: Any) -> bool:
    """Whether a forked process of these has ended; it is not reaped."""
    return os.waitid(os.P_PID, worker._process._pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is not None


def test_a_forked_process_keeps_no_pipe_of_another() -> None:
    with closing(WorkerProcess[Any, Any](WORK, processes=2, fork=True)) as beside:
        beside.begin(0)
        first, second = beside._workers
        first._calls.close()  # as if this process were gone, for the first of the two
        for _ in range(1000):
            if has_ended(first):
                break
            time.sleep(0.01)
        else:
            raise AssertionError("the first waits for the second")
        assert not has_ended(second)


def test_the_process_that_was_free_last_is_asked_first() -> None:
    with closing(WorkerProcess[Any, Any](WORK, processes=2)) as beside:
        beside.begin(0)
        assert len({asyncio.run(beside.call("pid")) for _ in range(4)}) == 1


def test_a_process_that_was_forked_without_a_garbage_collector_has_one() -> None:
    gc.disable()
    try:
        with closing(WorkerProcess[Any, Any](WORK, fork=True)) as beside:
            beside.begin(0)
            assert asyncio.run(beside.call("collector")) is True
    finally:
        gc.enable()

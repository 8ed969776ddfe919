"""Many at once: the order of results, what an error lets the others finish, and a stop."""

from __future__ import annotations

import asyncio

import pytest

from ourtake.jobs.local import run_many


def run(
    count: int, *, fails: tuple[int, ...] = (), stop_after: int | None = None
) -> tuple[list[int], list[int], BaseException | None]:
    """What was begun, what came out, and what was raised; items are 0, 1, ..., two at a time, the odd ones slower: they
    take more turns of the loop, and no time.
    """
    begun: list[int] = []
    results: list[int] = []

    async def work(item: int) -> int:
        begun.append(item)
        for _ in range(100 if item % 2 else 10):
            await asyncio.sleep(0)
        if item in fails:
            raise ValueError(item)
        return item

    async def all_of_them() -> None:
        stop = asyncio.Event()
        async for result in run_many(range(count), work, concurrency=2, stop=stop):
            results.append(result)
            if len(results) == stop_after:
                stop.set()

    try:
        asyncio.run(all_of_them())
    except (ValueError, ExceptionGroup) as error:
        return begun, results, error
    return begun, results, None


def test_every_item_comes_out_once() -> None:
    begun, results, error = run(20)
    assert begun == list(range(20)) and sorted(results) == begun and error is None


def test_what_was_begun_is_finished_when_another_one_fails() -> None:
    begun, results, error = run(20, fails=(2,))
    assert isinstance(error, ValueError) and begun == [0, 1, 2] and sorted(results) == [0, 1]


def test_of_several_errors_none_is_lost() -> None:
    _, _, error = run(20, fails=(0, 1))
    assert isinstance(error, ExceptionGroup) and [found.args[0] for found in error.exceptions] == [0, 1]


def test_a_stop_begins_nothing_more() -> None:
    begun, results, error = run(20, stop_after=1)
    assert sorted(results) == begun and len(begun) <= 3 and error is None


@pytest.mark.parametrize("count", [0, 1])
def test_few_items(count: int) -> None:
    assert run(count) == (list(range(count)), list(range(count)), None)

"""What lookup keeps of the store: one look-up reads one moment, whatever another thread does meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from ourtake.archive.moment import Kept
from ourtake.store import Store


class _Rows:
    def __init__(self, position: int) -> None:
        self._position = position

    def position(self) -> int:
        return self._position

    def out_of(self, numbers: list[int]) -> dict[int, tuple[int, ...]]:
        return {number: (number + self._position,) for number in numbers}


class _Store:
    def __init__(self) -> None:
        self.position = 1

    @contextmanager
    def article_rows(self) -> Iterator[_Rows]:
        yield _Rows(self.position)


def test_a_look_up_keeps_its_links_when_another_one_sees_a_later_moment() -> None:
    store = _Store()
    kept = Kept(cast(Store, store), None, cast(Any, 1))
    with kept.moment() as before:
        assert before.out([5]) == {5: (6,)}
        store.position = 2
        with kept.moment() as after:
            assert after.out([5]) == {5: (7,)}
        assert before.out([5, 9]) == {5: (6,), 9: (10,)}
    with kept.moment() as later:
        assert later.out([9]) == {9: (11,)}

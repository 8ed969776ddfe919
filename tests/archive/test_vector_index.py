"""The matrix of vectors: exact and approximate search agree, the date rule holds in both, the cache is rebuilt when it
is behind.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy
import pytest

from ourtake.archive import vector_index
from ourtake.archive.vector_index import VectorIndex, build, version_of

ROWS, DIMENSION = 6000, 100
LATER = 730_000


def rows() -> Iterator[tuple[str, int, bytes]]:
    """Made-up vectors in 60 heaps; every tenth article undated."""
    numbers = numpy.random.default_rng(7)
    heaps = numbers.standard_normal((60, DIMENSION))
    for number in range(ROWS):
        vector = heaps[number % 60] + numbers.standard_normal(DIMENSION)
        day = 0 if number % 10 == 0 else LATER - (number * 37) % 5000
        yield f"a{number}", day, (vector / numpy.linalg.norm(vector)).astype("<f2").tobytes()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> VectorIndex:
    folder = tmp_path_factory.mktemp("vectors") / "matrix"
    build(folder, rows(), dimension=DIMENSION, version="1")
    return VectorIndex(folder)


def asked(number: int) -> Any:
    vector = numpy.random.default_rng(number).standard_normal(DIMENSION).astype(numpy.float32)
    return vector / numpy.linalg.norm(vector)


@pytest.mark.parametrize("exact", [True, False])
def test_nothing_of_the_day_or_later_is_found(made: VectorIndex, exact: bool) -> None:
    days = {name: day for name, day, _ in rows()}
    for before in (1, LATER - 4000, LATER - 100, LATER + 1):
        found = made.nearest(asked(before), 50, before=before, exact=exact)
        assert len(found) == 50
        assert all(days[near.id] < before for near in found)
        assert [near.cosine for near in found] == sorted((near.cosine for near in found), reverse=True)
    assert made.nearest(asked(0), 50, before=0, exact=exact) == []


def test_exact_search_is_the_plain_sum(made: VectorIndex) -> None:
    vector = asked(1)
    plain = {name: float(numpy.frombuffer(row, "<f2").astype(numpy.float32) @ vector) for name, _, row in rows()}
    found = made.nearest(vector, 10, before=LATER + 1)
    assert {near.id for near in found} == set(sorted(plain, key=lambda name: -plain[name])[:10])
    assert made.cosines(vector, ["a5", "nobody"]) == pytest.approx({"a5": plain["a5"]}, abs=2e-3)


def test_approximate_search_finds_nearly_what_exact_finds(made: VectorIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vector_index, "LEAST_BY_SIGNS", 1500)
    monkeypatch.setattr(vector_index, "LEAST_BY_VECTOR", 300)
    kept = 0
    for number in range(30):
        exact, near = (made.nearest(asked(number), 10, before=LATER + 1, exact=way) for way in (True, False))
        kept += len({found.id for found in exact} & {found.id for found in near})
    # 300 of 6,000 rows are compared; chance would find 15 of 300.
    assert 210 < kept <= 300


def test_beyond_its_size_the_search_is_approximate(made: VectorIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vector_index, "EXACT", ROWS - 1)
    monkeypatch.setattr(VectorIndex, "_likely", lambda *_: numpy.array([3]))
    assert len(made.nearest(asked(1), 10, before=LATER + 1)) == 1
    assert len(made.nearest(asked(1), 10, before=LATER - 100)) == 10


def test_an_empty_matrix_and_a_broken_one(tmp_path: Path) -> None:
    build(tmp_path / "m", iter(()), dimension=4, version="7 local:x")
    assert version_of(tmp_path / "m") == "7 local:x"
    assert VectorIndex(tmp_path / "m").nearest(numpy.ones(4, numpy.float32), 3, before=LATER) == []
    (tmp_path / "m" / "signs.npy").unlink()
    assert version_of(tmp_path / "m") == ""
    assert [path.name for path in tmp_path.iterdir()] == ["m"]

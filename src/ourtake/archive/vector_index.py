"""A model's vectors as one matrix on disk, and the articles nearest to a vector in it.

It is a cache beside the index, rebuilt from the store when articles or vectors change. Rows are ordered by day, undated
ones first, so that "published before this day" is a prefix of the rows and no search looks at a later one. It is
memory-mapped, and float32: numpy takes ten times longer to convert float16 than to multiply.

Up to EXACT rows, every row is compared. Beyond that there are three passes, each over fewer rows: the Hamming distance
of signs (Charikar 2002), then the vector against signs, then the vectors themselves. Signs are those of the difference
from the mean. Nothing is trained, and the date rule holds in each pass.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ourtake.archive import cache_folder

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

    Numbers = NDArray[Any]

FORMAT = 1
EXACT = 200_000
"""Up to this many rows, every row is compared."""

BY_SIGNS, BY_VECTOR = 0.1, 0.01
"""The parts of the rows that are left after the first and after the second pass."""

LEAST_BY_SIGNS, LEAST_BY_VECTOR = 20_000, 2_000
_BLOCK = 32_768
_FILES = ("vectors.npy", "days.npy", "signs.npy", "mean.npy", "ids.json", "VERSION")

OWNED = cache_folder.Kind(
    "the cache of vectors",
    re.compile("|".join(map(re.escape, (*_FILES, "unsorted")))),
    lambda folder: bool(version_of(folder)),
    "Move it away, or name another folder with --index or OURTAKE_INDEX: the vectors are kept beside the index.",
)


class Near(NamedTuple):
    """An article's id and the cosine of its vector with the given one."""

    id: str
    cosine: float


class VectorIndex:
    """The matrix of one model, open."""

    def __init__(self, folder: Path) -> None:
        import numpy

        self._rows: NDArray[float32] = numpy.load(folder / "vectors.npy", mmap_mode="r")
        self._days: Numbers = numpy.load(folder / "days.npy")
        self._signs: Numbers = numpy.load(folder / "signs.npy", mmap_mode="r")
        self._mean: NDArray[float32] = numpy.load(folder / "mean.npy")
        self.ids: list[str] = json.loads((folder / "ids.json").read_text(encoding="utf-8"))
        self._place = {name: row for row, name in enumerate(self.ids)}

    def cosines(self, vector: NDArray[float32], ids: Iterable[str]) -> dict[str, float]:
        """The cosine of each of these articles that has a vector."""
        known = [(name, self._place[name]) for name in ids if name in self._place]
        if not known:
            return {}
        values = self._rows[[row for _, row in known]] @ vector
        return {name: float(value) for (name, _), value in zip(known, values, strict=True)}

    def nearest(self, vector: NDArray[float32], count: int, *, before: int, exact: bool | None = None) -> list[Near]:
        """The `count` nearest articles published before a day (an ordinal), nearest first. `exact` overrides the choice
        that depends on the number of rows.
        """
        import numpy

        end = int(numpy.searchsorted(self._days, before))
        if end == 0:
            return []
        if exact or (exact is None and end <= EXACT):
            found: Numbers = numpy.arange(end)
            values = self._rows[:end] @ vector
        else:
            found = self._likely(vector, end)
            values = self._rows[found] @ vector
        kept = min(count, len(found))
        best = numpy.argpartition(-values, kept - 1)[:kept]
        best = best[numpy.lexsort((found[best], -values[best]))]
        return [Near(self.ids[int(found[row])], float(values[row])) for row in best]

    def _likely(self, vector: NDArray[float32], end: int) -> Numbers:
        """Which of the first `end` rows are left after two passes over signs."""
        import numpy

        asked = _signs_of((vector - self._mean)[None])[:, 0]
        distance = numpy.empty(end, numpy.uint16)
        for first in range(0, end, _BLOCK):
            # A block at a time, so that the sums stay in the processor's cache.
            part = distance[first : first + _BLOCK]
            part[:] = 0
            for word, column in zip(asked, self._signs, strict=True):
                part += numpy.bitwise_count(column[first : first + len(part)] ^ word)
        left = _fewest(distance, max(LEAST_BY_SIGNS, int(end * BY_SIGNS)))
        # For each eight numbers of the vector, a table of the 256 sums that a byte of signs can give.
        ways = numpy.unpackbits(numpy.arange(256, dtype=numpy.uint8)[:, None], axis=1).astype(numpy.float32) * 2 - 1
        padded = numpy.zeros(64 * len(self._signs), numpy.float32)
        padded[: len(vector)] = vector
        table = padded.reshape(-1, 8) @ ways.T
        bytes_ = numpy.ascontiguousarray(self._signs[:, left].T).view(numpy.uint8).T
        values = numpy.zeros(len(left), numpy.float32)
        for sums, column in zip(table, bytes_, strict=True):
            values += sums[column]
        kept = min(len(left), max(LEAST_BY_VECTOR, int(end * BY_VECTOR)))
        # In order of row, so that neighbours on disk are read together.
        chosen: Numbers = numpy.sort(left[numpy.argpartition(-values, kept - 1)[:kept]])
        return chosen


def _fewest(distance: Numbers, count: int) -> Numbers:
    """The `count` rows with the smallest distances, and all others with the same distance as the last."""
    import numpy

    reached = numpy.cumsum(numpy.bincount(distance))
    limit = int(numpy.searchsorted(reached, min(count, len(distance))))
    return numpy.flatnonzero(distance <= limit)


def _signs_of(rows: Numbers) -> Numbers:
    """One bit a number, 64 to a word; an array of words x rows."""
    import numpy

    bits = numpy.packbits(rows > 0, axis=1)
    words = numpy.zeros((len(rows), -(-bits.shape[1] // 8) * 8), numpy.uint8)
    words[:, : bits.shape[1]] = bits
    return numpy.ascontiguousarray(words.view(numpy.uint64).T)


def build(folder: Path, rows: Iterable[tuple[str, int, bytes]], *, dimension: int, version: str) -> None:
    """Write the matrix of (id, day, float16 vector) and put it in place.

    Raises OSError when the folder can't be written, InputError when it is not ours.
    """
    import numpy

    cache_folder.check(folder, OWNED)
    folder = folder.resolve()
    folder.parent.mkdir(parents=True, exist_ok=True)
    new = cache_folder.begin(folder)
    try:
        names, days = [], []
        with (new / "unsorted").open("wb") as file:
            for name, day, vector in rows:
                names.append(name)
                days.append(day)
                file.write(vector)
        given: Any = numpy.empty((0, dimension), "<f2")
        if names:
            given = numpy.memmap(new / "unsorted", "<f2", "r", shape=(len(names), dimension))
        order = numpy.array(sorted(range(len(names)), key=lambda row: (days[row], names[row])), dtype=numpy.int64)
        _write(new, given, order)
        numpy.save(new / "days.npy", numpy.array(days, dtype=numpy.int32)[order])
        (new / "ids.json").write_text(json.dumps([names[row] for row in order]), encoding="utf-8")
        (new / "VERSION").write_text(f"{FORMAT} {version}", encoding="utf-8")
        (new / "unsorted").unlink()
        cache_folder.put(new, folder, OWNED)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _write(new: Path, given: Numbers, order: Numbers) -> None:
    """The sorted matrix, its mean and its signs, a block of rows at a time."""
    import numpy
    from numpy.lib.format import open_memmap

    count, dimension = given.shape
    rows = open_memmap(new / "vectors.npy", "w+", numpy.float32, (count, dimension))
    total = numpy.zeros(dimension, numpy.float64)
    for first in range(0, count, _BLOCK):
        block = given[order[first : first + _BLOCK]].astype(numpy.float32)
        rows[first : first + len(block)] = block / numpy.linalg.norm(block, axis=1, keepdims=True)
        total += rows[first : first + len(block)].sum(axis=0)
    mean = (total / max(count, 1)).astype(numpy.float32)
    numpy.save(new / "mean.npy", mean)
    signs = open_memmap(new / "signs.npy", "w+", numpy.uint64, (-(-dimension // 64), count))
    for first in range(0, count, _BLOCK):
        signs[:, first : first + _BLOCK] = _signs_of(rows[first : first + _BLOCK] - mean)
    rows.flush()
    signs.flush()


def version_of(folder: Path) -> str:
    """What the matrix was made from, as given to `build`; empty if there is none of this format."""
    try:
        form, _, version = (folder / "VERSION").read_text(encoding="utf-8").partition(" ")
    except OSError:
        return ""
    return version if form == str(FORMAT) and all((folder / name).is_file() for name in _FILES) else ""

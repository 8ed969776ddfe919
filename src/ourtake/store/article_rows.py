"""Articles by number, as lookup reads them: a few rows at a time, thousands of times.

Links are stored by number, and the index keeps it in a column. So most candidates are compared without reading a row of
`articles`, whose rows are long.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection

from ourtake.documents import Article
from ourtake.store import articles
from ourtake.store.articles import Position
from ourtake.store.dialect import begin_reading, in_list


class Entry(NamedTuple):
    """An article's number, its id and its day (a proleptic ordinal, 0 undated)."""

    number: int
    id: str
    day: int


class LinkedBy(NamedTuple):
    """A link to an article: the day (a proleptic ordinal, 0 without a date) and the number of the article that makes
    it.
    """

    day: int
    number: int


_DOCUMENTS = "SELECT number, document FROM articles WHERE number IN {among}"
_ENTRIES = "SELECT number, id, day FROM articles WHERE {column} IN {among} ORDER BY id"
_OUT = """
SELECT links.article, other.number FROM links JOIN articles AS other ON other.canonical_url = links.target
WHERE links.article IN {among} ORDER BY links.article, other.number
"""
_INTO = """
SELECT one.number, other.day, other.number FROM articles AS one JOIN links ON links.target = one.canonical_url
JOIN articles AS other ON other.number = links.article WHERE one.number IN {among} ORDER BY one.number, other.number
"""


class ArticleRows:
    """A snapshot of the archive. An article gets a new number when it changes."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows = begin_reading(connection)

    def position(self) -> Position:
        """The archive's current position."""
        (row,) = self._rows(*articles.position_query(self._connection))
        return articles.position_in(row)

    def articles(self, numbers: Iterable[int]) -> dict[int, Article]:
        """The articles by number; a number without one is left out."""
        return {number: articles.read(document) for number, document in self._among(_DOCUMENTS, numbers)}

    def entries(self, numbers: Iterable[int]) -> list[Entry]:
        """What is known of the articles of those numbers, in the order of their ids."""
        return [Entry(*row) for row in self._among(_ENTRIES, numbers, column="number")]

    def entries_of(self, ids: Iterable[str]) -> list[Entry]:
        """What is known of the articles of those ids, in their order."""
        statement = _ENTRIES.format(column="id", among=in_list(self._connection))
        return [Entry(*row) for row in self._rows(statement, (json.dumps(list(ids)),))]

    def out_of(self, numbers: Iterable[int]) -> dict[int, tuple[int, ...]]:
        """The articles that each article links to; one without links is left out."""
        found: defaultdict[int, list[int]] = defaultdict(list)
        for number, target in self._among(_OUT, numbers):
            found[number].append(target)
        return {number: tuple(targets) for number, targets in found.items()}

    def into(self, numbers: Iterable[int]) -> dict[int, list[LinkedBy]]:
        """The links to each article; one without any is left out."""
        found: defaultdict[int, list[LinkedBy]] = defaultdict(list)
        for number, day, other in self._among(_INTO, numbers):
            found[number].append(LinkedBy(day, other))
        return dict(found)

    def _among(self, statement: str, numbers: Iterable[int], **names: str) -> Sequence[Any]:
        """The rows of a statement for the articles of those numbers."""
        told = statement.format(among=in_list(self._connection, numbers=True), **names)
        return self._rows(told, (json.dumps(list(numbers)),))

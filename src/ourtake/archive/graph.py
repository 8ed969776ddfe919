"""Who linked to whom, and when: the publication's own memory of what belongs together.

It is read from the articles' `links` when the index is built, and kept beside it in LINKS, one JSON line an article that links. Only links to
articles of the archive count; an answer never uses a link that was made on or after the source's own day.
"""

from __future__ import annotations

import datetime
import json
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from ourtake.documents import Article, day_of
from ourtake.text.words import canonical_url

LINKS = "links.jsonl"
NO_DAY = 0


class LinkedBy(NamedTuple):
    """A link to an article: the day (a proleptic ordinal, 0 without a date) and the id of the article that makes it."""

    day: int
    id: str


@lru_cache(maxsize=65536)
def ordinal(published: str | None) -> int:
    """The day as a number that can be subtracted; 0 without a date."""
    day = day_of(published)
    return datetime.date.fromisoformat(day).toordinal() if day else NO_DAY


class LinkGraph:
    """The links of an archive, both ways."""

    def __init__(self, rows: Iterable[tuple[str, int, tuple[str, ...]]]) -> None:
        self.out: dict[str, tuple[str, ...]] = {}
        self.into: defaultdict[str, list[LinkedBy]] = defaultdict(list)
        for article, day, targets in rows:
            self.out[article] = targets
            for target in targets:
                self.into[target].append(LinkedBy(day, article))

    def linked_by(self, article: str, *, before: int) -> list[LinkedBy]:
        """The links to an article that were made before a day."""
        return [link for link in self.into.get(article, ()) if link.day < before]

    @classmethod
    def read(cls, folder: Path) -> LinkGraph:
        """The graph beside an index; an empty one where there is none."""
        try:
            lines = (folder / LINKS).read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            lines = []
        return cls((row[0], row[1], tuple(row[2])) for row in map(json.loads, lines))


class LinkWriter:
    """Gathers links while an index is built; addresses are resolved at the end, when every article is known."""

    def __init__(self) -> None:
        self._linking: list[tuple[str, int, tuple[str, ...]]] = []
        self._by_address: dict[str, str] = {}

    def add(self, article: Article) -> None:
        """Take note of one article."""
        name = article.id or article.url
        self._by_address[canonical_url(article.url)] = name
        if article.links:
            self._linking.append((name, ordinal(article.published), tuple(map(canonical_url, article.links))))

    def write(self, folder: Path) -> None:
        """Write LINKS into the folder."""
        with (folder / LINKS).open("w", encoding="utf-8") as file:
            for name, day, addresses in self._linking:
                targets = dict.fromkeys(found for address in addresses if (found := self._by_address.get(address)) and found != name)
                if targets:
                    file.write(json.dumps([name, day, list(targets)]) + "\n")

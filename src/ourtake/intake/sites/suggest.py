"""Whether the links of a site's texts lead to its posts; if not, which pattern of addresses most of them fit."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from ourtake.documents import Article
from ourtake.intake.sites.base import Post, Site
from ourtake.intake.sites.custom import values_of
from ourtake.intake.sites.links import leads_nowhere
from ourtake.intake.sites.permalink import filled
from ourtake.text.words import canonical_url

LEAST_LINKS = 4
"""With fewer internal links an import says nothing about them."""

_TRIED = 200
"""Patterns that are compared."""

_NAMES = ("slug", "name", "title", "filename")


class LinkReport:
    """Counts the internal links of an import and where they lead. `base`: the site's address."""

    def __init__(self, base: str) -> None:
        self._folder = urlsplit(base).path.rstrip("/")
        self._posts: list[tuple[Post, str]] = []
        self._addresses: set[str] = set()
        self._links: Counter[str] = Counter()

    def add(self, post: Post, article: Article) -> None:
        """Count the links of one article."""
        self._posts.append((post, article.title))
        self._addresses.add(canonical_url(article.url))
        self._links.update(link for link in article.links if leads_nowhere(link))

    def lines(self, site: Site, *, fixed: bool) -> list[str]:
        """What to say about the links; nothing where at least half of them lead to an article."""
        lost = Counter({link: count for link, count in self._links.items() if link not in self._addresses})
        every, missing = self._links.total(), lost.total()
        if every < LEAST_LINKS or 2 * missing <= every:
            return []
        said = f"{missing} of {every} internal links lead to no article of this import, for example {next(iter(lost))}."
        best = self._best(lost)
        if best is None:
            return [f"{said} The addresses may be wrong: give their pattern with --permalink."]
        pattern, found = best
        again = "another pattern" if fixed else "the pattern"
        return [f"{said} With {again} --permalink '{pattern}' {found} more of them lead to one."]

    def _best(self, lost: Counter[str]) -> tuple[str, int] | None:
        """The pattern that most of the lost links fit, and how many."""
        paths = {self._path(link): count for link, count in lost.items()}
        values = [values_of(post, title) for post, title in self._posts]
        votes: Counter[str] = Counter()
        by_name: dict[str, list[dict[str, str]]] = {}
        for row in values:
            for name in {row[key] for key in _NAMES if row.get(key)}:
                by_name.setdefault(name.casefold(), []).append(row)
            votes.update(
                f":{key}" for key, value in row.items() if key not in _NAMES and "/" in value and _key(value) in paths
            )
        for path in paths:
            last = path.rpartition("/")[2]
            for row in by_name.get(re.sub(r"\.\w+\Z", "", last), [])[:5]:
                votes.update(set(_patterns(path, row)))
        counted = []
        for pattern, _ in votes.most_common(_TRIED):
            made = {_key(one) for one in (filled(pattern, row) for row in values) if one}
            counted.append((sum(count for path, count in paths.items() if path in made), -len(pattern), pattern))
        found, _, pattern = max(counted, default=(0, 0, ""))
        return (pattern, found) if found * 2 >= lost.total() or found >= 10 else None

    def _path(self, link: str) -> str:
        return _key(urlsplit(link).path.removeprefix(self._folder))


def _key(path: str) -> str:
    return unquote(path).rstrip("/").casefold()


def _patterns(path: str, row: dict[str, str]) -> Iterator[str]:
    """The patterns by which a post with these values would have this path."""
    ending = re.search(r"\.\w+\Z", path)
    *folders, last = path.removesuffix(ending[0] if ending else "").split("/")
    named = [f":{key}" for key in _NAMES if row.get(key, "").casefold() == last]
    made = []
    for part in folders:
        known = [key for key in ("year", "month", "day", "category", "section") if row.get(key, "").casefold() == part]
        made.append(f":{known[0]}" if known and part else part)
    for name in named:
        yield "/".join([*made, name]) + (ending[0] if ending else "/")

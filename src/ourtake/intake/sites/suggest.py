"""Whether the links in an import's texts lead to its articles; if not, which pattern of addresses fits most of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from urllib.parse import unquote, urlsplit

from ourtake.documents import Article
from ourtake.intake.sites.links import BY_NUMBER, could_be_an_article
from ourtake.intake.sites.permalink import filled
from ourtake.text.counts import count_of
from ourtake.text.words import canonical_url

LEAST_LINKS = 4
"""With fewer internal links an import says nothing about them."""

MOST = 20_000
"""Articles whose links are counted: the first ones of an import say enough."""

_TRIED = 200
"""Patterns that are compared."""

_NAMES = ("slug", "name", "title", "filename", "id")


class LinkReport:
    """Counts the internal links of an import and where they lead."""

    def __init__(self) -> None:
        self._folder = ""
        self._values: list[Callable[[], dict[str, str]]] = []
        self._addresses: set[str] = set()
        self._links: Counter[str] = Counter()

    def add(self, article: Article, values: Callable[[], dict[str, str]], *, base: str = "") -> None:
        """Count the links of one article. `values`: what a pattern for its address may use; `base`: the address of a
        site that is served from a folder.
        """
        if len(self._values) >= MOST:
            return
        self._folder = urlsplit(base).path.rstrip("/")
        self._values.append(values)
        self._addresses.add(canonical_url(article.url))
        self._links.update(link for link in article.links if could_be_an_article(link))

    def lines(self, *, fixed: bool, known: Callable[[str], bool]) -> list[str]:
        """What to say about the links; nothing if at least half of them lead to an article of this import or one
        `known` before. `fixed`: the addresses follow a pattern of the user's.
        """
        lost = Counter({link: count for link, count in self._links.items() if link not in self._addresses})
        every = self._links.total()
        if every < LEAST_LINKS or 2 * lost.total() <= every:
            return []
        lost = Counter({link: count for link, count in lost.items() if not known(link)})
        missing = lost.total()
        if 2 * missing <= every:
            return []
        said = (
            f"{missing:,} of {count_of(every, 'internal link')} {'does' if missing == 1 else 'do'} not lead to "
            f"any article of this import, for example {next(iter(lost))}."
        )
        if 2 * sum(count for link, count in lost.items() if BY_NUMBER.search(urlsplit(link).query)) > missing:
            return [f"{said} They are WordPress's short addresses by number, which only its export (WXR) can resolve."]
        best = self._best(lost)
        if best is None:
            return [f"{said} The addresses may be wrong: give their pattern with --permalink."]
        pattern, found = best
        again = "another pattern" if fixed else "the pattern"
        return [f"{said} With {again} --permalink '{pattern}' {found} more of them lead to one."]

    def _best(self, lost: Counter[str]) -> tuple[str, int] | None:
        """The pattern that most of the lost links fit, and how many."""
        paths = {self._path(link): count for link, count in lost.items()}
        values = [one() for one in self._values]
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
        known = [
            key
            for key in ("year", "month", "day", "category", "section", "author", "id")
            if row.get(key, "").casefold() == part
        ]
        made.append(f":{known[0]}" if known and part else part)
    for name in named:
        yield "/".join([*made, name]) + (ending[0] if ending else "/")

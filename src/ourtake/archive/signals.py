"""What speaks for an article as an answer to one source: candidates from the index, and their signals.

Everything is normalised by the source's own best hit or by the weight of its words, so that a signal means much the same in every archive.
Nothing published on or after the source's day is used, neither articles nor links.
"""

from __future__ import annotations

import collections
import heapq
import math
import operator
import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, NamedTuple

from ourtake.archive import index as indexing
from ourtake.archive.graph import LinkGraph, ordinal
from ourtake.archive.query import FIELDS, TAG_BOOST, TITLE_BOOST, field_query, source_terms, stems
from ourtake.archive.rank import SIGNALS, Candidate
from ourtake.archive.view import View, pairs_of, view
from ourtake.documents import Article, Source
from ourtake.text.words import canonical_url

CANDIDATES = 200
NEAR = 20
"""How many of the most similar earlier articles lend their links."""

FEEDBACK_ARTICLES, FEEDBACK_TERMS = 10, 30
UNDATED_AGE = 4000
_NAME = re.compile(r"(?<![.!?:]\s)(?<!^)\b[A-Z][\w'-]*")

Scores = dict[str, float]


class Found(NamedTuple):
    """Candidates with their signals and articles, and how much each of the source's words weighs."""

    candidates: list[Candidate]
    articles: dict[str, Article]
    weights: dict[str, float]


class _Story(NamedTuple):
    """A source, read once: stems with weights, times how rare they are; names; pairs."""

    terms: dict[str, float]
    headline: dict[str, float]
    rare: dict[str, float]
    names: dict[str, float]
    pairs: dict[tuple[str, str], float]
    words: frozenset[str]
    name_words: frozenset[str]
    pair_set: frozenset[tuple[str, str]]
    before: int | None
    day: int


class _Support(NamedTuple):
    """What the most similar earlier articles say for others: by article id, and by tag."""

    linked: Scores
    linking: Scores
    together: Scores
    tags: dict[frozenset[str], float]


class Signals:
    """Signals over one open index."""

    def __init__(self, searcher: Any, schema: Any, *, graph: LinkGraph, get: Callable[[str], Article | None]) -> None:
        self._searcher = searcher
        self._schema = schema
        self.graph = graph
        self._get = get
        self._total = max(1, searcher.num_docs)
        self.rarity = lru_cache(maxsize=65536)(self._rarity)
        self._weight = lru_cache(maxsize=65536)(self._weight_of)
        self._profile = lru_cache(maxsize=8192)(self._profile_of)

    def _rarity(self, stem: str) -> float:
        return math.log(1 + self._total / (1 + max(self._searcher.doc_freq(field, stem) for field in ("text", "title"))))

    # Sums over sets are exact ones (fsum): a set's order differs from process to process, and so would a plain sum's last digit.
    def _weight_of(self, words: frozenset[str]) -> float:
        return math.fsum(map(self.rarity, words))

    def _profile_of(self, name: str) -> tuple[tuple[str, float], ...]:
        article = self._get(name)
        return () if article is None else tuple((stem, part * self.rarity(stem)) for stem, part in view(article).profile)

    def of(self, source: Source) -> Found:
        """The candidates of a source, in no order."""
        story = self._story(source)
        base = self._run(story.terms, FIELDS, story.before, CANDIDATES)
        own = canonical_url(source.url)
        articles = {name: found for name in base if (found := self._get(name)) is not None and canonical_url(found.url) != own}
        base = {name: value for name, value in base.items() if name in articles}
        if not base:
            return Found([], {}, story.rare)
        best = max(base.values())
        near = {name: value / best for name, value in sorted(base.items(), key=lambda item: -item[1])[:NEAR]}
        support = self._support(near, articles, before=story.day)
        self._add_linked(articles, support, story=story, own=own)
        linked = [name for name in articles if name not in base]
        base |= self._run(story.terms, FIELDS, None, len(linked), linked)
        columns = self._columns(story, base, near, articles)
        candidates = []
        for name, article in articles.items():
            seen = view(article)
            values = {
                "all_words": math.log(1e-3 + base.get(name, 0.0) / best),
                **{signal: column.get(name, 0.0) for signal, column in columns.items()},
                **self._words(story, seen),
                **self._tags(story, seen, support),
                **self._time(name, article, story.day),
                "similar_linked": support.linked.get(name, 0.0),
                "similar_linked_root": math.sqrt(support.linked.get(name, 0.0)),
                "links_to_similar": math.sqrt(support.linking.get(name, 0.0)),
                "linked_together": math.sqrt(support.together.get(name, 0.0)),
            }
            values["text_and_headline"] = values["text"] * values["headline_in_title"]
            candidates.append(Candidate(name, tuple(values[signal] for signal in SIGNALS)))
        return Found(candidates, articles, story.rare)

    def _story(self, source: Source) -> _Story:
        terms = source_terms(source)
        names = {stem: self.rarity(stem) for match in _NAME.finditer(source.blurb) for stem in stems(match[0])}
        pairs = {pair: self.rarity(pair[0]) + self.rarity(pair[1]) for pair in pairs_of(source.title) | pairs_of(source.blurb)}
        day = ordinal(source.published) or UNDATED_DAY
        return _Story(
            terms=terms,
            headline=dict.fromkeys(stems(source.title), 1.0),
            rare={stem: weight * self.rarity(stem) for stem, weight in terms.items()},
            names=names,
            pairs=pairs,
            # Sets of their own: a dictionary's keys & a set walk through the larger one.
            words=frozenset(terms),
            name_words=frozenset(names),
            pair_set=frozenset(pairs),
            before=indexing.day_number(source.published) or None,
            day=day,
        )

    def _run(
        self, terms: dict[str, float], fields: Iterable[tuple[str, float]], before: int | None, count: int, among: list[str] | None = None
    ) -> Scores:
        if not terms or count == 0:
            return {}
        if among is not None and self._total <= CANDIDATES:
            among, count = None, self._total  # in a small archive the filter costs more than what it keeps out
        query = field_query(self._schema, terms, fields, before_day=before, among=among)
        return {self._searcher.doc(address)["id"][0]: float(value) for value, address in self._searcher.search(query, count, count=False).hits}

    def _support(self, near: Scores, articles: dict[str, Article], *, before: int) -> _Support:
        linked, linking, together = (collections.defaultdict[str, float](float) for _ in range(3))
        tags: dict[frozenset[str], float] = collections.defaultdict(float)
        whole = sum(near.values())
        for number, (name, likeness) in enumerate(near.items()):
            for target in self.graph.out.get(name, ()):
                linked[target] += likeness / whole
            earlier = self.graph.linked_by(name, before=before)
            for link in earlier:
                linking[link.id] += likeness / whole
            if number >= FEEDBACK_ARTICLES:
                continue
            for tag in view(articles[name]).tags:
                tags[tag] += likeness * self._weight(tag)
            for link in earlier:
                targets = self.graph.out[link.id]
                for target in targets:
                    if target != name:
                        together[target] += likeness / len(targets)
        return _Support(dict(linked), dict(linking), dict(together), dict(tags))

    def _add_linked(self, articles: dict[str, Article], support: _Support, *, story: _Story, own: str) -> None:
        """What similar articles link to is a candidate too, even without a word in common."""
        for name in dict.fromkeys([*support.linked, *support.linking, *support.together]):
            article = None if name in articles else self._get(name)
            if article is not None and ordinal(article.published) < story.day and canonical_url(article.url) != own:
                articles[name] = article

    def _columns(self, story: _Story, base: Scores, near: Scores, articles: dict[str, Article]) -> dict[str, Scores]:
        best, among = max(base.values()), list(articles)

        def part(terms: dict[str, float], *fields: str) -> Scores:
            found = self._run(terms, [(field, 1.0) for field in fields], None, len(among), among)
            return {name: value / best for name, value in found.items()}

        feedback = part(self._feedback(near), "text")
        top = max(feedback.values(), default=1.0)
        title, tags = part(story.terms, "title"), part(story.terms, "tags")
        # BM25 is a sum over fields: what title and tags don't give of a hit's score, its text does.
        text = {name: value / best - TITLE_BOOST * title.get(name, 0.0) - TAG_BOOST * tags.get(name, 0.0) for name, value in base.items()}
        return {
            "text": text,
            "title": title,
            "tags": tags,
            "headline_in_title": part(story.headline, "title"),
            "headline_in_text": part(story.headline, "text"),
            "feedback": {name: value / top for name, value in feedback.items()},
        }

    def _feedback(self, near: Scores) -> dict[str, float]:
        """RM3 (Abdul-Jaleel et al. 2004): the words of the best articles, weighed by likeness, share of the article and rarity."""
        gathered: dict[str, float] = collections.defaultdict(float)
        for name, likeness in list(near.items())[:FEEDBACK_ARTICLES]:
            for stem, weight in self._profile(name):
                gathered[stem] += likeness * weight
        chosen = heapq.nlargest(FEEDBACK_TERMS, gathered.items(), key=operator.itemgetter(1))
        return {stem: weight / (chosen[0][1] or 1.0) for stem, weight in chosen}

    def _words(self, story: _Story, seen: View) -> dict[str, float]:
        whole = sum(story.rare.values()) or 1.0
        rare = story.rare
        share = math.fsum(map(rare.__getitem__, story.words & seen.words)) / whole
        shared = math.fsum(map(self.rarity, seen.title & story.words))
        names = sum(story.names.values()) or 1.0
        pairs = math.fsum(map(story.pairs.__getitem__, story.pair_set & seen.pairs)) / (sum(story.pairs.values()) or 1.0)
        return {
            "share": share,
            "share_squared": share * share,
            "lead": math.fsum(map(rare.__getitem__, story.words & seen.lead)) / whole,
            "length": math.log1p(len(seen.words)) / 10,
            "title_covered": shared / (self._weight(seen.title) + 1),
            "title_shared": math.log1p(shared),
            "names": math.fsum(map(story.names.__getitem__, story.name_words & seen.words)) / names,
            "names_in_title": math.fsum(map(story.names.__getitem__, story.name_words & seen.title)) / names,
            "pairs": pairs,
            "pairs_root": math.sqrt(pairs),
        }

    def _tags(self, story: _Story, seen: View, support: _Support) -> dict[str, float]:
        covered = math.fsum(self._weight(tag) for tag in seen.tags if tag <= story.words)
        similar = sum(support.tags.get(tag, 0.0) for tag in seen.tags) / math.sqrt(1 + len(seen.tags))
        return {"tags_covered": math.log1p(covered), "tags_of_similar": min(3.0, similar / 10)}

    def _time(self, name: str, article: Article, day: int) -> dict[str, float]:
        published = ordinal(article.published)
        age = max(0, day - published) if published and day != UNDATED_DAY else UNDATED_AGE
        days = [link.day for link in self.graph.linked_by(name, before=day)]
        return {
            "month": math.exp(-age / 30),
            "season": math.exp(-age / 120),
            "year": math.exp(-age / 365),
            "era": math.exp(-age / 1500),
            "links": math.log1p(len(days)),
            "links_year": math.log1p(sum(made > day - 365 for made in days)),
            "links_season": math.log1p(sum(made > day - 90 for made in days)),
        }


UNDATED_DAY = 10**7
"""A source without a day comes after everything."""

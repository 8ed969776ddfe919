"""A source's words -> a query. It is built from terms, never parsed, so that no text can break or control it."""

from __future__ import annotations

import collections
import itertools
import re
from collections.abc import Iterable
from typing import Any, NamedTuple

import tantivy

from ourtake.documents import Source
from ourtake.text.markdown import visible

TITLE_BOOST, TAG_BOOST = 2.0, 1.0
FIELDS = (("title", TITLE_BOOST), ("text", 1.0), ("tags", TAG_BOOST))
"""The fields that are searched, each with its boost."""

MOST_TERMS = 60

LARGE = 20_000
COMMON = 0.05
LEAST_TERMS = 8
"""An archive of more than LARGE articles is not searched for words that are in more than this part of them, as long as
LEAST_TERMS words are left: such words say little, and their long lists make up nearly all of a search's time.
"""

SPARE = 8
"""The index is asked for this many times the wanted hits, since those of the source's day and later are dropped."""

_STOP = frozenset(
    (
        "a about above after again all also am an and any are as at be because been before being below between both "
        "but by can could did do does doing down during each even few for from further had has have having he her "
        "here hers him his how i if in into is it its itself just like made make many may me might more most much "
        "must my new no nor not now of off on once one only or other our out over own per said same say says she "
        "should so some such than that the their them then there these they this those through to too two under "
        "until up us use used using very was we were what when where which while who whom why will with would you "
        "your"
    ).split()
)
_ANALYSER = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple()).filter(tantivy.Filter.lowercase()).build()
_STEMMER = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple()).filter(tantivy.Filter.stemmer("English")).build()
_POSSESSIVES = {sign: re.compile(rf"{sign}\b") for sign in ("'s", "\u2019s")}
_MOST_KEPT = 200_000


class _Stems(dict[str, str]):
    """Lower-case word -> its stem, "" for an uninformative word; a dictionary, since it is read thousands of times for
    each source.
    """

    def __missing__(self, word: str) -> str:
        if len(self) >= _MOST_KEPT:
            self.clear()
        informative = word not in _STOP and (len(word) > 1 or word.isdigit())
        self[word] = stem = next(iter(_STEMMER.analyze(word)), "") if informative else ""
        return stem


_STEMS = _Stems()


class _Separators(dict[str, bool]):
    """Character -> whether the index takes it for one between words."""

    def __missing__(self, character: str) -> bool:
        self[character] = found = not _ANALYSER.analyze(character)
        return found


_SEPARATORS = _Separators()
_ASCII = bytes(range(128))
_SPLIT = bytes(ord(chr(code).lower() if chr(code).isalnum() else " ") for code in _ASCII).ljust(256)


def _words(text: str) -> list[str]:
    """The words of a text in lower case, as the index splits it. Words in ASCII are split here, in half the time; most
    texts have no others, but quotation marks and dashes beyond ASCII.
    """
    if text.isascii() or all(map(_SEPARATORS.__getitem__, set(text.encode().translate(None, _ASCII).decode()))):
        return text.encode("ascii", "replace").translate(_SPLIT).decode("ascii").split()
    words: list[str] = _ANALYSER.analyze(text)
    return words


def stems(text: str) -> list[str]:
    """The informative words of a text, stemmed as the index stems them."""
    for sign, possessive in _POSSESSIVES.items():
        if sign in text:
            text = possessive.sub("", text)
    return [*filter(None, map(_STEMS.__getitem__, _words(text)))]


def source_terms(source: Source) -> dict[str, float]:
    """Each informative stem of headline and blurb with its weight; those of the headline count double."""
    weights: collections.Counter[str] = collections.Counter()
    for stem in stems(visible(source.blurb)[:5000]):
        weights[stem] += 1
    for stem in stems(source.title):
        weights[stem] += 2
    # A frequent word matters more, but not many times more.
    return {stem: float(min(weight, 3)) for stem, weight in weights.most_common(MOST_TERMS)}


def title_query(index_schema: Any, terms: dict[str, float]) -> tantivy.Query:
    """Articles with any of the terms in their title."""
    queries = [tantivy.Query.term_query(index_schema, "title", stem, index_option="freq") for stem in terms]
    return tantivy.Query.boolean_query([(tantivy.Occur.Should, query) for query in queries])


DIGITS = 4
"""Scores are compared to this many decimal digits: the order in which their parts are added depends on the segments."""


class Hit(NamedTuple):
    """An article that was found: its number when it was indexed, its day (a proleptic ordinal, 0 undated), its BM25
    score over all fields, and where it is in the index.
    """

    number: int
    day: int
    score: float
    address: Any


_Row = tuple[float, int, Any]
"""Score, day and address."""


def selective(searcher: Any, terms: dict[str, float]) -> dict[str, float]:
    """The terms to search for: all of them, or in a large archive those that are rare enough."""
    total = searcher.num_docs
    if total <= LARGE or len(terms) <= LEAST_TERMS:
        return terms
    spread = {stem: searcher.doc_freq("text", stem) for stem in terms}
    rarest = sorted(terms, key=spread.__getitem__)
    kept = set(rarest[:LEAST_TERMS]) | {stem for stem in rarest if spread[stem] <= COMMON * total}
    return {stem: weight for stem, weight in terms.items() if stem in kept}


def candidates(
    searcher: Any,
    index_schema: Any,
    terms: dict[str, float],
    *,
    before: int | None,
    count: int,
    since: int = 0,
    recent: int = 0,
) -> list[Hit]:
    """The `count` best articles for the terms, best first, published before a day (a proleptic ordinal); undated ones
    count as old. After them the best `recent` of the other hits that were published on or after `since`.

    A filter in the query doubles its time, so days are compared afterwards, in a column that is in memory. The query is
    repeated with the filter only if most hits are later than the source, because the source is old for its archive.
    """
    kept = selective(searcher, terms)
    if not kept or count == 0:
        return []
    wanted = SPARE * count
    found, rows = _rows(searcher, field_query(index_schema, kept), wanted, before=before)
    if found == wanted and len(rows) < count and before is not None:
        _, rows = _rows(searcher, field_query(index_schema, kept, before_day=before), wanted)
    hits = _first(searcher, rows, count)
    known = {hit.number for hit in hits}
    fresh = _first(searcher, [row for row in rows[count:] if row[1] >= since], recent) if recent else []
    return hits + [hit for hit in fresh if hit.number not in known]


def best(searcher: Any, query: tantivy.Query, *, count: int) -> list[Hit]:
    """The best hits of any query, best first."""
    return _first(searcher, _rows(searcher, query, SPARE * count)[1], count)


def id_at(searcher: Any, address: Any) -> str:
    """The id of the article at an address of the index. It is read from its document, which takes microseconds."""
    found: str = searcher.doc(address)["id"][0]
    return found


def first_and_last(searcher: Any, index_schema: Any) -> tuple[int, int] | None:
    """The first and the last day of the archive, as ordinals; None if no article has a date."""
    dated = tantivy.Query.range_query(index_schema, "day", tantivy.FieldType.Integer, 1, 10**7)
    ends = [
        searcher.search(dated, 1, count=False, order_by_field="day", order=order).hits
        for order in (tantivy.Order.Asc, tantivy.Order.Desc)
    ]
    first, last = (searcher.fast_field_values("day", [address for _, address in hits]) for hits in ends)
    return (first[0], last[0]) if first and last else None


def count_since(searcher: Any, index_schema: Any, day: int) -> int:
    """How many articles have that day (an ordinal) or a later one."""
    later = tantivy.Query.range_query(index_schema, "day", tantivy.FieldType.Integer, day, 10**7)
    count: int = searcher.search(later, 1).count
    return count


def _first(searcher: Any, rows: list[_Row], count: int) -> list[Hit]:
    """The first of the rows as hits; equal scores by day, the newest first, then by id, since the index's own order
    depends on its segments.
    """
    if len(rows) > count:
        least = round(rows[count - 1][0], DIGITS)
        rows = rows[:count] + list(itertools.takewhile(lambda row: round(row[0], DIGITS) == least, rows[count:]))
    order = sorted([(-round(score, DIGITS), -day, place) for place, (score, day, _) in enumerate(rows)])
    if len(order) > count:
        last = order[count - 1][:2]
        order = order[:count] + list(itertools.takewhile(lambda key: key[:2] == last, order[count:]))
    pairs = [
        (one[2], other[2]) for one, other in itertools.pairwise(order) if one[0] == other[0] and one[1] == other[1]
    ]
    if pairs:
        # Reading an id takes as long as the rest of this loop, and few are needed.
        ids = {place: id_at(searcher, rows[place][2]) for place in itertools.chain.from_iterable(pairs)}
        order.sort(key=lambda key: (key[0], key[1], ids.get(key[2], "")))
    first = [rows[place] for _, _, place in order[:count]]
    numbers = searcher.fast_field_values("number", [address for _, _, address in first])
    return [Hit(number, day, score, address) for number, (score, day, address) in zip(numbers, first, strict=True)]


def _rows(searcher: Any, query: tantivy.Query, count: int, *, before: int | None = None) -> tuple[int, list[_Row]]:
    """How many hits there are, `count` at most, and those of them that were published before a day, best first."""
    hits = searcher.search(query, count, count=False).hits
    if not hits:
        return 0, []
    scores, addresses = zip(*hits, strict=True)
    rows = zip(scores, searcher.fast_field_values("day", addresses), addresses, strict=True)
    return len(hits), [row for row in rows if before is None or row[1] < before]


def field_query(
    index_schema: Any,
    terms: dict[str, float],
    fields: Iterable[tuple[str, float]] = FIELDS,
    *,
    before_day: int | None = None,
) -> tantivy.Query:
    """Articles with any of the terms in the fields (each with its boost); `before_day`: published before that
    ordinal (undated ones count as old).
    """
    clauses = []
    for stem, weight in terms.items():
        for field, boost in fields:
            query = tantivy.Query.term_query(index_schema, field, stem, index_option="freq")
            clauses.append((tantivy.Occur.Should, tantivy.Query.boost_query(query, weight * boost)))
    found = tantivy.Query.boolean_query(clauses)
    if before_day is None:
        return found
    days = tantivy.Query.range_query(index_schema, "day", tantivy.FieldType.Integer, 0, before_day, include_upper=False)
    must = (found, tantivy.Query.const_score_query(days, 0.0))
    return tantivy.Query.boolean_query([(tantivy.Occur.Must, query) for query in must])

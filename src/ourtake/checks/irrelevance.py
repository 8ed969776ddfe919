"""LNK008: whether a link's sentence has to do with the article it leads to. Its table row is in links.py.

The linking sentence, its neighbours and its paragraph are weighed against the article; with an archive, the article has to lie above a sample of
other articles. The threshold is that of benchmarks/link_relevance.py. Among the articles offered, one that fits the link's sentence far better than
the link's own target is named, since a swapped handle looks like that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache

from ourtake.checks.base import Case, Hit
from ourtake.checks.link_counts import archive_links
from ourtake.checks.relevance import MOST, above_others, background, share, terms, view, weighed
from ourtake.documents import FieldName, Related
from ourtake.text.markdown import Link
from ourtake.text.matching import find_words, wording
from ourtake.text.names import names_in
from ourtake.text.sentences import sentences
from ourtake.text.stems import STOP, stem

ABOVE = 0.65
"""Standard deviations above the sample's mean from which an article is relevant."""

LEAST_SHARE = 0.18
"""The same without an archive: the least share of the weighed words that the article must hold."""

LEAST_WORDS = 3
"""Telling words around a link below which nothing can be said."""

SWAPPED, CLEARLY = 0.5, 0.25
"""A swap: the target's share is less than SWAPPED of another offered article's, and that is at least CLEARLY."""

ALONE = 4
"""Words around a link that one other article alone has, from which they tell of it; one more where the linked one has one of its own."""

IN_TITLE = 2
"""Telling words of a link that another article's title has, from which the link means that one."""

FACTORS = (2.0, 1.0, 0.4, 0.2, 0.6)
"""Weights of the link's words, the rest of its sentence, the neighbouring sentences, the rest of the paragraph, and the story's headline."""

_POINTING = frozenset(["that", "this", "these", "those", "their", "its", "his", "her", "it", "they"])
"""Words that begin a link which takes up the sentence before it: its own words don't say what it is about."""

_MONTHS = frozenset("january february march april may june july august september october november december".split())
"""The month of an article's own date stands in other texts as well."""

Zones = tuple[tuple[Sequence[str], float], ...]


def zones(paragraph: str, start: int, end: int, *, anchor: str, story: str = "") -> Zones:
    """The telling words around the link paragraph[start:end], each zone with its weight."""
    spans = sentences(paragraph)
    own = next((number for number, span in enumerate(spans) if span.start <= start < span.end), 0)
    first, last = (spans[own].start, max(end, spans[own].end)) if spans else (0, len(paragraph))
    near = [word for number, span in enumerate(spans) if abs(number - own) == 1 for word in terms(span.text)]
    rest = [word for number, span in enumerate(spans) if abs(number - own) > 1 for word in terms(span.text)]
    around = terms(f"{paragraph[first:start]} {paragraph[end:last]}")
    return tuple(zip((terms(anchor), around, near, rest, terms(story)), FACTORS, strict=True))


def names_title(anchor: str, title: str) -> bool:
    """Whether the link's words, two or more, stand in the article's title one after the other."""
    said = wording(anchor).words
    return len(said) > 1 and find_words(said, wording(title)) is not None


def irrelevant(case: Case) -> Iterator[Hit]:
    """LNK008."""
    texts = {document.name: document.text for document in case.documents if document.whole}
    for field, link, article in archive_links(case):
        text = article.text or texts.get(article.id, "") or article.passage
        if not text.strip():
            yield Hit(f"Could not check: the text of \u201c{article.title}\u201d is not known.", field, link.start, link.end, severity="info")
            continue
        message = _judge(case, field, link, article=article, text=text)
        if message:
            yield Hit(message, field, link.start, link.end)


def _judge(case: Case, field: FieldName, link: Link, *, article: Related, text: str) -> str | None:
    """What is wrong with the link, or None."""
    block = next((span for _, span in case.blocks if span.start <= link.start < span.end), None) if field == "body" else None
    start, paragraph = (block.start, block.text) if block else (0, case.text(field))
    # An article's own title says nothing of whether it fits where it is named.
    anchor = "" if case.title(link.anchor) is not None else link.anchor
    around = zones(paragraph, link.start - start, link.end - start, anchor=anchor, story=f"{case.take.headline} {case.source.title}")
    if sum(len(set(words)) for words, _ in around[:4]) < LEAST_WORDS:
        return None
    ground = background(case.archive.sample()) if case.archive is not None else None
    held = view(article.title, text)
    if ground is not None:
        fits = above_others(weighed(around, ground), held, ground) >= ABOVE
    else:
        # Without a measure of other articles the story's own words would make every article offered for it fit anywhere.
        fits = share(weighed(around[:4], None), held) >= LEAST_SHARE
    fits = fits or (bool(anchor) and names_title(anchor, article.title))
    if not fits:
        return f"Nothing around this link has to do with \u201c{article.title}\u201d."
    other = (
        _better(case, link, around, article=article, own=text)
        or _named_in(case, link, article=article)
        or _told_of(case, paragraph, link.start - start, article=article)
        or _titled(case, link, article=article)
    )
    return f"This link leads to \u201c{article.title}\u201d; its sentence fits \u201c{other.title}\u201d better." if other is not None else None


def _better(case: Case, link: Link, around: Zones, *, article: Related, own: str) -> Related | None:
    """The offered article that fits the link's words and sentence far better than the one linked."""
    words = wording(link.anchor).words
    if not around[0][0] or words[0] in _POINTING:
        return None
    query = weighed(around[:2], None)
    here = share(query, view(article.title, own))
    if here >= SWAPPED * MOST:
        return None
    scored = [(share(query, view(item.title, item.text or item.passage)), item) for item in case.related if item.url != article.url]
    best = max(scored, key=lambda pair: pair[0], default=None)
    return best[1] if best is not None and best[0] >= CLEARLY and here < SWAPPED * best[0] else None


@lru_cache(maxsize=2048)
def _telling(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in wording(text).words if len(word) > 1 and word not in STOP)


@lru_cache(maxsize=2048)
def _words(text: str) -> frozenset[str]:
    return frozenset(word.removesuffix("'s") for word in wording(text).words)


def _named_in(case: Case, link: Link, *, article: Related) -> Related | None:
    """The offered article that has the names and figures of the link's words, none of which the linked one has."""
    names = [word.removesuffix("'s") for name in names_in(link.anchor) for word in wording(name.text).words]
    said = [word for word in names if len(word) > 2 and word not in STOP and word not in _MONTHS] + _figures(link.anchor, article)
    texts = {document.name: document.text for document in case.documents}
    if not said or _words(texts.get(article.id, article.text)).intersection(said):
        return None
    return next((item for item in case.related if _words(texts.get(item.id, "")).issuperset(said)), None)


def _titled(case: Case, link: Link, *, article: Related) -> Related | None:
    """The offered article that is linked nowhere and whose title has IN_TITLE of the link's telling words, where the linked one's has none."""
    said = _telling(link.anchor)
    if len(said) < IN_TITLE or said & _telling(article.title):
        return None
    linked = {other.id for _, _, other in archive_links(case)}
    return next((item for item in case.related if item.id not in linked and len(said & _telling(item.title)) >= IN_TITLE), None)


def _figures(anchor: str, article: Related) -> list[str]:
    """The figures of a link's words, the year of the article itself left out."""
    return [word for word in wording(anchor).words if word[0].isdigit() and word != (article.published or "")[:4]]


def _told_of(case: Case, paragraph: str, at: int, *, article: Related) -> Related | None:
    """The offered article that is linked nowhere and alone has several words around the link, where the linked one has (nearly) none for itself."""
    spans = sentences(paragraph)
    own = next((number for number, span in enumerate(spans) if span.start <= at < span.end), 0)
    said = frozenset().union(*(_telling(span.text) for number, span in enumerate(spans) if abs(number - own) <= 1))
    held = {document.name: said & _telling(document.text) for document in case.documents}
    if len(held.get(article.id, frozenset()).difference(*(words for name, words in held.items() if name != article.id))) > 1:
        return None
    counts = Counter(word for words in held.values() for word in words)
    alone = {name: sum(counts[word] == 1 for word in words) for name, words in held.items()}
    here = alone.get(article.id, 0)
    linked = {other.id for _, _, other in archive_links(case)}
    best = max((item for item in case.related if item.id not in linked), key=lambda item: alone.get(item.id, 0), default=None)
    return best if best is not None and here <= 1 and alone.get(best.id, 0) >= ALONE + here else None

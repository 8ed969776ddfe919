"""LNK008: whether a link's sentence has to do with the article it leads to.

The linking sentence, its neighbours and its paragraph are weighed against the article; with an archive, the article has
to score higher than a sample of other articles. The threshold is that of benchmarks/link_relevance.py. Then the
articles offered are compared: one that holds far more of the words around the link than the link's own target is named,
since a swapped handle looks like that (benchmarks/checks.py, "swapped link").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ourtake.checks.absence import foreign, unless_elsewhere
from ourtake.checks.base import ENGLISH, Case, Example, Hit, Rule
from ourtake.checks.examples import PARAGRAPHS, SOUND
from ourtake.checks.links.counts import archive_links, linked_ids
from ourtake.checks.passages import sentence_of
from ourtake.checks.term_weights import MOST, View, above_others, background, share, terms, terms_in, view, weighed
from ourtake.documents import FieldName, Related
from ourtake.text.content import STOP
from ourtake.text.dates import MONTHS
from ourtake.text.markdown import Link, Span
from ourtake.text.names import names_in
from ourtake.text.parsed import Text, kept, part
from ourtake.text.sentences import sentences
from ourtake.text.tokens import find_words, tokenize

ABOVE = 0.65
"""Standard deviations above the sample's mean from which an article is relevant."""

LEAST_SHARE = 0.18
"""The same without an archive: the least share of the weighted words that the article must have."""

LONGEST_PARAGRAPH = 5000
"""Characters of a paragraph that a link is weighed in."""


LEAST_WORDS = 3
"""With fewer content words around a link, nothing is decided."""

SWAPPED, UNLINKED, LINKED = 0.5, 0.18, 0.13
"""A link counts as swapped if its article's share is less than SWAPPED times another offered article's, plus UNLINKED
(LINKED if something links to that other article).
"""

FACTORS = (2.0, 1.0, 0.4, 0.2, 0.6)
"""Weights of the link's words, the rest of its sentence, the neighbouring sentences, the rest of the paragraph, and the
story's headline.
"""

Zones = tuple[tuple[Sequence[str], float], ...]


def zones(text: str, paragraph: Span, start: int, end: int, *, anchor: str, story: str = "") -> Zones:
    """The content words of a paragraph around the link text[start:end], each zone with its weight."""
    between = tokenize(text).between
    spans = [(paragraph.start + span.start, paragraph.start + span.end) for span in sentences(paragraph.text)]
    own = next((number for number, (first, last) in enumerate(spans) if first <= start < last), 0)
    first, last = (spans[own][0], max(end, spans[own][1])) if spans else (paragraph.start, paragraph.end)
    around = terms_in(text, between(first, start)) + terms_in(text, between(end, last))
    near, rest = list[str](), list[str]()
    for number, span in enumerate(spans):
        if number != own:
            (near if abs(number - own) == 1 else rest).extend(terms_in(text, between(*span)))
    return tuple(zip((terms(anchor), around, near, rest, terms(story)), FACTORS, strict=True))


def names_title(anchor: str, title: str) -> bool:
    """Whether the link's words, two or more, appear in the article's title one after the other."""
    words = tokenize(anchor).words
    return len(words) > 1 and find_words(words, tokenize(title)) is not None


def irrelevant(case: Case) -> Iterator[Hit]:
    """LNK008."""
    for field, link, article in archive_links(case):
        document, text = case.document_of(article), _text_of(article)
        # A title alone decides nothing; a passage can only show that the article fits.
        message = _judge(case, field, link, article=article) if text.strip() else "Nothing is known about the article."
        if message:
            unclear = () if document.complete and document not in foreign(case) else (document,)
            yield unless_elsewhere(case, Hit(message, field, link.start, link.end), unclear)


def _text_of(article: Related) -> str:
    """What is known of an article: its text, else its passage."""
    return article.text or article.passage


def _judge(case: Case, field: FieldName, link: Link, *, article: Related) -> str | None:
    """What is wrong with the link, or None."""
    text = case.text(field)
    facts = [
        fact
        for fact in case.facts_of(field, link.start, link.end)
        if case.document_names.get(fact.document) == article.id
    ]
    if facts:
        said = set(terms(sentence_of(text, link.start, link.end).text))
        if any(len(said.intersection(terms(f"{fact.text} {fact.statement}"))) > 1 for fact in facts):
            return None  # its sentence tells of words of the article that code has found
    whole = Span(0, len(text), text)
    block = next((span for _, span in case.blocks if span.start <= link.start < span.end), whole)
    paragraph = _around(text, block if field == "body" else whole, link)
    # An article's own title says nothing of whether it fits where it is named.
    anchor = "" if case.title(link.anchor) is not None else link.anchor
    around = zones(text, paragraph, link.start, link.end, anchor=anchor, story=_story(case))
    if sum(len(set(words)) for words, _ in around[:4]) < LEAST_WORDS:
        return None
    ground = background(case.archive.sample()) if case.archive is not None else None
    target = view(case.document_of(article).text, article.title)
    alone = weighed(around[:4], None)
    # Without other articles to compare with, the story's own words would make every offered article fit anywhere.
    fits = (
        share(alone, target) >= LEAST_SHARE
        if ground is None
        else above_others(weighed(around, ground), target, ground) >= ABOVE
    )
    titled = bool(anchor) and names_title(anchor, case.document_of(article).title)
    if not fits and not titled:
        return f"The text around this link has nothing to do with \u201c{article.title}\u201d."
    other = _named_in(case, link, article=article)
    if other is None and anchor and not titled:
        other = _better(case, alone, anchor=frozenset(around[0][0]), article=article, target=target)
    # Whose month the link's own words name, and of two of one month the one that it leads to, is meant.
    dated = other is not None and _dated(case.text(field), link, article)
    if dated and other and (_names_month(link.anchor, article) or not _dated(case.text(field), link, other)):
        return None
    return (
        f"This link leads to \u201c{article.title}\u201d; its sentence fits \u201c{other.title}\u201d better."
        if other is not None
        else None
    )


@kept
def _story(case: Case) -> Text:
    return Text(f"{case.take.headline} {case.source.title}")


def _around(text: str, paragraph: Span, link: Link) -> Span:
    """The paragraph; of a very long one, the part around the link."""
    if len(paragraph.text) <= LONGEST_PARAGRAPH:
        return paragraph
    start = max(paragraph.start, link.start - LONGEST_PARAGRAPH // 2)
    end = min(paragraph.end, start + LONGEST_PARAGRAPH)
    return Span(start, end, part(text, start, end))


def _dated(text: str, link: Link, article: Related) -> bool:
    """Whether the link's sentence names the month in which an article was published, with its year where it says one:
    "our April survey".
    """
    own = next((span.text for span in sentences(text) if span.start <= link.start < span.end), "")
    return _names_month(own, article)


def _names_month(words: str, article: Related) -> bool:
    year, month = (article.published or "")[:4], (article.published or "")[5:7]
    if not month.isdigit() or not 1 <= int(month) <= 12:
        return False
    named = re.finditer(rf"\b{MONTHS[int(month) - 1]}\b(?:\s(\d{{4}}))?", words)
    return any(match[1] in (None, year) for match in named)


def _better(
    case: Case, query: dict[str, float], *, anchor: frozenset[str], article: Related, target: View
) -> Related | None:
    """The offered article that has far more of the words around the link than the linked one, and whose title has as
    many of the link's own words.
    """
    found, most = None, share(query, target)
    whole, linked = sum(query.values()), linked_ids(case)
    for item in case.related:
        if item.url == article.url:
            continue
        other, spare = view(case.document_of(item).text, item.title), LINKED if item.id in linked else UNLINKED
        # To see which words it has at all costs little, and rules out most articles.
        known = sum([value for word, value in query.items() if word in other.counts])
        if SWAPPED * MOST * known <= (most - spare) * whole or len(anchor & target.title) > len(anchor & other.title):
            continue
        least = SWAPPED * share(query, other) + spare
        if least > most:
            found, most = item, least
    return found


@kept
def _words(text: str) -> frozenset[str]:
    return frozenset(word.removesuffix("'s") for word in tokenize(text).words)


def _named_in(case: Case, link: Link, *, article: Related) -> Related | None:
    """The offered article that has the names and figures of the link's words, none of which the linked one has."""
    names = [word.removesuffix("'s") for name in names_in(link.anchor) for word in tokenize(name.text).words]
    year = (article.published or "")[:4]
    needed = [word for word in names if len(word) > 2 and word not in STOP]
    needed += [word for word in tokenize(link.anchor).words if word[0].isdigit() and word != year]
    texts = {document.name: document.text for document in case.documents}
    if not needed or _words(texts.get(article.id, article.text)).intersection(needed):
        return None
    return next((item for item in case.related if _words(texts.get(item.id, "")).issuperset(needed)), None)


_OFF = "Nobody [minds the flowers](a1) under the bridge.\n\n" + PARAGRAPHS[1]
RULES = (
    Rule("LNK008", "irrelevant", "warning",
         "A link whose sentence has nothing to do with the article, or fits another offered article far better.",
         "Link elsewhere, or say what the article has to do with it.",
         Example(body=_OFF), SOUND, irrelevant, repair="call", languages=ENGLISH),
)  # fmt: skip

"""A sentence of a take set beside a sentence of a document, word by word: what comparators.py compares.

Two words are in the same slot when enough of the words around them are shared. Word order and voice are not read: a
paraphrase keeps neither.
"""

from __future__ import annotations

import re
from collections.abc import Container, Hashable, Iterable, Mapping
from functools import cached_property
from typing import NamedTuple

from ourtake.checks.base import Case
from ourtake.checks.evidence import Document
from ourtake.checks.sentences import beside, sentence_index, sentence_terms, terms_of_sentences
from ourtake.documents import SOURCE, FieldName
from ourtake.text.content import STOP
from ourtake.text.markdown import Span
from ourtake.text.parsed import kept
from ourtake.text.sentences import sentences
from ourtake.text.tokens import lowered, tokenize

AROUND = 7
"""Words on each side of a word in which it shares its surroundings with another."""

_PARTS = re.compile("[,;:.()\u2014]")
LEAST_NEAR = 2
"""Words that the surroundings of two slots share at least, whatever else the sentences share."""

_MEANINGS: Mapping[str, str] = {
    "at_least": r"at least|no (?:fewer|less|lower|smaller|shorter|cheaper|earlier) than"
    r"|or (?:more|better|higher|above|over)",
    "more_than": r"more than",
    "at_most": r"at most|no (?:more|later|longer|higher|greater|larger|bigger|older|dearer) than"
    r"|up to(?=\s[\d$\u00a3\u20ac])|or (?:less|fewer|lower|below|under)",
    "less_than": r"(?:less|fewer) than",
    "nobody": r"no one",
    "nearly": r"all but",
    "only_": r"not (?:only|just|merely)",
    "need_not": r"need not|needn['\u2019]t|(?:do|does|did)(?:n['\u2019]t| not) (?:have|need) to|no need to"
    r"|(?:is|are|was|were)(?:n['\u2019]t| not) (?:required|obliged) to",
    "must": r"(?:have|has|had|needs?|needed) to|(?:is|are|was|were|be) (?:required|obliged) to",
    "punctual": r"(?:in|on) time",
    "removed": r"(?:take|takes|taken|took|taking) (?:out|away|down)",
}
"""Runs of words that mean something else than each of them."""

_JOINED = re.compile(r"\b(?:" + "|".join(f"(?P<{name}>{words})" for name, words in _MEANINGS.items()) + r")\b")
"""For text in lower case: without the flag for case it takes half the time."""

_LEADING = frozenset(
    "at no or more up less fewer all not need needn't do does did don't doesn't didn't is are was were isn't aren't "
    "wasn't weren't have has had needs needed be in on take takes taken took taking".split()
)
"""The first words of all of them, at which alone the pattern is tried."""


class Words:
    """The words of text[start:end], a sentence, with what the comparators ask of them. `known`: its terms."""

    def __init__(self, text: str, start: int, end: int, known: frozenset[str]) -> None:
        self._tokens = tokenize(text)  # of the whole text, which was read already
        self._which = self._tokens.between(start, end)
        self.text, self.known, self.memo = text[start:end], known, dict[Hashable, object]()
        self.words, self.stems = self._tokens.words[self._which], self._tokens.stems[self._which]
        self._start = start

    @cached_property
    def places(self) -> list[tuple[int, int]]:
        """Where each word is in the sentence."""
        base = self._start
        return [(start - base, end - base) for start, end in self._tokens.spans[self._which]]

    @cached_property
    def last_of(self) -> Mapping[str, int]:
        """Each stem with the last word that has it."""
        return {stem: at for at, stem in enumerate(self.stems)}

    @cached_property
    def clause(self) -> list[int]:
        """For each word, the first of those before it from which no comma or the like parts it."""
        marks = [match.start() for match in _PARTS.finditer(self.text)]
        found, first, passed = list[int](), 0, 0
        for at, (start, _) in enumerate(self.places):
            while passed < len(marks) and marks[passed] < start:
                # A mark within a word, as in "3.5", parts the words before it from those behind it.
                first = next(one for one in range(first, at + 1) if self.places[one][1] > marks[passed])
                passed += 1
            found.append(first)
        return found

    def __len__(self) -> int:
        return len(self.words)

    @cached_property
    def content(self) -> tuple[bool, ...]:
        """Whether each word says what the sentence is about."""
        return tuple(
            [word[0].isdigit() or (len(word) > 2 and word not in STOP and word[-2:] != "'s") for word in self.words]
        )

    @cached_property
    def senses(self) -> tuple[str, ...]:
        """Each word, a pair of words that mean something together as one: its first word has the meaning, the others
        "".
        """
        leading = [at for at, word in enumerate(self.words) if word in _LEADING]
        if not leading:
            return self.words
        found, done, lower = list(self.words), 0, lowered(self.text)
        for at in leading:
            match = _JOINED.match(lower, self.places[at][0]) if at >= done else None
            if match is not None:
                done = at + len(match[0].split())
                found[at:done] = [str(match.lastgroup), *[""] * (done - at - 1)]
        return tuple(found)

    def run(self, at: int) -> int:
        """The last of the words that mean something together with a word."""
        return next((one - 1 for one in range(at + 1, len(self)) if self.senses[one]), len(self) - 1)

    @cached_property
    def has(self) -> frozenset[str]:
        """All senses and words: most comparators have nothing to look for in most sentences."""
        return frozenset((*self.senses, *self.words))

    def where(self, wanted: Container[str]) -> list[int]:
        """The words with one of these senses."""
        return [at for at, sense in enumerate(self.senses) if sense in wanted]

    def around(self, at: int, width: int = AROUND) -> frozenset[str]:
        """The stems that say something around a word, without its own."""
        low, high, stems, content = max(0, at - width), at + width + 1, self.stems, self.content
        return frozenset(
            [stems[place] for place in range(low, min(high, len(stems))) if place != at and content[place]]
        )

    def following(self, at: int, count: int, most: int = 4) -> list[int]:
        """The next words that say something, at most `count`, within `most` words."""
        content = self.content
        return [place for place in range(at + 1, min(at + 1 + most, len(content))) if content[place]][:count]

    def beside(self, at: int, step: int) -> list[int]:
        """The next two words that say something on one side of a word (`step` is 1 or -1), within five words."""
        content = self.content
        return [one for one in range(at + step, at + 5 * step, step) if 0 <= one < len(content) and content[one]][:2]

    def parted(self, first: int, last: int) -> bool:
        """Whether a comma or the like is between two words."""
        return first < self.clause[last]

    def at(self, offset: int) -> int:
        """The word that begins at an offset of the sentence, or the first after it."""
        return self._tokens.first_from(offset + self._start) - int(self._which.start)

    def stems_of(self, places: Iterable[int]) -> frozenset[str]:
        """The stems of some of the words."""
        return frozenset([self.stems[at] for at in places])

    def stems_between(self, first: int, stop: int) -> frozenset[str]:
        """The stems of the words first to stop that say something, the last not counted."""
        return frozenset([self.stems[at] for at in range(first, stop) if self.content[at]])

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Where the words first to last (both counted) are in the field or document."""
        return self._tokens.span(first + self._which.start, last + self._which.start)


@kept
def words_of(text: str, number: int) -> Words:
    """The words of a sentence of a text."""
    span = sentences(text)[number]
    return Words(text, span.start, span.end, sentence_terms(text, number))


class Pair(NamedTuple):
    """A take's sentence beside one of a document, of which it is the `number`-th. `share`: of the take's sentence's
    weight that the other has. `shared`: the terms that both have, each with its weight: 1 for one that the documents
    have once, less for one that they have often.
    """

    field: FieldName
    take: Words
    document: Document
    place: Words
    number: int
    share: float
    shared: Mapping[str, float]

    def nearby(self, width: int = 2) -> frozenset[str]:
        """The stems of the document's sentence and of those around it."""
        text = self.document.text
        spans = sentences(text)[max(0, self.number - width) : self.number + width + 1]
        between = tokenize(text).between(spans[0].start, spans[-1].end)
        return frozenset(tokenize(text).stems[between])

    @property
    def weight(self) -> float:
        """What the sentences share."""
        return sum(self.shared.values())

    def weigh(self, stems: frozenset[str]) -> float:
        """What those of some stems weigh that the sentences share."""
        shared = self.shared
        return sum([shared[stem] for stem in stems if stem in shared])

    def near(self, at: int, other: int) -> float:
        """What the words that say something around two words share."""
        both = self.take.around(at) & self.place.around(other)
        return self.weigh(both) if len(both) >= LEAST_NEAR else 0.0

    def close(self, at: int, other: int) -> float:
        """How closely two words are in the same slot: what their surroundings share, and a third of what the
        sentences share beyond; 0 where next to nothing is shared around them.
        """
        near = self.near(at, other)
        return near + (self.weight - near) / 3 if near else 0.0


LEAST_SHARED, LEAST_SHARE, LEAST_WEIGHT = 3, 0.3, 2.0
"""Number of shared words, and share of a sentence's weight or weight of the shared words, from which two sentences are
set beside each other.
"""


@kept
def pairs(case: Case) -> tuple[tuple[FieldName, Span, tuple[Pair, ...]], ...]:
    """Every sentence of summary and body with the near sentences of the documents that it can be compared with."""
    fields: tuple[FieldName, ...] = ("headline", "summary", "body")
    return tuple(
        (field, sentence, _pairs(case, field, index, sentence))
        for field in fields
        for index, sentence in enumerate(sentences(case.text(field)))
    )


def _pairs(case: Case, field: FieldName, index: int, sentence: Span) -> tuple[Pair, ...]:
    if sentence.text.endswith("?"):
        return ()
    near = beside(case, field, index).nearest
    if not near:
        return ()
    text, listed = case.text(field), sentence_index(case)
    said, once = sentence_terms(text, index), listed.weight_of(1)
    found: list[Pair] = []
    for document, number, share in near:
        both = said & terms_of_sentences(document.text)[number]
        # A figure counts twice.
        if len(both) < LEAST_SHARED and (len(both) < LEAST_SHARED - 1 or not any([one[0].isdigit() for one in both])):
            continue
        shared = {term: listed.weight(term) / once for term in both}
        if share >= LEAST_SHARE or sum(shared.values()) >= LEAST_WEIGHT:
            place = words_of(document.text, number)
            found.append(Pair(field, words_of(text, index), document, place, number, share, shared))
    # What the writer took from one document is not compared with another article, which may tell of something else;
    # but a handle of a document that has nothing near proves nothing.
    cited = case.cited(field, sentence.start, sentence.end)
    if any(pair.document.name in cited for pair in found):
        found = [pair for pair in found if pair.document.name in cited or pair.document.name == SOURCE]
    return tuple(found)

"""The sentences of a case's documents, found by the words that they share with another sentence; rare words weigh
more.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import accumulate
from math import log
from typing import NamedTuple

from ourtake.checks.base import Case
from ourtake.checks.evidence import Document, Documents
from ourtake.documents import FieldName
from ourtake.text.content import STOP
from ourtake.text.markdown import Span
from ourtake.text.parsed import kept
from ourtake.text.sentences import sentences
from ourtake.text.tokens import tokenize

FINENESS = 2**20
"""Weights are kept as whole numbers of this many parts: their sums are then exact, and the same in whatever order a set
gives its terms.
"""
NEAREST = 3
"""Passages that are shown beside a sentence."""

RANKED = 4
"""Sentences of the documents that are set beside a sentence: a long one is about several things."""


class Best(NamedTuple):
    """The sentence of the documents that shares most with a sentence: `share` of its weight; `whole`: the share that
    the document holds anywhere.
    """

    document: Document
    place: int
    share: float
    whole: float


@kept
def terms(text: str) -> frozenset[str]:
    """The stems and figures by which a passage can be found."""
    return frozenset(filter(None, _terms(text)))


def terms_around(text: str, sentence: Span, start: int, end: int) -> frozenset[str]:
    """The terms of a sentence of a text without those of text[start:end]."""
    listed, between = _terms(text), tokenize(text).between
    said = listed[between(sentence.start, start)] + listed[between(end, sentence.end)]
    return frozenset(filter(None, said))


@kept
def _terms(text: str) -> list[str]:
    """The term of each word of a text, "" for a word that says nothing."""
    tokens = tokenize(text)
    return [
        word if word[0].isdigit() else stem if len(word) > 2 and word not in STOP else ""
        for word, stem in zip(tokens.words, tokens.stems, strict=True)
    ]


@kept
def terms_of_sentences(text: str) -> tuple[frozenset[str], ...]:
    """The terms of each sentence of a text."""
    listed, between = _terms(text), tokenize(text).between
    return tuple([frozenset(filter(None, listed[between(span.start, span.end)])) for span in sentences(text)])


def sentence_terms(text: str, index: int) -> frozenset[str]:
    """The terms of a sentence of a text."""
    return terms_of_sentences(text)[index]


@kept
def postings(text: str) -> Mapping[str, Sequence[int]]:
    """Each term of a document with the numbers of the sentences that hold it."""
    found: dict[str, list[int]] = {}
    for index, wanted in enumerate(terms_of_sentences(text)):
        for term in wanted:
            found.setdefault(term, []).append(index)
    return found


class Near(NamedTuple):
    """A sentence of a document with its number there; `share`: of the weight of the sentence it is set beside."""

    document: Document
    place: int
    share: float


class Ranked(NamedTuple):
    """The documents' sentences that are closest to a given sentence: the best one, and the nearest ones, best first."""

    best: Best | None
    nearest: tuple[Near, ...] = ()


class SentenceIndex:
    """An index of the sentences of a case's documents. They are numbered consecutively across the documents."""

    def __init__(self, documents: tuple[Document, ...]) -> None:
        self._documents = tuple(documents)  # not the Group that keeps this index
        self._held = [postings(document.text) for document in documents]
        lengths = [len(sentences(document.text)) for document in documents]
        self._firsts = list(accumulate(lengths, initial=0))
        self._count = 1 + sum(lengths)
        self._rows = list(zip(self._firsts, self._held, strict=False))
        self._known: dict[str, tuple[float, list[int]]] = {}
        self._weights: dict[int, float] = {}

    def _look_up(self, term: str) -> tuple[float, list[int]]:
        """How much a term weighs (the rarer in the documents, the more), and the sentences that hold it."""
        holding = [first + place for first, rows in self._rows if term in rows for place in rows[term]]
        found = self._known[term] = self.weight_of(len(holding)), holding
        return found

    def weight_of(self, count: int) -> float:
        """The weight of a term that `count` sentences have."""
        found = self._weights.get(count)
        if found is None:  # most terms are in one sentence, or in two
            found = self._weights[count] = float(round(FINENESS * log(1 + self._count / (count + 0.5))))
        return found

    def weight(self, term: str) -> float:
        """How much a term says about a sentence."""
        return (self._known.get(term) or self._look_up(term))[0]

    def best(self, wanted: frozenset[str]) -> Best | None:
        """The sentence that shares most with these terms; if several are equal, the first."""
        return self.ranked(wanted, 0).best

    def ranked(self, wanted: frozenset[str], count: int) -> Ranked:
        """The best sentence, and the `count` nearest sentences, best first. Equal ones keep the order of the
        documents.
        """
        total, scores = 0.0, dict[int, float]()  # few sentences hold any of the terms
        known, score_of = self._known, scores.get
        for term in wanted:
            much, holding = known.get(term) or self._look_up(term)
            total += much
            for place in holding:
                scores[place] = score_of(place, 0.0) + much
        if not scores:
            return Ranked(None)
        most = max(scores.values())
        least = sorted(scores.values())[-count:][0] if count else most
        near = sorted([(-score, place) for place, score in scores.items() if score >= least])
        place = near[0][1]
        document, at = self._at(place)
        held = self._held[bisect_right(self._firsts, place) - 1]
        whole = sum(known[term][0] for term in wanted if term in held)
        best = Best(document, at, most / total, whole / total)
        return Ranked(best, tuple([Near(*self._at(place), -score / total) for score, place in near[:count]]))

    def by_document(self, wanted: frozenset[str]) -> list[Near]:
        """Each document's sentence that shares most with these terms, in the order of the documents."""
        weights, found = {term: self.weight(term) for term in wanted}, list[Near]()
        total = sum(weights.values())
        for document, held in zip(self._documents, self._held, strict=True):
            scores: dict[int, float] = {}
            for term, much in weights.items():
                for place in held.get(term, ()):
                    scores[place] = scores.get(place, 0.0) + much
            if scores:
                most = max(scores.values())
                found.append(Near(document, min(one for one, score in scores.items() if score == most), most / total))
        return found

    def _at(self, place: int) -> tuple[Document, int]:
        """The document of a sentence, and its number there."""
        number = bisect_right(self._firsts, place) - 1
        return self._documents[number], place - self._firsts[number]


def sentence_index(case: Case) -> SentenceIndex:
    """The sentences of a case's documents."""
    return _index_of(case.documents)


@kept
def _index_of(documents: Documents) -> SentenceIndex:
    return SentenceIndex(documents)


@kept
def beside(case: Case, field: FieldName, index: int) -> Ranked:
    """The documents' sentences that are closest to a sentence of a take."""
    return sentence_index(case).ranked(sentence_terms(case.text(field), index), RANKED)

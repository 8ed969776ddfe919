"""The sentences of a case's documents, found by the words that they share with another sentence; rare words weigh more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import log
from typing import NamedTuple

from ourtake.checks.base import Case
from ourtake.checks.evidence import Document
from ourtake.text.matching import wording
from ourtake.text.sentences import sentences
from ourtake.text.stems import content


class Best(NamedTuple):
    """The sentence of the documents that shares most with a sentence: `share` of its weight; `whole`: the share that the document holds anywhere."""

    document: Document
    place: int
    share: float
    whole: float


@lru_cache(maxsize=4096)
def terms(text: str) -> frozenset[str]:
    """Stems and figures that a passage can be found by."""
    figures = [word for word in wording(text).words if word[0].isdigit()]
    return content(text).union(figures) if figures else content(text)


@lru_cache(maxsize=1024)
def postings(text: str) -> Mapping[str, Sequence[int]]:
    """Each term of a document with the numbers of the sentences that hold it."""
    found: dict[str, list[int]] = {}
    for index, sentence in enumerate(sentences(text)):
        for term in terms(sentence.text):
            found.setdefault(term, []).append(index)
    return found


class Ground:
    """The documents of a case as sentences are set beside them."""

    def __init__(self, documents: tuple[Document, ...]) -> None:
        self.rows = [(document, postings(document.text)) for document in documents]
        self.count = 1 + sum(len(sentences(document.text)) for document in documents)
        self._weights: dict[str, float] = {}

    def weight(self, term: str) -> float:
        """How telling a term is: the rarer in the documents, the more."""
        found = self._weights.get(term)
        if found is None:
            holding = 0
            for _, rows in self.rows:
                if term in rows:
                    holding += len(rows[term])
            found = self._weights[term] = log(1 + self.count / (holding + 0.5))
        return found

    def best(self, wanted: frozenset[str], *, among: frozenset[str] | None = None) -> Best | None:
        """The sentence that shares most with these terms, in the named documents or in all."""
        known = self._weights
        for term in wanted:
            if term not in known:
                self.weight(term)
        total = sum([known[term] for term in wanted])
        best: Best | None = None
        for document, held in self.rows:
            if total == 0 or (among is not None and document.name not in among):
                continue
            shared = [term for term in wanted if term in held]
            whole = sum([known[term] for term in shared])
            if not shared or (best is not None and whole / total <= best.share):
                continue  # no sentence of it can hold more than all of it
            scores: dict[int, float] = {}
            for term in shared:
                much = known[term]
                for index in held[term]:
                    scores[index] = scores.get(index, 0.0) + much
            if scores:
                most = max(scores.values())
                index = min([one for one, score in scores.items() if score == most])
                if best is None or scores[index] / total > best.share:
                    best = Best(document, index, scores[index] / total, whole / total)
        return best


@lru_cache(maxsize=8)
def ground(case: Case) -> Ground:
    """The ground of a case."""
    return _ground(case.documents)


@lru_cache(maxsize=16)
def _ground(documents: tuple[Document, ...]) -> Ground:
    """The same for each revision of a take."""
    return Ground(documents)

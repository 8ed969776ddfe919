"""FCT002: whether a take's names are names of its documents, or names that every reader knows (known_names.tsv).

A name is found when its words appear together in a document. So is a part of a longer name, a name with an office
before it, and an acronym whose words a document has, or the other way round. For "Jane Doe" a Jane here and a Doe there
are not enough.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from ourtake.checks.absence import unless_elsewhere
from ourtake.checks.base import PROSE, Case, Hit
from ourtake.checks.passages import outlet_names
from ourtake.checks.quotes.attribution import unread_at
from ourtake.checks.quotes.rules import skipped
from ourtake.documents import FieldName
from ourtake.text.content import STOP
from ourtake.text.names import Name, names_in
from ourtake.text.parsed import kept
from ourtake.text.tokens import tokenize

KNOWN = Path(__file__).with_name("known_names.tsv")
_NEAR = 8
"""Words within which two words of one document can be one name."""

_CAPITALISED = re.compile(r"[^\W\d_a-z\u00df-\u00f6\u00f8-\u00ff](?<!\w\w)[\w'\u2019]*")
_SMALL_WORDS = re.compile(r"[\s\u00a0-]+(?:(?:and|of|the|for|on|in|to|&)\s+)*")
_JOINERS = frozenset("of the for on de la del der den di da du van von bin ibn al el le and".split())


@cache
def known_names() -> frozenset[str]:
    """The names that need no document, as their words in lower case."""
    rows = KNOWN.read_text(encoding="utf-8").splitlines()[1:]
    return frozenset(" ".join(tokenize(row.partition("\t")[0]).words) for row in rows)


@kept
def _word_set(text: str) -> frozenset[str]:
    return frozenset(tokenize(text).words)


@kept
def _initials_in(text: str) -> str:
    """The initials of a text's capitalised words; a space where there is more than small words ("of the") between two
    of them.
    """
    found, last = [], 0
    for word in _CAPITALISED.finditer(text):
        if not _SMALL_WORDS.fullmatch(text, last, word.start()):
            found.append(" ")
        found.append(word[0][0])
        last = word.end()
    return "".join(found)


@kept
def _unaccented(text: str) -> str:
    """The text without its accents: "Pok\u00e9mon" is also written Pokemon."""
    return (
        text
        if text.isascii()
        else "".join(letter for letter in unicodedata.normalize("NFD", text) if not unicodedata.combining(letter))
    )


class NameIndex:
    """The texts of a case in which its names are looked up."""

    def __init__(self, case: Case) -> None:
        own = [case.settings.publication.name, *case.settings.checks.names, *outlet_names(case)]
        self.texts = [document.text for document in case.documents] + own
        self.joined = [tokenize(text).joined for text in self.texts]
        self.words = [_word_set(text) for text in self.texts]
        self._known: dict[tuple[str, ...], bool] = {}

    def has(self, words: Sequence[str]) -> bool:
        """Whether the words appear together in a document or are known to everybody. The last may be a plural or
        possessive.
        """
        key = tuple(words)
        if key not in self._known:
            self._known[key] = self._has(key)
        return self._known[key]

    def _has(self, words: tuple[str, ...]) -> bool:
        start, last = " ".join(words[:-1]), words[-1]
        for form in dict.fromkeys(
            (last, last.removesuffix("'s"), last.removesuffix("s"), last.removesuffix("es"), last + "s", last + "'s")
        ):
            spelling = f"{start} {form}" if start else form
            if spelling in known_names():
                return True
            for joined, listed in zip(self.joined, self.words, strict=True):
                if form in listed and (not start or (words[0] in listed and f" {spelling} " in joined)):
                    return True
        plain = f" {_unaccented(' '.join(words))} "
        return any(
            plain in _unaccented(joined)
            for joined in self.joined
            if not (joined.isascii() and plain.strip() == " ".join(words))
        )

    def together(self, one: str, other: str) -> bool:
        """Whether two words are near each other in one document."""
        for text in self.texts:
            listed = tokenize(text).words
            places = [index for index, word in enumerate(listed) if word == one]
            if any(other in listed[max(0, place - _NEAR) : place + _NEAR + 1] for place in places):
                return True
        return False

    def names(self, word: str) -> bool:
        """Whether a document has the capitalised word within a sentence, and none has it in lower case."""
        if word.casefold() in known_names() or word.casefold() in STOP:
            return False
        within = re.compile(rf"[a-z,;] {re.escape(word)}\b")
        small = re.compile(rf"\b{re.escape(word.lower())}\b")
        written = any(f" {word}" in text and within.search(text) for text in self.texts)
        return written and not any(word.lower() in text and small.search(text) for text in self.texts)

    def spells(self, acronym: str) -> bool:
        """Whether a document has capitalised words whose initials are the acronym's letters, small words between them
        left out.
        """
        return any(acronym.upper() in _initials_in(text) for text in self.texts)


def _initials(words: Sequence[str]) -> set[str]:
    whole = "".join(word[0] for word in words)
    return {whole, "".join(word[0] for word in words if word not in _JOINERS)} if len(words) > 1 else set()


def name_not_found(case: Case) -> Iterator[Hit]:
    """FCT002."""
    index = NameIndex(case)
    for field in PROSE:
        text = case.text(field)
        taken = skipped(case, field)
        seen: set[str] = set()
        for name in names_in(text):
            if name.text in seen or taken[name.start]:
                continue
            span = _missing(index, name, text)
            if span is not None:
                seen.add(name.text)
                yield _hit(case, field, *span)


def _hit(case: Case, field: FieldName, start: int, end: int) -> Hit:
    name = case.text(field)[start:end]
    # One capitalised word may be a common noun that a publication capitalises; two are a name.
    alone = len(tokenize(name).words) == 1 and not re.search(r"[a-z][A-Z]", name)
    hit = Hit(f"{name} appears in none of the documents.", field, start, end, severity="warning" if alone else None)
    return unless_elsewhere(case, hit, unread_at(case, field, start, end))


def _missing(index: NameIndex, name: Name, text: str) -> tuple[int, int] | None:
    """The span of the name that is in no document, or None."""
    words = tokenize(name.text).words
    if all(word in STOP for word in words) or _found(index, words) or _half(index, name, text):
        return None
    if not name.first:
        return name.start, name.end
    # The first word may be any word that begins a sentence.
    first = name.text.split()[0]
    if len(words) == 1:
        return None
    if _found(index, words[1:]):
        # Words that the documents know only as parts of two names are a third, made of both.
        return (name.start, name.end) if index.names(first) and index.has(words[:1]) else None
    ordinary = words[0] in STOP or _has_word(first.lower(), [*index.texts, text])
    return (name.start + tokenize(name.text).spans[1][0] if ordinary else name.start), name.end


def _half(index: NameIndex, name: Name, text: str) -> bool:
    """Whether the name is the part before or after "and" in a longer one: "Human Services" of the Department of
    Health and Human Services.
    """
    others = names_in(text)
    place = bisect_left(others, name)
    pairs = [(others[at], others[at + 1]) for at in (place - 1, place) if 0 <= at < len(others) - 1]
    return any(
        text[one.end : two.start] == " and " and index.has(tokenize(text[one.start : two.end]).words)
        for one, two in pairs
    )


def _has_word(word: str, texts: Sequence[str]) -> bool:
    """Whether a text has the whole word, with its capitals as given."""
    whole = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)")
    return any(word in text and whole.search(text) for text in texts)


def _found(index: NameIndex, words: Sequence[str]) -> bool:
    if index.has(words):
        return True
    if len(words) == 1:
        return len(words[0]) < 2 or (len(words[0]) < 8 and words[0].isalpha() and index.spells(words[0]))
    if any("".join(words) in listed for listed in index.words):
        return True  # "Uber Eats" for UberEats
    if len(words) > 2 and any(form in listed for form in _initials(words) for listed in index.words):
        return True
    parts = [
        part
        for part in _parts(index, words)
        if part not in (("the",), ("of",), ("for",)) and len(part[0]) + len(part) > 2
    ]
    return all(
        index.has(part) or (len(part) == 1 and len(part[0]) < 6 and index.spells(part[0])) for part in parts
    ) and _one_name(index, parts)


def _parts(index: NameIndex, words: Sequence[str]) -> list[tuple[str, ...]]:
    """The words cut into the longest pieces that are found, left to right."""
    parts: list[tuple[str, ...]] = []
    at = 0
    while at < len(words):
        end = next((end for end in range(len(words), at, -1) if index.has(words[at:end])), at + 1)
        parts.append(tuple(words[at:end]))
        at = end
    return parts


def _one_name(index: NameIndex, parts: Sequence[tuple[str, ...]]) -> bool:
    """Whether pieces that are each found can be one name: known ones and offices go with any; others must
    be near each other.
    """
    own = [part for part in parts if " ".join(part) not in known_names()]
    lone = [part for part in own if len(part) == 1]
    return len(lone) < 2 or all(index.together(one[-1], two[0]) for one, two in itertools.pairwise(own))

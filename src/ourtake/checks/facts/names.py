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
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from ourtake.checks.absence import unless_elsewhere
from ourtake.checks.base import PROSE, Case, Hit
from ourtake.checks.facts.number_claims import TOLD
from ourtake.checks.opinion import is_opinion
from ourtake.checks.passages import outlet_names, sentence_at
from ourtake.checks.quotes.attribution import unread_at
from ourtake.checks.quotes.rules import skipped
from ourtake.checks.sentences import beside
from ourtake.checks.term_weights import common_words
from ourtake.documents import FieldName
from ourtake.text.content import STOP
from ourtake.text.names import Name, names_in
from ourtake.text.parsed import Text, kept
from ourtake.text.sentences import sentences
from ourtake.text.tokens import tokenize

KNOWN = Path(__file__).with_name("known_names.tsv")
_NEAR = 8
"""Words within which two words of one document can be one name."""

_CAPITALISED = re.compile(r"[^\W\d_a-z\u00df-\u00f6\u00f8-\u00ff](?<!\w\w)[\w'\u2019]*")
_SMALL_WORDS = re.compile(r"[\s\u00a0-]+(?:(?:and|of|the|for|on|in|to|&)\s+)*")
_JOINERS = frozenset("of the for on de la del der den di da du van von bin ibn al el le and".split())


_HEAD_OF = {"empire": "emperor", "kingdom": "king", "ministry": "minister", "principality": "prince",
            "presidency": "president", "duchy": "duke", "papacy": "pope", "governorate": "governor"}  # fmt: skip
"""Who heads what: the Roman Empire is that of a Roman Emperor."""

_EXCHANGED = {
    "large or often named city or state": "place", "country or region": "place",
    "people of a country or region, or its language": "people",
    "company or service that every reader knows": "company", "body that every reader knows": "body",
}  # fmt: skip
"""The kinds of known names of which one is easily put for another."""


@cache
def _known() -> Mapping[str, str]:
    """The names that need no document, as their words in lower case, with their kinds."""
    rows = [row.split("\t") for row in KNOWN.read_text(encoding="utf-8").splitlines()[1:]]
    return {" ".join(tokenize(name).words): _EXCHANGED.get(kind, "") for name, kind in rows}


@cache
def known_names() -> frozenset[str]:
    """The names that need no document, as their words in lower case."""
    return frozenset(_known())


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
            (
                last,
                last.removesuffix("'s"),
                last.removesuffix("s"),
                last.removesuffix("es"),
                last + "s",
                last + "'s",
                _HEAD_OF.get(last, last),
            )
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

    def writes(self, words: Sequence[str]) -> bool:
        """Whether a document has the words, the last perhaps as a plural or possessive."""
        spelling = f" {' '.join(words)}"
        return any(f"{spelling}{end} " in joined for joined in self.joined for end in ("", "s", "'s"))

    def begins(self, letters: str) -> bool:
        """Whether a document has a word that begins with these letters."""
        return any(f" {letters}" in joined for joined in self.joined)

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
            elif _is_named_further(index, name, text):
                seen.add(name.text)
                yield _hit(case, field, name.start, name.end)._replace(severity="warning")
            elif (unnamed := _unnamed(index, name)) is not None and _states(case, field, name):
                seen.add(name.text)
                yield _known_hit(case, field, *unnamed)


def _hit(case: Case, field: FieldName, start: int, end: int) -> Hit:
    name = case.text(field)[start:end]
    # One capitalised word may be a common noun that a publication capitalises; two are a name.
    alone = len(tokenize(name).words) == 1 and not re.search(r"[a-z][A-Z]", name)
    hit = Hit(f"{name} appears in none of the documents.", field, start, end, severity="warning" if alone else None)
    return unless_elsewhere(case, hit, unread_at(case, field, start, end))


def _unnamed(index: NameIndex, name: Name) -> tuple[int, int, str] | None:
    """The span and the kind of a name that every reader knows, and that no document has in any of its forms."""
    tokens = tokenize(name.text)
    words, start = tokens.words, name.start
    # "Real Madrid" begins a sentence: the first word need not be of the name.
    if name.first and " ".join(words) not in _known():
        words, start = words[1:], name.start + (tokens.spans[1][0] if len(words) > 1 else 0)
    kind = _known().get(" ".join(words), "")
    if not kind or (name.first and len(words) == 1 and words[0] in STOP):
        return None
    country = _of_one_country().get("america" if words == ("united", "states") else words[0], frozenset())
    if index.writes(words) or any(index.writes((word,)) for word in country):
        return None
    if name.text.isupper() and index.spells(name.text):
        return None
    return None if kind != "company" and index.begins(words[0][:_ALIKE]) else (start, name.end, kind)


_ALIKE = 4
"""Letters by which "Israeli" is like "Israel"."""

_ONE_COUNTRY = (
    "america american americans usa federal washington", "britain british uk england english london westminster",
    "eu europe european brussels", "france french paris", "germany german berlin", "netherlands dutch holland",
    "spain spanish madrid", "switzerland swiss", "greece greek greeks athens", "china chinese beijing",
    "russia russian moscow kremlin", "denmark danish copenhagen", "poland polish warsaw", "turkey turkish ankara",
    "wales welsh", "ireland irish dublin", "scotland scottish scots edinburgh", "japan japanese tokyo",
    "india indian delhi", "ukraine ukrainian kyiv", "norway norwegian oslo", "sweden swedish stockholm",
    "finland finnish helsinki", "italy italian rome", "canada canadian ottawa",
)  # fmt: skip
"""A country, its people and its capital: a writer puts one for another."""


@cache
def _of_one_country() -> Mapping[str, frozenset[str]]:
    return {word: frozenset(row.split()) for row in _ONE_COUNTRY for word in row.split()}


def _states(case: Case, field: FieldName, name: Name) -> bool:
    """Whether the sentence of a name states a fact of which the documents tell."""
    text = case.text(field)
    at = sentence_at(text, name.start)
    best = beside(case, field, at).best
    return best is not None and best.share >= TOLD and not is_opinion(sentences(text)[at].text)


def _known_hit(case: Case, field: FieldName, start: int, end: int, kind: str) -> Hit:
    name = case.text(field)[start:end]
    message = f"{name} appears in none of the documents; every reader knows it, but is it the right {kind} here?"
    hit = Hit(message, field, start, end, severity="warning")
    return unless_elsewhere(case, hit, unread_at(case, field, start, end))


def _missing(index: NameIndex, name: Name, text: str) -> tuple[int, int] | None:
    """The span of the name that is in no document, or None."""
    words = tokenize(name.text).words
    if all(word in STOP for word in words) or _found(index, words) or _half(index, name, text):
        return None
    over = _INITIAL.search(name.text)
    if (
        over
        and index.has(tokenize(name.text[: over.end()]).words)
        and _is_ordinary(index, name.text[over.end() :], text)
    ):
        # "Engine C. Nobody": the sentence ends with the letter.
        return _missing(index, Name(name.start + over.end(), name.end, Text(name.text[over.end() :]), first=True), text)
    if not name.first:
        return name.start, name.end
    # The first word may be any word that begins a sentence.
    first = name.text.split()[0]
    if len(words) == 1:
        return None
    if _found(index, words[1:]):
        # Words that the documents know only as parts of two names are a third, made of both.
        made = index.names(first) and index.has(words[:1])
        return (name.start, name.end) if made or _is_forename(index, name, text) else None
    ordinary = words[0] in STOP or _has_word(first.lower(), [*index.texts, text])
    return (name.start + tokenize(name.text).spans[1][0] if ordinary else name.start), name.end


_INITIAL = re.compile(r"(?<=\s)[A-Z]\.\s")


def _is_ordinary(index: NameIndex, words: str, text: str) -> bool:
    """Whether the first word is one that a text has in small letters, or that is often used."""
    first = words.split()[0].lower()
    return first in STOP or first in common_words() or _has_word(first, [*index.texts, text])


def _is_forename(index: NameIndex, name: Name, text: str) -> bool:
    """Whether the first word of a sentence is put before a name to which the documents give another first name: no text
    has it in small letters, and it is not a word that often begins a sentence.
    """
    if not _may_be_forename(index, name, text):
        return False
    first, *rest = name.text.split()
    given = re.compile(
        rf"[a-z,;.] (?!{re.escape(first)}\b)[A-Z][a-z]+ {re.escape(rest[0])}\b|^[A-Z][a-z]+ {re.escape(rest[0])}\b",
        re.MULTILINE,
    )
    return any(rest[0] in one and given.search(one) for one in index.texts)


def _may_be_forename(index: NameIndex, name: Name, text: str) -> bool:
    first, *rest = name.text.split()
    small = first.lower()
    ordinary = small in STOP or small in common_words() or small.endswith(("ly", "ing", "ed", "s"))
    if len(rest) != 1 or ordinary or not first.isalpha() or first.isupper():
        return False
    return not index.has((small,)) and not _has_word(small, [*index.texts, text])


def _is_named_further(index: NameIndex, name: Name, text: str) -> bool:
    """Whether the first word of a sentence may be a first name that no document gives to somebody whom they name by a
    surname alone.
    """
    if not name.first or not _may_be_forename(index, name, text):
        return False
    surname = name.text.split()[1]
    small = surname.lower()
    ordinary = small in known_names() or small in common_words() or _has_word(small, [*index.texts, text])
    return not ordinary and _has_word(surname, index.texts)


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
    if len(words) == 1 and (part := _PART_OF_YEAR.fullmatch(words[0])):
        return any(index.writes((which, _PARTS[part[1]])) for which in _WHICH[part[2]])
    if len(words) == 1 and words[0] in _SHORT_FOR:
        return any(index.writes(tuple(long.split())) for long in _SHORT_FOR[words[0]])
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


_PART_OF_YEAR = re.compile(r"([qh])([1-4])")
_PARTS = {"q": "quarter", "h": "half"}
_WHICH = {"1": ("first", "1st"), "2": ("second", "2nd"), "3": ("third", "3rd"), "4": ("fourth", "4th", "final")}
_SHORT_FOR = {
    "yoy": ("year over year", "year on year"), "qoq": ("quarter over quarter", "quarter on quarter"),
    "ytd": ("year to date",), "mom": ("month over month", "month on month"),
}  # fmt: skip
"""What is written short, and how documents write it out in small letters."""


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

"""FCT007 by code: who says it, who somebody is, and whose name fills a slot.

Three comparators over a sentence of the take and a close one of a document, and one over all that the documents say of
a person. A role is read from an apposition ("Jane Doe, the treasurer"), from words before a name ("treasurer Jane
Doe"), and from a verb of saying. Pronouns are not followed.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ourtake.checks.base import PROSE, Case
from ourtake.checks.evidence import Document
from ourtake.checks.facts.aligner import Pair, Words
from ourtake.checks.facts.names import known_names
from ourtake.checks.facts.slots import CLOSE, Slot
from ourtake.checks.passages import outlet_names, sentence_at
from ourtake.checks.sentences import postings
from ourtake.documents import FieldName
from ourtake.text.content import STOP, content
from ourtake.text.dates import DAYS, MONTHS
from ourtake.text.names import names_in
from ourtake.text.parsed import kept
from ourtake.text.sentences import sentences
from ourtake.text.tokens import find_words, tokenize

SAID = frozenset(
    "say says said argue argues argued claim claims claimed warn warns warned insist insists insisted blame blames "
    "blamed complain complains complained think thinks thought believe believes believed deny denies denied".split()
)
_OF_TEXTS = frozenset(
    "article articl story stori post report piec piece studi study survey paper author writer account column blog guid "
    "page site outlet interview announc document letter law rule label line list it he she they we who "
    "that this".split()
)
"""Stems of what is not somebody: a sentence may name the text instead of the speaker in it."""

LEAST_SAID = 3
"""Words of what is said that two sentences share from which they report the same."""


class Said(NamedTuple):
    """A verb of saying with the words that say who speaks, and the stems of what is said."""

    verb: int
    who: tuple[int, ...]
    what: frozenset[str]


@kept
def sayings(words: Words) -> list[Said]:
    """Who says what in a sentence: the speaker is right before the verb or, after a quotation, right behind it."""
    found = []
    for verb, word in enumerate(words.words):
        if word in SAID:
            before = [at for at in range(max(0, verb - 4), verb) if not words.parted(at, verb)]
            behind = [at for at in range(verb + 1, min(len(words), verb + 5)) if not words.parted(verb, at)]
            for who in (before, behind):
                speaking = tuple(at for at in who if words.content[at])
                if speaking and _is_somebody(words, speaking):
                    others = words.stems_of((*speaking, verb))
                    found.append(Said(verb, speaking, words.known - others))
                    break
    return found


def _is_somebody(words: Words, at: Sequence[int]) -> bool:
    """Whether words can be a speaker: a name, or a noun with its article."""
    said = words.text[words.places[at[0]][0]]
    return said.isupper() or (at[0] > 0 and words.words[at[0] - 1] in _ARTICLES)


_ARTICLES = frozenset("the a an its their our one some many two three".split())


def speaker(pair: Pair, case: Case) -> Iterator[Slot]:
    """Somebody who says what the document lets somebody else say."""
    listed = sayings(pair.take)
    theirs = sayings(pair.place) if listed else []
    outlets = frozenset(stem for name in outlet_names(case) for stem in tokenize(name).stems) if theirs else frozenset()
    for ours in listed if theirs else ():
        who = pair.take.stems_of(ours.who)
        if who & outlets or who & _OF_TEXTS:
            continue
        if who & pair.place.known:
            yield from _swapped(pair, ours, theirs)
            continue
        for said in theirs:
            others = pair.place.stems_of(said.who)
            shared = sum(1 + term[0].isdigit() for term in ours.what & said.what)
            if shared < LEAST_SAID or others & pair.take.known or others & _OF_TEXTS or others & outlets:
                continue
            if not who & pair.nearby() and not are_one(case, who, others):
                yield Slot((ours.who[0], ours.who[-1]), (said.who[0], said.who[-1]), shared + CLOSE)


def _swapped(pair: Pair, ours: Said, theirs: list[Said]) -> Iterator[Slot]:
    """One of two who speak in the document's sentence, with the other's words."""
    place, who = pair.place, pair.take.stems_of(ours.who)
    for said, other in itertools.permutations(theirs, 2):
        whom = place.stems_of(other.who)
        if not who & place.stems_of(said.who) or whom & who or whom & _OF_TEXTS:
            continue
        own, others = (pair.weigh(ours.what & _clause(place, one)) for one in (said, other))
        if others > 0.5 and not own:
            yield Slot((ours.who[0], ours.who[-1]), (other.who[0], other.who[-1]), others + CLOSE)


def _clause(words: Words, said: Said) -> frozenset[str]:
    """The stems of what is said up to the next mark."""
    stop = next((at for at in range(said.verb + 1, len(words)) if words.parted(said.verb, at)), len(words))
    return words.stems_between(said.verb + 1, stop)


def subject(pair: Pair, case: Case) -> Iterator[Slot]:
    """Somebody who does what the document lets somebody else do: another word right before the same two words. The word
    has to be one of the documents, where they speak of something else: another could be the writer's word for the same.
    """
    take, place = pair.take, pair.place
    for at in _beginnings(take):
        verb, stem = at + 1, take.stems[at]
        if take.stems[verb] not in pair.shared or stem in place.known:
            continue
        what = take.stems_of(one for one in take.following(verb, 2, 4) if not take.parted(verb, one))
        for where in (one + 1 for one in _beginnings(place) if place.stems[one + 1] == take.stems[verb]):
            who = place.stems[where - 1]
            there = place.stems_of(place.following(where, 2, 4))
            if not what & there & pair.shared.keys() or who in take.known:
                continue
            if _is_common(take, at) != _is_common(place, where - 1):
                continue  # "the firm" may be what the document calls by its name
            known = any(stem in postings(document.text) for document in case.documents)
            if known and stem not in pair.nearby():
                yield Slot((at, at), (where - 1, where - 1), pair.weight)
                break


def _is_common(words: Words, at: int) -> bool:
    """Whether a word is a noun with an article, not a name."""
    return at > 0 and words.words[at - 1] in _ARTICLES


@kept
def _beginnings(words: Words) -> list[int]:
    """The nouns that begin a sentence, or what a mark parts from it, and have another word behind them."""
    listed, content, clause = words.words, words.content, words.clause
    found = []
    for at in range(len(listed) - 1):
        if (at == 0 or listed[at - 1] in _ARTICLES) and content[at] and listed[at] not in _NOBODY:
            start = max(0, at - 1)
            if clause[start] == start and clause[at] <= start:
                found.append(at)
    return found


def are_one(case: Case, one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether any sentence of the documents has a word of both ("manager Lotte Brewer"), or they begin alike ("Italian"
    and "Italy").
    """
    if any(left[:_LIKE] == right[:_LIKE] for left in one for right in other):
        return True
    return any(
        not set(places[left]).isdisjoint(places[right])
        for document in case.documents
        for places in (postings(document.text),)
        for left in one
        for right in other
        if left in places and right in places
    )


def other_person(pair: Pair, case: Case) -> Iterator[Slot]:
    """Somebody of whom the take says what the document says of somebody else: the documents know the name, but not
    here, and the other name is not in the take's sentence.
    """
    if pair.share < LEAST_TOLD or pair.field == "headline":
        return
    theirs = [run for run in name_runs(pair.place, True) if _is_person(pair.place, run) and not is_spelt_out(pair, run)]
    if not theirs:
        return
    near: frozenset[str] | None = None
    for one in name_runs(pair.take, True):
        who = pair.take.stems_of(_run(one))
        if not _is_person(pair.take, one) or who & pair.place.known:
            continue
        near = pair.nearby(3) if near is None else near
        if who & near or not any(_is_named(document, pair.take, one) for document in case.documents):
            continue
        for other in theirs:
            whom = pair.place.stems_of(_run(other))
            if not whom & pair.take.known and not are_one(case, who, whom):
                yield Slot(one, other, pair.weight)
                break


LEAST_TOLD = 0.35
"""Share of a sentence's weight from which a document's sentence is about the same event."""


def _is_person(words: Words, run: tuple[int, int]) -> bool:
    """Whether a run of capitalised words is like the name of a person: two or three words in letters."""
    first, last = run
    named = words.words[first : last + 1]
    if first and words.words[first - 1] == "the":
        return False  # a paper or a firm
    return 2 <= len(named) <= 3 and all(word.isalpha() and word not in known_names() for word in named)


def is_shortened(pair: Pair, run: tuple[int, int]) -> bool:
    """Whether a name of the take's, in capitals, is the initials of capitalised words of the document's in a row: "HHS"
    for "Health and Human Services".
    """
    start, end = pair.take.places[run[0]]
    name, place = pair.take.text[start:end], pair.place
    if run[0] != run[1] or not 1 < len(name) <= 6 or not name.isupper():
        return False
    first = [place.text[start] for (start, _), says in zip(place.places, place.content, strict=True) if says]
    return name in "".join(first)


def is_spelt_out(pair: Pair, run: tuple[int, int]) -> bool:
    """Whether the take's sentence has a name of the document's by its initials: "VTS" for "Vector Taylor Series"."""
    words = pair.place.words[run[0] : run[1] + 1]
    return len(words) > 1 and "".join([word[0] for word in words]) in pair.take.words


def _is_named(document: Document, words: Words, run: tuple[int, int]) -> bool:
    """Whether a document has a name, and not after "the", as a paper's or a firm's."""
    name, joined = f" {' '.join(words.words[run[0] : run[1] + 1])} ", tokenize(document.text).joined
    return name in joined and f" the{name}" not in joined


def name_in_slot(pair: Pair, case: Case) -> Iterator[Slot]:
    """A name where the document has another one, between the same words."""
    take, place = pair.take, pair.place
    if len(pair.shared) < LEAST_SAID + 1:
        return
    ours = [run for run in name_runs(take, False) if place.known.isdisjoint(take.stems_of(_run(run)))]
    if not ours:
        return
    theirs = [run for run in name_runs(place, False) if take.known.isdisjoint(place.stems_of(_run(run)))]
    for one in ours:
        for other in theirs:
            left, right = (
                take.stems_of(take.beside(one[end], step)) & place.stems_of(place.beside(other[end], step))
                for end, step in ((0, -1), (1, 1))
            )
            near = len(take.around(one[0]) & place.around(other[0]))
            alike = abs((one[1] - one[0]) - (other[1] - other[0])) <= 1
            if near >= LEAST_SAID and left and right and alike:
                who, whom = take.stems_of(_run(one)), place.stems_of(_run(other))
                if not who & pair.nearby() and not are_one(case, who, whom):
                    yield Slot(one, other, float(near))


def _run(run: tuple[int, int]) -> range:
    """The words of a run of capitalised words."""
    return range(run[0], run[1] + 1)


@kept
def name_runs(words: Words, first: bool) -> list[tuple[int, int]]:
    """Runs of capitalised words within a sentence: first and last word. `first`: also the word that begins it."""
    if not first:
        return [(max(1, start), end) for start, end in name_runs(words, True) if end]
    found: list[tuple[int, int]] = []
    text, listed = words.text, words.words
    for at, (start, end) in enumerate(words.places):
        if not text[start].isupper() or listed[at] in _NOBODY or end - start < 3:
            continue
        if found and found[-1][1] == at - 1 and not words.parted(at - 1, at):
            found[-1] = (found[-1][0], at)
        else:
            found.append((at, at))
    return found


_NOBODY = STOP | frozenset(
    [name.casefold() for name in (*MONTHS, *DAYS)] + "american british federal government internet mr mrs ms dr".split()
)


_APPOSED = re.compile(
    r",\s(?:[\w\u2019' -]{2,40}?['\u2019]s\s|(?:the|an?|its|their|our|his|her)\s|(?=[a-z]+\sof\s))"
    r"(?P<role>[^,.;:()\u201c\u201d\"]{3,60})(?=[,.;:])"
)


_NAMED_BEHIND = re.compile(r",\s[A-Z]\w+,")


_OF_WHAT = re.compile(r"\s(?:of|at|for|in|with|from|who|that|which|on|and)\s")


class Role(NamedTuple):
    """What a text says somebody is: text[start:end], of which `head` is the word that says it; `of`: the stems of what
    they are it of.
    """

    start: int
    end: int
    head: str
    of: frozenset[str]


def roles_in(text: str) -> Iterator[tuple[Sequence[str], Role]]:
    """The people of a text who are given a role in an apposition, the words of their names, with it."""
    for name in names_in(text):
        if " " not in name.text:
            continue
        match = _APPOSED.match(text, name.end)
        # "At the Harbour Trust, the owner, Anna, said": the role is that of the name behind it.
        if match is not None and not _NAMED_BEHIND.match(text, match.end()):
            role, *rest = _OF_WHAT.split(match["role"])
            words = tokenize(role)
            heads = [stem for word, stem in zip(words.words, words.stems, strict=True) if word not in STOP]
            if heads:
                start = match.start("role")
                of = content(rest[0]) if rest else frozenset[str]()
                yield tokenize(name.text).words, Role(start, start + len(role), heads[-1], of)


_STILL = 4
"""Sentences within which a document may still speak of somebody."""

_LIKE = 4
"""Letters by which "leader" is like "leads"."""


class OtherRole(NamedTuple):
    """A person with another role in the take than in a document."""

    field: FieldName
    take: tuple[int, int]
    document: Document
    place: tuple[int, int]


def other_roles(case: Case) -> Iterator[OtherRole]:
    """People whom the take gives a role that no document gives them, while one gives them another."""
    for field in PROSE:
        for name, role in roles_in(case.text(field)):
            known = [(document, at) for document in case.documents for at in _sentences_of(document, name[-1])]
            said = frozenset(stem for document, at in known for stem in _around(document, at))
            if not known:
                continue
            if any(stem[:_LIKE] == role.head[:_LIKE] for stem in said):
                # A letter gives its writer's first name in its text, and the whole name at its end.
                first = [(document, at) for document, _ in known for at in _sentences_of(document, name[0])]
                elsewhere = _of_somebody_else(case, case.text(field)[role.start : role.end], [*known, *first])
                if elsewhere is not None:
                    yield OtherRole(field, (role.start, role.end), *elsewhere)
                continue
            if role.of & said:
                continue  # another word for the same
            theirs = next(
                (
                    (document, other)
                    for document in dict.fromkeys(document for document, _ in known)
                    for person, other in roles_in(document.text)
                    if person[-1] == name[-1]
                ),
                None,
            )
            if theirs is not None:
                yield OtherRole(field, (role.start, role.end), theirs[0], (theirs[1].start, theirs[1].end))


def _of_somebody_else(
    case: Case, role: str, known: Sequence[tuple[Document, int]]
) -> tuple[Document, tuple[int, int]] | None:
    """Where a document gives a role of two words or more to others, if none does so where it speaks of the person."""
    words = tokenize(role).words
    if len(words) < 2:
        return None
    found = None
    for document in case.documents:
        place = find_words(words, tokenize(document.text))
        if place is None:
            continue
        tokens = tokenize(document.text)
        span = tokens.span(place.first, place.last)
        at = sentence_at(document.text, span[0])
        if any(document is other and abs(at - one) <= _STILL for other, one in known):
            return None
        beside = tokens.spans[max(0, place.first - 2) : place.first] + tokens.spans[place.last + 1 : place.last + 3]
        if any(document.text[start].isupper() for start, _ in beside):
            found = document, span
    return found


def _sentences_of(document: Document, name: str) -> Sequence[int]:
    stems = tokenize(name).stems
    return postings(document.text).get(stems[0], ()) if stems else ()


def _around(document: Document, at: int) -> frozenset[str]:
    """The stems of a sentence and of those beside it."""
    listed = sentences(document.text)
    return frozenset(
        stem for one in range(max(0, at - 1), min(len(listed), at + 2)) for stem in tokenize(listed[one].text).stems
    )

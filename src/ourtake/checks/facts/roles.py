"""FCT007 by code: who says it, who somebody is, and whose name stands in a slot.

Three comparators over a sentence of the take and a close one of a document, and one over all that the documents say of
a person. A role is read from an apposition ("Jane Doe, the treasurer"), from words before a name ("treasurer Jane
Doe"), and from a verb of saying. Pronouns are not followed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ourtake.checks.base import PROSE, Case
from ourtake.checks.evidence import Document
from ourtake.checks.facts.aligner import AROUND, Pair, Words
from ourtake.checks.passages import outlet_names
from ourtake.checks.sentences import postings
from ourtake.documents import FieldName
from ourtake.text.content import STOP
from ourtake.text.names import names_in
from ourtake.text.sentences import sentences
from ourtake.text.tokens import tokenize

SAID = frozenset(
    "say says said argue argues argued claim claims claimed warn warns warned insist insists insisted blame blames "
    "blamed complain complains complained think thinks thought believe believes believed deny denies denied".split()
)
_OF_TEXTS = frozenset(
    "article articl story stori post report piec piece studi study survey paper author writer account column blog guid "
    "page site outlet interview announc document letter law rule it he she they we who that this".split()
)
"""Stems of what is not somebody: a sentence may name the text instead of the speaker in it."""

LEAST_SAID = 3
"""Words of what is said that two sentences share from which they report the same."""


class Said(NamedTuple):
    """A verb of saying with the words that say who speaks, and the stems of what is said."""

    verb: int
    who: tuple[int, ...]
    what: frozenset[str]


def sayings(words: Words) -> Iterator[Said]:
    """Who says what in a sentence: the speaker stands right before the verb or, after a quotation, right behind it."""
    for verb, word in enumerate(words.words):
        if word in SAID:
            before = [at for at in range(max(0, verb - 4), verb) if not words.parted(at, verb)]
            behind = [at for at in range(verb + 1, min(len(words), verb + 5)) if not words.parted(verb, at)]
            for who in (before, behind):
                speaking = tuple(at for at in who if words.content[at])
                if speaking and _is_somebody(words, speaking):
                    others = frozenset(words.stems[at] for at in speaking)
                    yield Said(verb, speaking, words.known - others - {words.stems[verb]})
                    break


def _is_somebody(words: Words, at: Sequence[int]) -> bool:
    """Whether words can be a speaker: a name, or a noun with its article."""
    start, end = words.place(at[0])[0], words.place(at[-1])[1]
    said = words.text[start:end]
    return said[:1].isupper() or (at[0] > 0 and words.words[at[0] - 1] in _ARTICLES)


_ARTICLES = frozenset("the a an its their our one some many two three".split())


def speaker(pair: Pair, case: Case) -> Iterator[tuple[tuple[int, int], tuple[int, int], float]]:
    """Somebody who says what the document lets somebody else say."""
    outlets = frozenset(stem for name in outlet_names(case) for stem in tokenize(name).stems)
    for ours in sayings(pair.take):
        who = frozenset(pair.take.stems[at] for at in ours.who)
        if who & pair.place.known or who & outlets or who & _OF_TEXTS:
            continue
        for theirs in sayings(pair.place):
            others = frozenset(pair.place.stems[at] for at in theirs.who)
            shared = len(ours.what & theirs.what)
            if shared < LEAST_SAID or others & pair.take.known or others & _OF_TEXTS or others & outlets:
                continue
            if not who & pair.nearby() and not _are_one(case, who, others):
                yield (ours.who[0], ours.who[-1]), (theirs.who[0], theirs.who[-1]), float(shared)


def _are_one(case: Case, one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether any sentence of the documents has a word of both: "manager Lotte Brewer"."""
    return any(
        not set(places[left]).isdisjoint(places[right])
        for document in case.documents
        for places in (postings(document.text),)
        for left in one
        for right in other
        if left in places and right in places
    )


def name_in_slot(pair: Pair, case: Case) -> Iterator[tuple[tuple[int, int], tuple[int, int], float]]:
    """A name where the document has another one, between the same words."""
    take, place = pair.take, pair.place
    ours = [run for run in _names(take) if not any(take.stems[at] in place.known for at in range(run[0], run[1] + 1))]
    if not ours or len(pair.shared) < LEAST_SAID + 1:
        return
    theirs = [
        run for run in _names(place) if not any(place.stems[at] in take.known for at in range(run[0], run[1] + 1))
    ]
    for one in ours:
        for other in theirs:
            left = _next(take, one[0], -1) & _next(place, other[0], -1)
            right = _next(take, one[1], 1) & _next(place, other[1], 1)
            near = len(take.around(one[0], AROUND) & place.around(other[0], AROUND))
            alike = abs((one[1] - one[0]) - (other[1] - other[0])) <= 1
            if near >= LEAST_SAID and left and right and alike:
                who = frozenset(take.stems[at] for at in range(one[0], one[1] + 1))
                if not who & pair.nearby() and not _are_one(
                    case, who, frozenset(place.stems[at] for at in range(other[0], other[1] + 1))
                ):
                    yield one, other, float(near)


def _names(words: Words) -> list[tuple[int, int]]:
    """Runs of capitalised words within a sentence: first and last word."""
    found: list[tuple[int, int]] = []
    for at in range(1, len(words)):
        start, end = words.place(at)
        if not words.text[start].isupper() or words.words[at] in _NOBODY or end - start < 4:
            continue
        if found and found[-1][1] == at - 1 and not words.parted(at - 1, at):
            found[-1] = (found[-1][0], at)
        else:
            found.append((at, at))
    return found


_NOBODY = STOP | frozenset(
    "january february march april june july august september october november december monday tuesday wednesday "
    "thursday friday saturday sunday american british federal government internet".split()
)


def _next(words: Words, at: int, step: int) -> frozenset[str]:
    """The stems of the next two words that say something on one side."""
    found = [one for one in range(at + step, at + 5 * step, step) if 0 <= one < len(words) and words.content[one]]
    return frozenset(words.stems[one] for one in found[:2])


_APPOSED = re.compile(
    r",\s(?:[\w\u2019' -]{2,40}?['\u2019]s\s|(?:the|an?|its|their|our|his|her)\s)"
    r"(?P<role>[^,.;:()\u201c\u201d\"]{3,60})(?=[,.;:])"
)


class Role(NamedTuple):
    """What a text says somebody is: text[start:end], of which `head` is the word that says it."""

    start: int
    end: int
    head: str


def roles_in(text: str) -> Iterator[tuple[str, Role]]:
    """The people of a text who are given a role in an apposition, with it. The key is the name's last word."""
    for name in names_in(text):
        if " " not in name.text:
            continue
        match = _APPOSED.match(text, name.end)
        if match is not None:
            role = re.split(r"\s(?:of|at|for|in|with|from|who|that|which|on|and)\s", match["role"])[0]
            words = tokenize(role)
            heads = [stem for word, stem in zip(words.words, words.stems, strict=True) if word not in STOP]
            if heads:
                start = match.start("role")
                yield tokenize(name.text).words[-1], Role(start, start + len(role), heads[-1])


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
            known = [(document, at) for document in case.documents for at in _sentences_of(document, name)]
            said = frozenset(stem for document, at in known for stem in _around(document, at))
            if not known or any(stem[:_LIKE] == role.head[:_LIKE] for stem in said):
                continue
            theirs = next(
                (
                    (document, other)
                    for document in dict.fromkeys(document for document, _ in known)
                    for person, other in roles_in(document.text)
                    if person == name
                ),
                None,
            )
            if theirs is not None:
                yield OtherRole(field, (role.start, role.end), theirs[0], (theirs[1].start, theirs[1].end))


def _sentences_of(document: Document, name: str) -> Sequence[int]:
    stems = tokenize(name).stems
    return postings(document.text).get(stems[0], ()) if stems else ()


def _around(document: Document, at: int) -> frozenset[str]:
    """The stems of a sentence and of those beside it."""
    listed = sentences(document.text)
    return frozenset(
        stem for one in range(max(0, at - 1), min(len(listed), at + 2)) for stem in tokenize(listed[one].text).stems
    )

"""FCT005 by code: opposites, words with a denying prefix, negations, and what can or must be done."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path

from ourtake.checks.base import Case
from ourtake.checks.facts.aligner import Pair, Words
from ourtake.checks.facts.slots import CLOSE, NEGATION, TIMES, Slot, negated
from ourtake.text.parsed import kept

OPPOSITES = Path(__file__).with_name("opposites.tsv")


@cache
def _columns() -> dict[str, tuple[tuple[int, int], ...]]:
    """Each word of opposites.tsv with its lines and columns."""
    found: dict[str, list[tuple[int, int]]] = {}
    for number, line in enumerate(OPPOSITES.read_text(encoding="utf-8").splitlines()):
        if not line.startswith("#"):
            for column, words in enumerate(line.removeprefix("+ ").split("\t")):
                for word in words.split():
                    # A negative number marks what counts only beside the same word.
                    found.setdefault(word, []).append((-number if line.startswith("+") else number, column))
    return {word: tuple(places) for word, places in found.items()}


@kept
def _sides(words: Words) -> list[tuple[int, int, int]]:
    """The words of a sentence that have an opposite: (where, line, column)."""
    known = _columns()
    return [
        (at, *side)
        for at, word in enumerate(words.senses)
        if word in known and (word not in _SPOKEN_OF or _SPOKEN_OF[word](words, at))
        for side in known[word]
    ]


def _in_order(words: Words, at: int) -> bool:
    """Whether "last" is the end of a series: "last year" is the one before this."""
    led = at > 0 and words.words[at - 1] in ("the", "its", "their", "his", "her", "our")
    return led or words.words[at + 1 : at + 2] == () or words.words[at + 1] not in TIMES


def _has_something(words: Words, at: int) -> bool:
    """Whether "with" is not "with nothing" or "with no label"."""
    return NEGATION.isdisjoint(words.senses[at + 1 : at + 2])


_SPOKEN_OF: Mapping[str, Callable[[Words, int], bool]] = {
    "last": _in_order,
    "with": _has_something,
}
"""Words that have an opposite in one of their uses only."""


@kept
def _lines(words: Words) -> frozenset[int]:
    """The lines of the words that have an opposite."""
    return frozenset([line for _, line, _ in _sides(words)])


def opposites(pair: Pair, case: Case) -> Iterator[Slot]:
    """A word for which the document has its opposite in the same slot."""
    if _lines(pair.take).isdisjoint(_lines(pair.place)):
        return
    # A word that both have says nothing: "signed up" in both beside an increase and a decrease.
    ours = [side for side in _sides(pair.take) if pair.take.senses[side[0]] not in pair.place.senses]
    theirs = [side for side in _sides(pair.place) if pair.place.senses[side[0]] not in pair.take.senses] if ours else []
    for at, line, column in ours:
        others = [(place, side) for place, row, side in theirs if row == line]
        if not others or any(side == column for _, side in others):
            continue
        if any(row == line and side != column for _, row, side in ours):
            continue  # the take has both
        close, place = max((pair.close(at, place), place) for place, _ in others)
        near = _beside(pair.take, at, pair.place, place)
        if line < 0 and not near:
            continue
        least = BESIDE if near else CLOSE
        if close >= least and negated(pair.take, at) == negated(pair.place, place):
            yield Slot((at, at), (place, place), close)


BESIDE = 0.9
"""The least closeness of two opposites that have the same word right after or before them."""

_LIKE = 3
"""Letters by which "bidder" is like "bid"."""


def _beside(one: Words, at: int, two: Words, place: int) -> bool:
    """Whether the same word is close after two words, or close before them."""
    return any(
        left == right or (min(len(left), len(right)) >= _LIKE and (left.startswith(right) or right.startswith(left)))
        for step in (1, -1)
        for left in _next(one, at, step)
        for right in _next(two, place, step)
    )


def _next(words: Words, at: int, step: int) -> list[str]:
    """The stems of the next two words in a direction that say something. What a mark parts from "after" is said of
    something else.
    """
    whole = step < 0 and words.words[at] in ("before", "after")
    return [words.stems[one] for one in words.beside(at, step) if not (whole and words.parted(one, at))]


_PREFIX = ("un", "in", "im", "dis", "non", "ir", "sub")


def _forms(word: str) -> list[str]:
    """The word with a prefix that denies it, and without."""
    return [prefix + word for prefix in _PREFIX] + (_without_prefix(word) if len(word) > 6 else [])


def _without_prefix(word: str) -> list[str]:
    return [word.removeprefix(prefix) for prefix in _PREFIX if word.startswith(prefix)]


@kept
def _plain_forms(words: Words) -> frozenset[str]:
    """What is left of the words that begin as a denying prefix does: few words do."""
    return frozenset([form for word in words.words if word.startswith(_PREFIX) for form in _without_prefix(word)])


def prefixed(pair: Pair, case: Case) -> Iterator[Slot]:
    """A word for which the document has the same with a prefix that denies it, or the other way round."""
    if pair.place.has.isdisjoint(_plain_forms(pair.take)) and pair.take.has.isdisjoint(_plain_forms(pair.place)):
        return
    theirs = {word: at for at, word in enumerate(pair.place.words)}
    denied = _plain_forms(pair.place)
    for at, word in enumerate(pair.take.words):
        if len(word) < 4 or word in theirs or not (word in denied or word.startswith(_PREFIX)):
            continue
        place = next((theirs[one] for one in _forms(word) if one in theirs), None)
        close = 0.0 if place is None else pair.close(at, place)
        if place is not None and close >= CLOSE - 1 and negated(pair.take, at) == negated(pair.place, place):
            yield Slot((at, at), (place, place), close)


_DENIES = frozenset(word for word in NEGATION if word in ("not", "never", "cannot") or word.endswith("n't"))


def negation(pair: Pair, case: Case) -> Iterator[Slot]:
    """A word that one of the two denies: the same word follows "not" in one, and nothing denies it in the other."""
    for one, two in ((pair.take, pair.place), (pair.place, pair.take)):
        if one.has.isdisjoint(_DENIES):
            continue
        for at in one.where(_DENIES) if pair.weight >= CLOSE else ():
            if not _SUPPOSING.isdisjoint(one.senses[max(0, at - 7) : at + 12]):
                continue
            for denied in one.following(at, 1, 2):
                found = [where for where, other in enumerate(two.stems) if other == one.stems[denied]]
                plain = not one.words[denied][0].isdigit() and not one.parted(at, denied)
                # What is denied is said of the same: "not call it cheap" says nothing of what is called honest.
                after = next((place for place in one.following(denied, 1, 3) if not one.parted(denied, place)), None)
                plain = plain and (after is None or one.stems[after] in pair.shared)
                if not plain or not found or any(_denied(two, where) for where in found):
                    continue
                around = one.around(denied)
                near, where = max((pair.weigh(around & two.around(where)), where) for where in found)
                if near >= CLOSE:
                    slots = (at, denied), (where, where)
                    yield Slot(*(slots if one is pair.take else slots[::-1]), near)


_SUPPOSING = frozenset("if unless whether until before though although but".split())
"""Beside these "not" says less, or something else: "not until May" is "in May"."""
_DENYING = frozenset(
    "refuse refuses refused deny denies denied lack lacks lacked fail fails failed stop stops stopped prevent prevents "
    "prevented avoid avoids avoided rather instead only few little less hardly barely scarcely seldom rarely".split()
)


def _denied(words: Words, at: int) -> bool:
    """Whether anything near a word denies or weakens it."""
    near = words.senses[max(0, at - 7) : at + 6]
    return any(word in NEGATION or word in _DENYING or word == "only_" for word in near)


_MODALS = {
    "could": ("couldn't", "cannot", "can't"),
    "can": ("cannot", "can't", "couldn't"),
    "will": ("won't",),
    "must": ("mustn't",),
    "may": (),
}


def modal(pair: Pair, case: Case) -> Iterator[Slot]:
    """What one of the two can, will or must, and the other can't: the verb itself may be another."""
    for one, two in ((pair.take, pair.place), (pair.place, pair.take)):
        if one.has.isdisjoint(_MODALS) or not NEGATION.isdisjoint(one.senses) or two.has.isdisjoint(NEGATION):
            continue
        for at in one.where(_MODALS):
            word, denied = one.senses[at], _MODALS[one.senses[at]]
            if not _SUPPOSING.isdisjoint(one.senses[max(0, at - 5) : at]):
                continue
            where = [
                place
                for place, other in enumerate(two.senses)
                if other in denied or (other == word and two.senses[place + 1 : place + 2] == ("not",))
            ]
            plain = [place for place, other in enumerate(two.senses) if other == word and place not in where]
            if not where or plain:
                continue
            around = one.around(at)
            near, place = max((pair.weigh(around & two.around(place)), place) for place in where)
            if near >= CLOSE:
                slots = (at, at), (place, place)
                yield Slot(*(slots if one is pair.take else slots[::-1]), near)

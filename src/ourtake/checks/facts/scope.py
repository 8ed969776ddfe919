"""FCT006, SUP003 and bounds by code: how many a statement covers, what is only, first or largest, and how firmly."""

from __future__ import annotations

from collections.abc import Iterator

from ourtake.checks.base import Case
from ourtake.checks.facts.aligner import LEAST_SHARED, Pair, Words
from ourtake.checks.facts.slots import CLOSE, TIMES, Slot, negated

ALL = frozenset("all every everybody everyone everything always entire entirely whole wholly".split())
NONE = frozenset("none nobody no nothing never neither".split())
SOME = frozenset("some several few many certain various sometimes occasionally part partly hundreds dozens".split())
MOST = frozenset("most mostly largely majority usually generally often nearly".split())
COUNTS = frozenset("half two three four five six seven eight nine ten at_least".split())
_MIDDLE = frozenset("average median typically".split())
"""What holds of many together, and of none alone."""
_SELDOM = frozenset("seldom rarely hardly scarcely".split())
_EXCLUDES = (
    (ALL, NONE | SOME | MOST | COUNTS | _MIDDLE | _SELDOM),
    (NONE, ALL | SOME | MOST | COUNTS | _SELDOM),
    (MOST, NONE | _SELDOM),
    (SOME, NONE),
)
_ONLY = frozenset("only sole solely exclusively".split())
_ALSO = frozenset("single one each both alone just initial initially original originally pioneer".split())
"""What may say the same as "only", "first" or "all"."""
_FIRST = frozenset("first largest biggest greatest highest oldest fastest longest".split())
_EACH = ALL - {"whole", "entire"}
_ADDED = _ONLY | _FIRST | _EACH


def scope(pair: Pair, case: Case) -> Iterator[Slot]:
    """Of how many it is said: all for some, none for some, of the same thing."""
    take, place = pair.take, pair.place
    for ours, theirs in _EXCLUDES:
        if take.has.isdisjoint(ours) or place.has.isdisjoint(theirs):
            continue
        for at in take.where(ours):
            heads = _heads(take, at)
            own = max([len(heads & _heads(place, one)) for one in place.where(ours)], default=0)
            for where in place.where(theirs):
                alike = len(heads & _heads(place, where))
                close = pair.close(at, where) if alike > own else 0.0
                if close >= CLOSE and not (negated(take, at) or negated(place, where)):
                    yield Slot((at, at), (where, where), close, ours)


def _heads(words: Words, at: int) -> frozenset[str]:
    """The stems of what a quantity is of: the next words that say something; none for a time ("every year")."""
    following = words.following(at, 2, 5)
    if following and words.words[following[0]] in TIMES:
        return frozenset()
    return words.stems_of(one for one in following if not words.words[one][0].isdigit())


def added(pair: Pair, case: Case) -> Iterator[Slot]:
    """What is only, first, largest or all in the take, and not in a very close sentence of a document."""
    take, place = pair.take, pair.place
    if pair.share < _VERY_CLOSE or len(pair.shared) <= LEAST_SHARED or pair.field == "headline":
        return
    if take.has.isdisjoint(_ADDED):
        return
    for ours in (_ONLY, _FIRST, _EACH):
        if place.where(ours | _ALSO):
            continue
        for at in take.where(ours):
            if take.words[at] == "first" and not _claims_priority(take, at):
                continue
            if take.words[at] == "only" and _is_few(take, at):
                continue
            heads = [one for one in take.following(at, 1, 2) if take.stems[one] in place.known]
            if heads and not negated(take, at) and take.words[heads[0]] not in TIMES and take.words[heads[0]].isalpha():
                where = place.stems.index(take.stems[heads[0]])
                if pair.close(heads[0], where) >= CLOSE:
                    yield Slot((at, at), (where, where), pair.close(heads[0], where), ours)


def _is_few(words: Words, at: int) -> bool:
    """Whether "only" calls a number small: "only assumes five"; "the only two" is something else."""
    led = at > 0 and words.words[at - 1] in ("the", "its", "their", "his", "her", "our")
    return not led and any(word[0].isdigit() or word in COUNTS for word in words.words[at + 1 : at + 3])


_BEING = frozenset("is are was were be been being become becomes became remain remains remained as".split())


def _claims_priority(words: Words, at: int) -> bool:
    """Whether "first" says that nobody was before: "was the first town to", "became the first". "The first version" and
    "a first step" count parts of one thing.
    """
    before = words.words[max(0, at - 3) : at]
    behind = words.words[at + 1 : at + 5]
    return not _BEING.isdisjoint(before) or "ever" in behind or "to" in behind


_VERY_CLOSE = 0.55

_FIRM = frozenset(
    "prove proves proved proven must always guarantee guarantees guaranteed certainly undoubtedly".split()
)
_WEAK = frozenset(
    "may might could can suggest suggests suggested expect expects expected plan plans planned hope hopes hoped "
    "estimate estimates estimated likely possibly perhaps probably believe believes believed appear appears should "
    "would".split()
)


def strength(pair: Pair, case: Case) -> Iterator[Slot]:
    """What the take says proves, must or always, and a close document only expects, suggests or allows."""
    take, place = pair.take, pair.place
    if take.has.isdisjoint(_FIRM) or place.has.isdisjoint(_WEAK):
        return
    if place.where(_FIRM) or take.where(_WEAK - {"can"}):
        return
    weak = place.where(_WEAK)
    for at in take.where(_FIRM):
        if weak and not negated(take, at):
            where = max(weak, key=lambda one: pair.close(at, one))
            if pair.close(at, where) >= CLOSE:
                yield Slot((at, at), (where, where), pair.close(at, where))


_BOUNDS = {"at_least": 1, "more_than": 1, "over": 1, "above": 1, "exceed": 1, "exceeds": 1, "exceeded": 1,
           "at_most": -1, "less_than": -1, "under": -1, "below": -1, "maximum": -1, "minimum": 1}  # fmt: skip


def bounds(pair: Pair, case: Case) -> Iterator[Slot]:
    """A number that the take gives as the least, and the document as the most, or the other way round."""
    if pair.take.has.isdisjoint(_BOUNDS) or pair.place.has.isdisjoint(_BOUNDS):
        return
    theirs = {number: (at, side) for number, at, side in _bounded(pair.place)}
    for number, at, side in _bounded(pair.take):
        where, other = theirs.get(number, (0, side))
        if other != side:
            yield Slot((at, at), (where, where), pair.close(at, where) + CLOSE)


def _bounded(words: Words) -> Iterator[tuple[str, int, int]]:
    """The numbers that have a bound: the number, where the bound is, and on which side it is."""
    for at in words.where(_BOUNDS):
        side = _BOUNDS[words.senses[at]]
        # "at least 90", "a minimum of 90", "90 or more"
        places = (*range(at + 1, at + 5), *range(at - 1, at - 4, -1))
        # "Under laws more than 100 years old": the number has the bound next to it.
        number = next((one for one in places if 0 <= one < len(words) and words.words[one][0].isdigit()), None)
        if number is not None and any(words.senses[one] in _BOUNDS for one in range(at + 1, number)):
            continue
        if number is not None and not words.parted(min(at, number), max(at, number)):
            yield words.words[number], at, -side if negated(words, at, 1) else side

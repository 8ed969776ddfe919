"""FCT003, FCT004, FCT007 and FCT008 by code: which number, date or name belongs to what, and what caused what.

A number, date or name is attached to the few words around it that no mark parts from it. It is wrong where those words
are around another one in the document, and not around this one.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import NamedTuple

from ourtake.checks.base import Case
from ourtake.checks.facts.aligner import Pair, Words
from ourtake.checks.facts.roles import are_one, is_shortened, name_runs
from ourtake.checks.facts.slots import NEGATION, Slot, negated
from ourtake.text.dates import DAYS, MONTHS
from ourtake.text.parsed import kept

_CAUSE = re.compile(r"\b(?:because(?: of)?|due to|thanks to|as a result of|owing to)\b", re.IGNORECASE)
_EFFECT = re.compile(r"\b(?:led to|leads to|caused|causes|resulted in|which is why)\b", re.IGNORECASE)
_CAUSING = frozenset("because due thanks result owing led leads caused causes resulted which".split())
"""Every match of the two has one of these words."""

LEAST_CROSSED = 1.8
"""What cause and effect share crosswise, in words."""


def cause(pair: Pair, case: Case) -> Iterator[Slot]:
    """The cause of the one is the effect of the other."""
    ours, theirs = _cause_and_effect(pair.take), _cause_and_effect(pair.place)
    if ours is None or theirs is None:
        return
    straight = len(ours[0] & theirs[0]) + len(ours[1] & theirs[1])
    crossed = len(ours[0] & theirs[1]) + len(ours[1] & theirs[0])
    if crossed >= LEAST_CROSSED and crossed >= 2 * straight + 2 and ours[0] & theirs[1] and ours[1] & theirs[0]:
        yield Slot(ours[2], theirs[2], crossed)


@kept
def _cause_and_effect(words: Words) -> tuple[frozenset[str], frozenset[str], tuple[int, int]] | None:
    """The stems of a sentence's cause and of its effect, and the words between them."""
    if words.has.isdisjoint(_CAUSING):
        return None
    for pattern, after in ((_CAUSE, True), (_EFFECT, False)):
        match = pattern.search(words.text)
        if match is None:
            continue
        first = words.at(match.start())
        last = first + len(match[0].split()) - 1
        before, behind = words.stems_between(0, first), words.stems_between(last + 1, len(words))
        return (behind, before, (first, last)) if after else (before, behind, (first, last))
    return None


_YEAR = re.compile(r"(?:19|20)\d\d")
_WORDED = frozenset("half two three four five six seven eight nine ten".split())
_SCALES = _WORDED | frozenset("hundred thousand million billion percent cent per".split())
_MONTHS = frozenset(month.casefold() for month in MONTHS) - {"may"}
_DAYS = frozenset(day.casefold() for day in DAYS)
_DATED = _MONTHS | _DAYS


class Item(NamedTuple):
    """A number, date or name of a sentence, words first to last, with the stems that it is attached to. `carried`: the
    stems that it has across a mark, as "a surplus, after repayments, of 30" or "94 per cent accuracy, and later 95".
    """

    value: tuple[str, ...]
    first: int
    last: int
    around: frozenset[str]
    carried: frozenset[str] = frozenset()


REACH = 4
"""Words on each side that a number, date or name is attached to."""


@kept
def _numbers(words: Words) -> list[Item]:
    worded = words.has & _WORDED
    found = [at for at in _figures(words) if not (_YEAR.fullmatch(words.words[at]) or _is_day(words, at))]
    found = sorted(found + [at for at, word in enumerate(words.words) if word in worded]) if worded else found
    return [Item((words.words[at],), at, at, _attached(words, at, at), _carried(words, at, found)) for at in found]


def _is_day(words: Words, at: int) -> bool:
    """Whether a figure is the day of a month."""
    return not _MONTHS.isdisjoint(words.words[max(0, at - 1) : at + 2])


def _carried(words: Words, at: int, numbers: list[int]) -> frozenset[str]:
    """What a number is attached to across a mark: what a parenthesis, or a participle, parts it from, and what the
    number in the clause before it counts where nothing follows its own.
    """
    start = _clause_start(words, at)
    found = frozenset[str]()
    if start and words.words[start].endswith("ing"):
        found |= words.stems_between(_clause_start(words, start - 1, REACH), start)
    elif start and not any(words.content[start:at]):
        inserted = _clause_start(words, start - 1)
        if inserted and start - inserted <= REACH:
            found |= words.stems_between(_clause_start(words, inserted - 1, REACH), inserted)
    if start and (at + 1 == len(words) or words.parted(at, at + 1)):
        clause = _clause_start(words, start - 1)
        counting = next((one for one in numbers if clause <= one < start), None)
        if counting is not None:
            found |= words.stems_between(counting + 1, min(start, counting + 1 + REACH))
    return found


def _clause_start(words: Words, at: int, most: int = 2 * REACH) -> int:
    """The first word from which no mark parts a word, within a number of words before it."""
    first = words.clause[at]
    return first if first > at - most + 1 else max(0, at - most)


@kept
def _dates(words: Words) -> list[Item]:
    named = words.has & _DATED
    found = [at for at in _figures(words) if _YEAR.fullmatch(words.words[at])]
    found = sorted(found + [at for at, word in enumerate(words.words) if word in named]) if named else found
    return [Item((words.words[at],), at, at, _attached(words, at, at)) for at in found]


@kept
def _names(words: Words) -> list[Item]:
    return [
        Item(words.stems[first : last + 1], first, last, _attached(words, first, last))
        for first, last in name_runs(words, False)
    ]


@kept
def _figures(words: Words) -> list[int]:
    """The words that end with a figure."""
    return [at for at, word in enumerate(words.words) if word[-1].isdigit()]


def _attached(words: Words, first: int, last: int) -> frozenset[str]:
    """What is right before and after some words and says something; no figures."""
    content, listed, clause = words.content, words.words, words.clause
    low, high = max(0, first - REACH, min(first, clause[last])), min(len(listed), last + REACH + 1)
    while high > last + 1 and first < clause[high - 1]:
        high -= 1
    return frozenset(
        [
            words.stems[one]
            for one in (*range(low, first), *range(last + 1, high))
            if content[one] and not listed[one][0].isdigit() and listed[one] not in _SCALES
        ]
    )


CHANGED, IN_PLACE, ELSEWHERE = 0.8, 0.8, 1.8
"""What an item's surroundings share with those of another one at least: where both sentences have both, where the
document's sentence has it, and where it does not.
"""


def _other(pair: Pair, ours: list[Item], theirs: list[Item]) -> Iterator[tuple[Item, Item, float]]:
    """The items of the take that are attached to what the document attaches another one to."""
    here, there = {one.value for one in ours}, {one.value for one in theirs}
    for one in ours:
        own = max(
            [
                pair.weigh(one.around & (other.around | other.carried))
                for other in theirs
                if not set(other.value).isdisjoint(one.value)
            ],
            default=0.0,
        )
        for other in theirs:
            both = pair.weigh(one.around & other.around) if other.value != one.value else 0.0
            least = (CHANGED if other.value in here else IN_PLACE) if one.value in there else ELSEWHERE
            if both < least or both <= 2 * own:
                continue
            rivals = (pair.weigh(third.around & other.around) for third in ours if third.value == other.value)
            if max(rivals, default=0.0) < both:
                yield one, other, both


def number_of_another(pair: Pair, case: Case) -> Iterator[Slot]:
    """A number that the document has for something else, and another one for this."""
    # Those of the document first, which are known from other takes.
    theirs = _numbers(pair.place)
    ours = _numbers(pair.take) if theirs else []
    if not ours:
        return
    values = {one.value for one in ours}
    yield from _crossed(pair, ours, theirs)
    for one, other, close in _other(pair, ours, theirs):
        # Two numbers of one clause ("from 45 to 30") share their surroundings.
        own = [third for third in theirs if third.value == one.value]
        apart = own and all(_parted(pair.place, third.first, other.first) for third in own)
        apart = apart or (not own and close >= ELSEWHERE and other.value in values)
        denied = negated(pair.place, other.first) or not NEGATION.isdisjoint(pair.take.senses)
        if apart and not denied:
            yield Slot((one.first, one.last), (other.first, other.last), close)


LEAST_LEAD = 1.2
"""How much more two numbers that have changed places share crosswise than straight."""


def _crossed(pair: Pair, ours: list[Item], theirs: list[Item]) -> Iterator[Slot]:
    """Two numbers of one clause that have changed places."""
    there = {item.value: item for item in theirs}
    both = [item for item in ours if item.value in there]
    for one, two in itertools.combinations(both, 2):
        three, four = there[one.value], there[two.value]
        crossed = [pair.weigh(one.around & four.around), pair.weigh(two.around & three.around)]
        straight = pair.weigh(one.around & three.around) + pair.weigh(two.around & four.around)
        denied = any(negated(pair.place, item.first) for item in (three, four))
        if one.value != two.value and min(crossed) > 0 and sum(crossed) >= straight + LEAST_LEAD and not denied:
            yield Slot((one.first, one.last), (four.first, four.last), sum(crossed))


def _parted(words: Words, one: int, two: int) -> bool:
    return words.parted(min(one, two), max(one, two))


def date_of_another(pair: Pair, case: Case) -> Iterator[Slot]:
    """A date that the documents have for another event, and another one for this."""
    theirs = _dates(pair.place)
    ours = _dates(pair.take) if theirs else []
    if not ours:
        return
    for one, other, close in _other(pair, ours, theirs):
        if _kind(one) == _kind(other):
            yield Slot((one.first, one.last), (other.first, other.last), close)
    if pair.share < SAME or pair.field == "headline":
        return
    for kind in (_MONTHS, _DAYS):
        here, there = ([one for one in listed if one.value[0] in kind] for listed in (ours, theirs))
        if len(here) == len(there) == 1 and here[0].value != there[0].value:
            yield Slot((here[0].first, here[0].last), (there[0].first, there[0].last), pair.weight)


_STARTS, _STOPS = frozenset(("from", "since", "after")), frozenset(("until", "till", "before"))
"""Words before a date that say what begins with it, and what ends."""


def side_of_date(pair: Pair, case: Case) -> Iterator[Slot]:
    """What lasts until a date, where the document has it begin with that date, or the other way round."""
    take, place = pair.take, pair.place
    for ours, theirs in ((_STARTS, _STOPS), (_STOPS, _STARTS)):
        if take.has.isdisjoint(ours) or place.has.isdisjoint(theirs):
            continue
        there = {item.value: at for item in _dates(place) for at in _before(place, item, theirs)}
        for item in _dates(take):
            for at in _before(take, item, ours):
                if item.value in there and pair.weight >= ELSEWHERE:
                    yield Slot((at, item.last), (there[item.value], there[item.value]), pair.weight, ours)


def _before(words: Words, item: Item, kind: frozenset[str]) -> list[int]:
    """Where a word of a kind is right before a date, with at most a day or an article between."""
    return [at for at in range(max(0, item.first - 2), item.first) if words.words[at] in kind]


SAME = 0.5
"""Share of its weight from which two sentences count as being about the same thing."""


def _kind(item: Item) -> tuple[bool, bool]:
    return item.value[0] in _MONTHS, item.value[0] in _DAYS


def name_of_another(pair: Pair, case: Case) -> Iterator[Slot]:
    """A name in a place where the document has another one."""
    theirs = _names(pair.place)
    for one, other, close in _other(pair, _names(pair.take), theirs) if theirs else ():
        who, whom = frozenset(one.value), frozenset(other.value)
        if who & whom or (not who <= pair.place.known and who & pair.nearby()):
            continue
        if not is_shortened(pair, (one.first, one.last)) and not are_one(case, who, whom):
            yield Slot((one.first, one.last), (other.first, other.last), close)


_UNITS = {
    form: unit
    for unit in ("second", "minute", "hour", "day", "week", "fortnight", "month", "year", "decade", "century")
    for form in (unit, unit + "s", "centuries" if unit == "century" else unit + "s'")
}


def unit_of_time(pair: Pair, case: Case) -> Iterator[Slot]:
    """A number of weeks where the document has as many days."""
    if pair.take.has.isdisjoint(_UNITS) or pair.place.has.isdisjoint(_UNITS):
        return
    ours, theirs = list(_spans(pair.take)), list(_spans(pair.place))
    for number, at in ours:
        units = {_UNITS[pair.place.words[where]] for _, where in theirs}
        if _UNITS[pair.take.words[at]] in units:
            continue
        for other, where in theirs:
            if number == other and pair.near(at, where):
                yield Slot((at, at), (where, where), pair.close(at, where))
                break


def _spans(words: Words) -> Iterator[tuple[str, int]]:
    """The spans of time of a sentence: how many, and where the unit is."""
    for at in range(1, len(words)):
        if words.words[at] not in _UNITS:
            continue
        before = words.words[at - 1]
        if before in _RATES:
            figures = [one for one in words.words[max(0, at - 4) : at - 1] if one[0].isdigit()]
            if figures:
                yield f"{figures[-1]} per", at
        elif words.content[at - 1] or before in ("several", "few"):
            yield before, at


_RATES = ("a", "an", "per", "each", "every")


_RANGING = frozenset(("between", "from"))
_FIGURE = r"[$\u00a3\u20ac]?(?:\d[\d,.]*\d|\d)"
_RANGE = re.compile(rf"\b(?:between|from)\s(?P<low>{_FIGURE})(?:\s[\w]+)?\s(?:and|to)\s(?P<high>{_FIGURE})")
_BOUNDING = frozenset(
    "at_most at_least more_than less_than to from between most least high low highest lowest top peak maximum minimum "
    "many much far over under above below than upwards some cheapest dearest or".split()
)


def end_of_range(pair: Pair, case: Case) -> Iterator[Slot]:
    """One end of a document's range ("between 20 and 30") given as the number."""
    match = _RANGE.search(pair.place.text) if not pair.place.has.isdisjoint(_RANGING) else None
    if match is None:
        return
    place = pair.place
    low, high = place.at(match.start("low")), place.at(match.start("high"))
    figures = {place.words[one]: one for one in range(low, min(len(place), high + 2)) if place.words[one][0].isdigit()}
    here = [at for at, word in enumerate(pair.take.words) if word in figures]
    if len(figures) < 2 or len(here) != 1:
        return
    at = here[0]
    where = figures[pair.take.words[at]]
    if _BOUNDING.isdisjoint(pair.take.senses[max(0, at - 5) : at + 4]) and pair.near(at, where):
        yield Slot((at, at), (where, where), pair.close(at, where))


_FROM_TO = re.compile(
    r"\bfrom\s(?P<low>[$\u00a3\u20ac]?\d[\d,.]*|\w+)(?:\s\w+){0,3}?\sto\s(?P<high>[$\u00a3\u20ac]?\d[\d,.]*|\w+)"
)


def turned_round(pair: Pair, case: Case) -> Iterator[Slot]:
    """What goes "from 15 to 120" where the document has it fall from 120 to 15."""
    match = _FROM_TO.search(pair.take.text) if "from" in pair.take.has else None
    if match is None:
        return
    take, place = pair.take, pair.place
    ends = [_first_number(take, take.at(match.start(name))) for name in ("low", "high")]
    if None in ends:
        return
    low, high = (str(take.words[end or 0]) for end in ends)
    there = {word: at for at, word in enumerate(place.words)}
    if low == high or low not in there or high not in there or there[high] > there[low]:
        return
    before = place.words[max(0, there[low] - 3) : there[low]]
    if "to" in before and "from" not in before:
        yield Slot((take.at(match.start()), ends[1] or 0), (there[high], there[low]), pair.weight)


def _first_number(words: Words, at: int) -> int | None:
    """The number that begins at a word or the one after it."""
    return next(
        (
            one
            for one in (at, at + 1)
            if one < len(words) and (words.words[one][0].isdigit() or words.words[one] in _WORDED)
        ),
        None,
    )


_INTO = frozenset("into as becomes became become".split())
_NEXT = 5
"""Words within which the next one that says something is looked for."""
_PASSIVE = frozenset("by was were been being is are".split())


def exchanged(pair: Pair, case: Case) -> Iterator[Slot]:
    """Who does it to whom, the other way round: A beats B, where the document has B beat A; a witness is turned into a
    defendant.
    """
    take, place = pair.take, pair.place
    there = place.last_of
    for one, two, becomes in _reversals(take):
        if take.stems[one] not in there or take.stems[two] not in there:
            continue
        if becomes:
            first, last = there[take.stems[two]], there[take.stems[one]]
            if 0 < last - first <= 7 and not _INTO.isdisjoint(place.words[first + 1 : last]):
                yield Slot((one, two), (first, last), pair.weight)
        else:
            yield from _beaten(pair, one, two)


@kept
def _reversals(words: Words) -> list[tuple[int, int, bool]]:
    """What a sentence says becomes something else, with what it becomes (True), and a name with the verb between it and
    the next name (False).
    """
    runs = {at: first for first, last in name_runs(words, True) for at in range(first, last + 1)}
    if not runs and words.has.isdisjoint(_INTO):
        return []
    into = [at for at, word in enumerate(words.words) if word in _INTO]
    becoming = {one for at in into for one in range(max(0, at - _NEXT), at) if words.content[one]}
    found = []
    for one in sorted(becoming | runs.keys()):
        for two in words.following(one, 1, _NEXT):
            between = words.words[one + 1 : two]
            if runs.get(one, -1) == runs.get(two, -2):
                continue
            if one in becoming and not _INTO.isdisjoint(between):
                found.append((one, two, True))
            elif one in runs and two not in runs and two + 1 in runs and not between:
                found.append((one, two, False))
    return found


def _beaten(pair: Pair, one: int, verb: int) -> Iterator[Slot]:
    """The names before and after a verb, in the document after and before it."""
    take, place = pair.take, pair.place
    where = place.stems.index(take.stems[verb])
    ahead, behind = place.stems[max(0, where - 5) : where], place.stems[where + 1 : where + 6]
    if not _PASSIVE.isdisjoint((*take.words[verb - 1 : verb + 2], *place.words[max(0, where - 2) : where + 3])):
        return
    crossed = take.stems[one] in behind and take.stems[verb + 1] in ahead
    if crossed and take.stems[one] not in ahead and take.stems[verb + 1] not in behind:
        yield Slot((one, verb + 1), (max(0, where - 1), min(len(place) - 1, where + 1)), pair.weight)

"""What a take's sentence says otherwise than a close sentence of a document: one row a comparator.

Each looks at one kind of slot. It speaks only where the words around the slot are shared, and where no other near
sentence supports the take's own word. `benchmarks/claims.py` measures what each row is worth (docs/checks.md).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from ourtake.checks.base import Case
from ourtake.checks.facts import roles
from ourtake.checks.facts.aligner import Pair, Words
from ourtake.text.parsed import kept

OPPOSITES = Path(__file__).with_name("opposites.tsv")

CLOSE = 2.5
"""How close two slots stand at least (Pair.close)."""


class Slot(NamedTuple):
    """Words first to last (both counted) of the take's sentence that differ from those of the document's."""

    take: tuple[int, int]
    place: tuple[int, int]
    close: float
    alike: frozenset[str] = frozenset()
    """Words that support the take's own, too."""


class Comparator(NamedTuple):
    """`find` yields where a pair differs. `trips` and `passes` are sentences of a take beside the sentence
    `document`.
    """

    name: str
    code: str
    find: Callable[[Pair, Case], Iterator[Slot]]
    trips: str
    passes: str
    document: str


@cache
def _columns() -> dict[str, tuple[tuple[int, int], ...]]:
    """Each word of opposites.tsv with its lines and columns."""
    found: dict[str, list[tuple[int, int]]] = {}
    for number, line in enumerate(OPPOSITES.read_text(encoding="utf-8").splitlines()):
        if not line.startswith("#"):
            for column, words in enumerate(line.removeprefix("+ ").split("\t")):
                for word in words.split():
                    # A negative number marks what counts only before the same word.
                    found.setdefault(word, []).append((-number if line.startswith("+") else number, column))
    return {word: tuple(places) for word, places in found.items()}


@kept
def _sides(words: Words) -> list[tuple[int, int, int]]:
    """The words of a sentence that have an opposite: (where, line, column)."""
    known = _columns()
    return [(at, *side) for at, word in enumerate(words.senses) if word in known for side in known[word]]


_NEGATION = frozenset(
    "not never no none nobody nothing neither nor without cannot hardly isn't aren't wasn't weren't don't doesn't "
    "didn't can't couldn't won't wouldn't hasn't haven't hadn't shouldn't mustn't nowhere".split()
)


def _negated(words: Words, at: int, before: int = 4) -> bool:
    """Whether a negation stands a few words before a word, with no comma between them."""
    return any(
        words.senses[place] in _NEGATION and not words.parted(place, at) for place in range(max(0, at - before), at)
    )


def opposites(pair: Pair, case: Case) -> Iterator[Slot]:
    """A word for which the document has its opposite in the same slot."""
    ours, theirs = _sides(pair.take), _sides(pair.place)
    for at, line, column in ours:
        others = [(place, side) for place, row, side in theirs if row == line]
        if not others or any(side == column for _, side in others):
            continue
        if any(row == line and side != column for _, row, side in ours):
            continue  # the take has both
        close, place = max((pair.close(at, place), place) for place, _ in others)
        if line < 0 and not _next(pair.take, at) & _next(pair.place, place):
            continue
        if close >= CLOSE and _negated(pair.take, at) == _negated(pair.place, place):
            yield Slot((at, at), (place, place), close)


def _next(words: Words, at: int) -> frozenset[str]:
    """The stem of the next word that says something."""
    return frozenset(words.stems[one] for one in words.following(at, 1, 3))


_PREFIX = ("un", "in", "im", "dis", "non", "ir")


def prefixed(pair: Pair, case: Case) -> Iterator[Slot]:
    """A word for which the document has the same with a prefix that denies it, or the other way round."""
    theirs = {word: at for at, word in enumerate(pair.place.words)}
    for at, word in enumerate(pair.take.words):
        if len(word) < 4 or word in theirs:
            continue
        denied = [prefix + word for prefix in _PREFIX] + [
            word.removeprefix(prefix) for prefix in _PREFIX if word.startswith(prefix) and len(word) > 6
        ]
        place = next((theirs[one] for one in denied if one in theirs), None)
        close = 0.0 if place is None else pair.close(at, place)
        if place is not None and close >= CLOSE - 1 and _negated(pair.take, at) == _negated(pair.place, place):
            yield Slot((at, at), (place, place), close)


_DENIES = frozenset(word for word in _NEGATION if word in ("not", "never", "cannot") or word.endswith("n't"))


def negation(pair: Pair, case: Case) -> Iterator[Slot]:
    """A word that one of the two denies: the same word follows "not" in one, and nothing denies it in the other."""
    for one, two in ((pair.take, pair.place), (pair.place, pair.take)):
        for at, word in enumerate(one.senses):
            if word not in _DENIES or len(pair.shared) <= CLOSE:
                continue
            if not _SUPPOSING.isdisjoint(one.senses[max(0, at - 7) : at + 12]):
                continue
            for denied in one.following(at, 1, 2):
                found = [where for where, other in enumerate(two.stems) if other == one.stems[denied]]
                plain = not one.words[denied][0].isdigit() and not one.parted(at, denied)
                if not plain or not found or any(_denied(two, where) for where in found):
                    continue
                near, where = max((len(one.around(denied) & two.around(where)), where) for where in found)
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
    return any(word in _NEGATION or word in _DENYING or word == "only_" for word in near)


ALL = frozenset("all every everybody everyone everything always entire entirely whole wholly".split())
NONE = frozenset("none nobody no nothing never neither".split())
SOME = frozenset("some several few many certain various sometimes occasionally part partly hundreds dozens".split())
MOST = frozenset("most mostly largely majority usually generally often nearly".split())
_COUNTS = frozenset("half two three four five six seven eight nine ten at_least".split())
_EXCLUDES = (
    (ALL, NONE | SOME | MOST | _COUNTS),
    (NONE, ALL | SOME | MOST | _COUNTS),
    (MOST, NONE),
    (SOME, NONE),
)
_TIMES = frozenset("year years month months week weeks day days time times hour hours night morning evening".split())
_ONLY = frozenset("only sole solely exclusively".split())
_ALSO = frozenset("single one each both alone just initial initially original originally pioneer".split())
"""What may say the same as "only", "first" or "all"."""
_FIRST = frozenset("first largest biggest greatest highest oldest fastest longest".split())


def scope(pair: Pair, case: Case) -> Iterator[Slot]:
    """Of how many it is said: all for some, none for some, of the same thing."""
    take, place = pair.take, pair.place
    for ours, theirs in _EXCLUDES:
        for at in (at for at, word in enumerate(take.senses) if word in ours):
            heads = _heads(take, at)
            if not heads or any(word in ours and heads & _heads(place, one) for one, word in enumerate(place.senses)):
                continue
            for where in (where for where, word in enumerate(place.senses) if word in theirs):
                close = pair.close(at, where)
                if (
                    close >= CLOSE
                    and heads & _heads(place, where)
                    and not (_negated(take, at) or _negated(place, where))
                ):
                    yield Slot((at, at), (where, where), close, ours)


def _heads(words: Words, at: int) -> frozenset[str]:
    """The stems of what a quantity is of: the next words that say something; none for a time ("every year")."""
    following = words.following(at, 2, 5)
    if following and words.words[following[0]] in _TIMES:
        return frozenset()
    return frozenset(words.stems[one] for one in following if not words.words[one][0].isdigit())


def added(pair: Pair, case: Case) -> Iterator[Slot]:
    """What is only, first, largest or all in the take, and not in a very close sentence of a document."""
    take, place = pair.take, pair.place
    if pair.share < _VERY_CLOSE or pair.field == "headline":
        return
    for ours in (_ONLY, _FIRST, ALL - {"whole", "entire"}):
        if any(word in ours or word in _ALSO for word in place.senses):
            continue
        for at in (at for at, word in enumerate(take.senses) if word in ours):
            heads = [one for one in take.following(at, 1, 2) if take.stems[one] in place.known]
            if (
                heads
                and not _negated(take, at)
                and take.words[heads[0]] not in _TIMES
                and take.words[heads[0]].isalpha()
            ):
                where = place.stems.index(take.stems[heads[0]])
                if pair.close(heads[0], where) >= CLOSE:
                    yield Slot((at, at), (where, where), pair.close(heads[0], where), ours)


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
    if any(word in _FIRM for word in place.senses) or any(word in _WEAK - {"can"} for word in take.senses):
        return
    weak = [at for at, word in enumerate(place.senses) if word in _WEAK]
    for at in (at for at, word in enumerate(take.senses) if word in _FIRM):
        if weak and not _negated(take, at):
            where = max(weak, key=lambda one: pair.close(at, one))
            if pair.close(at, where) >= CLOSE:
                yield Slot((at, at), (where, where), pair.close(at, where))


_CAUSE = re.compile(r"\b(?:because(?: of)?|due to|thanks to|as a result of|owing to)\b", re.IGNORECASE)
_EFFECT = re.compile(r"\b(?:led to|leads to|caused|causes|resulted in|which is why)\b", re.IGNORECASE)


def cause(pair: Pair, case: Case) -> Iterator[Slot]:
    """The cause of the one is the effect of the other."""
    ours, theirs = _cause_and_effect(pair.take), _cause_and_effect(pair.place)
    if ours is None or theirs is None:
        return
    straight = len(ours[0] & theirs[0]) + len(ours[1] & theirs[1])
    crossed = len(ours[0] & theirs[1]) + len(ours[1] & theirs[0])
    if crossed >= CLOSE and crossed >= 2 * straight + 2 and ours[0] & theirs[1] and ours[1] & theirs[0]:
        yield Slot(ours[2], theirs[2], crossed)


def _cause_and_effect(words: Words) -> tuple[frozenset[str], frozenset[str], tuple[int, int]] | None:
    """The stems of a sentence's cause and of its effect, and the words between them."""
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
_FUNCTION = frozenset("from to of out at by".split())


def crossed_numbers(pair: Pair, case: Case) -> Iterator[Slot]:
    """Two numbers that have changed places: each stands among the words that the document has around the other."""
    take, place = pair.take, pair.place
    ours = {word: at for at, word in enumerate(take.words) if _is_number(word)}
    theirs = {word: at for at, word in enumerate(place.words) if _is_number(word)}
    both = [word for word in ours if word in theirs]
    for one, two in itertools.combinations(both, 2):
        a, b, c, d = (_beside(take, ours[one]), _beside(take, ours[two]), _beside(place, theirs[one]),
                      _beside(place, theirs[two]))  # fmt: skip
        straight, crossed = len(a & c) + len(b & d), len(a & d) + len(b & c)
        denied = any(_negated(place, theirs[word]) for word in (one, two))
        if crossed >= straight + 2 and a & d and b & c and not denied:
            yield Slot((ours[one], ours[one]), (theirs[two], theirs[two]), crossed)


def _is_number(word: str) -> bool:
    return (word[0].isdigit() and not _YEAR.fullmatch(word)) or word in _COUNTS


def _beside(words: Words, at: int) -> frozenset[str]:
    """What stands right before and after a number: words that say something, and "from", "to", "of", "out"."""
    return frozenset(
        words.stems[one]
        for one in range(max(0, at - 3), min(len(words), at + 4))
        if one != at
        and not words.parted(min(one, at), max(one, at))
        and (words.words[one] in _FUNCTION or (words.content[one] and not _is_number(words.words[one])))
    )


def speaker(pair: Pair, case: Case) -> Iterator[Slot]:
    """Somebody who says what the document lets somebody else say."""
    for take, place, close in roles.speaker(pair, case):
        yield Slot(take, place, close + CLOSE)


def name_in_slot(pair: Pair, case: Case) -> Iterator[Slot]:
    """A name where the document has another one, between the same words."""
    for take, place, close in roles.name_in_slot(pair, case):
        yield Slot(take, place, close)


COMPARATORS: Sequence[Comparator] = (
    Comparator("opposite word", "FCT005", opposites,
               "Traffic to the pages of the harbour went down by a tenth.",
               "Traffic to the pages of the harbour grew by a tenth.",
               "Traffic to the pages of the harbour increased by a tenth."),
    Comparator("denying prefix", "FCT005", prefixed,
               "The survey found that the harbour pier was safe for visitors.",
               "The survey found that the harbour pier was not safe for visitors.",
               "The survey found that the harbour pier was unsafe for visitors."),
    Comparator("negation", "FCT005", negation,
               "The harbour board did not approve the new pier for ferries.",
               "The harbour board has approved the new pier for ferries.",
               "The harbour board approved the new pier for ferries."),
    Comparator("quantity of cases", "FCT006", scope,
               "All boats in the harbour use the new pier at night.",
               "Some boats in the harbour use the new pier at night.",
               "Some boats in the harbour use the new pier at night."),
    Comparator("only, first, all added", "FCT006", added,
               "The ferry is the only boat in the harbour with a new engine.",
               "The ferry is a boat in the harbour with a new engine.",
               "The ferry is a boat in the harbour with a new engine."),
    Comparator("firm for weak", "SUP003", strength,
               "The survey proves that the harbour pier sank in the storm.",
               "The survey suggests that the harbour pier sank in the storm.",
               "The survey suggests that the harbour pier sank in the storm."),
    Comparator("cause and effect", "FCT008", cause,
               "The ferry stopped because the storm pier broke its mooring rope.",
               "The mooring rope broke, and because of that the ferry stopped.",
               "The storm pier broke its mooring rope because the ferry stopped."),
    Comparator("crossed numbers", "FCT003", crossed_numbers,
               "Of the 26 boats in the harbour 40 sank in the storm.",
               "Of the 40 boats in the harbour 26 sank in the storm.",
               "Of the 40 boats in the harbour 26 sank in the storm."),
    Comparator("who says it", "FCT007", speaker,
               "The fishermen say that a new pier would cost the harbour a million.",
               "The owner says that a new pier would cost the harbour a million.",
               "The owner says that a new pier would cost the harbour a million."),
    Comparator("name in a slot", "FCT007", name_in_slot,
               "In May the engineer Ada Holm wrote a report on the harbour pier.",
               "In May the engineer Ines Marr wrote a report on the harbour pier.",
               "In May the engineer Ines Marr wrote a report on the harbour pier."),
)  # fmt: skip

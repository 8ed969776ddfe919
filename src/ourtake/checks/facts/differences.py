"""FCT005 to FCT008 and SUP003 by code: what the comparators find in the sentences of a take (comparators.py)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from ourtake.checks.absence import unless_elsewhere
from ourtake.checks.base import ENGLISH, PROSE, Case, Hit
from ourtake.checks.facts.aligner import Pair, pairs
from ourtake.checks.facts.comparators import COMPARATORS, Comparator
from ourtake.checks.facts.roles import other_roles
from ourtake.checks.facts.slots import Slot
from ourtake.checks.passages import label
from ourtake.checks.quotes.attribution import unread_at
from ourtake.checks.quotes.rules import skipped
from ourtake.documents import Evidence, FieldName
from ourtake.text.parsed import kept


class Differing(NamedTuple):
    """A slot in which a sentence of the take differs from one of a document."""

    row: Comparator
    pair: Pair
    slot: Slot

    @property
    def field(self) -> FieldName:
        """The field of the take."""
        return self.pair.field

    @property
    def span(self) -> tuple[int, int]:
        """Where the words are in the take."""
        return self.pair.take.span(self.slot.take[0], self.pair.take.run(self.slot.take[1]))

    @property
    def evidence(self) -> Evidence:
        """The document's words."""
        return self.pair.document.evidence(
            *self.pair.place.span(self.slot.place[0], self.pair.place.run(self.slot.place[1]))
        )


@kept
def differing(case: Case) -> tuple[Differing, ...]:
    """Every difference, of several in one place the one with the closest surroundings."""
    if case.language not in ENGLISH:
        return ()
    best: dict[tuple[str, FieldName, int], Differing] = {}
    for field, sentence, beside in pairs(case):
        for pair in beside:
            for row in COMPARATORS:
                for slot in row.find(pair, case):
                    one = Differing(row, pair, slot)
                    if _is_supported(one, beside) or _is_quoted(case, one):
                        continue
                    key = (row.code, field, slot.take[0] + sentence.start)
                    if key not in best or slot.close > best[key].slot.close:
                        best[key] = one
    return tuple(best.values())


def _is_supported(one: Differing, beside: tuple[Pair, ...]) -> bool:
    """Whether another near sentence has the take's own word in as close surroundings."""
    at = one.slot.take[0]
    take, alike = one.pair.take, one.slot.alike
    sense, stem = take.senses[at], take.stems[at]
    if sense in one.pair.place.senses:
        return False  # it is in both, in other places
    joined = sense != take.words[at]
    return any(
        other is not one.pair
        and any(
            (
                other.place.senses[where] in alike or other.place.senses[where] == sense
                if joined
                else found == stem or other.place.senses[where] in alike
            )
            and other.close(at, where) >= one.slot.close - 1
            for where, found in enumerate(other.place.stems)
        )
        for other in beside
    )


def _is_quoted(case: Case, one: Differing) -> bool:
    return one.field in PROSE and bool(skipped(case, one.field)[one.span[0]])


def by_comparators(code: str) -> Callable[[Case], Iterator[Hit]]:
    """The function of a rule whose findings the comparators of that code make."""

    def rule(case: Case) -> Iterator[Hit]:
        for one in differing(case):
            if one.row.code == code:
                start, end = one.span
                document = one.pair.document
                evidence = one.evidence
                message = f"{label(case, document)} has \u201c{evidence.text}\u201d here."
                hit = Hit(message, one.field, start, end, severity="warning", evidence=(evidence,))
                yield unless_elsewhere(case, hit, unread_at(case, one.field, start, end))
        if code == "FCT007":
            yield from _roles(case)

    return rule


def _roles(case: Case) -> Iterator[Hit]:
    """People with another role than the documents give them."""
    for one in other_roles(case):
        evidence = one.document.evidence(*one.place)
        message = f"{label(case, one.document)} says: {evidence.text}."
        hit = Hit(message, one.field, *one.take, severity="warning", evidence=(evidence,))
        yield unless_elsewhere(case, hit, unread_at(case, one.field, *one.take))

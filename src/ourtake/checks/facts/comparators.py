"""How a sentence of a take differs from a similar one of a document: one row for each comparator.

Each looks at one kind of slot. It speaks only where the words around the slot are shared, and where no other near
sentence supports the take's own word. `benchmarks/claims.py` measures what each row is worth (docs/checks.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from ourtake.checks.base import Case
from ourtake.checks.facts.aligner import Pair
from ourtake.checks.facts.attachments import (
    cause,
    date_of_another,
    end_of_range,
    exchanged,
    name_of_another,
    number_of_another,
    side_of_date,
    turned_round,
    unit_of_time,
)
from ourtake.checks.facts.polarity import modal, negation, opposites, prefixed
from ourtake.checks.facts.roles import name_in_slot, other_person, speaker, subject
from ourtake.checks.facts.scope import added, bounds, scope, strength
from ourtake.checks.facts.slots import Slot


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
    Comparator("can and can't", "FCT005", modal,
               "The ferry could carry both boats of the harbour in a storm.",
               "The ferry could not take both boats of the harbour in a storm.",
               "The ferry couldn't take both boats of the harbour in a storm."),
    Comparator("bound of a number", "FCT005", bounds,
               "The harbour pier takes boats of at most 90 tonnes in a storm.",
               "The harbour pier takes boats of 90 tonnes or more in a storm.",
               "The harbour pier takes boats of at least 90 tonnes in a storm."),
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
    Comparator("number of something else", "FCT003", number_of_another,
               "Of the 26 boats in the harbour 40 sank in the storm.",
               "Of the 40 boats in the harbour 26 sank in the storm.",
               "Of the 40 boats in the harbour 26 sank in the storm."),
    Comparator("date of something else", "FCT004", date_of_another,
               "The harbour pier was opened for visitors in August.",
               "The harbour pier was opened for visitors in March.",
               "The harbour pier was opened for visitors in March, and the ferry sailed in August."),
    Comparator("until for from", "FCT005", side_of_date,
               "The harbour pier is closed to all visitors until Monday.",
               "The harbour pier is closed to all visitors from Monday on.",
               "The harbour pier is closed to all visitors from Monday."),
    Comparator("from one to the other", "FCT005", turned_round,
               "The harbour pier took the wait for the ferry from 15 minutes to 40 minutes.",
               "The harbour pier took the wait for the ferry from 40 minutes to 15 minutes.",
               "The harbour pier cut the wait for the ferry, 40 minutes before, to 15 minutes."),
    Comparator("unit of time", "FCT003", unit_of_time,
               "The owner noticed several weeks later that the harbour pier had sunk.",
               "The owner noticed several days later that the harbour pier had sunk.",
               "The owner noticed several days later that the harbour pier had sunk."),
    Comparator("one end of a range", "FCT003", end_of_range,
               "Owners of boats paid \u00a330 for the harbour pier in May.",
               "Owners of boats paid up to \u00a330 for the harbour pier in May.",
               "Owners of boats paid between \u00a320 and \u00a330 for the harbour pier in May."),
    Comparator("who says it", "FCT007", speaker,
               "The fishermen say that a new pier would cost the harbour a million.",
               "The owner says that a new pier would cost the harbour a million.",
               "The owner says that a new pier would cost the harbour a million."),
    Comparator("who does it", "FCT007", subject,
               "The council owns the ferry pipes, and charges every boat in the harbour.",
               "The trust owns the ferry pipes, and charges every boat in the harbour.",
               "A trust owns the ferry pipes and charges every boat in the harbour. It did so before. It did so again. "
               "It will. The council paid."),
    Comparator("another person", "FCT007", other_person,
               "Bethan Crewe, the engineer of the harbour, proposed a new ferry for the winter.",
               "Adaeze Holm, the engineer of the harbour, proposed a new ferry for the winter.",
               "The engineer of the harbour, Adaeze Holm, proposed a new ferry for the winter. It snowed. It froze. It "
               "thawed. It rained. Bethan Crewe keeps a boat."),
    Comparator("name of something else", "FCT007", name_of_another,
               "At the harbour party Marr was painted and then rewarded.",
               "At the harbour party Holm was painted and then rewarded.",
               "At the harbour party Holm was painted and then rewarded. It snowed. It froze. It thawed. Marr slept."),
    Comparator("who does it to whom", "FCT007", exchanged,
               "Wexmoor Rowers beat Ostley Sculls in the harbour on Saturday.",
               "Ostley Sculls beat Wexmoor Rowers in the harbour on Saturday.",
               "Ostley Sculls beat Wexmoor Rowers in the harbour on Saturday."),
    Comparator("name in a slot", "FCT007", name_in_slot,
               "In May the engineer Ada Holm wrote a report on the harbour pier.",
               "In May the engineer Ines Marr wrote a report on the harbour pier.",
               "In May the engineer Ines Marr wrote a report on the harbour pier."),
)  # fmt: skip

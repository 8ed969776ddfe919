"""When a number or date that is not in the documents, or differs from theirs, is left alone: one table.

`benchmarks/exemptions.py` measures what each row is worth (docs/checks.md), and a test runs both of its examples.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Literal, NamedTuple

from ourtake.checks.base import Case
from ourtake.checks.facts import arithmetic, days, otherwise
from ourtake.checks.facts import number_claims as wording
from ourtake.checks.facts.compare import equal, figures_in
from ourtake.checks.facts.derived import is_derived
from ourtake.checks.facts.index import stated
from ourtake.checks.facts.number_claims import NumberClaim
from ourtake.text.numbers import numbers_between
from ourtake.text.tokens import find_words, tokenize

Effect = Literal["loose", "known", "drop", "soften"]
"""loose: only a document that plainly has another number for the same thing speaks against it; known: it counts as
found; drop: the rules say nothing; soften: they warn.
"""


class Exemption(NamedTuple):
    """`trips` and `passes` are texts of a take over an article with the text `article`: to the first the exemption
    applies; to the second it doesn't, and a rule finds something.
    """

    name: str
    rules: tuple[str, ...]
    effect: Effect
    applies: Callable[[Case, NumberClaim], bool]
    trips: str
    passes: str
    article: str = "The pier is shut."


def _text(case: Case, claim: NumberClaim) -> str:
    return case.text(claim.field)


def _is_reckoned(case: Case, claim: NumberClaim) -> bool:
    other = claim.compared.other
    return arithmetic.is_reckoned(case, _text(case, claim), claim.number, claim.sentence, other=other)


def _is_said_as_well(case: Case, claim: NumberClaim) -> bool:
    """Whether the take's sentence has the document's other number, too: of two shares in a row neither speaks against
    the other.
    """
    other = claim.compared.other
    return (
        claim.compared.same is not None
        and other is not None
        and any(
            one.kind == other.number.kind and equal(one, other.number)
            for one in numbers_between(_text(case, claim), claim.sentence.start, claim.sentence.end)
        )
    )


def _is_the_storys(case: Case, claim: NumberClaim) -> bool:
    """Whether the source's title or blurb has the number, of three figures or more: "700 Strong" is the story's."""
    if not claim.number.digits or claim.number.value < 100:
        return False
    lines = tokenize(f"{case.source.title}\n{case.source.blurb}")
    return find_words(tokenize(claim.number.text).words, lines) is not None


def _is_round(case: Case, claim: NumberClaim) -> bool:
    number = claim.number
    round_one = number.kind in ("count", "quantity") and figures_in(stated(number.text, number.value)) == 1
    return round_one and claim.compared.other is None


EXEMPTIONS = (
    Exemption(
        "number of an item or point",
        ("FCT001",),
        "loose",
        lambda case, claim: wording.numbers_an_item(_text(case, claim), claim.number),
        "Lesson No. 1 is to ask. Lesson No. 2 is to wait.\n\n1. Ask.\n2. Wait.",
        "Boat No. 2 sank.",
    ),
    Exemption(
        "age or hour",
        ("FCT001",),
        "loose",
        lambda case, claim: wording.is_age_or_hour(_text(case, claim), claim.number),
        "Even a nine-year-old knows that it was empty at ten.",
        "The mayor sent nine boats.",
    ),
    Exemption(
        "span from now",
        ("FCT001",),
        "loose",
        lambda case, claim: wording.is_relative(_text(case, claim), claim.number),
        "It opened four years ago.",
        "It took four years.",
    ),
    Exemption(
        "turn of phrase",
        ("FCT001",),
        "loose",
        lambda case, claim: wording.is_idiom(claim.number),
        "The work has doubled, and half the battle is won.",
        "The work is 44 per cent done.",
    ),
    Exemption(
        "with an article",
        ("FCT001",),
        "loose",
        lambda case, claim: wording.has_article(claim.number),
        "There are a thousand ways to do it.",
        "There are a dozen boats in it.",
    ),
    Exemption(
        "order of the text",
        ("FCT001",),
        "loose",
        lambda case, claim: wording.orders_text(claim.number),
        "There are five reasons for it.",
        "There are five boats in it.",
    ),
    Exemption(
        "supposed",
        ("FCT001",),
        "loose",
        lambda case, claim: wording.is_supposed(claim),
        "A storm at night would cost the harbour ten boats.",
        "A storm at night cost the harbour ten boats.",
        "A storm took boats from the harbour at night.",
    ),
    Exemption(
        "date of a document",
        ("FCT004",),
        "known",
        days.is_publication,
        "We wrote about it in May 2024.",
        "We wrote about it in April 2024.",
    ),
    Exemption(
        "month of the nearest document",
        ("FCT004",),
        "known",
        days.is_of_nearest,
        "By May the long wooden pier was shut to boats.\n\nThere is [more of it](a1).",
        "By April the long wooden pier was shut to boats.\n\nThere is [more of it](a1).",
        "The long wooden pier is shut to boats.",
    ),
    Exemption(
        "day of a date",
        ("FCT001",),
        "known",
        lambda case, claim: days.is_day(case, claim.number),
        "On the 19th it closed.",
        "On the 22nd it closed.",
        "It opened on 19 March 2024.",
    ),
    Exemption(
        "span in one word or on a clock",
        ("FCT001",),
        "known",
        lambda case, claim: otherwise.has_span(case, claim.number),
        "The dispute went on for ten years.",
        "The dispute went on for eleven years.",
        "A decade-long dispute shut the pier. The record stands at 2:25.",
    ),
    Exemption(
        "same characters",
        ("FCT001", "FCT004"),
        "known",
        lambda case, claim: otherwise.has_characters(case, claim.number),
        "There are 47 sheds.",
        "There are 49 sheds.",
        "The boat is a Kestrel-47.",
    ),
    Exemption(
        "roughly, in words",
        ("FCT001",),
        "known",
        lambda case, claim: otherwise.has_roughly(case, claim.number),
        "Some two hundred pupils came.",
        "Some three hundred pupils came.",
        "Of the boats 204 were blue.",
    ),
    Exemption(
        "unit abbreviated or converted",
        ("FCT001",),
        "known",
        lambda case, claim: otherwise.has_other_unit(case, _text(case, claim), claim.number),
        "The mast is 81 feet high.",
        "The mast is 91 feet high.",
        "The mast is 24.7 metres high.",
    ),
    Exemption(
        "year or time of a series",
        ("FCT001",),
        "known",
        lambda case, claim: otherwise.has_ordinal(case, claim.number),
        "The fair has been held for 46 years.",
        "The fair has been held for 47 years.",
        "It is the 46th year of the fair.",
    ),
    Exemption(
        "unit left out",
        ("FCT001",),
        "known",
        lambda case, claim: otherwise.has_with_unit(case, claim.number, claim.around),
        "Boats leak: twenty-one.",
        "Boats leak: twenty-two.",
        "Of the boats 21 per cent leak.",
    ),
    Exemption(
        "sum, share or multiple of theirs",
        ("FCT001", "FCT003"),
        "known",
        _is_reckoned,
        "A total of 155 traders stayed.",
        "A total of 157 traders stayed.",
        "Of the 240 traders 85 moved away.",
    ),
    Exemption(
        "worked out in the take",
        ("FCT001", "FCT003"),
        "known",
        lambda case, claim: arithmetic.is_worked_out(_text(case, claim), claim.number, claim.sentence),
        "The ferry carries 19 people a day, and that is 133 a week.",
        "The ferry carries 19 people a day, and that is 153 a week.",
        "The ferry carries 19 people a day.",
    ),
    Exemption(
        "worked out from two numbers or dates of theirs",
        ("FCT001", "FCT003"),
        "known",
        is_derived,
        "Some 35 per cent of the traders of the pier moved away.",
        "Some 45 per cent of the traders of the pier moved away.",
        "Of the 240 traders of the pier 85 moved away.",
    ),
    Exemption(
        "span between two dates",
        ("FCT001",),
        "known",
        days.is_span,
        "It ended in June 2022 and the light came on in May 2024: it was dark for twenty-three months.",
        "It ended in June 2022 and the light came on in May 2024: it was dark for fourteen months.",
        "It ended in June 2022. Rain fell. Fog came. Snow fell. The light came on in May 2024.",
    ),
    Exemption(
        "number of a note",
        ("FCT001",),
        "drop",
        lambda case, claim: wording.is_note(_text(case, claim), claim.number),
        "The pier is shut to all boats [2].",
        "The pier is shut to 2 boats.",
    ),
    Exemption(
        "two or three of something",
        ("FCT001",),
        "drop",
        lambda case, claim: wording.is_pair(claim.number),
        "The mayor saw three boats.",
        "The mayor saw four boats.",
    ),
    Exemption(
        "illustration",
        ("FCT001",),
        "drop",
        wording.is_illustrative,
        "Perhaps a walk with twenty strangers in the rain is better.",
        "The mayor took a walk with twenty strangers in the rain.",
    ),
    Exemption(
        "only supposed",
        ("FCT001", "FCT004"),
        "drop",
        lambda case, claim: wording.is_hypothetical(claim),
        "Suppose a crew of 43 boats came in.",
        "A crew of 43 boats came in.",
    ),
    Exemption(
        "month that no document mentions",
        ("FCT004",),
        "drop",
        wording.is_aside,
        "A child learns to swim in June.",
        "The pier by the harbour was shut to boats in June.",
    ),
    Exemption(
        "also stated",
        ("FCT003",),
        "drop",
        _is_said_as_well,
        "In spring 18% of visitors to the pier came by boat, and 24% of them by train.",
        "In spring 24% of visitors to the pier came by boat.",
        "In spring 18% of visitors to the pier came by boat. Among the crew 24% wore blue.",
    ),
    Exemption(
        "number of the story",
        ("FCT003",),
        "drop",
        _is_the_storys,
        "A crew of 700 looks after the wooden boats of the harbour in winter.",
        "A crew of 800 looks after the wooden boats of the harbour in winter.",
        "A crew of 611 looks after the wooden boats of the harbour in winter.",
    ),
    Exemption(
        "in words, perhaps counted by the writer",
        ("FCT001",),
        "soften",
        lambda case, claim: wording.is_own_count(claim.number),
        "There are fourteen boats in it.",
        "There are 14 boats in it.",
    ),
    Exemption(
        "round",
        ("FCT001",),
        "soften",
        _is_round,
        "The keeper waited 20 years.",
        "The keeper waited 23 years.",
    ),
    Exemption(
        "of oneself",
        ("FCT001", "FCT004"),
        "soften",
        lambda case, claim: wording.is_of_oneself(claim),
        "I have had my boat since 1994.",
        "The mayor has had a boat since 1994.",
    ),
    Exemption(
        "question",
        ("FCT001", "FCT004"),
        "soften",
        lambda case, claim: claim.sentence.text.endswith("?"),
        "Will 43 boats be enough?",
        "It needs 43 boats.",
    ),
    Exemption(
        "year ahead",
        ("FCT004",),
        "soften",
        wording.is_ahead,
        "Boats will moor at the pier in 2040.",
        "The mayor says that boats will moor at the pier in 2040.",
    ),
    Exemption(
        "month without a year",
        ("FCT004",),
        "soften",
        lambda case, claim: (
            claim.dated or not (claim.of_article or any(day.year or day.day for day in claim.number.days))
        ),
        "It was shut in August.",
        "It was shut in August 2019.",
    ),
    Exemption(
        "date of a document not named near it",
        ("FCT004",),
        "soften",
        lambda case, claim: not claim.of_article and days.is_date_of_any(case, claim.number),
        "It was shut in 2024.",
        "It was shut in 2019.",
    ),
    Exemption(
        "day before or after",
        ("FCT004",),
        "soften",
        lambda case, claim: days.is_next_day(case, claim.number, claim.sentence.text),
        "On the morning of 13 March everybody will know.",
        "On the morning of 15 March everybody will know.",
        "A hearing is set for 12 March.",
    ),
)


def grouped(rows: Iterable[Exemption]) -> Mapping[tuple[Effect, str], tuple[Exemption, ...]]:
    """The rows by effect and rule, in order."""
    found: dict[tuple[Effect, str], tuple[Exemption, ...]] = {}
    for row in rows:
        for code in row.rules:
            found[row.effect, code] = (*found.get((row.effect, code), ()), row)
    return found


TABLE = grouped(EXEMPTIONS)


def exemption(case: Case, claim: NumberClaim, code: str, effect: Effect) -> Exemption | None:
    """The first exemption of a rule with this effect that applies to a claim."""
    return next((row for row in TABLE.get((effect, code), ()) if row.applies(case, claim)), None)

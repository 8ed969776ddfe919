"""Faults of numbers, dates and names. A changed value is one that appears in no document."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

from clean_takes import CleanTake
from fault import PROSE, Fault, Kind, document_texts, inserted, plain_spans, replaced, shuffled, text_of

from ourtake.text.numbers import numbers_in

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_WORDS = (
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
    "nineteen twenty thirty forty "
    "fifty sixty seventy eighty ninety"
).split()
_VALUES = (*range(2, 21), 30, 40, 50, 60, 70, 80, 90)
_DIGITS = re.compile(
    r"(?<![\w.,/-])([\u00a3$\u20ac]?)(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?(?![\d/\u2019'-]|[.,]\d|[A-Za-z])"
)
_NUMBER_WORD = re.compile(r"(?<![\w-])(" + "|".join(_WORDS) + r")(?= (?:\w+ ){0,2}?([a-z]{4,}))", re.IGNORECASE)
_MONTH = re.compile(
    r"\b(?:" + "|".join(_MONTHS) + r")\b(?= \d| of |,| \d{4}|$)|(?<=\bin )(?:" + "|".join(_MONTHS) + r")\b"
)
_YEAR = re.compile(r"(?<![\w\u00a3$,.])(?:19|20)\d{2}(?![\w,.]\d)\b")


def _all(case: CleanTake) -> str:
    return " ".join(text for _, text in document_texts(case)) + " " + case.take.summary + " " + case.take.body


def _absent(number: str, everything: str) -> bool:
    bare = number.replace(",", "")
    if re.search(rf"(?<![\d.,])(?:{re.escape(number)}|{re.escape(bare)})(?!\d|[.,]\d)", everything):
        return False
    word = _WORDS[_VALUES.index(int(bare))] if bare.isdigit() and int(bare) in _VALUES else None
    return word is None or not re.search(rf"\b{word}\b", everything, re.IGNORECASE)


def _other(value: float, decimals: int, choice: random.Random) -> str:
    factor = choice.choice((0.6, 0.75, 1.2, 1.35, 1.5, 2.2))
    new = value * factor
    if decimals:
        return f"{new:,.{decimals}f}"
    changed = round(new)
    return f"{changed + (changed == value):,}" if value >= 10 else str(int(value) + choice.choice((2, 3, 4)))


def changed_number(case: CleanTake, choice: random.Random) -> Iterator[Fault]:
    """Digits: counts, money, per cent. Years are dates and left alone."""
    everything = _all(case)
    found = [(field, match) for field in PROSE for match in plain_spans(text_of(case.take, field), _DIGITS)]
    dates = re.compile(r"\s*(?:" + "|".join(_MONTHS) + ")")
    for field, match in shuffled(found, choice):
        text = text_of(case.take, field)
        bare = match[2].replace(",", "")
        before = text[max(0, match.start() - 12) : match.start()]
        dated = dates.match(text, match.end()) or re.search(r"(?:" + "|".join(_MONTHS) + r") $", before)
        if (not match[1] and not match[3] and re.fullmatch(r"(?:19|20)\d\d", match[2])) or dated:
            continue
        new = _other(float(bare + (match[3] or "")), len(match[3] or ".") - 1, choice)
        if _absent(new, everything):
            yield replaced(case, field, match.start(2), match.end(3) if match[3] else match.end(2), by=new)


def changed_number_word(case: CleanTake, choice: random.Random) -> Iterator[Fault]:
    everything = _all(case)
    documents = " ".join(text for _, text in document_texts(case))
    free = [word for word, value in zip(_WORDS, _VALUES, strict=True) if _absent(f"{value}", everything)]
    found = [(field, match) for field in PROSE for match in plain_spans(text_of(case.take, field), _NUMBER_WORD)]
    for field, match in shuffled(found, choice):
        # What the documents don't count as well ("two reasons") is the writer's own count and no fact.
        value = _VALUES[_WORDS.index(match[1].lower())]
        known = re.search(
            rf"(?<![\d.,])\b(?:{match[1]}|{value})\s(?:\w+\s){{0,2}}?{match[2]}\b", documents, re.IGNORECASE
        )
        if known and free:
            new = choice.choice(free)
            yield replaced(
                case, field, match.start(1), match.end(1), by=new.capitalize() if match[0][0].isupper() else new
            )


def number_of_another(case: CleanTake, choice: random.Random) -> Iterator[Fault]:
    """Digits: a number becomes another one of the documents, of the same kind and not three times as large or small."""
    pool = [
        number
        for _, text in document_texts(case)
        for number in numbers_in(text)
        if number.digits and number.kind in ("count", "money", "percent")
    ]
    for field in PROSE:
        text = text_of(case.take, field)
        said = {number.start: number for number in numbers_in(text)}
        for match in shuffled(plain_spans(text, _DIGITS), choice):
            number = said.get(match.start())
            near = [one.value for start, one in said.items() if abs(start - match.start()) < 200]
            others = {
                figure[0]
                for other in pool
                if number is not None
                and (other.kind, other.unit) == (number.kind, number.unit)
                and other.value not in near
                for figure in [_DIGITS.search(other.text)]
                if figure and 1.12 < max(other.value, number.value) / max(1.0, min(other.value, number.value)) < 3
            }
            if others and number is not None and match[0].lstrip("\u00a3$\u20ac") in number.text:
                yield replaced(case, field, match.start(), match.end(), by=choice.choice(sorted(others)))


def invented_number(case: CleanTake, choice: random.Random) -> Iterator[Fault]:
    everything = _all(case)
    for _ in range(20):
        count, rate, money = choice.randint(1101, 98999), choice.randint(11, 97), choice.randint(11, 990)
        options = (
            (f"The bill for it came to \u00a3{money} million in the end.", f"{money}"),
            (f"No fewer than {count:,} people have written in about it.", f"{count:,}"),
            (f"Some {rate} per cent of those affected had never been told.", f"{rate}"),
            (f"It took {money} days from the first letter to the last.", f"{money}"),
            (f"The figure for last year was {rate}.{rate % 10} per cent.", f"{rate}.{rate % 10}"),
            (f"It cost ${count:,}, by all accounts.", f"{count:,}"),
        )
        sentence, number = choice.choice(options)
        if _absent(number, everything):
            start = sentence.index(number)
            yield inserted(case, sentence, choice, span=(start, start + len(number)))


def changed_date(case: CleanTake, choice: random.Random) -> Iterator[Fault]:
    everything = _all(case)
    months = [name for name in _MONTHS if not re.search(rf"\b{name}\b", everything)]
    used = {int(year[5:7]) for year in re.findall(r"\b\d{4}-\d{2}-\d{2}\b", everything)}
    months = [name for name in months if _MONTHS.index(name) + 1 not in used]
    years = [str(year) for year in range(1979, 2025) if str(year) not in everything]
    for field in PROSE:
        text = text_of(case.take, field)
        found = [(match, months) for match in plain_spans(text, _MONTH)] + [
            (match, years) for match in plain_spans(text, _YEAR)
        ]
        for match, others in shuffled(found, choice):
            if others:
                yield replaced(case, field, match.start(), match.end(), by=choice.choice(others))


def invented_date(case: CleanTake, choice: random.Random) -> Iterator[Fault]:
    everything = _all(case)
    for _ in range(20):
        day, month, year = choice.randint(1, 28), choice.choice(_MONTHS), choice.randint(1990, 2023)
        date = choice.choice(
            (f"{day} {month} {year}", f"{month} {day}, {year}", f"{month} {year}", f"the spring of {year}")
        )
        if str(year) not in everything:
            sentence = choice.choice(
                (f"The first complaint was made on {date}.", f"Nothing was heard of it after {date}.")
            )
            sentence = sentence.replace(" on the spring", " in the spring").replace(
                f" on {month} {year}", f" in {month} {year}"
            )
            start = sentence.index(date)
            yield inserted(case, sentence, choice, span=(start, start + len(date)))


_NAMES = {
    "person": (
        "Harriet Pennefather",
        "Oleg Brankovic",
        "Dr Yasmin Tolliver",
        "Septimus Okonjo",
        "Marguerite Dalby-Voss",
        "Kofi Lindgren",
    ),
    "body": (
        "the Galloway Institute",
        "Brightwater Analytics",
        "the National Audit Forum",
        "Corvane Holdings",
        "the Tamarind Fund",
        "OKRA Ltd",
    ),
    "place": ("Brackenmoor", "Lower Wistan", "Port Halcyon", "Zarzuela County", "Kettlebridge", "East Fendale"),
    "product": ("VoltSense Pro", "the Quillon 4", "DraftPilot", "ClearSort", "Hearthline", "the Moxbury scanner"),
}
_FRAMES = {
    "person": (
        "{} has made the same point in print.",
        "It was {} who first asked for the figures.",
        "We put this to {}, who agreed.",
    ),
    "body": (
        "A study by {} came to the same view.",
        "Much of the money went through {}.",
        "According to {}, the practice is common.",
    ),
    "place": (
        "The same thing happened in {} not long ago.",
        "People in {} would recognise all of it.",
        "It was tried at {} before.",
    ),
    "product": (
        "Most of the work is now done by {}.",
        "They had bought {} and were using it for this.",
        "It began when {} was installed.",
    ),
}


def _invented(kind: str) -> object:
    def seeder(case: CleanTake, choice: random.Random) -> Iterator[Fault]:
        everything = _all(case)
        for name in shuffled(list(_NAMES[kind]), choice):
            sentence = choice.choice(_FRAMES[kind]).format(name)
            start = sentence.index(name) + (4 if name.startswith("the ") else 0)
            if name.split()[-1] not in everything:
                yield inserted(
                    case, sentence[0].upper() + sentence[1:], choice, span=(start, sentence.index(name) + len(name))
                )

    return seeder


def changed_name(case: CleanTake, choice: random.Random) -> Iterator[Fault]:
    """The surname of somebody in the documents becomes another."""
    everything = " ".join(text for _, text in document_texts(case))
    for match in shuffled(
        plain_spans(case.take.body, re.compile(r"(?<=[a-z,] )([A-Z][a-z]+ )([A-Z][a-z]{3,})\b")), choice
    ):
        others = [
            name
            for name in ("Tolliver", "Brankovic", "Hesketh", "Okonjo", "Dalby", "Lindgren")
            if name not in everything
        ]
        if match[0] in everything:
            yield replaced(case, "body", match.start(), match.end(), by=match[1] + choice.choice(others))


def claimed(case: CleanTake, choice: random.Random) -> Iterator[Fault]:
    """Something that the source is made to say and does not."""
    outlet = case.source.outlet
    for claim in shuffled(
        [
            f"{outlet} reports that the mayor has resigned over the affair.",
            f"According to {outlet}, the company was warned by its own lawyers and ignored them.",
            f"{outlet} says that a parliamentary inquiry will open after the holidays.",
            f"As {outlet} tells it, the engineers were paid to keep quiet about the flooding.",
        ],
        choice,
    ):
        yield inserted(case, claim, choice)


KINDS = (
    Kind("changed number, digits", ("FCT003", "FCT001"), 0.98, changed_number),
    Kind("changed number, words", ("FCT003", "FCT001"), 0.98, changed_number_word),
    Kind("number of another thing", ("FCT003", "FCT001"), 0.98, number_of_another),
    Kind("invented number", ("FCT001", "FCT003"), 0.98, invented_number),
    Kind("changed date", ("FCT004", "FCT003", "FCT001"), 0.95, changed_date),
    Kind("invented date", ("FCT004", "FCT003", "FCT001"), 0.95, invented_date),
    *(Kind(f"invented {kind}", ("FCT002",), 0.95, _invented(kind)) for kind in _NAMES),  # type: ignore[arg-type]
    Kind("changed surname", ("FCT002",), 0.95, changed_name),
    Kind("claim the source does not make", ("SUP001", "SUP002"), 0.90, claimed),
)

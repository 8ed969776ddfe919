"""Units of measure folded to one base each, and the words that say what a count counts."""

from __future__ import annotations

import re
from typing import NamedTuple

from ourtake.text.stemming import stem


class Unit(NamedTuple):
    """A unit: the base it is measured in, how many bases it is, and how many characters its name took in the text."""

    base: str
    factor: float
    length: int = 0


_TABLE = (
    ("metre", 1, "m metre metres meter meters"),
    ("metre", 1000, "km kilometre kilometres kilometer kilometers"),
    ("metre", 0.01, "cm centimetre centimetres centimeter centimeters"),
    ("metre", 0.001, "mm millimetre millimetres millimeter millimeters"),
    ("mile", 1, "mile miles mi"),
    ("foot", 1, "foot feet ft"),
    ("inch", 1, "inch inches"),
    ("watt", 1, "watt watts w"),
    ("watt", 1e3, "kw kilowatt kilowatts"),
    ("watt", 1e6, "mw megawatt megawatts"),
    ("watt", 1e9, "gw gigawatt gigawatts"),
    ("watt-hour", 1e3, "kwh kilowatt-hour kilowatt-hours"),
    ("watt-hour", 1e6, "mwh megawatt-hour megawatt-hours"),
    ("watt-hour", 1e9, "gwh gigawatt-hour gigawatt-hours"),
    ("watt-hour", 1e12, "twh terawatt-hour terawatt-hours"),
    ("gram", 1, "g gram grams gramme grammes"),
    ("gram", 1e3, "kg kilo kilos kilogram kilograms kilogramme kilogrammes"),
    ("gram", 1e6, "t tonne tonnes"),
    ("ton", 1, "ton tons"),
    ("litre", 1, "litre litres liter liters l"),
    ("gallon", 1, "gallon gallons"),
    ("byte", 1, "byte bytes"),
    ("byte", 1e3, "kb kilobyte kilobytes"),
    ("byte", 1e6, "mb megabyte megabytes"),
    ("byte", 1e9, "gb gigabyte gigabytes"),
    ("byte", 1e12, "tb terabyte terabytes"),
    ("byte", 1e15, "pb petabyte petabytes"),
    ("byte", 1e18, "eb exabyte exabytes"),
    ("hectare", 1, "hectare hectares ha"),
    ("acre", 1, "acre acres"),
    ("degree", 1, "degree degrees \u00b0 \u00b0c \u00b0f"),
    ("second", 1, "second seconds sec secs"),
    ("second", 60, "minute minutes min mins"),
    ("second", 3600, "hour hours hr hrs"),
    ("day", 1, "day days"),
    ("day", 7, "week weeks"),
    ("month", 1, "month months"),
    ("month", 12, "year years yr yrs"),
    ("month", 120, "decade decades"),
    ("mph", 1, "mph"),
    ("times", 1, "times"),
    ("hertz", 1e6, "mhz"),
    ("hertz", 1e9, "ghz"),
)
UNITS = {name: Unit(base, float(factor)) for base, factor, names in _TABLE for name in names.split()}
"""A unit's name, in lower case -> the unit. One-letter names count only straight after a figure."""

_NAME = re.compile(r"(\sof\san?\s|[\s-]?)([^\W\d_]+(?:-hours?)?|\u00b0[CF]?)(?![^\W_])")
_NEXT = re.compile(r"[\s-]+([^\W\d_][\w'\u2019]*)")
_STOP = frozenset(
    "of the a an and or to in on at by for from with as is are was were be been has have had will would can could "
    "than that which who it its he she they we you this these those but not so if when while after before out per "
    "each more less fewer most over under into about up down there then also only just both all".split()
)
_PLAIN = frozenset(
    "new more other different large small big old major local additional further public separate whole full main good "
    "great same single key early late long short high low recent possible current former next last first second many "
    "such few several own very".split()
)


def unit_of(text: str, end: int) -> Unit | None:
    """The unit that follows a number ending at `end`: "5 km", "5km", "five-week", "0.4 of a mile"."""
    match = _NAME.match(text, end)
    if not match:
        return None
    unit = UNITS.get(match[2].casefold())
    if unit is None or (len(match[2]) == 1 and (match[1] or match[2] not in "mgtWlw\u00b0")):
        return None
    return unit._replace(length=match.end() - end)


def counted(text: str, end: int) -> tuple[str, ...]:
    """Stems of up to three words after a number that can say what it counts, in order; none if a stop or a small
    word comes first.
    """
    found: list[str] = []
    while len(found) < 3 and (match := _NEXT.match(text, end)):
        word = match[1].casefold()
        if word in _STOP:
            break
        found.append(stem(word.replace("\u2019", "'")))
        end = match.end()
    distinctive = [word for word in found if word not in _PLAIN]
    return tuple(distinctive or found)

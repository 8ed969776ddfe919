"""The values of the numbers in a text that is not in English, however they are written there: "1.438", "1 438,50",
"1,4 Millionen", "deux milliards", "douze", "02/05". What they count, and their units, is not read.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

from ourtake.intake.date_words import MONTHS
from ourtake.text.parsed import kept

_NAMED = (*range(2, 21), *range(30, 100, 10), 100, 1000)
_WORDS = {
    "de": "zwei drei vier funf sechs sieben acht neun zehn elf zwolf dreizehn vierzehn funfzehn sechzehn siebzehn "
    "achtzehn neunzehn zwanzig dreißig vierzig funfzig sechzig siebzig achtzig neunzig hundert tausend",
    "fr": "deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit "
    "dix-neuf vingt trente quarante cinquante soixante soixante-dix quatre-vingts quatre-vingt-dix cent mille",
    "es": "dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciseis diecisiete "
    "dieciocho diecinueve veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa cien mil",
    "it": "due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici sedici "
    "diciassette diciotto diciannove venti trenta quaranta cinquanta sessanta settanta ottanta novanta cento mille",
    "pt": "dois tres quatro cinco seis sete oito nove dez onze doze treze catorze quinze dezasseis dezassete dezoito "
    "dezanove vinte trinta quarenta cinquenta sessenta setenta oitenta noventa cem mil",
    "nl": "twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien zeventien "
    "achttien negentien twintig dertig veertig vijftig zestig zeventig tachtig negentig honderd duizend",
}
"""The words for _NAMED in each language, in small letters without accents."""

_FIGURE = r"\d{1,3}(?:[.'\u2019 \u00a0\u2009\u202f]\d{3})+(?!\d)(?:,\d+)?|\d+,\d+|\d+"
_VALUE = re.compile(rf"({_FIGURE})|[^\W\d_]+(?:-[^\W\d_]+)*")
_SCALE = re.compile(r"[\s\u00a0]?(?:de )?([^\W\d_]+)")
_MILLION, _BILLION = ("mio", "milli", "millo", "milio", "milh", "miljo"), ("mrd", "milliard", "miliard", "miljard")
_MONTHS = {name: number for name, number in MONTHS.items() if len(name) > 3 or name in ("mai", "mei")}
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")


class Value(NamedTuple):
    """A number of a text; `scaled`: with the word after it ("1,4 Millionen"), else the same.

    `dated`: a year or month.
    """

    start: int
    end: int
    value: float
    scaled: float
    dated: bool = False


def _folded(text: str) -> str:
    """Small letters without accents, as many as there were characters."""
    return "".join(_plain(one) for one in text)


@cache
def _plain(letter: str) -> str:
    first = unicodedata.normalize("NFD", letter)[:1].lower()
    return first if len(first) == 1 else letter


@cache
def _names(language: str) -> Mapping[str, int]:
    return dict(zip(_WORDS.get(language, "").split(), _NAMED, strict=False))


@kept
def values_in(text: str, language: str) -> tuple[Value, ...]:
    """The numbers of a text in order; a month's name is 1 to 12."""
    return tuple(_values(_folded(text), _names(language)))


@kept
def values_of(text: str, language: str) -> frozenset[float]:
    """The values of the numbers of a text, with and without the words that multiply them."""
    return frozenset(value for one in values_in(text, language) for value in (one.value, one.scaled))


def _values(plain: str, names: Mapping[str, int]) -> Iterator[Value]:
    for found in _VALUE.finditer(plain):
        said = found[0]
        if found[1]:
            value = float(re.sub(r"[^\d,]", "", said).replace(",", "."))
        elif said in names:
            value = float(names[said])
        elif said in _MONTHS:
            yield Value(found.start(), found.end(), _MONTHS[said], _MONTHS[said], dated=True)
            continue
        else:
            continue
        year = _YEAR.fullmatch(said) is not None
        yield Value(found.start(), found.end(), value, value * _scale(plain, found.end()), year)


def _scale(plain: str, end: int) -> float:
    """What the word after a figure multiplies it by."""
    match = _SCALE.match(plain, end)
    word = match[1] if match else ""
    if word.startswith(_BILLION):
        return 1e9
    if word.startswith(_MILLION):
        return 1e6
    return 1e3 if word in ("mil", "mille", "mila", "tausend", "duizend") else 1.0

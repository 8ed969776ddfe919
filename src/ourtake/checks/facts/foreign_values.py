"""The values of the numbers in a text that is not in English, however they are written there: "1.438", "1 438,50",
"1,4 Millionen", "deux milliards", "douze", "02/05". What they count, and their units, is not read.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

from ourtake.text.date_words import MONTHS
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
_SCALE = re.compile(r"[\s\u00a0]?(?:de )?((?:mil )?[^\W\d_]+\u20ac?)")
_SCALES = {
    1e3: "mil mille mila tausend duizend tsd t\u20ac k\u20ac",
    1e6: "mio mill mln milj m\u20ac million millionen millions millon millones milione milioni milhao milhoes miljoen",
    1e9: "mrd mld md\u20ac mds\u20ac milliarde milliarden milliard milliards miliardo miliardi miljard bilhao bilhoes",
}
_SCALE_OF = {word: scale for scale, words in _SCALES.items() for word in words.split()}
_SCALE_OF |= {f"mil {word}": 1e9 for word in ("millones", "milhoes")}
"""What a word multiplies a number by, whole words only: not "Millimeter"."""

_ONE = frozenset("ein eine einer einem einen un uno una um uma een".split())
"""The article, which is a number before a word that multiplies: "eine Million"."""

_SHARED = re.compile(r"(?:,|\s?[-\u2013]|\s(?:bis|und|oder|auf|a|et|ou|y|o|e|tot|en|of|naar|para))[\s\u00a0]?")
"""Between numbers that the word after the last one multiplies as well: "2 bis 3 Millionen"."""

_MONTHS = {name: number for name, number in MONTHS.items() if len(name) > 3 or name in ("mai", "mei")}
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")


class Value(NamedTuple):
    """A number of a text; `scaled`: with the word after it ("1,4 Millionen"), else the same. `shared`: with the word
    that a number after it has, as the 2 of "2 bis 3 Millionen".

    `dated`: a year or month.
    """

    start: int
    end: int
    value: float
    scaled: float
    shared: float
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
    plain = _folded(text)
    found = list(_values(plain, _names(language)))
    for at in range(len(found) - 2, -1, -1):
        one, two = found[at : at + 2]
        shares = two.shared != two.value and one.scaled == one.value and not one.dated
        if shares and _SHARED.fullmatch(plain, one.end, two.start):
            found[at] = one._replace(shared=one.value * two.shared / two.value)
    return tuple(found)


@kept
def values_of(text: str, language: str) -> frozenset[float]:
    """The values of the numbers of a text, multiplied by the words after them."""
    return frozenset(value for one in values_in(text, language) for value in (one.scaled, one.shared))


def _values(plain: str, names: Mapping[str, int]) -> Iterator[Value]:
    for found in _VALUE.finditer(plain):
        said = found[0]
        if found[1]:
            value = float(re.sub(r"[^\d,]", "", said).replace(",", "."))
        elif said in names:
            value = float(names[said])
        elif said in _ONE and _scale(plain, found.end()) > 1:
            value = 1.0
        elif said in _MONTHS:
            month = _MONTHS[said]
            yield Value(found.start(), found.end(), month, month, month, dated=True)
            continue
        else:
            continue
        scaled = value * _scale(plain, found.end())
        yield Value(found.start(), found.end(), value, scaled, scaled, _YEAR.fullmatch(said) is not None)


def _scale(plain: str, end: int) -> float:
    """What the word after a figure multiplies it by."""
    match = _SCALE.match(plain, end)
    if match is None:
        return 1.0
    said = match[1]
    return _SCALE_OF.get(said) or _SCALE_OF.get(said.split()[0].rstrip("\u20ac"), 1.0)

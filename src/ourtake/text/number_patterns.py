"""The patterns by which numbers.py finds numbers and what stands around them."""

from __future__ import annotations

import re

from ourtake.text.dates import DATE
from ourtake.text.number_words import FRACTION, ORDINAL, RATIO, WORD_NUMBER

THIN = "\\u00a0\\u2007\\u2009\\u202f"
"""Spaces that never part two numbers, as they stand in a pattern."""

_LABELS = (
    "page room step rule part item line week year aged unit book volume chapter section article table figure level "
    "route number"
).split()
_NO_LABEL = "".join(rf"(?<!\b{label} )" for label in _LABELS)
# By thin spaces or apostrophes, or by plain spaces where what follows can't be a second number: three digits, and no
# group of another style after.
_SPACED = (
    rf"(?:[1-9]\d{{0,2}}(?:[{THIN}'\u2019]\d{{3}})+|{_NO_LABEL}[1-9]\d{{0,2}}(?: \d{{3}})+)"
    r"(?!\d|[,.]\d{3}(?!\d))(?:\.\d+|,\d+)?"
)
# "1.234,5" and "1.234.567": the point parts groups where a comma or a second point shows it. A lone "1.234" may be
# either and stays a decimal.
_POINTED = r"\d{1,3}(?:(?:\.\d{3})+,\d+|(?:\.\d{3}){2,})(?!\d|[,.]\d)"
_COMMA_DECIMAL = r"\d+,\d{1,2}(?!\d|[,.]\d)"
FIGURE = rf"(?:{_SPACED}|{_POINTED}|{_COMMA_DECIMAL}|\d{{1,3}}(?:[,{THIN}]\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?)"
"""A number in figures, whatever parts its groups: "7,310", "7 310", "7'310", "1.234,5"."""

POINTED = re.compile(_POINTED)
COMMA_DECIMAL = re.compile(rf"[^,]*,\d{{1,2}}|(?:\d+[{THIN} '\u2019])+\d{{3}},\d+")
_SCALE = r"(?:\+?\s?-?(?i:hundred|thousand|million|billion|trillion)\b|\s?(?:bn|tn|mn|mln|[kKmMbB])\b)"
_SIGN = r"(?:(?:US|A|AU|C|CA|NZ|HK|S)?\$|[\u00a3\u20ac\u00a5]|\b(?:USD|GBP|EUR|JPY|CHF|AUD|CAD)\s?)"
_SKIP = (
    r"https?://\S+|\bwww\.\S+|\bv\d+(?:\.\d+)*\b|\b\d+(?:\.\d+){2,}\b|\+\d[\d\s().-]{6,}\d|\(\d{3}\)\s?\d{3}-\d{4}|"
    r"\b\d{3}-\d{3}-\d{4}\b|\b\d{3}-\d{4}\b"
    rf"|\b(?i:(?:half|quarter)\s(?:past|to)\s{WORD_NUMBER})\b"
    r"|\bFourth\sof\sJuly\b"
    r"|\b24/7\b|\b9/11\b|\b50[/-]50\b|\b360[- ]degree\b|\b\d\d(?:st|nd|rd|th)[- ]centur(?:y|ies)\b|\bone[- ]on[- "
    r"]one\b|\b20/20\b|\bcatch-22\b"
    r"|\b(?!(?i:mid|pre|post|late|early|circa|since|from|and|to)[-\u2013]|FY|US\$|AU?\$|CA?\$|NZ\$|HK\$|S\$|USD|GBP|"
    r"EUR|JPY|CHF|AUD|CAD)"
    r"[^\W\d_]+[-\u2011]?\d(?:[\w.-]*\w)?|\b\d+[^\W\d_]+\d\w*|\b\d+(?![KMBW])[A-Z]\b"
    r"|[#\u2116]\d+|\b[^\W\d_]\d\b"
)
_WORDED = rf"(?i:{WORD_NUMBER})"
_ANY = rf"(?:{FIGURE}{_SCALE}?|{_WORDED})"
NUMBER = re.compile(
    rf"(?P<skip>{_SKIP})"
    rf"|{DATE}"
    rf"|(?P<ratio>\b{RATIO})"
    rf"|(?P<hour>\b(?:1[0-2]|[1-9]|{_WORDED})(?=\s(?:in\sthe\s(?:morning|afternoon|evening)|at\snight|"
    rf"o['\u2019]clock)\b))"
    rf"|(?P<time>\b(?:[01]?\d|2[0-3])[:.][0-5]\d\s?(?:[ap]\.?m\b\.?)|\b(?:[01]?\d|2[0-3]):[0-5]\d\b|\b(?:1[0-2]|"
    rf"0?[1-9])\s?[ap]\.?m\b\.?)"
    rf"|(?P<sign>{_SIGN})(?P<money>{FIGURE}){_SCALE}?"
    rf"|(?P<fraction>\b(?i:{FRACTION})|[\u00bc\u00bd\u00be\u2153\u2154])"
    rf"|(?P<ordinal>\b\d+(?:,\d{{3}})*(?:st|nd|rd|th)\b|\b(?i:{ORDINAL})\b(?![- ]centur))"
    rf"|(?P<figure>(?<![\w.,])[-\u2212]?{FIGURE}){_SCALE}?(?=(?P<rest>[-\s]?[%\w\u00b0\u00a2\u2030]*))"
    rf"|\b(?P<word>{_WORDED})\b"
    r"|\b(?P<fold>(?i:(?:doubl|trip|treb|quadrup)l?(?:ed|es|ing)|(?:double|triple|treble|quadruple)(?=\s(?:the|its|"
    r"their|his|her|our|as)\b)))\b"
)
ARTICLE = re.compile(r"(?:\sof)?(?:\sall)?\s(?:the|its|their|his|her|our|those|these)\b|\sof\b")
FIGURES = re.compile(r"[\d$\u00a3\u20ac\u00a5\u00bc-\u00be\u2153\u2154]")
"""A character that belongs to a number."""

FIRST_WORDS = tuple(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen twenty thirty forty "
    "fifty sixty seventy eighty ninety half double doubled doubles doubling triple tripled triples tripling treble "
    "trebled trebles trebling "
    "quadruple quadrupled quadruples quadrupling".split()
)
"""Words with which a number begins, in lower case."""

INNER_WORDS = tuple(
    "nineteen twenties thirties forties fifties sixties seventies eighties nineties hundred thousand million billion "
    "trillion dozen third thirds "
    "quarter quarters fourth fourths fifth fifths sixth sixths seventh sevenths eighth eighths ninth ninths tenth "
    "tenths january february march "
    "april may june july august september october november december".split()
)
"""Words before which one to three of a number's or date's may stand: "a third", "early in May", "the nineteen
twenties".
"""

LEADS = frozenset(
    "january february march april may june july august september october november december jan feb mar apr jun jul aug "
    "sep sept oct nov dec of usd "
    "gbp eur jpy chf aud cad".split()
)
"""Words that can stand before a figure and belong to its date or sum: "Sept. 2019", "Jan of 2019", "GBP 5"."""

AFTER = re.compile(
    r"\s?(?:%|\u2030)|[\s-]?(?:per\s?cent|percent|pct)\b(?:age[\s-]points?)?|[\s-]percentage[\s-]points?\b|\s?(?:pp|"
    r"pc)\b",
    re.IGNORECASE,
)
CURRENCY_AFTER = re.compile(
    r"[\s-](?:(?:US|American|Canadian|Australian)\s)?(dollars?|pounds?|euros?|yen|cents?|pence|pennies|francs?)\b|(p|c|"
    r"\u00a2)\b(?!\.\w)",
    re.IGNORECASE,
)
CURRENCIES = {
    "dollar": "$",
    "pound": "\u00a3",
    "euro": "\u20ac",
    "yen": "\u00a5",
    "franc": "CHF",
    "usd": "$",
    "gbp": "\u00a3",
    "eur": "\u20ac",
    "jpy": "\u00a5",
}
ABOUT = re.compile(
    r"\b(?:(?<!heard )(?<!hear )(?<!written )(?<!wrote )(?<!asked )(?<!talked )about|around|roughly|approximately|some|"
    r"nearly|"
    r"almost|close to|circa|or so|an estimated|approx\.?|just (?:over|under)|~)\s*(?:the\s)?$",
    re.I,
)
OVER = re.compile(
    r"\b(?:more than|over|above|at least|upwards of|exceeding|no fewer than|no less than)\s*$", re.IGNORECASE
)
UNDER = re.compile(
    r"\b(?:less than|fewer than|under|below|at most|up to|no more than|as (?:many|much) as)\s*$", re.IGNORECASE
)
NEAR = tuple(
    "about around roughly approximately some nearly almost to circa so estimated approx approx. over under ~ the than "
    "above least of exceeding below "
    "most as".split()
)
"""How all that ABOUT, OVER and UNDER look for ends."""

BETWEEN = re.compile(r"\s?(?:[-\u2013\u2014]|to|or)\s?|\s(?:and|a|\u00e0|al|bis|tot|til)\s")
"""Between the two ends of a range, also as other languages have it: "de 438 \u00e0 512 euros" is a range of euros."""

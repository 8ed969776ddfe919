"""Numbers in figures: what separates their groups, their decimals, and their value."""

from __future__ import annotations

import re

THIN = "\\u00a0\\u2007\\u2009\\u202f"
"""Spaces that never separate two numbers, for use in a pattern."""

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

SCALE = r"(?:\+?\s?-?(?i:hundred|thousand|million|billion|trillion)\b|\s?(?:bn|tn|mn|mln|[kKmMbB])\b)"
"""What may follow a figure and multiplies it."""

_FIGURE = re.compile(FIGURE)
_WHOLE_POINTED = re.compile(_POINTED)
_WHOLE_COMMA_DECIMAL = re.compile(rf"[^,]*,\d{{1,2}}|(?:\d+[{THIN} '\u2019])+\d{{3}},\d+")
_BETWEEN_GROUPS = re.compile(f"[,'\u2019 {THIN}]")


def figure_value(text: str) -> float:
    """The value of a number written as FIGURE: commas part groups, or, as in most of Europe, points and spaces do and
    a comma begins the decimals.
    """
    plain = text.replace("\u2212", "-")
    if _WHOLE_POINTED.fullmatch(plain.lstrip("-")):
        plain = plain.replace(".", "").replace(",", ".")
    elif _WHOLE_COMMA_DECIMAL.fullmatch(plain):
        plain = plain.replace(",", ".")
    return float(_BETWEEN_GROUPS.sub("", plain))


def figure_in(text: str) -> float | None:
    """The value of the first number in figures of a number's text ("40" of "40 MW"), or None if it is in words."""
    match = _FIGURE.search(text)
    return figure_value(match[0]) if match else None

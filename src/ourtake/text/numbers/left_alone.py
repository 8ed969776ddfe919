"""Figures and number words that state no number: addresses, versions, telephone numbers, names, set phrases."""

from __future__ import annotations

import re

from ourtake.text.numbers.number import Form, Reading
from ourtake.text.numbers.words import words_at

_FIGURES = re.compile(
    r"\d+(?:\.\d+){2,}\b"  # a version
    r"|\d{3}-\d{3}-\d{4}\b|\d{3}-\d{4}\b"  # a telephone number
    r"|24/7\b|9/11\b|50[/-]50\b|360[- ]degree\b|20/20\b"
    r"|\d\d(?:st|nd|rd|th)[- ]centur(?:y|ies)\b"
    r"|\d+[^\W\d_]+\d\w*|\d+(?![KMBW])[A-Z]\b"  # a name, as 3D or 2x4
)
_MARKS = re.compile(r"\+\d[\d\s().-]{6,}\d|\(\d{3}\)\s?\d{3}-\d{4}|[#\u2116]\d+")
_ADDRESS = re.compile(r"https?://\S+|\bwww\.\S+")
_PHRASE = re.compile(r"v\d+(?:\.\d+)*\b|Fourth\sof\sJuly\b|one[- ]on[- ]one\b|catch-22\b")
_PAST = re.compile(r"(?:half|quarter)\s(?:past|to)\s", re.IGNORECASE)
_NOT_A_NAME = re.compile(
    r"(?i:mid|pre|post|late|early|circa|since|from|and|to)[-\u2013]|FY|US\$|AU?\$|CA?\$|NZ\$|HK\$|S\$|USD|GBP|EUR|JPY|"
    r"CHF|AUD|CAD"
)
_NAME = re.compile(r"[^\W\d_]+[-\u2011]?\d(?:[\w.-]*\w)?")
_SHORT_NAME = re.compile(r"[^\W\d_]\d\b")


def _at_figures(text: str, at: int) -> Reading | None:
    match = _FIGURES.match(text, at)
    return Reading(match.end()) if match and not (at and is_inner(text[at - 1])) else None


def _at_marks(text: str, at: int) -> Reading | None:
    match = _MARKS.match(text, at)
    return Reading(match.end()) if match else None


def _address(text: str, at: int) -> Reading | None:
    match = _ADDRESS.match(text, at)
    return Reading(match.end()) if match else None


def _phrase(text: str, at: int) -> Reading | None:
    match = _PHRASE.match(text, at)
    return Reading(match.end()) if match else None


def _past(text: str, at: int) -> Reading | None:
    """An hour as in "half past six" and "a quarter to three"."""
    match = _PAST.match(text, at)
    hour = words_at(text, match.end()) if match else None
    return Reading(hour.end) if hour else None


def name_with_figures(text: str, at: int) -> Reading | None:
    """A name with figures in it: GPT-4, COVID-19, H100."""
    match = (None if _NOT_A_NAME.match(text, at) else _NAME.match(text, at)) or _SHORT_NAME.match(text, at)
    return Reading(match.end()) if match else None


def is_inner(letter: str) -> bool:
    """Whether a letter, figure or underscore."""
    return letter.isalnum() or letter == "_"


FORMS = (
    Form("address", _address, words=frozenset(("http", "https", "www"))),
    Form("figures that count nothing", _at_figures, figures=True),
    Form("marked figures", _at_marks, marks="+(#\u2116"),
    Form("time in words", _past, words=frozenset(("half", "quarter"))),
    Form("set phrase", _phrase, words=frozenset(("v", "fourth", "one", "catch"))),
)

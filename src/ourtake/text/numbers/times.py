"""Times of day: "18:30", "6:30 p.m.", "five in the afternoon"."""

from __future__ import annotations

import re

from ourtake.text.numbers.number import Form, Number, Reading
from ourtake.text.numbers.words import NUMBER_WORDS, words_at

_TIME = re.compile(
    r"\b(?:(?:[01]?\d|2[0-3])[:.][0-5]\d\s?[ap]\.?m\b\.?|(?:[01]?\d|2[0-3]):[0-5]\d\b|(?:1[0-2]|0?[1-9])\s?"
    r"[ap]\.?m\b\.?)"
)
_HOUR = re.compile(r"\b(?:1[0-2]|[1-9])(?=\s)")
_OF_DAY = re.compile(r"\s(?:in\sthe\s(?:morning|afternoon|evening)|at\snight|o['\u2019]clock)\b")
_LATE = re.compile(r"\s(?:in\sthe\s(?:afternoon|evening)|at\snight)")
_NOON = 12 * 60


def _time(text: str, at: int) -> Reading | None:
    match = _TIME.match(text, at)
    if not match:
        return None
    minutes = _minutes(match[0])
    late = minutes < _NOON and _LATE.match(text, match.end())
    number = Number(at, match.end(), match[0], minutes + (_NOON if late else 0), "time")
    return Reading(match.end(), (number,))


def _hour(text: str, at: int) -> Reading | None:
    figure = _HOUR.match(text, at)
    word = None if figure else words_at(text, at)
    end = figure.end() if figure else word.end if word else at
    if end == at or not _OF_DAY.match(text, end):
        return None
    hour = float(figure[0]) if figure else word.value if word else 0.0
    said = text[at:end]
    if hour > 12:
        return Reading(end, (Number(at, end, said, hour, "count", digits=False),))
    late = hour < 12 and _LATE.match(text, end)
    return Reading(end, (Number(at, end, said, (hour + (12 if late else 0)) * 60, "time", digits=figure is not None),))


def _minutes(text: str) -> float:
    hour, _, rest = (
        text.replace(".", ":").partition(":") if re.search(r"\d[:.]\d", text) else (re.sub(r"\D", "", text), "", "0")
    )
    minute = re.match(r"\d+", rest)
    later = re.search(r"p\.?m", text, re.IGNORECASE) and int(hour) < 12
    return (int(hour) + (12 if later else 0)) * 60 + (int(minute[0]) if minute else 0)


FORMS = (
    Form("hour", _hour, figures=True, words=NUMBER_WORDS),
    Form("time", _time, figures=True),
)

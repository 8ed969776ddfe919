"""Offsets in a take as it was given. A take is cleaned on the way in (line ends of one kind, no control characters),
but a finding must point into the person's own copy, which is not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeVar

from ourtake.documents import FIELDS, Claim, Document, Finding, Fix, Report, SentenceRecord
from ourtake.values import clean_text

_Item = TypeVar("_Item", Finding, SentenceRecord, Claim)
_ATOM = re.compile(r"\r\n|.", re.DOTALL)


def given_report(report: Report, given: Mapping[str, Any]) -> Report:
    """The report with offsets and texts of the fields as given; the same report where cleaning changed nothing."""
    texts = {name: _text(given.get(name)) for name in FIELDS}
    maps = {name: starts_of(text) for name, text in texts.items() if clean_text(text) != text}
    if not maps:
        return report

    def moved(items: tuple[_Item, ...]) -> tuple[_Item, ...]:
        return tuple(_moved(item, texts[item.field], maps.get(item.field)) for item in items)

    findings, sentences, claims = moved(report.findings), moved(report.sentences), moved(report.claims)
    return report.model_copy(update={"findings": findings, "sentences": sentences, "claims": claims})


def _text(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(item for item in value if isinstance(item, str))
    return value if isinstance(value, str) else ""


def starts_of(text: str) -> list[int]:
    """Where each character of the cleaned text starts in the text as given, and its end."""
    found = [match.start() for match in _ATOM.finditer(text) for _ in clean_text(match[0])]
    return [*found, len(text)]


def _span(item: Any, starts: list[int]) -> dict[str, int]:
    last = len(starts) - 1
    start = starts[min(item.start, last)]
    # The end is where the last character inside ends, not where the next one starts: what was cleaned away between them
    # is not part of it.
    end = starts[min(item.end, last)] if item.end >= last or item.end == item.start else starts[item.end - 1] + 1
    return {"start": start, "end": max(start, end)}


def _moved(item: _Item, text: str, starts: list[int] | None) -> _Item:
    if starts is None:
        return item
    span = _span(item, starts)
    changed: dict[str, object] = {**span}
    if not isinstance(item, SentenceRecord):
        changed["text"] = text[span["start"] : span["end"]]
    if isinstance(item, Finding) and item.fix is not None:
        changed["fix"] = Fix(replacement=item.fix.replacement, **_span(item.fix, starts))
    return item.model_copy(update=changed)


def as_json(document: Document) -> str:
    """One line of JSON, even if a text has half a character (a lone surrogate), which UTF-8 can't encode."""
    import json

    try:
        return document.model_dump_json()
    except ValueError:
        return json.dumps(document.model_dump(mode="python"))

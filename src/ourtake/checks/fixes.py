"""Which replacements may be offered as fixes, and how they are applied.

A fix must not turn a truth into a falsehood, spoil a sentence or hide a fault. Every rule asks `safe_fix` last.
`verified` then runs the rules over the take with each fix applied: a fix that causes an error is not offered.
`apply_fixes` applies the fixes that need no human decision (`Rule.safe_fix`).
"""

from __future__ import annotations

import re
from bisect import bisect
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Literal, NamedTuple

from ourtake.documents import FieldName, Finding, Fix, Report, Take
from ourtake.text.markdown import links
from ourtake.text.numbers import numbers_in
from ourtake.text.quotations import quotations_in
from ourtake.text.sentences import sentences

Kind = Literal["number", "quotation", "title", "unlink", "characters"]

MOST = 12
"""Up to this many fixes are tried one by one. More are tried together, since each costs another run of the rules."""

ROUNDS = 5
"""Fixing ends after this many checks: fixes that make room for each other for ever are a fault of ours."""

_WORD = re.compile(r"\w")
_GROUP_BEFORE = re.compile(r"\d[.,'\u2019 \u00a0\u2007\u2009\u202f]?\Z")
_GROUP_AFTER = re.compile(r"[.,'\u2019 \u00a0\u2007\u2009\u202f]?\d")
_EITHER_WAY = re.compile(r"(?<![\d.,])\d{1,3}[.]\d{3}(?![\d.,])")
"""A number that is a thousand times as large to a German as to a Briton."""

_MAY_HIDE = ("SAF002",)
"""Rules whose fixes may remove another finding at their place: two rules find a name with a look-alike letter, which is
one fault.
"""


def safe_fix(text: str, start: int, end: int, replacement: str, *, kind: Kind) -> Fix | None:
    """The fix that replaces text[start:end] with `replacement`, or None if that is not safe.

    It stays within one sentence and does not cut a word or a number in two. The new words are read as the same kind of
    thing, and everything else is read as before: a number is still one number of the same unit, a quotation is one
    sentence between the same marks, a link leads where it did.
    """
    fix = Fix(start=start, end=end, replacement=replacement)
    old, new = text[start:end], text[:start] + replacement + text[end:]
    if kind == "characters":
        return fix
    if kind == "unlink":
        return fix if replacement.strip() else None
    if (
        old == replacement
        or not old.strip()
        or not replacement.strip()
        or "\n" in replacement
        or _cuts(text, start, end)
    ):
        return None
    if not any(one.start <= start and end <= one.end for one in sentences(text)):
        return None
    stop = start + len(replacement)
    if kind == "title":
        return fix if _links_around(text, start, end) == _links_around(new, start, stop) else None
    if len(sentences(new)) != len(sentences(text)) or len(sentences(old)) != 1 or len(sentences(replacement)) != 1:
        return None
    return fix if (_same_number if kind == "number" else _same_quotation)(text, new, start, end, stop) else None


def _cuts(text: str, start: int, end: int) -> bool:
    """Whether a span begins or ends within a word, or within the groups of a number."""
    if start and _WORD.match(text, start - 1) and _WORD.match(text, start):
        return True
    if end < len(text) and _WORD.match(text, end - 1) and _WORD.match(text, end):
        return True
    if text[start].isdigit() and _GROUP_BEFORE.search(text, max(0, start - 2), start):
        return True
    return text[end - 1].isdigit() and _GROUP_AFTER.match(text, end) is not None


def _same_number(text: str, new: str, start: int, end: int, stop: int) -> bool:
    """Whether exactly the number at a span was replaced, by one of the same kind, unit and noun, and all others read as
    before.
    """
    if _EITHER_WAY.search(text[start:end]) or _EITHER_WAY.search(new[start:stop]):
        return False
    before, after = numbers_in(text), numbers_in(new)
    if len(before) != len(after):
        return False
    for one, two in zip(before, after, strict=True):
        if one.start == start:
            same = (one.kind, one.unit, one.counted) == (two.kind, two.unit, two.counted)
            same = same and (one.near, one.digits) == (two.near, two.digits)
            if one.end != end or (two.start, two.end) != (start, stop) or not same:
                return False
        elif one._replace(start=0, end=0) != two._replace(start=0, end=0):
            return False
    return any(one.start == start for one in before)


def _same_quotation(text: str, new: str, start: int, end: int, stop: int) -> bool:
    """Whether the quotation at a span is one afterwards, between the same marks, and the others are as they were."""
    before, after = quotations_in(text), quotations_in(new)
    if len(before) != len(after) or (start, end) not in [(one.start, one.end) for one in before]:
        return False
    for one, two in zip(before, after, strict=True):
        same = (two.start, two.end) == (start, stop) if one.start == start else one.text == two.text
        if not same or (one.mark, one.kind) != (two.mark, two.kind):
            return False
    return True


def _links_around(text: str, start: int, end: int) -> list[tuple[str, str]]:
    """Where the links of a text lead, each with its words where these are outside a span."""
    return [(one.target, "" if one.start <= start and end <= one.end else one.anchor) for one in links(text)]


def applied(take: Take, findings: Sequence[Finding]) -> Take:
    """The take with the fixes of these findings applied. The fixes must not overlap; fixes of tags are left out."""
    texts = {field: str(getattr(take, field)) for field in ("headline", "summary", "body")}
    for item in sorted(findings, key=lambda item: item.fix.start if item.fix else 0, reverse=True):
        if item.fix is not None and item.field in texts:
            text = texts[item.field]
            texts[item.field] = text[: item.fix.start] + item.fix.replacement + text[item.fix.end :]
    return take.model_copy(update=texts)


def verified(take: Take, findings: Sequence[Finding], *, check: Callable[[Take], Iterable[Finding]]) -> list[Finding]:
    """The findings, without those fixes that cause an error or hide another rule's finding in the same place.

    `check` returns the findings of a take.
    """
    offered = [item for item in findings if item.fix is not None and item.field != "tags"]
    groups = [[item] for item in offered] if len(offered) <= MOST else [apart(offered)]
    kept: set[int] = set()
    for group in groups:
        after = list(check(applied(take, group)))
        if not _errors(after) - _errors(findings) and not any(_hides(item, findings, after) for item in group):
            kept |= {id(item) for item in group}
    dropped = {id(item) for item in offered} - kept
    return [item.model_copy(update={"fix": None}) if id(item) in dropped else item for item in findings]


def _errors(findings: Iterable[Finding]) -> Counter[str]:
    return Counter(item.code for item in findings if item.severity == "error")


def _hides(item: Finding, before: Sequence[Finding], after: Sequence[Finding]) -> bool:
    """Whether an error or warning of another rule within the span of a fix is gone after it."""
    if item.code in _MAY_HIDE or item.fix is None:
        return False
    had, has = (Counter(one.code for one in findings if one.field == item.field) for findings in (before, after))
    return any(
        has[one.code] < had[one.code]
        for one in before
        if one.code != item.code
        and one.severity != "info"
        and one.field == item.field
        and item.fix.start <= one.start
        and one.end <= item.fix.end
    )


def apart(findings: Sequence[Finding]) -> list[Finding]:
    """The findings with a fix that overlaps none of those before it."""
    found: list[Finding] = []
    taken: dict[FieldName, list[tuple[int, int]]] = {}
    for item in findings:
        if item.fix is None:
            continue
        spans, span = taken.setdefault(item.field, []), (item.fix.start, item.fix.end)
        at = bisect(spans, span)
        # The spans taken are sorted and apart, so that only the neighbours can overlap.
        if not any(span[0] < end and start < span[1] for start, end in spans[max(0, at - 1) : at + 1]):
            spans.insert(at, span)
            found.append(item)
    return found


class Fixed(NamedTuple):
    """The fixed take, its report, and the findings that were fixed, in order."""

    take: Take
    report: Report
    done: tuple[Finding, ...]


def apply_fixes(take: Take, report: Report, *, check: Callable[[Take], Report], safe: Collection[str]) -> Fixed:
    """The take with the fixes of the `safe` rules applied, except for fixes that cause an error of any rule.

    `check` returns the report of a take. If two fixes overlap, the first is applied; the other is considered when the
    fixed take has been checked again.
    """
    done: list[Finding] = []
    refused: set[tuple[str, str, str]] = set()
    for _ in range(ROUNDS):
        offered = [item for item in report.findings if item.code in safe and item.fix and item.field != "tags"]
        chosen = [item for item in apart(offered) if _key(item) not in refused]
        if not chosen:
            break
        step = _together(take, report, chosen, check=check)
        if step is None:
            step = Fixed(take, report, ())
            for item in reversed(chosen):
                # From the end, so that a fix moves no span that is still to come.
                single = _together(step.take, step.report, [item], check=check)
                if single is None:
                    refused.add(_key(item))
                else:
                    step = Fixed(single.take, single.report, (item, *step.done))
        take, report = step.take, step.report
        done += step.done
    return Fixed(take, report, tuple(done))


def _key(finding: Finding) -> tuple[str, str, str]:
    return finding.code, finding.field, finding.text


def _together(
    take: Take, report: Report, chosen: Sequence[Finding], *, check: Callable[[Take], Report]
) -> Fixed | None:
    changed = applied(take, chosen)
    after = check(changed)
    more = _errors(after.findings) - _errors(report.findings)
    return None if more else Fixed(changed, after, tuple(chosen))

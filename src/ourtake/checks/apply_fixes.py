"""Applies the mends that are safe without a person: words put back as the documents have them, titles given whole,
hidden characters, links unlinked.

A mend is a replacement of a span; of two that overlap the first is taken, the other has its turn when the mended take
has been checked again. A mend that makes an error of any rule is not taken.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

from ourtake.checks.fixes import apart, applied
from ourtake.documents import Finding, Report, Take

SAFE = ("QUO003", "LNK003", "LNK018", "SAF002", "LNK006")
"""Rules whose fixes change no meaning: the real wording of a quotation, a title as it is or in place of an address,
characters that nobody sees, a link given twice.
"""

ROUNDS = 5
"""Checks after which mending ends, though more could be mended: a mend that makes room for the next one for ever is a
fault of ours.
"""


class Fixed(NamedTuple):
    """The mended take, its report, and the findings that were mended, in order."""

    take: Take
    report: Report
    done: tuple[Finding, ...]


def apply_fixes(take: Take, report: Report, *, check: Callable[[Take], Report]) -> Fixed:
    """The take with its safe mends applied; `check` gives the report of a take."""
    done: list[Finding] = []
    refused: set[tuple[str, str, str]] = set()
    for _ in range(ROUNDS):
        safe = [item for item in report.findings if _is_safe(item)]
        chosen = [item for item in apart(safe) if _key(item) not in refused]
        if not chosen:
            break
        step = _together(take, report, chosen, check=check)
        if step is None:
            step = Fixed(take, report, ())
            for item in reversed(chosen):
                # From the end, so that a mend moves no span that is still to come.
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
    return None if _errors(after) - _errors(report) else Fixed(changed, after, tuple(chosen))


def _errors(report: Report) -> Counter[str]:
    return Counter(item.code for item in report.findings if item.severity == "error")


def _is_safe(finding: Finding) -> bool:
    return finding.code in SAFE and finding.fix is not None and finding.field != "tags"

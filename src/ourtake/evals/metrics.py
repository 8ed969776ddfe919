"""What is measured of a cell without a judge. A metric is a function and a row.

A function gets the result and the case, and returns a number, or None if the metric can't be measured. What it
returns for a rate is 1 or 0, or a share. Outside packages add rows through the entry point group `ourtake.metrics`.
"""

from __future__ import annotations

import difflib
import functools
import math
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Literal, NamedTuple

from ourtake import plugins
from ourtake.config import Range, Settings
from ourtake.documents import Claim, Report
from ourtake.errors import InputError
from ourtake.evals.results import EDITS, CellResult, StoredCase
from ourtake.evals.statistics import LEVEL, Interval, mean_interval
from ourtake.evals.texts import reading_ease, source_overlap, take_text

HEADLINE, FOUND, UNCHECKED = "passes_without_repair", "faults.found", "claims.unchecked"
FAMILIES = {
    "STR": "structure",
    "LNK": "links",
    "QUO": "quotations",
    "FCT": "numbers, dates and names",
    "SUP": "support",
    "STY": "style",
    "ORG": "originality",
    "TOP": "topic",
    "SAF": "safety",
    "ARG": "argument",
}


class Measured(NamedTuple):
    """What a metric sees: the result of a cell that has a take, its case, and the settings it was written with."""

    result: CellResult
    case: StoredCase
    settings: Settings

    @property
    def report(self) -> Report:
        """The report of the current take."""
        return self.result.report or Report(verdict="fail")


class Metric(NamedTuple):
    """A row. `better`: which direction is good, or "neither". `rate`: its values lie between 0 and 1. `share`:
    they are shares of many things, not 0 or 1.

    `passes`: whether a value is good enough; None if there is no such thing. `package`: where it comes from.
    """

    name: str
    title: str
    about: str
    measure: Callable[[Measured], float | None]
    better: Literal["more", "less", "neither"] = "more"
    rate: bool = False
    share: bool = False
    unit: str = ""
    passes: Callable[[float], bool] | None = None
    package: str = ""

    def interval(self, values: Mapping[str, float], topics: Mapping[str, str], *, level: float = LEVEL) -> Interval:
        """The mean of values by case, with its interval, clustered by the topics of the cases. Raises ValueError
        without values.
        """
        clusters = [topics[case] for case in values]
        return mean_interval(list(values.values()), clusters, rate=self.rate, share=self.share, level=level)


def _passes_without_repair(seen: Measured) -> float | None:
    first = seen.result.first
    if first is None:
        return None
    wrong = first.claim_counts.get("differs", 0) + first.claim_counts.get("not-found", 0)
    return float(first.counts.get("error", 0) == 0 and not wrong)


def _passes(seen: Measured) -> float | None:
    return float(seen.report.verdict == "pass")


def _first_count(severity: str) -> Callable[[Measured], float | None]:
    def count(seen: Measured) -> float | None:
        return None if seen.result.first is None else float(seen.result.first.counts.get(severity, 0))

    return count


def _family(family: str) -> Callable[[Measured], float | None]:
    def count(seen: Measured) -> float | None:
        first = seen.result.first
        return None if first is None else float(sum(n for code, n in first.codes.items() if code[:3] == family))

    return count


def _claims(*statuses: str) -> Callable[[Measured], float | None]:
    def share(seen: Measured) -> float | None:
        counts = seen.result.first.claim_counts if seen.result.first is not None else {}
        facts = sum(number for status, number in counts.items() if status != "opinion")
        return sum(counts.get(status, 0) for status in statuses) / facts if facts else None

    return share


def _exact(*kinds: str) -> Callable[[Measured], float | None]:
    def share(seen: Measured) -> float | None:
        decided = [claim for claim in seen.report.claims if claim.kind in kinds and claim.status in _DECIDED]
        return sum(claim.status == "verified" for claim in decided) / len(decided) if decided else None

    return share


_DECIDED = ("verified", "differs", "not-found")


class _Cited(NamedTuple):
    """A statement that was decided, with the documents that it cites and those of its evidence."""

    statement: Claim
    cited: frozenset[str]
    evidence: frozenset[str]


def _statements(seen: Measured) -> list[_Cited]:
    claims = seen.report.claims
    links = [claim for claim in claims if claim.kind == "link"]
    found = []
    for one in claims:
        if one.kind == "statement" and one.status in _DECIDED:
            inside = [link for link in links if link.field == one.field and one.start <= link.start < one.end]
            cited = frozenset(item.document for link in inside for item in link.evidence[:1])
            found.append(_Cited(one, cited, frozenset(item.document for item in one.evidence)))
    return found


def _citation_recall(seen: Measured) -> float | None:
    decided = _statements(seen)
    good = [one for one in decided if one.statement.status == "verified" and one.cited & one.evidence]
    return len(good) / len(decided) if decided else None


def _citation_precision(seen: Measured) -> float | None:
    decided = _statements(seen)
    cited = sum(len(one.cited) for one in decided)
    good = sum(len(one.cited & one.evidence) for one in decided if one.statement.status == "verified")
    return good / cited if cited else None


def _overlap(seen: Measured) -> float | None:
    return source_overlap(seen.result.take, seen.case.source) if seen.result.take is not None else None


def _ease(seen: Measured) -> float | None:
    take = seen.result.take
    return None if take is None else reading_ease(take_text(take), seen.settings.publication.language)


def _words(field: Literal["summary", "body"]) -> Callable[[Measured], float | None]:
    def count(seen: Measured) -> float | None:
        found = seen.report.words.get(field)
        return None if found is None else float(found)

    return count


def _length_kept(seen: Measured) -> float | None:
    shape, counted = seen.settings.take, seen.report.words
    ranges: dict[str, Range] = {"summary": shape.summary_words, "body": shape.body_words}
    if any(name not in counted for name in ranges):
        return None
    return float(all(bounds.low <= counted[name] <= bounds.high for name, bounds in ranges.items()))


def _fault_found(seen: Measured) -> float | None:
    """Only for a case with a known fault."""
    expect, first = seen.case.expect, seen.result.first
    return float(any(code in first.codes for code in expect)) if expect and first is not None else None


def _false_alarm(seen: Measured) -> float | None:
    """Only for a case that is known to have no fault."""
    first = seen.result.first
    if seen.case.expect != () or first is None:
        return None
    return float(first.counts.get("error", 0) + first.counts.get("warning", 0) > 0)


def _none(value: float) -> bool:
    return value == 0


def _full(value: float) -> bool:
    return value == 1


_ROWS = (
    Metric(HEADLINE, "Passes without repair", "the first revision has no error, and no claim differs or is not found",
           _passes_without_repair, rate=True, passes=_full),
    Metric("passes", "Passes in the end", "the final take, after repairs, has no error",
           _passes, rate=True, passes=_full),
    Metric("errors", "Errors", "findings of severity error in the first revision",
           _first_count("error"), "less", passes=_none),
    Metric("warnings", "Warnings", "findings of severity warning in the first revision",
           _first_count("warning"), "less"),
    Metric("repairs", "Repairs", "repaired revisions after the first one",
           lambda seen: float(max(0, seen.result.revisions - 1)), "less", passes=_none),
    *(Metric(f"findings.{code}", f"{code} findings", f"findings about {what} in the first revision", _family(code),
             "less", passes=_none) for code, what in FAMILIES.items()),
    Metric("claims.verified", "Claims verified", "share of the claims of fact in the first revision that are verified",
           _claims("verified"), rate=True, share=True),
    Metric("claims.wrong", "Claims wrong", "share of the claims of fact that differ from the documents or are in none",
           _claims("differs", "not-found"), "less", rate=True, share=True, passes=_none),
    Metric(UNCHECKED, "Claims unchecked", "share of the claims of fact that nobody checked",
           _claims("not-checked"), "less", rate=True, share=True),
    Metric("citations.recall", "Citation recall", "of the statements that were decided, the share that an article "
           "linked in the same sentence verifies (as ALCE defines it)", _citation_recall, rate=True, share=True),
    Metric("citations.precision", "Citation precision", "of the links in decided statements, the share whose article "
           "verifies the statement (as ALCE defines it)", _citation_precision, rate=True, share=True),
    Metric("quotations.exact", "Quotations exact", "share of the quotations that the documents have word for word",
           _exact("quotation"), rate=True, share=True, passes=_full),
    Metric("numbers.exact", "Numbers exact", "share of the numbers and dates that the documents have",
           _exact("number", "date"), rate=True, share=True, passes=_full),
    Metric(FOUND, "Known faults found", "one of the rules that should find the fault of the case reports it",
           _fault_found, rate=True, passes=_full),
    Metric("faults.false_alarms", "False alarms", "an error or a warning in a take that is known to have no fault",
           _false_alarm, "less", rate=True, passes=_none),
    Metric("overlap", "Overlap with the source", "share of the runs of five words, outside quotations, that the source "
           "has too", _overlap, "less", rate=True, share=True),
    Metric("reading_ease", "Reading ease", "Flesch's reading ease; about 60 is plain English",
           _ease, "neither"),
    Metric("length_kept", "Length kept", "the words of summary and body lie within the publication's range",
           _length_kept, rate=True, passes=_full),
    Metric("words", "Words", "words of the body", _words("body"), "neither", unit="words"),
    Metric(EDITS, "Edits needed", "share of the words that editors put in, took out or replaced before they signed the "
           "take at the desk; only takes that were signed count",
           lambda seen: seen.result.metrics.get(EDITS), "less", rate=True, share=True, passes=_none),
    Metric("cost", "Cost", "what the calls of a take cost, in US dollars",
           lambda seen: seen.result.cost_usd, "less", unit="USD"),
    Metric("tokens", "Tokens", "tokens in and out, of all calls for a take",
           lambda seen: float(seen.result.usage.input_tokens + seen.result.usage.output_tokens) or None, "less"),
    Metric("seconds", "Seconds", "time that the provider took for all calls for a take",
           lambda seen: seen.result.seconds, "less", unit="s"),
)  # fmt: skip
METRICS = {row.name: row for row in _ROWS}
"""The built-in metrics by name."""


@functools.cache
def metric_rows() -> Mapping[str, Metric]:
    """All metrics, those of outside packages last."""
    return METRICS | plugins.rows_of(plugins.METRICS, Metric, METRICS, key="name", fault=_fault)


def check_metrics(names: Iterable[str]) -> None:
    """Raise InputError for a bound in [gate.bounds] of a metric that does not exist."""
    known = metric_rows()
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            do = f"Did you mean {near[0]}?" if near else f"Metrics: {', '.join(known)}."
            raise InputError(f"[gate.bounds] names the metric {name}, which does not exist.", do)


def _fault(row: Metric) -> str:
    """What is wrong with an outside row, in words; "" if nothing is."""
    if not re.fullmatch(r"[a-z][a-z0-9_.]*", row.name):
        return f"{row.name!r} is not a name of lower-case letters, digits, '.' and '_'"
    if not callable(row.measure) or row.better not in ("more", "less", "neither"):
        return "it needs a function `measure`, and `better` must be more, less or neither"
    return ""


def measured(seen: Measured) -> dict[str, float | None]:
    """Every metric of a cell: name -> value, None if it can't be measured."""
    found: dict[str, float | None] = {}
    for row in metric_rows().values():
        try:
            value = row.measure(seen)
        except Exception as error:
            if not row.package:
                raise
            plugins.left_out(row.name, row.package, f"it failed ({plugins.in_short(error)})")
            value = None
        found[row.name] = None if value is None or not math.isfinite(value) else round(float(value), 6)
    return found


def state_of(row: Metric, value: float | None) -> str:
    """pass, fail or not measurable; "" for a metric that has no target."""
    if value is None:
        return "not measurable"
    return "" if row.passes is None else "pass" if row.passes(value) else "fail"

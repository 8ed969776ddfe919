"""A run's report as one self-contained page: no network, inline SVG, readable without a script and on paper.

The takes of each case lie in the page as compressed JSON and are unpacked when a reader opens the case, so that a page
of thousands of cells opens at once. The script writes texts as text, never as HTML.
"""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import jinja2
from markupsafe import Markup

from ourtake.checks.verdict import claims_line
from ourtake.evals.metrics import FAMILIES, FOUND, HEADLINE
from ourtake.evals.report_svg import Point, interval_bar, scatter, stacked
from ourtake.evals.report_text import NOT_MEASURABLE, difference_in_words, in_words, shown_metrics, signed
from ourtake.evals.results import CellResult, RunFolder, StoredCase
from ourtake.evals.statistics import LEAST_CLUSTERS
from ourtake.evals.summary import Entry, EntrySummary, Summary
from ourtake.evals.wins import WinTable, win_tables
from ourtake.text.counts import count_of

MOST_DETAILED = 10_000
"""Cells whose takes the page holds; of a larger run, the first ones."""
_PARTS = re.compile(r"[^/:]*[/:]+|[^/:]+")


class _CaseRow(NamedTuple):
    """A case in the list: its state with each entry, and the codes found, for the filters."""

    case: StoredCase
    states: list[dict[str, str]]
    codes: str
    data: str


def page(folder: RunFolder, summary: Summary) -> str:
    """The whole page."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["counted"] = count_of
    ranked = summary.ranked()
    cases = _case_rows(folder, ranked)
    names = shown_metrics(summary)
    return environment.get_template("report.html.jinja").render(
        summary=summary,
        broken=broken,
        record=summary.record,
        entries=[_entry(summary, entry, names) for entry in ranked],
        shown=[summary.metrics[name] for name in names],
        headline=summary.metrics[HEADLINE],
        tiles=_tiles(summary),
        claims=_claims_line(summary),
        differences=_differences(summary, ranked),
        scatter=_scatter(summary, ranked),
        findings=_findings(summary, ranked),
        families=[(code, what) for code, what in FAMILIES.items() if _has_family(summary, code)],
        metrics=_metric_rows(summary, ranked),
        unmeasured=_unmeasured(summary),
        faults=list(_fault_rows(summary, ranked)),
        wins=[_matrix(one, ranked) for one in win_tables(folder, summary)],
        cases=cases,
        topics=sorted({row.case.topic for row in cases}),
        codes=sorted({code for row in cases for code in row.codes.split()}),
        detailed=min(summary.cells, MOST_DETAILED),
        least_clusters=LEAST_CLUSTERS,
        clusters=len(set(summary.topics.values())),
    )


def broken(name: str) -> Markup:
    """A writer's name that may go on in the next line after a colon or a slash, and not within a word."""
    return Markup("<wbr>").join(_PARTS.findall(name))


def _entry(summary: Summary, entry: Entry, names: list[str]) -> dict[str, Any]:
    found = summary.entries[entry]
    return {
        "name": entry.name,
        "label": summary.record.labels.get(entry.model, ""),
        "bar": interval_bar(summary.interval(entry, HEADLINE)),
        "values": [in_words(summary.interval(entry, name), name) for name in names],
        "done": found.done,
        "cells": found.cells,
        "without": found.without_take,
        "cost": _dollars(found),
    }


def _dollars(found: EntrySummary) -> str:
    if found.total_cost is not None:
        return (
            f"${found.total_cost:,.2f}" if found.total_cost >= 1 or not found.total_cost else f"${found.total_cost:.4f}"
        )
    return f"unknown for {count_of(found.unknown_costs, 'cell')}" + (
        f", ${found.cost:,.4f} for the others" if found.cost else ""
    )


def _tiles(summary: Summary) -> list[tuple[str, str]]:
    """The figures at the top: (figure, what it is)."""
    all_of = summary.entries.values()
    without = sum(sum(found.without_take.values()) for found in all_of)
    costs = [found.total_cost for found in all_of]
    cost = "unknown" if None in costs else f"${sum(cost or 0 for cost in costs):,.2f}"
    return [
        (f"{summary.record.cases}", f"cases in {count_of(len(set(summary.topics.values())), 'topic')}"),
        (f"{len(summary.entries)}", "writers compared"),
        (f"{sum(found.done for found in all_of):,}", f"takes of {count_of(summary.record.cells, 'cell')}"),
        (f"{without:,}", "cells without a take"),
        (cost, "paid for all calls"),
    ]


def _claims_line(summary: Summary) -> str:
    counts = sum((found.claims for found in summary.entries.values()), Counter[str]())
    if not any(counts.values()):
        return "Claims could not be measured: no report has any. What passes has no errors; nobody checked its facts."
    line = claims_line(counts)
    return f"{line[0].upper()}{line[1:]}."


def _differences(summary: Summary, ranked: list[Entry]) -> list[str]:
    pairs = [(ranked[0], other) for other in ranked[1:]]
    found = zip(pairs, summary.differences(HEADLINE, pairs), strict=True)
    return [difference_in_words(one, *pair) for pair, one in found if one is not None]


def _scatter(summary: Summary, ranked: list[Entry]) -> str:
    points = []
    for entry in ranked:
        cost, quality = summary.interval(entry, "cost"), summary.interval(entry, HEADLINE)
        if cost is not None and quality is not None:
            points.append(Point(entry.name, cost.value, quality))
    return scatter(points) if any(point.x > 0 for point in points) else ""


def _mean(summary: Summary, entry: Entry, metric: str) -> float:
    found = summary.interval(entry, metric)
    return 0.0 if found is None else found.value


def _has_family(summary: Summary, code: str) -> bool:
    return any(_mean(summary, entry, f"findings.{code}") for entry in summary.entries)


def _findings(summary: Summary, ranked: list[Entry]) -> str:
    codes = [(code, what) for code, what in FAMILIES.items() if _has_family(summary, code)]
    rows = [(entry.name, {code: _mean(summary, entry, f"findings.{code}") for code, _ in codes}) for entry in ranked]
    return stacked(rows, codes) if codes else ""


def _metric_rows(summary: Summary, ranked: list[Entry]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for name, metric in summary.metrics.items():
        values = [in_words(summary.interval(entry, name), name) for entry in ranked]
        if any(value != NOT_MEASURABLE for value in values):
            origin = f" (from the package {metric.package})" if metric.package else ""
            rows.append({"title": metric.title, "about": metric.about + origin, "values": values})
    same = [summary.entries[entry].sameness for entry in ranked]
    about = "share of the runs of five words that a take on another case by the same writer has too"
    values = [NOT_MEASURABLE if one is None else f"{100 * one:.1f} %" for one in same]
    rows.append({"title": "Sameness: wording", "about": about, "values": values})
    for part, what in BUILDING.items():
        found = [summary.entries[entry].building for entry in ranked]
        shown = [NOT_MEASURABLE if one is None else f"{100 * getattr(one, part):.0f} %" for one in found]
        rows.append({"title": f"Sameness: {part}", "about": what, "values": shown})
    return rows


def _unmeasured(summary: Summary) -> str:
    """The metrics of our own that no cell of this run could give, by title."""
    measured = {name for found in summary.entries.values() for name in found.measured}
    return ", ".join(row.title for name, row in summary.metrics.items() if name not in measured and not row.package)


BUILDING = {
    "openings": "share of the pairs of takes by the same writer that open in the same way (story, archive, claim, ...)",
    "closings": "share of the pairs that close in the same way (question, demand, plain line)",
    "paragraphs": "how much of the sequence of what the paragraphs do is the same, over all pairs",
}
"""The parts of Sameness, as the report explains them."""


def _fault_rows(summary: Summary, ranked: list[Entry]) -> Iterator[dict[str, Any]]:
    """How many of the known faults of each kind were found in the replies of each entry; the least first."""
    rows = [(kind, [summary.interval(entry, FOUND, kind=kind) for entry in ranked]) for kind in summary.faults]
    for kind, found in sorted(rows, key=lambda row: min((one.value for one in row[1] if one), default=1.0)):
        cells = [
            {"bar": interval_bar(one), "text": f"{round(one.value * one.n)} of {one.n}: {in_words(one, FOUND)}"}
            for one in found
            if one is not None
        ]
        if cells:
            yield {"kind": kind, "cells": cells}


def _matrix(found: WinTable, ranked: list[Entry]) -> dict[str, Any]:
    rows = []
    for entry in ranked:
        cells = []
        for other in ranked:
            share = found.share(entry, other)
            cells.append({"text": "" if share is None else f"{100 * share:.0f} %", "share": share})
        rating = found.ratings.get(entry.name)
        points = (
            ""
            if rating is None
            else f"{signed(rating.points, '.0f')} ({signed(rating.low, '.0f')} to {signed(rating.high, '.0f')})"
        )
        rows.append({"name": entry.name, "cells": cells, "rating": points})
    return {"title": found.title, "about": found.about, "notes": found.notes, "rows": rows, "warn": found.warn}


def _case_rows(folder: RunFolder, ranked: list[Entry]) -> list[_CaseRow]:
    stored = folder.cases()
    cells: dict[str, list[bytes]] = defaultdict(list)
    states: dict[str, dict[Entry, list[_State]]] = defaultdict(lambda: defaultdict(list))
    codes: dict[str, set[str]] = defaultdict(set)
    for number, row in enumerate(folder.rows()):
        entry = Entry(row.model, row.prompt)
        states[row.case][entry].append(_state(row))
        codes[row.case].update(row.first.codes if row.first else ())
        if number < MOST_DETAILED:
            cells[row.case].append(json.dumps(_detail(row, entry), ensure_ascii=False).encode())
    return [
        _CaseRow(
            stored[name],
            list(_states(found, ranked)),
            " ".join(sorted(codes[name])),
            _packed(stored[name], cells[name]),
        )
        for name, found in states.items()
        if name in stored
    ]


class _State(NamedTuple):
    """The outcome of a cell: "pass", "fail", "none" or "unknown"; and of how many claims how many nobody checked."""

    kind: str
    claims: int = 0
    unchecked: int = 0


def _state(row: CellResult) -> _State:
    if not row.done:
        return _State("none")
    counts = row.first.claim_counts if row.first is not None else {}
    value = row.metrics.get(HEADLINE)
    kind = "unknown" if value is None else "pass" if value == 1 else "fail"
    return _State(kind, sum(counts.values()), counts.get("not-checked", 0))


_SAID = {"pass": "no errors found", "fail": "needs repair", "none": "no take", "unknown": "not measurable"}


def _states(found: dict[Entry, list[_State]], ranked: list[Entry]) -> Iterator[dict[str, str]]:
    for entry in ranked:
        states = found.get(entry, [])
        kinds = {state.kind for state in states}
        if not states:
            yield {"kind": "", "text": "not yet", "claims": ""}
            continue
        passed = sum(state.kind == "pass" for state in states)
        text = _SAID[states[0].kind] if len(states) == 1 else f"no errors found in {passed} of {len(states)}"
        claims = sum(state.claims for state in states)
        unchecked = f"{sum(state.unchecked for state in states)} of {count_of(claims, 'claim')} unchecked"
        taken = any(state.kind != "none" for state in states)
        kind = kinds.pop() if len(kinds) == 1 else "some"
        yield {"kind": kind, "text": text, "claims": (unchecked if claims else "claims unchecked") if taken else ""}


def _detail(row: CellResult, entry: Entry) -> dict[str, Any]:
    """What the page shows of a cell."""
    report = row.report
    findings = [
        {
            "code": one.code,
            "severity": one.severity,
            "message": one.message,
            "field": one.field,
            "at": [one.start, one.end],
        }
        for one in (report.findings if report else ())
    ]
    claims = [
        {"kind": one.kind, "status": one.status, "by": one.by, "text": one.text,
         "near": one.evidence[0].text if one.evidence else ""}
        for one in (report.claims if report else ())
    ]  # fmt: skip
    return {
        "writer": entry.name,
        "repeat": row.repeat,
        "status": row.status,
        "state": _state(row).kind,
        "error": row.error,
        "take": row.take.model_dump(mode="json") if row.take else None,
        "findings": findings,
        "claims": claims,
        "claim_counts": report.claim_counts if report else {},
        "cost": row.cost_usd,
        "seconds": row.seconds,
        "repairs": max(0, row.revisions - 1),
        "words": report.words if report else {},
    }


def _packed(case: StoredCase, cells: list[bytes]) -> str:
    source = json.dumps(case.source.model_dump(mode="json", exclude={"text"}), ensure_ascii=False).encode()
    whole = b'{"source":' + source + b',"cells":[' + b",".join(cells) + b"]}"
    return base64.b64encode(zlib.compress(whole, 6)).decode("ascii")

"""A run's report as a terminal table, Markdown, JSON, CSV and JUnit XML."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator, Sequence

from ourtake.checks.verdict import claims_line, verdict_line
from ourtake.evals.metrics import FOUND, HEADLINE, UNCHECKED, metric_rows, state_of
from ourtake.evals.results import CellResult, FirstReport
from ourtake.evals.statistics import LEAST_CLUSTERS, Difference, Interval
from ourtake.evals.summary import SHOWN, Entry, Summary, as_json
from ourtake.text.counts import count_of


def table(summary: Summary, *, width: int = 100) -> str:
    """The leaderboard and the differences, for a terminal of `width` columns: a line for each metric, a column for each
    writer, as many side by side as there is room for.
    """
    ranked, names = summary.ranked(), shown_metrics(summary)
    lines = [*_head(summary), *(f"  {number}  {_labelled(summary, one)}" for number, one in enumerate(ranked, 1))]
    first = max(len(summary.metrics[name].title) for name in names)
    together = max(1, (width - first) // _COLUMN)
    for start in range(0, len(ranked), together):
        block = ranked[start : start + together]
        lines += ["", " " * first + "".join(f"{start + place:>{_COLUMN}}" for place in range(1, len(block) + 1))]
        for name in names:
            cells = "".join(f"{in_words(summary.interval(entry, name), name):>{_COLUMN}}" for entry in block)
            lines.append(f"{summary.metrics[name].title:<{first}}{cells}")
        counts = (f"{summary.entries[entry].done} of {summary.entries[entry].cells}" for entry in block)
        lines.append(f"{'Takes':<{first}}" + "".join(f"{count:>{_COLUMN}}" for count in counts))
    lines += ["", "In brackets: 95 % intervals, clustered by topic.", "", PASSING, *_checked(summary)]
    lines += ["", *_comparisons(summary), *_faults(summary), *_notes(summary)]
    return "\n".join(lines)


NOT_MEASURABLE = "not measurable"
_COLUMN = 22


def shown_metrics(summary: Summary) -> list[str]:
    """The metrics of the leaderboard: the headline figure, errors, and those that are not 0 or missing throughout."""

    def matters(name: str) -> bool:
        found = [summary.interval(entry, name) for entry in summary.entries]
        values = [one.value for one in found if one is not None]
        return name in (HEADLINE, UNCHECKED, "errors") or any(values)

    return [name for name in SHOWN if matters(name)]


PASSING = "A take that passes has no error that the checks found. What nobody checked may still be wrong:"


def _checked(summary: Summary) -> Iterator[str]:
    """What is known of the claims of each entry."""
    for entry in summary.ranked():
        yield f"{entry.name}: {claims_line(summary.entries[entry].claims)}."


def _labelled(summary: Summary, entry: Entry) -> str:
    label = summary.record.labels.get(entry.model)
    return f"{entry.name} ({label})" if label else entry.name


def _faults(summary: Summary) -> Iterator[str]:
    """How many of the known faults were found, by kind; the least first, and kinds that were all found in one line."""
    for entry in summary.ranked():
        rows = [(found, kind) for kind in summary.faults if (found := summary.interval(entry, FOUND, kind=kind))]
        missed = sorted(row for row in rows if row[0].value < 1)
        if rows:
            yield f"Known faults of {entry.name} that the checks found, by kind:"
        for found, kind in missed:
            count = round(found.value * found.n)
            yield f"  {kind:<44} {count:>4} of {found.n:<4} {in_words(found, FOUND)}"
        if len(rows) > len(missed):
            count = sum(found.n for found, _ in rows if found.value == 1)
            yield f"  {'other kinds: ' + str(len(rows) - len(missed)):<44} {count:>4} of {count:<4} 100 %"


def _head(summary: Summary) -> Iterator[str]:
    record, topics = summary.record, len(set(summary.topics.values()))
    writers, repeats = len(summary.entries), record.repeats
    counts = f"{count_of(record.cases, 'case')} in {count_of(topics, 'topic')}, {count_of(writers, 'writer')}"
    yield f"{record.suite.get('name')}: {counts}, {count_of(repeats, 'repeat')}."
    if not summary.complete:
        yield (
            f"This run is not complete: {summary.cells} of {count_of(record.cells, 'cell')} "
            f"{'is' if summary.cells == 1 else 'are'} done. It is {record.state}."
        )


def _comparisons(summary: Summary) -> Iterator[str]:
    ranked = summary.ranked()
    pairs = [(ranked[0], other) for other in ranked[1:]]
    for (best, other), found in zip(pairs, summary.differences(HEADLINE, pairs), strict=True):
        if found is not None:
            yield difference_in_words(found, best, other)


def difference_in_words(found: Difference, first: Entry, second: Entry) -> str:
    """A paired difference of the headline figure in two sentences: what was seen, and what that is worth."""
    who, points = f"{second.name} passes without repair", 100 * found.value
    size = f"{abs(points):.1f} percentage points"
    how = f"{size} {'more' if points > 0 else 'less'} often than" if points else "as often as"
    seen = f"{who} {how} {first.name}"
    cases = f"{count_of(found.n, 'case')} in {count_of(found.clusters, 'topic')}"
    if found.verdict == "too few topics":
        return f"{seen}. No verdict: there are {cases}, and at least {LEAST_CLUSTERS} topics are needed."
    low, high = max(-1.0, found.low), min(1.0, found.high)  # shares can't differ by more
    seen += f" (95 % interval of the difference: {signed(100 * low)} to {signed(100 * high)})"
    least = f" {cases} can show differences of {100 * found.detectable:.0f} points or more." if found.detectable else ""
    if found.verdict == "no difference shown":
        # One comparison alone might have shown it: several raise p.
        alone = not found.low <= 0 <= found.high
        why = f" (p {found.p:.3f}, corrected for the number of comparisons)" if alone else ""
        return f"{seen}: no difference shown{why}.{least}"
    p = "p below 0.001" if found.p < 0.001 else f"p {found.p:.3f}"
    return f"{seen}: a difference is shown ({p}).{least}"


def signed(value: float, form: str = ".1f") -> str:
    """A number with its sign, as it is printed."""
    return f"{value:+{form}}".replace("-", "−").replace("+nan", "unknown")


def _notes(summary: Summary) -> Iterator[str]:
    for entry, found in summary.entries.items():
        for status, count in found.without_take.items():
            yield f"{entry.name}: {count_of(count, 'cell')} without a take ({status}), not counted anywhere else."
        if found.unknown_costs:
            yield f"{entry.name}: the cost of {count_of(found.unknown_costs, 'cell')} is not known."


def in_words(found: Interval | None, metric: str) -> str:
    """A value with its interval, short."""
    row = metric_rows()[metric]
    if found is None:
        return NOT_MEASURABLE
    if row.rate:
        return f"{100 * found.value:.0f} % ({100 * found.low:.0f} to {100 * found.high:.0f})"
    digits = 4 if row.unit == "USD" else 2
    if found.clusters < 2 or (found.value == found.low == found.high):
        return f"{found.value:.{digits}f}"
    # What is counted, paid or waited for is never below 0.
    low = max(0.0, found.low) if row.better == "less" and found.value >= 0 else found.low
    return f"{found.value:.{digits}f} ({low:.{digits}f} to {found.high:.{digits}f})"


def markdown_report(summary: Summary) -> str:
    """The leaderboard and the differences as Markdown, for the summary of a build or a comment."""
    names = shown_metrics(summary)
    titles = ["writer", *(summary.metrics[name].title for name in names), "takes"]
    lines = [f"### {summary.record.suite.get('name')}", "", " ".join(_head(summary)), ""]
    lines += [_row(titles), _row(["---", *["---:"] * (len(titles) - 1)])]
    for entry in summary.ranked():
        cells = [in_words(summary.interval(entry, name), name) for name in names]
        counts = summary.entries[entry]
        lines.append(_row([_labelled(summary, entry), *cells, f"{counts.done} of {counts.cells}"]))
    lines += ["", "In brackets: 95 % intervals, clustered by topic.", "", PASSING, ""]
    lines += [f"- {sentence}" for sentence in (*_checked(summary), *_comparisons(summary), *_notes(summary))]
    return "\n".join(lines) + "\n"


def _row(cells: Sequence[str]) -> str:
    """A row of a table; a stroke or an angle bracket in a name must not end it or become markup."""
    safe = (cell.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ") for cell in cells)
    return f"| {' | '.join(safe)} |"


def json_report(summary: Summary) -> str:
    """The whole summary as JSON."""
    return json.dumps(as_json(summary), ensure_ascii=False, indent=2) + "\n"


def csv_report(rows: Iterator[CellResult]) -> str:
    """A line for each cell. A metric that could not be measured, and an unknown cost, is empty."""
    names = list(metric_rows())
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["case", "topic", "model", "prompt", "repeat", "status", "error", "revisions", *names])
    for row in rows:
        values = ["" if row.metrics.get(name) is None else f"{row.metrics[name]:g}" for name in names]
        own = [row.case, row.topic, row.model, row.prompt, row.repeat, row.status, row.error or "", row.revisions]
        writer.writerow([_harmless(one) for one in (*own, *values)])
    return out.getvalue()


def _harmless(value: object) -> object:
    """A text that a spreadsheet would run as a formula is quoted."""
    return f"'{value}" if isinstance(value, str) and value.startswith(tuple("=+@\t\r")) else value


def junit_report(summary: Summary, rows: Iterator[CellResult]) -> str:
    """JUnit XML: a suite for each entry, a test for each cell. A cell without a take is an error, one that does not
    pass without repair a failure, one that can't be measured is skipped. Each says what is known of its claims.
    """
    root = ElementTree.Element("testsuites", name=str(summary.record.suite.get("name")))
    suites = {entry: ElementTree.SubElement(root, "testsuite", name=entry.name) for entry in summary.entries}
    counts = {entry: dict.fromkeys(("tests", "failures", "errors", "skipped"), 0) for entry in suites}
    headline = metric_rows()[HEADLINE]
    for row in rows:
        entry = Entry(row.model, row.prompt)
        if entry not in suites:
            continue
        seconds = f"{row.seconds or 0:.3f}"
        test = ElementTree.SubElement(
            suites[entry], "testcase", classname=entry.name, name=f"{row.case} {row.repeat}", time=seconds
        )
        counts[entry]["tests"] += 1
        if not row.done:
            counts[entry]["errors"] += 1
            ElementTree.SubElement(test, "error", message=_clean(row.error or row.status), type=row.status)
            continue
        state = state_of(headline, row.metrics.get(HEADLINE))
        if state == "fail":
            counts[entry]["failures"] += 1
            codes = ", ".join(
                f"{code} {count}" for code, count in sorted((row.first.codes if row.first else {}).items())
            )
            ElementTree.SubElement(test, "failure", message=f"does not pass without repair: {codes}", type="findings")
        elif state == "not measurable":
            counts[entry]["skipped"] += 1
            ElementTree.SubElement(test, "skipped", message="not measurable")
        if row.first is not None:
            ElementTree.SubElement(test, "system-out").text = _clean(said_of(row.first))
    for entry, suite in suites.items():
        for name, count in counts[entry].items():
            suite.set(name, str(count))
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def said_of(first: FirstReport) -> str:
    """The verdict on a first revision, with what is known of its claims."""
    return verdict_line(first.verdict, first.counts.get("error", 0), first.claim_counts)


def _clean(text: str) -> str:
    """Without characters that XML can't hold."""
    return "".join(sign for sign in text if sign in "\t\n" or " " <= sign < "\ud800" or "\ue000" <= sign < "\ufffe")

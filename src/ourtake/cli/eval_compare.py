"""`ourtake eval compare`, `gate` and `plan`: what changed, whether that may pass, and how many cases it takes."""

from __future__ import annotations

import math
import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ourtake.cli import lazy
from ourtake.cli.options import Json, RunDir
from ourtake.cli.terminal import emit, emit_json
from ourtake.errors import InputError
from ourtake.text.counts import count_of

if TYPE_CHECKING:
    from ourtake.evals.compare import CaseChange, Change, Comparison


def compare(
    one: Path = typer.Argument(..., help="The folder of a run.", metavar="A"),
    other: Path = typer.Argument(..., help="The folder of another run, or of the same one.", metavar="B"),
    first: str = typer.Option("", "--first", help="The writer in A. Default: all writers that both runs have."),
    second: str = typer.Option("", "--second", help="The writer in B."),
    as_json: Json = False,
) -> None:
    r"""Show what changed between two runs, and how certain that is.

    \b
    Examples:
      ourtake eval compare before after
      ourtake eval compare out out --first baseline --second openai:gpt-6.1-sol
    """
    folders = lazy.eval_results.RunFolder(one), lazy.eval_results.RunFolder(other)
    found = lazy.eval_compare.compare(*folders, first=first, second=second)
    if as_json:
        emit_json([_finite(lazy.eval_compare.as_json(each)) for each in found])
        return
    for name, folder in zip("AB", folders, strict=True):
        record = folder.record()
        when = f", {record.started[:16].replace('T', ' ')} UTC" if record.started else ""
        open_ = "" if record.state == "finished" else f". It is {record.state}, and not complete"
        emit(f"{name} is {folder.path}: {record.suite.get('name')}{when}{open_}.")
    for each in found:
        _show(each)
    emit(_LEGEND)


_LEGEND = """
A difference is B minus A, case by case, over the cases that both runs could measure; in brackets its 95 % interval,
clustered by topic. p is the probability of such a difference by chance, corrected for the number of metrics (Holm).
If an interval excludes 0 but no difference is shown, it may be due to chance among that many metrics.
"Could have shown" is the smallest true difference that these cases show in four of five runs."""


def _show(found: Comparison) -> None:
    left = f"; {found.left_out} are left out because the story or the other half is missing" if found.left_out else ""
    who = found.first.name if found.first == found.second else f"{found.first.name} in A, {found.second.name} in B"
    emit(f"\n{who}: {count_of(found.common, 'case')} in common{left}.")
    emit(f"  {'':<24} {'A':>9} {'B':>10}   {'difference':<34} verdict")
    # What passes is never printed without what nobody checked.
    always = (lazy.eval_metrics.HEADLINE, lazy.eval_metrics.UNCHECKED)
    equal = [
        one for one in found.changes if not one.difference.value and one.difference.p == 1 and one.metric not in always
    ]
    for change in found.changes:
        if change not in equal:
            emit(f"  {_line(change)}")
    if equal:
        emit(f"  {count_of(len(equal), 'metric is', 'metrics are')} the same in both.")
    changed = [one for one in found.cases if one.before != one.after]
    others = len(found.cases) - len(changed)
    for one in changed:
        emit(f"  {one.case}: {_passes(one.before, one.unchecked[0])} in A, "
             f"{_passes(one.after, one.unchecked[1])} in B{_codes(one)}")  # fmt: skip
    if others:
        emit(
            f"  {count_of(others, 'more case has', 'more cases have')} different findings in A and B, but the "
            "same outcome."
        )
    if not found.cases:
        emit("  No case changed.")


def _line(change: Change) -> str:
    row, one = lazy.eval_metrics.metric_rows()[change.metric], change.difference
    scale, unit, points = (100, " %", " points") if row.rate else (1, "", "")
    a, b, middle = (scale * value for value in (change.first.value, change.second.value, one.value))
    span = f"{middle:+.3g}{points}"
    if math.isfinite(one.low):
        low, high = (max(-1.0, one.low), min(1.0, one.high)) if row.rate else (one.low, one.high)
        span += f" ({scale * low:+.3g} to {scale * high:+.3g})"
    verdict = one.verdict
    if verdict in ("more", "less"):
        good = "" if row.better == "neither" else ", better" if verdict == row.better else ", worse"
        verdict = f"{verdict}{good} (p {'below 0.001' if one.p < 0.001 else f'{one.p:.3f}'})"
    elif verdict == "no difference shown" and one.detectable:
        verdict += f"; could have shown {scale * one.detectable:.3g}{points}"
    elif verdict == "too few topics":
        verdict = f"no verdict: {count_of(one.clusters, 'topic')}, {lazy.eval_statistics.LEAST_CLUSTERS} are needed"
    name = f"{row.title:<24}"
    return f"{name} {a:>7.4g}{unit or '  '} {b:>8.4g}{unit or '  '}   {span.replace('-', '−'):<34} {verdict}"


def _passes(share: float, unchecked: float | None) -> str:
    said = {0.0: "needs repair", 1.0: "no errors found"}.get(share, f"no errors found in {100 * share:.0f} %")
    left = "claims unchecked" if unchecked is None else f"{100 * unchecked:.0f} % of claims unchecked"
    return f"{said} ({left})"


def _codes(one: CaseChange) -> str:
    more = ", ".join(f"+{count} {code}" for code, count in sorted(one.more.items()))
    fewer = ", ".join(f"-{count} {code}" for code, count in sorted(one.fewer.items()))
    both = ", ".join(filter(None, [more, fewer]))
    return f" ({both})" if both else ""


def gate(
    folder: RunDir,
    against: Path = typer.Option(
        None, "--against", help="The run to compare with. Default: the suite's.", metavar="DIR"
    ),
    suite: Path = typer.Option(None, "--suite", help="Use the demands of this suite instead of the recorded ones."),
    as_json: Json = False,
) -> None:
    r"""Say whether a run meets the demands in its suite's [gate].

    The exit code is 0 if all demands hold, 1 if one is not met, 5 if one can't be decided.

    \b
    Examples:
      ourtake eval gate out
      ourtake eval gate out --against kept/takes
    """
    run = lazy.eval_results.RunFolder(folder)
    record = run.record()
    if suite is not None:
        given, base = lazy.eval_suite.read_suite(suite).gate, suite.parent
    else:
        given = lazy.eval_suite.Gate.model_validate(record.suite.get("gate") or {})
        base = (folder / record.suite_file).parent
    other = against or (Path(os.path.normpath(base / given.against)) if given.against else None)
    earlier = None if other is None else lazy.eval_results.RunFolder(other)
    demands = lazy.eval_gate.check_gate(run, given, against=earlier)
    code = lazy.eval_gate.exit_code(demands)
    if as_json:
        emit_json({"exit_code": code, "demands": [demand._asdict() for demand in demands]})
    else:
        for demand in demands:
            emit(f"{_STATES[demand.state]:<17} {demand.entry}: {demand.what}. {demand.why}")
        counts = Counter(demand.state for demand in demands)
        told = f"{counts['holds']} hold, {counts['fell']} fell, {counts['undecided']} can't be decided"
        where = f"{folder} against {other}" if other is not None else f"{folder}, without an earlier run"
        emit(
            f"{where}: of {len(demands)} demands {told}. “Surely” and “at worst” mean one-sided, with 95 % confidence."
        )
    raise typer.Exit(code)


_STATES = {"holds": "holds", "fell": "fell", "undecided": "can't be decided"}


def plan(
    difference: float = typer.Option(
        ...,
        "--difference",
        min=0.000001,
        help="The difference to show, in the metric's unit: 0.05 is 5 points.",
    ),
    run: Path = typer.Option(None, "--from", help="A run that shows how much cases differ.", metavar="DIR"),
    metric: str = typer.Option("passes_without_repair", "--metric", help="The metric to compare."),
    rate: float = typer.Option(0.7, "--rate", min=0.01, max=0.99, help="Without --from: the rate that you expect."),
    correlation: float = typer.Option(0.2, min=0, max=1, help="Without --from: how much cases in a topic correlate."),
    per_topic: int = typer.Option(4, min=1, help="Cases in a topic."),
    as_json: Json = False,
) -> None:
    r"""Say how many cases a suite needs to show a difference.

    \b
    Examples:
      ourtake eval plan --difference 0.1 --rate 0.8
      ourtake eval plan --difference 0.05 --from out
    """
    spread = math.sqrt(2 * rate * (1 - rate))
    if run is not None:
        spread, correlation = _spread(run, metric)
    found = lazy.eval_statistics.plan(difference, spread=spread, correlation=correlation, per_topic=per_topic)
    if as_json:
        emit_json(found._asdict() | {"spread": spread, "correlation": correlation})
        return
    emit(
        f"{count_of(found.topics, 'topic')} with {count_of(per_topic, 'case')} each, "
        f"{count_of(found.cases, 'case')} in all, show a difference of "
        f"{difference:g} in 4 of 5 runs."
    )
    emit(
        f"This assumes that differences have a standard deviation of {spread:.3g} from case to case, and a "
        f"correlation of {correlation:.2f} within a topic."
    )


def _spread(run: Path, metric: str) -> tuple[float, float]:
    """How much the difference of a run's two best writers varies by case, and correlates in a topic."""
    summary = lazy.eval_summary.summarise(lazy.eval_results.RunFolder(run))
    if metric not in summary.metrics:
        raise InputError(f"There is no metric {metric}.", f"Metrics: {', '.join(summary.metrics)}.")
    values = [summary.entries[entry].by_case(metric) for entry in summary.ranked()[:2]]
    if len(values) == 1:
        cases, scale = values[0], math.sqrt(2)
        found = list(cases.values())
    else:
        cases, scale = {case: 0.0 for case in values[0] if case in values[1]}, 1.0
        found = [values[1][case] - values[0][case] for case in cases]
    spread, correlation = (
        lazy.eval_statistics.spread_of(found, [summary.topics[case] for case in cases]) if found else (0, 0)
    )
    if not spread:
        what = f"In {run} the writers differ by {metric} in no case, so it can't say how much cases vary."
        raise InputError(what, "Leave out --from, and give --rate.")
    return spread * scale, correlation


def _finite(value: object) -> object:
    """JSON has no NaN."""
    if isinstance(value, dict):
        return {name: _finite(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value

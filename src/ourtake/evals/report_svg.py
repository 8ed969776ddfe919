"""The plots of the report as inline SVG. Their colours are the page's variables, so that they follow it in the dark and
on paper. Every text in them is escaped here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import NamedTuple

from ourtake.evals.statistics import Interval


class Point(NamedTuple):
    """A model in the plot of cost against quality; `x` is US dollars a take, `y` a share."""

    name: str
    x: float
    y: Interval


def interval_bar(found: Interval | None, *, low: float = 0.0, high: float = 1.0, width: int = 240) -> str:
    """A dot with its interval on a line from `low` to `high`."""
    if found is None or high <= low:
        return '<span class="none">not measurable</span>'

    def at(value: float) -> float:
        return 6 + (width - 12) * (min(high, max(low, value)) - low) / (high - low)

    left, right = (found.low, found.high) if math.isfinite(found.low) else (found.value, found.value)
    label = f"{found.value:.3g}, 95 % interval {found.low:.3g} to {found.high:.3g}"
    ticks = "".join(
        f'<line x1="{x:.1f}" x2="{x:.1f}" y1="4" y2="20" class="grid"/>'
        for x in (at(low + (high - low) * part / 4) for part in range(5))
    )
    return (
        f'<svg class="bar" viewBox="0 0 {width} 24" width="{width}" height="24" role="img" aria-label="{label}">{ticks}'
        f'<line x1="{at(left):.1f}" x2="{at(right):.1f}" y1="12" y2="12" class="span"/>'
        f'<circle cx="{at(found.value):.1f}" cy="12" r="5" class="dot"/></svg>'
    )


def scatter(points: Sequence[Point]) -> str:
    """Cost of a take against the headline figure, with intervals; the lower right is expensive and bad."""
    width, height, left, bottom, top, right = 720, 340, 64, 48, 16, 24
    most = max((point.x for point in points), default=0) or 1.0
    step = _step(most)
    most = math.ceil(most * 1.08 / step) * step

    def x_of(value: float) -> float:
        return left + (width - left - right) * value / most

    def y_of(value: float) -> float:
        return top + (height - top - bottom) * (1 - value)

    parts = [f'<svg class="plot" viewBox="0 0 {width} {height}" role="img" aria-label="Cost against quality">']
    for share in (0, 0.25, 0.5, 0.75, 1):
        y = y_of(share)
        parts.append(f'<line x1="{left}" x2="{width - right}" y1="{y:.1f}" y2="{y:.1f}" class="grid"/>')
        parts.append(f'<text x="{left - 8}" y="{y + 4:.1f}" class="tick" text-anchor="end">{share:.0%}</text>')
    for number in range(int(most / step + 0.5) + 1):
        x = x_of(number * step)
        parts.append(f'<text x="{x:.1f}" y="{height - bottom + 20}" class="tick" text-anchor="middle">'
                     f'${number * step:.3g}</text>')  # fmt: skip
    parts.append(f'<text x="{(left + width - right) / 2}" y="{height - 6}" class="axis" text-anchor="middle">'
                 "US dollars per take</text>")  # fmt: skip
    taken: list[tuple[float, float]] = []
    for point in sorted(points, key=lambda one: -one.y.value):
        x, y = x_of(point.x), y_of(point.y.value)
        parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{y_of(point.y.low):.1f}" y2="{y_of(point.y.high):.1f}" '
                     'class="span thin"/>')  # fmt: skip
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="6" class="dot"/>')
        end = x > width * 0.66
        text_y = _free(x, y - 10, taken)
        parts.append(f'<text x="{x + (-11 if end else 11):.1f}" y="{text_y:.1f}" class="name" '
                     f'text-anchor="{"end" if end else "start"}">{escape(_short(point.name))}</text>')  # fmt: skip
    return "".join([*parts, "</svg>"])


def _free(x: float, y: float, taken: list[tuple[float, float]]) -> float:
    """A height at which a label meets no other."""
    y = max(14.0, y)
    while any(abs(y - other) < 15 and abs(x - place) < 220 for place, other in taken):
        y += 16
    taken.append((x, y))
    return y


def stacked(rows: Sequence[tuple[str, Mapping[str, float]]], parts_of: Sequence[tuple[str, str]]) -> str:
    """Horizontal bars of parts: rows are (name, part -> value); `parts_of` are (part, what it is), in order."""
    most = max((sum(values.values()) for _, values in rows), default=0) or 1.0
    step = _step(most)
    most = math.ceil(most / step) * step
    width, left, line = 720, 220, 34
    height = len(rows) * line + 34

    def x_of(value: float) -> float:
        return left + (width - left - 24) * value / most

    out = [f'<svg class="plot" viewBox="0 0 {width} {height}" role="img" aria-label="Findings by family">']
    for number in range(int(most / step + 0.5) + 1):
        x = x_of(number * step)
        out.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{height - 26}" class="grid"/>')
        out.append(f'<text x="{x:.1f}" y="{height - 8}" class="tick" text-anchor="middle">{number * step:g}</text>')
    for place, (name, values) in enumerate(rows):
        y, begun = place * line + 6, 0.0
        out.append(
            f'<text x="{left - 10}" y="{y + 15}" class="name" text-anchor="end">{escape(_short(name, 30))}</text>'
        )
        for number, (part, what) in enumerate(parts_of):
            value = values.get(part, 0.0)
            if value > 0:
                wide = x_of(begun + value) - x_of(begun)
                shape = f'x="{x_of(begun):.1f}" y="{y}" width="{max(1.0, wide - 1):.1f}" height="20" rx="2"'
                title = f"<title>{escape(what)}: {value:.2f} a take</title>"
                out.append(f'<rect {shape} class="part{number}">{title}</rect>')
                begun += value
    return "".join([*out, "</svg>"])


def _step(most: float) -> float:
    """A round step that gives three to seven marks up to `most`."""
    size = 10.0 ** math.floor(math.log10(most))
    return next(size * part for part in (0.2, 0.5, 1, 2, 5) if most / (size * part) <= 6)


def _short(name: str, most: int = 36) -> str:
    return name if len(name) <= most else f"…{name[-most + 1 :]}"

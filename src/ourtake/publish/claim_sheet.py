"""The claim sheet: each claim of a take beside its nearest passages, with the words that differ marked, what nobody
settled first. As text for a terminal, as Markdown, and as a page for printing.

A row is a statement, a quotation or a link. The numbers, dates and names in a statement are named below it.
"""

from __future__ import annotations

import html
import re
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ourtake.checks.verdict import COUNTED, line_of
from ourtake.documents import Claim, Difference, Evidence, Related, Report, Source
from ourtake.publish.findings_text import Look, paint, safe
from ourtake.text.markdown import visible

ORDER = ("differs", "not-found", "not-checked", "verified", "opinion")
"""What needs a person first."""

SAID = {
    "differs": "Differs from the texts",
    "not-found": "Not found in the texts",
    "not-checked": "Not checked by anybody",
    "verified": "Verified",
    "opinion": "Opinion: nothing to check",
}
_COLOURS = {"differs": "31", "not-found": "31", "not-checked": "33", "verified": "32", "opinion": "36"}
_BY = {"code": "by our code", "model": "by a model", "person": "by a person"}
_MOST_EVIDENCE = 3
_LONGEST = 420


class SheetRow(NamedTuple):
    """A claim with the claims inside it. `number`: from 1, in the order of the sheet."""

    number: int
    claim: Claim
    inside: tuple[Claim, ...]


class Marked(NamedTuple):
    """A stretch of words; `differs`: they are other in the take than in the document."""

    text: str
    differs: bool


def _by_status(report: Report) -> Iterator[tuple[str, list[SheetRow]]]:
    """The rows of a report by status, what nobody settled first, each status in the take's order."""
    number = 1
    for status in ORDER:
        claims = [claim for claim in report.claims if claim.kind in COUNTED and claim.status == status]
        if claims:
            yield status, [SheetRow(at, claim, _inside(claim, report)) for at, claim in enumerate(claims, number)]
        number += len(claims)


def _inside(claim: Claim, report: Report) -> tuple[Claim, ...]:
    if claim.kind != "statement":
        return ()
    return tuple(
        one
        for one in report.claims
        if one.field == claim.field and claim.start <= one.start < claim.end and one.kind not in COUNTED
    )


def names_of(source: Source, related: Sequence[Related]) -> dict[str, str]:
    """What a reader calls each document: the outlet, or an article's title."""
    return {"source": source.outlet or "the source"} | {item.id: item.title or item.url for item in related}


def marked(text: str, words: Sequence[str]) -> list[Marked]:
    """A text in stretches, with those of the words that it holds."""
    wanted = sorted({word for word in words if word.strip()}, key=len, reverse=True)
    if not wanted:
        return [Marked(text, False)]
    pattern = "|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in wanted)
    found: list[Marked] = []
    at = 0
    for match in re.finditer(pattern, text):
        found += [Marked(text[at : match.start()], False), Marked(match[0], True)]
        at = match.end()
    return [one for one in (*found, Marked(text[at:], False)) if one.text]


def _take_words(row: SheetRow) -> list[Marked]:
    return marked(visible(row.claim.text), [one.take for one in _differences(row)])


def _differences(row: SheetRow) -> list[Difference]:
    return [one for claim in (row.claim, *row.inside) for one in claim.differs]


def _passage(row: SheetRow, evidence: Evidence) -> list[Marked]:
    text = evidence.text if len(evidence.text) <= _LONGEST else evidence.text[:_LONGEST].rsplit(" ", 1)[0] + " \u2026"
    words = [one.document for one in _differences(row)]
    # Where the words are all of the passage, marking them says nothing.
    return marked(text, [word for word in words if word.strip() != evidence.text.strip()])


def _place(evidence: Evidence, names: Mapping[str, str]) -> str:
    name = names.get(evidence.document, evidence.document)
    return f"{name}, {evidence.field}" if evidence.field else name


def _evidence(row: SheetRow) -> Sequence[Evidence]:
    return row.claim.evidence[:_MOST_EVIDENCE] if row.claim.status != "opinion" else ()


def _head(row: SheetRow) -> str:
    by = f", {_BY[row.claim.by]}" if row.claim.status in ("verified", "differs", "not-found") else ""
    codes = f", {', '.join(row.claim.codes)}" if row.claim.codes else ""
    return f"{row.claim.kind} in the {row.claim.field}{by}{codes}"


def _parts(row: SheetRow) -> str:
    """The numbers, dates, names and attributions of a statement with what is known of each."""
    words = (" ".join(visible(one.text).split()) for one in row.inside)
    return "; ".join(
        f"{one.kind} {textwrap.shorten(text, 60, placeholder=' …')}: {one.status.replace('-', ' ')}"
        for one, text in zip(row.inside, words, strict=True)
        if one.kind != "attribution" or one.codes
    )


def sheet_text(report: Report, name: str, names: Mapping[str, str], look: Look = Look()) -> str:  # noqa: B008
    """The sheet for a terminal of `look.width` columns; words that differ are coloured, or between [[ ]]."""
    lines = [safe(line) for line in textwrap.wrap(f"{name}: {line_of(report)}", look.width)]
    for status, listed in _by_status(report):
        lines += ["", paint(f"{SAID[status]} ({len(listed)})", f"1;{_COLOURS[status]}", look)]
        for row in listed:
            lines += ["", *_wrapped(f"{row.number:>3}. ", [Marked(f"[{_head(row)}]", False)], look)]
            lines += _wrapped("     ", _take_words(row), look)
            if parts := _parts(row):
                lines += _wrapped("     in it: ", [Marked(parts, False)], look, indent=7)
            for evidence in _evidence(row):
                lines += _wrapped("     near: ", [Marked(f"({_place(evidence, names)}) ", False)], look, indent=7)
                lines += _wrapped("       ", _passage(row, evidence), look)
    return "\n".join(lines)


_BEGIN_END = ("\ue000", "\ue001")
"""Characters that stand for the beginning and the end of words that differ, until the lines are made."""


def _wrapped(first: str, stretches: Sequence[Marked], look: Look, *, indent: int = 0) -> list[str]:
    """Stretches wrapped to the width, with the words that differ shown."""
    # Colours take no columns: while lines are wrapped, one character stands for each change of them.
    before, after = _BEGIN_END if look.colour else ("[[", "]]")
    wrapped = textwrap.wrap(
        "".join(
            f"{before}{safe(text)}{after}" if differs else safe(text) for text, differs in _without_marks(stretches)
        ),
        max(30, look.width),
        initial_indent=first,
        subsequent_indent=" " * (indent or len(first)),
        break_long_words=True,
        break_on_hyphens=False,
    )
    begin, end = _BEGIN_END
    return [line.replace(begin, "\x1b[7m").replace(end, "\x1b[27m") for line in wrapped]


def _without_marks(stretches: Sequence[Marked]) -> Iterator[tuple[str, bool]]:
    """The stretches' texts and whether they differ, without the characters that stand for our own marks."""
    begin, end = _BEGIN_END
    for one in stretches:
        yield one.text.replace(begin, "\ufffd").replace(end, "\ufffd"), one.differs


def sheet_markdown(report: Report, name: str, names: Mapping[str, str]) -> str:
    """The sheet as Markdown; words that differ are bold."""
    lines = [f"# Claims in {_plain(name)}", "", _plain(line_of(report)), ""]
    for status, listed in _by_status(report):
        lines += [f"## {SAID[status]} ({len(listed)})", ""]
        for row in listed:
            lines += [f"{row.number}. {_bold(_take_words(row))}  ", f"   *{_plain(_head(row))}*", ""]
            if parts := _parts(row):
                lines += [f"   In it: {_plain(parts)}", ""]
            for evidence in _evidence(row):
                lines += [f"   > {_bold(_passage(row, evidence))}  ", f"   > ({_plain(_place(evidence, names))})", ""]
    return "\n".join(lines).rstrip() + "\n"


def _plain(text: str) -> str:
    """Text in which nothing is markup, on one line."""
    return re.sub(r"([\\`*_\[\]<>#|])", r"\\\1", " ".join(safe(text).split()))


def _bold(stretches: Sequence[Marked]) -> str:
    begin, end = _BEGIN_END
    joined = "".join(f"{begin}{text}{end}" if differs else text for text, differs in _without_marks(stretches))
    return _plain(joined).replace(begin, "**").replace(end, "**")


_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><style>
body {{ font: 16px/1.5 Georgia, serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; color: #222; }}
h1, h2, .head {{ font-family: system-ui, sans-serif; }} h2 {{ border-bottom: 1px solid #999; margin-top: 2.5rem; }}
ol {{ padding-left: 2.2rem; }} li {{ margin: 1.4rem 0; break-inside: avoid; }} p {{ margin: .2rem 0; }}
.head, .parts, cite {{ font-size: .85rem; color: #555; font-style: normal; }}
blockquote {{ margin: .4rem 0 .4rem 0; padding-left: .8rem; border-left: 3px solid #bbb; }}
mark {{ background: #ffe08a; padding: 0 .1em; }} @media print {{ body {{ margin: 0; max-width: none; }} }}
@media (prefers-color-scheme: dark) {{ body {{ background: #191919; color: #ddd; }} mark {{ background: #7a5c00;
color: #fff; }} .head, .parts, cite {{ color: #aaa; }} }}
</style></head><body>
<h1>Claims in {title}</h1>
<p>{verdict}</p>
{sections}
</body></html>
"""


def sheet_html(report: Report, name: str, names: Mapping[str, str]) -> str:
    """The sheet as one page without scripts; words that differ are marked."""
    sections = []
    for status, listed in _by_status(report):
        items = "\n".join(_item(row, names) for row in listed)
        start = listed[0].number
        sections.append(f'<h2>{html.escape(SAID[status])} ({len(listed)})</h2>\n<ol start="{start}">\n{items}\n</ol>')
    page = {"title": _escaped(name), "verdict": _escaped(line_of(report)), "sections": "\n".join(sections)}
    return _PAGE.format(**page)


def _item(row: SheetRow, names: Mapping[str, str]) -> str:
    parts = _parts(row)
    quoted = "".join(
        f"<blockquote>{_with_marks(_passage(row, evidence))}<br><cite>{_escaped(_place(evidence, names))}</cite>"
        "</blockquote>"
        for evidence in _evidence(row)
    )
    inside = f'<p class="parts">In it: {_escaped(parts)}</p>' if parts else ""
    return f'<li><p>{_with_marks(_take_words(row))}</p><p class="head">{_escaped(_head(row))}</p>{inside}{quoted}</li>'


def _escaped(text: str) -> str:
    return html.escape(safe(text))


def _with_marks(stretches: Sequence[Marked]) -> str:
    return "".join(f"<mark>{_escaped(one.text)}</mark>" if one.differs else _escaped(one.text) for one in stretches)


class SheetFormat(NamedTuple):
    """How a sheet is written to a file."""

    suffix: str
    write: Callable[[Report, str, Mapping[str, str]], str]


FORMATS = {"markdown": SheetFormat(".md", sheet_markdown), "html": SheetFormat(".html", sheet_html)}

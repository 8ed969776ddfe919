"""A passage of a take as HTML: as readers will see it, with the words of its findings marked.

Offsets are those of the field. Markdown's own signs are not shown; everything between them is escaped, and the result
goes through nh3 with the few elements that we write.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape
from itertools import groupby, pairwise
from typing import NamedTuple

import nh3
from markupsafe import Markup

from ourtake.publish.piece import web_address
from ourtake.text.markdown import links

TAGS = {"a", "mark", "strong", "em", "code", "del", "ins", "p", "blockquote", "br", "span"}
ATTRIBUTES = {"a": {"href"}, "mark": {"id", "class", "data-finding"}, "span": {"class"}}
_EMPHASIS = re.compile(r"(\*{1,2}|(?<!\w)_{1,2})(?=\S)(.+?)(?<=\S)\1(?!\w)")
_ESCAPE = re.compile(r"\\(?=[!-/:-@\[-`{-~])")
_CODE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
_LINE_MARK = re.compile(r"^ {0,3}(?:#{1,6}[ \t]+|>[ \t]?)", re.MULTILINE)
_FILLER = "\0"
"""Stands for signs that were read already: neither a letter nor white space, so that emphasis ends at it."""
_LEVEL = {"error": 0, "warning": 1, "info": 2, "stood": 3}


class Mark(NamedTuple):
    """The words [start, end) of a field that a finding is about; `number` is the finding's in its report."""

    start: int
    end: int
    number: int
    severity: str


class Label(NamedTuple):
    """Words to be shown after the place `at` of a field where somebody asks for them."""

    at: int
    text: str


class _Style(NamedTuple):
    start: int
    end: int
    tag: str
    href: str = ""


def passage_html(text: str, start: int, end: int, marks: Iterable[Mark] = (), labels: Iterable[Label] = ()) -> Markup:
    """The passage text[start:end] of a field. The first piece of each mark has the id m<number>."""
    labels = tuple(labels)
    inner = [mark for mark in marks if mark.start < end and mark.end > start]
    hidden, styles = _constructs(text[start:end], start)
    cuts = {start, end}
    cuts |= {place for span in hidden for place in span}
    cuts |= {place for style in styles for place in style[:2]} | {place for mark in inner for place in mark[:2]}
    cuts |= {label.at for label in labels}
    pieces = []
    for a, b in pairwise(sorted(cut for cut in cuts if start <= cut <= end)):
        if not any(x <= a and b <= y for x, y in hidden):
            pieces.append((a, b, [style for style in styles if style.start <= a and b <= style.end]))
    named: set[int] = set()
    out = []
    waiting = sorted(label for label in labels if start < label.at <= end)
    for link, group in groupby(pieces, key=lambda piece: next((one for one in piece[2] if one.tag == "a"), None)):
        words = ""
        for a, b, inside in group:
            while waiting and waiting[0].at <= a and link is None:
                words += _label(waiting.pop(0))
            words += _piece(text, a, b, inside, inner, named)
        out.append(f'<a href="{escape(link.href)}">{words}</a>' if link is not None and link.href else words)
    return cleaned("".join([*out, *map(_label, waiting)]))


def _label(label: Label) -> str:
    return f'<span class="near-label"> [{escape(label.text)}] </span>'


def cleaned(html: str) -> Markup:
    """HTML with nothing in it but the elements and attributes that this page writes into a take."""
    return Markup(
        nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes={"http", "https"}, link_rel="noopener noreferrer")
    )


def _constructs(passage: str, offset: int) -> tuple[list[tuple[int, int]], list[_Style]]:
    """Which parts are Markdown's signs, and which are links, emphasis and code."""
    hidden: list[tuple[int, int]] = []
    styles: list[_Style] = []
    plain = passage
    for link in links(passage):
        hidden += [(link.start, link.anchor_start), (link.anchor_end, link.end)]
        styles.append(_Style(link.anchor_start, link.anchor_end, "a", web_address(link.target)))
        for a, b in hidden[-2:]:
            plain = plain[:a] + _FILLER * (b - a) + plain[b:]
    for match in _CODE.finditer(plain):
        hidden += [(match.start(), match.start(1)), (match.end(1), match.end())]
        styles.append(_Style(*match.span(1), "code"))
        plain = plain[: match.start()] + _FILLER * len(match[0]) + plain[match.end() :]
    for match in _EMPHASIS.finditer(plain):
        hidden += [(match.start(), match.start(2)), (match.end(2), match.end())]
        styles.append(_Style(*match.span(2), "strong" if len(match[1]) > 1 else "em"))
    hidden += [match.span() for match in _ESCAPE.finditer(plain)]
    hidden += [match.span() for match in _LINE_MARK.finditer(plain)]
    return (
        [(a + offset, b + offset) for a, b in hidden if a < b],
        [style._replace(start=style.start + offset, end=style.end + offset) for style in styles],
    )


def _piece(text: str, a: int, b: int, styles: Sequence[_Style], marks: Sequence[Mark], named: set[int]) -> str:
    words = escape(text[a:b], quote=False)
    over = [mark for mark in marks if mark.start <= a and b <= mark.end]
    if over:
        # The innermost finding is the one that a click means.
        over.sort(key=lambda mark: (mark.end - mark.start, mark.number))
        worst = min(over, key=lambda mark: _LEVEL[mark.severity]).severity
        new = next((mark.number for mark in over if mark.number not in named), None)
        named |= {mark.number for mark in over}
        name = f' id="m{new}"' if new is not None else ""
        numbers = " ".join(str(mark.number) for mark in over)
        words = f'<mark{name} class="{worst}" data-finding="{numbers}">{words}</mark>'
    for style in styles:
        if style.tag != "a":
            words = f"<{style.tag}>{words}</{style.tag}>"
    return words

"""Markdown with exact offsets: paragraphs, links, lost brackets.

markdown-it-py (CommonMark, raw HTML off) says what the blocks of a text are. Inline constructs are found by a scan that
follows CommonMark's rules for code spans, escapes, brackets and link destinations, since the parser keeps no inline
offsets.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from ourtake.text.overlaps import Spans
from ourtake.text.parsed import Text, kept, part, stripped
from ourtake.text.scan import tried

if TYPE_CHECKING:
    from markdown_it import MarkdownIt


class Span(NamedTuple):
    """text == whole[start:end]."""

    start: int
    end: int
    text: str


class Link(NamedTuple):
    """One link: the whole construct, its anchor (the words shown) and its target, each with offsets."""

    start: int
    end: int
    anchor: str
    anchor_start: int
    anchor_end: int
    target: str
    target_start: int
    target_end: int
    image: bool = False


class _Scan(NamedTuple):
    links: tuple[Link, ...]
    brackets: tuple[Span, ...]
    code: tuple[tuple[int, int], ...]


_CODE = re.compile(r"(?<!`)(`+)(?!`)")
_TITLE = r"""(?:\s+(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\((?:\\.|[^()\\])*\)))?"""
_DESTINATION = re.compile(
    r"\(\s*(?:<((?:\\.|[^<>\\\n])*)>|((?:\\.|[^\s()\\]|\((?:\\.|[^\s()\\]|\((?:\\.|[^\s()\\])*\))*\))*))"
    + _TITLE
    + r"\s*\)"
)
_REFERENCE = re.compile(r"\[((?:\\.|[^\[\]\\])*)\]")
_LINE_END = re.compile(r"\r\n|\r|\n")
_SIGN = re.compile(r"[\\\n<\[\]]")
_DEFINITION = re.compile(
    r"^ {0,3}\[((?:\\.|[^\[\]\\])+)\]:[ \t]*\n?[ \t]*(?:<([^<>\n]*)>|([^\s<]\S*))" + _TITLE + r"[ \t]*$", re.MULTILINE
)
_AUTOLINK = re.compile(r"<([a-zA-Z][a-zA-Z0-9+.\-]{1,31}:[^\s<>]*)>")
_HEADING = re.compile(r"^ {0,3}(?:#{1,6}[ \t]+|>[ \t]?)", re.MULTILINE)
_EMPHASIS = re.compile(r"(\*{1,3}|(?<!\w)_{1,3})(?=\S)(.+?)(?<=\S)\1")
_MARK = re.compile(r"[*_]")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).enable("table").disable("inline")


def blocks(body: str) -> list[tuple[str, Span]]:
    """Every top-level block with its kind as markdown-it names it: paragraph, heading, bullet_list, ordered_list,
    table, ...
    """
    return list(_blocks(body))


@kept
def _blocks(body: str) -> tuple[tuple[str, Span], ...]:
    # The parser counts lines as CommonMark does: a lone carriage return ends one too.
    starts = [0, *(match.end() for match in _LINE_END.finditer(body)), len(body)]
    found = []
    for token in _parser().parse(body):
        if token.level or token.map is None or token.nesting < 0:
            continue
        first, last = starts[token.map[0]], min(starts[token.map[1]], len(body))
        begin, end = stripped(body, first, last)
        found.append((token.type.removesuffix("_open"), Span(begin, end, part(body, begin, end))))
    return tuple(found)


def prose_of(text: str) -> str:
    """The paragraphs of an article as a reader sees them, without its headings, lists, tables and code."""
    return "\n\n".join(visible(span.text) for kind, span in blocks(text) if kind == "paragraph")


def paragraphs(body: str) -> list[Span]:
    """Every top-level block in order, without the white space around it."""
    return [span for _, span in blocks(body) if span.text]


def links(text: str) -> list[Link]:
    """Every link and image: inline, by reference, and <addresses> in angle brackets."""
    return list(_scan(text).links)


def unresolved_brackets(text: str) -> list[Span]:
    """Every [pair of brackets with words] that is not a link."""
    return list(_scan(text).brackets)


def definitions(text: str) -> list[tuple[Span, str]]:
    """Every definition of a link reference ([label]: target) with its target."""
    return (
        [(Span(m.start(), m.end(), m[0]), m[2] if m[2] is not None else m[3]) for m in _DEFINITION.finditer(text)]
        if "]:" in text
        else []
    )


def rewritten(text: str, change: Callable[[Link], str]) -> str:
    """The text with each link and image replaced by what `change` makes of it; an image among a link's words is part of
    that link.
    """
    pieces, last = [], 0
    for link in links(text):
        if link.start >= last:
            pieces += [text[last : link.start], change(link)]
            last = link.end
    return "".join([*pieces, text[last:]])


def visible(text: str) -> str:
    """The text that a reader sees: links keep their words only, emphasis marks and escapes are gone."""
    # Most texts hold none of these signs, and looking for one is a hundred times cheaper than a pattern.
    if "[" in text or "<" in text:
        text = rewritten(text, lambda link: "" if link.image else rewritten(link.anchor, _words_of))
    if "#" in text or ">" in text:
        text = _HEADING.sub("", text)
    if "*" in text or "_" in text:
        text = _without_emphasis(text)
    return _ESCAPED.sub(r"\1", text) if "\\" in text else text


def _words_of(link: Link) -> str:
    return "" if link.image else link.anchor


def _without_emphasis(text: str) -> str:
    r"""What _EMPHASIS.sub(r"\2", text) gives; it is tried only where a mark is."""
    parts, done = [], 0
    for found in tried(_EMPHASIS, text, at=_MARK):
        parts += [text[done : found.start()], found[2]]
        done = found.end()
    return "".join([*parts, text[done:]])


@kept
def _scan(text: str) -> _Scan:
    """One pass over the brackets. Inner brackets come first, so a link is never made around another link."""
    if "[" not in text and "<" not in text:
        return _Scan((), (), ())
    # Most texts have neither of these signs, which are found in a hundredth of a pattern's time.
    code = _code_spans(text) if "`" in text else []
    definitions = {_label(match[1]): match for match in _DEFINITION.finditer(text)} if "]:" in text else {}
    skip = Spans([*code, *((match.start(), match.end()) for match in definitions.values())])
    found: list[Link] = []
    lost: list[Span] = []
    opened: list[int] = []
    index = 0
    while (sign_at := _SIGN.search(text, index)) is not None:
        index = sign_at.start()
        hidden = skip.end_of(index)
        sign = text[index]
        if hidden is not None:
            index = hidden
        elif sign == "\\":
            index += 2
        elif sign == "\n" and text[index + 1 : index + 2] == "\n":
            opened.clear()
            index += 1
        elif sign == "<" and (auto := _AUTOLINK.match(text, index)):
            start, end = auto.span(1)
            found.append(Link(index, auto.end(), auto[1], start, end, auto[1], start, end))
            index = auto.end()
        elif sign == "[":
            opened.append(index)
            index += 1
        elif sign == "]" and opened:
            index = _close(text, opened.pop(), index, definitions=definitions, found=found, lost=lost)
        else:
            index += 1
    inside = Spans((link.start, link.end) for link in found if not link.image)
    brackets = [span for span in lost if not inside.meets(span.start, span.end)]
    return _Scan(tuple(sorted(found)), tuple(sorted(brackets)), tuple(code))


def _close(
    text: str, start: int, end: int, *, definitions: dict[str, re.Match[str]], found: list[Link], lost: list[Span]
) -> int:
    """What the pair of brackets text[start:end + 1] is: a link (added to found) or not (added to lost). Returns where
    to go on.
    """
    image = start > 0 and text[start - 1] == "!" and text[start - 2 : start - 1] != "\\"
    first = start - 1 if image else start
    anchor = Text(text[start + 1 : end])
    # The links inside are the last ones that were closed; to look through all of them made a long text quadratic.
    inner = itertools.takewhile(lambda link: link.start > start, reversed(found))
    nested = not image and any(link.end <= end and not link.image for link in inner)
    inline = _DESTINATION.match(text, end + 1)
    if inline and not nested:
        group = 1 if inline[1] is not None else 2
        a, b = inline.span(group)
        target = _ESCAPED.sub(r"\1", text[a:b])
        found.append(Link(first, inline.end(), anchor, start + 1, end, target, a, b, image))
        return inline.end()
    reference = _REFERENCE.match(text, end + 1)
    label = _label(reference[1] or anchor) if reference else _label(anchor)
    if label in definitions and not nested:
        match = definitions[label]
        group = 2 if match[2] is not None else 3
        a, b = match.span(group)
        last = reference.end() if reference else end + 1
        found.append(Link(first, last, anchor, start + 1, end, match[group], a, b, image))
        return last
    if anchor.strip() and not nested:
        lost.append(Span(start, end + 1, text[start : end + 1]))
    return end + 1


def _code_spans(text: str) -> list[tuple[int, int]]:
    found = []
    index = 0
    while opening := _CODE.search(text, index):
        before = text[: opening.start()]
        if (len(before) - len(before.rstrip("\\"))) % 2:
            # An escaped backtick opens nothing; what follows it in the same run may.
            index = opening.start() + 1
            continue
        closing = re.compile(rf"(?<!`){opening[1]}(?!`)").search(text, opening.end())
        if closing:
            found.append((opening.start(), closing.end()))
        index = closing.end() if closing else opening.end()
    return found


def _label(text: str) -> str:
    return " ".join(text.split()).casefold()

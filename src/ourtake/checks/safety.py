"""SAF: what must never reach a page."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ourtake.checks.base import PROSE, REMOVED, Case, Example, Hit, Rule
from ourtake.checks.examples import SOUND, with_first
from ourtake.checks.hidden import hidden_characters
from ourtake.checks.residue import prompt_residue
from ourtake.documents import FieldName
from ourtake.text.markdown import bare_addresses

_FIELDS: tuple[FieldName, ...] = ("headline", "summary", "body", "tags")
_COMMENT = re.compile(r"<!--(?P<inner>.*?)(?:-->|\Z)", re.DOTALL)
_ATTRIBUTE = r"(?:\s+[A-Za-z_:@][\w.:\-]*(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'=<>`]+))?)"
# A whole tag of any name, or the beginning of one that a browser acts upon.
_TAG = re.compile(
    rf"(?<!\\)<(?:/?[A-Za-z][A-Za-z0-9\-]*{_ATTRIBUTE}*\s*/?>|![A-Za-z\[][^>]*>|\?[^>]*>|/?(?:a|applet|audio|b|base|body|br|button|details|div|embed|font|form|"
    r"frame|frameset|h[1-6]|head|html|i|iframe|image|img|input|isindex|keygen|link|marquee|math|meta|noscript|object|p|script|select|source|span|style|svg|table|"
    r"template|textarea|title|video|xml|xss)(?=[\s/>\"']))",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,24});")
_BLOCKS = {"fence": "A block of code.", "code_block": "A block of code.", "table": "A table.", "html_block": "A block of HTML."}
_IGNORE = re.compile(r"\s*ourtake:\s*ignore\b")
_MARKED_HEADLINE = re.compile(r"\A\s*(?:#{1,6}\s|\*\*|__)|\*\*\s*\Z")
_TABLE_ROW = re.compile(r"^\s*\|(?:[^|\n]*\|){2,}\s*$", re.MULTILINE)


def markup(case: Case) -> Iterator[Hit]:
    """SAF001."""
    for field in _FIELDS:
        text = case.text(field)
        comments = [(match.start(), match.end()) for match in _COMMENT.finditer(text)] if "<!--" in text else []
        for match in _COMMENT.finditer(text) if comments else ():
            if not _IGNORE.match(match["inner"]):
                yield Hit("A comment of HTML.", field, match.start(), match.end())
        for match in _TAG.finditer(text) if "<" in text else ():
            if not any(start <= match.start() < end for start, end in comments):
                yield Hit("A tag of HTML.", field, match.start(), match.end())
        for match in _ENTITY.finditer(text) if "&" in text else ():
            yield Hit("An entity of HTML; write the character.", field, match.start(), match.end())
    if marked := _MARKED_HEADLINE.search(case.take.headline):
        yield Hit("Marks of Markdown in the headline.", "headline", marked.start(), marked.end())
    yield from _images_and_blocks(case)


def _images_and_blocks(case: Case) -> Iterator[Hit]:
    for field in PROSE:
        for link in case.links(field):
            if link.image:
                yield Hit("An image.", field, link.start, link.end)
    tables = []
    for kind, block in case.blocks:
        if kind in _BLOCKS:
            tables.append((block.start, block.end))
            yield Hit(_BLOCKS[kind], "body", block.start, block.end)
    for match in _TABLE_ROW.finditer(case.take.body) if "|" in case.take.body else ():
        if not any(start <= match.start() < end for start, end in tables):
            yield Hit("A row of a table.", "body", match.start(), match.end())


def address_written_by_model(case: Case) -> Iterator[Hit]:
    """SAF004."""
    for field in PROSE:
        for link in case.links(field):
            if link.target == REMOVED:
                yield Hit("The model wrote an address of its own here; it was taken out.", field, link.start, link.end)
            elif case.uses_handles and link.target.lower().startswith(("http:", "https:", "//", "www.")):
                yield Hit("An address among handles: the model wrote it itself.", field, link.start, link.end)
        for mark in re.finditer(REMOVED, case.text(field)):
            # In code a link is no link, and the word stands there by itself.
            if not any(link.start <= mark.start() < link.end for link in case.links(field)):
                yield Hit("The model wrote an address of its own here; it was taken out.", field, mark.start(), mark.end())
        for span in bare_addresses(case.text(field)):
            # An address as a link's own words is seen here too; it is one finding, not two.
            if not any(link.start <= span.start and span.end <= link.end for link in case.links(field)):
                yield Hit("An address stands in the text.", field, span.start, span.end)


RULES = (
    Rule(
        "SAF001",
        "markup",
        "error",
        "HTML tags, comments and entities, tables, images, blocks of code; `<!-- ourtake: ignore CODE reason -->` is let through.",
        "Take it out: a take is plain paragraphs with links and emphasis.",
        with_first("The regulator <b>asked</b> twice."),
        SOUND,
        markup,
    ),
    Rule(
        "SAF002",
        "hidden-characters",
        "error",
        "Characters a reader does not see, letters of another alphabet inside a word, and letters in another dress (full-width, mathematical).",
        "Remove them; the fix does.",
        Example(headline="Show the ho\u200burs before you lay the wire"),
        SOUND,
        hidden_characters,
    ),
    Rule(
        "SAF003",
        "prompt-residue",
        "error",
        "What a model says around its text, labels, placeholders, leftovers of JSON, handles in the prose.",
        "Take it out, or draft the passage again.",
        with_first("Here is the take you asked for:"),
        SOUND,
        prompt_residue,
    ),
    Rule(
        "SAF004",
        "address-written-by-model",
        "error",
        "An address that did not come from the archive through a handle.",
        "Link with a handle, or drop the address.",
        with_first("See https://made-up.example/x for more."),
        SOUND,
        address_written_by_model,
    ),
)

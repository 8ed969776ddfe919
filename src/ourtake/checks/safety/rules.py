"""SAF: what must never reach a page."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ourtake.checks.base import PROSE, Case, Hit, Rule
from ourtake.checks.examples import SOUND, with_first
from ourtake.documents import FIELDS, REMOVED, FieldName
from ourtake.text.hosts import addresses_shown
from ourtake.text.overlaps import Spans

_LINES: tuple[FieldName, ...] = ("headline", "tags")
_LINE_END = re.compile(r"\s*[\n\u2028\u2029]\s*(?=\S)")
_COMMENT = re.compile(r"<!--(?P<inner>.*?)(?:-->|\Z)", re.DOTALL)
_ATTRIBUTE = r"(?:\s+[A-Za-z_:@][\w.:\-]*(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'=<>`]+))?)"
# A whole tag of any name, or the beginning of one that a browser acts upon.
_TAG = re.compile(
    rf"(?<!\\)<(?:/?[A-Za-z][A-Za-z0-9\-]*{_ATTRIBUTE}*\s*/?>|![A-Za-z\[][^>]*>|\?[^>]*>|/?(?:a|applet|audio|b|base|"
    rf"body|br|button|details|div|embed|font|form|frame|frameset|h[1-6]|head|html|i|iframe|image|img|input|isindex|"
    rf"keygen|link|marquee|math|meta|noscript|object|p|script|select|source|span|style|svg|table|template|textarea|"
    rf"title|video|xml|xss)(?=[\s/>\"']))",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,24});")
_BLOCKS = {
    "fence": "A block of code.",
    "code_block": "A block of code.",
    "table": "A table.",
    "html_block": "A block of HTML.",
}
_IGNORE = re.compile(r"\s*ourtake:\s*ignore\b")
_MARKED_HEADLINE = re.compile(r"\A\s*(?:#{1,6}\s|\*\*|__)|\*\*\s*\Z")
_TABLE_ROW = re.compile(r"^\s*\|(?:[^|\n]*\|){2,}\s*$", re.MULTILINE)


def markup(case: Case) -> Iterator[Hit]:
    """SAF001."""
    for field in FIELDS:
        text = case.text(field)
        comments = list(_COMMENT.finditer(text)) if "<!--" in text else []
        for match in comments:
            if not _IGNORE.match(match["inner"]):
                yield Hit("An HTML comment.", field, *match.span())
        inside = Spans(match.span() for match in comments)
        for match in _TAG.finditer(text) if "<" in text else ():
            if not inside.holds(match.start()):
                yield Hit("An HTML tag.", field, *match.span())
        for match in _ENTITY.finditer(text) if "&" in text else ():
            yield Hit("An HTML entity; write the character.", field, *match.span())
    for field in _LINES:
        for match in _LINE_END.finditer(case.text(field)):
            yield Hit("A line break where only one line is allowed.", field, *match.span())
    if marked := _MARKED_HEADLINE.search(case.take.headline):
        yield Hit("Markdown in the headline.", "headline", *marked.span())
    yield from _images_and_blocks(case)


def _images_and_blocks(case: Case) -> Iterator[Hit]:
    for field in PROSE:
        for link in case.links(field):
            if link.image:
                yield Hit("An image.", field, link.start, link.end)
    found = [(kind, block) for kind, block in case.blocks if kind in _BLOCKS]
    for kind, block in found:
        yield Hit(_BLOCKS[kind], "body", block.start, block.end)
    inside = Spans((block.start, block.end) for _, block in found)
    for match in _TABLE_ROW.finditer(case.take.body) if "|" in case.take.body else ():
        if not inside.holds(match.start()):
            yield Hit("A table row.", "body", *match.span())


def address_written_by_model(case: Case) -> Iterator[Hit]:
    """SAF004."""
    for field in PROSE:
        for link in case.links(field):
            if link.target == REMOVED:
                yield Hit("The model wrote an address here; it was removed.", field, link.start, link.end)
            elif case.uses_handles and link.target.lower().startswith(("http:", "https:", "//", "www.")):
                yield Hit("An address among handles: the model wrote it.", field, link.start, link.end)
    for field in FIELDS:
        yield from _written(case, field)


def _written(case: Case, field: FieldName) -> Iterator[Hit]:
    """Addresses in the words of a field, outside links: those have rules of their own."""
    text = case.text(field)
    inside = Spans((link.start, link.end) for link in (case.links(field) if field in PROSE else ()))
    for mark in re.finditer(REMOVED, text):
        # In code a link is not read as one, and the word is there by itself.
        if not inside.holds(mark.start()):
            yield Hit("The model wrote an address here; it was removed.", field, mark.start(), mark.end())
    for shown in addresses_shown(text):
        start, end, _ = shown.span
        if (
            not inside.holds(start)
            and shown.kind != "name"
            and not (shown.kind == "host" and _is_named(case, shown.address))
        ):
            yield Hit("An address in the text.", field, start, end)


def _is_named(case: Case, host: str) -> bool:
    """Whether a document of the take, or the publication, names a bare host: "login.gov" is what the story calls it."""
    folded = host.casefold()
    own = [case.source.outlet, case.source.url, case.settings.publication.name, case.settings.publication.url]
    return any(folded in text.casefold() for text in (*own, *(document.text for document in case.documents)))


RULES = (
    Rule("SAF001", "markup", "error",
         "HTML tags, comments and entities, tables, images, blocks of code, and line breaks in a headline or tag. "
         "`<!-- ourtake: ignore CODE reason -->` is allowed.",
         "Remove it: a take is plain paragraphs with links and emphasis.",
         with_first("The regulator <b>asked</b> twice."), SOUND, markup),
    Rule("SAF004", "address-written-by-model", "error",
         "An address that did not come from the archive through a handle, linked or not: a host with a port or path, "
         "an IP address, a scheme, an e-mail address, a host that no document names. \u201cForbes.com\u201d is a name.",
         "Link with a handle, or remove the address.",
         with_first("See https://made-up.example/x for more."), SOUND, address_written_by_model),
)  # fmt: skip

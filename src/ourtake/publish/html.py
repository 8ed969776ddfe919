"""A take as HTML: a clean article element, a whole page, and the content of a post in a content management system.

Markdown is rendered without raw HTML, all other texts are escaped, and nh3 then removes whatever is not on its list:
elements, attributes, and addresses that are not http or https.
"""

from __future__ import annotations

import functools
import html
from typing import TYPE_CHECKING, NamedTuple

from ourtake.checks.verdict import line_of
from ourtake.documents import Draft
from ourtake.publish.piece import ExportContext, Piece, piece_of, web_address
from ourtake.text.counts import count_of
from ourtake.text.plain import plain_line

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_ELEMENTS = set(
    "article header footer h1 h2 h3 h4 h5 h6 p a em strong blockquote ul ol li code pre br hr "
    "table thead tbody tr th td".split()
)
_ATTRIBUTES = {"a": {"href"}, "article": {"lang"}, "*": {"class"}}
_STYLE = (
    "body{max-width:42rem;margin:2rem auto;padding:0 1rem;font:1.1rem/1.6 Georgia,serif;color-scheme:light dark}"
    ".ourtake-label,.ourtake-notice{border:2px solid;padding:.4rem .8rem;font-family:sans-serif}"
    "footer{font-size:.9rem;border-top:1px solid}"
)


class Block(NamedTuple):
    """A top-level element. `name`: its class without "ourtake-", or "" for a block of the body; `html`: all of it."""

    name: str
    html: str


def render(draft: Draft, context: ExportContext) -> str:
    """A whole page with the article and its description for search engines. Raises InputError without a take."""
    from ourtake.publish import jsonld

    piece = piece_of(draft, context)
    title = html.escape(piece.headline)
    return (
        f'<!DOCTYPE html>\n<html lang="{html.escape(context.language)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f'<title>{title}</title>\n<meta name="description" content="{html.escape(plain_words(piece.summary))}">\n'
        + ('<meta name="robots" content="noindex">\n' if piece.killed else "")
        + f'<style>{_STYLE}</style>\n<script type="application/ld+json">{_for_script(jsonld.render(draft, context))}'
        f"</script>\n</head>\n<body>\n{_article(piece)}\n</body>\n</html>\n"
    )


def render_fragment(draft: Draft, context: ExportContext) -> str:
    """The article element alone, to put into a page. Raises InputError without a take."""
    return _article(piece_of(draft, context)) + "\n"


def _article(piece: Piece) -> str:
    top = "\n".join(block.html for block in header_blocks(piece))
    middle = "\n".join(block.html for block in text_blocks(piece))
    end = "\n".join(block.html for block in footer_blocks(piece))
    return cleaned(
        f'<article lang="{html.escape(piece.context.language)}">\n<header>\n<h1>{html.escape(piece.headline)}</h1>\n'
        f"{top}\n</header>\n{middle}\n<footer>\n{end}\n</footer>\n</article>"
    )


def header_blocks(piece: Piece) -> list[Block]:
    """What stands below the headline: the label, then corrections or the note that the take was withdrawn."""
    found = [_paragraph("label", html.escape(piece.label))] if piece.label else []
    found += [_paragraph("notice", html.escape(sentence)) for sentence in piece.notices]
    return found + ([_paragraph("author", f"By {html.escape(piece.author)}")] if piece.author else [])


def text_blocks(piece: Piece) -> list[Block]:
    """The summary and the blocks of the body; nothing where the take was killed."""
    if piece.killed:
        return []
    summary = _inline(piece.summary)
    first = [_paragraph("summary", f"<strong>Our take:</strong> {summary}")] if summary else []
    return first + [Block("", _markdown(text)) for text in _block_texts(piece.body)]


def footer_blocks(piece: Piece) -> list[Block]:
    """The source, tags, and how the take was made."""
    source = piece.draft.source
    title = html.escape(source.title)
    linked = f'<a href="{html.escape(piece.source_url)}">{title}</a>' if piece.source_url else title
    day = f", {html.escape(source.published[:10])}" if source.published else ""
    blurb = f"<br>{html.escape(plain_line(source.blurb))}" if source.blurb.strip() and not piece.killed else ""
    found = [_paragraph("source", f"On: {linked}, {html.escape(source.outlet)}{day}{blurb}")]
    if piece.killed:
        return found
    if piece.tags:
        found.append(_paragraph("tags", html.escape(", ".join(piece.tags))))
    found.append(_paragraph("reading-time", f"Reading time: {count_of(piece.minutes, 'minute')}"))
    return [*found, _paragraph("disclosure", html.escape(disclosure_sentence(piece)))]


def disclosure_sentence(piece: Piece) -> str:
    """How the take was made, who approved it, and what of it was checked."""
    by = piece.revision.by
    how = {"baseline": "Quotations arranged by software, without an AI model"}.get(by, f"Written by {by}")
    signed = piece.context.signed
    who = f"; approved by {signed.person} on {signed.day}" if signed else "; not approved by an editor"
    contact = f" ({signed.contact})" if signed and signed.contact else ""
    # The verdict is the checks' alone, so it never stands without its counts, nor for a review.
    return f"{how}{who}{contact}. Checked by software: {line_of(piece.revision.report)}."


def cleaned(text: str) -> str:
    """HTML with nothing but the elements, attributes and addresses of the list."""
    import nh3

    return nh3.clean(text, tags=_ELEMENTS, attributes=_ATTRIBUTES, url_schemes={"http", "https"}, link_rel=None)


def plain_words(markdown: str) -> str:
    """What a reader sees of a piece of Markdown, as one line of plain text."""
    from lxml import html as parser

    rendered = _markdown(markdown)
    return " ".join(parser.fromstring(f"<div>{rendered}</div>").text_content().split()) if rendered else ""


def paragraphs_of(piece: Piece) -> list[str]:
    """The paragraphs of the body as plain lines."""
    return [plain_words(text) for text in _block_texts(piece.body)]


def _paragraph(name: str, inner: str) -> Block:
    return Block(name, f'<p class="ourtake-{name}">{inner}</p>')


def _block_texts(body: str) -> list[str]:
    """The blocks of a body; what defines link references is given to each, or its links would be lost."""
    from ourtake.text.markdown import blocks, definitions

    defined = "\n".join(span.text.strip() for span, _ in definitions(body))
    return [f"{span.text}\n\n{defined}" if defined else span.text for _, span in blocks(body) if span.text]


def _markdown(text: str) -> str:
    return cleaned(_parser().render(text)).strip()


def _inline(text: str) -> str:
    """One paragraph of Markdown without the paragraph's own element."""
    return cleaned(_parser().renderInline(" ".join(text.split()))).strip()


@functools.cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    parser.validateLink = lambda url: bool(web_address(url))  # type: ignore[method-assign]
    return parser


def _for_script(text: str) -> str:
    """JSON that nothing in it can end the script element of, and that reads the same."""
    return text.strip().replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")

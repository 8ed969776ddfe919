"""What a take says, rendered: clean HTML of a piece of Markdown, its plain words, and how the take was made."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from ourtake.checks.verdict import line_of
from ourtake.publish.piece import Piece, web_address
from ourtake.text.markdown import blocks, definitions

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_ELEMENTS = set(
    "article header footer h1 h2 h3 h4 h5 h6 p a em strong blockquote ul ol li code pre br hr "
    "table thead tbody tr th td".split()
)
_ATTRIBUTES = {"a": {"href"}, "article": {"lang"}, "*": {"class"}}


def cleaned(text: str) -> str:
    """HTML with nothing but the elements, attributes and addresses of the list."""
    import nh3

    return nh3.clean(text, tags=_ELEMENTS, attributes=_ATTRIBUTES, url_schemes={"http", "https"}, link_rel=None)


def plain_words(markdown: str) -> str:
    """What a reader sees of a piece of Markdown, as one line of plain text."""
    from lxml import html as parser

    page = rendered(markdown)
    return " ".join(parser.fromstring(f"<div>{page}</div>").text_content().split()) if page else ""


def paragraphs_of(piece: Piece) -> list[str]:
    """The paragraphs of the body as plain lines."""
    return [plain_words(text) for text in block_texts(piece.body)]


def disclosure_sentence(piece: Piece) -> str:
    """How the take was made, who approved it, and what of it was checked."""
    makers = piece.makers
    how = f"Written by {' and '.join(makers.writers)}"
    if makers.without_model and not makers.by_people:
        how = "Quotations arranged by software, without an AI model"
    if makers.rewriters:
        by = "software, without an AI model" if makers.without_model else " and ".join(makers.rewriters)
        how += f"; rewritten in part by {by}"
    if makers.editors:
        how += f"; edited by {' and '.join(makers.editors)}"
    signed = piece.context.signed
    who = f"; approved by {signed.person} on {signed.day}" if signed else "; not approved by an editor"
    contact = f" ({signed.contact})" if signed and signed.contact else ""
    # The verdict is the checks' alone, so it never appears without its counts, nor for a review.
    return f"{how}{who}{contact}. Checked by software: {line_of(piece.revision.report)}."


def block_texts(body: str) -> list[str]:
    """The blocks of a body; what defines link references is given to each, or its links would be lost."""
    defined = "\n".join(span.text.strip() for span, _ in definitions(body))
    return [f"{span.text}\n\n{defined}" if defined else span.text for _, span in blocks(body) if span.text]


def rendered(text: str) -> str:
    """Markdown as clean HTML."""
    return cleaned(_parser().render(text)).strip()


def rendered_line(text: str) -> str:
    """One paragraph of Markdown without the paragraph's own element."""
    return cleaned(_parser().renderInline(" ".join(text.split()))).strip()


@functools.cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    parser.validateLink = lambda url: bool(web_address(url))  # type: ignore[method-assign]
    return parser

"""A take as HTML: a clean article element, a whole page, and the content of a post in a content management system.

Markdown is rendered without raw HTML, all other texts are escaped, and nh3 then removes whatever is not on its list:
elements, attributes, and addresses that are not http or https.
"""

from __future__ import annotations

import html
from typing import NamedTuple

from ourtake.documents import Draft
from ourtake.publish import jsonld
from ourtake.publish.piece import ExportContext, Piece, piece_of
from ourtake.publish.rendered import block_texts, cleaned, disclosure_sentence, plain_words, rendered, rendered_line
from ourtake.text.counts import count_of
from ourtake.text.plain import plain_line

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
    """What is below the headline: the label, then corrections or the note that the take was withdrawn."""
    found = [_paragraph("label", html.escape(piece.label))] if piece.label else []
    found += [_paragraph("notice", html.escape(sentence)) for sentence in piece.notices]
    return found + ([_paragraph("author", f"By {html.escape(piece.author)}")] if piece.author else [])


def text_blocks(piece: Piece) -> list[Block]:
    """The summary and the blocks of the body; nothing if the take was killed."""
    if piece.killed:
        return []
    summary = rendered_line(piece.summary)
    # The summary is a block of its own, so that `verify` finds it as it was signed.
    heading = _paragraph("kicker", "<strong>Our take</strong>")
    first = [heading, _paragraph("summary", summary)] if summary else []
    return first + [Block("", rendered(text)) for text in block_texts(piece.body)]


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


def _paragraph(name: str, inner: str) -> Block:
    return Block(name, f'<p class="ourtake-{name}">{inner}</p>')


def _for_script(text: str) -> str:
    """JSON that nothing in it can end the script element of, and that reads the same."""
    return text.strip().replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")

"""What a post says, as lines that can be compared: title, excerpt, and a line for each block with its links' targets.

A CMS changes typography (quotation marks, dashes, spaces) and rewrites elements. Neither counts as a change; a word or
a link's target does.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from ourtake.publish.cms import Content, Post
from ourtake.text.words import straight

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml.html import HtmlElement

_BLOCKS = frozenset("p h1 h2 h3 h4 h5 h6 li blockquote pre table tr td th ul ol div section figure hr".split())


def lines_of_content(content: Content) -> list[str]:
    """The lines of a post as it is to be."""
    return _lines(content.title, content.excerpt, "\n".join(block.html for block in content.blocks))


def lines_of_post(post: Post) -> list[str]:
    """The lines of a post as the CMS has it."""
    return _lines(post.title, post.excerpt, post.html)


def lines_of_html(html: str) -> list[str]:
    """The lines of a piece of HTML, without those that are empty."""
    from lxml import etree
    from lxml import html as parser

    if not html.strip():
        return []
    root = parser.fromstring(f"<div>{html}</div>", parser=parser.HTMLParser(remove_comments=True, remove_pis=True))
    etree.strip_elements(root, "script", "style", with_tail=False)
    found: list[list[str]] = [[]]
    _walk(root, found)
    return [line for line in (_plain("".join(parts)) for parts in found) if line]


class Seen(NamedTuple):
    """What is known of a post: the lines as the CMS had them last, its tags there (None: not known), and the lines that
    were being sent when this was written.
    """

    lines: list[str]
    tags: list[str] | None
    pending: list[str]

    @classmethod
    def loads(cls, kept: str) -> Seen:
        """What `dumps` wrote; nothing for an empty text."""
        value = json.loads(kept) if kept else {}
        return cls(value.get("lines", []), value.get("tags"), value.get("pending", []))

    def dumps(self) -> str:
        """As a text for the store."""
        return json.dumps(self._asdict(), ensure_ascii=False)


def differing(old: Iterable[str], new: Iterable[str]) -> list[str]:
    """The lines that differ, as a diff: "- " before those of `old`, "+ " before those of `new`."""
    import difflib

    return [line for line in difflib.ndiff(list(old), list(new)) if line.startswith(("- ", "+ "))]


def _lines(title: str, excerpt: str, html: str) -> list[str]:
    head = [f"title: {_plain(title)}", f"excerpt: {_plain(excerpt)}"]
    return [line for line in head if not line.endswith(": ")] + lines_of_html(html)


def _plain(text: str) -> str:
    return " ".join(straight(text).replace("\u2026", "...").split())


def _walk(element: HtmlElement, found: list[list[str]]) -> None:
    """Add the text of an element, in order; a block begins a new line and ends it."""
    block = element.tag in _BLOCKS
    if block:
        found.append([])
    found[-1].append(element.text or "")
    for child in element:
        if isinstance(child.tag, str):
            _walk(child, found)
        found[-1].append(child.tail or "")
    if element.tag == "a" and element.get("href"):
        found[-1].append(f" ({element.get('href')})")
    if element.tag == "br":
        found[-1].append(" ")
    if block:
        found.append([])

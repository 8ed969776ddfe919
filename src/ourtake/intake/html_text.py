"""HTML of an entry or post -> Markdown: paragraphs, headings, lists, quotations, emphasis and links; scripts, forms and
frames are left out.
"""

from __future__ import annotations

import re
from urllib.parse import urljoin

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

_SKIPPED = frozenset(
    "script style noscript template svg math iframe object embed form button select textarea head title audio video "
    "canvas".split()
)
_BLOCKS = frozenset(
    "address article aside blockquote body center dd details div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 "
    "header hr li main nav ol p pre "
    "section summary table tbody tfoot thead tr ul".split()
)
_MARKS = {"strong": "**", "b": "**", "em": "*", "i": "*", "code": "`"}
_HEADINGS = {f"h{level}": "#" * level + " " for level in range(1, 7)}
_BLANK_LINE = re.compile(r"[ \t\r]*\n[ \t\r]*\n\s*")
_TAGS = re.compile(r"<[A-Za-z/!][^<>]*>|&(?:[A-Za-z]+|#\d+|#x[0-9A-Fa-f]+);")


def looks_like_html(text: str) -> bool:
    """Whether a text holds tags or entities."""
    return bool(_TAGS.search(text))


def markdown_of(html: str, *, base: str = "", blank_lines: bool = False) -> str:
    """The text of a piece of HTML as Markdown; relative addresses are joined to `base`.

    `blank_lines`: a blank line in the text parts paragraphs, as WordPress's old editor stores them.
    """
    if not html.strip():
        return ""
    try:
        parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
        root = document_fromstring(html.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):  # nothing but comments or white space
        return ""
    return _Writer(base, blank_lines=blank_lines).write(root)


class _Writer:
    """Walks the tree without recursion: depth is somebody else's choice."""

    def __init__(self, base: str, *, blank_lines: bool) -> None:
        self._base = base
        self._blank_lines = blank_lines
        self._blocks: list[str] = []
        self._line: list[str] = []
        self._lists: list[int] = []
        self._quotes = 0
        self._verbatim = 0
        self._prefix = ""
        self._open: list[int] = []

    def write(self, root: HtmlElement) -> str:
        skipping = 0
        for event, node in etree.iterwalk(root, events=("start", "end")):
            tag = node.tag if isinstance(node.tag, str) else ""
            if event == "start":
                skipping += tag in _SKIPPED
                if not skipping:
                    self._start(node, tag)
                    self._text(node.text)
            else:
                if not skipping:
                    self._end(node, tag)
                skipping -= tag in _SKIPPED
                if not skipping and node is not root:
                    self._text(node.tail)
        self._flush()
        return re.sub(r"\n{3,}", "\n\n", "\n\n".join(self._blocks)).strip()

    def _start(self, node: HtmlElement, tag: str) -> None:
        if tag in _BLOCKS:
            self._flush()
        if tag in ("ul", "ol"):
            self._lists.append(0 if tag == "ol" else -1)
        elif tag == "li":
            self._prefix = self._bullet()
        elif tag in _HEADINGS:
            self._prefix = _HEADINGS[tag]
        elif tag == "blockquote":
            self._quotes += 1
        elif tag == "pre":
            self._verbatim += 1
        elif tag == "br":
            self._line.append("\n")
        elif tag == "a" or tag in _MARKS:
            self._open.append(len(self._line))

    def _end(self, node: HtmlElement, tag: str) -> None:
        if tag in _BLOCKS:
            self._flush()
        if tag in ("ul", "ol") and self._lists:
            self._lists.pop()
        elif tag == "blockquote":
            self._quotes = max(0, self._quotes - 1)
        elif tag == "pre":
            self._verbatim = max(0, self._verbatim - 1)
        elif tag in ("td", "th"):
            self._line.append(" ")
        elif tag == "a" and self._open:
            self._link(node.get("href") or "", self._open.pop())
        elif tag in _MARKS and self._open:
            self._mark(_MARKS[tag], self._open.pop())

    def _bullet(self) -> str:
        if not self._lists:
            return "- "
        depth = "  " * (len(self._lists) - 1)
        if self._lists[-1] < 0:
            return f"{depth}- "
        self._lists[-1] += 1
        return f"{depth}{self._lists[-1]}. "

    def _link(self, href: str, first: int) -> None:
        words = " ".join("".join(self._line[first:]).split())
        try:
            target = urljoin(self._base, href.strip())
        except ValueError:
            target = ""
        if not words or not target.startswith(("http://", "https://")):
            return
        lead = " " if self._line[first:] and self._line[first][:1].isspace() else ""
        target = re.sub(r"\s", "%20", target).replace("(", "%28").replace(")", "%29")
        plain = words.replace("[", "\\[").replace("]", "\\]")
        self._line[first:] = [f"{lead}[{plain}]({target})"]

    def _mark(self, mark: str, first: int) -> None:
        """Emphasis around the words since `first`; space at its edges goes outside, where Markdown wants it."""
        text = "".join(self._line[first:])
        words = text.strip()
        if words and not self._verbatim and "\n" not in words and "*" not in words.strip("*"):
            lead, _, tail = text.partition(words)
            self._line[first:] = [f"{lead}{mark}{words}{mark}{tail}"]

    def _text(self, text: str | None) -> None:
        if not text:
            return
        if self._verbatim:
            self._line.append(text)
            return
        parts = _BLANK_LINE.split(text) if self._blank_lines else [text]
        for number, part in enumerate(parts):
            if number:
                self._flush()
            self._line.append(re.sub(r"\s+", " ", part))

    def _flush(self) -> None:
        """End the block under way. A link or emphasis that spans blocks is made in the last of them; the words of the
        others stay.
        """
        text = "".join(self._line)
        self._line, self._open = [], [0] * len(self._open)
        prefix, quote = self._prefix, "> " * min(self._quotes, 3)
        if self._verbatim and text.strip():
            block = "```\n" + text.strip("\n") + "\n```"
        else:
            lines = [" ".join(line.split()) for line in text.split("\n")]
            block = "\n".join(line for line in lines if line)
        if not block:
            return
        self._prefix = ""
        joined = (prefix + block).replace("\n", "\n" + quote) if quote else prefix + block
        if (
            self._blocks
            and self._lists
            and self._is_item(prefix)
            and self._is_item(self._blocks[-1].rsplit("\n", 1)[-1])
        ):
            self._blocks[-1] += "\n" + quote + joined
        else:
            self._blocks.append(quote + joined)

    @staticmethod
    def _is_item(text: str) -> bool:
        return bool(re.match(r"(?:> )*\s*(?:-|\d+\.) ", text))

"""Splits a stream of XML into the elements of one name: the entries of a feed, the items of an export, the pages of a
sitemap.

Each is parsed alone, later. So a broken one affects no other, only one is in memory however long the document is, and
the document's DOCTYPE is never parsed: entities that it declares (and the bombs made of them) don't exist.
"""

from __future__ import annotations

import codecs
import html.entities
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from xml.etree import ElementTree

from ourtake.errors import InputError
from ourtake.intake.encoding import REPAIRED, bare_encoding, declared_encoding, is_plain_ascii

LONGEST = 20_000_000
"""Characters of one element, or of what is before the first."""

_HEAD = 1_000_000
"""Characters in which a root element's tag must be."""

_BLOCK = 1 << 18
_ROOT = re.compile(r"<([A-Za-z_][\w.:-]*)((?:\s[^<>]*)?)>")
_INVALID = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CDATA_OR_AND = re.compile(
    r"(<!\[CDATA\[.*?\]\]>)|&(#\d{1,7};|#x[0-9a-fA-F]{1,6};|[A-Za-z][A-Za-z0-9._-]*;)?", re.DOTALL
)
_XML_NAMES = ("amp;", "lt;", "gt;", "quot;", "apos;")


class Piece(NamedTuple):
    """One element as it is in the document, its number from 1, and what is wrong with it, if that can be seen
    without parsing it.
    """

    number: int
    text: str
    fault: str | None = None


class Splitter:
    """The elements named `names` of a document, in order.

    `head` is what is before the first and `root` the start tag of all, both known once the first element is out or
    all is read. `content_type`: what the server says; `named`: the encoding that the user names for what is not UTF-8.
    """

    def __init__(
        self, blocks: Iterable[bytes], *, names: tuple[str, ...], content_type: str = "", named: str = ""
    ) -> None:
        self._blocks = iter(blocks)
        self._token = re.compile(rf"<!\[CDATA\[|<!--|<(/?)(?:[A-Za-z][\w.-]*:)?({'|'.join(names)})((?:\s[^<>]*)?/?)>")
        self._content_type, self._named = content_type, named
        self._buffer = ""
        self._ended = False
        self._decoder: codecs.IncrementalDecoder | None = None
        self._declared: str | None = None
        self._number = 0
        self._place = 0
        self._start = -1
        self._headless = True
        self._ends: dict[str, int] = {}
        self.head = ""
        self.root = ""

    def __iter__(self) -> Iterator[Piece]:
        while True:
            match = self._token.search(self._buffer, self._place)
            after = -1 if match is None else match.end() if match[2] else self._skipped(match)
            if match is not None and after >= 0:
                self._place = after
                if match[2]:
                    yield from self._tag(match)
                continue
            # What may be the beginning of a token waits for more.
            self._place = match.start() if match else self._complete(self._place)
            yield from self._too_long()
            if not self._more():
                break
        if self._headless:
            self._set_head(self._buffer)
        elif self._start >= 0:
            yield self._piece(self._buffer[self._start :], "it has no end: the document is cut off.")

    def _tag(self, match: re.Match[str]) -> Iterator[Piece]:
        """A start or end tag was reached: perhaps an element ends there."""
        if match[1]:
            if self._start >= 0:
                yield self._piece(self._buffer[self._start : match.end()])
            self._start = -1
            return
        if self._headless:
            self._set_head(self._buffer[: match.start()])
        if self._start >= 0:
            yield self._piece(self._buffer[self._start : match.start()], "it has no end.")
        self._start = match.start()
        if match[3].endswith("/"):
            yield self._piece(match[0])
            self._start = -1

    def _too_long(self) -> Iterator[Piece]:
        if self._headless and len(self._buffer) > LONGEST:
            raise InputError(
                f"There is no entry within the first {LONGEST:,} characters.", "Check what the file or address holds."
            )
        if self._start >= 0 and len(self._buffer) - self._start > LONGEST:
            yield self._piece("", f"it is longer than {LONGEST:,} characters.")
            self._start = -1

    def _set_head(self, head: str) -> None:
        self.head, self.root, self._headless = head, root_of(head), False

    def _piece(self, text: str, fault: str | None = None) -> Piece:
        self._number += 1
        return Piece(self._number, text, fault)

    def _complete(self, place: int) -> int:
        """The place up to which nothing can become a token when more arrives."""
        opened = self._buffer.rfind("<", place)
        return len(self._buffer) if opened == -1 or len(self._buffer) - opened > 10_000 else opened

    def _skipped(self, match: re.Match[str]) -> int:
        """Where a comment or CDATA section ends, -1 when that isn't known yet; just after its opening mark when it
        never ends properly.
        """
        comment = match[0] == "<!--"
        end = self._find("-->" if comment else "]]>", match.end())
        again = -1 if comment else self._buffer.find(match[0], match.end(), end if end >= 0 else len(self._buffer))
        if again >= 0:
            # A second opening before the end: the first was never closed, and what follows it belongs to other
            # elements.
            return match.end()
        if end >= 0:
            return end + 3
        return match.end() if self._ended or len(self._buffer) - match.start() > LONGEST else -1

    def _find(self, mark: str, place: int) -> int:
        """Where `mark` is next. What was found is kept for the next question: many openings before one end must not
        search for it each.
        """
        known = self._ends.get(mark)
        if known is None or 0 <= known < place:
            known = self._ends[mark] = self._buffer.find(mark, place)
        return known

    def _more(self) -> bool:
        """Take in one more block; False when there are none and everything was looked at."""
        if self._ended:
            return False
        block = next(self._blocks, b"")
        self._ended = not block
        # What was cut out goes only now: cutting it off at each of many small elements would copy the rest each time.
        done = 0 if self._headless else self._start if self._start >= 0 else self._place
        self._buffer = self._buffer[done:] + self._decoded(block)
        self._ends.clear()
        self._place -= done
        self._start = 0 if self._start >= 0 else -1
        return True

    def _decoded(self, block: bytes) -> str:
        """A block's text. A document that names no encoding is in the one of its first block that is not ASCII."""
        if self._decoder is None:
            if self._declared is None:
                self._declared = declared_encoding(block, self._content_type)
            if not self._declared and is_plain_ascii(block):
                return block.decode("ascii")
            name = self._declared or bare_encoding(block, self._named)
            self._decoder = codecs.getincrementaldecoder(name)(REPAIRED if name.startswith("utf-8") else "replace")
        return self._decoder.decode(block, final=not block)


def blocks_of(data: bytes) -> Iterator[bytes]:
    """Bytes in blocks, as Splitter takes them."""
    return (data[first : first + _BLOCK] for first in range(0, len(data), _BLOCK))


def wrapped(root: str, inside: str, *, within: str = "") -> str:
    """Elements as a document of their own: within the root's start tag, which declares their namespaces, and one more
    element where that is named.
    """
    root = root or "<root>"
    return f"{root}{within and f'<{within}>'}{inside}{within and f'</{within}>'}</{name_of(root)}>"


def element_of(piece: str, root: str) -> ElementTree.Element | str:
    """A piece as an XML element, if need be with its simple faults corrected, or what is wrong with it."""
    fault = ""
    for attempt in dict.fromkeys((piece, repaired(piece))):
        try:
            return ElementTree.fromstring(wrapped(root, attempt))[0]
        except ElementTree.ParseError as error:
            fault = f"not well-formed XML: {error}."
    return fault


def name_of(root: str) -> str:
    """The name in a start tag."""
    return re.split(r"[\s>/]", root[1:], maxsplit=1)[0]


def root_of(head: str) -> str:
    """The start tag of a document's root element, "" if there is none; `head` is what is before its entries."""
    place, head = 0, head[:_HEAD]
    # By hand and not by one expression: a head made of a million open comments must not take a million looks at the
    # whole.
    while (begun := head.find("<", place)) >= 0:
        if head.startswith("<!--", begun):
            end, width = head.find("-->", begun), 3
        elif head.startswith("<?", begun):
            end, width = head.find("?>", begun), 2
        elif head.startswith("<!", begun):
            end, width = _doctype_end(head, begun), 1
        else:
            match = _ROOT.match(head, begun)
            if match:
                return match[0]
            end, width = begun, 1
        if end < 0:
            break
        place = end + width
    return ""


def _doctype_end(head: str, begun: int) -> int:
    """The ">" that ends a DOCTYPE, after the declarations that it may hold in brackets."""
    inside, end = head.find("[", begun), head.find(">", begun)
    if 0 <= inside < end:
        closed = head.find("]", inside)
        return head.find(">", closed) if closed >= 0 else -1
    return end


def repaired(piece: str) -> str:
    """An element with the faults that have one plain meaning put right: a bare "&", HTML's own entities, characters
    that XML doesn't have.
    """

    def whole(match: re.Match[str]) -> str:
        if match[1] is not None or (match[2] or "").startswith("#") or match[2] in _XML_NAMES:
            return match[0]
        meant = html.entities.html5.get(match[2]) if match[2] else None
        # A name that HTML doesn't know was declared by the document itself: it stays, and the parser will refuse it.
        return "".join(f"&#{ord(character)};" for character in meant) if meant else match[0] if match[2] else "&amp;"

    if piece.rfind("<![CDATA[") > piece.rfind("]]>"):
        return piece  # a section without its end has no plain meaning
    return _CDATA_OR_AND.sub(whole, _INVALID.sub("", piece))

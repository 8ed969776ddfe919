"""Bytes of unknown origin -> text, and text that was escaped once too often -> as it was meant."""

from __future__ import annotations

import codecs
import html
import re
from typing import NamedTuple

from ourtake.errors import InputError
from ourtake.text.counts import count_of
from ourtake.text.encodings import text_encoding

_DECLARED_XML = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._:-]{1,40})[\"']", re.IGNORECASE)
_DECLARED_HTML = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)
_DECLARED_HEADER = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_BARE_UTF16 = tuple(
    (mark, name)
    for sign in ("<", "{", "[")
    for mark, name in ((sign.encode("utf-16-le"), "utf-16-le"), (sign.encode("utf-16-be"), "utf-16-be"))
)
"""How XML and JSON begin in UTF-16 without its mark."""

_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
INLINE = (
    "a abbr b bdi bdo big br center cite code del dfn em font i img ins kbd mark nobr q s samp small span strike "
    "strong sub sup time tt u var wbr"
)
"""Names of HTML elements that may be within a line."""

_TAG = re.compile(rf"</?(?:{'|'.join(INLINE.split())}|p|div|h[1-6])(?:\s[^<>]*)?/?>", re.IGNORECASE)
_REAL_TAG = re.compile(r"<[A-Za-z/][^<>]*>")
_ESCAPED_TAG = re.compile(r"&(?:amp;)*lt;/?(?:p|div|a|br|em|strong|b|i|ul|ol|li|h[1-6]|blockquote|img|span)\b")
_LOOKED_AT = 1 << 18
REPAIRED = "ourtake-cp1252"
"""An error handler: bytes that are not UTF-8 are read as Windows-1252, which they nearly always are."""


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error(REPAIRED, _as_cp1252)


def encoding_of(head: bytes, content_type: str = "") -> str:
    """The encoding of a document that begins with `head`: what `declared_encoding` returns, else UTF-8."""
    return declared_encoding(head, content_type) or "utf-8"


def declared_encoding(head: bytes, content_type: str = "") -> str:
    """The encoding that a document's byte order mark, its server or the document itself names; "" if none does.

    If the server's encoding does not fit the bytes and the document's own does, the document's own counts. If a
    document in UTF-8 seems to name another encoding, that is an example in its text, or an error.
    """
    if marked := mark_encoding(head):
        return marked
    header = _DECLARED_HEADER.search(content_type)
    declared = _DECLARED_XML.search(head[:1000]) or _DECLARED_HTML.search(head[:4096])
    labels = (header[1] if header else "", declared[1].decode("ascii") if declared else "")
    first, own = (_known(label) for label in labels)
    if own and not head.isascii() and _fits(head, "utf-8"):
        own = "utf-8"
    if first and own and first != own and not _fits(head, first) and _fits(head, own):
        return own
    return first or own or ""


def _fits(data: bytes, name: str) -> bool:
    """Whether bytes, which may end within a character, can be text in an encoding. UTF-8 with letters beyond ASCII is
    taken for no other one: by chance it happens to no text.
    """
    try:
        codecs.getincrementaldecoder(name)("strict").decode(data)
        if not name.startswith("utf-8") and not data.isascii():
            codecs.getincrementaldecoder("utf-8")("strict").decode(data)
            return False
    except UnicodeDecodeError as error:
        return not name.startswith("utf-8") and error.encoding.startswith("utf-8")
    return True


def _known(label: str) -> str | None:
    name = text_encoding(label)
    # A document whose first bytes can be read as ASCII is not UTF-16, whatever it says.
    return None if name and name.startswith(("utf-16", "utf-32", "utf-7", "idna", "punycode")) else name


def decoded(body: bytes, content_type: str = "") -> str:
    """The text of a whole document; what can't be decoded becomes U+FFFD."""
    name = encoding_of(body[:_LOOKED_AT], content_type)
    return body.decode(name, REPAIRED if name.startswith("utf-8") else "replace")


def mark_encoding(head: bytes) -> str:
    """The encoding that the first bytes of any document show: UTF-8 or UTF-16; "" if they show none."""
    return next((name for mark, name in (*_MARKS, *_BARE_UTF16) if head.startswith(mark)), "")


def is_plain_ascii(data: bytes) -> bool:
    """Whether bytes mean the same in every encoding that has ASCII's signs: neither UTF-16 nor with escapes."""
    return data.isascii() and b"\0" not in data and b"\x1b" not in data


def bare_encoding(head: bytes, named: str = "") -> str:
    """The encoding of bytes that don't name their own: UTF-8 if they are valid UTF-8, else the one `named` by the user,
    else the only one that fits them.
    """
    if _is_cut_utf8(head):
        return "utf-8"
    if named:
        return named
    from ourtake.intake.encoding_guess import guessed, is_nearly_utf8  # noqa: PLC0415 (most documents are UTF-8)

    return "utf-8" if is_nearly_utf8(head) else guessed(head).encoding or "utf-8"


def _is_cut_utf8(head: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")("strict").decode(head)
    except UnicodeDecodeError:
        return False
    return b"\0" not in head and not (head.isascii() and b"\x1b$" in head)


class Decoded(NamedTuple):
    """A document's text. `guessed`: what the user should know about how it was read; "" for UTF-8 and for an encoding
    that the document names.
    """

    text: str
    guessed: str = ""


def decoded_surely(body: bytes, content_type: str = "", *, named: str = "") -> Decoded:
    """The text of a whole document, in the encoding that it or its server names, else UTF-8, else the one `named` by
    the user, else the only one that fits its bytes. Raises InputError if the encoding isn't certain.
    """
    declared = declared_encoding(body, content_type)
    odd = b"\0" in body or b"\x1b$" in body
    for name in dict.fromkeys((declared, "utf-8")):
        if name and (name.startswith("utf-16") or not odd) and (text := _whole(body, name)) is not None:
            return Decoded(text)
    if named:
        text = _whole(body, named)
        if text is None:
            raise InputError(f"neither UTF-8 nor {named}.")
        return Decoded(text, named)
    # Loaded here: most files are UTF-8.
    from ourtake.intake.encoding_guess import guessed, is_nearly_utf8  # noqa: PLC0415

    if is_nearly_utf8(body):
        return Decoded(body.decode("utf-8", REPAIRED), "UTF-8 with a few wrong bytes")
    found = guessed(body)
    text = _whole(body, found.encoding) if found.encoding else None
    if text is None:
        perhaps = f" (perhaps {' or '.join(found.perhaps)})" if found.perhaps else ""
        raise InputError(f"not UTF-8, and its encoding isn't certain{perhaps}: add --encoding NAME.")
    return Decoded(text, found.encoding)


class GuessedEncodings:
    """The encodings of documents that are not UTF-8, to be reported once for all of them."""

    def __init__(self) -> None:
        self._names: dict[str, dict[str, None]] = {}

    def add(self, found: Decoded, name: str) -> None:
        """Count a document; `name` is what it is called."""
        if found.guessed:
            self._names.setdefault(found.guessed, {})[name] = None

    def lines(self) -> list[str]:
        """A sentence for each encoding."""
        return [
            f"{count_of(len(names), 'file')} read as {encoding}, for example {next(iter(names))}. "
            "If that is wrong, add --encoding NAME."
            for encoding, names in self._names.items()
        ]


def encoding_named(label: str) -> str:
    """The encoding that a user named. Raises InputError for a name that no text encoding has."""
    name = text_encoding(label)
    if name is None:
        raise InputError(f"There is no encoding {label[:40]!r}.", "Name one such as cp1251, gb18030 or shift_jis.")
    return name


_FAULTY = 100
"""A document may have one wrong byte for this many characters beyond ASCII."""


def _whole(body: bytes, name: str) -> str | None:
    """The text of bytes in an encoding; None if they are of another one."""
    try:
        return body.decode(name).removeprefix("\ufeff")
    except UnicodeDecodeError:
        text = "" if name.startswith("utf-8") else body.decode(name, "replace")
    beyond = sum(not character.isascii() for character in text)
    return text if text and text.count("\ufffd") * _FAULTY <= beyond else None


def unescaped(text: str) -> str:
    """A line of text without tags, with single spaces, and with its entities decoded, even if they were escaped twice
    (&amp;amp;).
    """
    for _ in range(3):
        if not _ENTITY.search(text):
            break
        text = html.unescape(text)
    return " ".join(_TAG.sub("", text).split())


def unescaped_body(text: str) -> str:
    """The HTML of a body that was escaped once too often (&lt;p&gt;). Any other body is returned unchanged."""
    for _ in range(2):
        if _REAL_TAG.search(text) or len(_ESCAPED_TAG.findall(text)) < 2:
            break
        text = html.unescape(text)
    return text

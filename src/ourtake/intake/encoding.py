"""Bytes of unknown origin -> text, and text that was escaped once too often -> as it was meant."""

from __future__ import annotations

import codecs
import html
import re

_DECLARED_XML = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._:-]{1,40})[\"']", re.IGNORECASE)
_DECLARED_HTML = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)
_DECLARED_HEADER = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_BARE_UTF16 = ((b"<\x00", "utf-16-le"), (b"\x00<", "utf-16-be"))
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")

REPAIRED = "ourtake-cp1252"
"""An error handler: bytes that are not UTF-8 are read as Windows-1252, which they nearly always are."""


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error(REPAIRED, _as_cp1252)


def encoding_of(head: bytes, content_type: str = "") -> str:
    """The encoding of a document that begins with `head`: its mark, what the server says, what it says of itself, else
    UTF-8.
    """
    for mark, name in (*_MARKS, *_BARE_UTF16):
        if head.startswith(mark):
            return name
    header = _DECLARED_HEADER.search(content_type)
    declared = _DECLARED_XML.search(head[:1000]) or _DECLARED_HTML.search(head[:4096])
    for label in (header[1] if header else "", declared[1].decode("ascii") if declared else ""):
        if known := _known(label):
            return known
    return "utf-8"


def _known(label: str) -> str | None:
    try:
        name = codecs.lookup(label).name
        "".encode(name)  # codecs that are not text encodings (base64, zlib) fail here
    except (LookupError, TypeError, ValueError):
        return None
    # A document whose first bytes can be read as ASCII is not UTF-16, whatever it says; Latin-1 on the web means
    # Windows-1252.
    return (
        None
        if name.startswith(("utf-16", "utf-32", "utf-7", "idna", "punycode"))
        else "cp1252"
        if name in ("iso8859-1", "ascii")
        else name
    )


def decoded(body: bytes, content_type: str = "") -> str:
    """The text of a whole document; what can't be decoded becomes U+FFFD."""
    name = encoding_of(body[:4096], content_type)
    return body.decode(name, REPAIRED if name.startswith("utf-8") else "replace")


def unescaped(text: str) -> str:
    """A line of text with its entities read, also where they were escaped twice (&amp;amp;), and without tags; single
    spaces.
    """
    for _ in range(3):
        if not _ENTITY.search(text):
            break
        text = html.unescape(text)
    return " ".join(_TAG.sub("", text).split())

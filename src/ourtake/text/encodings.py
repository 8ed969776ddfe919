"""The names of encodings of text -> the ones that are meant."""

from __future__ import annotations

import codecs

_WIDER = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "hz": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "tis-620": "cp874",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
}
"""Encodings that documents name, and the wider ones that they mean, as browsers have it."""


def text_encoding(label: str) -> str | None:
    """Python's name of the encoding that a label means; None if there is none, or it is not one of text (base64)."""
    try:
        name = codecs.lookup(label).name
        "".encode(name)  # codecs that are not text encodings (base64, zlib) fail here
    except (LookupError, TypeError, ValueError):
        return None
    return _WIDER.get(name, name)

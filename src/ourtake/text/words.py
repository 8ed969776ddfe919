"""Words as a reader sees them, texts folded for comparison, addresses folded to one form."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

_WORD = re.compile(r"[^\W_](?:[\w'\u2019.,\-\u2011/&%]*[^\W_])?")
_TARGET = re.compile(r"\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*\)")
_QUOTES = str.maketrans(
    {
        "\u2018": "'",
        "\u2019": "'",
        "\u201a": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u201e": '"',
        "\u2013": "-",
        "\u2014": "-",
        "\u2011": "-",
        "\u00a0": " ",
    }
)
PLAIN_ADDRESS = re.compile(r"https?://([a-z0-9\-][a-z0-9.\-]*(?:/[A-Za-z0-9_.~%/\-]*)?)", re.ASCII)
"""Addresses without query, port, fragment or capitals in the host: most of them, and nothing in them needs to be taken apart."""

_TRACKING = re.compile(r"utm_\w+|fbclid|gclid|dclid|msclkid|mc_cid|mc_eid|igshid|yclid|ref_src|_hsenc|_hsmi")


def words(text: str) -> list[str]:
    """The words of a text, in order; a hyphenated word, a number with its separators and a contraction are one."""
    return _WORD.findall(text)


@lru_cache(maxsize=2048)
def count_words(markdown: str) -> int:
    """How many words a reader sees: link targets don't count."""
    return len(words(_TARGET.sub("]", markdown)))


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """The text without its typography: case folded, straight quotes and dashes, single spaces."""
    return " ".join((text if text.isascii() else text.translate(_QUOTES)).casefold().split())


@lru_cache(maxsize=8192)
def canonical_url(url: str) -> str:
    """One form of an address: https for http, host in lower case, no tracking parameters, fragment or trailing slash.

    An address that can't be read comes back stripped and otherwise as it was.
    """
    text = url.strip()
    if plain := PLAIN_ADDRESS.fullmatch(text):
        return f"https://{plain[1]}".rstrip("/")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return text
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
        return text
    kept = [(key, value) for key, value in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.fullmatch(key)]
    host = parts.hostname.lower() + (f":{port}" if port not in (None, 80, 443) else "")
    return urlunsplit(("https", host, parts.path.rstrip("/"), urlencode(kept), ""))

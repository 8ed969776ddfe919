"""The ways in which a secret is written: as it is sent, and spelled out with signs between its letters."""

from __future__ import annotations

import html
import json
import re
import unicodedata
from base64 import b32encode, b64encode, urlsafe_b64encode
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

_SHORTEST = 8
"""Characters of a part of a coded secret that is still recognised."""
_SPELLED = 12
"""Letters and figures from which a secret is recognised with signs between them; "a b c" is in any text."""
_WORDS = 20
"""The same for a secret without a figure, which may be two words of prose: a password such as "harbour wall"."""
_CODES = ("{:02x}", "25{:02x}", "x{:02x}", "u{:04x}", "u{:x}", "{:d}", "{:03o}")
"""How a character is written in addresses (once and twice escaped), in JSON, in programs and in HTML, without signs."""
_BETWEEN = re.compile(r"(?:\\[nrt]|[\W_])+")
"""What may stand between the letters of a secret that is spelled out."""


def exact_forms(secret: str) -> Iterator[str]:
    """A secret plain, in addresses, JSON, HTML, base64 and hexadecimal, character by character."""
    escaped = json.dumps(secret)[1:-1]
    yield from (
        secret,
        escaped,
        escaped.replace("/", "\\/"),
        json.dumps(escaped)[1:-1],
        html.escape(secret),
        repr(secret)[1:-1],
    )
    for quoted in (quote(secret, safe=""), quote(secret), quote_plus(secret)):
        yield from (quoted, re.sub(r"%[0-9A-F]{2}", lambda found: found[0].lower(), quoted))
    raw = secret.encode("utf-8", "surrogateescape")
    yield raw.hex()
    for encode in (b64encode, urlsafe_b64encode):
        yield encode(raw).decode().rstrip("=")
        for before in range(3):
            # In a longer text ("user:key"), the first and the last characters depend on their neighbours.
            inner = encode(b"\0" * before + raw).decode().rstrip("=")
            core = inner[(0, 2, 3)[before] :][: -1 if (before + len(raw)) % 3 else None]
            yield from [core] if len(core) >= _SHORTEST else []


def letters_of(secret: str) -> set[str]:
    """The letters and figures, in small letters, of a secret in every spelling: forwards, backwards, coded.

    None for a secret that is too short to be told from a text.
    """
    plain = squeezed(secret)
    if len(plain) < (_WORDS if plain.isalpha() else _SPELLED):
        return set()
    raw = secret.encode("utf-8", "surrogateescape")
    spelled = [secret[::-1], *exact_forms(secret), quote(quote(raw, safe=""), safe=""), b32encode(raw).decode()]
    for code in _CODES:
        spelled += [
            "".join(map(code.format, raw)),
            "".join(one if one.isalnum() else code.format(ord(one)) for one in secret),
        ]
    return {found for one in spelled if len(found := squeezed(one)) >= _SPELLED}


def squeezed(text: str) -> str:
    """The letters and figures of a text, in small letters; wide and other compatible forms as plain ones."""
    return _BETWEEN.sub("", _plain(text)).lower()


def places(text: str) -> list[int]:
    """Where each character of squeezed(text) is in the text."""
    plain, found, at = _plain(text), list[int](), 0
    for between in _BETWEEN.finditer(plain):
        found += range(at, between.start())
        at = between.end()
    return [*found, *range(at, len(plain))]


def _plain(text: str) -> str:
    """The text with compatible characters as plain ones, and as long as it was."""
    if text.isascii():
        return text
    table = dict[int, str]()
    for one in set(text):
        same = unicodedata.normalize("NFKC", one)
        # A character whose small form is longer would move all that follow.
        table[ord(one)] = same if len(same) == len(same.lower()) == 1 else "\0" if len(one.lower()) != 1 else one
    return text.translate(table)

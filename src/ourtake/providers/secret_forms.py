"""The ways in which a secret is written: as it is sent, and spelled out with signs between its letters."""

from __future__ import annotations

import html
import json
import re
import unicodedata
from base64 import b32encode, b64encode, urlsafe_b64encode
from collections.abc import Iterator, Sequence
from urllib.parse import quote, quote_plus

_SHORTEST = 8
"""Characters of a part of a coded secret that is still recognised."""
_SPELLED = 12
"""Letters and figures from which a secret is recognised with signs between them; "a b c" is in any text."""
_WORDS = 20
"""The same for a secret without a figure, which may be two words of prose: a password such as "harbour wall"."""
_CODES = ("{:02x}", "25{:02x}", "x{:02x}", "u{:04x}", "u{:x}", "{:d}", "{:03o}")
"""How a character is written in addresses (once and twice escaped), in JSON, in programs and in HTML, without signs."""
LINES = re.compile(r"(?:\s|\\[nr])+")
"""What may stand between the characters of any secret: line breaks, also escaped ones, and spaces."""
SIGNS = re.compile(r"(?:\\[nrt]|[\W_])+")
"""What may stand between the letters of a secret that is spelled out."""
BACKSLASHES = re.compile(r"[\W_]+")
"""The same where a backslash stands before each letter, and "\\n" is the letter n."""
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_FEW = 20
"""Characters up to which a search for each is faster than a table that is asked about all characters of a text: a
prompt in English has none or two to be replaced.
"""


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


def lines_of(secret: str) -> set[str]:
    """The exact forms of a secret, in small letters and without what LINES describes."""
    forms = {plain(form) for form in exact_forms(secret)}
    solid = {form for one in forms if len(form := solid_of(one, LINES)) >= _SHORTEST}
    solid |= {form.lower() for form in forms}
    # After a backslash, the first letter is read as the end of an escaped line break.
    return solid | {form[1:] for form in solid if form[0] in "nr"}


def letters_of(secret: str) -> set[str]:
    """The letters and figures, in small letters, of a secret in every spelling: forwards, backwards, coded.

    None for a secret that is too short to be told from a text.
    """
    letters = solid_of(plain(secret), SIGNS)
    if len(letters) < (_WORDS if letters.isalpha() else _SPELLED):
        return set()
    raw = secret.encode("utf-8", "surrogateescape")
    spelled = [secret[::-1], *exact_forms(secret), quote(quote(raw, safe=""), safe=""), b32encode(raw).decode()]
    for code in _CODES:
        spelled += [
            "".join(map(code.format, raw)),
            "".join(one if one.isalnum() else code.format(ord(one)) for one in secret),
        ]
    solid = {solid_of(plain(one), between) for one in spelled for between in (SIGNS, BACKSLASHES)}
    return {found for found in solid if len(found) >= _SPELLED}


def solid_of(text: str, between: re.Pattern[str] | None) -> str:
    """A plain text in small letters, without what may stand between the letters of a secret."""
    if between is None:
        return text.lower()
    if "\\" in text:
        return between.sub("", text).lower()
    # Without a backslash nothing is escaped, and white space can go first, in a fifth of the time that a pattern takes.
    solid = "".join(text.split())
    return (solid if between is LINES else between.sub("", solid)).lower()


def places(text: str, between: re.Pattern[str] | None) -> Sequence[int]:
    """Where each character of solid_of(text, between) is in the text."""
    if between is None:
        return range(len(text))
    found, at = list[int](), 0
    for gap in between.finditer(text):
        found += range(at, gap.start())
        at = gap.end()
    return [*found, *range(at, len(text))]


def plain(text: str) -> str:
    """The text with wide and other compatible characters as plain ones. Its length stays, also in small letters."""
    if text.isascii():
        return text
    table = dict[str, str]()
    for one in set(_NOT_ASCII.findall(text)):
        same = unicodedata.normalize("NFKC", one)
        same = same if len(same) == 1 else one
        # A character whose small form is longer would move all that follow.
        small = same if same.isascii() else min(same.casefold(), same.lower(), key=len)
        small = small if len(small) == 1 else "\0"
        if small != one:
            table[one] = small
    if len(table) > _FEW:
        return text.translate({ord(one): small for one, small in table.items()})
    for one, small in table.items():
        text = text.replace(one, small)
    return text

"""SAF002: characters that a reader does not see, and letters of another alphabet inside a word. Its table row is in safety.py.

Which hidden characters are writing and not a trick is said in ourtake/plain.py.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from ourtake.checks.base import Case, Hit
from ourtake.documents import FieldName, Fix
from ourtake.plain import LINE_BREAKS, hidden_runs

_FIELDS: tuple[FieldName, ...] = ("headline", "summary", "body", "tags")
_LIKE_LATIN = dict(
    zip(
        "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u04bb\u0501\u051b\u051d\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420"
        "\u0421\u0422\u0425"
        "\u0423\u0406\u0408\u0405\u03bf\u03b1\u03bd\u03c1\u03b9\u03ba\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7",
        "aeopcyxijshdqwABEKMHOPCTXYIJSoavpikABEZHIKMNOPTYX",
        strict=True,
    )
)
_TYPOGRAPHY = "\u2019\u201c\u201d\u2014\u2013\u2018\u2026\u00a3"
_OTHER = re.compile("[\u0370-\u03ff\u0400-\u052f]")
_WORD = re.compile(r"[^\W\d_]+")
_STYLED = re.compile("[\uff21-\uff3a\uff41-\uff5a\U0001d400-\U0001d7ff\u249c-\u24e9\U0001f130-\U0001f189]+")
"""Letters of the alphabet in another dress: full-width, mathematical, in circles."""


def _plain(text: str) -> bool:
    """Whether a text has nothing but ASCII, line ends and the signs of English typography: taking those out is faster than three patterns."""
    if not text.isascii():
        for sign in _TYPOGRAPHY:
            text = text.replace(sign, "")
    return text.isascii() and text.replace("\n", "").isprintable()


def _name(sign: str) -> str:
    return f"U+{ord(sign):04X} {unicodedata.name(sign, 'control character').lower()}"


def hidden_characters(case: Case) -> Iterator[Hit]:
    """SAF002."""
    for field in _FIELDS:
        text = case.text(field)
        if _plain(text):
            continue
        for start, end in hidden_runs(text):
            run = text[start:end]
            what = f"A hidden character: {_name(run[0])}." if len(run) == 1 else f"{len(run)} hidden characters, the first {_name(run[0])}."
            parted = any(sign in LINE_BREAKS for sign in run)
            yield Hit(what, field, start, end, fix=Fix(start=start, end=end, replacement=" " if parted else ""))
        if _OTHER.search(text):
            yield from _mixed(text, field)
        for match in _STYLED.finditer(text):
            plain = unicodedata.normalize("NFKC", match[0])
            fix = Fix(start=match.start(), end=match.end(), replacement=plain)
            yield Hit(f"Letters in another dress: {_name(match[0][0])}.", field, match.start(), match.end(), fix=fix)


def _mixed(text: str, field: FieldName) -> Iterator[Hit]:
    """Words with letters of two alphabets that look alike."""
    for match in _WORD.finditer(text):
        word = match[0]
        strange = [letter for letter in word if _OTHER.match(letter)]
        if strange and len(strange) < len(word) and all(letter in _LIKE_LATIN for letter in strange):
            mended = "".join(_LIKE_LATIN.get(letter, letter) for letter in word)
            fix = Fix(start=match.start(), end=match.end(), replacement=mended)
            what = f"A letter that only looks like one of \u201c{mended}\u201d: {_name(strange[0])}."
            yield Hit(what, field, match.start(), match.end(), fix=fix)

"""SAF002: characters that a reader does not see, and letters of another alphabet inside a word.

text/plain.py says which hidden characters belong to a script and are not a trick.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from ourtake.checks.base import Case, Example, Hit, Rule
from ourtake.checks.examples import SOUND
from ourtake.checks.fixes import safe_fix
from ourtake.documents import FIELDS, FieldName
from ourtake.text.plain import LINE_BREAKS, hidden_runs, is_usual

_LIKE_LATIN = dict(
    zip(
        "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u04bb\u0501\u051b\u051d\u0410\u0412\u0415"
        "\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425\u0423\u0406\u0408\u0405\u03bf\u03b1\u03bd\u03c1\u03b9"
        "\u03ba\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7",
        "aeopcyxijshdqwABEKMHOPCTXYIJSoavpikABEZHIKMNOPTYX",
        strict=True,
    )
)
_GAPS = f"{LINE_BREAKS}\u115f\u1160\u3164\uffa0"
"""Characters that separate words, with or without a width."""

_ORDER = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_TURNED = re.compile("[\u202b\u202d\u202e\u2067]")
_SYMBOL = re.compile("[A-Za-z]+[\u0370-\u03ff]+|[\u0370-\u03ff]+[A-Za-z]+|[A-Z]+[\u0400-\u052f]")
_OTHER = re.compile("[\u0370-\u03ff\u0400-\u052f]")
_WORD = re.compile(r"[^\W\d_]+")
_STYLED = re.compile("[\uff21-\uff3a\uff41-\uff5a\U0001d400-\U0001d7ff\u249c-\u24e9\U0001f130-\U0001f189]+")
"""Look-alike letters: full-width, mathematical, in circles."""


def _name(sign: str) -> str:
    return f"U+{ord(sign):04X} {unicodedata.name(sign, 'control character').lower()}"


def hidden_characters(case: Case) -> Iterator[Hit]:
    """SAF002."""
    for field in FIELDS:
        text = case.text(field)
        if is_usual(text) and text.replace("\n", "").isprintable():
            continue  # as most texts: that is faster to see than with three patterns
        for start, end in hidden_runs(text):
            run = text[start:end]
            what = (
                f"A hidden character: {_name(run[0])}."
                if len(run) == 1
                else f"{len(run)} hidden characters, the first {_name(run[0])}."
            )
            beside = text[start - 1 : start] + text[end : end + 1]
            parted = any(sign in _GAPS for sign in run) and len(beside.strip()) == 2
            # Without characters that change the reading order, the text says something else: a person decides.
            turned = any(sign in _ORDER for sign in run) and _TURNED.search(text)
            fix = None if turned else safe_fix(text, start, end, " " if parted else "", kind="characters")
            yield Hit(what, field, start, end, fix=fix)
        if _OTHER.search(text):
            yield from _mixed(text, field)
        for match in _STYLED.finditer(text):
            plain = unicodedata.normalize("NFKC", match[0])
            fix = safe_fix(text, match.start(), match.end(), plain, kind="characters")
            yield Hit(f"Look-alike letters: {_name(match[0][0])}.", field, match.start(), match.end(), fix=fix)


def _mixed(text: str, field: FieldName) -> Iterator[Hit]:
    """Words that mix look-alike letters of two alphabets."""
    for match in _WORD.finditer(text):
        word = match[0]
        strange = [letter for letter in word if _OTHER.match(letter)]
        if strange and len(strange) < len(word) and all(letter in _LIKE_LATIN for letter in strange):
            plain = "".join(_LIKE_LATIN.get(letter, letter) for letter in word)
            # "TNF\u03b1" and "cos\u03b1" are symbols, and a word that is mostly of the other alphabet is one of another
            # language.
            symbol = len(strange) * 2 > len(word) or _SYMBOL.fullmatch(word)
            fix = None if symbol else safe_fix(text, match.start(), match.end(), plain, kind="characters")
            what = f"A look-alike letter in \u201c{plain}\u201d: {_name(strange[0])}."
            yield Hit(what, field, match.start(), match.end(), fix=fix)


RULES = (
    Rule("SAF002", "hidden-characters", "error",
         "Characters that a reader can't see, letters of another alphabet inside a word, and look-alike letters "
         "(full-width, mathematical).",
         "Remove or replace them, as the fix does.",
         Example(headline="Show the ho\u200burs before you lay the wire"), SOUND, hidden_characters,
         safe_fix=True),
)  # fmt: skip

"""SAF002: characters that a reader does not see, and letters of another alphabet inside a word. Its table row is in safety.py.

What is let through because it is writing and no trick: joiners between letters of scripts that need them, the joiners, variation selectors and
flag tags of emoji, and the no-break space.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from ourtake.checks.base import Case, Hit
from ourtake.checks.fixes import safe_fix
from ourtake.documents import FieldName

_FIELDS: tuple[FieldName, ...] = ("headline", "summary", "body", "tags")
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]+"
)
_JOINERS = "\u200c\u200d"
_EMOJI = re.compile(
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u2460-\u24ff\u25a0-\u27bf\u2900-\u297f\u2b00-\u2bff\u3030\u303d\u3297"
    "\u3299\U0001f000-\U0001faff]"
)
_NEEDS_JOINERS = re.compile("[\u0600-\u08ff\u0900-\u0dff\u1000-\u109f\u1780-\u17ff\ufb50-\ufdff\ufe70-\ufefc]")
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
_GAPS = "\x0b\x0c\x85\u115f\u1160\u2028\u2029\u3164\uffa0"
"""What parts words though it has no width of its own, or is seen as a gap."""

_ORDER = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_TURNED = re.compile("[\u202b\u202d\u202e\u2067]")
_SYMBOL = re.compile("[A-Za-z]+[\u0370-\u03ff]+|[\u0370-\u03ff]+[A-Za-z]+|[A-Z]+[\u0400-\u052f]")
_OTHER = re.compile("[\u0370-\u03ff\u0400-\u052f]")
_WORD = re.compile(r"[^\W\d_]+")
_STYLED = re.compile("[\uff21-\uff3a\uff41-\uff5a\U0001d400-\U0001d7ff\u249c-\u24e9\U0001f130-\U0001f189]+")
"""Letters of the alphabet in another dress: full-width, mathematical, in circles."""


def _allowed(text: str, at: int) -> bool:
    """Whether the hidden character at an offset belongs to the writing around it."""
    sign = text[at]
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if sign in "\ufe0e\ufe0f":
        return bool(_EMOJI.match(before)) or (before in "0123456789#*" and before != "" and after == "\u20e3")
    if sign == "\u200d" and _EMOJI.match(after):
        return bool(_EMOJI.match(before)) or before == "\ufe0f"
    if sign in _JOINERS:
        return bool(_NEEDS_JOINERS.match(before)) and (bool(_NEEDS_JOINERS.match(after)) or not after.strip())
    # Flags of regions: a black flag, tags that spell the region, a last tag.
    return "\U000e0020" <= sign <= "\U000e007f" and re.search("\U0001f3f4[\U000e0020-\U000e007e]*$", text[:at]) is not None


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
        for match in _HIDDEN.finditer(text):
            yield from _run(text, field, match.start(), match.end())
        if _OTHER.search(text):
            yield from _mixed(text, field)
        for match in _STYLED.finditer(text):
            plain = unicodedata.normalize("NFKC", match[0])
            fix = safe_fix(text, match.start(), match.end(), plain, kind="characters")
            yield Hit(f"Letters in another dress: {_name(match[0][0])}.", field, match.start(), match.end(), fix=fix)


def _run(text: str, field: FieldName, start: int, end: int) -> Iterator[Hit]:
    """The parts of a run of hidden characters that are no writing."""
    at = start
    while at < end:
        if _allowed(text, at):
            at += 1
            continue
        first = at
        while at < end and not _allowed(text, at):
            at += 1
        run = text[first:at]
        what = f"A hidden character: {_name(run[0])}." if len(run) == 1 else f"{len(run)} hidden characters, the first {_name(run[0])}."
        beside = text[first - 1 : first] + text[at : at + 1]
        parted = any(sign in _GAPS for sign in run) and len(beside.strip()) == 2
        # Where signs turn the order of what a reader sees, the text without them says something else: a person decides.
        turned = any(sign in _ORDER for sign in run) and _TURNED.search(text)
        fix = None if turned else safe_fix(text, first, at, " " if parted else "", kind="characters")
        yield Hit(what, field, first, at, fix=fix)


def _mixed(text: str, field: FieldName) -> Iterator[Hit]:
    """Words with letters of two alphabets that look alike."""
    for match in _WORD.finditer(text):
        word = match[0]
        strange = [letter for letter in word if _OTHER.match(letter)]
        if strange and len(strange) < len(word) and all(letter in _LIKE_LATIN for letter in strange):
            mended = "".join(_LIKE_LATIN.get(letter, letter) for letter in word)
            # "TNF\u03b1" and "cos\u03b1" are symbols, and a word that is mostly of the other alphabet is one of another
            # language.
            symbol = len(strange) * 2 > len(word) or _SYMBOL.fullmatch(word)
            fix = None if symbol else safe_fix(text, match.start(), match.end(), mended, kind="characters")
            what = f"A letter that only looks like one of \u201c{mended}\u201d: {_name(strange[0])}."
            yield Hit(what, field, match.start(), match.end(), fix=fix)

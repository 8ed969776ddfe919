"""The encoding of bytes that are not UTF-8 and say nothing about themselves, where it is certain.

Most of the world's alphabets are told apart by charset-normalizer. It can't tell the Western encodings from each other
in a text with few accents, so there the letters of the text's language decide.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

_LOOKED_AT = 1 << 18
_RUN = re.compile(rb"[\x80-\xff]+")
_LONE = 1.6
"""The average number of bytes beyond ASCII in a row: fewer in a Latin alphabet, where most letters are ASCII."""

_LEAST = 40
"""Bytes beyond ASCII; fewer of another alphabet say too little."""

_LATIN = (
    "cp1252", "iso8859-15", "cp1250", "iso8859-2", "cp1254", "cp1257", "mac_roman", "mac_latin2", "mac_turkish",
    "cp850", "cp852", "cp857",
)  # fmt: skip
_OTHERS = (
    "gb18030", "big5", "cp932", "euc_jp", "cp949", "cp1251", "koi8_r", "koi8_u", "cp866", "cp1125", "iso8859_5",
    "mac_cyrillic", "cp1253", "iso8859_7", "cp1255", "cp1256", "iso8859_6", "cp874",
)  # fmt: skip
_LETTERS = {
    "en": "àâçèéêëñïôöüä", "de": "äöüßéèà", "fr": "àâæçéèêëîïôœùûüÿ", "es": "áéíñóúüºª", "it": "àèéìíòóùúîº",
    "pt": "àáâãçéêíóôõúüºª", "nl": "áéëïóöüèêç", "sv": "åäöéàü", "da": "æøåéö", "nb": "æøåéòôèóü", "no": "æøåéòôèóü",
    "nn": "æøåéòôèóü", "fi": "äöåšž", "is": "áðéíóúýþæö", "pl": "ąćęłńóśźż", "cs": "áčďéěíňóřšťúůýž",
    "sk": "áäčďéíĺľňóôŕšťúýž", "hu": "áéíóöőúüű", "ro": "ăâîșşțţ", "hr": "čćđšž", "bs": "čćđšž", "sl": "čšžćđ",
    "sq": "çë", "tr": "çğıiöşüâîû", "et": "äõöüšž", "lv": "āčēģīķļņšūž", "lt": "ąčęėįšųūž", "ca": "àçèéíïòóúü·",
    "gl": "áéíñóúü", "eu": "ñüç", "ga": "áéíóú", "af": "êëéèôûïö",
}  # fmt: skip
"""Language -> its letters beyond ASCII, with those of its usual loanwords."""

_BETWEEN_WORDS = frozenset("“”„‘‚«»‹›…•¡¿§°©®™€£¥½¼¾×±")
_ANYWHERE = frozenset("’–—\u00ad\u2011")
_CERTAIN = 0.03
"""Share of the letters and signs beyond ASCII that may be out of place in the right reading."""

_CHAOS = 0.03
_COHERENCE = 0.1
"""How far another reading must be behind, by charset-normalizer's two measures, for the best one to be certain."""


class Guess(NamedTuple):
    """The encoding, or "" if it isn't certain; then `perhaps` has the readings that fit best."""

    encoding: str
    perhaps: tuple[str, ...] = ()


def guessed(data: bytes) -> Guess:
    """The encoding of bytes that are not UTF-8."""
    data = data[:_LOOKED_AT]
    if b"\0" in data:
        return Guess(_utf16(data))
    if b"\x1b$" in data and data.isascii():
        return Guess("iso2022_jp" if _text(data, "iso2022_jp") else "")
    lines = b"\n".join(line for line in re.split(rb"[\r\n]+", data) if not line.isascii())
    runs = [len(run) for run in _RUN.findall(lines)]
    if not runs:
        return Guess("")
    letters = sum(65 <= byte | 32 <= 122 for byte in lines)
    if sum(runs) <= _LONE * len(runs) and letters > sum(runs):
        return _latin(lines)
    # Words of ASCII only say nothing, and hide what the others say.
    return _other(b" ".join(word for word in lines.split() if not word.isascii())) if sum(runs) >= _LEAST else Guess("")


def is_nearly_utf8(data: bytes) -> bool:
    """Whether bytes are UTF-8 with a fault here and there: most of what is not ASCII can be read as it."""
    text = data[:_LOOKED_AT].decode("utf-8", "replace")
    bad = text.count("\ufffd")
    return sum(not character.isascii() for character in text) - bad > bad


def _utf16(data: bytes) -> str:
    """UTF-16 without its mark: the zero bytes of its ASCII characters are at odd places, or at even ones."""
    odd, even = data[1::2].count(0), data[::2].count(0)
    name = "utf-16-le" if odd > even else "utf-16-be"
    text = _text(data[: len(data) // 2 * 2], name)
    faults = sum(character < " " and character not in "\t\n\r\f" for character in text)
    return name if text and max(odd, even) > 10 * min(odd, even) and not faults else ""


def _text(data: bytes, name: str) -> str:
    try:
        return data.decode(name)
    except UnicodeDecodeError as error:
        # What was looked at may end within a character.
        return data[: error.start].decode(name) if error.start > len(data) - 4 and len(data) > 100 else ""


def _latin(lines: bytes) -> Guess:
    code, _ = _languages().classify(lines.decode("ascii", "ignore"))
    known = frozenset(_LETTERS[str(code)])
    found: dict[str, tuple[float, str]] = {}
    for name in _LATIN:
        if text := _text(lines, name):
            found.setdefault(text, (_out_of_place(text, known), name))
    rows = sorted(found.values(), key=lambda row: row[0])
    if not rows:
        return Guess("")
    certain = rows[0][0] <= _CERTAIN and (len(rows) == 1 or rows[1][0] > rows[0][0])
    return Guess(rows[0][1]) if certain else Guess("", tuple(name for _, name in rows[:2]))


def _out_of_place(text: str, known: frozenset[str]) -> float:
    """The share of the characters beyond ASCII that no text of a language would have where they are."""
    places = [(place, character) for place, character in enumerate(text) if not character.isascii()]
    wrong = 0
    for place, character in places:
        before, after = text[place - 1 : place], text[place + 1 : place + 2]
        if character.isalpha() or character.lower() in known:
            wrong += character.lower() not in known or (character.isupper() and before.islower())
        elif character == "\u00a0":
            wrong += before.isspace() or after.isspace() or (before.isalpha() and after.isalpha())
        elif character in _BETWEEN_WORDS:
            wrong += before.isalpha() and after.isalpha()
        else:
            wrong += character not in _ANYWHERE
    return wrong / max(1, len(places))


def _other(lines: bytes) -> Guess:
    from charset_normalizer import from_bytes  # loaded only for files that need it

    rows: list[tuple[str, float, float]] = []
    texts: set[str] = set()
    for match in from_bytes(lines, cp_isolation=list(_OTHERS), enable_fallback=False):
        if str(match) not in texts:
            texts.add(str(match))
            rows.append((match.encoding, match.chaos, match.coherence))
    if not rows:
        return Guess("")
    name, chaos, coherence = rows[0]
    near = [row for row in rows[1:] if row[1] < chaos + _CHAOS and row[2] > coherence - _COHERENCE]
    return Guess("", tuple(row[0] for row in (rows[0], *near))[:3]) if near or chaos > _CHAOS else Guess(name)


@cache
def _languages() -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    found = LanguageIdentifier.from_model_file(MODEL_FILE)
    known = set(found.nb_classes)
    found.set_languages([code for code in _LETTERS if code in known])
    return found

"""The language of a text: English by its most common words, any other by py3langid."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from ourtake.text.parsed import kept
from ourtake.text.tokens import lowered
from ourtake.text.words import words

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

LEAST_WORDS = 20
"""A shorter text says too little."""

_FEWEST_WORDS = 5
"""A text of fewer words may be names and numbers only."""

_SURE = 0.9
"""How likely a short text must be of a language, among those of NAMES."""

ENGLISH_SHARE = 0.2
"""Share of little words from which a text is English: English prose has 0.3 to 0.5 of them, others under 0.1."""

_LITTLE = frozenset(
    "the of and to that for it with are by this be from not but have had they which its who will would their there or "
    "what if about than can been were when where we you your our has is a in on at was as".split()
)
NAMES = {
    "en": "English",
    "de": "German",
    "fr": "French",
    "es": "Spanish",
    "it": "Italian",
    "pt": "Portuguese",
    "nl": "Dutch",
}


@kept
def language_of(text: str) -> str:
    """The language of a text as a code of two letters; "" if the text is too short to tell."""
    found = words(lowered(text))
    if len(found) < LEAST_WORDS:
        return ""
    if sum(map(_LITTLE.__contains__, found)) >= ENGLISH_SHARE * len(found):
        return "en"
    code: str = _identifier().classify(text)[0]
    return code


@kept
def short_language_of(text: str) -> str:
    """The language of a text that may be short, if it is English or surely one of NAMES; else "".

    Of 59 English sentences of 5 to 19 words with few little words, none was taken for another language.
    """
    if found := language_of(text):
        return found
    short = words(lowered(text))
    if len(short) < _FEWEST_WORDS:
        return ""
    if sum(map(_LITTLE.__contains__, short)) >= ENGLISH_SHARE * len(short):
        return "en"
    code, likely = _known_identifier().classify(text)
    return str(code) if likely >= _SURE else ""


def primary(code: str) -> str:
    """The language of a code with a region: "de" for "de-AT" and "DE_at"."""
    return code.replace("_", "-").partition("-")[0].strip().lower()


def language_name(code: str) -> str:
    """What a language is called in a message."""
    return NAMES.get(code, f"the language {code!r}")


@cache
def _known_identifier() -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    found = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    found.set_languages(list(NAMES))
    return found


@cache
def _identifier() -> LanguageIdentifier:
    # Its model takes seconds to unpack; a text in English never asks for it.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE)

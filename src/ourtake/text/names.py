"""Capitalised names in prose: people, bodies, products, places. It tells a name from the capital that begins a
sentence, as far as that is possible.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ourtake.text.parsed import Text, kept
from ourtake.text.sentences import sentences
from ourtake.text.tokens import blanked


class Name(NamedTuple):
    """text == whole[start:end], without a possessive. `first`: it begins a sentence, so that its first word may be no
    name at all.
    """

    start: int
    end: int
    text: Text
    first: bool


_CAPITAL = (
    r"(?:(?:[^\W\d_a-z]\.){1,4}(?=\s|[,;:)])|(?:St|Mt|Ft|Ste)\.(?=\s[A-Z])"
    r"|(?:(?=[^\W\d_])(?![a-z\u00df-\u00f6\u00f8-\u00ff])|"
    r"[a-z](?=[A-Z]))[\w&]+(?:['\u2019](?!s\b)\w+)*(?:[-\u2011\u2013](?=[A-Z\d])[\w&]+)*"
    r"|\d+[A-Z][\w-]*)"
)
MOST_WORDS = 16
"""Of a name; a longer row of capitalised words is read as several."""
_JOINER = (
    r"(?:of\sthe|for\sthe|on\sthe|of|for|de\sla|de|del|der|den|di|da|du|van\sder|van\sden|van|von\sder|von|bin|"
    r"ibn|al|el|la|le|&)"
)
_NAME = re.compile(
    rf"(?<![\w'\u2019.@/#-]){_CAPITAL}"
    rf"(?:(?:['\u2019]s)?(?!['\u2019]s)\s(?:{_JOINER}\s)?{_CAPITAL}){{0,{MOST_WORDS - 1}}}"
)
_LARGE = re.compile(r"[^\W_a-z\u00df-\u00f6\u00f8-\u00ff]")
_POSSESSIVE = re.compile(r"['\u2019]s\s")
_LEAD = re.compile(
    r"(?:\A|[.!?:\u2026\u201c\u2018\"(\[>*_\u2014]|\s-|\s['\u2018])[\s*_\"\u201c\u2018'(\[]*\Z|\n[\s>*_#-]*\Z"
)
_FIGURE = re.compile(r"\.?\s\d")
_TITLE = re.compile(r"\b(?:Dr|Mr|Mrs|Ms|Prof|Rev|Gen|Col|Sgt|Capt|Lt|Gov|Sen|Rep|Hon)\.\s\Z")


@kept
def names_in(text: str) -> tuple[Name, ...]:
    """Every name of a Markdown text, in order; "Ferrow's Jane Doe" is two."""
    plain = blanked(text)
    starts = {span.start for span in sentences(text)}
    found = []
    for match in _matches(plain):
        begin = match.start()
        # "Hepatitis B. However" ends with its sentence.
        whole = match[0]
        after = ". " in whole and next((at for at in range(begin + 1, match.end()) if at in starts), None)
        for piece in _POSSESSIVE.split(whole[: after - begin].rstrip() if after else whole):
            end = begin + len(piece)
            bare = piece.rstrip(".") if len(piece) > 3 and piece[-3:-2] != "." else piece
            if bare.endswith(" No") and _FIGURE.match(plain, begin + len(bare)):
                bare = bare.removesuffix(" No")
            led = begin == match.start() and _LEAD.search(plain, max(0, begin - 6), begin) is not None
            first = begin in starts or (led and _TITLE.search(plain, max(0, begin - 7), begin) is None)
            found.append(Name(begin, begin + len(bare), Text(bare), first))
            begin = end + 3
    return tuple(name for name in found if len(name.text) > 1)


def _matches(text: str) -> Iterator[re.Match[str]]:
    """What finditer would give, tried only at letters that are not small and figures, and at a small letter before one,
    as in iPhone.
    """
    done = 0
    for large in _LARGE.finditer(text):
        at = large.start()
        if at < done:
            continue
        match = (at > done and text[at - 1].islower() and _NAME.match(text, at - 1)) or _NAME.match(text, at)
        if match:
            yield match
            done = match.end()

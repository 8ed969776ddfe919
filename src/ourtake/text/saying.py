"""Verbs of saying: one list of words, from which the patterns of all who look for them are made."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ourtake.text.scan import Beginnings

_COMMON = (
    "say says said tell tells told write writes wrote describe describes described argue argues argued claim claims "
    "claimed warn warns warned note notes noted report reports reported state states stated announce announces "
    "announced"
).split()
_SPEECH = (
    "saying written writing describing warning noting call calls called calling put puts quote quotes quoted term "
    "terms termed dub dubs dubbed label labels labelled labeled ask asks asked add adds added insist insists insisted "
    "explain explains explained declare declares declared promise promises promised admit admits admitted denies "
    "denied replied replies respond responds responded"
    " answer answers answered conclude concludes concluded observe observes observed suggest "
    "suggests suggested remark remarks remarked recall recalls recalled acknowledge acknowledges acknowledged "
    "maintain maintains maintained concede concedes conceded counter counters countered urge urges urged complain "
    "complains complained believe believes believed think thinks thought find finds found"
).split()
_CLAIMS = (
    "reveal reveals revealed highlight highlights highlighted stresses stressed emphasise emphasises emphasised "
    "emphasize emphasizes emphasized detail details detailed confirm confirms confirmed"
).split()


def _either(words: Iterable[str]) -> str:
    """A pattern for any of the words; the longest come first."""
    return "|".join(sorted(words, key=lambda word: (-len(word), word)))


_SPOKE_OF = ("spoke of", "speaks of", "spoken of")
SPEAKING = _either((*_COMMON, *_SPEECH, *_SPOKE_OF))
"""Alternatives of a pattern: what people do with words."""

_PHRASES = ("according to", "in the words of", *(f"in {whose} words" for whose in "his her their its our".split()))
SAYING = re.compile(rf"(?<!-)\b(?:{SPEAKING}|{_either(_PHRASES)}|call for)\b", re.IGNORECASE)
"""A verb, or the like, that says that somebody's words follow or went before."""

VERBS, PHRASES = Beginnings((*_COMMON, *_SPEECH, *_SPOKE_OF)), Beginnings(_PHRASES)
"""Where SPEAKING, and where the phrases of SAYING, may begin."""

_STATING = (*_COMMON, *_CLAIMS, "point out", "points out", "pointed out", "has it", "according to")
CLAIMING = re.compile(
    r"\b(?=[acdehnprstw])(?<!\bthe )(?<!\ba )(?<!\bthis )(?<!\bthat )(?<!\bour )(?<!\bits )(?<!\bevery )"
    rf"(?<!['\u2019]s )(?<!\bcould )(?<!\bcan )(?:{_either(_STATING)})\b"
)
"""What a text does with a claim; for text in lower case."""

CLAIMS = Beginnings(_STATING)
"""Where CLAIMING may begin."""

WE_SAID = (
    r"\b[Ww]e (?:have |had |once |first |also |then |already )?"
    r"(?:wrote|written|reported|said|quoted|argued|noted|published|warned|put it|met|spoke)\b"
)
TOLD_US = r"\b(?:told|tells) us\b"
WE_WROTE = re.compile(rf"{WE_SAID}|{TOLD_US}")
"""The publication speaks of its own work."""

"""The words of a passage that say what it is about, and their stems: "council's", "councils" and "council" are one."""

from __future__ import annotations

from ourtake.text.parsed import kept
from ourtake.text.tokens import tokenize

STOP = frozenset(
    """
    a about above after again against all almost along also although always am among an and another any
    anybody anyone anything are around as asked at away back be became because become been before being below
    between both but by can cannot could did do does doing done down during each either else enough even ever
    every everyone everything few first for from further get gets getting give given gives go goes going gone
    good got had has have having he her here hers herself him himself his how however i if in instead into is
    it its itself just keep kept last least less let like likely long look made make makes making many may
    maybe me mean means might more most much must my myself need needs neither never new next no nobody none
    nor not nothing now of off often on once one only onto or other others our ours ourselves out over own
    part perhaps put puts quite rather really said same say saying says see seem seems seen several shall she
    should since so some somebody someone something sometimes still such take taken takes than that the their
    theirs them themselves then there these they thing things think this those though through thus to together
    too toward towards under until up upon us use used very was way ways we well went were what whatever when
    where whether which while who whole whom whose why will with within without would yet you your yours
    yourself don't doesn't isn't aren't wasn't weren't can't won't it's that's there's we've they're didn't
    hasn't haven't couldn't shouldn't wouldn't he's she's i'm we're you're i've
""".split()
)
"""Words that say nothing about what a passage is about."""


@kept
def content(text: str) -> frozenset[str]:
    """The stems of the words that say what a passage is about; numbers are left to text/numbers."""
    tokens = tokenize(text)
    return frozenset(
        [
            stem
            for word, stem in zip(tokens.words, tokens.stems, strict=True)
            if len(word) > 2 and word not in STOP and not word[0].isdigit()
        ]
    )

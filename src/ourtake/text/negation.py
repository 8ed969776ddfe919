"""The words that deny what follows them."""

from __future__ import annotations

NEGATION = frozenset(
    "not never no none nobody nothing neither nor without cannot hardly isn't aren't wasn't weren't don't doesn't "
    "didn't can't couldn't won't wouldn't hasn't haven't hadn't shouldn't mustn't nowhere".split()
)

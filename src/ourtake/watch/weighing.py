"""Whether a publication has something to say about a story: its beats, and what its archive has on it.

The score is one number with a meaning: the part of the links that a take needs that the archive can be expected to
fill. Look-up gives each article the probability that it is related (archive/offer.py); the score is the mean of the
best ones, as many as a take should have links, where a missing one counts as 0. It lies between 0 and 1, and 0.5 means
that half of the links are there.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence

from ourtake.archive.lookup import Archive
from ourtake.archive.query import stems
from ourtake.config import Settings
from ourtake.documents import Related, Source
from ourtake.store.stories import PASSED, WAITING, Verdict
from ourtake.text.markdown import visible
from ourtake.watch.entries import DAY, moment_of

_SHOWN = 2
"""Articles that a reason names."""
_TITLE = 70


def weigh(source: Source, beats: Sequence[str], *, archive: Archive, settings: Settings, now: float) -> Verdict:
    """What to do with a new story. `beats`: those of its feed."""
    watch = settings.watch
    allowed = list(beats or watch.beats)
    found = beats_of(source, {name: watch.beats[name] for name in allowed})
    if allowed and not found:
        asked = ", ".join(allowed)
        return Verdict(
            PASSED, f"It fits none of the beats ({asked}): its headline and blurb contain none of their words."
        )
    needed = settings.take.links.low or 1
    look = settings.lookup
    related = archive.related(source, count=max(needed, look.offered), threshold=look.threshold)
    score = score_of(related, needed)
    reason = f"{_beats(found)}{_strength(related, score, needed)}{_future(source, now)}"
    if score < watch.threshold:
        return Verdict(PASSED, f"{reason} The threshold is {watch.threshold:g}.", score, ", ".join(found))
    return Verdict(WAITING, reason, score, ", ".join(found))


def score_of(related: Sequence[Related], needed: int) -> float:
    """The mean of the best `needed` scores, a missing one being 0."""
    best = sorted((item.score for item in related), reverse=True)[:needed]
    return round(sum(best) / needed, 4)


def beats_of(source: Source, beats: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The beats that a story is on: one of their words, or phrases, is in its headline or blurb. A beat without words
    has every story.
    """
    text = stems(f"{source.title}\n{visible(source.blurb)}")
    return tuple(name for name, phrases in beats.items() if not phrases or any(_has(text, one) for one in phrases))


def _has(text: list[str], phrase: str) -> bool:
    wanted = stems(phrase)
    return bool(wanted) and any(
        text[place : place + len(wanted)] == wanted for place in range(len(text) - len(wanted) + 1)
    )


def _beats(found: Sequence[str]) -> str:
    return f"Beat: {', '.join(found)}. " if found else ""


def _strength(related: Sequence[Related], score: float, needed: int) -> str:
    if not related:
        return "Nothing related in the archive."
    best = sorted(related, key=lambda item: -item.score)[:_SHOWN]
    named = ", ".join(f"\u201c{_short(item.title)}\u201d ({item.score:.2f})" for item in best)
    return (
        f"Score {score:.2f}: the archive has about {score * needed:.1f} of the {needed} links that a take needs; "
        f"nearest: {named}."
    )


def _future(source: Source, now: float) -> str:
    moment = moment_of(source.published)
    if moment is None or moment <= now + 2 * DAY:
        return ""
    day = datetime.datetime.fromisoformat(str(source.published)).date()
    return f" Its date of publication, {day}, is in the future; it counts as published now."


def _short(title: str) -> str:
    title = " ".join(title.split())
    return title if len(title) <= _TITLE else f"{title[: _TITLE - 1]}\u2026"

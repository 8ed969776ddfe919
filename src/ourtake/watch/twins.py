"""One story at several outlets: entries whose headlines and blurbs are largely made of the same words.

The measure is Dice's: twice the shared words over the words of both, stemmed, without common words. Reports of one
event share names, numbers and verbs; two events in the same place share half of that.
"""

from __future__ import annotations

import collections
from collections.abc import Sequence

from ourtake.archive.query import stems
from ourtake.store.stories import SeenEntry, StoryText
from ourtake.text.markdown import visible

SAME_STORY = 0.5
"""From this likeness on, entries of two outlets are one story. Of the 246,753 pairs that can be made of 703 stories of
one publication, over years, 15 reach it, nearly all parts of a series; two reports of one event reach 0.8.
"""
SAME_OUTLET = 0.9
"""For two entries of one outlet: a daily column shares much with yesterday's."""
LEAST_SHARED = 6
DAYS = 3.0
"""Stories that were seen further apart are not compared."""
_MOST_COMPARED = 400
_BLURB = 600
"""Characters of a blurb that are compared: reports begin alike and differ in their length."""


def words_of(title: str, blurb: str) -> frozenset[str]:
    """The words by which a story is compared."""
    return frozenset(stems(f"{title}\n{visible(blurb)[:_BLURB]}"))


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """0 to 1."""
    return 2 * len(one & other) / ((len(one) + len(other)) or 1)


class TwinIndex:
    """The stories of the last days, found by their words."""

    def __init__(self) -> None:
        self.last = 0
        self._stories: dict[int, StoryText] = {}
        self._words: dict[int, frozenset[str]] = {}
        self._with: dict[str, list[int]] = collections.defaultdict(list)

    def learn(self, stories: Sequence[StoryText]) -> None:
        """Take in stories, and forget those that are too old to be compared."""
        for story in stories:
            if story.number in self._stories:
                continue
            self.last = max(self.last, story.number)
            self._stories[story.number] = story
            self._words[story.number] = words_of(story.title, story.blurb)
            for word in self._words[story.number]:
                self._with[word].append(story.number)
        if stories:
            self._forget(max(story.seen for story in stories) - (DAYS + 1) * 86_400)

    def _forget(self, before: float) -> None:
        old = {number for number, story in self._stories.items() if story.seen < before}
        if len(old) * 4 < len(self._stories):
            return  # the lists are rebuilt only when it pays
        for number in old:
            del self._stories[number], self._words[number]
        self._with = collections.defaultdict(list)
        for number, words in self._words.items():
            for word in words:
                self._with[word].append(number)

    def story_of(self, entry: SeenEntry) -> str:
        """See store.watching.Matcher."""
        words = words_of(entry.source.title, entry.source.blurb)
        best, likest = 0, 0.0
        for number in self._candidates(words):
            story = self._stories[number]
            alike = likeness(words, self._words[number])
            least = SAME_OUTLET if entry.outlet in story.outlets else SAME_STORY
            if alike >= max(least, likest) and len(words & self._words[number]) >= LEAST_SHARED:
                best, likest = number, alike
        if best:
            self._add_outlet(best, entry.outlet)
            return self._stories[best].id
        return ""

    def _candidates(self, words: frozenset[str]) -> list[int]:
        """Stories that share the most words, counted over the rarer ones."""
        counts: collections.Counter[int] = collections.Counter()
        for word in sorted(words, key=lambda word: len(self._with.get(word, ())))[:20]:
            counts.update(self._with.get(word, ()))
        return [number for number, shared in counts.most_common(_MOST_COMPARED) if shared > 1]

    def _add_outlet(self, number: int, outlet: str) -> None:
        story = self._stories[number]
        self._stories[number] = story._replace(outlets=(*story.outlets, outlet))

"""House rules learned from edits: what editors cut from drafts again and again, as rules to be tried before use.

A phrase counts as cut in a take where the machine's text had it and the text that the editor left has it nowhere. What
the story's own documents say is not a matter of style and is left out. How often a phrase was left standing is counted,
too: those are the false alarms that a rule would raise.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ourtake.documents import Document, Draft, Take
from ourtake.review.edits import edited_take
from ourtake.store import Store
from ourtake.text.markdown import visible
from ourtake.text.sentences import sentences
from ourtake.text.tokens import tokenize

LEAST_TAKES = 3
"""A phrase is proposed if it was cut in at least this many takes."""

LEAST_SHARE = 0.75
"""And in this share of the takes that had it."""

MOST_TAKES = 500
"""This many edited takes are read, the newest ones."""

_WORDS = range(2, 13)
"""Words in a phrase. One word alone is a matter of the sentence that it is in."""


class Place(Document):
    """A take that had a phrase, and the sentence that it stood in."""

    draft: str
    sentence: str


class ProposedRule(Document):
    """A phrase that editors cut, where they did, and where they left it."""

    phrase: str
    cut: tuple[Place, ...]
    kept: tuple[Place, ...]

    @property
    def reason(self) -> str:
        """Why it is proposed, in a sentence."""
        return f"Editors cut it in {len(self.cut)} of the {len(self.cut) + len(self.kept)} takes that had it."


class _Edited(NamedTuple):
    """A draft as the machine left it, sentence by sentence, and the words of it that the editor left."""

    draft: str
    before: tuple[tuple[str, str], ...]
    """The words of each sentence, a blank around each, and the sentence."""
    left: str
    cut: frozenset[str]


def proposed_rules(
    store: Store, *, least: int = LEAST_TAKES, share: float = LEAST_SHARE, takes: int = MOST_TAKES
) -> tuple[list[ProposedRule], int]:
    """The phrases that editors cut in the newest edited takes, most frequent first, and how many takes were read."""
    edited = list(_edited_drafts(store, takes))
    counts = Counter(phrase for one in edited for phrase in one.cut)
    found = []
    for phrase in (phrase for phrase, count in counts.items() if count >= least):
        cut = tuple(_place(one, phrase) for one in edited if phrase in one.cut)
        kept = tuple(_place(one, phrase) for one in edited if phrase not in one.cut and _stands(one, phrase))
        if len(cut) >= share * (len(cut) + len(kept)):
            found.append(ProposedRule(phrase=phrase, cut=cut, kept=kept))
    return _apart(found), len(edited)


def _place(one: _Edited, phrase: str) -> Place:
    return Place(draft=one.draft, sentence=next(told for words, told in one.before if f" {phrase} " in words))


def _stands(one: _Edited, phrase: str) -> bool:
    return f" {phrase} " in one.left and any(f" {phrase} " in words for words, _ in one.before)


def _apart(found: Iterable[ProposedRule]) -> list[ProposedRule]:
    """The most frequent phrases, of equal ones the longest; no two share two words in a row in the same takes."""
    chosen: list[tuple[ProposedRule, set[str], set[str]]] = []
    for one in sorted(found, key=lambda rule: (-len(rule.cut), -len(rule.phrase.split()), rule.phrase)):
        drafts, pairs = {place.draft for place in one.cut}, set(_runs(one.phrase.split(), range(2, 3)))
        if not any(drafts <= others and pairs & known for _, others, known in chosen):
            chosen.append((one, drafts, pairs))
    return [one for one, _, _ in chosen]


def _edited_drafts(store: Store, takes: int) -> Iterator[_Edited]:
    for draft_id in store.desk.edited_ids(takes):
        filed = store.desk.filed(draft_id)
        pair = edited_take(filed) if filed is not None else None
        if filed is not None and pair is not None:
            before, left = tuple(_sentences(_text(pair.before))), _joined(_text(pair.after))
            stated = _joined(_documents(filed.draft))
            phrases = {phrase for words, _ in before for phrase in _runs(words.split(), _WORDS)}
            gone = (phrase for phrase in phrases if f" {phrase} " not in left)
            cut = frozenset(phrase for phrase in gone if f" {phrase} " not in stated)
            yield _Edited(draft_id, before, left, cut)


def _text(take: Take) -> str:
    return "\n\n".join((take.headline, take.summary, take.body))


def _documents(draft: Draft) -> str:
    source = draft.source
    related = [text for item in draft.related for text in (item.title, item.text or item.passage)]
    return "\n\n".join((source.title, source.blurb, source.text or "", source.outlet, *related))


def _sentences(text: str) -> Iterator[tuple[str, str]]:
    for sentence in sentences(visible(text)):
        yield f" {' '.join(tokenize(sentence.text).words)} ", " ".join(sentence.text.split())


def _joined(text: str) -> str:
    """The words of a text, the end of each sentence marked, so that no phrase goes beyond one."""
    return ".".join(words for words, _ in _sentences(text))


def _runs(words: list[str], counts: range) -> Iterator[str]:
    for count in counts:
        for first in range(len(words) - count + 1):
            yield " ".join(words[first : first + count])


def as_toml(rules: Iterable[ProposedRule]) -> str:
    """A file of draft rules, for `ourtake rules try` and [style] files."""
    return "\n".join(f"[[rule]]\nphrase = {_quoted(rule.phrase)}\nreason = {_quoted(rule.reason)}\n" for rule in rules)


def _quoted(text: str) -> str:
    """A TOML string: its escapes are those of JSON."""
    return json.dumps(text, ensure_ascii=False)

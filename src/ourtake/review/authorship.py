"""Who wrote which words of a take: people, models or code, found by following each word through the revisions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import Literal

from ourtake.documents import Revision, Take
from ourtake.documents.makers import is_machine, is_own
from ourtake.review.history import BY_PEOPLE, WRITING
from ourtake.store.acts import Act
from ourtake.text.markdown import visible

Author = Literal["person", "model", "code"]
_WORD = re.compile(r"\w+(?:['\u2019.,]\w+)*")


def words_of(take: Take) -> list[str]:
    """The words of a take as its readers see them."""
    return _WORD.findall(visible("\n".join((take.headline, take.summary, take.body, ", ".join(take.tags)))))


def authors_of(revisions: Sequence[Revision], acts: Sequence[Act]) -> list[Author]:
    """Who wrote each revision's new words, by its act; without one a model's, or code's if its `by` is code.

    A draft that a person began from a program's take has the program's words.
    """
    kinds: Mapping[int, str] = {act.after: act.kind for act in acts if act.kind in WRITING and act.before != act.after}
    found: list[Author] = []
    for revision in revisions:
        kind = kinds.get(revision.number)
        programs = [name for name in revision.names() if is_machine(name)]
        if kind in BY_PEOPLE and not (kind == "began" and programs):
            found.append("person")
        else:
            own = bool(programs) and all(name == "baseline" or is_own(name) for name in programs)
            found.append("code" if own or kind in ("fixed", "linked", "undone") else "model")
    return found


def words_by_author(revisions: Sequence[Revision], acts: Sequence[Act], chosen: int) -> dict[Author, int]:
    """How many words of the chosen revision each kind of author wrote.

    A word belongs to whoever put it there. A text that comes back, by an undoing, has its first authors.
    """
    known: list[tuple[list[str], list[Author]]] = []
    for revision, author in zip(revisions, authors_of(revisions, acts), strict=True):
        words = words_of(revision.take)
        same = next((owners for held, owners in known if held == words), None)
        before = known[-1] if known else ([], [])
        known.append((words, same or _followed(before, words, author)))
        if revision.number == chosen:
            break
    counts = Counter(known[-1][1]) if known else Counter[Author]()
    kinds: tuple[Author, ...] = ("person", "model", "code")
    return {kind: counts[kind] for kind in kinds}


def _followed(before: tuple[list[str], list[Author]], words: list[str], author: Author) -> list[Author]:
    owners: list[Author] = [author] * len(words)
    matcher = SequenceMatcher(None, before[0], words, autojunk=False)
    for block in matcher.get_matching_blocks():
        owners[block.b : block.b + block.size] = before[1][block.a : block.a + block.size]
    return owners

"""How much of each article a model is shown: whole texts for planning and reading again, passages for writing.

A plan is worth more the more of the archive it reads: it finds the fact on which a case turns, where passages only hint
at it. For writing, the plan's facts carry the evidence, and passages give colour.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from ourtake.archive.passage import Passages, best_passages, count_sentences, opening_of, sentences_with, words_of
from ourtake.archive.query import source_terms, stems
from ourtake.documents import Angle, Plan, Related, Source, handle_map
from ourtake.text.markdown import visible
from ourtake.text.sentences import sentences
from ourtake.text.tokens import find_quotation, tokenize
from ourtake.text.words import count_words

WHOLE = 1400
"""Words up to which an article is shown whole; a longer one by its best passages."""

LEAST = 110
"""Words that every offered article is shown, however little room there is."""

TOKENS_A_WORD = 1.4
"""Measured on English prose; other languages need more."""

OPENING, FIRST, FIRST_ONES, OTHERS, ALL = 60, 300, 4, LEAST, 1700
"""Words for the writing call: of an article's opening, of each of the first ones, of each other one, of all."""


LEAST_FACTS, MOST_FACTS, WORDS_A_FACT = 12, 18, 430
"""Facts of a plan, and words of the texts for each: few texts hold few that could carry a case, and an angle needs
some ten of them.
"""


def facts_in(texts: str) -> int:
    """How many facts a plan of these texts has at most."""
    return max(LEAST_FACTS, min(MOST_FACTS, round(count_words(texts) / WORDS_A_FACT)))


def texts_to_plan_from(source: Source, related: Sequence[Related], *, tokens: int) -> dict[str, str]:
    """Handle -> what a plan reads of the article: all of it, or its best passages with gaps marked [...].

    The best articles come first and get what they need, as long as LEAST words are left for each of the others.
    """
    room = round(tokens / TOKENS_A_WORD) - count_words(f"{source.title} {source.blurb} {source.text or ''}")
    terms, handles = source_terms(source), handle_map(list(related))
    shown: dict[str, str] = {}
    for number, (handle, item) in enumerate(handles.items(), 1):
        most = max(LEAST, min(WHOLE, room - LEAST * (len(handles) - number)))
        found = best_passages(item.text or item.passage, terms, most=most, opening=OPENING)
        shown[handle] = found.text
        room -= found.words
    return shown


def passages_to_write_from(source: Source, related: Sequence[Related], plan: Plan | None) -> dict[str, str]:
    """Handle -> what the writer is shown of the article. With a plan that is the evidence of its facts first, each with
    the sentences beside it, then as without one: the opening, and the best passages for the story. An article that gave
    the plan's angle nothing is shown by its opening, or left out where that says no more than its title.
    """
    terms, handles = source_terms(source), handle_map(list(related))
    texts = {handle: item.text or item.passage for handle, item in handles.items()}
    kept: dict[str, set[int]] = {handle: set() for handle in handles}
    angle = plan.angle() if plan is not None and plan.angles else None
    if plan is not None and angle is not None:
        kept = _around_facts(plan, angle, texts)
        for stem in stems(f"{angle.claim} {angle.stakes} {angle.ask} {angle.counter}"):
            terms[stem] = terms.get(stem, 0.0) + 1.0
    needed = {fact.document for fact in plan.facts} if plan is not None else set()
    shown: dict[str, str] = {}
    left = ALL - sum(words_of(texts[handle], numbers) for handle, numbers in kept.items())
    # Those that the plan rests on are the first ones; without a plan, those that were found first.
    order = sorted(handles, key=lambda handle: not kept[handle])
    for number, handle in enumerate(order, 1):
        own = words_of(texts[handle], kept[handle])
        if angle is not None and not own:
            # What gave the angle nothing gives way: its opening says what it is, for a link.
            found = opening_of(texts[handle], most=min(left, OPENING))
            if handle not in needed and found.words <= count_words(handles[handle].title):
                continue
        else:
            most = min(own + left, max(own, FIRST if number <= FIRST_ONES else OTHERS))
            found = Passages("", 0)
            if most:
                found = best_passages(texts[handle], terms, most=most, opening=OPENING, kept=kept[handle])
        shown[handle] = found.text
        left = max(0, left + own - found.words)
    return {handle: shown[handle] for handle in handles if handle in shown}


def _around_facts(plan: Plan, angle: Angle, texts: Mapping[str, str]) -> dict[str, set[int]]:
    """Handle -> the numbers of the sentences that hold the plan's evidence, and then of those beside them, as long as
    there is room: the facts of the angle before the others.
    """
    facts = sorted(plan.facts, key=lambda fact: (fact.id != angle.turns_on, fact.id not in angle.facts))
    places = [
        (fact.document, sentences_with(texts[fact.document], visible(fact.text)))
        for fact in facts
        if fact.document in texts and fact.field != "title" and fact.text
    ]
    kept: dict[str, set[int]] = {handle: set() for handle in texts}
    left = ALL

    def keep(handle: str, numbers: Iterable[int]) -> None:
        nonlocal left
        new = [number for number in numbers if number not in kept[handle]]
        words = words_of(texts[handle], new)
        if words <= left:
            kept[handle].update(new)
            left -= words

    for handle, place in places:
        keep(handle, place)
    for handle, place in places:
        beside = (place.start - 1, place.stop) if place else ()
        keep(handle, (number for number in beside if 0 <= number < count_sentences(texts[handle])))
    return kept


class Marked(NamedTuple):
    """Passages with the handles of facts after their evidence. `facts`: those whose evidence the writer sees there, or
    in the source or a title, which are shown whole.
    """

    passages: dict[str, str]
    facts: frozenset[str]


def with_marks(passages: Mapping[str, str], plan: Plan | None) -> Marked:
    """The passages with {f3} after the words that a fact rests on."""
    places: dict[str, list[tuple[int, str]]] = {}
    seen: set[str] = set()
    for fact in plan.facts if plan is not None else ():
        if fact.document not in passages or fact.field == "title":
            seen.add(fact.id)
            continue
        text = passages[fact.document]
        found = find_quotation(visible(fact.text), text) if fact.text else None
        if found is not None:
            end = tokenize(text).span(found.first, found.last)[1]
            # After the full stop, where the writer puts it as well.
            end = next((span.end for span in sentences(text) if span.start < end <= span.end), end)
            places.setdefault(fact.document, []).append((end, fact.id))
            seen.add(fact.id)
    marked = dict(passages)
    for document, marks in places.items():
        text = passages[document]
        for end in sorted({end for end, _ in marks}, reverse=True):
            names = ",".join(name for place, name in marks if place == end)
            text = f"{text[:end]} {{{names}}}{text[end:]}"
        marked[document] = text
    return Marked(marked, frozenset(seen))


def is_short(source: Source, related: Sequence[Related]) -> bool:
    """Whether only a short take can be written, because there is only a blurb and nothing related."""
    return not related and not visible(source.text or "").strip()


def shown_in(texts: Mapping[str, str], related: Sequence[Related]) -> list[Related]:
    """The articles of which something is shown, with that for their passage."""
    return [
        item.model_copy(update={"handle": handle, "passage": texts[handle]})
        for handle, item in handle_map(list(related)).items()
        if handle in texts
    ]

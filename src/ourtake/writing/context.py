"""How much of each article a model is shown: whole texts for planning and reading again, passages for writing.

A plan is worth more the more of the archive it reads: it finds the fact on which a case turns, where passages only hint
at it. For writing, the plan's facts carry the evidence, and passages give colour.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ourtake.archive.passage import best_passages
from ourtake.archive.query import source_terms, stems
from ourtake.documents import Plan, Related, Source, handle_map
from ourtake.text.markdown import visible
from ourtake.text.words import count_words

WHOLE = 1400
"""Words up to which an article is shown whole; a longer one by its best passages."""

LEAST = 110
"""Words that every offered article is shown, however little room there is."""

TOKENS_A_WORD = 1.4
"""Measured on English prose; other languages need more."""

OPENING, FIRST, FIRST_ONES, OTHERS, ALL = 60, 300, 4, LEAST, 1700
"""Words for the writing call: of an article's opening, of each of the first ones, of each other one, of all."""


LEAST_FACTS, MOST_FACTS, WORDS_A_FACT = 12, 18, 250
"""Facts of a plan, and words of the texts for each: few texts hold few that could carry a case."""


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
        shown[handle] = best_passages(item.text or item.passage, terms, most=most, opening=OPENING)
        room -= count_words(shown[handle])
    return shown


def passages_to_write_from(source: Source, related: Sequence[Related], plan: Plan | None) -> dict[str, str]:
    """Handle -> the opening and the best passages of the article, for the story and the angle that is written; those
    around the plan's facts first, so that the writer sees what stands beside them.
    """
    terms = source_terms(source)
    facts: dict[str, list[str]] = {}
    if plan is not None and plan.angles:
        angle = plan.angle()
        # The angle's own facts come before the others.
        for fact in sorted(plan.facts, key=lambda fact: fact.id not in angle.facts):
            facts.setdefault(fact.document, []).append(visible(fact.text))
        for stem in stems(f"{angle.claim} {angle.stakes} {angle.ask} {angle.counter}"):
            terms[stem] = terms.get(stem, 0.0) + 1.0
    shown: dict[str, str] = {}
    left = ALL
    for number, (handle, item) in enumerate(handle_map(list(related)).items(), 1):
        most = min(left, FIRST if number <= FIRST_ONES else OTHERS)
        text, first = item.text or item.passage, facts.get(handle, ())
        shown[handle] = best_passages(text, terms, most=most, opening=OPENING, first=first) if most else ""
        left = max(0, left - count_words(shown[handle]))
    return shown


def is_short(source: Source, related: Sequence[Related]) -> bool:
    """Whether so little is known that only a short take can be written: a blurb, and nothing related."""
    return not related and not visible(source.text or "").strip()


def shown_in(texts: Mapping[str, str], related: Sequence[Related]) -> list[Related]:
    """The articles with what is shown of them for their passage."""
    handles = handle_map(list(related))
    return [item.model_copy(update={"handle": handle, "passage": texts[handle]}) for handle, item in handles.items()]

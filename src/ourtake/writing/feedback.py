"""What a model sees of the findings in a passage: the words at fault, what they should be, and what the documents say.

Evidence comes with its whole sentence and with the name that the model knows the document by (the source, or a handle),
so that a number, a name or a quotation can be corrected and not only removed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ourtake.config import TakeShape
from ourtake.documents import Evidence, Finding, Related, Source, handle_map
from ourtake.text.counts import count_of
from ourtake.text.plain import visible_only
from ourtake.text.sentences import sentences
from ourtake.text.words import count_words
from ourtake.writing.fact_handles import without_handles

_LONGEST = 400


class Passage(NamedTuple):
    """A part of a take that needs repair; its name is "headline", "summary", "tags" or "paragraph N", N from 1.
    `sentences`: pairs of (number, text), by which single ones may be answered; none if it is written again whole.
    """

    name: str
    text: str
    findings: tuple[Finding, ...] = ()
    sentences: tuple[tuple[str, str], ...] = ()


class Problem(NamedTuple):
    """One finding as a model sees it. `fix` is our own text; everything else may hold words from outside. `documents`:
    pairs of (document, words). `proposal`: what a second reader would write.
    """

    code: str
    rule: str
    fix: str
    message: str
    at: str
    instead: str | None
    documents: tuple[tuple[str, str], ...]
    proposal: str = ""


class PromptPassage(NamedTuple):
    """A passage as a prompt file gets it. `target`: how many words it needs more or fewer, in our own words, or "".
    Prompt files of older publications use the bare `findings`.
    """

    name: str
    text: str
    findings: tuple[Finding, ...]
    complaints: tuple[Problem, ...]
    target: str = ""
    sentences: tuple[tuple[str, str], ...] = ()

    @property
    def needs_facts(self) -> bool:
        """Whether it is to grow."""
        return "more fact" in self.target


WORDS_A_FACT = 25
"""Words that a paragraph grows by with one more fact."""


def for_prompt(
    passages: Sequence[Passage],
    source: Source,
    related: Sequence[Related],
    *,
    shape: TakeShape | None = None,
    whole_sentences: bool = True,
) -> list[PromptPassage]:
    """The passages as the prompt shows them. `whole_sentences`: of evidence; False if the prompt has the texts."""
    return [
        PromptPassage(
            item.name,
            item.text,
            item.findings,
            tuple(_problem(finding, source, related, whole_sentences) for finding in item.findings),
            _target(item, shape),
            item.sentences,
        )
        for item in passages
    ]


def _target(passage: Passage, shape: TakeShape | None) -> str:
    """What a passage of the wrong length needs; only where a finding is about length."""
    if shape is None or not any(finding.code in ("STR001", "STR003", "STR004") for finding in passage.findings):
        return ""
    wanted = shape.summary_words if passage.name == "summary" else shape.paragraph_words
    words = count_words(without_handles(passage.text))
    if words > wanted.high:
        return f"It has {words} words. Bring it to at most {wanted.high}: leave out what the argument needs least."
    # A body that is too short grows in its shortest paragraph, which need not be too short itself.
    low = wanted.low if words < wanted.low else min(wanted.high, words + 2 * WORDS_A_FACT)
    facts = max(1, round((low - words) / WORDS_A_FACT))
    return f"It has {words} words. Bring it to about {low}, with {count_of(facts, 'more fact')} from the texts."


def _problem(finding: Finding, source: Source, related: Sequence[Related], whole: bool) -> Problem:
    # Imported here: most takes need no repair, and where a worker checks, this process need not load the rules.
    from ourtake.checks.registry import RULES

    return Problem(
        code=finding.code,
        rule=finding.rule,
        fix=RULES[finding.code].how_to_fix if finding.code in RULES else "",
        message=visible_only(finding.message),
        at=finding.text if len(finding.text) <= _LONGEST else "",
        instead=finding.fix.replacement if finding.fix is not None else None,
        documents=tuple(_shown(item, source, related, whole) for item in finding.evidence),
        proposal=visible_only(finding.proposal),
    )


def _shown(evidence: Evidence, source: Source, related: Sequence[Related], whole: bool) -> tuple[str, str]:
    """The document's name with the field, and the evidence, or the sentence around it."""
    known: dict[str, tuple[str, Source | Related]] = {
        **{item.id: (handle, item) for handle, item in reversed(handle_map(list(related)).items())},
        "source": ("the source", source),
    }
    name, document = known.get(evidence.document, ("our archive", None))
    text = str(getattr(document, evidence.field or "text", "") or "")
    there = whole and text[evidence.start : evidence.end] == evidence.text
    words = _sentence(text, evidence) if there else evidence.text
    return f"{name}, {evidence.field}" if evidence.field else name, visible_only(words[:_LONGEST])


def _sentence(text: str, evidence: Evidence) -> str:
    """The sentence, or sentences, that a piece of evidence is in."""
    inside = [span for span in sentences(text) if span.start < evidence.end and evidence.start < span.end]
    return " ".join(text[inside[0].start : inside[-1].end].split()) if inside else evidence.text

"""What a model is told of the findings in a passage: the words at fault, what they should be, and what the documents
really say.

Evidence is given with the sentence that it stands in and with the name that the model knows the document by (the
source, or a handle), so that a number, a name or a quotation can be put right and not only taken out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ourtake.documents import Evidence, Finding, Related, Source, handle_map
from ourtake.plain import visible_only
from ourtake.text.sentences import sentences

_LONGEST = 400


class Passage(NamedTuple):
    """A part of a take that is to be mended: name is "headline", "summary", "tags" or "paragraph N", N from 1."""

    name: str
    text: str
    findings: tuple[Finding, ...]


class Problem(NamedTuple):
    """One finding as a model is told it. `mend` is ours; all else may hold words from outside. `documents` are (place,
    words).
    """

    code: str
    rule: str
    mend: str
    message: str
    at: str
    instead: str | None
    documents: tuple[tuple[str, str], ...]


class PromptPassage(NamedTuple):
    """A passage with its complaints. Prompt files of publications from before there were complaints use the bare
    `findings`.
    """

    name: str
    text: str
    findings: tuple[Finding, ...]
    complaints: tuple[Problem, ...]


def told(passages: Sequence[Passage], source: Source, related: Sequence[Related]) -> list[PromptPassage]:
    """The passages as the prompt shows them."""
    return [
        PromptPassage(*item, tuple(_complaint(finding, source, related) for finding in item.findings))
        for item in passages
    ]


def _complaint(finding: Finding, source: Source, related: Sequence[Related]) -> Problem:
    # Most runs have nothing to complain of, and where another process checks this is what loads the rules.
    from ourtake.checks.registry import RULES

    return Problem(
        code=finding.code,
        rule=finding.rule,
        mend=RULES[finding.code].how_to_fix if finding.code in RULES else "",
        message=visible_only(finding.message),
        at=finding.text if len(finding.text) <= _LONGEST else "",
        instead=finding.fix.replacement if finding.fix is not None else None,
        documents=tuple(_place(item, source, related) for item in finding.evidence),
    )


def _place(evidence: Evidence, source: Source, related: Sequence[Related]) -> tuple[str, str]:
    handle, document = next(
        ((handle, item) for handle, item in handle_map(list(related)).items() if item.id == evidence.document),
        ("", None),
    )
    known: Source | Related | None = source if evidence.document == "source" else document
    name = "the source" if evidence.document == "source" else handle or "our archive"
    whole = str(getattr(known, evidence.field or "text", "") or "") if known is not None else ""
    words = _sentence(whole, evidence) if whole[evidence.start : evidence.end] == evidence.text else evidence.text
    return f"{name}, {evidence.field}" if evidence.field else name, visible_only(words[:_LONGEST])


def _sentence(text: str, evidence: Evidence) -> str:
    """The sentence, or sentences, that a piece of evidence stands in."""
    inside = [span for span in sentences(text) if span.start < evidence.end and evidence.start < span.end]
    return " ".join(text[inside[0].start : inside[-1].end].split()) if inside else evidence.text

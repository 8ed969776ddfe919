"""Mend the passage, not the piece: which passages the findings name, what is asked for them, and how the answer is put
back.

Everything that no finding names stays byte for byte. A finding about the whole body (its length, its number of links)
is laid at the one paragraph where mending it costs least. A passage is asked for when it holds an error, or a warning
that makes a take poorer to every reader.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ourtake.config import TakeShape
from ourtake.documents import Finding, Related, Report, Take, plain_take
from ourtake.text.markdown import Span, links, paragraphs
from ourtake.text.words import count_words
from ourtake.writing.feedback import Passage
from ourtake.writing.handles import to_addresses, to_handles, to_words
from ourtake.writing.reply import json_object, require_size


def passages_at_fault(take: Take, report: Report, related: Sequence[Related]) -> list[Passage]:
    """The passages that have to be mended, with all errors and warnings found in them, in the take's order, in the
    model's handles.
    """
    blocks = paragraphs(take.body)
    named: dict[str, list[Finding]] = {}
    for finding in report.findings:
        place = _place(finding, take, blocks)
        if place and finding.severity != "info" and _repair(finding) != "never":
            named.setdefault(place, []).append(finding)
    faulty = {
        name: found
        for name, found in named.items()
        if any(item.severity == "error" or _repair(item) == "call" for item in found)
    }
    texts = {"headline": take.headline, "summary": take.summary} | {
        f"paragraph {n}": block.text for n, block in enumerate(blocks, 1)
    }
    texts["tags"] = ", ".join(take.tags)
    return [
        Passage(name, to_handles(text, related), tuple(faulty[name])) for name, text in texts.items() if name in faulty
    ]


def _repair(finding: Finding) -> str:
    """Whether a finding is worth a "call", told "along" with others or "never" (Rule.repair)."""
    # Where another process checks, this process loads the rules only for a take with findings.
    from ourtake.checks.registry import RULES

    return RULES[finding.code].repair if finding.code in RULES else "along"


def _place(finding: Finding, take: Take, blocks: Sequence[Span]) -> str | None:
    if finding.field != "body":
        return finding.field
    if not blocks:
        return None
    whole = finding.start <= blocks[0].start and finding.end >= blocks[-1].end
    begun = [number for number, block in enumerate(blocks, 1) if block.start <= finding.start]
    if begun and not whole:
        # A finding that goes on into the next paragraph is mended where it begins.
        return f"paragraph {begun[-1]}"
    if finding.code == "STR002":
        # How many paragraphs there are can't be changed in one of them.
        return None
    sizes = [count_words(block.text) for block in blocks]
    if finding.code == "LNK004":
        bare = [number for number, block in enumerate(blocks, 1) if not links(block.text)]
        return f"paragraph {bare[0] if bare else 1}"
    if finding.code == "LNK005":
        most = max(range(len(blocks)), key=lambda index: len(links(blocks[index].text)))
        return f"paragraph {most + 1}"
    grows = finding.code == "STR003" and sum(sizes) < 500
    return f"paragraph {sizes.index(min(sizes) if grows else max(sizes)) + 1}"


def mended(take: Take, text: str, *, passages: Sequence[Passage], related: Sequence[Related]) -> Take:
    """The take with the answered passages in place; an answer for a passage that was not asked for is ignored.

    Raises AnswerError when the reply is not a JSON object, or makes a take of absurd size.
    """
    asked = {passage.name for passage in passages}
    rows = json_object(text).get("passages")
    answers: dict[str, str] = {}
    for row in rows if isinstance(rows, list) else []:
        name, words = (row.get("name"), row.get("text")) if isinstance(row, dict) else (None, None)
        if isinstance(name, str) and name in asked and isinstance(words, str):
            # A blank line inside a paragraph would move the borders of its neighbours.
            plain = name in ("headline", "tags")
            found = to_words(words) if plain else re.sub(r"\s*\n\s*\n\s*", " ", to_addresses(words.strip(), related))
            answers |= {name: found} if found.strip() else {}
    body = take.body
    for number, block in reversed(list(enumerate(paragraphs(take.body), 1))):
        if f"paragraph {number}" in answers:
            body = body[: block.start] + answers[f"paragraph {number}"] + body[block.end :]
    changed: dict[str, object] = {
        "headline": answers.get("headline", take.headline),
        "summary": answers.get("summary", take.summary),
        "body": body,
    }
    if "tags" in answers:
        changed["tags"] = tuple(
            dict.fromkeys(tag.strip().lstrip("#").strip() for tag in answers["tags"].split(",") if tag.strip(" #"))
        )
    done = plain_take(take.model_copy(update=changed))
    require_size(done)
    return done


def rank(report: Report, shape: TakeShape) -> tuple[int, int, int]:
    """How far a take is from good, less is better: errors, then warnings, then words outside the body's range."""
    words = report.words.get("body", 0)
    outside = max(0, shape.body_words.low - words, words - shape.body_words.high)
    return report.counts.get("error", 0), report.counts.get("warning", 0), outside

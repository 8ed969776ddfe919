"""Repair passages, not the whole piece: which passages the findings point to, and how the model's answer is put back.

Everything that no finding names stays byte for byte the same; in a passage that is repaired, so does every sentence
that the model does not answer for. A finding about the whole body (its length, its number of links) goes to the one
paragraph where fixing it costs least. A passage is repaired when it has an error, or a warning that makes the take
poorer for every reader.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Literal

from ourtake.config import TakeShape
from ourtake.documents import FieldName, Finding, Related, Report, SentenceHandles, Take, plain_take
from ourtake.text.markdown import Span, links, paragraphs
from ourtake.text.words import count_words
from ourtake.writing.fact_handles import with_fact_handles
from ourtake.writing.feedback import Passage
from ourtake.writing.handles import with_addresses, with_handles, without_markup
from ourtake.writing.reply import json_object, require_size
from ourtake.writing.reread import Item, numbered

STYLE = ("STR", "STY", "ORG")
"""Families of rules about form, style and copying: their warnings are worth a call only where [repair] says so."""

FACTS = ("FCT", "QUO", "SUP")
"""Families of rules about what is so: their warnings are always worth a call, and come before all others."""

ARGUMENT = ("ARG003", "ARG004", "ARG005")
"""What a second reader finds in the argument that is worth a call; the rest goes along."""


def passages_to_repair(
    take: Take,
    report: Report,
    related: Sequence[Related],
    *,
    handles: Sequence[SentenceHandles] = (),
    wanted: Literal["facts", "all"] = "facts",
    shown: Collection[Finding] = (),
) -> list[Passage]:
    """The passages that need repair, with all errors and warnings found in them, in the take's order; links are shown
    as handles, and sentences with the handles of their facts.

    None if nothing is worth a call. `wanted`: see [repair] of the settings. `shown`: findings that a repair was
    given before; a warning of code among them, which that repair left as it was, is not worth another call.
    """
    known = {(one.code, one.field, one.text) for one in shown}
    repairable = [
        one
        for one in report.findings
        if one.severity != "info" and _repair(one) != "never" and not _overruled(one, report)
    ]

    def worth_a_call(one: Finding) -> bool:
        left = one.severity == "warning" and not one.by and (one.code, one.field, one.text) in known
        return not left and _is_worth_a_call(one, wanted)

    if not any(worth_a_call(one) for one in repairable):
        return []
    blocks = paragraphs(take.body)
    named: dict[str, list[Finding]] = {}
    for finding in repairable:
        if name := _passage_of(finding, blocks):
            named.setdefault(name, []).append(finding)
    worth = {name for name, found in named.items() if any(worth_a_call(one) for one in found)}
    if worth:
        # What a second reader or a rule found elsewhere goes along: the texts are sent in any case.
        worth |= {name for name, found in named.items() if any(one.by or _is_worth_a_call(one, "all") for one in found)}
    texts = passage_texts(take, related, handles)
    numbers = numbered_sentences(take, related, handles)
    return [
        Passage(name, text, _facts_first(named[name]), numbers.get(name, ()))
        for name, text in texts.items()
        if name in worth
    ]


def _facts_first(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Findings of fact, then the rest, each with errors first: a model that reads a long list tires."""
    return tuple(sorted(findings, key=lambda one: (not is_of_fact(one.code), one.severity != "error", one.start)))


def is_of_fact(code: str) -> bool:
    """Whether a rule is about what is so, and not about form, style or copying."""
    return code[:3] in FACTS or code == "LNK019"


def passage_texts(take: Take, related: Sequence[Related], handles: Sequence[SentenceHandles] = ()) -> dict[str, str]:
    """The passages of a take by their names, as a model is shown them."""

    def shown(field: FieldName, start: int, text: str) -> str:
        return with_handles(with_fact_handles(text, field, start, handles), related)

    blocks = paragraphs(take.body)
    return {
        "headline": take.headline,
        "summary": shown("summary", 0, take.summary),
        **{f"paragraph {number}": shown("body", block.start, block.text) for number, block in enumerate(blocks, 1)},
        "tags": ", ".join(take.tags),
    }


def _is_worth_a_call(finding: Finding, wanted: Literal["facts", "all"]) -> bool:
    if finding.severity == "error" or is_of_fact(finding.code):
        return True
    family = finding.code[:3]
    if finding.by and (family == "ARG" if wanted == "all" else finding.code in ARGUMENT):
        return True
    if wanted == "facts" and family in STYLE:
        return False
    return _repair(finding) == "call" or bool(finding.by and family != "ARG")


def _repair(finding: Finding) -> str:
    """Whether a finding is worth a "call", repaired "along" with others or "never" (Rule.repair)."""
    # Where another process checks, this process loads the rules only for a take with findings.
    from ourtake.checks.registry import RULES

    return RULES[finding.code].repair if finding.code in RULES else "along"


def _overruled(finding: Finding, report: Report) -> bool:
    """Whether a rule doubts that a link belongs to its sentence, and a reader found that sentence in the linked
    article.
    """
    if finding.code != "LNK008" or finding.by:
        return False
    linked = {one.article_id for one in report.links if one.article_id and one.url in finding.text}
    return any(
        claim.kind == "statement" and claim.status == "verified" and claim.by != "code"
        and claim.field == finding.field and claim.start <= finding.start < claim.end
        and any(item.document in linked for item in claim.evidence)
        for claim in report.claims
    )  # fmt: skip


def numbered_sentences(
    take: Take, related: Sequence[Related], handles: Sequence[SentenceHandles] = ()
) -> dict[str, tuple[tuple[str, str], ...]]:
    """Passage -> its sentences as a model is shown them, with their numbers in the second reading."""
    found: dict[str, list[tuple[str, str]]] = {}
    for name, item in _sentences_of(take):
        text = with_fact_handles(item.text, item.field, item.start, handles)
        found.setdefault(name, []).append((item.id, with_handles(text, related)))
    return {name: tuple(rows) for name, rows in found.items()}


def _sentences_of(take: Take) -> list[tuple[str, Item]]:
    """(passage, sentence) for each sentence of summary and body."""
    blocks = list(enumerate(paragraphs(take.body), 1))
    found = []
    for item in numbered(take):
        at = next((number for number, block in blocks if block.start <= item.start < block.end), None)
        name = "summary" if item.field == "summary" else f"paragraph {at}" if item.field == "body" and at else ""
        if name:
            found.append((name, item._replace(text=str(getattr(take, item.field))[item.start : item.end])))
    return found


def _passage_of(finding: Finding, blocks: Sequence[Span]) -> str | None:
    """The name of the passage where a finding is fixed; None when no single one can fix it."""
    if finding.field != "body":
        return finding.field
    if not blocks:
        return None
    whole = finding.start <= blocks[0].start and finding.end >= blocks[-1].end
    started = [number for number, block in enumerate(blocks, 1) if block.start <= finding.start]
    if started and not whole:
        # A finding that runs into the next paragraph is fixed where it starts.
        return f"paragraph {started[-1]}"
    if finding.code == "STR002":
        # The number of paragraphs can't be changed in one of them.
        return None
    words, linked = ([count(block.text) for block in blocks] for count in (count_words, lambda text: len(links(text))))
    if finding.code == "LNK004":
        place = linked.index(0) if 0 in linked else 0
    elif finding.code == "LNK005":
        place = linked.index(max(linked))
    else:
        place = words.index(min(words) if finding.code == "STR003" and sum(words) < 500 else max(words))
    return f"paragraph {place + 1}"


def apply_repair(take: Take, reply: str, *, passages: Sequence[Passage], related: Sequence[Related]) -> Take:
    """The take with the repaired passages and sentences in place. An answer for any other is ignored, and so is one for
    a sentence of a passage that was answered whole.

    Raises AnswerError when the reply is not a JSON object, or makes a take of absurd size.
    """
    wanted = {passage.name for passage in passages}
    numbers = {number for passage in passages for number, _ in passage.sentences}
    rows = json_object(reply).get("passages")
    answers: dict[str, str] = {}
    for row in rows if isinstance(rows, list) else []:
        name, text = (row.get("name"), row.get("text")) if isinstance(row, dict) else (None, None)
        if isinstance(name, str) and name in wanted | numbers and isinstance(text, str):
            if name in ("headline", "tags"):
                found = without_markup(text)
            else:
                # A blank line inside a paragraph would shift its neighbours.
                found = re.sub(r"\s*\n\s*\n\s*", " ", with_addresses(text.strip(), related))
            answers |= {name: found} if found.strip() or name in numbers else {}
    changed = _with_sentences(take, answers)
    body = changed.body
    for number, block in reversed(list(enumerate(paragraphs(body), 1))):
        if f"paragraph {number}" in answers:
            body = body[: block.start] + answers[f"paragraph {number}"] + body[block.end :]
    parts: dict[str, object] = {name: answers[name] for name in ("headline", "summary") if name in answers}
    if "tags" in answers:
        tags = (tag.strip().lstrip("#").strip() for tag in answers["tags"].split(",") if tag.strip(" #"))
        parts["tags"] = tuple(dict.fromkeys(tags))
    repaired = plain_take(changed.model_copy(update=parts | {"body": body}))
    require_size(repaired)
    return repaired


def _with_sentences(take: Take, answers: Mapping[str, str]) -> Take:
    """The take with the sentences that were answered by their number; an empty answer removes one, but not the last of
    its passage.
    """
    rows = _sentences_of(take)
    left = Counter(name for name, item in rows if answers.get(item.id, item.text))
    texts = {"summary": take.summary, "body": take.body}
    for name, item in reversed(rows):
        new = answers.get(item.id)
        if new is None or name in answers or not left[name]:
            continue
        text, end = texts[item.field], item.end
        before = text[: item.start]
        if not new:
            # The blank after it goes with it, or the one before it where it is the last of its paragraph.
            end += len(text[end:]) - len(text[end:].lstrip(" "))
            before = before if text[end:].strip(" ")[:1] not in ("", "\n") else before.rstrip(" ")
        texts[item.field] = before + new + text[end:]
    return take.model_copy(update=texts)


def rank(report: Report, shape: TakeShape) -> tuple[int, int, int, int]:
    """How far a take is from good, lower is better: errors, warnings of fact, other warnings, then words outside the
    body's range.
    """
    words = report.words.get("body", 0)
    outside = max(0, shape.body_words.low - words, words - shape.body_words.high)
    of_fact = sum(one.severity == "warning" and is_of_fact(one.code) for one in report.findings)
    return report.counts.get("error", 0), of_fact, report.counts.get("warning", 0) - of_fact, outside

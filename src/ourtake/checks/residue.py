"""SAF003: what a model says around a take, or what a prompt leaves in it. Its table row is in safety.py.

Words inside quotation marks are somebody else's, so a story about such phrases can quote them; placeholders and chat marks are never prose.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ourtake.checks.base import Case, Hit
from ourtake.documents import FieldName
from ourtake.text.matching import blanked

_FIELDS: tuple[FieldName, ...] = ("headline", "summary", "body", "tags")
_START = r"(?:\A|\n)[ \t]*[*_#>]{0,4}[ \t]*"
_PIECE = r"(?:takes?|articles?|drafts?|pieces?|summary|summaries|headlines?|json|paragraphs?|versions?|rewrite|response|answer|text|body|tags|output|result)"
_MARKS = re.compile(
    r"```[a-z]*|~~~[a-z]*"
    r"|<\|[a-z_]{2,30}\|>|\[/?INST\]|<</?SYS>>|</?s>(?=\s|\Z)|</?(?:think|thinking|answer|output|response|system|user|assistant|instructions?|scratchpad)>"
    r"|[{,]\s*\"(?:headline|title|summary|body|tags|take|paragraphs?)\"\s*:|\"(?:headline|summary|body|tags)\"\s*:"
    r"|\A\s*\{\s*\"|\"\s*\}\s*\Z|\\n\\n|\\\"|\\u[0-9a-f]{4}"
    r"|\{\{[^{}\n]{0,80}\}\}|\{%[^{}\n]{0,80}%\}|\$\{[^{}\n]{1,60}\}"
    r"|\[\s*(?:insert|your|add|name of|enter|placeholder|company name|author|link|url|source|citation|quote|date|tbd|tk|todo|x{2,})\b[^\[\]\n]{0,60}\](?!\()"
    r"|\[(?-i:(?:[A-Z]{2,}[ _-]?){1,5})\](?!\()"
    r"|<(?:insert|your|name|placeholder)\b[^<>\n]{0,60}>"
    r"|(?<![\w/])(?:TODO|TKTK|FIXME|TBD)(?!\w)|\blorem ipsum\b|\bX{2,}(?:\.X+)?(?=\s?(?:%|per cent|percent|million|billion))"
    r"|(?<=[(\[])[ ]?(?:see |handles? |articles? )?a\d{1,2}(?:\s*(?:,|and|&)\s*a\d{1,2})*[ ]?(?=[)\]])(?!\]\()|\b[Hh]andles? a\d{1,2}\b",
    re.IGNORECASE,
)
_SAID = re.compile(
    r"\bas an? (?:ai|artificial intelligence|large language model|language model)\b(?: (?:language )?(?:model|assistant|system))?(?=[,;]|[^.\n]{0,20}\bi\b)"
    r"|\bi(?:['\u2019]m| am) (?:just |only |merely )?an? (?:ai|large language model|language model)\b"
    r"|\bi(?: can(?:not|['\u2019]t)| am (?:unable|not able) to|['\u2019]m (?:unable|not able|sorry)[^.\n]{0,20}? to| won['\u2019]t be able to)"
    r" (?:assist (?:you )?with|help (?:you )?with|fulfil|fulfill|comply|provide (?:a|an|real|up)|access (?:real|external|the internet)|browse|generate|create (?:a|the))\b"
    r"|\bmy (?:training data|knowledge cut-?off|last (?:knowledge )?update|system prompt)\b|\bknowledge cut-?off\b"
    r"|\bas of my (?:last|latest|most recent) (?:update|training|knowledge)\b"
    r"|\b(?:i hope (?:this|that) (?:helps|meets)|let me know if you(?:['\u2019]d| would| want| need| have)|feel free to (?:adjust|let me know|edit|modify)"
    r"|would you like me to|if you(?:['\u2019]d| would) like,? i can|happy to (?:revise|adjust|refine|help further))\b"
    r"|\b(?:as you (?:requested|instructed|asked)|per your (?:request|instructions?)|as per (?:the|your) (?:instructions?|prompt|guidelines|brief)"
    r"|in (?:the|your) (?:prompt|instructions) (?:above|below|you)|based on the (?:provided|given|supplied) (?:blurb|prompt|passages?|articles?|texts?|information|context|handles?))\b"
    r"|\bthe (?:provided|supplied) (?:blurb|prompt|passages?|handles?)\b"
    r"|\b(?:ignore|disregard) (?:all |any )?(?:the |your )?(?:previous|prior|above|earlier) (?:instructions?|prompts?)\b",
    re.IGNORECASE,
)
_LABELS = re.compile(
    _START + r"(?P<said>"
    r"(?:headline|title|summary|our take|body|tags?|keywords|word[ -]?count|words|character count|reading time|paragraph \d+|draft \d+|version \d+|revised(?: take| version)?"
    r"|final (?:take|version|draft|answer)|output|response|answer|system|assistant|user|human|prompt|instructions?|note(?: to (?:the )?editors?)?|editor['\u2019]s note|disclaimer"
    r"|explanation|changes made|links? used|handles? used|sources used)[*_]{0,3}:[*_]{0,3}"
    r"|(?:sure|certainly|absolutely|of course|okay|ok|great|understood|got it)[!,.:]\s+(?:here|i['\u2019](?:ll|ve|d)|i (?:will|have|can)|this|the|below|let)\b"
    r"|(?:here(?:['\u2019]s| is| are)|below (?:is|are)|this is) (?:the|your|my|a|an|our)\s+(?:\w+[ -]){0,4}?" + _PIECE + r"\b[^.\n]{0,60}:[ \t]*(?=\n|\Z)"
    r"|(?:here(?:['\u2019]s| is| are)|below (?:is|are)) (?:the|your|my|a|an)\s+(?:(?:revised|rewritten|requested|updated|corrected|final|edited|mended|new|full|complete|short) )"
    r"(?:\w+[ -]){0,3}?" + _PIECE + r"\b"
    r"|here(?:['\u2019]s| is) (?:the|your) (?:take|json|draft|rewrite|summary)\b)",
    re.IGNORECASE,
)
_COUNT = re.compile(r"[(\[]\s*(?:(?:approx(?:\.|imately)?|about|~|total)\s*)?(?:word count\s*:?\s*)?\d{2,4}\s*words?\s*[)\]]|\bword count\s*:\s*\d+|\[?\b(?:end|start) of (?:take|article|draft|text|response|summary)\b\]?\s*(?=\Z|\n)",
                    re.IGNORECASE)  # fmt: skip


def prompt_residue(case: Case) -> Iterator[Hit]:
    """SAF003."""
    for field in _FIELDS:
        text = blanked(case.text(field))
        quoted = [(span.start, span.end) for span in case.quotations.get(field, ())]
        taken: list[tuple[int, int]] = []
        for start, end, what in sorted(_residue(text, quoted)):
            if not any(first < end and start < last for first, last in taken):
                taken.append((start, end))
                yield Hit(what, field, start, end)


def _residue(text: str, quoted: list[tuple[int, int]]) -> Iterator[tuple[int, int, str]]:
    for match in _MARKS.finditer(text):
        yield match.start(), match.end(), "A mark, placeholder or piece of data that was left from a prompt or an answer's form."
    for match in _COUNT.finditer(text):
        yield match.start(), match.end(), "A remark of the model about its text."
    for match in _LABELS.finditer(text):
        yield match.start("said"), match.end(), "A label or an opening words of a model's answer, not of the take."
    for match in _SAID.finditer(text):
        if not any(first <= match.start() < last for first, last in quoted):
            yield match.start(), match.end(), "The model speaks of itself or to the person who asked."

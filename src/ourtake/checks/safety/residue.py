"""SAF003: what a model says around a take, or what a prompt leaves in it.

Words inside quotation marks are somebody else's, so a story about such phrases can quote them; placeholders and chat
marks are never prose.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ourtake.checks.base import Case, Hit, Rule
from ourtake.checks.examples import SOUND, with_first
from ourtake.documents import FIELDS
from ourtake.text.overlaps import Spans
from ourtake.text.prefilter import Prefilter, rows
from ourtake.text.tokens import blanked, lowered

_START = r"(?:\A|(?<=\n))[ \t]*[*_#>]{0,4}[ \t]*"
_PIECE = (
    r"(?:takes?|articles?|drafts?|pieces?|summary|summaries|headlines?|json|paragraphs?|versions?|rewrite|"
    r"response|answer|text|body|tags|output|result)\b"
)
_TEXTS = (
    r"(?:blurb|prompt|passages?|(?:related )?articles?|texts?|information|context|handles?|sources?|documents?|"
    r"materials?)"
)
_MARK, _REMARK = (
    "A mark, placeholder or piece of data left over from a prompt or an answer's format.",
    "A remark by the model about its text.",
)
_LABEL = "A label or the opening words of a model's answer, not of the take."
_SPOKEN = "The model speaks about itself or to the person who asked."
_MARKS = rows(
    _MARK,
    ("```|~~~", r"```[a-z]*|~~~[a-z]*"),
    ("<", r"<\|[a-z_]{2,30}\|>"),
    ("inst]", r"\[/?INST\]"),
    ("sys>>", r"<</?SYS>>"),
    ("<",
     r"</?s>(?=\s|\Z)|</?(?:think|thinking|answer|output|response|system|user|assistant|instructions?|scratchpad)>"),
    ("<", r"<(?:insert|your|name|placeholder)\b[^<>\n]{0,60}>"),
    ("\\", r"\\n\\n|\\\"|\\u[0-9a-f]{4}"),
    ("[",
     r"\[\s*(?:insert|your|add|name of|enter|placeholder|company name|tbd|tk|todo|x{2,})\b[^\[\]\n]{0,60}\](?!\()"),
    ("[",
     r"\[\s*(?:author|link|url|source|citation|quote|date)s?(?: (?:here|needed|goes here|to (?:come|follow)|name|"
     r"tbd))?\](?!\()"),
    ("[",
     r"\[(?=[^\[\]\n]{0,120}\b(?:paragraphs?|sentences?|question|words|links?|handles?|summary|headline|tags)\b)"
     r"(?:(?:the )?(?:first|second|third|fourth|fifth|next|final|last|opening|closing|middle)|link|end|open|close|"
     r"begin|start|mention|quote|cite|use|write|note|keep|"
     r"about|roughly|paragraph|headline|summary|body|tags?)\b[^\[\]\n]{0,120}\](?!\()"),
    ("[", r"\[(?-i:[A-Z]{4,}|[A-Z]{2,}(?:[ _-][A-Z]{2,}){1,4})\](?!\()"),
    ("todo|tktk|fixme|tbd", r"(?<![\w/])(?-i:TODO|TKTK|FIXME|TBD)(?!\w)"),
    ("lorem ipsum", r"\blorem ipsum\b"),
    ("xx", r"\bx{2,}(?:\.x+)?(?=\s?(?:%|per cent|percent|million|billion))"),
    ("(a|(see |(handle|(article|[a|( a|[ a",
     r"(?<=[(\[])[ ]?(?:see |handles? |articles? )?a\d{1,2}(?:\s*(?:,|and|&)\s*a\d{1,2})*[ ]?(?=[)\]])(?!\]\()"),
    ("handle", r"\bhandles? a\d{1,2}\b"),
    ("(see a|(from a|(cf. a|(as a|(in a|[see a|(source",
     r"(?<=[(\[])(?:see|from|cf\.|as in|in|sources?:?) a\d{1,2}\b(?! ?(?:road|motorway|"
     r"paper))[^()\[\]\n]{0,40}(?=[)\]])"),
    (" a1| a2| a3| a4| a5| a6| a7| a8| a9",
     r"\b(?:as|in|see|from|per|article) (?-i:a[1-9]\d?) (?:says?|shows?|notes?|puts?|reports?|argues?|explains?|has "
     r"it)\b|\bsee (?-i:a[1-9]\d?)(?=[.;:])"),
    ("###", r"(?<=[^\n#])[ \t]#{2,6} (?=\w)"),
)  # fmt: skip
_DATA = rows(
    _MARK,
    ('":|" :', r"[{,]?\s*\"(?:headline|title|summary|body|tags|take|paragraphs?)\"\s*:"),
    ("{", r"\A\s*\{\s*\"|\{\{[^{}\n]{0,80}\}\}|\{%[^{}\n]{0,80}%\}|\$\{[^{}\n]{1,60}\}"),
    ("}", r"\"\s*\}\s*\Z"),
    reads="all",
)  # fmt: skip
_SAID = rows(
    _SPOKEN,
    ("as an ai|as a ai|as an artif|as a artif|as a lang|as an lang|as a large l|as an large l",
     r"\bas an? (?:ai|artificial intelligence|large language model|language model)\b(?: (?:language )?(?:model|"
     r"assistant|system))?(?=[,;]|[^.\n]{0,20}\bi\b)"),
    ("i'm|i\u2019m|i am",
     r"\bi(?:['\u2019]m| am) (?:just |only |merely )?an? (?:ai|large language model|language model)\b"),
    ("i can|i am|i'm|i\u2019m|i won",
     r"\bi(?: can(?:not|['\u2019]t)| am (?:unable|not able) to|['\u2019]m (?:unable|not able|sorry)[^.\n]{0,20}? to|"
     r" won['\u2019]t be able to) (?:assist (?:you )?with|help (?:you )?with|fulfil|fulfill|comply|provide (?:a|an|"
     r"real|up)|access (?:real|external|the internet)|browse|generate|create (?:a|the))\b"),
    ("training data|cutoff|cut-off|update|system prompt",
     r"\bmy (?:training data|knowledge cut-?off|last (?:knowledge )?update|system prompt)\b|\bknowledge cut-?off\b"),
    ("as of my", r"\bas of my (?:last|latest|most recent) (?:update|training|knowledge)\b"),
    ("i hope th",
     r"\bi hope (?:this|that|the)(?: (?:take|draft|version|rewrite|summary|piece|response|text))? (?:helps|meets|"
     r"suits|fits your|is what you)\b"),
    ("let me know if you", r"\blet me know if you(?:['\u2019]d| would| want| need| have)\b"),
    ("feel free to", r"\bfeel free to (?:adjust|let me know|edit|modify)\b"),
    ("would you like me to|i can|happy to",
     r"\b(?:would you like me to|if you(?:['\u2019]d| would) like,? i can|happy to (?:revise|adjust|refine|help "
     r"further))\b"),
    ("as you|per your|as per",
     r"\b(?:as you (?:requested|instructed|asked)|per your (?:request|instructions?)|as per (?:the|your) "
     r"(?:instructions?|prompt|guidelines|brief))\b"),
    ("prompt|instructions",
     r"\bin (?:the|your) (?:prompt|instructions) (?:above|below|you)\b|\bthe user(?:['\u2019]s)? (?:prompt|"
     r"instructions?)\b"),
    ("based on the", rf"\bbased on the (?:provided|given|supplied) {_TEXTS}\b"),
    ("handles|the form|requested|as asked|instructed",
     r"\b(?:only )?(?:to )?the handles? (?:offered|given|provided|supplied|listed)\b|\bas the form (?:requires|asks|"
     r"demands)\b|\bas (?:requested|instructed)[:,.]"),
    ("provided|supplied", r"\bthe (?:provided|supplied) (?:blurb|prompt|passages?|handles?)\b"),
    ("i have|i've|i\u2019ve",
     r"\bi(?:['\u2019]ve| have) (?:written|drafted|created|prepared|revised|rewritten|updated|composed|generated) "
     r"(?:the|a|an|your|this) (?:\w+ ){0,3}?" + _PIECE),
    ("i have|i've|i\u2019ve",
     r"\bi(?:['\u2019]ve| have) (?:kept|linked|used|included|added|made sure|ensured|avoided|followed|left out|"
     r"trimmed|stuck|cited|quoted|placed|tried)\b[^.\n]{0,60}"
     r"\b(?:the take|this take|\d+ words|as requested|requested|(?:the|your) instructions|the blurb|handles?|(?:the "
     r")?related articles|the guidelines|the draft|the limit|word limit)\b"),
    ("this take|this draft|this summary|this response",
     r"\bthis (?:take|draft|summary|response) (?:was|is|has been) (?:generated|written|drafted|revised|created|"
     r"produced|based)\b"),
    ("requested|required",
     r"\b(?:to meet|within|under|at) the (?:requested|required) (?:length|word count|word limit|number of words|"
     r"format)\b"),
    ("per the|following the|following your",
     r"(?:\A|(?<=[.!?\n] )|(?<=\())(?:per|following) (?:the|your) (?:instructions?|prompt|brief|guidelines)\b"),
    ("the source|the blurb",
     r"\bthe (?:source|blurb)(?: text)? (?:does not|doesn['\u2019]t|did not) (?:provide|specify|mention|include|give|"
     r"contain) (?:any |further |more |enough |other |additional )(?:details?|information|data|context|facts)\b"),
    ("user",
     r"(?<=\()\s*(?:the )?user (?:asked|asks|wants|wanted|requested|provided|said|specified)\b[^()\n]*|\bthe user "
     r"asked (?:me|for a (?:take|link))\b"),
    ("ignore|disregard",
     r"\b(?:ignore|disregard) (?:all |any )?(?:the |your )?(?:previous|prior|above|earlier) (?:instructions?|"
     r"prompts?)\b"),
)  # fmt: skip
_WITHIN = r"(?:(?<=[.!?\"\u201d)] )|(?<=\A))[*_]{0,3}"
_LABELS_WITHIN = rows(
    _LABEL,
    ("count:|count*|paragraph |draft |version |take:|take*|time:|human:|assistant:|made:|used:|editor",
     _WITHIN
     + r"(?P<label>(?:word[ -]?count|character count|paragraph \d+|draft \d+|version \d+|revised take|final (?:take|"
     r"draft|version)|our take|reading time|human|assistant"
     r"|changes made|links? used|handles? used|sources used|note to (?:the )?editors?)[*_]{0,3}:[*_]{0,3})(?=\s|\Z)"),
    ("here's|here\u2019s|here is",
     _WITHIN
     + r"(?P<label>here(?:['\u2019]s| is) (?:the|your|my) (?:(?:revised|rewritten|requested|updated|corrected|final|"
       r"edited|new|full) )?(?:take|draft|rewrite|json)\b|here(?:['\u2019]s| is) (?:the|your|my) (?:first|second|"
       r"third|fourth|fifth|next|final|last|opening|closing|revised|new) paragraph\b)"),
)  # fmt: skip
_LABELS = rows(
    _LABEL,
    (":",
     _START
     + r"(?P<label>(?:headline|title|summary|our take|body|tags?|keywords|word[ -]?count|words|character count|"
       r"reading time|paragraph \d+|draft \d+|version \d+|revised(?: take| version)?|final (?:take|version|draft|"
       r"answer)|output|response|answer|system|assistant|user|human|prompt|instructions?|note(?: to (?:the "
       r")?editors?)?|editor['\u2019]s note|disclaimer|explanation|changes made|links? used|handles? used|sources "
       r"used)[*_]{0,3}(?:\s?\([^()\n]{1,40}\))?:[*_]{0,3})"),
    ("sure|certainly|absolutely|of course|okay|ok|great|understood|got it",
     _START + r"(?P<label>(?:sure|certainly|absolutely|of course|okay|ok|great|understood|got it)[!,.:]\s+"
     r"(?:here|i['\u2019](?:ll|ve|d)|i (?:will|have|can)|this|the|below|let)\b)"),
    (":",
     _START + r"(?P<label>(?:here(?:['\u2019]s| is| are)|below (?:is|are)|this is) (?:the|your|my|a|an|our)\s+"
     r"(?:\w+[ -]){0,4}?" + _PIECE + r"[^.\n]{0,60}:[ \t]*(?=\n|\Z))"),
    ("here|below",
     _START + r"(?P<label>(?:here(?:['\u2019]s| is| are)|below (?:is|are)) (?:the|your|my|a|an)\s+"
     r"(?:(?:revised|rewritten|requested|updated|corrected|final|edited|fixed|new|full|complete|short) )(?:\w+[ "
     r"-]){0,3}?" + _PIECE + r")"),
    ("here", _START + r"(?P<label>here(?:['\u2019]s| is) (?:the|your) (?:take|json|draft|rewrite|summary)\b)"),
)  # fmt: skip
_COUNT = rows(
    _REMARK,
    ("word",
     r"[(\[]\s*(?:(?:approx(?:\.|imately)?|about|~|total)\s*)?(?:word count\s*:?\s*)?\d{2,4}\s*words?\s*[)\]]|"
     r"\bword count\s*:\s*\d+"),
    ("end of|start of|beginning of",
     r"[-=*\[(]{0,8}\s?\b(?:end|start|beginning) of (?:the )?(?:take|article|draft|text|response|summary|document|"
     r"output|answer)\b\s?[-=*\])]{0,8}[ \t]*(?=\Z|\n)"),
)  # fmt: skip
_RESIDUE = Prefilter(_MARKS, _DATA, _COUNT, _LABELS_WITHIN, _SAID)


def prompt_residue(case: Case) -> Iterator[Hit]:
    """SAF003."""
    for field in FIELDS:
        text = blanked(case.text(field))
        quoted = Spans((span.start, span.end) for span in case.quotations.get(field, ()))
        reach = 0
        for start, end, what in sorted(_residue(text, quoted)):
            anchor = text[end - 1] == "]" and case.text(field).startswith(
                "(", end
            )  # "[NASA](a1)": its target is blank here
            if not anchor and start >= reach:
                reach = end
                yield Hit(what, field, start, end)


def _residue(text: str, quoted: Spans) -> Iterator[tuple[int, int, str]]:
    lower = lowered(text)
    for match in _labels(lower):
        yield *match.span("label"), _LABEL
    for message, match in _RESIDUE.matches(text, lower=lower):
        start, end = match.span("label" if message is _LABEL else 0)
        if message is not _SPOKEN or not quoted.holds(start):
            yield start, end, message


def _labels(lower: str) -> Iterator[re.Match[str]]:
    """The matches of _LABELS, which begin with a line."""
    starts = [0, *(match.end() for match in re.finditer("\n", lower))]
    for row in _LABELS:
        if any(need in lower for need in row.needs):
            yield from (match for start in starts if (match := row.pattern.match(lower, start)))


RULES = (
    Rule("SAF003", "prompt-residue", "error",
         "A model's remarks about its text, labels, placeholders, remains of JSON, handles in the prose.",
         "Remove it, or draft the passage again.",
         with_first("Here is the take you asked for:"), SOUND, prompt_residue),
)  # fmt: skip

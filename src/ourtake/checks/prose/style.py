"""STY: how it is said. Matters of taste only warn. Words in quotation marks and the words of links are left alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice, pairwise
from pathlib import Path

from ourtake.checks.base import ENGLISH, PROSE, Case, Hit, Rule
from ourtake.checks.examples import SOUND, with_first
from ourtake.checks.passages import parts_of, spoken
from ourtake.checks.prose.phrases import Book, find, house_rules, stock_phrases
from ourtake.checks.prose.proselint import proselint_findings
from ourtake.config import HouseRule, Settings, Style
from ourtake.documents import FieldName
from ourtake.text.markdown import Span
from ourtake.text.parsed import kept
from ourtake.text.scan import Beginnings
from ourtake.text.sentences import sentences
from ourtake.text.tokens import blanked, lowered, tokenize
from ourtake.text.words import count_words

_FIELDS: tuple[FieldName, ...] = ("headline", *PROSE)
_NOT = r"(?:\b(?:not|never)|n['\u2019]t)"
_IS_NOT = r"(?:(?<!\bdo )(?<!\bdoes )(?<!\bdid )\b(?:not|never)|(?<!\bdo)(?<!\bdoes)(?<!\bdid)n['\u2019]t)"
"""What something is not, before a sentence that says what it is. "They don't depend on it. That's worth a thought" is
not a contrast.
"""
_ONLY = r"(?:just|only|simply|merely|solely|so much|about|because)"
_TURN = r"(?:but|it['\u2019]s|it is|they['\u2019]re|they are|this is|that['\u2019]s|that is|instead|rather|also)\b"
_LINKING = r"(?:as|because|by|for|to|from|in|with|on|of|an?|the|whether|how|what|who|where|when|why|that)"
_CONTRASTS = (
    rf"{_NOT} {_ONLY}\b[^.!?\n;]{{2,120}}?(?:[;,:\u2014\u2013]|\.(?= (?:It|They|This|That|But))| - | -- )\s*{_TURN}",
    rf"{_NOT} (?:just|only|merely|simply)\b[^.!?\n;]{{2,120}}? but\b",
    rf"{_NOT} [^.!?;\n]{{2,90}};\s*(?:it|they|this|that)\b",
    r"\bno longer (?:just |solely |merely |simply |only |about |an? |the )[^.!?\n;]{2,100}[;,\u2014\u2013]\s*" + _TURN,
    r"\bless (?:about|of|a matter of|a question of) [^.!?\n;]{2,80}? (?:than|and more)\b",
    rf"{_NOT} so much [^.!?\n;]{{2,80}}? as\b",
    r"\bmore than (?:just|merely|simply|a mere)\b|\bmore than an? [^.!?\n;,]{2,60}[;:,\u2014\u2013]\s*(?:it|this|that|"
    r"they)\b",
    rf"{_IS_NOT} [^.!?\n;,]{{2,60}}\. (?:It|They|This|That)(?:['\u2019]s|['\u2019]re| is| are| was| were)\b(?! (?:"
    r"not|no|also|in|on|at)\b)",
    rf"\bnot {_LINKING}\b[^.!?\n;]{{2,70}}?,? but (?:{_LINKING}|rather)\b",
    r"\b(?:goes|go|went|move[sd]?|moving|extends?) (?:far |well )?beyond [^.!?\n;]{2,60} (?:to|into)\b",
)
_CONTRAST = re.compile("|".join(f"(?:{pattern})" for pattern in _CONTRASTS), re.IGNORECASE)
# Where one can begin: trying the long pattern only there is ten times faster.
_BEGINS = Beginnings(
    ("not", "never", "no longer", "less", "more than", "goes", "go ", "went", "move", "moving", "extend")
)
_SHORTENED = re.compile("n['\u2019]t")

_ARTICLES = frozenset(["the", "a", "an"])
_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
_REST = re.compile(r"[;:](?=\s)")
"""Where a reader can rest in a long sentence."""

IN_A_ROW = 3
"""This many sentences in a row begin with the same word."""


def _in_titles(case: Case, text: str) -> bool:
    sought = f" {' '.join(tokenize(text).words)} "
    titles = (case.source.title, *(item.title for item in case.related))
    return any(sought in tokenize(title).joined for title in titles)


def _matches(case: Case, rules: Book, fields: Iterable[FieldName]) -> Iterator[Hit]:
    seen: Counter[str] = Counter()
    for field in fields:
        text, others = case.text(field), spoken(case, field)
        for match in find(text, rules):
            if others.meets(match.start, match.end):
                continue
            name = match.rule.phrase or match.rule.pattern
            seen[name] += 1
            if seen[name] > match.rule.tolerated and not (
                field != "headline" and _in_titles(case, text[match.start : match.end])
            ):
                often = f" (number {seen[name]} in this take)" if match.rule.tolerated else ""
                advice = " ".join(filter(None, (match.rule.reason, match.rule.suggestion)))
                message = f"{advice or 'This publication does not use this phrase.'}{often}"
                yield Hit(message, field, match.start, match.end)


def stock_phrase(case: Case) -> Iterator[Hit]:
    """STY001."""
    if case.settings.style.stock_phrases:
        yield from _matches(case, stock_phrases(), _FIELDS)


def house_rule(case: Case) -> Iterator[Hit]:
    """STY005."""
    style = case.settings.style
    if style.rules or style.files:
        paths = tuple(case.settings.folder / Path(name) for name in style.files)
        yield from _matches(case, house_rules(case.cache, style.rules, paths), (*_FIELDS, "tags"))
    if style.proselint:
        for field in _FIELDS:
            others = spoken(case, field)
            for found in proselint_findings(case.text(field)):
                if not others.meets(found.start, found.end):
                    yield Hit(f"{found.message} (proselint: {found.path})", field, found.start, found.end)


def not_x_but_y(case: Case) -> Iterator[Hit]:
    """STY002."""
    allowed = case.settings.style.contrasts
    seen = 0
    for field in _FIELDS:
        text = blanked(case.text(field))
        others = spoken(case, field)
        last = 0
        lower = lowered(text)
        for begin in sorted([*_BEGINS.starts(lower), *(found.start() for found in _SHORTENED.finditer(lower))]):
            match = _CONTRAST.match(text, begin) if begin >= last else None
            if match is None or others.covers(*match.span()):
                continue
            last = match.end()
            seen += 1
            if seen > allowed:
                limit = f"at most {allowed} {'is' if allowed == 1 else 'are'} allowed" if allowed else "none is allowed"
                message = f"\u201cNot X but Y\u201d, or a similar contrast: number {seen} in this take; {limit}."
                yield Hit(message, field, match.start(), match.end())


@kept
def _opening(text: str, count: int) -> tuple[str, ...]:
    return tuple(match[0].casefold() for match in islice(_WORD.finditer(text), count))


MOST_OPENINGS = 20
"""This many paragraphs with the same opening are kept to compare others with."""


def _alike(first: str, second: str) -> bool:
    """Whether two texts begin with the same two words, three where the first is an article, and don't number a list
    ("Lesson No. 2").
    """
    words = _opening(first, 3)
    count = 3 if words[:1] and words[0] in _ARTICLES else 2
    other = _opening(second, 3)
    listed = words[2:] != other[2:] and all(word.isdigit() for word in words[2:] + other[2:])
    return len(words) >= count and words[:count] == other[:count] and not listed


def repeated_opening(case: Case) -> Iterator[Hit]:
    """STY003."""
    blocks = [block for kind, block in case.blocks if kind == "paragraph"]
    earlier: dict[tuple[str, ...], dict[str, None]] = {}
    for block in blocks:
        # Paragraphs that count as alike begin with the same two words.
        opening = tuple(_opening(block.text, 2))
        same = earlier.setdefault(opening, {})
        if any(_alike(other, block.text) and other != block.text for other in same):
            end = sentences(block.text)[0].end
            yield Hit("Two paragraphs begin with the same words.", "body", block.start, block.start + end)
        if len(opening) == 2 and len(same) < MOST_OPENINGS:
            same[block.text] = None
        yield from _sentences_alike(block)


def _sentences_alike(block: Span) -> Iterator[Hit]:
    spans = sentences(block.text)
    run = 1
    for before, span in pairwise(spans):
        first, second = _opening(before.text, 2), _opening(span.text, 2)
        same = first[:1] == second[:1] and (first == second or (first[:1] and first[0] not in _ARTICLES))
        run = run + 1 if same else 1
        if run == IN_A_ROW:
            message = f"{IN_A_ROW} sentences in a row begin with the same words."
            yield Hit(message, "body", block.start + span.start, block.start + span.end)


def long_sentence(case: Case) -> Iterator[Hit]:
    """STY004."""
    most = case.settings.style.sentence_words
    for field, part in parts_of(case):
        between = tokenize(part.text).between
        for span in sentences(part.text):
            # A reader's count is never higher than the number of tokens, which is known: most need no counting.
            which = between(span.start, span.end)
            if which.stop - which.start <= most:
                continue
            count = max(count_words(piece) for piece in _REST.split(span.text))
            if count > most:
                message = f"A sentence of {count} words without a semicolon or colon; the limit is {most}."
                yield Hit(message, field, part.start + span.start, part.start + span.end)


_CLICHES = with_first("This serves as a testament to the need for a holistic view.")
_TURNS = (
    "It isn't just about power; it's about trust. It is not only a plan but a promise. The letter is less about "
    "wires than about wills."
)
_SAME = "It is late. It was dark. It rains."
_HOUSE = Settings(style=Style(rules=(HouseRule(phrase="mega announcement"),)))
_BREATHLESS = (
    "The regulator asked " + "and asked again about the wires and the hours and the kitchens " * 5 + "at last."
)
RULES = (
    Rule("STY001", "stock-phrase", "warning",
         "Stock phrases of machine-written prose, each with a reason. Some are tolerated once.",
         "Say it in plain words, or cut it.",
         _CLICHES, SOUND, stock_phrase, languages=ENGLISH),
    Rule("STY002", "not-x-but-y", "warning",
         "\u201cNot X but Y\u201d and similar contrasts, more often than [style] contrasts allows.",
         "Say what is true, without the contrast.",
         with_first(_TURNS), SOUND, not_x_but_y, languages=ENGLISH),
    Rule("STY003", "repeated-opening", "warning",
         "Three sentences in a row, or two paragraphs, that begin with the same words.",
         "Begin one of them with other words.",
         with_first(_SAME), SOUND, repeated_opening),
    Rule("STY004", "long-sentence", "warning",
         "A sentence with more words than [style] sentence_words, counted from one semicolon or colon to the next.",
         "Split it into shorter sentences.",
         with_first(_BREATHLESS), SOUND, long_sentence),
    Rule("STY005", "house-rule", "warning",
         "The publication's own rules ([style] rules and files), and proselint's checks if [style] proselint is on.",
         "Follow the rule's own advice.",
         with_first("A mega announcement.")._replace(settings=_HOUSE),
         SOUND, house_rule),
)  # fmt: skip

"""Phrases and patterns to look for, many at once: the shipped stock phrases and a publication's own rules.

A phrase is words. `(this|that)` means either, an empty alternative nothing, `_` any one word. Case, typography and
hyphens don't matter, and a phrase never goes beyond the end of a sentence. Phrases are found by their
first three words, so that hundreds cost little more than a few.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from ourtake.checks.evidence import DocumentCache
from ourtake.config import HouseRule
from ourtake.errors import ConfigError
from ourtake.text.parsed import kept
from ourtake.text.tokens import Tokens, tokenize

_SLOT = re.compile(r"\(([^()]*)\)|([^\s()]+)")
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*|_")
_BREAK = re.compile(r"[.!?;:\u2026](?=[\s\"'\u201d\u2019)])|\n[ \t]*\n")
ANY = "_"

Slot = tuple[tuple[str, ...], ...]
"""Alternatives, each some words."""


class Match(NamedTuple):
    """text[start:end] is what `rule` looks for."""

    start: int
    end: int
    rule: HouseRule


class Book(NamedTuple):
    """Compiled rules: phrases by their first two words and then the third (ANY if it may be any or is missing), phrases
    by a single word, and patterns.
    """

    pairs: dict[tuple[str, str], dict[str, list[tuple[HouseRule, tuple[Slot, ...]]]]]
    singles: dict[str, list[tuple[HouseRule, tuple[Slot, ...]]]]
    patterns: list[tuple[re.Pattern[str], HouseRule]]
    firsts: set[str]
    """The first words of all phrases."""


def slots_of(phrase: str) -> tuple[Slot, ...]:
    """The words of a phrase, each place with its alternatives."""
    found = []
    for group, word in _SLOT.findall(phrase.replace("\u2019", "'").casefold()):
        choices = group.split("|") if group else [word]
        alternatives = tuple(tuple(_WORD.findall(choice)) for choice in choices)
        if any(alternatives):
            found.append(alternatives)
    return tuple(found)


def _heads(slots: tuple[Slot, ...]) -> set[tuple[str, ...]]:
    """The first three words in all alternatives; fewer if the phrase is shorter."""
    heads: set[tuple[str, ...]] = {()}
    for slot in slots:
        heads = {(head + choice)[:3] if len(head) < 3 else head for head in heads for choice in slot}
        if all(len(head) == 3 for head in heads):
            break
    return {head for head in heads if head}


def book(rules: Iterable[HouseRule]) -> Book:
    """The compiled rules."""
    made = Book({}, {}, [], set())
    for rule in rules:
        if rule.pattern:
            made.patterns.append((re.compile(rule.pattern), rule))
            continue
        slots = slots_of(rule.phrase)
        for head in _heads(slots):
            made.firsts.add(head[0])
            if len(head) > 1 and ANY not in head[:2]:
                thirds = made.pairs.setdefault((head[0], head[1]), {})
                thirds.setdefault(head[2] if len(head) > 2 else ANY, []).append((rule, slots))
            else:
                made.singles.setdefault(head[0], []).append((rule, slots))
    return made


def _end_of(slots: tuple[Slot, ...], words: tuple[str, ...], at: int) -> int | None:
    """Where the longest match of the slots that begins at word `at` ends, exclusive."""
    if not slots:
        return at
    ends = []
    for choice in slots[0]:
        stop = at + len(choice)
        if stop <= len(words) and all(
            wanted in (ANY, word) for wanted, word in zip(choice, words[at:stop], strict=True)
        ):
            end = _end_of(slots[1:], words, stop)
            if end is not None:
                ends.append(end)
    return max(ends, default=None)


def find(text: str, rules: Book) -> list[Match]:
    """Where the rules match, in order; of overlapping matches the longest is kept."""
    tokens = tokenize(text)
    found = [*_phrases(text, tokens, rules)]
    for pattern, rule in rules.patterns:
        found += [Match(match.start(), match.end(), rule) for match in pattern.finditer(text) if match[0]]
    found.sort(key=lambda match: (match.start, -match.end))
    kept: list[Match] = []
    for match in found:
        if not kept or match.start >= kept[-1].end:
            kept.append(match)
        elif match.end - match.start > kept[-1].end - kept[-1].start:
            kept[-1] = match
    return kept


def _phrases(text: str, tokens: Tokens, rules: Book) -> Iterator[Match]:
    words = tokens.words
    pairs, singles, firsts = rules.pairs, rules.singles, rules.firsts
    for at in [at for at, word in enumerate(words) if word in firsts]:
        first, second, third = (*words[at : at + 3], "", "")[:3]
        thirds, alone = pairs.get((first, second)), singles.get(first, ())
        if thirds is None and not alone:
            continue  # half of all words begin a phrase, and few begin one with the next word
        thirds = thirds or {}
        for rule, slots in (*thirds.get(third, ()), *thirds.get(ANY, ()), *alone):
            end = _end_of(slots, words, at)
            if end is not None and end > at:
                start, stop = tokens.span(at, end - 1)
                if not _BREAK.search(text, start, stop):
                    yield Match(start, stop, rule)


@cache
def stock_phrases() -> Book:
    """The shipped phrases; data/stock_phrases.jsonl, a rule a line."""
    lines = (files("ourtake.checks") / "data" / "stock_phrases.jsonl").read_text(encoding="utf-8").splitlines()
    # Shipped and tested: they need no validation, which would take longer than reading them.
    return book(HouseRule.model_construct(**{"pattern": "", "tolerated": 0, **json.loads(line)}) for line in lines)


def read_rules(path: Path) -> tuple[HouseRule, ...]:
    """The rules of a file: TOML with [[rule]] tables, JSON with a list (or "rule"), or JSONL. Raises ConfigError naming
    the file and the rule.
    """
    if not path.is_file():
        raise ConfigError(f"The rule file {path} does not exist.", "Check its path.")
    try:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".toml":
            given = tomllib.loads(text)
        elif path.suffix == ".jsonl":
            given = {"rule": [json.loads(line) for line in text.splitlines() if line.strip()]}
        else:
            given = json.loads(text)
    except ValueError as error:
        forms = "Rules are TOML with [[rule]] tables, a JSON list, or JSONL."
        raise ConfigError(f"{path} can't be read: {error}.", forms) from error
    listed = given.get("rule", given.get("rules")) if isinstance(given, dict) else given
    if not isinstance(listed, list) or not listed:
        todo = "Write [[rule]] tables with phrase or pattern, reason and suggestion."
        raise ConfigError(f"{path} has no rules.", todo)
    rules = []
    for number, entry in enumerate(listed, 1):
        try:
            rules.append(HouseRule.model_validate(entry))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            what = f"{where}: {first['msg']}" if where else first["msg"]
            raise ConfigError(
                f"{path}, rule {number}: {what.replace('Value error, ', '')}.", "Correct that rule."
            ) from error
    return tuple(rules)


@kept
def house_rules(documents: DocumentCache, rules: tuple[HouseRule, ...], paths: tuple[Path, ...]) -> Book:
    """The publication's own rules, from ourtake.toml and its files; read once."""
    return book([*rules, *(rule for path in paths for rule in read_rules(path))])

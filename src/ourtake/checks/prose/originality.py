"""ORG: words copied from others or from earlier takes, and words said twice.

Texts are compared by runs of words (n-grams, kept as hashes for each text); what is found is then located word by word
for its evidence. Quotations, the words of links and titles are meant to be somebody else's and are left out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from rapidfuzz import fuzz
from rapidfuzz.distance import Indel

from ourtake.checks.absence import not_here, unread
from ourtake.checks.base import PROSE, Case, Example, Hit, Rule, whole
from ourtake.checks.evidence import Document
from ourtake.checks.examples import PARAGRAPHS, SOUND, SOURCE, SUMMARY, with_first
from ourtake.checks.passages import parts_of, spoken
from ourtake.checks.prose.runs import NEAR_SHARE, PIECE, RUN, hashes, near_runs, runs, runs_of
from ourtake.documents import EarlierTake, Evidence, FieldName, Severity
from ourtake.text.markdown import Span
from ourtake.text.parsed import kept, pieces
from ourtake.text.sentences import sentences
from ourtake.text.tokens import Tokens, find_words, tokenize
from ourtake.text.words import normalise

BLOCKS = 30
"""A run of this many words is an error."""

SHINGLE = 6
EARLIER_SHARE = 0.4
"""A paragraph with this share of its shingles in one earlier take repeats it."""

LEAST_SHINGLES = 6
"""At least this many shingles must be shared."""

TWICE_SHARE = 0.5
"""A paragraph with this share of its shingles in another of the same take repeats it."""

REWORDED = 0.5
"""Or the share of their words that are in both in the same order: a paragraph repeated with other words in between."""

LONG = 30
"""Words that both paragraphs must have for that."""

SENTENCE_SHINGLE, SENTENCE_WORDS, SENTENCE_SHARE = 3, 7, 0.6
"""The same for sentences: words in a shingle, the fewest words of a sentence, the share."""

SUMMARY_SHARE = 0.9
"""The same for a sentence of the body beside one of the summary, which says in short what the body says."""

HEADLINE_LIKENESS = 90.0
_NOBODY = "\x00"


def _own_words(case: Case, field: FieldName) -> tuple[str, ...]:
    """The words of a field. Those of quotations, links and titles become _NOBODY, so that no run goes through them."""
    tokens = tokenize(case.text(field))
    words = list(tokens.words)
    for start, end in spoken(case, field):
        which = tokens.between(start, end)
        words[which] = [_NOBODY] * (which.stop - which.start)
    for document in case.documents:
        title = tokenize(document.title).words
        found = find_words(title, tokens) if len(title) >= 4 else None
        while found is not None:
            words[found.first : found.last + 1] = [_NOBODY] * (found.last - found.first + 1)
            found = find_words(title, tokens, after=found.last + 1)
    return tuple(words)


def copied_run(case: Case) -> Iterator[Hit]:
    """ORG001."""
    for field in PROSE:
        tokens = tokenize(case.text(field))
        words = _own_words(case, field)
        pieces = hashes(words, PIECE)
        all_pieces = frozenset(pieces)
        found: list[tuple[int, int, Document]] = []
        for document in case.documents:
            shared = all_pieces & runs_of(document.text, PIECE)
            if len(shared) > 1:
                # A run is made of pieces: the longer hashes are only computed where there are some.
                mine = hashes(words, RUN)
                exact = runs(mine, runs_of(document.text, RUN).intersection(mine))
                found += [(first, last, document) for first, last in (*exact, *near_runs(pieces, shared))]
        taken: list[tuple[int, int]] = []
        for first, last, document in sorted(found, key=lambda run: run[0] - run[1]):
            overlaps = any(start <= last and first <= end for start, end in taken)
            spans = tokens.spans[first : last + 1]
            if overlaps or _mostly_names(case.text(field), spans) or _is_list(case.text(field), spans):
                continue
            start, end = tokens.span(first, last)
            count = last - first + 1
            name = "the source" if document.name == "source" else f"\u201c{document.title}\u201d"
            evidence = _evidence(document, words[first : last + 1])
            if not _is_of_one_place(case.text(field), (start, end), words[first : last + 1], document):
                continue
            taken.append((first, last))
            same = "words in a row" if evidence else "words in a row, except for one here and there,"
            message = f"{count} {same} are also in {name}; quote them or use your own words."
            severity: Severity | None = "error" if count >= BLOCKS and evidence else None
            evidence = evidence or _longest(document, words[first : last + 1])
            yield Hit(message, field, start, end, severity=severity, evidence=evidence)
    if absent := unread(case):
        yield Hit(not_here(case, absent), *whole(case, "body"), severity="info")


def _evidence(document: Document, words: tuple[str, ...]) -> tuple[Evidence, ...]:
    within = tokenize(document.text)
    place = find_words(words, within)
    return (document.evidence(*within.span(place.first, place.last)),) if place is not None else ()


def _longest(document: Document, words: tuple[str, ...]) -> tuple[Evidence, ...]:
    """The first piece of a run that the document has word for word."""
    shared = runs_of(document.text, PIECE)
    first = next((number for number, piece in enumerate(hashes(words, PIECE)) if piece in shared), 0)
    return _evidence(document, words[first : first + PIECE])


def _mostly_names(text: str, spans: tuple[tuple[int, int], ...]) -> bool:
    """Whether most words are capitalised or numbers: the long name of an office has no other form."""
    if text[spans[0][0] : spans[-1][1]].isupper():
        return False
    return sum(not text[start].islower() for start, _ in spans) * 2 > len(spans)


def _is_list(text: str, spans: tuple[tuple[int, int], ...]) -> bool:
    """Whether at least half of the words are items of a list, parted by commas or "and": it can't be said otherwise."""
    between = [text[one[1] : two[0]] for one, two in pairwise(spans)]
    words = [text[start:end] for start, end in spans]
    parted = sum("," in gap or ";" in gap for gap in between) + sum(word in ("and", "or", "&") for word in words)
    return parted * 2 >= len(spans) - 1


def _is_of_one_place(text: str, span: tuple[int, int], words: tuple[str, ...], document: Document) -> bool:
    """Whether the document has a run in one place, and in as many sentences: not a run over a full stop that only one
    of the two has, unless RUN words of one sentence are the same; nor one joined from pieces of several places.
    """
    within = tokenize(document.text)
    place = find_words(words, within)
    if place is None:
        return _is_joined(words, within)
    start, end = within.span(place.first, place.last)
    mine, theirs = _breaks(text, *span), _breaks(document.text, start, end)
    breaks = sorted({0, *(mine ^ theirs), len(words)})
    return max(two - one for one, two in pairwise(breaks)) >= RUN


def _breaks(text: str, start: int, end: int) -> frozenset[int]:
    """Before which of the words of text[start:end] a sentence begins."""
    between = tokenize(text).between
    starts = [one.start for one in sentences(text) if start < one.start < end]
    return frozenset(len(range(*between(start, one).indices(len(text)))) for one in starts)


def _is_joined(words: tuple[str, ...], within: Tokens) -> bool:
    """Whether most pieces of a run follow each other in one place of a document."""
    shared = [number for number in range(len(words) - PIECE + 1) if find_words(words[number : number + PIECE], within)]
    for first in shared[:PIECE]:
        place = find_words(words[first : first + PIECE], within)
        while place is not None:
            nearby = within.words[max(0, place.first - first) : place.first - first + len(words) + len(words) // 3]
            there = frozenset(zip(*(nearby[at:] for at in range(PIECE)), strict=False))
            covered = {at + step for at in shared if words[at : at + PIECE] in there for step in range(PIECE)}
            if len(covered) >= NEAR_SHARE * len(words):
                return True
            place = find_words(words[first : first + PIECE], within, after=place.first + 1)
    return False


@kept
def _index(takes: tuple[EarlierTake, ...]) -> dict[int, int]:
    """The number of the take that has a shingle; of several, the newest (the first)."""
    found: dict[int, int] = {}
    for number, take in reversed(list(enumerate(takes))):
        for text in (take.summary, take.body):
            found.update(dict.fromkeys(hashes(tokenize(text).words, SHINGLE), number))
    return found


def repeats_earlier_take(case: Case) -> Iterator[Hit]:
    """ORG002."""
    earlier = case.earlier
    if not earlier:
        return
    # Several drafts of one story are alike, and the same draft checked again is itself.
    others = {number for number, take in enumerate(earlier) if take.url != case.source.url}
    headline = normalise(case.take.headline)
    for number in others:
        if headline and fuzz.ratio(headline, normalise(earlier[number].headline), score_cutoff=HEADLINE_LIKENESS):
            other = earlier[number]
            message = f"The headline is the same, or nearly the same, as that of draft {other.id}."
            place = Evidence(document=other.id, field="headline", start=0, end=len(other.headline), text=other.headline)
            yield Hit(message, *whole(case, "headline"), evidence=(place,))
            break
    index = _index(earlier)
    for field, part in parts_of(case):
        shingles = hashes(tokenize(part.text).words, SHINGLE)
        counts = Counter(holder for shingle in shingles if (holder := index.get(shingle)) in others)
        holder, count = counts.most_common(1)[0] if counts else (None, 0)
        if holder is not None and count >= max(LEAST_SHINGLES, EARLIER_SHARE * len(shingles)):
            other = earlier[holder]
            part_of = f"{count * 100 // len(shingles)} %"
            message = f"{part_of} of this is also in draft {other.id}, \u201c{other.headline}\u201d."
            yield Hit(message, field, part.start, part.end, evidence=_earlier_evidence(other, part.text))


def _earlier_evidence(take: EarlierTake, text: str) -> tuple[Evidence, ...]:
    mine = runs_of(text, SHINGLE)
    parts = [("summary", 0, take.summary), *(("body", start, text) for start, text in pieces(take.body))]
    field, start, best = max(parts, key=lambda part: len(mine & runs_of(part[2], SHINGLE)))
    return (Evidence(document=take.id, field=field, start=start, end=start + len(best), text=best),)


def repeats_itself(case: Case) -> Iterator[Hit]:
    """ORG003."""
    parts = parts_of(case)
    repeated: set[int] = set()
    for number, others in enumerate(_may_be_repeated(parts)):
        field, part = parts[number]
        for other_field, other in (parts[one] for one in others):
            same = tokenize(part.text).words == tokenize(other.text).words != ()
            share = _share(runs_of(part.text, SHINGLE), runs_of(other.text, SHINGLE))
            share = share if share >= TWICE_SHARE else _alike(part.text, other.text)
            if same or share >= TWICE_SHARE:
                repeated.add(number)
                place = Evidence(document="take", field=other_field, start=other.start, end=other.end, text=other.text)
                part_of = f"{share:.0%} of this is already in the take."
                message = "The take says this twice, word for word." if same else part_of
                yield Hit(message, field, part.start, part.end, "error" if same else None, evidence=(place,))
                break
    yield from _sentences_twice(case, [part for number, part in enumerate(parts) if number not in repeated])


def _may_be_repeated(parts: Sequence[tuple[FieldName, Span]]) -> Iterator[list[int]]:
    """For each part, the numbers of the earlier ones that it may repeat: the first with the same words, the first and
    last with one of its runs, and, for a long part, the other long ones. A comparison with each would be quadratic.
    """
    same: dict[tuple[str, ...], int] = {}
    first: dict[int, int] = {}
    last: dict[int, int] = {}
    long: list[int] = []
    for number, (_, part) in enumerate(parts):
        words, runs = tokenize(part.text).words, runs_of(part.text, SHINGLE)
        found = {same[words]} if words in same else set[int]()
        new = runs - first.keys()
        found.update(table[run] for run in runs - new for table in (first, last))
        if len(words) >= LONG:
            found.update(long)
            long.append(number)
        yield sorted(found)
        same.setdefault(words, number)
        first.update(dict.fromkeys(new, number))
        last.update(dict.fromkeys(runs, number))


def _alike(text: str, other: str) -> float:
    """The share of two paragraphs' words that are in both in the same order, if it is REWORDED or more; else 0."""
    mine, theirs = tokenize(text).words, tokenize(other).words
    long = min(len(mine), len(theirs)) >= LONG
    return Indel.normalized_similarity(mine, theirs, score_cutoff=REWORDED) if long else 0.0


def _share(mine: frozenset[int], theirs: frozenset[int], *, of: Callable[[int, int], int] = min) -> float:
    """What two sets share, as a part of the smaller, or of what `of` chooses."""
    return len(mine & theirs) / of(len(mine), len(theirs)) if mine and theirs else 0.0


class _Sentence(NamedTuple):
    """A sentence of the take: its field, its place there, and its words without those of quotations."""

    field: FieldName
    start: int
    text: str
    own: tuple[str, ...]


def _sentences(case: Case, parts: list[tuple[FieldName, Span]]) -> Iterator[_Sentence]:
    for field, part in parts:
        tokens = tokenize(case.text(field))
        quoted = [(span.start, span.end) for span in case.quotations[field]]
        for span in sentences(part.text):
            start, stop = part.start + span.start, part.start + span.end
            own, last = tuple[str, ...](), start
            # A quotation of several sentences is cut to what is in this one.
            for first, end in quoted:
                if first < stop and start < end:
                    own += tokens.words[tokens.between(last, max(first, start))]
                    last = min(end, stop)
            yield _Sentence(field, start, span.text, own + tokens.words[tokens.between(last, stop)])


def _sentences_twice(case: Case, parts: list[tuple[FieldName, Span]]) -> Iterator[Hit]:
    known: dict[int, _Sentence] = {}
    before: _Sentence | None = None
    for sentence in _sentences(case, parts):
        last, before = before, sentence
        if len(sentence.own) < SENTENCE_WORDS:
            continue
        shingles = hashes(sentence.own, SENTENCE_SHINGLE)
        counts = Counter(known[shingle] for shingle in shingles if shingle in known)
        other = counts.most_common(1)[0][0] if counts else None
        if other is not None:
            least = SENTENCE_SHARE if other.field == sentence.field else SUMMARY_SHARE
            same = sentence.own == other.own
            # "It knows when the street was full. It knows when it was empty." is a figure of speech.
            mine, theirs = frozenset(shingles), frozenset(hashes(other.own, SENTENCE_SHINGLE))
            # The summary's longer sentence may well hold a short one of the body: that is what it is for.
            of = min if other.field == sentence.field else max
            alike = other is not last and _share(mine, theirs, of=of) >= least
            if same or (alike and not _same_description(sentence, other, least)):
                end = other.start + len(other.text)
                place = Evidence(document="take", field=other.field, start=other.start, end=end, text=other.text)
                message = "The take says this sentence twice, in the same or nearly the same words."
                stop = sentence.start + len(sentence.text)
                yield Hit(message, sentence.field, sentence.start, stop, evidence=(place,))
        for shingle in shingles:
            known.setdefault(shingle, sentence)


_DESCRIPTION = re.compile(r",\s[^,.;:?!]{20,}(?=[,.;:?!])")
"""Words between commas that may say who somebody is."""


def _same_description(one: _Sentence, two: _Sentence, least: float) -> bool:
    """Whether two sentences share little more than what one of them says, between commas, of who somebody is: a job
    title has no other words.
    """
    for text, other in ((one.text, two.text), (two.text, one.text)):
        for found in _DESCRIPTION.finditer(text):
            words = tokenize(found[0]).words
            place = find_words(words, tokenize(other))
            if place is None:
                continue
            rest = [tokenize(text[: found.start()] + " \u2014 " + text[found.end() :]).words]
            listed = tokenize(other).words
            rest.append((*listed[: place.first], _NOBODY, *listed[place.last + 1 :]))
            if _share(*(frozenset(hashes(part, SENTENCE_SHINGLE)) for part in rest)) < least:
                return True
    return False


_EARLIER = EarlierTake("d1", "https://tidewater.example/another", "Another headline", SUMMARY, PARAGRAPHS[3])
_TWICE = "\n\n".join([*(part.strip() for part in PARAGRAPHS), PARAGRAPHS[1].strip()])
RULES = (
    Rule("ORG001", "copied-run", "warning",
         f"{RUN} or more words in a row that are also in the source or a related article, except in quotations and "
         f"titles; {BLOCKS} or more are an error. A longer run with a few words changed is only a warning.",
         "Put them in quotation marks and say whose they are, or use your own words.",
         with_first(SOURCE.blurb), SOUND, copied_run, repair="call"),
    Rule("ORG002", "repeats-earlier-take", "warning",
         "A headline, summary or paragraph that is, wholly or mostly, also in an earlier take on another story.",
         "Say what is new in this story.",
         Example(earlier=(_EARLIER,)), SOUND, repeats_earlier_take, repair="never"),
    Rule("ORG003", "repeats-itself", "warning",
         "A paragraph or sentence that the take repeats; an exact repetition is an error.",
         "Remove one of them.",
         Example(body=_TWICE), SOUND, repeats_itself, repair="call"),
)  # fmt: skip

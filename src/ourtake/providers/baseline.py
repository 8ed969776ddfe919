"""The built-in writer: no model, no key, no network. It arranges quotations and invents nothing.

Every statement about the world is an exact, attributed quotation of the source's blurb or of an article of the archive;
its own sentences (baseline.toml) only say where a quotation comes from, how old it is, and what a reader may ask. Its
takes say that it wrote them. It is the default of a new publication, and a model has to do better.
"""

from __future__ import annotations

import functools
import hashlib
import itertools
import json
import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ourtake.documents import Related, Source, Usage
from ourtake.errors import UnableError
from ourtake.providers.base import Brief, Connection, OnText, Reply, Request
from ourtake.text.dates import MONTHS
from ourtake.text.markdown import prose_of, visible
from ourtake.text.quotations import quotations_in
from ourtake.text.sentences import sentences
from ourtake.text.words import count_words, normalise, words
from ourtake.values import day_of

MOST_LINKS = 4
LEAST_TAGS = 4
_QUOTING = 455
"""Words of the paragraphs that quote: with the closing one they make a body in the middle of its range."""

# Out of its paragraph, a sentence that begins like this refers to nothing, or to an unknown time.
_DANGLING = re.compile(
    r"(?:It|They|He|She|That|This|These|Those|And|But|So|Then|Both|Her|His|Their|Its|Each|Another|Such|Here|There|"
    r"Instead|However|Yet|Nor|Or|Again|"
    r"The (?:other|first|second|third|rest|latter|former)|"
    r"(?:One|Two|Three|Four|Five|Six|Some|Most|None|All|Few|Many) (?:of the|of them|was|were|is|are|had|has|have)|"
    r"Since then|By then|All \w+ (?:was|were|of them)|Two groups|Until last)\b"
)


_SPOKEN = re.compile(r"\b(?:I|me|[Mm]y|mine|[Yy]ou|[Yy]our|yours|[Ww]e|[Oo]urs?|us)\b|(?<!\w)(?:--\w|\$ )")
"""Words of people who speak about themselves or to the reader, and of commands: outside their text they mislead."""

_ASKS = re.compile(
    r"(?:If (?:not|so), )?(?:Check|See|Join|Visit|Read|Learn|Watch|Click|Download|Contact|Sign|Stay|Note|Remember|Find|"
    r"Take|Use|Try|Let|Don['\u2019]t|Please)\b(?! (?:was|were|is|are|has|had)\b)"
)
"""Sentences that ask the reader to do something: in another publication's take nobody is asked."""

_GLUED = re.compile(r"[^\W\d_]\w*:\s+[A-Z]|[a-z]{3} ?\n\s*[A-Z][\w-]+ [a-z]")
"""A heading or the line of a list that runs into the next one: no sentence."""

_JOINED = re.compile(r"[A-Z][a-z]+(?: [a-z]+){0,2},")
"""A sentence that begins with words such as "In fact," takes up the one before."""

_ACCOUNT = re.compile(r"\b(?:me|[Mm]y|mine)\b|(?:^|[.!?,;:]\s)I\b|\bI['\u2019]", re.MULTILINE)
"""Words by which a text is somebody's own account, such as a guest's: nothing of it is what the publication wrote."""

_REFERS = re.compile(
    r"\b(?:it|its|they|them|their|he|him|his|she|her|this|these|those|that|such|so|both|another|others?|the two|"
    r"the same|then|there|too|also|later)\b",
    re.IGNORECASE,
)
"""Words that may refer to the sentence before: such a sentence is quoted only together with that one."""

_MOST_QUOTES = 3
"""Quotations in a paragraph."""

_CANDIDATES, _MOST_SENTENCES = 9, 5
"""Sentences of an article among which those that are quoted are chosen, and how many are at most."""

_BEGINNING = 12
"""Words of a sentence in which a word that refers mostly refers to the sentence before."""

_LONG_BLURB = 38
"""Words of a blurb beside which a summary has room for less."""

_LEAST = 90
"""Words of a paragraph."""


class Quote(NamedTuple):
    """A sentence of an article, word for word, its place among the article's sentences, how many words it shares with
    the source, and whether it may refer to the sentence before.
    """

    text: str
    place: int
    shared: int
    refers: bool = False


class Baseline:
    """The baseline writer as a provider."""

    name = "baseline"
    model = "baseline"

    def __init__(self, _: Connection | None = None) -> None:
        """It needs no connection."""

    async def reply(self, request: Request, *, on_text: OnText | None = None) -> Reply:
        """A take as JSON. Raises UnableError for any other task: it can't plan, read or rewrite."""
        if request.task != "take":
            what = {"plan": "plan a take", "reread": "read a take again"}.get(request.task, "repair a take")
            do = "Choose a model with --model, or edit the take by hand."
            raise UnableError(f"The baseline writer can't {what}.", do)
        text = json.dumps(write(request.brief), ensure_ascii=False)
        if on_text is not None:
            on_text("")
            on_text(text)
        return Reply(status="complete", text=text, stop_reason="end", usage=Usage(calls=1), model=self.model)

    async def close(self) -> None:
        """There is nothing to close."""


def write(brief: Brief) -> dict[str, object]:
    """The take of a brief: the keys headline, summary, body, tags."""
    source = brief.source
    offered = list(brief.related)[:MOST_LINKS]
    terms = _informative(f"{source.title} {source.blurb}")
    quotes = [_quotes(item, terms) for item in offered]
    first = _opening(source, offered, quotes)
    rest = [
        _about(item, quotes[index], order=index, most=_room(offered)) for index, item in enumerate(offered) if index > 0
    ]
    closing = _closing(source, offered, brief.publication.name)
    body = [first, *rest[:3], closing] if offered else _alone(source, brief.publication.name)
    if 0 < len(offered) < 3:
        body[-1:-1] = _questions(source)[: 4 - len(offered) - 1]
    return {
        "headline": _headline(source),
        "summary": _summary(source, offered),
        "body": "\n\n".join(body),
        "tags": _tags(source, offered, terms),
    }


def _informative(text: str) -> set[str]:
    return {word.casefold() for word in words(text) if len(word) > 4}


def _quotes(item: Related, terms: set[str]) -> list[Quote]:
    """Whole sentences that can be quoted: of a good length, without quotation marks of their own, the most to the point
    first.
    """
    found: list[Quote] = []
    prose = prose_of(item.text or item.passage)
    if _is_account(prose):
        return found
    for place, sentence in enumerate(sentences(prose)):
        text = " ".join(sentence.text.split())
        plain = not re.search('["\u201c\u201d\u00ab\u00bb\\[\\]<>*_`|#]|https?:', text) and "\n\n" not in sentence.text
        plain = plain and not _DANGLING.match(text) and not _SPOKEN.search(text)
        plain = plain and not _ASKS.match(text) and not _GLUED.search(sentence.text)
        plain = plain and all(text != other.text for other in found)
        if plain and 9 <= count_words(text) <= 38 and text[0].isupper() and text[-1] in ".!":
            found.append(Quote(text, place, len(_informative(text) & terms), _refers_back(text)))
    return sorted(found, key=lambda quote: quote.refers - quote.shared)


def _is_account(prose: str) -> bool:
    """Whether a text speaks of its own writer, outside quotations."""
    said = quotations_in(prose)
    return any(not any(one.start <= match.start() < one.end for one in said) for match in _ACCOUNT.finditer(prose))


def _refers_back(text: str) -> bool:
    """Whether the beginning of a sentence may refer to the one before: what is later has its own to refer to."""
    return bool(_JOINED.match(text) or _REFERS.search(" ".join(text.split()[:_BEGINNING])))


def _turn(*parts: str, choices: Sequence[str]) -> str:
    """One of the choices, always the same for the same parts."""
    return choices[int(hashlib.sha256("|".join(parts).encode()).hexdigest(), 16) % len(choices)]


def _date(published: str | None) -> str:
    day = day_of(published) if published else None
    return "" if day is None else f" in {MONTHS[int(day[5:7]) - 1]} {day[:4]}"


def _link(item: Related) -> str:
    words_shown = re.sub(r"([\[\]])", r"\\\1", item.title)
    return f"[{words_shown}]({item.handle})"


def _quoted(text: str) -> str:
    """A text in quotation marks; marks inside it become single ones, as in print."""
    inner = re.sub('["\u201c\u201d]', "'", " ".join(visible(text).split()))
    return f"\u201c{inner}\u201d"


def _blurb(source: Source, most: int) -> list[str]:
    """The blurb's first whole sentences, up to `most` words; at least one. A last one that breaks off is left out."""
    chosen: list[str] = []
    for span in sentences(visible(source.blurb)):
        if chosen and count_words(" ".join([*chosen, span.text])) > most:
            break
        if chosen and not re.search(r"""[.!?]["'\u2019\u201d)]?$""", span.text):
            break
        chosen.append(span.text)
    return chosen


def _headline(source: Source) -> str:
    parts = [part.strip() for part in re.split(r"[:;\u2014]|, (?:and|but|as) ", source.title.rstrip(". "))]
    told = _informative(source.blurb)
    # The name of a series ("Trends on Tuesday: ...") says less of the story than what follows it.
    short = max(parts, key=lambda part: (len(_informative(part) & told), part == parts[0]))
    if len(short) > 80:
        short = short[:80].rsplit(" ", 1)[0]
    return f"What we know about this: {short}" if len(short) > 8 else f"What we know about {source.title}"


def _summary(source: Source, offered: Sequence[Related]) -> str:
    texts = _texts()
    count = {1: "one piece", 2: "two pieces"}.get(len(offered), "several pieces")
    them = "it" if len(offered) == 1 else "them"
    known = texts["known"].format(count=count, them=them) if offered else texts["unknown"]
    blurb = _quoted(" ".join(_blurb(source, 34)))
    if offered and count_words(blurb) > _LONG_BLURB:
        known = texts["known_short"].format(count=count)
    return str(texts["summary"].format(outlet=source.outlet, blurb=blurb, known=known))


def _fill(start: str, quotes: Sequence[Quote], *, lead_ins: Sequence[str], most: int) -> str:
    """The paragraph with the best quotations that fit, in the order in which the article has them: so that "further on"
    is true.
    """
    best, best_worth = start, (0, 0.0, 0.0)
    listed = quotes[:_CANDIDATES]
    for count in range(1, min(_MOST_SENTENCES, len(listed)) + 1):
        for chosen in itertools.combinations(listed, count):
            runs = _runs(chosen)
            if len(runs) > min(_MOST_QUOTES, len(lead_ins)):
                continue
            text = " ".join([start, *(f"{lead} {_quoted(run)}" for lead, run in zip(lead_ins, runs, strict=False))])
            words = count_words(text)
            # Long enough comes first, then what is clear outside its text, then how much to the point it is.
            fits = 2 if _LEAST <= words <= most + 20 else 1 if words < _LEAST else 0
            places = {quote.place for quote in chosen}
            unclear = sum(quote.refers and quote.place - 1 not in places for quote in chosen)
            worth = (fits, -float(unclear), sum(1 / (listed.index(quote) + 1) for quote in chosen) + words / 1000)
            if worth > best_worth:
                best, best_worth = text, worth
    return best


def _runs(quotes: Sequence[Quote]) -> list[str]:
    """The quoted sentences in the order of their article, those that follow each other as one quotation."""
    runs: list[list[Quote]] = []
    for quote in sorted(quotes, key=lambda quote: quote.place):
        if runs and runs[-1][-1].place + 1 == quote.place:
            runs[-1].append(quote)
        else:
            runs.append([quote])
    return [" ".join(quote.text for quote in run) for run in runs]


def _introduced(key: str, source: Source) -> str:
    """The text that presents the source, with the beginning of its blurb."""
    blurb, title = _quoted(" ".join(_blurb(source, 60))), _quoted(source.title)
    return str(_texts()[key].format(outlet=source.outlet, title=title, blurb=blurb))


def _opening(source: Source, offered: Sequence[Related], quotes: Sequence[Sequence[Quote]]) -> str:
    texts, start = _texts(), _introduced("opening", source)
    if not offered:
        return start
    item = offered[0]
    start += " " + texts["closest"].format(link=_link(item), date=_date(item.published) or " without a date")
    return _fill(start, quotes[0], lead_ins=texts["opening_leads"], most=max(130, _room(offered)))


def _room(offered: Sequence[Related]) -> int:
    return min(150, max(100, _QUOTING // len(offered)))


def _about(item: Related, quotes: Sequence[Quote], *, order: int, most: int) -> str:
    row = _texts()["about"][(order - 1) % 3]
    date = _date(item.published)
    start = row["text" if date else "undated"].format(link=_link(item), date=date)
    return _fill(start, quotes, lead_ins=row["leads"], most=most)


def _closing(source: Source, offered: Sequence[Related], name: str) -> str:
    texts = _texts()
    pieces = "piece above was" if len(offered) == 1 else "pieces above were"
    question = _turn(source.title, choices=texts["final_questions"])
    return str(texts["closing"].format(outlet=source.outlet, pieces=pieces, name=name, question=question))


def _questions(source: Source) -> list[str]:
    """Paragraphs that state nothing about the world, and ask: for stories that the archive knows little of."""
    return [text.format(outlet=source.outlet) for text in _texts()["questions"]]


def _alone(source: Source, name: str) -> list[str]:
    start = _introduced("alone", source)
    question = _turn(source.title, choices=_questions(source))
    return [start, question, _texts()["alone_closing"].format(outlet=source.outlet, name=name)]


@functools.cache
def _texts() -> dict[str, Any]:
    """The writer's own sentences, as templates."""
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def _tags(source: Source, offered: Sequence[Related], terms: set[str]) -> list[str]:
    """The archive's tags that the source's own words support, then those that two of the related articles share; words
    of the headline where there are few.
    """
    each = [[str(tag).casefold() for tag in getattr(item, "tags", None) or ()] for item in offered]
    carried = [tag for row in each for tag in row]
    stems = {_stem(term) for term in terms}
    supported = [tag for tag in carried if stems & {_stem(word) for word in _informative(tag)}]
    shared = [tag for tag in carried if carried.count(tag) > 1]
    found = list(dict.fromkeys([*supported, *shared]))
    again = {_stem(word) for word in _informative(source.blurb)}
    title = [
        word.casefold()
        for word in words(source.title)
        if len(word) > 4 and normalise(word) not in ("about", "after", "their", "which", "would")
    ]
    # A headline's word that the blurb takes up again is most often what the story is about; the others are often its
    # verbs.
    spare = [
        *sorted(title, key=lambda word: _stem(word) not in again),
        *(each[0] if each else []),
        normalise(source.outlet),
    ]
    for tag in dict.fromkeys(spare):
        if len(found) >= LEAST_TAGS:
            break
        if tag not in found and not any(_stem(tag) == _stem(word) for other in found for word in words(other)):
            found.append(tag)
    return found[:8]


def _stem(word: str) -> str:
    """Enough of a word to tell that "batteries" is "battery"."""
    return re.sub(r"(?:ies|es|y|s)$", "", word.casefold())[:6]

"""The built-in writer: no model, no key, no network. It arranges, and makes nothing up.

Every statement about the world is an exact, attributed quotation of the source's blurb or of an article of the archive;
its own sentences only say where a quotation comes from, how old it is, and what a reader may ask. Its takes say that it
wrote them. It is the default of a new publication and the floor that a model has to beat.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from typing import NamedTuple

from ourtake.documents import Related, Source, Usage
from ourtake.errors import PermanentError
from ourtake.providers.base import Brief, Connection, OnText, Reply, Request
from ourtake.text.dates import MONTHS
from ourtake.text.markdown import visible
from ourtake.text.sentences import sentences
from ourtake.text.words import count_words, normalise, words
from ourtake.values import day_of

MOST_LINKS = 4
LEAST_TAGS = 4
_QUOTING = 455
"""Words of the paragraphs that quote: with the closing one they make a body in the middle of its range."""

# Torn out of its paragraph, a sentence that begins like this speaks of nobody, or of a time that nobody knows.
_DANGLING = re.compile(
    r"(?:It|They|He|She|That|This|These|Those|And|But|So|Then|Both|Her|His|Their|Its|Each|Another|Such|Here|There|"
    r"Instead|However|Yet|Nor|Or|Again|"
    r"Since then|By then|All \w+ (?:was|were|of them)|Two groups|Until last)\b"
)


class Quote(NamedTuple):
    """A sentence of an article, word for word, its place among the article's sentences, and how many words it shares
    with the source.
    """

    text: str
    place: int
    shared: int


class Baseline:
    """The baseline writer as a provider."""

    name = "baseline"
    model = "baseline"

    def __init__(self, _: Connection | None = None) -> None:
        """It needs no connection."""

    async def reply(self, request: Request, *, on_text: OnText | None = None) -> Reply:
        """A take as JSON. Raises PermanentError for a repair: it can't rewrite."""
        if request.task != "take":
            raise PermanentError(
                "The baseline writer can't repair a take.", "Choose a model with --model, or edit the take by hand."
            )
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
    found = []
    for place, sentence in enumerate(sentences(visible(item.text or item.passage))):
        text = " ".join(sentence.text.split())
        plain = not re.search('["\u201c\u201d\u00ab\u00bb\\[\\]<>*_`|#]|https?:', text) and "\n\n" not in sentence.text
        plain = plain and not _DANGLING.match(text)
        if plain and 9 <= count_words(text) <= 38 and text[0].isupper() and text[-1] in ".!":
            found.append(Quote(text, place, len(_informative(text) & terms)))
    # Of two equally to the point, the one that stands on its own is better: "it" and "they" have lost what they stood
    # for.
    return sorted(found, key=lambda quote: (-quote.shared, bool(re.search(r"\b(?:it|they|he|she|them)\b", quote.text))))


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
    """The blurb's first sentences, whole, up to so many words; at least one."""
    chosen: list[str] = []
    for span in sentences(visible(source.blurb)):
        if chosen and count_words(" ".join([*chosen, span.text])) > most:
            break
        chosen.append(span.text)
    return chosen


def _headline(source: Source) -> str:
    short = re.split(r"[:;\u2014]|, (?:and|but|as) ", source.title.rstrip(". "))[0].strip()
    if len(short) > 80:
        short = short[:80].rsplit(" ", 1)[0]
    return f"What we know about this: {short}" if len(short) > 8 else f"What we know about {source.title}"


def _summary(source: Source, offered: Sequence[Related]) -> str:
    told = _quoted(" ".join(_blurb(source, 34)))
    count = {0: "nothing", 1: "one piece", 2: "two pieces"}.get(len(offered), "several pieces")
    known = (
        f"Our archive holds {count} that bear on it, and we set them beside the story so that it can be read against "
        f"what was reported here before."
        if offered
        else "Our archive holds nothing that bears on it, so this page sticks to what the outlet itself says and to "
        "what a careful reader should ask of it next."
    )
    text = f"{source.outlet} reports: {told} {known}"
    more = (
        " This take was put together by the built-in baseline writer out of exact quotations, and an editor should "
        "read it before anyone else does."
    )
    return text + more


def _fill(start: str, quotes: Sequence[Quote], *, lead_ins: Sequence[str], most: int) -> str:
    """The paragraph with the best quotations that fit, in the order in which the article has them: so that "further on"
    is true.
    """
    chosen: list[Quote] = []
    text = start
    for quote in quotes:
        longer = _in_order(start, [*chosen, quote], lead_ins)
        if count_words(longer) > most + 20:
            continue
        text = longer
        chosen.append(quote)
        if count_words(text) >= most or len(chosen) == len(lead_ins):
            break
    return text


def _in_order(start: str, quotes: Sequence[Quote], lead_ins: Sequence[str]) -> str:
    told = sorted(quotes, key=lambda quote: quote.place)
    return " ".join([start, *(f"{lead} {_quoted(quote.text)}" for lead, quote in zip(lead_ins, told, strict=False))])


def _opening(source: Source, offered: Sequence[Related], quotes: Sequence[Sequence[Quote]]) -> str:
    told = " ".join(_blurb(source, 60))
    start = (
        f"The story is {source.outlet}'s, under the headline {_quoted(source.title)}, and its own account begins "
        f"like this: {_quoted(told)}"
    )
    if not offered:
        return start
    item = offered[0]
    start += (
        f" We have been near this subject before. The closest piece in our archive is {_link(item)}, "
        f"published{_date(item.published) or ' without a date'}."
    )
    return _fill(
        start,
        quotes[0],
        lead_ins=("There we wrote:", "Further on it says:", "After that:", "And later in the same piece:"),
        most=max(130, _room(offered)),
    )


def _room(offered: Sequence[Related]) -> int:
    return min(150, max(100, _QUOTING // len(offered)))


def _about(item: Related, quotes: Sequence[Quote], *, order: int, most: int) -> str:
    openings = (
        f"A second piece to keep at hand is {_link(item)}, which we ran{_date(item.published)}.",
        f"Another side of it is in {_link(item)}, which appeared here{_date(item.published)}.",
        f"Our other reporting helps as well. In {_link(item)}{',' if item.published else ''} "
        f"published{_date(item.published) or ' earlier'}, there is more that touches on it.",
    )
    leads = (
        ("In it we wrote:", "The same article goes on:", "It adds:", "Then it notes:", "And it also says:"),
        ("We reported then:", "Further down we wrote:", "A little later:", "And again:", "One line more:"),
        (
            "The article says:",
            "Later it says:",
            "One more line from it is worth having:",
            "Then it says:",
            "And further down:",
        ),
    )
    index = (order - 1) % 3
    return _fill(openings[index], quotes, lead_ins=leads[index], most=most)


def _closing(source: Source, offered: Sequence[Related], name: str) -> str:
    titles, verb = ("piece", "was") if len(offered) == 1 else ("pieces", "were")
    question = _turn(
        source.title,
        choices=(
            "What would have to be published, and by whom, before that could be judged?",
            "Who will be able to say, a year from now, whether it turned out as announced?",
            "What do the people closest to it know that has not been written down yet?",
        ),
    )
    return (
        f"None of this settles the matter that {source.outlet} raises. The {titles} above {verb} not written with this "
        f"report in view, and a likeness between two cases "
        "is a reason to ask, not a proof. What the quotations do give is a measure: they show what was asked here "
        "before, what was counted and who was "
        "named, and in what detail. A reader who holds the new report against them will see quickly where it says more "
        "and where it says less. This text was assembled by the "
        f"baseline writer that comes with the software, not by a reporter of {name}; its sentences in quotation marks "
        f"are copied word for word, and "
        f"its choice of them deserves an editor's eye. {question}"
    )


def _questions(source: Source) -> list[str]:
    """Paragraphs that say nothing about the world, and ask: for stories that the archive knows little of."""
    return [
        f"The report leaves things open, as a short notice must. It is fair to ask who is named in it as the origin of "
        f"each statement, and whether that person was in a place to know. "
        f"It is fair to ask when the thing happened and when it was learnt, since the two are often days apart. And it "
        f"is fair to ask what {source.outlet} saw for itself, what it was "
        "told, and what it read elsewhere. None of these questions doubts the story. They are what an editor would put "
        "to a reporter on our own staff before the page is closed, and "
        "the full text behind the notice may well answer all of them in its first lines.",
        "There is also the matter of scale. A single case can be telling or it can be odd, and a notice of a few "
        "sentences seldom says which. Readers are helped by a comparison: with "
        "the year before, with the next town, with the figure that was promised. Where a comparison is given, its "
        "terms should be looked at; where none is given, that is worth "
        "a line as well. We would rather say plainly that we cannot place a story than lend it a weight that our own "
        "reporting does not support, and here our own reporting is thin.",
        "Then there are the people whom the story touches and who do not speak in it. A short notice has room for one "
        "voice, or two. The others may agree, or they may tell it in another way, "
        "and a reader cannot know until somebody has asked them. If we take the subject up ourselves, that is where we "
        "would begin: with those who were there, with what they "
        "kept in writing, and with what they expected to happen. Such work takes days, and a notice takes an hour. It "
        "is no fault of the notice that the work is still to be done.",
    ]


def _alone(source: Source, name: str) -> list[str]:
    told = " ".join(_blurb(source, 90))
    start = (
        f"The story is {source.outlet}'s, under the headline {_quoted(source.title)}, and its own account reads: "
        f"{_quoted(told)} We have looked through our archive for reporting of "
        "our own that would help to place it, and found none that comes close enough to be worth a reader's time. A "
        "link that leads somewhere else would only look like "
        "support. So this page has no links, and says so. It gives the outlet's words as they stand, and sets beside "
        "them what we would want to know before saying more about the subject."
    )
    closing = (
        f"For now, the best advice is the plainest: read what {source.outlet} has published in full, and judge it by "
        f"what it shows. This text was assembled by the "
        f"baseline writer that comes with the software, not by a reporter of {name}. It has quoted the notice exactly "
        f"and has added no fact to it. An editor who knows the field should "
        "decide whether the story belongs on these pages at all, and whether somebody here should follow it up with "
        "reporting of our own. Which of the questions above would "
        "a reader most want to see answered first?"
    )
    return [start, *_questions(source), closing]


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
    told = {_stem(word) for word in _informative(source.blurb)}
    title = [
        word.casefold()
        for word in words(source.title)
        if len(word) > 4 and normalise(word) not in ("about", "after", "their", "which", "would")
    ]
    # A headline's word that the blurb takes up again is most often what the story is about; the others are often its
    # verbs.
    spare = [
        *sorted(title, key=lambda word: _stem(word) not in told),
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

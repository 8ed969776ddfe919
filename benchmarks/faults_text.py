"""Faults of passages: what is repeated, copied, beside the point, for sale, hidden, broken off, or in poor taste."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

from clean_takes import CleanTake
from fault import PROSE, Fault, Kind, Seeder, inserted, replaced, shuffled, text_of, without_targets
from passages import (
    NOT_X_BUT_Y,
    OFF_TOPIC,
    PRODUCTS,
    PROMOTIONS,
    RESIDUE_AFTER,
    RESIDUE_BEFORE,
    RESIDUE_INSIDE,
    STOCK,
    STRAY_TAGS,
)

from ourtake.text.markdown import paragraphs
from ourtake.text.sentences import sentences


def _block_added(case: CleanTake, place: int, block: str) -> Fault:
    """The body with a block more before paragraph `place`."""
    body = case.take.body
    start = paragraphs(body)[place].start
    return replaced(case, "body", start, start, by=block + "\n\n", span=(0, len(block)))


def duplicated_paragraph(case: CleanTake, choice: random.Random) -> Iterator[Fault]:
    spans = paragraphs(case.take.body)
    for number in shuffled(list(range(len(spans) - 1)), choice):
        # The copy's own links are left out, so that the repeated words are the only fault.
        copy = without_targets(spans[number].text)
        fault = _block_added(case, len(spans) - 1, copy)
        yield fault._replace(spans=(*fault.spans, (spans[number].start, spans[number].end)))


def nearly_duplicated(case: CleanTake, choice: random.Random) -> Iterator[Fault]:
    spans = paragraphs(case.take.body)
    for number in shuffled(list(range(len(spans) - 1)), choice):
        parts = without_targets(spans[number].text).split()
        for _ in range(max(3, len(parts) // 15)):
            parts.insert(
                choice.randrange(len(parts)), choice.choice(("perhaps", "still", "indeed", "too", "now", "surely"))
            )
        fault = _block_added(case, len(spans) - 1, " ".join(parts))
        yield fault._replace(spans=(*fault.spans, (spans[number].start, spans[number].end)))


def copied_run(case: CleanTake, choice: random.Random) -> Iterator[Fault]:
    """25 to 45 words of an article, or the source's blurb, without quotation marks."""
    texts = [without_targets(item.text) for item in case.related]
    for text in shuffled(texts, choice):
        plain = re.sub(r"[\"\u201c\u201d#*_`<>\[\]]", "", text).split()
        length = choice.randint(25, 45)
        if len(plain) > length + 20:
            start = choice.randrange(len(plain) - length)
            run = " ".join(plain[start : start + length]).rstrip(",;:.?!")
            yield inserted(case, run[0].upper() + run[1:] + ".", choice)


def copied_blurb(case: CleanTake, choice: random.Random) -> Iterator[Fault]:
    plain = re.sub(r"[\"\u201c\u201d]", "", case.source.blurb).split()
    if len(plain) >= 18:
        for _ in range(3):
            start = choice.randrange(len(plain) - 16)
            run = " ".join(plain[start : start + choice.randint(16, 30)]).rstrip(",;:.?!")
            yield inserted(case, run[0].upper() + run[1:] + ".", choice)


def off_topic(case: CleanTake, choice: random.Random) -> Iterator[Fault]:
    count = len(paragraphs(case.take.body))
    for passage in shuffled(list(OFF_TOPIC), choice):
        yield _block_added(case, choice.randrange(1, count), passage)


def promotion(case: CleanTake, choice: random.Random) -> Iterator[Fault]:
    for passage in shuffled(list(PROMOTIONS), choice):
        yield inserted(case, passage.format(product=choice.choice(PRODUCTS)), choice)


_HIDDEN = (
    "\u200b",
    "\u200d",
    "\u2060",
    "\ufeff",
    "\u202e",
    "\u202d",
    "\u2066",
    "\u200f",
    "\u00ad",
    "\U000e0041\U000e0042",
    "\u034f",
    "\u180e",
)


def hidden_characters(case: CleanTake, choice: random.Random) -> Iterator[Fault]:
    for mark in shuffled(list(_HIDDEN), choice):
        field = choice.choice(("summary", "body", "headline"))
        text = text_of(case.take, field)  # type: ignore[arg-type]
        place = choice.choice([match.start() for match in re.finditer(r"(?<=[a-z])[a-z]", text)])
        yield replaced(case, field, place, place, by=mark)  # type: ignore[arg-type]


_MARKUP = (
    "<b>{}</b>", "<script>alert(1)</script>{}", '<a href="https://example.org">{}</a>', '<img src=x onerror="alert(1)">{}', "{}<br/>",
    "<!-- draft two -->{}", '<span style="color:red">{}</span>', "<iframe src='//example.org'></iframe>{}", "<p>{}</p>", "<sup>{}</sup>",
)  # fmt: skip


def markup(case: CleanTake, choice: random.Random) -> Iterator[Fault]:
    for frame in shuffled(list(_MARKUP), choice):
        field = choice.choice(PROSE)
        text = text_of(case.take, field)
        word = choice.choice([match for match in re.finditer(r"(?<= )[a-z]{4,}(?= )", text)])
        yield replaced(case, field, word.start(), word.end(), by=frame.format(word[0]))


def prompt_residue(case: CleanTake, choice: random.Random) -> Iterator[Fault]:
    body, summary = case.take.body, case.take.summary
    options = [("before", words) for words in RESIDUE_BEFORE] + [("after", words) for words in RESIDUE_AFTER]
    options += [("inside", words) for words in RESIDUE_INSIDE]
    for where, words in shuffled(options, choice):
        if where == "inside":
            yield inserted(case, words, choice)
        elif where == "after":
            yield replaced(case, "body", len(body), len(body), by="\n\n" + words, span=(2, 2 + len(words)))
        elif choice.random() < 0.3:
            yield replaced(case, "summary", 0, 0, by=words + " ", span=(0, len(words)))
        else:
            yield replaced(case, "body", 0, 0, by=words + choice.choice((" ", "\n\n")), span=(0, len(words)))
    yield replaced(case, "body", 0, len(body), by='{"body": "' + body.replace("\n", "\\n"))
    yield replaced(case, "summary", 0, len(summary), by="```json\n" + summary, span=(0, 7))


def cut_off(case: CleanTake, choice: random.Random) -> Iterator[Fault]:
    for _ in range(6):
        field = choice.choice(("body", "body", "body", "summary"))
        text = text_of(case.take, field)  # type: ignore[arg-type]
        last = sentences(text)[-1]
        words = list(re.finditer(r"\S+", last.text))
        if len(words) < 6:
            continue
        end = last.start + words[choice.randrange(2, len(words) - 1)].end()
        kept = text[:end].rstrip(".,;:?!\"')\u201d")
        fault = replaced(case, field, len(kept), len(text), by="")  # type: ignore[arg-type]
        yield fault._replace(spans=((last.start, len(kept)),))


def stock_phrase(case: CleanTake, choice: random.Random) -> Iterator[Fault]:
    for phrase in shuffled(list(STOCK), choice):
        start = phrase.index("{") if "{" in phrase else 0
        words = phrase.replace("{", "").replace("}", "")
        length = phrase.index("}") - start - 1 if "{" in phrase else len(words)
        yield inserted(case, words, choice, span=(start, start + length))


def not_x_but_y(case: CleanTake, choice: random.Random) -> Iterator[Fault]:
    """Three of them in one paragraph: one is a figure of speech, three are a tic."""
    for _ in range(4):
        yield inserted(case, " ".join(choice.sample(NOT_X_BUT_Y, 3)), choice)


def repeated_opening(case: CleanTake, choice: random.Random) -> Iterator[Fault]:
    for words in shuffled(
        ["It is also true that", "What matters here is", "We need to ask", "There is a case for", "This means that"],
        choice,
    ):
        ends = ("the bill arrives late", "somebody has to read it", "the list grows", "nobody was asked in time")
        yield inserted(case, " ".join(f"{words} {end}." for end in choice.sample(ends, 4)), choice)


def long_sentence(case: CleanTake, choice: random.Random) -> Iterator[Fault]:
    parts = [
        "the people who were asked had gone home by then", "the letter that they were waiting for had been sent to "
                                                           "another office",
        "the office to which it was sent had moved in the meantime", "those who knew about the move were on leave",
        "the reply when it came was about something else", "everybody agreed that this could not be helped",
        "the few who did not agree had stopped coming to the meetings", "the minutes of the meetings say as much in "
                                                                        "other words",
    ]  # fmt: skip
    for _ in range(4):
        mixed = choice.sample(parts, len(parts))
        yield inserted(case, "It can happen that " + ", and that ".join(mixed) + ".", choice)


def stray_tag(case: CleanTake, choice: random.Random) -> Iterator[Fault]:
    for tag in shuffled(list(STRAY_TAGS), choice):
        tags = case.take.tags
        place = choice.randrange(len(tags) + 1)
        start = len(", ".join(tags[:place])) + (2 if place else 0)
        take = case.take.model_copy(update={"tags": (*tags[:place], tag, *tags[place:])})
        yield Fault(take, "tags", ((start, start + len(tag)),))


def heading_or_list(case: CleanTake, choice: random.Random) -> Iterator[Fault]:
    for block in shuffled(
        ["## What happens next", "- a first point\n- a second point", "1. one thing\n2. another thing", "# Our take"],
        choice,
    ):
        yield _block_added(case, choice.randrange(1, len(paragraphs(case.take.body))), block)


def statement_at_end(case: CleanTake, choice: random.Random) -> Iterator[Fault]:
    for words in ("That is all we know for now.", "We will come back to it in the spring."):
        yield replaced(case, "body", len(case.take.body), len(case.take.body), by=" " + words, span=(1, 1 + len(words)))


def source_unnamed(case: CleanTake, choice: random.Random) -> Iterator[Fault]:
    """Every mention of the outlet and of the source's title becomes "another publication"."""
    pattern = re.compile(
        rf"(?:[Tt]he )?{re.escape(case.source.outlet.removeprefix('The '))}|{re.escape(case.source.title)}",
        re.IGNORECASE,
    )
    take = case.take.model_copy(
        update={name: pattern.sub("another publication", text_of(case.take, name)) for name in PROSE}
    )
    yield Fault(take, "body", ((0, len(take.body)),))


_REST = 0.90


def _kind(name: str, codes: tuple[str, ...], seeder: Seeder, least: float = _REST) -> Kind:
    return Kind(name, codes, least, seeder)


KINDS = (
    _kind("duplicated paragraph", ("ORG003",), duplicated_paragraph),
    _kind("nearly duplicated paragraph", ("ORG003",), nearly_duplicated),
    _kind("copied run, article", ("ORG001",), copied_run),
    _kind("copied run, blurb", ("ORG001",), copied_blurb),
    _kind("off-topic paragraph", ("TOP001",), off_topic),
    _kind("promotion", ("TOP002",), promotion),
    _kind("hidden characters", ("SAF002",), hidden_characters),
    _kind("HTML", ("SAF001",), markup),
    _kind("prompt residue", ("SAF003",), prompt_residue),
    _kind("cut-off", ("STR010",), cut_off),
    _kind("stock phrase", ("STY001",), stock_phrase),
    _kind("not X but Y", ("STY002",), not_x_but_y),
    _kind("repeated opening", ("STY003",), repeated_opening),
    _kind("long sentence", ("STY004",), long_sentence),
    _kind("stray tag", ("TOP003",), stray_tag),
    _kind("heading or list", ("STR007",), heading_or_list),
    _kind("no question at the end", ("STR009",), statement_at_end),
    _kind("source not named", ("STR008",), source_unnamed),
)

"""Faults of links, titles and quotations."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

from clean_takes import CleanTake, as_related
from fault import PROSE, Fault, Kind, all_links, document_texts, inserted, quoted, replaced, shuffled, text_of

from ourtake.text.quotations import quotations_in
from ourtake.text.sentences import sentences

_PERSON = re.compile(r"\b(?:Dr |Mr |Mrs |Ms |Professor )?[A-Z][a-z]+ (?:[A-Z]\. )?[A-Z][a-z]+(?:-[A-Z][a-z]+)?\b")
_SPEAKS = re.compile(
    r"\"[,.]?\"?\s+(?:said|says|told us,?) ((?:Dr |Mr |Mrs |Ms )?[A-Z][\w'-]+(?: [A-Z][\w'-]+)*)|\bsaid ([A-Z][\w'-]+ "
    r"[A-Z][\w'-]+)"
)
_SWAPS = {
    "easy": "hard", "wrong": "right", "first": "last", "quieter": "louder", "machine": "system", "person": "reader",
    "nobody": "somebody",
    "everybody": "nobody", "people": "customers", "right": "wrong", "hard": "simple", "good": "bad", "we": "they",
    "more": "less", "never": "often",
    "nothing": "everything", "always": "rarely", "before": "after", "town": "county", "paper": "plastic", "two":
    "three", "years": "months",
    "school": "church", "street": "bridge", "asked": "begged", "written": "printed", "bad": "good", "answer": "excuse",
    "one": "another",
}  # fmt: skip
_INVENTED = (
    "We never expected the whole thing to hold together past the first winter",
    "It was cheaper to apologise than to measure, so for a long time that is what we did",
    "The consultants left on a Thursday and took their chairs with them",
    "If you ask me, the only honest chart in this building is the one for the coffee",
    "I would rather be slow in public than fast behind a curtain",
    "There is a difference between a promise and a plan, and it is usually a date",
)
_ODD = ("a0", "a99", "a17", "b2", "article-3", "A11", "src1")


def unknown_handle(case: CleanTake, choice: random.Random) -> Iterator[Fault]:
    for link in shuffled(all_links(case), choice):
        whole = f"[{link.anchor}]({choice.choice(_ODD)})"
        yield replaced(case, "body", link.start, link.end, by=whole)


def lost_address(case: CleanTake, choice: random.Random) -> Iterator[Fault]:
    for link in shuffled(all_links(case), choice):
        yield replaced(
            case,
            "body",
            link.start,
            link.end,
            by=choice.choice((f"[{link.anchor}]", f"[{link.anchor}]()", f"[{link.anchor}][]")),
        )


def swapped_title(case: CleanTake, choice: random.Random) -> Iterator[Fault]:
    """A link whose words are one article's title and whose target is another's."""
    for link in shuffled(all_links(case), choice):
        own = next(item for item in case.related if item.handle == link.target)
        other = choice.choice([item for item in case.related if item is not own])
        mark = choice.choice(("", '"', "*"))
        yield replaced(case, "body", link.start, link.end, by=f"[{mark}{own.title}{mark}]({other.handle})")


def swapped_words(case: CleanTake, choice: random.Random) -> Iterator[Fault]:
    """A link in the writer's own words that leads to an article of the archive with which they have nothing to do."""
    for link in shuffled(all_links(case), choice):
        stranger = as_related([choice.choice(case.others)])[0].model_copy(
            update={"handle": f"a{len(case.related) + 1}"}
        )
        if case.source.published and stranger.published and stranger.published < case.source.published:
            fault = replaced(case, "body", link.start, link.end, by=f"[{link.anchor}]({stranger.handle})")
            yield fault._replace(related=(*case.related, stranger))


def swapped_offered(case: CleanTake, choice: random.Random) -> Iterator[Fault]:
    """A link that leads to another of the articles that were offered for the story, its words left as they are."""
    for link in shuffled(all_links(case), choice):
        other = choice.choice([item for item in case.related if item.handle != link.target])
        yield replaced(case, "body", link.start, link.end, by=f"[{link.anchor}]({other.handle})")


def exchanged_links(case: CleanTake, choice: random.Random) -> Iterator[Fault]:
    """Two links that have changed places; either of them will do."""
    own = all_links(case)
    pairs = [(one, two) for number, one in enumerate(own) for two in own[number + 1 :] if one.target != two.target]
    for one, two in shuffled(pairs, choice):
        fault = replaced(case, "body", two.start, two.end, by=f"[{two.anchor}]({one.target})")
        first = f"[{one.anchor}]({two.target})"
        body = fault.take.body[: one.start] + first + fault.take.body[one.end :]
        shift = len(body) - len(fault.take.body)
        spans = ((one.start, one.start + len(first)), (fault.spans[0][0] + shift, fault.spans[0][1] + shift))
        yield Fault(case.take.model_copy(update={"body": body}), "body", spans)


def cut_title(case: CleanTake, choice: random.Random) -> Iterator[Fault]:
    for link in shuffled(all_links(case), choice):
        title = next(item for item in case.related if item.handle == link.target).title
        parts = title.split()
        if len(parts) < 7:
            continue
        keep = choice.randint(max(4, len(parts) // 2), len(parts) - 2)
        short = choice.choice(
            (" ".join(parts[:keep]), " ".join(parts[:keep]).rstrip(",:;") + "\u2026", " ".join(parts[-keep:]))
        )
        if choice.random() < 0.6:
            yield replaced(case, "body", link.start, link.end, by=f"[{short}]({link.target})")
        else:
            sentence = f"\u201c{short}\u201d was the headline that we gave it."
            yield inserted(case, sentence, choice, span=(1, 1 + len(short)))


def repeated_link(case: CleanTake, choice: random.Random) -> Iterator[Fault]:
    for link in shuffled(all_links(case), choice):
        fault = inserted(case, f"It is worth going back to [{link.anchor}]({link.target}) for that.", choice)
        # Whichever of the two comes second is the repeated one.
        shift = len(fault.take.body) - len(case.take.body) if fault.spans[0][0] < link.start else 0
        yield fault._replace(spans=(*fault.spans, (link.start + shift, link.end + shift)))


def outside_link(case: CleanTake, choice: random.Random) -> Iterator[Fault]:
    for link in shuffled(all_links(case), choice):
        address = choice.choice(
            (
                "https://example.net/story",
                "http://news.example.com/a?b=1",
                "//cdn.example.org/x",
                "https://bit.example/3xYz",
            )
        )
        yield replaced(case, "body", link.start, link.end, by=f"[{link.anchor}]({address})")


def unsafe_link(case: CleanTake, choice: random.Random) -> Iterator[Fault]:
    for link in shuffled(all_links(case), choice):
        address = choice.choice(("javascript:alert(1)", "data:text/html,x", "file:///etc/hosts", "JaVaScRiPt:void(0)"))
        yield replaced(case, "body", link.start, link.end, by=f"[{link.anchor}]({address})")


def weak_anchor(case: CleanTake, choice: random.Random) -> Iterator[Fault]:
    for link in shuffled(all_links(case), choice):
        words = choice.choice(("here", "this article", "Click here", "read more", "this link"))
        yield replaced(case, "body", link.start, link.end, by=f"[{words}]({link.target})")


def bare_address(case: CleanTake, choice: random.Random) -> Iterator[Fault]:
    for _ in range(4):
        address = choice.choice(
            ("https://lanternquarter.example/made-up/", "www.example.org/report", "https://example.com/2026/09/story")
        )
        yield inserted(
            case, f"The whole of it is at {address} for anyone who wants it.", choice, span=(19, 19 + len(address))
        )


def altered_quotation(case: CleanTake, choice: random.Random) -> Iterator[Fault]:
    documents = " ".join(text for _, text in document_texts(case)).lower()
    spans = [
        (field, span)
        for field in PROSE
        for span in quotations_in(text_of(case.take, field))
        if len(span.text.split()) >= 5
    ]
    for field, span in shuffled(spans, choice):
        words = [match for match in re.finditer(r"[A-Za-z']+", span.text) if match[0].lower() in _SWAPS]
        if words and choice.random() < 0.7:
            word = choice.choice(words)
            new = span.text[: word.start()] + _SWAPS[word[0].lower()] + span.text[word.end() :]
        else:
            parts = span.text.split()
            place = choice.randrange(1, len(parts) - 1)
            new = " ".join(
                [*parts[:place], choice.choice(("really", "absolutely", "of course", "in the end")), *parts[place:]]
            )
        if new.lower() not in documents:
            yield replaced(case, field, span.start, span.end, by=new)


def invented_quotation(case: CleanTake, choice: random.Random) -> Iterator[Fault]:
    people = sorted({name for _, text in document_texts(case) for name in _speakers(text)})
    for words in shuffled(list(_INVENTED), choice):
        who = choice.choice(people or [case.source.outlet])
        sentence = choice.choice(
            (f'"{words}," {who} said.', f'{who} put it like this: "{words}."', f"\u201c{words},\u201d said {who}.")
        )
        start = re.search(r"[\"\u201c]", sentence)
        assert start is not None
        yield inserted(case, sentence, choice, span=(start.start() + 1, start.start() + 1 + len(words)))


def _speakers(text: str) -> set[str]:
    return {match[1] or match[2] for match in _SPEAKS.finditer(text.replace("\u201d", '"'))}


def misattributed_quotation(case: CleanTake, choice: random.Random) -> Iterator[Fault]:
    """An article's quotation under the name of the source's outlet, or of somebody in another document."""
    texts = document_texts(case)
    spans = [(name, span) for name, text in texts[1:] for span in quoted(" ".join(text.split()))]
    for name, span in shuffled(spans, choice):
        words = span.text.rstrip(".,;: ")
        inside = next(text for known, text in texts if known == name)
        strangers = sorted(
            {who for known, text in texts if known != name for who in _speakers(text) if who.split()[-1] not in inside}
        )
        outlet = case.source.outlet
        options = [f'The story in {outlet} quotes somebody as saying: "{words}."', f'"{words}," {outlet} reports.']
        if strangers:
            who = choice.choice(strangers)
            options += [f'"{words}," said {who}.', f'"{words}," {who} told us.']
        sentence = choice.choice(options[2:] or options) if choice.random() < 0.5 else choice.choice(options[:2])
        start = sentence.index('"') + 1
        yield inserted(case, sentence, choice, span=(start, start + len(words)))


def misattributed_in_place(case: CleanTake, choice: random.Random) -> Iterator[Fault]:
    """A quotation of the take whose speaker, named in its own sentence, becomes somebody from another document."""
    texts = document_texts(case)
    body = case.take.body
    for span in shuffled([span for span in quotations_in(body) if len(span.text.split()) >= 6], choice):
        flat = span.text.rstrip(".,;:?! ").replace("\u2019", "'").lower()
        home = [text for _, text in texts if flat in " ".join(text.split()).replace("\u2019", "'").lower()]
        sentence = next((item for item in sentences(body) if item.start <= span.start < item.end), None)
        if len(home) != 1 or sentence is None:
            continue
        outside = [
            match
            for match in _PERSON.finditer(sentence.text)
            if not span.start <= sentence.start + match.start() < span.end
        ]
        named = [match for match in outside if match[0] in _speakers(home[0])]
        others = sorted({name for _, text in texts for name in _speakers(text) if text is not home[0] and " " in name})
        others = [name for name in others if name.split()[-1] not in home[0]]
        if len(named) == 1 and others:
            start = sentence.start + named[0].start()
            fault = replaced(case, "body", start, start + len(named[0][0]), by=choice.choice(others))
            shift = len(fault.take.body) - len(body) if span.start > start else 0
            yield fault._replace(spans=(*fault.spans, (span.start + shift, span.end + shift)))


_LNK = 0.98
KINDS = (
    Kind("unknown handle", ("LNK001",), _LNK, unknown_handle),
    Kind("lost address", ("LNK001",), _LNK, lost_address),
    Kind("swapped link, title", ("LNK003",), _LNK, swapped_title),
    Kind("swapped link, own words", ("LNK008", "LNK003"), _LNK, swapped_words),
    Kind("swapped link, another offered", ("LNK008", "LNK003"), _LNK, swapped_offered),
    Kind("two links exchanged", ("LNK008", "LNK003"), _LNK, exchanged_links),
    Kind("cut title", ("LNK003", "LNK011"), _LNK, cut_title),
    Kind("repeated link", ("LNK006",), _LNK, repeated_link),
    Kind("outside link", ("LNK002", "SAF004", "LNK001"), _LNK, outside_link),
    Kind("unsafe link", ("LNK016", "SAF004", "LNK002", "LNK001"), _LNK, unsafe_link),
    Kind("weak anchor", ("LNK017",), 0.90, weak_anchor),
    Kind("bare address", ("SAF004",), _LNK, bare_address),
    Kind("altered quotation", ("QUO003", "QUO001"), 0.98, altered_quotation),
    Kind("invented quotation", ("QUO001", "QUO003"), 0.98, invented_quotation),
    Kind("misattributed quotation", ("QUO002",), 0.98, misattributed_quotation),
    Kind("misattributed, speaker changed", ("QUO002",), 0.98, misattributed_in_place),
)

"""Faults of form: how long, how many, and links that lead back, ahead, or are missing."""

from __future__ import annotations

import random
from collections.abc import Iterator

from clean_takes import CleanTake
from fault import Fault, Kind, all_links, inserted, replaced, shuffled, without_targets

from ourtake.documents import Related
from ourtake.text.markdown import paragraphs
from ourtake.text.sentences import sentences


def title_not_linked(case: CleanTake, choice: random.Random) -> Iterator[Fault]:
    linked = {link.target for link in all_links(case)}
    for article in shuffled([item for item in case.related if item.handle not in linked], choice):
        sentence = f"Readers may recall \u201c{article.title}\u201d from these pages."
        yield inserted(case, sentence, choice, span=(20, 20 + len(article.title)))


def _link_to(case: CleanTake, article: Related, choice: random.Random) -> Fault:
    link = choice.choice(all_links(case))
    return replaced(case, "body", link.start, link.end, by=f"[{link.anchor}]({article.handle})")._replace(
        related=(*case.related, article)
    )


def self_link(case: CleanTake, choice: random.Random) -> Iterator[Fault]:
    source = case.source
    itself = Related(
        id="itself", url=source.url, title=source.title, text=source.blurb, handle=f"a{len(case.related) + 1}"
    )
    yield _link_to(case, itself, choice)
    link = choice.choice(all_links(case))
    yield replaced(case, "body", link.start, link.end, by=f"[{link.anchor}]({source.url})")


def later_article(case: CleanTake, choice: random.Random) -> Iterator[Fault]:
    first = choice.choice(case.related)
    later = first.model_copy(
        update={
            "id": "later",
            "url": first.url + "later/",
            "published": "2027-05-01",
            "handle": f"a{len(case.related) + 1}",
        }
    )
    for _ in range(2):
        yield _link_to(case, later, choice)


def too_few_links(case: CleanTake, choice: random.Random) -> Iterator[Fault]:
    body = case.take.body
    kept = choice.choice(all_links(case))
    bare = without_targets(body[: kept.start]) + body[kept.start : kept.end] + without_targets(body[kept.end :])
    yield replaced(case, "body", 0, len(body), by=bare)
    yield replaced(case, "body", 0, len(body), by=without_targets(body))


def bunched_links(case: CleanTake, choice: random.Random) -> Iterator[Fault]:
    """All links are in one paragraph."""
    body = without_targets(case.take.body)
    place = choice.choice(paragraphs(body)[:-1])
    named = " ".join(f"There is more in [{link.anchor}]({link.target})." for link in all_links(case))
    text = body[: place.end] + " " + named + body[place.end :]
    yield replaced(case, "body", 0, len(case.take.body), by=text, span=(place.start, place.end + 1 + len(named)))


def short_summary(case: CleanTake, choice: random.Random) -> Iterator[Fault]:
    first = sentences(case.take.summary)[0].text
    yield replaced(case, "summary", 0, len(case.take.summary), by=first)


def long_summary(case: CleanTake, choice: random.Random) -> Iterator[Fault]:
    summary = case.take.summary
    more = without_targets(sentences(paragraphs(case.take.body)[1].text)[0].text)
    yield replaced(case, "summary", 0, len(summary), by=f"{summary} {summary} {more}")


def few_paragraphs(case: CleanTake, choice: random.Random) -> Iterator[Fault]:
    blocks = case.take.body.split("\n\n")
    yield replaced(case, "body", 0, len(case.take.body), by="\n\n".join([" ".join(blocks[:-1]), blocks[-1]]))


def bad_headline(case: CleanTake, choice: random.Random) -> Iterator[Fault]:
    headline = case.take.headline
    long = f"{headline}, and {headline.lower()}, and then {headline.lower()} once more"
    for new in ("", headline.rstrip("?.") + ".", long, headline + "\nsecond line"):
        yield replaced(case, "headline", 0, len(headline), by=new)


def tag_count(case: CleanTake, choice: random.Random) -> Iterator[Fault]:
    for tags in ((), case.take.tags * 6):
        take = case.take.model_copy(update={"tags": tags})
        yield Fault(take, "tags", ((0, max(1, len(", ".join(tags)))),))


_ALL = 0.98
KINDS = (
    Kind("title named and not linked", ("LNK011",), _ALL, title_not_linked),
    Kind("link to the source itself", ("LNK009",), _ALL, self_link),
    Kind("link to a later article", ("LNK010",), _ALL, later_article),
    Kind("too few links", ("LNK004",), _ALL, too_few_links),
    Kind("bunched links", ("LNK007",), _ALL, bunched_links),
    Kind("short summary", ("STR001",), _ALL, short_summary),
    Kind("long summary", ("STR001",), _ALL, long_summary),
    Kind("few paragraphs", ("STR002",), _ALL, few_paragraphs),
    Kind("headline", ("STR005",), _ALL, bad_headline),
    Kind("tag count", ("STR006",), _ALL, tag_count),
)

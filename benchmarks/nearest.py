"""Whether the three passages beside a sentence hold its evidence: claims.py prints it.

Two sets say where the evidence is. The takes written by hand in tests/writing/by_hand put the handles of their facts
after each sentence, and the plan says where each fact is (the handles are not shown to the search). In the clean takes
a quotation says which sentence it is from.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import NamedTuple

from clean_takes import EXAMPLES, ROOT, CleanTake, archive_articles, as_related

from ourtake.checks.base import PROSE, Case, CheckContext
from ourtake.checks.evidence import Document
from ourtake.checks.passages import sentence_at
from ourtake.checks.quotes.rules import verdicts
from ourtake.checks.sentences import NEAREST, Ranked, beside, sentence_index, sentence_terms, terms
from ourtake.documents import Article, Source, Take
from ourtake.intake.files import read_source
from ourtake.text.sentences import sentences
from ourtake.text.tokens import tokenize

BY_HAND = ROOT / "tests" / "writing" / "by_hand"
OFFERED = 8
LEAST_QUOTED = 4
"""Words of a quotation that says where it is from."""

_HANDLES = re.compile(r"\s?\{([\w, ]+)\}")


class Sought(NamedTuple):
    """A sentence of a take: what the search ranked for it, and where its evidence is, each a document's name with the
    span there.
    """

    ranked: Ranked
    evidence: tuple[tuple[str, int, int], ...]


def rows(cases: list[CleanTake]) -> list[str]:
    """The table's rows: the sentences of a set, and of how many a passage holds the evidence, or its paragraph."""
    found = []
    for name, sought in (("facts of the plans", list(_planned())), ("quotations", list(_quoted(cases)))):
        exact = sum(_holds(one, paragraph=False) for one in sought)
        wide = sum(_holds(one, paragraph=True) for one in sought)
        total = len(sought)
        found.append(f"| {name} | {total} | {exact / total:.3f} | {wide / total:.3f} |")
    return found


def _holds(one: Sought, *, paragraph: bool) -> bool:
    for row in one.ranked.nearest[:NEAREST]:
        span = sentences(row.document.text)[row.place]
        start, end = _paragraph(row.document, span.start) if paragraph else (span.start, span.end)
        if any(name == row.document.name and start < last and first < end for name, first, last in one.evidence):
            return True
    return False


def _paragraph(document: Document, at: int) -> tuple[int, int]:
    text = document.text
    end = text.find("\n\n", at)
    return text.rfind("\n\n", 0, at) + 1, len(text) if end < 0 else end


def _quoted(cases: list[CleanTake]) -> Iterator[Sought]:
    """The sentences with a quotation that one document has in one place."""
    for one in cases:
        case = Case(one.take, CheckContext(one.source, one.related))
        for verdict in verdicts(case):
            quotation = verdict.quotation
            long = len(tokenize(quotation.text).words) >= LEAST_QUOTED
            if verdict.field not in PROSE or verdict.state != "found" or len(verdict.places) != 1 or not long:
                continue
            text = case.text(verdict.field)
            sentence = sentences(text)[sentence_at(text, quotation.start)]
            wanted = terms(sentence.text)
            document, place = verdict.places[0]
            span = tokenize(document.text).span(place.first, place.last)
            if len(wanted) >= LEAST_QUOTED:
                yield Sought(sentence_index(case).ranked(wanted, NEAREST), ((document.name, *span),))


def _planned() -> Iterator[Sought]:
    """The sentences with facts of the takes written by hand."""
    articles = archive_articles("examples", None)
    for path in sorted(BY_HAND.glob("*.plan.json")):
        name = path.name.removesuffix(".plan.json")
        file = next((EXAMPLES / "sources").glob(f"*{name}.md"), None)
        if file is None:
            continue  # a story of another publication, whose texts are not here
        source = read_source(str(file))
        facts = {row[0]: row[2] for row in json.loads(path.read_text(encoding="utf-8"))["facts"]}
        yield from _of_take(
            json.loads((path.parent / f"{name}.json").read_text(encoding="utf-8")), source, facts, articles
        )


def _of_take(given: dict[str, str], source: Source, facts: dict[str, str], articles: list[Article]) -> Iterator[Sought]:
    first = [one for one in articles if any(_place(one.text, words) for words in facts.values())]
    offered = as_related([*first, *(one for one in articles if one not in first)][:OFFERED])
    take = Take(
        headline=given["headline"], summary=_HANDLES.sub("", given["summary"]), body=_HANDLES.sub("", given["body"])
    )
    case = Case(take, CheckContext(source, offered))
    for field in PROSE:
        text, shift = given[field], 0
        for match in _HANDLES.finditer(text):
            index = sentence_at(case.text(field), max(0, match.start() - shift - 1))
            shift += len(match[0])
            evidence = tuple(
                (document.name, *place)
                for handle in match[1].split(",")
                if (words := facts.get(handle.strip()))
                for document in case.documents
                if (place := _place(document.text, words))
            )
            if evidence and sentence_terms(case.text(field), index):
                yield Sought(beside(case, field, index), evidence)


def _place(text: str, words: str) -> tuple[int, int] | None:
    """Where a text has a passage that is given by its first and last words, as "The council ... in January."."""
    begin, parted, end = words.partition(" ... ")
    start = text.find(begin)
    if not parted:
        return (start, start + len(words)) if start >= 0 else None
    last = text.find(end, start) if start >= 0 else -1
    return (start, last + len(end)) if last >= 0 else None

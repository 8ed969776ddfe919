"""`ourtake rules try` and `rules learn`: house rules tried on the archive, and learned from what editors cut."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ourtake.cli import lazy
from ourtake.cli.context import open_store, output
from ourtake.cli.terminal import emit, emit_json, progress, say
from ourtake.errors import InputError
from ourtake.text.counts import count_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ourtake.checks.prose.phrases import Book
    from ourtake.config import HouseRule
    from ourtake.documents import Article
    from ourtake.review.house_rules import Place
    from ourtake.store import Store

SAMPLES = 3
"""Matches shown for each rule, from different articles."""

CONTEXT = 60
"""Characters shown on either side of a match."""


def try_rules(path: Path, *, as_json: bool) -> None:
    """Print how often each rule of a file matches in the archive, in how many articles, and samples."""
    rules = lazy.phrases.read_rules(path)
    with open_store() as store:
        count = store.count_articles()
        if not count:
            raise InputError("The archive is empty.", "Run `ourtake archive add PATH` first.")
        found = _matches(rules, store, count=count, books=[lazy.phrases.book([rule]) for rule in rules])
    if as_json:
        emit_json({"articles": count, "rules": found})
        return
    for row in found:
        share = row["articles"] / count
        emit(
            f"{row['rule']}: {count_of(row['matches'], 'match')} in {row['articles']} of "
            f"{count_of(count, 'article')} ({share:.1%})"
        )
        for sample in row["samples"]:
            emit(f"    {sample['before']}>>>{sample['text']}<<<{sample['after']}  [{sample['title']}]")


def _matches(rules: Sequence[HouseRule], store: Store, *, count: int, books: Sequence[Book]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [
        {"rule": rule.phrase or rule.pattern, "suggestion": rule.suggestion, "matches": 0, "articles": 0, "samples": []}
        for rule in rules
    ]
    with progress(count, "Trying") as bar:
        for article in store.articles():
            text = lazy.text_markdown.visible(article.text)
            for row, rule_book in zip(rows, books, strict=True):
                matches = lazy.phrases.find(text, rule_book)
                if matches:
                    row["matches"] += len(matches)
                    row["articles"] += 1
                    if len(row["samples"]) < SAMPLES:
                        row["samples"].append(_sample(text, article, start=matches[0].start, end=matches[0].end))
            bar()
    return rows


def _sample(text: str, article: Article, *, start: int, end: int) -> dict[str, str]:
    before, after = (
        " ".join(part.split()) for part in (text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT])
    )
    parted = text[end : end + 1].isspace()
    return {
        "before": before + " " * (start > 0),
        "text": text[start:end],
        "after": " " * parted + after,
        "title": article.title,
    }


def learn_rules(path: Path | None, *, force: bool, as_json: bool) -> None:
    """Print the phrases that editors cut, where they did and where they left them; write them to a file as draft rules.

    Nothing is in force until somebody names that file in [style] files.
    """
    target = None if path is None else output(path, force=force, option="learn")
    with open_store() as store:
        found, takes = lazy.house_rules.proposed_rules(store)
    if as_json:
        emit_json({"takes": takes, "rules": [one.model_dump(mode="json") | {"reason": one.reason} for one in found]})
    for one in () if as_json else found:
        emit(f"cut “{one.phrase}” in {len(one.cut)} of {len(one.cut) + len(one.kept)} takes")
        _samples("cut", one.cut)
        _samples("left", one.kept)
    if not found:
        say(f"In {takes} edited takes, editors did not cut any phrase repeatedly.")
    if target is not None and found:
        target.write(lazy.house_rules.as_toml(found))
        say(f"Written to {path}. Try them with `ourtake rules try {path}`, then name the file in [style] files.")


def _samples(what: str, places: tuple[Place, ...]) -> None:
    for place in places[:2]:
        emit(f"    {what}: {place.sentence}  [{place.draft}]")

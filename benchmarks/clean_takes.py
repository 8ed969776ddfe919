"""The clean takes of evals/takes with their sources and articles: see evals/takes/README.md."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from markdown_files import read_folder

from ourtake.documents import Article, Related, Source, Take
from ourtake.intake.files import yaml_table
from ourtake.text.words import canonical_url

ROOT = Path(__file__).resolve().parent.parent
TAKES = ROOT / "evals" / "takes"
EXAMPLES = ROOT / "examples"
PASSAGE_CHARACTERS = 400


class CleanTake(NamedTuple):
    """One take that has nothing wrong, with what it was written from; `others` are articles of its archive that were
    not offered.
    """

    name: str
    take: Take
    source: Source
    related: tuple[Related, ...]
    others: tuple[Article, ...]


class _Archive(NamedTuple):
    articles: dict[str, Article]
    sources: dict[str, Source]


def load(data: Path | None) -> list[CleanTake]:
    """Every case whose archive is there, by file and line."""
    cases = []
    for path in sorted(TAKES.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row: dict[str, Any] = json.loads(line)
            archive = _archive(row["archive"], data)
            if archive is not None:
                cases.append(_case(row, archive))
    return cases


def as_related(articles: list[Article]) -> tuple[Related, ...]:
    """Articles as look-up offers them, under handles a1, a2, ..."""
    return tuple(
        Related(
            id=article.id or article.url,
            url=article.url,
            title=article.title,
            published=article.published,
            passage=article.text[:PASSAGE_CHARACTERS],
            text=article.text,
            handle=f"a{number}",
        )
        for number, article in enumerate(articles, 1)
    )


def _case(row: dict[str, Any], archive: _Archive) -> CleanTake:
    offered = [archive.articles[name] for name in row["related"]]
    source = (
        Source.model_validate(row["source"])
        if "source" in row
        else archive.sources[row.get("source_file") or row["source_id"]]
    )
    addresses = {canonical_url(article.url) for article in offered} | {canonical_url(source.url)}
    others = tuple(article for article in archive.articles.values() if canonical_url(article.url) not in addresses)
    return CleanTake(row["id"], Take.model_validate(row["take"]), source, as_related(offered), others)


@lru_cache(maxsize=8)
def _archive(name: str, data: Path | None) -> _Archive | None:
    if name == "examples":
        return _Archive(
            {path.stem: _example(path) for path in sorted((EXAMPLES / "archive").glob("*.md"))},
            {path.name: _example_source(path) for path in sorted((EXAMPLES / "sources").glob("*.md"))},
        )
    folder = data / name if data is not None else None
    if folder is None or not (folder / "archive.jsonl").is_file():
        return None
    articles = [Article.model_validate_json(line) for line in (folder / "archive.jsonl").open(encoding="utf-8")]
    sources = [Source.model_validate_json(line) for line in (folder / "sources.jsonl").open(encoding="utf-8")]
    return _Archive({item.id or "": item for item in articles}, {item.id or "": item for item in sources})


def archive_articles(name: str, data: Path | None) -> list[Article]:
    """Every article of an archive, or none where it is absent."""
    archive = _archive(name, data)
    return list(archive.articles.values()) if archive else []


def _example(path: Path) -> Article:
    (found,) = read_folder(path, site="https://lanternquarter.example")
    assert isinstance(found, Article), found
    return found


def _example_source(path: Path) -> Source:
    _, front, blurb = path.read_text(encoding="utf-8").split("---\n", 2)
    return Source.model_validate({**yaml_table(front, path.name, first_line=2), "blurb": blurb.strip()})

"""A folder of Markdown files, or one of them, as `archive add` reads it."""

from __future__ import annotations

from pathlib import Path

from ourtake.config import Settings
from ourtake.documents import Article
from ourtake.intake.articles import articles_from
from ourtake.intake.crawl import Crawl
from ourtake.intake.items import Reject
from ourtake.intake.journal import Journal
from ourtake.intake.polite import PoliteFetcher


def read_folder(place: Path, *, site: str) -> list[Article | Reject]:
    """The articles, and what is not one with the reason. `site`: the publication's address."""
    settings = Settings.model_validate({"publication": {"url": site}})
    crawl = Crawl(settings, Journal(), _no_fetcher)
    found = articles_from(str(place), form="markdown", settings=settings, crawl=crawl)
    return [item for item in found if isinstance(item, Article | Reject)]


def _no_fetcher() -> PoliteFetcher:
    raise AssertionError("files name no pages")

"""Where articles of feeds and exports are published: the publication's address, and addresses by the user's own pattern
(`archive add --permalink`).
"""

from __future__ import annotations

import functools
import re
from urllib.parse import unquote, urlsplit

from ourtake.documents import Article
from ourtake.errors import InputError
from ourtake.intake.files import is_address
from ourtake.intake.formats import Crawler
from ourtake.intake.internal_links import inside_links
from ourtake.intake.items import Items
from ourtake.intake.sites.permalink import export_address, export_values


def with_links(items: Items, crawl: Crawler) -> Items:
    """The items, their articles under the addresses of the pattern; the links of each are counted for the notice that
    most of them lead nowhere.
    """
    for item in items:
        if not isinstance(item, Article):
            yield item
            continue
        values = values_of(item)
        article = _readdressed(item, crawl, values) if crawl.limits.permalink else item
        crawl.links.add(article, functools.partial(dict, values))  # not the article: thousands of them would be kept
        yield article


def values_of(article: Article) -> dict[str, str]:
    """What a pattern of addresses may name of an article."""
    last = unquote(urlsplit(article.url).path.rstrip("/").rpartition("/")[2])
    slug = re.sub(r"\.\w+\Z", "", last)
    named = re.search(r"[^\W\d_]", slug) is not None
    return export_values(slug=slug if named else "", title=article.title, date=article.published, tags=article.tags)


def publication_site(crawl: Crawler, export: str) -> str:
    """The publication's address, for an export that doesn't have it. Raises InputError if it is not set."""
    site = crawl.site.rstrip("/")
    if not is_address(site):
        raise InputError(
            f"{export} doesn't say where its posts are published, and [publication] url is not set.",
            "Set [publication] url in ourtake.toml.",
        )
    return site


def _readdressed(article: Article, crawl: Crawler, values: dict[str, str]) -> Article:
    site = crawl.site or "{0.scheme}://{0.netloc}".format(urlsplit(article.url))
    url = export_address(crawl.limits.permalink, site, values) or article.url
    links = inside_links(article.text, url, crawl.site)
    return article.model_copy(update={"url": url, "links": links})

"""What kind of page a page is, by what it says about itself: an article, a redirect, a list, a missing page, a stub."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urljoin, urlsplit

from ourtake.intake.not_found import Page, is_home, says_missing
from ourtake.intake.unpublished import MISSING, forbids_index
from ourtake.text.words import canonical_url

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_ARTICLES = re.compile(r"(?:\w*Article|BlogPosting|Report|Review|LiveBlogPosting|SocialMediaPosting)")
_LISTS = frozenset(("CollectionPage", "SearchResultsPage", "ProfilePage"))
_LIST_PATH = re.compile(
    r"(?:/[^/]+)*/(?:(?:tags?|labels?|categor(?:y|ies)|authors?|topics?|schlagwort|kategorie|etiqueta"
    r"|categoria|rubrique)"
    r"(?:/[^/]+)?(?:/page/\d+)?"
    r"|page/\d+|archives?(?:/(?:19|20)\d\d(?:/\d\d){0,2})?|search(?:/.*)?)/?(?:index\.\w+)?",
    re.IGNORECASE,
)
_UNSHOWN = " or ".join(
    f"ancestor::{name}" for name in "script style template noscript nav header footer *[@hidden]".split()
)
_SHOWN = f"//body//text()[not({_UNSHOWN})]"
_REFRESH = re.compile(r"\s*(\d+)(?:\.\d*)?\s*[;,]\s*(?:url\s*=\s*)?[\"']?([^\"']+)", re.IGNORECASE)
_SOON = 10
"""Seconds: a page that sends its reader on within them is a redirect; one that loads something after minutes is not."""


class Statements(NamedTuple):
    """What a page's JSON-LD says: its types, whether it isn't free to read, when it was published."""

    types: frozenset[str]
    paid: bool
    dates: tuple[object, ...]


def statements(tree: HtmlElement) -> Statements:
    """The JSON-LD of a page: its own nodes, not what they hold or list."""
    types: set[str] = set()
    paid = False
    dates: list[object] = []
    for node in _nodes(tree):
        given = node.get("@type")
        types.update(str(name).rsplit("/", 1)[-1] for name in (given if isinstance(given, list) else [given]))
        paid = paid or str(node.get("isAccessibleForFree")).lower() in (
            "false",
            "http://schema.org/false",
            "https://schema.org/false",
        )
        dates += [node["datePublished"]] if node.get("datePublished") else []
    return Statements(frozenset(types), paid, tuple(dates))


def why_no_article(
    tree: HtmlElement, *, url: str, titles: tuple[str, ...], site: str, robots: str, dated: bool
) -> str | None:
    """Why a page is not a published article, before its text is looked for; None if nothing says so.

    `url` is its own address, `robots` its server's X-Robots-Tag, `dated` whether it states when it was published.
    """
    if moved := _refreshed(tree, url):
        return f"a redirect (to {moved[:200]})."
    body = next(iter(tree.iter("body")), None)
    classes = set((body.get("class") or "").lower().split()) if body is not None else set()
    if "error404" in classes or says_missing(Page(titles, ""), ""):
        return MISSING
    if forbids_index(robots) or any(
        forbids_index(meta.get("content"))
        for meta in tree.iter("meta")
        if (meta.get("name") or "").lower() in ("robots", "googlebot")
    ):
        return "kept from search engines (noindex)."
    if is_home(url) or (site and canonical_url(url) == canonical_url(site)):
        return "the home page."
    types = statements(tree).types
    if any(_ARTICLES.fullmatch(name) for name in types):
        return None
    listed = bool(types & _LISTS) or bool(classes & {"archive", "search-results"})
    if listed or (not dated and _LIST_PATH.fullmatch(urlsplit(url).path)):
        return "a list of articles (a tag, a category, an author)."
    return None


def shown_words(tree: HtmlElement) -> str:
    """The words that a page shows beside menus, headers and footers."""
    return " ".join("".join(tree.xpath(_SHOWN)).split())


def _nodes(tree: HtmlElement) -> Iterator[dict[str, Any]]:
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower():
            continue
        try:
            found = json.loads(script.text or "")
        except (ValueError, RecursionError):
            continue  # unreadable JSON-LD says nothing about the page
        for top in found if isinstance(found, list) else [found]:
            if isinstance(top, dict):
                graph = top.get("@graph")
                yield from (
                    node for node in [top, *(graph if isinstance(graph, list) else [])] if isinstance(node, dict)
                )


def _refreshed(tree: HtmlElement, url: str) -> str | None:
    """Where a page sends its reader at once, when that is another page."""
    for meta in tree.iter("meta"):
        if (meta.get("http-equiv") or "").lower() == "refresh" and (match := _REFRESH.match(meta.get("content") or "")):
            try:
                target = urljoin(url, match[2].strip())
            except ValueError:
                continue
            if int(match[1]) <= _SOON and canonical_url(target) != canonical_url(url):
                return str(target)
    return None

"""Web pages -> articles and sources."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ourtake.errors import InputError
from ourtake.intake.fetch import Fetched
from ourtake.intake.pages import page_article, page_source
from tests.intake.site import article_page

P = "https://paper.example"

HEAD = (
    '<meta property="og:site_name" content="The Paper"><meta name="description" content="What the &amp;amp; grid '
    'costs.">'
    '<link rel="canonical" href="{canonical}">'
    '<meta property="article:published_time" content="2025-03-04T10:00:00+01:00"><meta name="author" content="Ann '
    'Writer">'
    '<meta property="article:tag" content="power">'
)
TEXT = (
    "The substation that nobody wanted is late, and <a href='/older/'>the council</a> wrote to the ministry about "
    "its cost in the spring."
)


def fetched(body: str | bytes, *, url: str = f"{P}/grid/?utm_source=x", content_type: str = "text/html") -> Fetched:
    return Fetched(url, 200, body if isinstance(body, bytes) else body.encode(), content_type, None, None)


def test_a_page_as_an_article() -> None:
    page = article_page(TEXT, title="The grid waits", head=HEAD.format(canonical="/grid/"))
    article = page_article(fetched(page), site="", updated="2025-03-09")
    assert (article.title, article.url, article.author, article.tags) == (
        "The grid waits",
        f"{P}/grid/",
        "Ann Writer",
        ("power",),
    )
    assert (article.published, article.updated) == ("2025-03-04T10:00:00+01:00", "2025-03-09") and article.links == (
        f"{P}/older",
    )
    assert (
        article.text.startswith("The substation")
        and f"[the council]({P}/older/)" in article.text
        and "About us" not in article.text
    )


@pytest.mark.parametrize(
    "canonical", ["https://evil.example/grid/", "", "javascript:x", "/", "https://paper.example:8443/grid/"]
)
def test_a_canonical_address_elsewhere_is_not_believed(canonical: str) -> None:
    page = article_page(TEXT, title="The grid waits", head=HEAD.format(canonical=canonical))
    assert page_article(fetched(page, url=f"{P}/grid/"), site="").url == f"{P}/grid/"


ENCODINGS: dict[str, Callable[[str], tuple[bytes, str]]] = {
    "Latin-1": lambda text: (text.encode("latin-1"), "text/html; charset=ISO-8859-1"),
    "Latin-1 that says UTF-8": lambda text: (text.encode("latin-1"), "text/html; charset=utf-8"),
    "UTF-16": lambda text: (text.encode("utf-16"), "text/html"),
    "UTF-16 without its mark": lambda text: (text.encode("utf-16-le"), "text/html"),
}


@pytest.mark.parametrize("name", ENCODINGS)
def test_pages_in_other_encodings(name: str) -> None:
    body, kind = ENCODINGS[name](article_page(TEXT.replace("late", "tr\u00e8s en retard"), title="Le caf\u00e9"))
    article = page_article(fetched(body, content_type=kind), site="")
    assert article.title == "Le caf\u00e9" and "tr\u00e8s" in article.text


@pytest.mark.parametrize(
    ("body", "kind", "said"),
    [
        (b"%PDF-1.7", "application/pdf", "application/pdf"),
        (b"", "text/html", "not a web page"),
        (b"<html><head><title>Empty</title></head><body></body></html>", "text/html", "no text"),
        (b"\x00\x01\x02\x03", "", "not a web page"),
    ],
)
def test_what_is_no_article(body: bytes, kind: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        page_article(fetched(body, content_type=kind), site="")


def test_a_page_as_a_source() -> None:
    source = page_source(fetched(article_page(TEXT, title="The grid waits", head=HEAD.format(canonical="/grid/"))))
    assert (source.title, source.outlet, source.url) == ("The grid waits", "The Paper", f"{P}/grid/")
    assert (
        source.blurb == "What the & grid costs."
        and source.published == "2025-03-04T10:00:00+01:00"
        and source.author == "Ann Writer"
    )
    bare = page_source(fetched(article_page(TEXT, title="The grid waits"), url="https://www.paper.example/grid/"))
    assert (
        bare.outlet == "paper.example"
        and bare.blurb.startswith("The substation that nobody wanted is late")
        and len(bare.blurb.split()) <= 60
    )

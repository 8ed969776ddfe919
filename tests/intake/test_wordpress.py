"""WordPress exports: what is published, in whose words, without the editor's marks."""

from __future__ import annotations

import pytest

from ourtake.documents import Article
from ourtake.intake.items import Reject
from ourtake.intake.splitting import blocks_of
from ourtake.intake.wordpress import Exported, export_articles, without_shortcodes
from ourtake.intake.wordpress_addresses import ExportAddresses

WXR_HEAD = (
    '<?xml version="1.0"?><rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:wp="http://wordpress.org/export/1.2/"><channel><title>P</title><wp:wxr_version>1.2</wp:wxr_version>'
    "<wp:author><wp:author_login><![CDATA[ann]]></wp:author_login><wp:author_display_name><![CDATA[Ann "
    "Writer]]></wp:author_display_name></wp:author>"
)


def post(number: int, content: str, *, kind: str = "post", status: str = "publish", more: str = "") -> str:
    return (
        f"<item><title>Post {number} &amp;amp; more</title><link>https://paper.example/{number}/</link>"
        f"<pubDate>Wed, 30 Nov -0001 00:00:00 +0000</pubDate>"
        f"<dc:creator><![CDATA[ann]]></dc:creator><content:encoded><![CDATA[{content}]]></content:encoded>"
        f"<excerpt:encoded><![CDATA[In short]]></excerpt:encoded>"
        f"<wp:post_date>2025-03-04 11:00:00</wp:post_date><wp:post_date_gmt>2025-03-04 "
        f"10:00:00</wp:post_date_gmt><wp:status>{status}</wp:status>"
        f'<wp:post_type>{kind}</wp:post_type><category domain="category" nicename="p"><![CDATA[Power]]></category>'
        f'<category domain="post_tag" nicename="g"><![CDATA[grid]]></category><category '
        f'domain="post_format">Aside</category>{more}</item>'
    )


def first(found: list[Article | Reject]) -> Article:
    assert len(found) == 1 and isinstance(found[0], Article), found
    return found[0]


def exported(*items: str, pages: bool = False) -> list[Article | Reject]:
    data = (WXR_HEAD + "".join(items) + "</channel></rss>").encode()
    wanted = ("post", "page") if pages else ("post",)
    addresses = ExportAddresses("https://paper.example")
    found = export_articles(blocks_of(data), name="export.xml", addresses=addresses, wanted=wanted)
    return [one.article if isinstance(one, Exported) else one for one in found if not isinstance(one, str)]


def test_a_post_of_an_export() -> None:
    article = first(
        exported(
            post(
                1,
                '<!-- wp:paragraph -->\n<p>First, see <a href="/2/">this</a>.</p>\n<!-- /wp:paragraph -->\n\nSecond '
                '[sic]\n\n[gallery ids="1,2"]',
            )
        )
    )
    assert article.text == "First, see [this](https://paper.example/2/).\n\nSecond [sic]"
    assert (article.title, article.author, article.summary) == ("Post 1 & more", "Ann Writer", "In short")
    assert (article.published, article.tags, article.links) == (
        "2025-03-04T10:00:00+00:00",
        ("Power", "grid"),
        ("https://paper.example/2",),
    )


def test_only_what_is_published() -> None:
    items = [
        post(1, "text"),
        post(2, "text", status="draft"),
        post(3, "text", kind="page"),
        post(4, "text", kind="attachment"),
        post(5, "text", status="private"),
    ]
    secret = post(6, "text", more="<wp:post_password>x</wp:post_password>")
    found = exported(*items, secret)
    assert [one.url if isinstance(one, Article) else (one.reason, one.broken) for one in found] == [
        "https://paper.example/1/",
        ("a draft.", False),
        ("not published (status: private).", False),
        ("it needs a password.", False),
    ]
    assert sum(isinstance(one, Article) for one in exported(*items, pages=True)) == 2


SHORTCODES = {
    '[caption id="a" align="left"]<img src="x"> words[/caption]after': "after",
    "[box]kept[/box] [sic] [1] [a link](https://x.example)": "kept [sic] [1] [a link](https://x.example)",
    '[button url="https://x.example" size=big]Buy[/button]': "Buy",
    "[[gallery]] is how": "[gallery] is how",
    '<!-- wp:image {"id":1} -->x<!-- /wp:image --><!--more-->': "x",
}


@pytest.mark.parametrize("given", SHORTCODES)
def test_shortcodes(given: str) -> None:
    assert without_shortcodes(given) == SHORTCODES[given]


def test_a_large_export_streams() -> None:
    import tracemalloc

    body = "<p>" + "Words about the town and its council. " * 200 + "</p>"

    def blocks() -> object:
        yield WXR_HEAD.encode()
        for number in range(400):
            yield post(number, body).encode()
        yield b"</channel></rss>"

    tracemalloc.start()
    try:
        found = export_articles(blocks(), name="x", addresses=ExportAddresses())  # type: ignore[arg-type]
        count = sum(isinstance(one, Exported) for one in found)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 400 and peak < 2_500_000  # of 3.2 MB, all in memory at once several times that

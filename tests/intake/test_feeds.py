"""RSS and Atom, whole and broken; the documents are written for the tests."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from ourtake.config import Intake, Settings
from ourtake.documents import Article
from ourtake.errors import InputError
from ourtake.intake.crawl import Crawl
from ourtake.intake.feeds import is_teaser
from ourtake.intake.formats import FORMATS, Listing
from ourtake.intake.items import Line, Reject, Unchanged
from ourtake.intake.journal import Journal
from ourtake.intake.splitting import blocks_of
from tests.intake.site import item, rss

BASE = "https://paper.example/feed"


def no_visitor() -> None:
    raise AssertionError("nothing may be fetched here")


def read(text: str | bytes, *, form: str = "rss", pages: str = "never") -> list[Article | Reject | Unchanged]:
    crawl = Crawl(Settings(intake=Intake(feed_pages=pages)), Journal(), no_visitor)  # type: ignore[arg-type]
    data = text if isinstance(text, bytes) else text.encode()
    found = list(FORMATS[form].read(Listing("feed.xml", lambda: blocks_of(data), BASE), crawl))
    return [item for item in found if not isinstance(item, Line)]


def only(found: Sequence[object]) -> Article:
    assert len(found) == 1 and isinstance(found[0], Article), found
    return found[0]


def test_an_entry_of_rss() -> None:
    more = (
        "<dc:creator>Ann Writer</dc:creator><category>power</category><category>power</category><description>What "
        "it &amp;amp; costs</description>"
    )
    article = only(read(rss([item(7, more=more)])))
    assert article.title == "Story 7" and article.url == "https://paper.example/7/?utm_source=feed"
    assert article.text == "Text of story 7, after [an earlier one](https://paper.example/6/)."
    assert (
        article.links == ("https://paper.example/6",) and article.tags == ("power",) and article.author == "Ann Writer"
    )
    assert article.published == "2025-03-04T10:00:00+00:00" and article.summary == "What it & costs"


ATOM = """<?xml version="1.0"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://paper.example/"><title>P</title>
<entry><title type="html">The &lt;em&gt;grid&lt;/em&gt; waits</title>
<link rel="edit" href="/edit/1"/><link href="/grid/"/><id>tag:1</id>
<published>2025-03-04T10:00:00+01:00</published>
<updated>2025-03-05T00:00:00Z</updated><author><name>Ann</name></author><category term="power"/>
<content type="xhtml">
<div xmlns="http://www.w3.org/1999/xhtml"><p>
Who <b>pays</b>? See <a href="/older/">this</a>.</p></div></content></entry></feed>"""


def test_an_entry_of_atom() -> None:
    article = only(read(ATOM, form="atom"))
    assert (article.title, article.url, article.author, article.tags) == (
        "The grid waits",
        "https://paper.example/grid/",
        "Ann",
        ("power",),
    )
    assert (article.published, article.updated) == ("2025-03-04T10:00:00+01:00", "2025-03-05T00:00:00+00:00")
    assert article.text == "Who **pays**? See [this](https://paper.example/older/)."


def test_rss_1_and_encodings() -> None:
    text = (
        '<?xml version="1.0" encoding="ISO-8859-1"?><rdf:RDF xmlns="http://purl.org/rss/1.0/" '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<channel rdf:about="x"><title>P</title><items/></channel><item '
        'rdf:about="https://paper.example/1"><title>Caf\u00e9</title>'
        "<link>https://paper.example/1</link><description>Text of it.</description></item></rdf:RDF>"
    )
    assert only(read(text.encode("latin-1"))).title == "Caf\u00e9"
    assert only(read(text.replace("ISO-8859-1", "UTF-16").encode("utf-16"))).title == "Caf\u00e9"
    assert only(read(text.replace("ISO-8859-1", "UTF-8").encode("cp1252"))).title == "Caf\u00e9"  # it lies


BROKEN: dict[str, tuple[str, str]] = {
    "no address": ("<item><title>T</title><description>d</description></item>", "no address"),
    "no title": ("<item><link>https://paper.example/x</link><description>d</description></item>", "no title"),
    "no text": ("<item><title>T</title><link>https://paper.example/x</link></item>", "no text"),
    "a script as its address": (
        "<item><title>T</title><link>javascript:alert(1)</link><description>d</description></item>",
        "no address",
    ),
    "wrong nesting": ("<item><title>T</link></item>", "not well-formed XML"),
    "no end": ("<item><title>T</title>", "no end"),
    "an entity of its own": (
        "<item><title>&lol9;</title><link>https://paper.example/x</link></item>",
        "undefined entity",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_entry_harms_no_other(name: str) -> None:
    broken, why = BROKEN[name]
    found = read(rss([item(1), broken, item(2), item(3)]))
    assert [one.title for one in found if isinstance(one, Article)] == ["Story 1", "Story 2", "Story 3"]
    rejects = [one for one in found if isinstance(one, Reject)]
    assert len(rejects) == 1 and why in rejects[0].reason and "entry 2" in rejects[0].where and rejects[0].broken


@pytest.mark.parametrize("fault", ["Fish & chips", "Fish &nbsp;& chips", "Fish & \x07chips"])
def test_a_fault_with_one_plain_meaning_is_put_right(fault: str) -> None:
    entry = (
        f"<item><title>{fault}</title><link>https://paper.example/x?a=1&b=2</link><description>d</description></item>"
    )
    found = read(rss([item(1), entry]))
    assert [one.title for one in found if isinstance(one, Article)] == ["Story 1", "Fish & chips"]


def laughs() -> str:
    rows = "".join(f'<!ENTITY lol{n} "{f"&lol{n - 1};" * 10}">' for n in range(1, 10))
    return f'<!DOCTYPE rss [<!ENTITY lol0 "lol">{rows}]>'


BOMBS = {
    "billion laughs": (laughs(), "&lol9;"),
    "quadratic": (f'<!DOCTYPE rss [<!ENTITY a "{"a" * 100_000}">]>', "&a;" * 10_000),
    "external": ('<!DOCTYPE rss [<!ENTITY file SYSTEM "file:///etc/hostname">]>', "&file;"),
    "parameter": ('<!DOCTYPE rss [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd"> %p;]>', "&p;"),
}


@pytest.mark.parametrize("form", ["rss", "wxr"])
@pytest.mark.parametrize("name", BOMBS)
def test_entity_bombs_do_not_go_off(name: str, form: str) -> None:
    head, use = BOMBS[name]
    bomb = (
        f"<item><title>Bomb</title><link>https://paper.example/x</link><content:encoded>{use}</content:encoded></item>"
    )
    found = read(rss([item(1), bomb, item(2)], head=head), form=form)
    assert [one.title for one in found if isinstance(one, Article)] == ["Story 1", "Story 2"]
    assert [one.reason for one in found if isinstance(one, Reject)] != [] and "entity" in str(found[1])


def test_what_is_no_feed_is_said() -> None:
    with pytest.raises(InputError, match="is not a feed"):
        read("just words")
    assert read(rss([])) == []


@pytest.mark.parametrize(
    ("text", "full", "pages", "teaser"),
    [
        ("Short.", False, "auto", True),
        ("word " * 100, False, "auto", False),
        ("word " * 100 + "[\u2026]", False, "auto", True),
        ("word " * 100 + "Continue reading The grid \u2192", False, "auto", True),
        ("Short.", True, "auto", False),
        ("Short.", False, "never", False),
        ("Short.", True, "always", True),
    ],
)
def test_which_entries_are_teasers(text: str, full: bool, pages: str, teaser: bool) -> None:
    assert is_teaser(text.strip(), full=full, settings=Intake.model_validate({"feed_pages": pages})) == teaser


def test_a_file_may_be_packed(tmp_path: Path) -> None:
    import gzip

    from ourtake.intake.articles import articles_from

    (tmp_path / "feed.xml.gz").write_bytes(gzip.compress(rss([item(1)]).encode()))
    settings = Settings()
    crawl = Crawl(settings, Journal(), no_visitor)  # type: ignore[arg-type]
    found = list(articles_from(str(tmp_path / "feed.xml.gz"), form="auto", settings=settings, crawl=crawl))
    assert only(found).title == "Story 1"

"""The pieces that readers are made of: cutting, dates, characters, HTML, packed files."""

from __future__ import annotations

import pytest

from ourtake.errors import FetchError, InputError
from ourtake.intake.dates import read_date
from ourtake.intake.decompress import unpacked
from ourtake.intake.encoding import decoded, unescaped
from ourtake.intake.formats import format_of, head_of, is_web_page
from ourtake.intake.html_text import markdown_of
from ourtake.intake.internal_links import inside_links
from ourtake.intake.splitting import Splitter, blocks_of, repaired
from ourtake.text.words import canonical_url

CUT = {
    "plain": (
        "<r><item>a</item> <item x='1'>b</item></r>",
        [("<item>a</item>", False), ("<item x='1'>b</item>", False)],
    ),
    "in CDATA": ("<r><item><![CDATA[</item><item>]]></item></r>", [("<item><![CDATA[</item><item>]]></item>", False)]),
    "in a comment": ("<r><!-- <item>no</item> --><item>a</item></r>", [("<item>a</item>", False)]),
    "no end": ("<r><item>a<item>b</item></r>", [("<item>a", True), ("<item>b</item>", False)]),
    "cut off": ("<r><item>a</item><item>b", [("<item>a</item>", False), ("<item>b", True)]),
    "empty": ("<r><item/><item>a</item></r>", [("<item/>", False), ("<item>a</item>", False)]),
    "CDATA without an end": (
        "<r><item><![CDATA[a</item><item><![CDATA[b]]></item></r>",
        [("<item><![CDATA[a</item>", False), ("<item><![CDATA[b]]></item>", False)],
    ),
    "other names": ("<r><items><itemize>x</itemize></items><item>a</item></r>", [("<item>a</item>", False)]),
    "prefixed": ("<r xmlns:a='b'><a:item>x</a:item></r>", [("<a:item>x</a:item>", False)]),
    "none": ("<r>nothing</r>", []),
}


@pytest.mark.parametrize("size", [1, 7, 4096])
@pytest.mark.parametrize("name", CUT)
def test_cutting_whatever_the_blocks(name: str, size: int) -> None:
    text, expected = CUT[name]
    data = text.encode()
    cutter = Splitter([data[first : first + size] for first in range(0, len(data), size)], names=("item",))
    assert [(piece.text, piece.fault is not None) for piece in cutter] == expected
    assert cutter.root.startswith("<r")


def test_a_document_without_entries_is_not_kept_without_end() -> None:
    with pytest.raises(InputError, match="no entry within"):
        list(Splitter((b"<r>" + b"x" * 1_000_000 for _ in range(100)), names=("item",)))


HOSTILE_SHAPES = {
    "open comments": b"<r>" + b"<!--" * 1_000_000,
    "open sections": b"<r><item>" + b"<![CDATA[" * 400_000 + b"]]></item></r>",
    "open sections without end": b"<r><item>" + b"<![CDATA[" * 400_000 + b"</item></r>",
    "open entries": b"<r>" + b"<item>" * 200_000,
    "open tags": b"<r>" + b"<item " * 500_000,
}


@pytest.mark.parametrize("name", HOSTILE_SHAPES)
def test_shapes_that_would_cost_a_square_of_their_length(name: str) -> None:
    # Taken by the square, each of these would take hours: the suite's own time-out is the judge.
    for piece in Splitter(blocks_of(HOSTILE_SHAPES[name]), names=("item",)):
        assert len(repaired(piece.text)) <= len(HOSTILE_SHAPES[name])


@pytest.mark.parametrize(("encoding", "named"), [("utf-8", "cp1251"), ("cp1251", "cp1251"), ("cp1252", "")])
def test_the_encoding_of_a_feed_is_that_of_its_first_block_with_other_letters(encoding: str, named: str) -> None:
    word = "F\u00e4hre" if encoding == "cp1252" else "\u041f\u0430\u0440\u043e\u043c"
    blocks = [b"<r>", b"<item>ferry</item>" * 2000, f"<item>{word} {word}</item></r>".encode(encoding)]
    assert [piece.text for piece in Splitter(blocks, names=("item",), named=named)][-1] == f"<item>{word} {word}</item>"


def test_memory_holds_one_entry_at_a_time() -> None:
    entry = b"<item>" + b"y" * 100_000 + b"</item>"
    cutter = Splitter((b"<r>" if number == 0 else entry for number in range(400)), names=("item",))
    largest = 0
    for _ in cutter:
        largest = max(largest, len(cutter._buffer))
    assert largest < 400_000


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("a & b &amp; c &nbsp; &#8217; &copy;", "a &amp; b &amp; c &#160; &#8217; &#169;"),
        ("<![CDATA[a & b]]> & c", "<![CDATA[a & b]]> &amp; c"),
        ("&lol9; stays", "&lol9; stays"),
        ("bell\x07 and \x0b", "bell and "),
    ],
)
def test_plain_faults_are_put_right(given: str, expected: str) -> None:
    assert repaired(given) == expected


DATES = {
    "Tue, 04 Mar 2025 10:00:00 GMT": "2025-03-04T10:00:00+00:00",
    "Fri, 04 Mar 25 10:00:00 EST": "2025-03-04T10:00:00-05:00",  # the wrong weekday, a year of two digits
    "04 Mar 99 10:00": "1999-03-04T10:00:00",
    "Tue, 04 Mar 2025 10:00:00 +9900": "2025-03-04T10:00:00",
    "2025-03-04": "2025-03-04",
    "2025-03-04T10:00:00.123Z": "2025-03-04T10:00:00+00:00",
    "2025-03-04 10:00:00 +0530": "2025-03-04T10:00:00+05:30",
    "March 4th, 2025, 10:15 pm": "2025-03-04T22:15:00",
    "2087-01-01": "2087-01-01",
}
NO_DATES = [
    "0000-00-00 00:00:00",
    "Wed, 30 Nov -0001 00:00:00 +0000",
    "2025-02-30",
    "2025-13-01T00:00:00Z",
    "0001-01-01",
    "yesterday",
    "",
    None,
    "99",
    "12 Foo 2025",
]


@pytest.mark.parametrize("given", DATES)
def test_dates(given: str) -> None:
    assert read_date(given) == DATES[given]


@pytest.mark.parametrize("given", NO_DATES)
def test_what_is_no_date_is_none(given: str | None) -> None:
    assert read_date(given) is None


CAFE = "caf\u00e9 \u201cx\u201d"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (CAFE.encode(), "text/html"),
        (CAFE.encode("cp1252"), "text/html; charset=iso-8859-1"),
        (CAFE.encode("cp1252"), "text/html"),
        (b"\xff\xfe" + CAFE.encode("utf-16-le"), "text/html; charset=utf-8"),
        (("<p>" + CAFE).encode("utf-16-be"), ""),
        (b'<meta charset="windows-1252">' + CAFE.encode("cp1252"), "text/html"),
        (b'<?xml version="1.0" encoding="ISO-8859-1"?>' + CAFE.encode("cp1252"), "text/xml"),
        (b'<meta charset="no-such-thing">' + CAFE.encode(), "text/html; charset=base64"),
        (b'<meta charset="utf-16">' + CAFE.encode(), "text/html"),
    ],
)
def test_encodings(body: bytes, content_type: str) -> None:
    assert decoded(body, content_type).endswith(CAFE)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("Fish &amp;amp; chips", "Fish & chips"),
        ("<em>A</em>  b\n", "A b"),
        ("5 < 6 & 7", "5 < 6 & 7"),
        ("&#8217;&hellip;", "\u2019\u2026"),
    ],
)
def test_a_line_unescaped(given: str, expected: str) -> None:
    assert unescaped(given) == expected


HTML = {
    "<p>A <b>bold </b>word<script>x()</script> and <a href='/x(1)'>a [link]</a></p>": "A **bold** word and [a "
    "\\[link\\]](https://p.example/x%281%29)",
    "<h2>Head</h2><ul><li>One<li>Two<ol><li>in</ol></ul>": "## Head\n\n- One\n- Two\n  1. in",
    "<blockquote><p>Said<br>twice</blockquote>": "> Said\n> twice",
    "<a href='javascript:x()'>no</a> <a href='/y'> <img src=x></a>": "no",
    "<pre>a\n  b</pre>": "```\na\n  b\n```",
    "<!-- nothing -->": "",
    "<table><tr><td>1<td>2</table>": "1 2",
}


@pytest.mark.parametrize("given", HTML)
def test_html(given: str) -> None:
    assert markdown_of(given, base="https://p.example/a/") == HTML[given]


def test_deep_html_ends() -> None:
    assert "<" not in markdown_of(
        "<div><b><ul><li>" * 50_000 + "x"
    )  # the parser drops what lies too deep; nothing recurses
    assert len(markdown_of("<a href=https://x.example/>x" * 5000)) > 5000


def test_inside_links() -> None:
    text = (
        "[a](/a/#x) [again](https://www.p.example/a?utm_medium=x) [out](https://q.example/) "
        "[own](https://p.example/own/) [b](http://p.example:80/b?id=1&fbclid=2)"
    )
    assert inside_links(text, "https://p.example/own", "") == ("https://p.example/a", "https://p.example/b?id=1")
    assert inside_links("[x](https://other.example/x)", "https://p.example/own", "https://other.example/") == (
        "https://other.example/x",
    )


@pytest.mark.parametrize(
    "key", "utm_source UTM_Campaign fbclid gclid mc_cid mc_eid _hsenc igshid mkt_tok srsltid msclkid smid".split()
)
def test_tracking_parameters_are_off(key: str) -> None:
    assert canonical_url(f"HTTP://P.example:80/a/?{key}=1&id=2#top") == "https://p.example/a?id=2"


@pytest.mark.parametrize("key", ["id", "p", "page", "s", "article_id", "smiddle", "preference"])
def test_other_parameters_stay(key: str) -> None:
    assert canonical_url(f"https://p.example/?{key}=1") == f"https://p.example?{key}=1"


FORMATS = {
    "<?xml version='1.0'?><!-- x --><rss version='2.0'><channel>": "rss",
    "<rss xmlns:wp='http://wordpress.org/export/1.2/'><channel>": "wxr",
    "<rdf:RDF xmlns='http://purl.org/rss/1.0/'>": "rss",
    "<feed xmlns='http://www.w3.org/2005/Atom'>": "atom",
    "<!DOCTYPE rss [<!ENTITY a 'b'>]><rss>": "rss",
    "<sitemapindex xmlns='x'>": "sitemap",
    "https://p.example/a\nhttps://p.example/b\n": "sitemap",
    "<!DOCTYPE html><html><head>": None,
    '{"url": 1}': "jsonl",
    "words": None,
    "<svg>": None,
}


@pytest.mark.parametrize("head", FORMATS)
def test_formats_are_recognised_by_how_they_begin(head: str) -> None:
    for mark in (b"", b"\xef\xbb\xbf"):
        found = head_of(mark + head.encode())
        named = format_of(found)
        assert (named and named.name) == FORMATS[head]
        assert is_web_page(found) == ("html" in head)


def test_a_packed_bomb_in_a_file() -> None:
    import gzip

    with pytest.raises(FetchError, match="larger than"):
        unpacked(gzip.compress(b"\0" * 20_000_000), limit=1_000_000)
    assert unpacked(b"plain", limit=10) == b"plain"


def test_blocks_are_all_of_it() -> None:
    data = bytes(range(256)) * 5000
    assert b"".join(blocks_of(data)) == data

"""`archive add` as a process on the exports of other programs, and on what is not a list of articles."""

from __future__ import annotations

import csv
import gzip
import io
import json
import secrets
import zipfile
from pathlib import Path
from typing import Any

import pytest

from ourtake.errors import InputError
from ourtake.intake.lines import lines
from tests.conftest import Run
from tests.intake.site import Answer, Site, article_page, rss, sitemap
from tests.intake.test_importing import allow, articles

WORDS = (
    "The ferry company wants a second berth at the old fish quay, and the harbour board will vote on it in May. " * 9
)
PAPER = '[publication]\nurl = "https://gazette.example"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "ourtake.toml").write_text(PAPER)
    return tmp_path


def found(run: Run, folder: Path, *words: str, code: int = 0) -> dict[str, Any]:
    done = run("archive", "add", *words, "--json", folder=folder)
    assert done.returncode == code, done.stdout + done.stderr
    return dict(json.loads(done.stdout))


def by_title(folder: Path) -> dict[str, Any]:
    return {article.title: article for article in articles(folder)}


def test_a_json_feed(run: Run, folder: Path) -> None:
    items = [
        {
            "id": "9",
            "url": "/berth",
            "title": "Second berth",
            "content_html": f"<p>{WORDS} <a href='/quay'>The quay</a></p>",
            "date_published": "2025-03-04T10:00:00+01:00",
            "tags": ["port"],
            "authors": [{"name": "Ann"}, {"name": "Bo"}],
        },
        {"id": "https://gazette.example/note", "content_text": WORDS},
        {"title": "No address", "content_text": WORDS},
    ]
    feed = {"title": "G", "version": "https://jsonfeed.org/version/1.1", "home_page_url": "https://gazette.example"}
    (folder / "feed.json").write_text(json.dumps(feed | {"items": items}))
    done = found(run, folder, "feed.json", code=1)
    assert (done["added"], done["skipped"], done["not_taken"]) == (
        1,
        2,
        {"an item without a title, as a note has none": 1},
    )
    (article,) = articles(folder)
    assert (article.url, article.author, article.tags) == ("https://gazette.example/berth", "Ann, Bo", ("port",))
    assert article.links == ("https://gazette.example/quay",)


@pytest.mark.parametrize("indent", [None, 2])
def test_a_ghost_export(run: Run, folder: Path, indent: int | None) -> None:
    html = f'<p>{WORDS} <a href="__GHOST_URL__/the-quay/">The quay</a></p>'
    posts = [
        {"id": "a", "title": "Second berth", "slug": "second-berth", "html": html, "status": "published",
         "type": "post", "published_at": "2025-03-04T10:00:00.000Z", "custom_excerpt": "Short."},
        {"id": "b", "title": "The quay", "slug": "the-quay", "html": html, "status": "draft", "type": "post"},
        {"id": "c", "title": "About us", "slug": "about", "html": html, "status": "published", "type": "page"},
    ]  # fmt: skip
    data = {
        "posts": posts,
        "tags": [{"id": "t", "name": "Port"}, {"id": "u", "name": "#internal"}],
        "posts_tags": [
            {"post_id": "a", "tag_id": "u", "sort_order": 0},
            {"post_id": "a", "tag_id": "t", "sort_order": 1},
        ],
        "users": [{"id": "w", "name": "Ann"}],
        "posts_authors": [{"post_id": "a", "author_id": "w"}],
    }
    (folder / "g.json").write_text(json.dumps({"db": [{"meta": {}, "data": data}]}, indent=indent))
    done = found(run, folder, "g.json", "--permalink", "/:year/:slug/")
    assert done["left_out"] == {"a draft": 1, "a page of the site, not a post": 1}
    (article,) = articles(folder)
    assert article.url == "https://gazette.example/2025/second-berth/"
    assert (article.tags, article.author, article.summary) == (("Port",), "Ann", "Short.")
    assert article.links == ("https://gazette.example/the-quay",)
    (folder / "ourtake.toml").unlink()
    done_without = run("archive", "add", "g.json", folder=folder)
    assert done_without.returncode == 2 and "Set [publication] url" in done_without.stderr


def substack(folder: Path) -> None:
    (folder / "posts").mkdir(parents=True)
    table = io.StringIO()
    rows = csv.writer(table)
    rows.writerow("post_id post_date is_published type audience title subtitle".split())
    rows.writerow(
        ["7.second-berth", "2025-03-04T10:00:00.000Z", "true", "newsletter", "everyone", "Second berth", "Who pays"]
    )
    rows.writerow(["8.draft", "", "false", "newsletter", "everyone", "A draft", ""])
    rows.writerow(["9.lost", "2025-03-05T10:00:00.000Z", "true", "newsletter", "everyone", "Lost", ""])
    (folder / "posts.csv").write_text(table.getvalue())
    link = '<a href="https://gazette.example/p/lost">lost</a>'
    (folder / "posts" / "7.second-berth.html").write_text(f"<p>{WORDS} {link}</p>")


def medium(folder: Path) -> None:
    (folder / "posts").mkdir(parents=True)
    page = (
        '<html><head><title>Second berth</title></head><body><article class="h-entry"><h1 class="p-name">'
        f'Second berth</h1><section class="e-content"><h3>Second berth</h3><p>{WORDS}</p></section><footer>'
        '<a class="p-author h-card">Ann'
        '</a><time class="dt-published" datetime="2025-03-04T10:00:00.000Z">March 4</time>'
        '<a href="https://gazette.example/second-berth" class="p-canonical">Link</a></footer></article></body></html>'
    )
    (folder / "posts" / "2025-03-04_Second-berth-ab12.html").write_text(page)
    (folder / "posts" / "draft_Nothing-ab13.html").write_text(page)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("kind", ["substack", "medium"])
def test_the_exports_of_substack_and_medium(run: Run, folder: Path, kind: str, packed: bool) -> None:
    {"substack": substack, "medium": medium}[kind](folder / "export")
    name = "export"
    if packed:
        name = "export.zip"
        with zipfile.ZipFile(folder / name, "w") as archive:
            for path in sorted((folder / "export").rglob("*.*")):
                archive.write(path, path.relative_to(folder / "export"))
    done = found(run, folder, name, code=1 if kind == "substack" else 0)
    assert done["added"] == 1 and done["left_out"] == {"a draft": 1}
    assert all(row["where"].startswith(name) for row in done["rejects"])
    (article,) = articles(folder)
    wanted = {"substack": "https://gazette.example/p/second-berth", "medium": "https://gazette.example/second-berth"}
    assert (article.url, article.title) == (wanted[kind], "Second berth")
    assert article.published == "2025-03-04T10:00:00+00:00" and article.text.startswith("The ferry company")


def test_a_list_in_json(run: Run, folder: Path) -> None:
    rows = [{"url": f"https://gazette.example/{n}", "title": f"Story {n}", "text": WORDS} for n in (1, 2)]
    (folder / "list.json").write_text(json.dumps([*rows, {"url": "x"}], indent=1))
    assert found(run, folder, "list.json", code=1)["added"] == 2


OTHER = {
    "feeds.opml": (
        '<?xml version="1.0"?><opml version="2.0"><body>'
        '<outline xmlUrl="https://a.example/feed?x=1&amp;y=2"/></body></opml>',
        "an OPML list of feeds, not of articles. Add its feeds themselves: "
        "ourtake archive add 'https://a.example/feed?x=1&y=2'.",
    ),
    "Bookmarks": (
        '{"checksum": "a", "roots": {"bookmark_bar": {"children": [{"type": "url", "url": "https://a.example"}]}}}',
        "a browser's bookmarks",
    ),
    "bookmarks-2025.json": (
        '{"guid": "root", "type": "text/x-moz-place-container", "children": [{"uri": "https://a.example/x"}]}',
        "a browser's bookmarks",
    ),
    "story.pdf": ("%PDF-1.7\n", "a PDF document"),
    "bookmarks.html": (
        "<!DOCTYPE NETSCAPE-Bookmark-file-1>\n<TITLE>Bookmarks</TITLE><DL></DL>",
        "a browser's bookmarks",
    ),
}


@pytest.mark.parametrize("name", OTHER)
def test_what_is_not_a_list_of_articles_is_named(run: Run, folder: Path, site: Site, name: str) -> None:
    text, said = OTHER[name]
    (folder / name).write_text(text)
    done = run("archive", "add", name, folder=folder)
    assert done.returncode == 2 and said in done.stderr
    allow(folder, site)
    site.pages["/x"] = Answer(text.encode(), headers={"Content-Type": "text/xml"})
    done = run("archive", "add", f"{site.url}/x", folder=folder)
    assert done.returncode == 2 and said in done.stderr


WXR = (
    '<rss xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:wp="http://wordpress.org/export/1.2/"><channel>'
    "<wp:wxr_version>1.2</wp:wxr_version>{}</channel></rss>"
)


def wxr_item(number: int, kind: str = "post", text: str = WORDS) -> str:
    return (
        f"<item><title>Story {number}</title><link>https://gazette.example/s/{number}/</link>"
        f"<content:encoded><![CDATA[{text}]]></content:encoded><wp:post_id>{number}</wp:post_id>"
        f"<wp:status>publish</wp:status><wp:post_type>{kind}</wp:post_type></item>"
    )


def test_types_and_numbered_links_of_wordpress(run: Run, folder: Path) -> None:
    links = (
        '<a href="https://gazette.example/?p=2">a</a> <a href="/?p=3">b</a> <a href="https://other.example/?p=2">c</a> '
        '<a href="/index.php?page_id=5&preview=true">d</a> <a href="https://gazette.example/?lang=en&amp;p=6#top">e</a>'
    )
    items = [
        wxr_item(1, text=f"{WORDS} {links}"),
        wxr_item(2),
        wxr_item(3, "event"),
        wxr_item(4, "attachment"),
        wxr_item(5),
        wxr_item(6),
    ]
    (folder / "e.xml").write_text(WXR.format("".join(items)))
    done = found(run, folder, "e.xml")
    assert (done["added"], done["skipped"], done["not_taken"]) == (4, 1, {"of the type event": 1})
    assert done["notes"] == ["Not read in e.xml: 1 attachment."] and "wordpress_types" in done["rejects"][0]["reason"]
    linked = ("s/2", "s/3", "s/5", "s/6")
    assert by_title(folder)["Story 1"].links == tuple(f"https://gazette.example/{path}" for path in linked)
    (folder / "ourtake.toml").write_text(PAPER + '[intake]\nwordpress_types = ["event"]\n')
    assert found(run, folder, "e.xml")["added"] == 1


def test_two_articles_with_one_address_are_said(run: Run, folder: Path) -> None:
    line = {"url": "https://gazette.example/1", "title": "Second berth", "text": WORDS, "published": "2025-03-04"}
    rows = [line, line | {"title": "Regatta"}, line | {"id": "x", "url": "https://gazette.example/2"},
            line | {"id": "x", "url": "https://gazette.example/2", "text": "A later text."}]  # fmt: skip
    (folder / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    for _ in range(2):  # a second import says the same and changes nothing
        done = found(run, folder, "a.jsonl", code=1)
        assert (done["skipped"], done["repeated"]) == (1, 1)
        assert "'Regatta' has the address of 'Second berth'" in done["rejects"][0]["reason"]
        assert {article.title for article in articles(folder)} == {"Second berth"}
        assert {article.text for article in articles(folder)} == {WORDS, "A later text."}


def test_www_makes_no_other_address(run: Run, folder: Path) -> None:
    line = {"url": "https://www.gazette.example/1?utm_source=x", "title": "Berth", "text": WORDS, "tags": ["port"]}
    (folder / "a.jsonl").write_text(json.dumps(line))
    assert found(run, folder, "a.jsonl")["added"] == 1
    bare = {"url": "http://gazette.example/1/", "title": "Berth", "text": f"{WORDS} New."}
    rows = [bare, bare | {"url": "https://www.gazette.example/1", "title": "Regatta"}]
    (folder / "b.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    done = found(run, folder, "b.jsonl", code=1)
    assert (done["updated"], done["skipped"]) == (1, 1)
    assert "'Regatta' has the address of 'Berth'" in done["rejects"][0]["reason"]
    (article,) = articles(folder)
    assert article.tags == ("port",) and article.text.endswith("New.")
    assert run("archive", "remove", "https://WWW.gazette.example/1#top", folder=folder).returncode == 0
    assert articles(folder) == []


def test_a_poorer_copy_costs_nothing(run: Run, folder: Path) -> None:
    rich = {"url": "https://gazette.example/1", "title": "Berth", "text": WORDS, "published": "2025-03-04",
            "tags": ["port"], "author": "Ann", "links": ["https://gazette.example/2"]}  # fmt: skip
    (folder / "a.jsonl").write_text(json.dumps(rich))
    poor = entry("Berth", 1).replace(WORDS, f"{WORDS} New.")
    (folder / "feed.xml").write_text(rss([poor]))
    found(run, folder, "a.jsonl")
    assert found(run, folder, "feed.xml")["updated"] == 1
    (article,) = articles(folder)
    assert article.text.endswith("New.") and (article.published, article.tags, article.author) == (
        "2025-03-04",
        ("port",),
        "Ann",
    )
    assert article.links == ("https://gazette.example/2",)


def test_an_amp_copy_is_its_page(run: Run, folder: Path, site: Site) -> None:
    allow(folder, site)
    dated = '<meta property="article:published_time" content="2025-03-04">'
    page = article_page(WORDS, title="Second berth", head=dated)
    copy = article_page("Half of it. " * 20, title="Second berth", head='<link rel="canonical" href="/berth">')
    copy = copy.replace("<html>", "<html amp>", 1)
    for path, text in (("/berth", page), ("/berth/amp", copy)):
        site.pages[path] = Answer(text.encode(), headers={"Content-Type": "text/html"})
    site.xml("/sitemap.xml", sitemap(f"{site.url}/berth/amp", f"{site.url}/berth"))
    assert found(run, folder, f"{site.url}/sitemap.xml")["added"] == 1
    (article,) = articles(folder)
    assert article.url == f"{site.url}/berth" and article.published == "2025-03-04" and "second berth" in article.text
    site.xml("/copies.xml", sitemap(f"{site.url}/berth/amp"))
    found(run, folder, f"{site.url}/copies.xml")
    assert [one.published for one in articles(folder)] == ["2025-03-04"]


def test_a_cookie_goes_back_within_a_chain_of_redirects(run: Run, folder: Path, site: Site) -> None:
    allow(folder, site)
    feed = rss(
        [f"<item><title>A</title><link>https://gazette.example/1</link><description>{WORDS}</description></item>"]
    )
    away = Answer(status=302, headers={"Location": "/feed", "Set-Cookie": "seen=yes; Path=/; HttpOnly"})
    site.pages["/feed"] = lambda headers: (
        Answer(feed.encode(), headers={"Content-Type": "text/xml"}) if headers.get("Cookie") == "seen=yes" else away
    )
    assert found(run, folder, f"{site.url}/feed")["added"] == 1
    found(run, folder, f"{site.url}/feed", "--again")
    asked = [headers.get("Cookie") for path, headers in zip(site.asked, site.headers, strict=True) if path == "/feed"]
    assert asked == [None, "seen=yes", None, "seen=yes"]  # no cookie outlives its chain


def entry(title: str, number: int) -> str:
    link = f"https://gazette.example/{number}"
    return f"<item><title>{title}</title><link>{link}</link><description>{WORDS}</description></item>"


TITLES = {
    "<![CDATA[Say <em>it</em> &amp; go]]>": "Say it & go",
    "<![CDATA[Why std::vector<T> won]]>": "Why std::vector<T> won",
    "The &lt;head&gt; element": "The <head> element",
    "<![CDATA[5 < 6 and 7 > 2]]>": "5 < 6 and 7 > 2",
}


def test_tags_in_titles(run: Run, folder: Path) -> None:
    (folder / "feed.xml").write_text(rss([entry(title, number) for number, title in enumerate(TITLES)]))
    found(run, folder, "feed.xml")
    assert set(by_title(folder)) == set(TITLES.values())


def test_bodies_and_bytes_as_they_were_meant(run: Run, folder: Path, site: Site) -> None:
    twice = entry("Twice", 1).replace(
        WORDS, "&amp;lt;p&amp;gt;One.&amp;lt;/p&amp;gt;&amp;lt;p&amp;gt;Two.&amp;lt;/p&amp;gt;" + "x " * 90
    )
    packed = gzip.compress(rss([twice]).encode()) + b"<!-- cached -->"
    (folder / "junk.xml.gz").write_bytes(packed)
    assert found(run, folder, "junk.xml.gz")["added"] == 1
    assert by_title(folder)["Twice"].text.startswith("One.\n\nTwo.")
    chinese = '<?xml version="1.0" encoding="gb2312"?>' + rss([entry("\u9555\u57fa", 2)]).partition("?>")[2]
    (folder / "gb.xml").write_bytes(chinese.encode("gb18030"))
    allow(folder, site)
    body = rss([entry("Caf\u00e9 du port", 3)]).encode()
    site.pages["/latin"] = Answer(body, headers={"Content-Type": "text/xml; charset=iso-8859-1"})
    found(run, folder, "gb.xml", f"{site.url}/latin")
    assert {"\u9555\u57fa", "Caf\u00e9 du port"} <= set(by_title(folder))


def test_lines_of_a_gzip_file_that_stops_half_way(tmp_path: Path) -> None:
    rows = "".join(
        f'{{"url": "https://gazette.example/{number}", "title": "{secrets.token_hex(9)}"}}\n'
        for number in range(20_000)
    )
    (tmp_path / "cut.jsonl.gz").write_bytes(gzip.compress(rows.encode())[:-1000])
    found = lines(tmp_path / "cut.jsonl.gz")
    with pytest.raises(InputError, match="stops half-way"):
        list(found)


def test_a_gzip_file_that_stops_half_way_is_an_error(run: Run, folder: Path) -> None:
    (folder / "cut.xml.gz").write_bytes(gzip.compress(rss([entry("A", 1)]).encode())[:-30])
    done = run("archive", "add", "cut.xml.gz", folder=folder)
    assert done.returncode == 2 and "stops half-way" in done.stderr and "Traceback" not in done.stderr


def test_an_empty_feed_says_so(run: Run, folder: Path) -> None:
    (folder / "feed.xml").write_text(rss([]))
    done = run("archive", "add", "feed.xml", folder=folder)
    assert done.returncode == 0 and "feed.xml holds no articles." in done.stderr

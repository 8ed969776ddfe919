"""`archive add` as a process: what is not a published article is left out; a date that can't be read is listed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ourtake.intake.unpublished import why_unpublished
from tests.conftest import Run
from tests.intake.site import Answer, Site, article_page, item, rss, sitemap
from tests.intake.test_importing import allow, articles

WORDS = (
    "The council met on Tuesday to hear how the harbour wall is paid for, "
    "and who carries the cost if the contractor asks for more money. " * 3
)
FUTURE = "2999-01-01"

LEFT_OUT_FILES = {
    "_drafts/a.md": ("title: A", "a draft"),
    "b.md": ('title: A\ndraft: "true"', "a draft"),
    "c.md": ("title: A\nstatus: Draft", "a draft"),
    "d.md": ("title: A\nstatus: pending", "not published"),
    "e.md": (f"title: A\ndate: 2025-01-01\npublishDate: {FUTURE}", "not published yet"),
    "f.md": (f"title: A\ndate: {FUTURE}", "not published yet"),
    "g.md": ("title: A\nexpiryDate: 2020-01-01", "not published any more"),
    "h.md": ("title: A\nredirect_to: https://x.example/", "a redirect"),
    "i.md": ("title: A\nrobots: noindex, follow", "kept from search engines"),
    "j.md": ("title: A\nlayout: home", "a page of another kind"),
    "k.md": ("title: Page not found", "a page that says that it is missing"),
    "l.md": ("title: A\nheadless: true", "not made into a page"),
    "m.md": (f"title: A\npublished: {FUTURE}", "not published yet"),
    "n.md": ("title: A\npublish: false", "a draft"),
    "o.md": ("title: A\nprivate: true", "not published"),
    "p.md": ("title: A\nstate: draft", "a draft"),
    "q.md": ("title: A\nvisibility: hidden", "not published"),
    "drafts/r.md": ("title: A", "a draft"),
    "s.md": ("title: A\npassword: open", "not published"),
    "tags/harbour.md": ("title: Harbour", "a tag page, not an article"),
    "t.md": ("title: A\nsitemap: false", "kept from search engines"),
    "u.md": ("title: A\nsitemap:\n  disable: true", "kept from search engines"),
    "v.md": ("title: A\nbuild:\n  list: never", "kept from search engines"),
    "w.md": ("title: A\nisAccessibleForFree: false", "a paywalled stub"),
    "x.md": ("title: A\npremium: true", "a paywalled stub"),
    "aa.md": ("title: A\nis_draft: true", "a draft"),
    "ab.md": ("title: A\npublic: false", "a draft"),
    "ac.draft.md": ("title: A", "a draft"),
    "Entwürfe/ad.md": ("title: A", "a draft"),
    "ae.md": ("title: A\nworkflow_state: In progress", "not published"),
    "af.md": (f"title: A\nembargo: {FUTURE}", "not published yet"),
    "ag.md": ("title: A\nlisted: false", "kept from search engines"),
    "ah.md": ("title: A\nunpublish_date: 2020-01-01", "not published any more"),
    "draft/ai.md": ("title: A", "a draft"),
    "index.md": ("title: The Harbour Post", "the home page"),
}


def test_files_that_are_not_published(run: Run, tmp_path: Path) -> None:
    (tmp_path / "ourtake.toml").write_text('[publication]\nurl = "https://paper.example"\n')
    for name, (keys, _) in LEFT_OUT_FILES.items():
        file = tmp_path / "posts" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"---\n{keys}\n---\n{WORDS}\n")
    for name, keys in {
        "y": 'draft: false\nstatus: published\nrobots: all\npublished: true\npassword: ""\nsitemap: true',
        "z": "date: 1. Mai 2025\npublishDate: 2025-05-01",
    }.items():
        (tmp_path / "posts" / f"{name}.md").write_text(f"---\ntitle: Story {name}\n{keys}\n---\n{WORDS}\n")
    for name, keys in {
        "draft/pick": "title: Story l\ndate: 2025-04-01\nlive: false",
        "live": "title: Story q\nlive: false",
        "draft/2025-04-03-r": "title: Story r",
    }.items():
        (tmp_path / "posts" / f"{name}.md").write_text(f"---\n{keys}\n---\n{WORDS}\n")
    (tmp_path / "posts" / "tags" / "2025-03-02-wall.md").write_text(f"---\ntitle: Story w\n---\n{WORDS}\n")
    (tmp_path / "posts" / "paid.md").write_text(
        f"---\ntitle: Story p\nisAccessibleForFree: false\nDate: 2025-02-03\n---\n{WORDS * 5}\n"
    )
    done = run("archive", "add", "posts", "--json")
    assert done.returncode == 0, done.stdout
    found = json.loads(done.stdout)
    assert (found["added"], found["skipped"]) == (7, len(LEFT_OUT_FILES))
    reasons = [reason for _, reason in LEFT_OUT_FILES.values()]
    assert found["left_out"] == {reason: reasons.count(reason) for reason in reasons}
    assert "a draft (11)" in run("archive", "add", "posts").stdout
    assert {article.title: article.published for article in articles(tmp_path)} == {
        "Story y": None,
        "Story z": "2025-05-01",
        "Story w": "2025-03-02",
        "Story p": None,
        "Story l": "2025-04-01",
        "Story q": None,
        "Story r": "2025-04-03",
    }


@pytest.mark.parametrize("key", ["expiryDate", "unpublishOn", "unpublish_date", "publishOn", "Embargo"])
def test_the_key_that_says_so_is_named_as_it_is_written(key: str) -> None:
    date = "2020-01-01" if key[0] in "eu" else FUTURE
    reason = why_unpublished({"title": "A", key: date})
    assert reason is not None and f"({key} {date})" in reason


def test_a_stub_is_not_an_article_in_a_file_either(run: Run, tmp_path: Path) -> None:
    (tmp_path / "ourtake.toml").write_text('[publication]\nurl = "https://paper.example"\n')
    (tmp_path / "posts").mkdir()
    stub = "The council met on Tuesday. Subscribe to continue reading."
    (tmp_path / "posts" / "a.md").write_text(f"---\ntitle: A\n---\n{stub}\n")
    (tmp_path / "posts" / "b.md").write_text(f"---\ntitle: B\n---\n{WORDS}\n")
    line = {"url": "https://paper.example/c", "title": "C", "text": stub}
    paid = {"url": "https://paper.example/d", "title": "D", "text": WORDS, "isAccessibleForFree": False}
    whole = paid | {"url": "https://paper.example/e", "title": "E", "text": WORDS * 5}
    (tmp_path / "c.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in (line, paid, whole)))
    done = run("archive", "add", "posts", "c.jsonl", "--json")
    found = json.loads(done.stdout)
    assert found["added"] == 2 and found["left_out"] == {"a paywalled stub": 3}, done.stdout


def test_a_folder_where_nothing_is_of_a_kind_that_is_read(run: Run, tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    for name in ("a.rst", "b.txt", "c.pdf", "d.docx"):
        (tmp_path / "none" / name).write_text("words")
    done = run("archive", "add", "none")
    assert done.returncode == 1 and done.stdout.startswith("0 added, 0 updated, 0 unchanged, 4 skipped"), done.stdout
    for line in (
        "a.rst: a .rst file without a title that could be read (give it front matter with a title).",
        "c.pdf: unsupported format (.pdf; save it as Markdown with a title).",
    ):
        assert f"skipped none/{line}" in done.stdout


LIST_LD = '<script type="application/ld+json">{"@graph": [{"@type": "CollectionPage"}, {"@type": "WebSite"}]}</script>'
PAID_LD = '<script type="application/ld+json">{"@type": "NewsArticle", "isAccessibleForFree": "False"}</script>'
LEFT_OUT_PAGES = {
    "/noindex": (
        article_page(WORDS, title="A", head='<meta name="robots" content="NOINDEX,follow">'),
        "kept from search engines",
    ),
    "/moved": (
        '<html><head><title>A</title><meta http-equiv="refresh" content="0; url=/p/1"></head><body></body></html>',
        "a redirect",
    ),
    "/gone": (
        article_page("We looked everywhere for it.", title="Page not found | The Paper"),
        "a page that says that it is missing",
    ),
    "/": (article_page(WORDS, title="The Paper"), "the home page"),
    "/tag/power/": (article_page(WORDS, title="Power"), "a list of articles"),
    "/power": (article_page(WORDS, title="Power", head=LIST_LD), "a list of articles"),
    "/stub": (
        article_page("The first words. </p><p>Subscribe to continue reading.", title="A stub"),
        "a paywalled stub",
    ),
    "/paid": (article_page(WORDS, title="A paid story", head=PAID_LD), "a paywalled stub"),
}
WHOLE = {
    "/p/refreshed": article_page(WORDS, title="Reloads", head='<meta http-equiv="refresh" content="600">'),
    "/p/long": article_page(WORDS * 8, title="Long and paid", head=PAID_LD),
    "/topics/wall": article_page(
        WORDS, title="Topic", head='<meta property="article:published_time" content="2025-03-04">'
    ),
    "/p/missing": article_page(WORDS, title="Why a page not found costs a paper its readers"),
}


@pytest.fixture
def paper(site: Site, tmp_path: Path) -> Site:
    for path, page in {**{path: page for path, (page, _) in LEFT_OUT_PAGES.items()}, **WHOLE}.items():
        site.pages[path] = Answer(page.encode(), headers={"Content-Type": "text/html"})
    site.pages["/header"] = Answer(
        article_page(WORDS, title="H").encode(), headers={"Content-Type": "text/html", "X-Robots-Tag": "noindex"}
    )
    site.pages["/old"] = Answer(status=302, headers={"Location": "/"})
    allow(tmp_path, site)
    return site


def test_pages_that_are_not_articles(run: Run, paper: Site, tmp_path: Path) -> None:
    paths = [*LEFT_OUT_PAGES, "/header", "/old"]
    paper.xml("/sitemap.xml", sitemap(*(paper.url + path for path in [*paths, *WHOLE])))
    done = run("archive", "add", f"{paper.url}/sitemap.xml")
    lines = done.stdout.splitlines()
    assert done.returncode == 0 and lines[0] == f"{len(WHOLE)} added, 0 updated, 0 unchanged, {len(paths)} skipped", (
        done.stdout
    )
    assert (
        lines[1].startswith("not published articles: kept from search engines (2), ")
        and "a paywalled stub (2)" in lines[1]
    )
    for path, (_, reason) in LEFT_OUT_PAGES.items():
        assert any(line.startswith(f"skipped {paper.url}{path}: {reason}") for line in lines), path
    assert {article.title for article in articles(tmp_path)} == {
        "Reloads",
        "Long and paid",
        "Topic",
        "Why a page not found costs a paper its readers",
    }


@pytest.mark.parametrize("path", [*LEFT_OUT_PAGES, "/header", "/old"])
def test_nor_is_such_a_page_a_source(run: Run, paper: Site, tmp_path: Path, path: str) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps({"url": "https://paper.example/1", "title": "Harbour", "text": WORDS}))
    assert run("archive", "add", "a.jsonl").returncode == 0
    done = run("related", paper.url + path)
    assert done.returncode == 2 and "is not a published article" in done.stderr and "Traceback" not in done.stderr
    assert run("related", f"{paper.url}/topics/wall").returncode == 0


def test_a_page_as_a_source_whose_date_can_not_be_read(run: Run, paper: Site, tmp_path: Path) -> None:
    head = '<meta property="article:published_time" content="{}">'
    (tmp_path / "a.jsonl").write_text(
        json.dumps(
            {"url": "https://paper.example/1", "title": "Harbour wall", "text": WORDS, "published": "2025-03-05"}
        )
    )
    assert run("archive", "add", "a.jsonl").returncode == 0
    for written, code in (("06/09/2009", 2), ("4 de marzo de 2025", 0)):
        page = article_page(WORDS, title="Harbour wall", head=head.format(written))
        paper.pages["/p/dated"] = Answer(page.encode(), headers={"Content-Type": "text/html"})
        done = run("related", f"{paper.url}/p/dated")
        assert done.returncode == code and ("2009-06-09" in done.stderr or "Nothing related" in done.stdout)


def test_a_teaser_of_a_page_that_is_not_an_article_is_left_out(run: Run, paper: Site, tmp_path: Path) -> None:
    entry = "<item><title>{t}</title><link>{u}</link><description>{d}</description></item>"
    whole = entry.format(t="Cut", u="https://x.example/1", d=f"{WORDS} Subscribe to keep reading this story.")
    paper.xml("/feed", rss([entry.format(t="Paid", u=f"{paper.url}/stub", d="A few words ..."), whole, item(1)]))
    done = run("archive", "add", f"{paper.url}/feed")
    assert (
        done.returncode == 0
        and done.stdout.startswith("1 added, 0 updated, 0 unchanged, 2 skipped")
        and "a paywalled stub (2)" in done.stdout
    )


def test_dates_that_can_not_be_read_are_listed_and_kept_by_every_reader(run: Run, paper: Site, tmp_path: Path) -> None:
    page = article_page(WORDS, title="A page", head='<meta property="article:published_time" content="06/09/2009">')
    paper.pages["/p/1"] = Answer(page.encode(), headers={"Content-Type": "text/html"})
    paper.xml("/sitemap.xml", sitemap(f"{paper.url}/p/1"))
    entry = item(1).replace("Tue, 04 Mar 2025 10:00:00 GMT", "Tue, 34 Mar 2025 10:00:00 GMT")
    (tmp_path / "feed.xml").write_text(rss([entry, item(2)]))
    lines = [
        {"url": f"https://x.example/{n}", "title": "T", "text": WORDS, "published": date}
        for n, date in enumerate(["soon", "06.09.2009"])
    ]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    (tmp_path / "posts").mkdir()
    (tmp_path / "posts" / "wall.md").write_text(
        f"---\ntitle: Wall\nurl: https://x.example/wall\ndate: 2025-02-31\n---\n{WORDS}"
    )
    done = run("archive", "add", f"{paper.url}/sitemap.xml", "feed.xml", "a.jsonl", "posts", "--rejects", "r.jsonl")
    assert done.returncode == 0 and done.stdout.startswith(
        "6 added, 0 updated, 0 unchanged, 0 skipped\n4 dates could not be read and are left empty\n"
    )
    written = {"06/09/2009", "Tue, 34 Mar 2025 10:00:00 GMT", "soon", "2025-02-31"}
    assert {
        next(one for one in written if one in line) for line in done.stdout.splitlines() if line.startswith("no date ")
    } == written
    rows = [json.loads(line) for line in (tmp_path / "r.jsonl").read_text().splitlines()]
    assert len(rows) == 4 and all(row["imported"] for row in rows)
    found = articles(tmp_path)
    assert {
        (article.model_extra or {}).get("unread_dates", {}).get("published")
        for article in found
        if article.published is None
    } == written
    assert "2009-09-06" in {article.published for article in found}
    # What an export holds is read back as it was.
    assert run("archive", "export", "out.jsonl").returncode == 0
    done = run("--store", "sqlite:///other.db", "archive", "add", "out.jsonl")
    assert done.stdout.startswith("6 added") and "4 dates" in done.stdout

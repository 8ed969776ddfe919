"""The wired path: `archive add`, `related` and `draft` as processes, against a site on loopback that the settings
allow.
"""

from __future__ import annotations

import gzip
import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ourtake.store import Store
from tests.conftest import Run, Start
from tests.intake.site import Answer, Site, article_page, item, rss, sitemap
from tests.intake.test_fetch import bomb, endless

TEXT = (
    "Story {n} is about the substation that nobody wanted, and <a href='/p/0'>the council</a> wrote to the "
    "ministry "
    "about it in spring."
)


def allow(folder: Path, site: Site, more: str = "") -> None:
    (folder / "ourtake.toml").write_text(site.settings + more, encoding="utf-8")


def pages_of(site: Site, count: int) -> list[str]:
    for number in range(count):
        site.page(f"/p/{number}", TEXT.format(n=number), title=f"Story number {number}")
    return [f"{site.url}/p/{number}" for number in range(count)]


def articles(folder: Path) -> list[Any]:
    with Store.open(f"sqlite:///{folder}/ourtake.db", create=False) as store:
        return list(store.articles())


def test_loopback_is_refused_where_the_settings_do_not_allow_it(run: Run, site: Site, tmp_path: Path) -> None:
    for words in (("archive", "add", site.url + "/feed"), ("related", site.url + "/x"), ("draft", site.url + "/x")):
        done = run(*words)
        assert (
            done.returncode == 2
            and "it leads to this machine." in done.stderr
            and "allow_hosts" in done.stderr
            and "Traceback" not in done.stderr
        )
    assert site.asked == [] and not (tmp_path / "ourtake.db").exists()


def test_a_feed_of_ten_thousand_with_a_hundred_broken(run: Run, site: Site, tmp_path: Path) -> None:
    broken = [
        "<item><title>No address</title></item>",
        "<item><title>Nested</link></title></item>",
        "<item><title>No end",
        "<item/>",
        "<item><title>&own;</title></item>",
    ]
    entries = [broken[number // 100 % 5] if number % 100 == 50 else item(number) for number in range(10_000)]
    site.pages["/feed"] = Answer(
        gzip.compress(rss(entries).encode()), headers={"Content-Type": "text/html", "Content-Encoding": "gzip"}
    )
    allow(tmp_path, site)
    done = run("archive", "add", site.url + "/feed")
    lines = done.stdout.splitlines()
    assert done.returncode == 1, done.stderr
    assert lines[0] == "9900 added, 0 updated, 0 unchanged, 100 skipped"
    assert sum(line.startswith("skipped ") for line in lines) == 20 and "entry 51" in lines[1]
    written = [
        json.loads(line) for line in (tmp_path / "ourtake.rejects.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    assert len(written) == 100
    assert len(articles(tmp_path)) == 9900


HOSTILE: dict[str, tuple[Answer, str]] = {
    "metadata": (Answer(status=302, headers={"Location": "http://169.254.169.254/latest/"}), "metadata"),
    "bomb": (Answer(bomb(300), headers={"Content-Encoding": "gzip", "Content-Type": "text/html"}), "larger than 50 MB"),
    "body": (Answer(raw=endless), "larger than 50 MB"),
    "circle": (Answer(status=301, headers={"Location": "/hostile/circle"}), "redirected more than 5 times"),
    "missing": (Answer(status=404), "no such page"),
    "closed": (Answer(b"x"), "robots.txt"),
    "picture": (Answer(b"\x89PNG", headers={"Content-Type": "image/png"}), "image/png"),
}


def test_a_sitemap_of_hostile_pages_and_the_rest_is_imported(run: Run, site: Site, tmp_path: Path) -> None:
    good = pages_of(site, 3)
    for name, (answer, _) in HOSTILE.items():
        site.pages[f"/hostile/{name}"] = answer
    site.pages["/p/latin"] = Answer(
        article_page(
            "Le conseil a \u00e9crit au minist\u00e8re, tr\u00e8s en retard, au sujet de la sous-station.",
            title="Le caf\u00e9",
        ).encode("latin-1"),
        headers={"Content-Type": "text/html; charset=ISO-8859-1"},
    )
    site.pages["/robots.txt"] = Answer(b"User-agent: *\nDisallow: /hostile/closed\n")
    site.xml("/sitemap.xml", sitemap(f"{site.url}/sitemap.xml", f"{site.url}/pages.xml", kind="sitemap"))
    site.xml(
        "/pages.xml",
        sitemap(
            *good,
            *(f"{site.url}/hostile/{name}" for name in HOSTILE),
            f"{site.url}/p/latin",
            "https://elsewhere.example/",
        ),
    )
    allow(tmp_path, site)
    done = run("archive", "add", site.url + "/sitemap.xml")
    assert done.returncode == 1, done.stderr
    assert done.stdout.splitlines()[0] == f"4 added, 0 updated, 0 unchanged, {len(HOSTILE) + 2} skipped"
    for name, (_, said) in HOSTILE.items():
        assert any(f"/hostile/{name}: " in line and said in line for line in done.stdout.splitlines()), name
    assert "already read" in done.stdout and "on a different site" in done.stdout
    assert {article.title for article in articles(tmp_path)} == {
        "Story number 0",
        "Story number 1",
        "Story number 2",
        "Le caf\u00e9",
    }


def test_unchanged_pages_are_not_fetched_again(run: Run, site: Site, tmp_path: Path) -> None:
    dated = pages_of(site, 3)

    def tagged(headers: Any) -> Answer:
        page = article_page(TEXT.format(n=9), title="Tagged").encode()
        return (
            Answer(status=304)
            if headers["If-None-Match"] == '"t"'
            else Answer(page, headers={"Content-Type": "text/html", "ETag": '"t"'})
        )

    site.pages["/tagged"] = tagged
    both = sitemap(*dated, lastmod="2025-01-01").replace(
        "</urlset>", f"<url><loc>{site.url}/tagged</loc></url></urlset>"
    )
    site.xml("/sitemap.xml", both)
    allow(tmp_path, site)
    assert run("archive", "add", site.url + "/sitemap.xml").stdout.startswith("4 added")
    site.asked.clear()
    site.page("/p/1", TEXT.format(n=1) + " It was mended.", title="Story number 1")
    site.xml("/sitemap.xml", both.replace("/p/1</loc><lastmod>2025-01-01", "/p/1</loc><lastmod>2025-02-02"))
    assert run("archive", "add", site.url + "/sitemap.xml").stdout.startswith(
        "0 added, 1 updated, 3 unchanged, 0 skipped"
    )
    assert site.asked == ["/robots.txt", "/sitemap.xml", "/p/1", "/tagged"]
    site.asked.clear()
    assert run("archive", "add", "--again", site.url + "/sitemap.xml").stdout.startswith(
        "0 added, 0 updated, 4 unchanged"
    )
    assert len(site.asked) == 6


def test_a_teaser_is_read_from_its_page_and_stands_where_that_fails(run: Run, site: Site, tmp_path: Path) -> None:
    pages_of(site, 1)
    entry = "<item><title>{t}</title><link>{u}</link><description>Only a few words ...</description></item>"
    site.xml("/feed", rss([entry.format(t="Whole", u=site.url + "/p/0"), entry.format(t="Lost", u=site.url + "/lost")]))
    allow(tmp_path, site)
    done = run("archive", "add", site.url + "/feed")
    assert (
        done.returncode == 0
        and done.stdout.startswith("2 added")
        and "1 page of teasers could not be read" in done.stderr
    )
    found = {article.title: article.text for article in articles(tmp_path)}
    assert "nobody wanted" in found["Whole"] and found["Lost"] == "Only a few words ..."
    # A page that breaks later must not cost the text that it gave.
    site.pages["/p/0"] = Answer(status=500)
    done = run("archive", "add", site.url + "/feed")
    assert "2 pages of teasers could not be read" in done.stderr
    assert {article.title: article.text for article in articles(tmp_path)} == found


def test_a_list_that_has_not_changed(run: Run, site: Site, tmp_path: Path) -> None:
    def feed(headers: Any) -> Answer:
        full = Answer(rss([item(1)]).encode(), headers={"Content-Type": "application/rss+xml", "ETag": '"f"'})
        return Answer(status=304) if headers["If-None-Match"] == '"f"' else full

    site.pages["/feed"] = feed
    allow(tmp_path, site)
    assert run("archive", "add", site.url + "/feed").stdout.startswith("1 added")
    done = run("archive", "add", site.url + "/feed")
    assert done.returncode == 0 and done.stdout.startswith("0 added") and "has not changed" in done.stderr
    assert run("archive", "add", "--again", site.url + "/feed").stdout.startswith("0 added, 0 updated, 1 unchanged")


def test_one_place_of_several_that_cannot_be_read(run: Run, site: Site, tmp_path: Path) -> None:
    site.pages["/away"] = Answer(status=302, headers={"Location": "http://169.254.169.254/latest/"})
    (tmp_path / "good.xml").write_text(rss([item(1)]), encoding="utf-8")
    (tmp_path / "more.xml").write_text(rss([item(2)]), encoding="utf-8")
    allow(tmp_path, site)
    done = run("archive", "add", "good.xml", site.url + "/away", "more.xml")
    assert (
        done.returncode == 1
        and done.stdout.startswith("2 added, 0 updated, 0 unchanged, 1 skipped")
        and "metadata" in done.stdout
    )
    alone = run("archive", "add", site.url + "/away")
    assert alone.returncode == 2 and "metadata" in alone.stderr and alone.stdout == ""
    assert run("archive", "add", "gopher://paper.example/").returncode == 2


def test_a_web_page_is_no_list_and_says_where_one_is(run: Run, site: Site, tmp_path: Path) -> None:
    site.page("/", TEXT, title="Home", head='<link rel="alternate" type="application/rss+xml" href="/feed.xml">')
    allow(tmp_path, site)
    done = run("archive", "add", site.url + "/")
    assert done.returncode == 2 and f"{site.url}/feed.xml" in done.stderr


def test_a_host_that_wants_rest_leaves_the_import_open(run: Run, site: Site, tmp_path: Path) -> None:
    urls = pages_of(site, 6)
    page = site.pages["/p/3"]
    site.pages["/p/3"] = Answer(status=503, headers={"Retry-After": "7200"})
    site.xml("/sitemap.xml", sitemap(*urls))
    allow(tmp_path, site)
    done = run("archive", "add", site.url + "/sitemap.xml")
    assert (
        done.returncode == 1
        and done.stdout.startswith("3 added, 0 updated, 0 unchanged, 3 skipped")
        and "Run the command again" in done.stderr
    )
    site.pages["/p/3"] = page
    site.asked.clear()
    done = run("archive", "add", site.url + "/sitemap.xml")
    assert (
        done.returncode == 0
        and done.stdout.startswith("3 added, 0 updated, 0 unchanged, 0 skipped")
        and "3 pages were read before" in done.stderr
    )
    assert site.asked == ["/robots.txt", "/sitemap.xml", "/p/3", "/p/4", "/p/5"]


@pytest.mark.parametrize("words", [("related", "--json"), ("draft", "--json")])
def test_a_page_as_a_source(run: Run, paper: Path, site: Site, words: tuple[str, str]) -> None:
    blurb = "A data centre asks the grid for forty megawatts of power."
    head = f'<meta property="og:site_name" content="The Outlet"><meta name="description" content="{blurb}">'
    site.page("/story", TEXT.format(n=1), title="Data centre wants power", head=head)
    settings = (paper / "ourtake.toml").read_text(encoding="utf-8")
    (paper / "ourtake.toml").write_text(settings + "\n" + site.settings, encoding="utf-8")
    done = run(words[0], site.url + "/story", words[1], folder=paper)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert len(found["related"]) >= 1
    if words[0] == "draft":
        assert (found["source"]["outlet"], found["source"]["title"]) == ("The Outlet", "Data centre wants power")
        assert found["source"]["url"] == site.url + "/story" and found["source"]["blurb"].startswith("A data centre")
    missing = run(words[0], site.url + "/nowhere", folder=paper)
    assert missing.returncode == 2 and "there is no such page" in missing.stderr


@pytest.mark.parametrize(("sign", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_stopped_import_keeps_what_was_fetched(
    run: Run, start: Start, site: Site, tmp_path: Path, sign: signal.Signals, code: int
) -> None:
    site.xml("/sitemap.xml", sitemap(*pages_of(site, 40)))
    allow(tmp_path, site)
    process = start("archive", "add", site.url + "/sitemap.xml", folder=tmp_path)
    site.watch = lambda path: process.send_signal(sign) if path == "/p/14" else None
    _, errors = process.communicate(timeout=600)
    site.watch = lambda _: None
    assert process.returncode == code and "Traceback" not in errors, errors
    kept = len(articles(tmp_path))
    assert kept >= 14
    site.asked.clear()
    done = run("archive", "add", site.url + "/sitemap.xml")
    assert done.returncode == 0 and done.stdout.startswith(f"{40 - kept} added") and len(site.asked) == 2 + 40 - kept
    assert len(articles(tmp_path)) == 40


def test_help_and_related_on_a_file_load_no_reader_and_no_migrations(paper: Path) -> None:
    code = (
        "import sys; sys.argv = ['ourtake', *sys.argv[1:]]\n"
        "from ourtake.cli.main import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "readers = ('trafilatura', 'feedparser', 'lxml', 'httpcore2', 'protego')\n"
        "print([name for name in (*readers, 'alembic') if name in sys.modules])"
    )
    for words in (["--help"], ["related", "sources/01-data-centre-power.md"], ["archive", "add", "archive"]):
        done = subprocess.run(
            [sys.executable, "-c", code, *words], cwd=paper, capture_output=True, text=True, check=True
        )
        assert done.stdout.splitlines()[-1] == "[]", words


COPIED = "The harbour board will vote on the second berth in May."


@pytest.mark.parametrize("copies_first", [False, True])
def test_an_amp_copy_neither_stands_beside_its_article_nor_replaces_it(
    run: Run, tmp_path: Path, copies_first: bool
) -> None:
    pages = {
        "One": "https://gazette.example/one/",
        "Two": "https://gazette.example/two",
        "Three": "https://g.example/x",
    }
    whole = [
        {"url": url, "title": title, "text": f"{COPIED} " * 9, "published": "2025-03-04"}
        for title, url in pages.items()
    ]
    copies = [
        {"url": url, "title": title, "text": COPIED}
        for title, url in zip(
            pages,
            ("https://gazette.example/one/amp/", "https://gazette.example/two?amp=1", "https://amp.g.example/x"),
            strict=True,
        )
    ]
    other = {"url": "https://gazette.example/two/amp", "title": "An amplifier", "text": COPIED}
    rows = [*copies, *whole, other] if copies_first else [*whole, other, *copies]
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    done = run("archive", "add", "rows.jsonl", folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    if not copies_first:
        assert "not imported: an AMP copy of an article (3)" in done.stdout
    assert run("archive", "export", "out.jsonl", folder=tmp_path).returncode == 0
    stored = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    found = {row["url"]: (row["title"], row.get("published"), len(row["text"].split())) for row in stored}
    long = len(COPIED.split())
    assert found == {
        **{url: (title, "2025-03-04", 9 * long) for title, url in pages.items()},
        other["url"]: (other["title"], None, long),
    }

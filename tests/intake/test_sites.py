"""`archive add FOLDER` as a process, on small sites of each builder: addresses, dates and links."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run

WORDS = "The ferry company wants a second berth at the old fish quay, and the harbour board will vote on it in May."
SITE = "https://gazette.example"


def tree(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def post(keys: str, body: str = "") -> str:
    return f"---\n{keys}\n---\n\n{WORDS}\n\n{body}\n"


def imported(run: Run, folder: Path, place: str, *more: str) -> dict[str, dict[str, Any]]:
    """The articles that an import of a folder gave, by title."""
    done = run("archive", "add", place, *more, folder=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert run("archive", "export", "out.jsonl", "--force", folder=folder).returncode == 0
    rows = map(json.loads, (folder / "out.jsonl").read_text(encoding="utf-8").splitlines())
    return {row["title"]: row for row in rows}


def test_the_host_of_github_pages_is_taken_where_the_configuration_names_none(run: Run, tmp_path: Path) -> None:
    files = {"_config.yml": "title: Gazette\nbaseurl: /news\n", "CNAME": "gazette.example\n"}
    tree(tmp_path / "site", files | {"_posts/2025-03-04-second-berth.md": post("title: Second berth")})
    found = imported(run, tmp_path, "site")["Second berth"]
    assert found["url"] == "https://gazette.example/news/2025/03/04/second-berth.html"


class Case:
    """A site: its files, the address of each article by its title, and the titles that the last one links to."""

    def __init__(self, files: dict[str, str], addresses: dict[str, str], links: str = "", to: tuple[str, ...] = ()):
        self.files, self.addresses, self.links, self.to = files, addresses, links, to


JEKYLL = Case(
    {
        "_config.yml": f"url: {SITE}\nbaseurl: /town\npermalink: /:categories/:year/:month/:title.html\n"
        "collections: {guides: {output: true, permalink: '/guides/:path/'}}\n"
        "defaults: [{scope: {path: _posts/old}, values: {permalink: '/archive/:slug/'}}]\n",
        "_posts/2025-03-04-second-berth.md": post("title: Second berth\ncategories: [Port News]"),
        "_posts/old/2019-01-02-the_quay.md": post("title: The quay"),
        "sport/_posts/2025-03-06-regatta.md": post("title: Regatta\nredirect_from: [/rowing.html]"),
        "_guides/how/to-vote.md": post("title: How to vote"),
        "_posts/2025-04-01-links.md": post(
            "title: Links\ndate: 2025-04-02 09:00:00 +0200",
            "[a]({% post_url 2025-03-04-second-berth %}) [b]({% link _posts/old/2019-01-02-the_quay.md %}) "
            "[c]({{ site.baseurl }}/rowing.html) [d]({{ '/guides/how/to-vote/' | relative_url }}) "
            "[e]({{ site.repository }}/issues/1)",
        ),
        "about.md": post("title: About us"),
    },
    {
        "Second berth": "/town/port-news/2025/03/second-berth.html",
        "The quay": "/town/archive/the-quay/",
        "Regatta": "/town/sport/2025/03/regatta.html",
        "How to vote": "/town/guides/how/to-vote/",
        "Links": "/town/2025/04/links.html",
    },
    "Links",
    ("Second berth", "The quay", "Regatta", "How to vote"),
)
HUGO = Case(
    {
        "hugo.toml": f'baseURL = "{SITE}/"\ndefaultContentLanguage = "en"\n[permalinks.page]\nnews = '
        '"/:year/:month/:slug/"\n[languages.en]\nweight = 1\n[languages.fr]\nweight = 2\n',
        "content/news/berth.md": '+++\ntitle = "Second berth"\ndate = 2025-03-04\nslug = "berth-two"\n+++\n' + WORDS,
        "content/news/quay/index.md": post("title: The quay\ndate: 2025-03-05\naliases: [/old/quay/]"),
        "config/_default/languages.it.toml": 'contentDir = "content/it"\n',
        "content/it/sport/regata.md": post("title: La regata\ndate: 2025-03-06"),
        "content/news/quay/notes.md": post("title: A part of the quay's page"),
        "content/news/_index.md": post("title: All news"),
        "content/sport/Regatta Day.md": post("title: Regatta\ndate: 2025-03-06"),
        "content/sport/regatta-day.fr.md": post("title: La régate\ndate: 2025-03-06"),
        "content/opinion/vote.md": post("title: How to vote\ndate: 2025-03-07\nurl: /how-to-vote.html"),
        "content/sport/links.md": post(
            "title: Links\ndate: 2025-04-01",
            '[a]({{< ref "berth.md" >}}) [b](/old/quay/) [c]({{% relref "sport/Regatta Day.md" %}}) '
            '[d]({{< ref path="/opinion/vote" lang="en" >}})',
        ),
    },
    {
        "Second berth": "/2025/03/berth-two/",
        "The quay": "/2025/03/the-quay/",
        "Regatta": "/sport/regatta-day/",
        "La régate": "/fr/sport/regatta-day/",
        "La regata": "/it/sport/regata/",
        "How to vote": "/how-to-vote.html",
        "Links": "/sport/links/",
    },
    "Links",
    ("Second berth", "The quay", "Regatta", "How to vote"),
)
ELEVENTY = Case(
    {
        "eleventy.config.js": 'export default function (config) { return { dir: { input: "src" } }; }\n'
        'export const config = { pathPrefix: "/town/" };\n',
        "src/_data/site.json": f'{{"url": "{SITE}"}}',
        "src/posts/posts.json": '{"permalink": "/news/{{ page.date | date: \'%Y/%m\' }}/{{ page.fileSlug }}/"}',
        "src/posts/2025-03-04-second-berth.md": post("title: Second berth"),
        "src/posts/quay.md": post(
            "title: The Quay!\ndate: 2025-03-05\npermalink: '/p/{{ title | slugify }}/index.html'"
        ),
        "src/sport/regatta.md": post("title: Regatta\ndate: 2025-03-06"),
        "src/sport/final/index.md": post("title: The final\ndate: 2025-03-07"),
        "src/posts/links.md": post(
            "title: Links\ndate: 2025-04-01",
            "[a](./2025-03-04-second-berth.md) [b]({{ '/p/the-quay/' | url }}) [c](/sport/regatta/) "
            '<a href="/sport/final/">d</a>',
        ),
        "node_modules/x/README.md": "# Not ours\n\nText.",
    },
    {
        "Second berth": "/town/news/2025/03/second-berth/",
        "The Quay!": "/town/p/the-quay/",
        "Regatta": "/town/sport/regatta/",
        "The final": "/town/sport/final/",
        "Links": "/town/news/2025/04/links/",
    },
    "Links",
    ("Second berth", "The Quay!", "Regatta", "The final"),
)
ASTRO = Case(
    {
        "astro.config.mjs": f'export default defineConfig({{ site: "{SITE}", base: "/town", trailingSlash: "always",\n'
        '  redirects: { "/old-quay": "/stories/quay" } });\n',
        "src/pages/stories/[...slug].astro": '---\nconst all = await getCollection("posts");\n---\n',
        "src/pages/[lang]/notes/[id].astro": "---\nconst all = await getCollection('notes');\n---\n",
        "src/content/posts/2025/Second Berth.md": post("title: Second berth\npubDate: 2025-03-04"),
        "src/content/posts/quay/index.mdx": "---\ntitle: The quay\npubDate: 'Mar 05 2025'\n---\n"
        f'import Map from "../../Map.astro";\n\n<Map at={{[1, 2]}} client:load />\n\n{WORDS}\n',
        "src/content/posts/regatta.md": post("title: Regatta\nslug: boats/regatta\ndate: 2025-03-06"),
        "src/content/notes/vote.md": post("title: How to vote\nlang: en\ndate: 2025-03-07"),
        "src/content/posts/links.md": post(
            "title: Links\npubDate: 2025-04-01",
            "[a](/town/stories/2025/second-berth/) [b](/town/old-quay) [c](../boats/regatta/) [d](/en/notes/vote)",
        ),
    },
    {
        "Second berth": "/town/stories/2025/second-berth/",
        "The quay": "/town/stories/quay/",
        "Regatta": "/town/stories/boats/regatta/",
        "How to vote": "/town/en/notes/vote/",
        "Links": "/town/stories/links/",
    },
    "Links",
    ("Second berth", "The quay", "Regatta", "How to vote"),
)
DOCUSAURUS = Case(
    {
        "docusaurus.config.js": f"const config = {{\n  url: '{SITE}', // the host\n  baseUrl: '/town/',\n"
        "  i18n: { defaultLocale: 'en', locales: ['en', 'fr'] },\n  presets: [['classic', {\n"
        "    docs: { routeBasePath: 'guide', path: './docs' },\n    blog: { routeBasePath: 'news' },\n  }]],\n};\n",
        "blog/2025-03-04-second-berth.md": f"---\nauthors: [ann]\n---\n\n# Second berth\n\n{WORDS}\n",
        "blog/2025-03-05-quay/index.mdx": post("title: The quay"),
        "blog/2025/03/06/regatta.md": post("title: Regatta\nslug: /regatta-day"),
        "docs/02-vote/01-how-to.md": post("title: How to vote"),
        "i18n/fr/docusaurus-plugin-content-blog/2025-03-05-quay/index.mdx": post("title: Le quai"),
        "blog/2025-04-01-links.md": post(
            "title: Links",
            "[a](./2025-03-04-second-berth.md) [b](/town/news/2025/03/05/quay) "
            "[c](../blog/2025/03/06/regatta.md) [d](@site/docs/02-vote/01-how-to.md)\n\n<!--truncate-->",
        ),
    },
    {
        "Second berth": "/town/news/2025/03/04/second-berth",
        "The quay": "/town/news/2025/03/05/quay",
        "Regatta": "/town/news/regatta-day",
        "How to vote": "/town/guide/vote/how-to",
        "Le quai": "/town/fr/news/2025/03/05/quay",
        "Links": "/town/news/2025/04/01/links",
    },
    "Links",
    ("Second berth", "The quay", "Regatta", "How to vote"),
)
PELICAN = Case(
    {
        "pelicanconf.py": "SITEURL = ''\nPATH = 'content'\nDEFAULT_LANG = 'en'\nBASE = '{date:%Y}/{date:%m}/'\n"
        "ARTICLE_URL = BASE + '{slug}/'\nARTICLE_SAVE_AS = ARTICLE_URL + 'index.html'\n"
        "ARTICLE_LANG_URL = '{lang}/' + BASE + '{slug}/'\n",
        "publishconf.py": f"from pelicanconf import *\nSITEURL = '{SITE}'\n",
        "content/berth.md": f"Title: Second berth\nDate: 2025-03-04 10:00\nSlug: berth-two\n\n{WORDS}\n",
        "content/2025-03-05-quay.md": f"Title: The quay\nCategory: Port\n\n{WORDS}\n",
        "content/sport/regatta.rst": f"Regatta\n=======\n\n:date: 2025-03-06\n:tags: boats, sea\n\n{WORDS}\n",
        "content/berth-fr.md": f"Title: Second quai\nDate: 2025-03-04\nSlug: berth-two\nLang: fr\n\n{WORDS}\n",
        "content/pages/about.md": f"Title: About us\n\n{WORDS}\n",
        "content/links.md": f"Title: Links\nDate: 2025-04-01\n\n{WORDS} [a]({{filename}}berth.md) "
        "[b]({filename}/2025-03-05-quay.md) [c](|filename|/sport/regatta.rst)\n",
    },
    {
        "Second berth": "/2025/03/berth-two/",
        "The quay": "/2025/03/the-quay/",
        "Regatta": "/2025/03/regatta/",
        "Second quai": "/fr/2025/03/berth-two/",
        "Links": "/2025/04/links/",
    },
    "Links",
    ("Second berth", "The quay", "Regatta"),
)
NIKOLA = Case(
    {
        "conf.py": f'SITE_URL = "{SITE}/"\nDEFAULT_LANG = "en"\nTRANSLATIONS = {{DEFAULT_LANG: "", "de": "./de"}}\n'
        'POSTS = (("posts/*.rst", "news", "post.tmpl"), ("posts/*.md", "news", "post.tmpl"))\n'
        'PAGES = (("pages/*.md", "", "page.tmpl"),)\nPRETTY_URLS = True\n',
        "posts/berth.rst": f".. title: Second berth\n.. slug: berth-two\n.. date: 2025-03-04 10:00 UTC\n\n{WORDS}\n",
        "posts/2025/quay.md": f"<!--\n.. title: The quay\n.. date: 2025-03-05\n-->\n\n{WORDS}\n",
        "posts/regatta.md": WORDS,
        "posts/vote.txt": f"Who votes?\n----------\n\n{WORDS} :doc:`the quay </x>`\n",
        "posts/vote.meta": ".. title: How to vote\n.. date: 2025-03-07\n",
        "posts/regatta.meta": ".. title: Regatta\n.. date: 2025-03-06\n.. slug: regatta-day\n",
        "posts/berth.de.md": post("title: Zweiter Liegeplatz\nslug: berth-two\ndate: 2025-03-04"),
        "posts/wip.md": post("title: Not yet\ndate: 2025-03-04\nstatus: draft"),
        "pages/about.md": post("title: About us"),
        "posts/links.md": post(
            "title: Links\ndate: 2025-04-01",
            "[a](link://slug/berth-two) [b](link://filename/posts/2025/quay.md) [c](/news/regatta-day/)",
        ),
    },
    {
        "Second berth": "/news/berth-two/",
        "The quay": "/news/2025/quay/",
        "Regatta": "/news/regatta-day/",
        "Zweiter Liegeplatz": "/de/news/berth-two/",
        "How to vote": "/news/vote/",
        "Links": "/news/links/",
    },
    "Links",
    ("Second berth", "The quay", "Regatta"),
)
CASES = {
    "jekyll": JEKYLL,
    "hugo": HUGO,
    "eleventy": ELEVENTY,
    "astro": ASTRO,
    "docusaurus": DOCUSAURUS,
    "pelican": PELICAN,
    "nikola": NIKOLA,
}


@pytest.mark.parametrize("name", CASES)
def test_a_site_of_each_builder(run: Run, tmp_path: Path, name: str) -> None:
    case = CASES[name]
    tree(tmp_path / "site", case.files)
    found = imported(run, tmp_path, "site")
    assert {title: row["url"] for title, row in found.items()} == {
        title: SITE + path for title, path in case.addresses.items()
    }
    assert all(row["published"] for title, row in found.items() if title != "How to vote"), found
    wanted = {found[title]["url"].rstrip("/") for title in case.to}
    assert set(found[case.links]["links"]) == wanted
    assert all(
        WORDS in row["text"] and "{%" not in row["text"] and "import " not in row["text"] for row in found.values()
    )
    # The user's own address is that of the host, wherever the configuration says that the site is.
    (tmp_path / "ourtake.toml").write_text('[publication]\nurl = "https://www.gazette.example"\n')
    moved = imported(run, tmp_path, "site", "--again")
    assert {row["url"] for row in moved.values()} >= {
        "https://www.gazette.example" + path for path in case.addresses.values()
    }


@pytest.mark.parametrize(
    ("files", "path"),
    [
        ({".eleventy.js": "", "http-basics.md": post("title: HTTP\ndate: 2025-03-04")}, "/http-basics/"),
        ({"pelicanconf.py": "PATH = '.'\n", "a.md": post("title: HTTP basics\ndate: 2025-03-04")}, "/http-basics.html"),
        (
            {"hugo.toml": "", "content/news/a.md": post("title: HTTP\ndate: 2025-03-04\nurl: http-basics")},
            "/http-basics/",
        ),
    ],
)
def test_a_page_whose_name_begins_like_an_address(run: Run, tmp_path: Path, files: dict[str, str], path: str) -> None:
    (tmp_path / "ourtake.toml").write_text(f'[publication]\nurl = "{SITE}"\n')
    tree(tmp_path / "site", files)
    assert [row["url"] for row in imported(run, tmp_path, "site").values()] == [SITE + path]


def test_a_link_of_zola_names_a_file_from_the_content_folder_on(run: Run, tmp_path: Path) -> None:
    files = {f"content/{name}.md": post(f"title: {name}\ndate: 2025-03-04") for name in ("blog/wall", "old/blog/wall")}
    links = post("title: Links\ndate: 2025-03-05", "[a](@/blog/wall.md)")
    tree(tmp_path / "site", {"zola.toml": f'base_url = "{SITE}"\n', "content/news/links.md": links, **files})
    assert imported(run, tmp_path, "site")["Links"]["links"] == [f"{SITE}/blog/wall"]


def test_links_that_lead_nowhere_and_the_pattern_that_helps(run: Run, tmp_path: Path) -> None:
    (tmp_path / "ourtake.toml").write_text(f'[publication]\nurl = "{SITE}"\n')
    for number in range(1, 7):
        link = f"[x](/2025/03/story-{number % 6 + 1}.html) [p](/img/{number}.png) [about](/about/)"
        tree(tmp_path / "posts", {f"story-{number}.md": post(f"title: Story {number}\ndate: 2025-03-0{number}", link)})
    done = run("archive", "add", "posts")
    assert done.returncode == 0 and "12 of 12 internal links do not lead to any article of this import" in done.stderr
    assert "--permalink '/:year/:month/:slug.html' 6 more of them lead to one" in done.stderr
    found = imported(run, tmp_path, "posts", "--permalink", "/:year/:month/:slug.html")
    assert found["Story 1"]["url"] == f"{SITE}/2025/03/story-1.html"
    assert found["Story 1"]["links"][0] == f"{SITE}/2025/03/story-2.html"
    again = run("archive", "add", "posts", "--permalink", "/:year/:month/:slug.html")
    assert "--permalink" not in again.stderr


def test_lost_links_of_a_jsonl_file_and_the_pattern_that_helps(run: Run, tmp_path: Path) -> None:
    rows = []
    for number in range(1, 7):
        link = f"{SITE}/2025/03/story-{number % 6 + 1}/"
        row = {"url": f"{SITE}/posts/story-{number}", "title": f"Story {number}", "published": "2025-03-04"}
        rows.append(json.dumps(row | {"text": f"{WORDS} [More]({link}).", "links": [link]}))
    (tmp_path / "a.jsonl").write_text("\n".join(rows))
    done = run("archive", "add", "a.jsonl")
    assert "6 of 6 internal links do not lead to any article of this import" in done.stderr
    assert "--permalink '/:year/:month/:slug/' 6 more of them lead to one" in done.stderr
    assert "--permalink" not in run("archive", "add", "a.jsonl").stderr  # nothing had to be read
    (tmp_path / "other").mkdir()
    found = imported(run, tmp_path / "other", "../a.jsonl", "--permalink", "/:year/:month/:slug/")
    assert (found["Story 1"]["url"], found["Story 1"]["links"]) == (
        f"{SITE}/2025/03/story-1/",
        [f"{SITE}/2025/03/story-2"],
    )


def test_links_by_number_that_a_feed_cannot_resolve(run: Run, tmp_path: Path) -> None:
    items = "".join(
        f"<item><title>Story {number}</title><link>{SITE}/s/{number}/</link><content:encoded><![CDATA[<p>{WORDS * 9} "
        f'<a href="/?p={number % 6 + 1}">x</a></p>]]></content:encoded></item>'
        for number in range(1, 7)
    )
    head = '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Gazette</title>'
    (tmp_path / "feed.xml").write_text(f"{head}<link>{SITE}/</link>{items}</channel></rss>")
    done = run("archive", "add", "feed.xml")
    assert "6 of 6 internal links" in done.stderr and "WordPress's short addresses by number" in done.stderr


def test_a_pattern_of_a_key_of_the_front_matter(run: Run, tmp_path: Path) -> None:
    (tmp_path / "ourtake.toml").write_text(f'[publication]\nurl = "{SITE}"\n[intake]\ntitle_keys = ["newstitle"]\n')
    for number in range(1, 7):
        keys = f"newstitle: Story {number}\noriginalPath: /n/{number * 7}.asp\ndate: 2025-03-0{number}"
        link = f"[x](/n/{(number % 6 + 1) * 7}.asp)"
        tree(tmp_path / "posts", {f"s{number}.md": post(keys, link)})
    done = run("archive", "add", "posts")
    assert "--permalink ':originalPath' 6 more" in done.stderr, done.stderr
    found = imported(run, tmp_path, "posts", "--permalink", ":originalPath")
    assert found["Story 1"]["url"] == f"{SITE}/n/7.asp" and found["Story 1"]["links"] == [f"{SITE}/n/14.asp"]


BODY = """import Chart from '../chart'

<!-- wp:paragraph -->
{{< figure src="a.jpg" >}} Vec<T> stays, <em>this</em> too.[^1] {% include ad.html %} AT&amp;T

:::note
Mind this.
:::

{% raw %}x{% endraw %}

```html
<div>{{ kept }}</div>
```

<Chart data={[1, 2]} /> `<b>code</b>` {/* hidden */}

[^1]: A note.
"""


def test_what_only_a_builder_understands_is_taken_out(run: Run, tmp_path: Path) -> None:
    (tmp_path / "ourtake.toml").write_text(f'[publication]\nurl = "{SITE}"\n')
    tree(tmp_path / "posts", {"a.mdx": f"---\ntitle: 'Say <em>it</em> of Vec<T>'\n---\n{BODY}"})
    (article,) = imported(run, tmp_path, "posts").values()
    assert article["title"] == "Say it of Vec<T>"
    for gone in ("import", "wp:", "figure", "[^", "include", "raw", ":::", "Chart", "hidden", "<em>"):
        assert gone not in article["text"], gone
    for stays in ("Vec<T> stays, this too.", "AT&T", "Mind this.", "<div>{{ kept }}</div>", "`<b>code</b>`", "A note."):
        assert stays in article["text"], stays


def test_other_files_are_counted_and_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "ourtake.toml").write_text(f'[publication]\nurl = "{SITE}"\n')
    tree(
        tmp_path / "posts",
        {
            "a.md": post("title: A"),
            "b.txt": WORDS,
            "c.docx": "x",
            "d.png": "\0",
            "p.html": "<p>x</p>",
            "q.htm": "<p>x</p>",
            "z.json": "{}",
            "README.md": "# R\n\nx",
        },
    )
    done = run("archive", "add", "posts", "--json")
    found = json.loads(done.stdout)
    assert (done.returncode, found["added"], found["skipped"]) == (0, 1, 3)
    assert found["left_out"] == {"a file about the folder, not an article": 1}
    assert found["not_taken"] == {reason: 1 for reason in found["not_taken"]} and len(found["not_taken"]) == 2
    assert {row["where"] for row in found["rejects"]} == {"posts/b.txt", "posts/c.docx", "posts/README.md"}
    pages, text, rest = found["notes"]
    assert pages.startswith(
        "Not read in posts: 2 web pages without a title in front matter (posts/p.html, posts/q.htm). Import "
    )
    assert text.startswith("Not read in posts: 1 .json (posts/z.json). In a folder, only Markdown")
    assert rest == "Not read in posts: 1 .png."
    for name in ("a0.md", "pipe.log"):
        os.mkfifo(tmp_path / "posts" / name)
    again = json.loads(run("archive", "add", "posts", "--json").stdout)
    assert again["unchanged"] == 1 and again["notes"][2] == "Not read in posts: 1 .md, 1 .png, 1 .log."
    tree(tmp_path / "none", {"d.png": "x"})
    empty = run("archive", "add", "none")
    assert empty.returncode == 2 and "1 .png" in empty.stderr


def test_titles_in_other_keys_and_in_the_menu(run: Run, tmp_path: Path) -> None:
    tree(
        tmp_path,
        {
            "eleventy.config.js": "export default (config) => {};",
            "_data/site.json": f'{{"url": "{SITE}"}}',
            "posts/posts.json": '{"permalink": "/{{ page.date | toDatePath }}/{{ page.fileSlug }}/"}',
            "posts/2025-03-04-berth.md": post("newstitle: The berth"),
            "posts/2025-03-05-quay.md": post("newstitle: The quay"),
            "posts/contributing.md": post("eleventyNavigation: {key: Write for us}\ndate: 2025-03-06"),
            "docs/security.md": post("sidebar_label: Harbour security"),
            "CONTRIBUTING.md": post("title: About the folder"),
        },
    )
    done = run("archive", "add", ".", folder=tmp_path)
    assert done.returncode == 1 and "2 added" in done.stdout
    told = '2 files without a title have the key newstitle: if that is the title, set title_keys = ["newstitle"]'
    assert told in " ".join(done.stderr.split())
    (tmp_path / "ourtake.toml").write_text('[intake]\ntitle_keys = ["newstitle"]\n')
    found = imported(run, tmp_path, ".")
    assert {title: row["url"] for title, row in found.items()} == {
        "The berth": f"{SITE}/2025/03/04/berth/",
        "The quay": f"{SITE}/2025/03/05/quay/",
        "Write for us": f"{SITE}/2025/03/06/contributing/",
        "Harbour security": f"{SITE}/docs/security/",
    }


def test_a_title_within_a_table(run: Run, tmp_path: Path) -> None:
    toml = '[intake]\ntitle_keys = ["news.title"]\n[publication]\nurl = "https://a.example"\n'
    tree(tmp_path, {"ourtake.toml": toml})
    tree(tmp_path / "posts", {"a.md": post("news: {title: Second berth}\ndate: 2025-03-04")})
    assert set(imported(run, tmp_path, "posts")) == {"Second berth"}

"""`archive add` as a process on a site of twenty posts of each kind: every address, and every link between the posts.

Each post links to three others, in the forms that writers for its builder use.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.conftest import Run
from tests.intake.test_sites import SITE, WORDS, imported, tree

COUNT = 20
PLACES = ["berth", "quay", "ferry", "lock", "tide", "crane", "pilot", "barge", "beacon", "dredger"]


class Story(NamedTuple):
    """A post: its number from 0, its day, and its title's two words."""

    number: int
    day: datetime.date
    place: str
    part: str

    @property
    def title(self) -> str:
        return f"The {self.place.title()} at {self.part.title()}"

    @property
    def slug(self) -> str:
        return f"the-{self.place}-at-{self.part}"

    @property
    def dated(self) -> str:
        return f"{self.day}-{self.slug}"


STORIES = [
    Story(number, datetime.date(2024, 3, 4) + datetime.timedelta(days=23 * number), PLACES[number % 10],
          "dawn" if number < 10 else "dusk")
    for number in range(COUNT)
]  # fmt: skip


def others(story: Story) -> list[Story]:
    """The three posts that a post links to."""
    return [STORIES[(story.number + step) % COUNT] for step in (1, 7, 12)]


class Kind(NamedTuple):
    """A kind of site: files that it has besides its posts, the file and text of a post, and the post's path."""

    files: dict[str, str]
    file: Callable[[Story], str]
    text: Callable[[Story], str]
    path: Callable[[Story], str]


def linked(story: Story, *forms: Callable[[Story], str]) -> str:
    """The text of a post with its links, one in each form."""
    links = " ".join(f"[{to.place}]({form(to)})" for to, form in zip(others(story), forms, strict=True))
    return f"{WORDS}\n\nMore on {links}."


def front(story: Story, *lines: str) -> str:
    return "\n".join(["---", f"title: {story.title}", *lines, "---", "", ""])


def jekyll_path(story: Story) -> str:
    return f"/blog/port/{story.day:%Y/%m/%d}/{story.slug}.html"


JEKYLL = Kind(
    {"_config.yml": f"url: {SITE}\nbaseurl: /blog\n"},
    lambda story: f"_posts/{story.dated}.md",
    lambda story: (
        front(story, "category: port")
        + linked(
            story,
            lambda to: f"{{% post_url {to.dated} %}}",
            lambda to: f"{{{{ '{jekyll_path(to).removeprefix('/blog')}' | relative_url }}}}",
            lambda to: f"{{{{ site.baseurl }}}}{{% link _posts/{to.dated}.md %}}",
        )
    ),
    jekyll_path,
)


def zola_path(story: Story) -> str:
    return f"/old/{story.slug.title()}/" if story.number % 5 == 0 else f"/news/{story.slug}/"


HUGO = Kind(
    {"hugo.toml": f'baseURL = "{SITE}/"\n[permalinks]\nposts = "/:year/:month/:slug/"\n'},
    lambda story: f"content/posts/{story.slug}/index.md" if story.number % 2 else f"content/posts/{story.slug}.md",
    lambda story: (
        front(story, f"date: {story.day}T08:00:00+02:00", f"slug: s{story.number}-{story.place}")
        + linked(
            story,
            lambda to: f'{{{{< ref "posts/{to.slug}" >}}}}',
            lambda to: f'{{{{% relref "{to.slug}" %}}}}',
            lambda to: f"/{to.day:%Y/%m}/s{to.number}-{to.place}/",
        )
    ),
    lambda story: f"/{story.day:%Y/%m}/s{story.number}-{story.place}/",
)
ZOLA = Kind(
    {
        "config.toml": f'base_url = "{SITE}/gazette"\ndefault_language = "en"\n[languages.fr]\n',
        "content/news/_index.md": '+++\ntitle = "News"\n+++\n',
    },
    lambda story: (
        f"content/news/{story.dated}/index.md" if story.number % 2 else f"content/news/{story.day}_{story.slug}.md"
    ),
    lambda story: (
        f'+++\ntitle = "{story.title}"\ndate = {story.day}\n'
        + (f'path = "old/{story.slug.title()}"\n' if story.number % 5 == 0 else "")
        + f'aliases = ["before/{story.number}.html"]\n+++\n'
        + linked(
            story,
            lambda to: f"@/news/{to.dated}/index.md#top" if to.number % 2 else f"@/news/{to.day}_{to.slug}.md",
            lambda to: f"/gazette/before/{to.number}.html",
            lambda to: f"{SITE}/gazette{zola_path(to)}",
        )
    ),
    lambda story: f"/gazette{zola_path(story)}",
)
ELEVENTY = Kind(
    {
        ".eleventy.js": "module.exports = function (config) { return { dir: { input: 'src' } }; };\n",
        "src/_data/site.json": f'{{"url": "{SITE}"}}',
        "src/news/news.json": '{"permalink": "/{{ page.date | date: \'%Y\' }}/{{ page.fileSlug }}.html"}',
    },
    lambda story: f"src/news/{story.dated}.md",
    lambda story: (
        front(story)
        + linked(
            story,
            lambda to: f"./{to.dated}.md",
            lambda to: f"{{{{ '/{to.day:%Y}/{to.slug}.html' | url }}}}",
            lambda to: f"{SITE}/{to.day:%Y}/{to.slug}.html",
        )
    ),
    lambda story: f"/{story.day:%Y}/{story.slug}.html",
)
ASTRO = Kind(
    {
        "astro.config.mjs": f'export default defineConfig({{ site: "{SITE}" }});\n',
        "src/pages/stories/[...slug].astro": '---\nconst all = await getCollection("posts");\n---\n',
    },
    lambda story: f"src/content/posts/{story.day:%Y}/{story.slug}" + ("/index.mdx" if story.number % 2 else ".md"),
    lambda story: (
        front(story, f"pubDate: {story.day:%b %d %Y}")
        + linked(
            story,
            lambda to: f"/stories/{to.day:%Y}/{to.slug}/",
            lambda to: f"/stories/{to.day:%Y}/{to.slug}",
            lambda to: f"{SITE}/stories/{to.day:%Y}/{to.slug}/#more",
        )
    ),
    lambda story: f"/stories/{story.day:%Y}/{story.slug}/",
)
DOCUSAURUS = Kind(
    {
        "docusaurus.config.js": f"export default {{ url: '{SITE}', baseUrl: '/', presets: [['classic', "
        "{ docs: false, blog: { routeBasePath: 'news' } }]] };\n"
    },
    lambda story: f"blog/{story.dated}/index.md" if story.number % 2 else f"blog/{story.dated}.mdx",
    lambda story: (
        f"---\ntags: [port]\n---\n\n# {story.title}\n\n"
        + linked(
            story,
            lambda to: f"@site/blog/{to.dated}/index.md" if to.number % 2 else f"@site/blog/{to.dated}.mdx",
            lambda to: f"/news/{to.day:%Y/%m/%d}/{to.slug}",
            lambda to: f"{SITE}/news/{to.day:%Y/%m/%d}/{to.slug}",
        )
    ),
    lambda story: f"/news/{story.day:%Y/%m/%d}/{story.slug}",
)
PELICAN = Kind(
    {
        "pelicanconf.py": f"SITEURL = '{SITE}'\nPATH = 'content'\nARTICLE_URL = '{{date:%Y}}/{{category}}/{{slug}}/'\n"
        "ARTICLE_SAVE_AS = ARTICLE_URL + 'index.html'\n"
    },
    lambda story: f"content/port/{story.slug}.md",
    lambda story: (
        f"Title: {story.title}\nDate: {story.day} 10:00\nAuthor: Ann Reed\n\n"
        + linked(
            story,
            lambda to: f"{{filename}}{to.slug}.md",
            lambda to: f"{{filename}}/port/{to.slug}.md",
            lambda to: f"/{to.day:%Y}/port/{to.slug}/",
        )
    ),
    lambda story: f"/{story.day:%Y}/port/{story.slug}/",
)
NIKOLA = Kind(
    {"conf.py": f'SITE_URL = "{SITE}/"\nPOSTS = (("posts/*.md", "stories", "post.tmpl"),)\n'},
    lambda story: f"posts/{story.day:%Y}/{story.slug}.md",
    lambda story: (
        f"<!--\n.. title: {story.title}\n.. slug: {story.slug}\n.. date: {story.day} 09:30:00 UTC\n-->\n\n"
        + linked(
            story,
            lambda to: f"link://slug/{to.slug}",
            lambda to: f"link://filename/posts/{to.day:%Y}/{to.slug}.md",
            lambda to: f"/stories/{to.day:%Y}/{to.slug}/",
        )
    ),
    lambda story: f"/stories/{story.day:%Y}/{story.slug}/",
)
KINDS = {
    "jekyll": JEKYLL,
    "hugo": HUGO,
    "zola": ZOLA,
    "eleventy": ELEVENTY,
    "astro": ASTRO,
    "docusaurus": DOCUSAURUS,
    "pelican": PELICAN,
    "nikola": NIKOLA,
}


def check(run: Run, folder: Path, place: str, path: Callable[[Story], str]) -> None:
    found = imported(run, folder, place)
    right = [story for story in STORIES if found[story.title]["url"] == SITE + path(story)]
    assert len(found) == len(right) == COUNT, [(one["title"], one["url"]) for one in found.values()]
    for story in STORIES:
        assert found[story.title]["published"][:10] == str(story.day)
        wanted = {(SITE + path(to)).rstrip("/") for to in others(story)}
        assert set(found[story.title]["links"]) == wanted, (story.title, found[story.title]["text"])


@pytest.mark.parametrize("name", KINDS)
def test_twenty_posts_of_each_builder(run: Run, tmp_path: Path, name: str) -> None:
    kind = KINDS[name]
    tree(tmp_path / "site", kind.files | {kind.file(story): kind.text(story) for story in STORIES})
    check(run, tmp_path, "site", kind.path)


WXR = (
    '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:wp="http://wordpress.org/export/1.2/"><channel><title>Gazette</title>'
    f"<link>{SITE}</link><wp:wxr_version>1.2</wp:wxr_version><wp:base_blog_url>{SITE}</wp:base_blog_url>%s"
    "</channel></rss>"
)


def wordpress_path(story: Story) -> str:
    return f"/{story.day:%Y/%m/%d}/{story.slug}/"


def wordpress_item(story: Story, address: str = "") -> str:
    """An item of an export, with links by path, by number, and to the whole address."""
    to = others(story)
    links = (f"{wordpress_path(to[0])}", f"/?p={500 + to[1].number}", f"{SITE}{wordpress_path(to[2])}")
    content = "".join(f'<p>{WORDS} <a href="{link}">more</a></p>' for link in links)
    return (
        f"<item><title><![CDATA[{story.title}]]></title><link>{address or SITE + wordpress_path(story)}</link>"
        f"<content:encoded><![CDATA[{content}]]></content:encoded><wp:post_id>{500 + story.number}</wp:post_id>"
        f"<wp:post_date><![CDATA[{story.day} 08:30:00]]></wp:post_date><wp:post_name><![CDATA[{story.slug}]]>"
        f"</wp:post_name><wp:status>publish</wp:status><wp:post_type>post</wp:post_type>"
        f'<category domain="category" nicename="port"><![CDATA[Port]]></category></item>'
    )


def test_twenty_posts_of_a_wordpress_export(run: Run, tmp_path: Path) -> None:
    (tmp_path / "export.xml").write_text(WXR % "".join(map(wordpress_item, STORIES)))
    check(run, tmp_path, "export.xml", wordpress_path)


def test_the_pattern_that_helps_a_wordpress_export(run: Run, tmp_path: Path) -> None:
    """An export whose posts have plain addresses, with links to the pretty ones."""
    items = [wordpress_item(story, f"{SITE}/?p={500 + story.number}") for story in STORIES]
    (tmp_path / "export.xml").write_text(WXR % "".join(items))
    done = run("archive", "add", "export.xml")
    assert "40 of 60 internal links do not lead to any article of this import" in done.stderr, done.stderr
    assert "--permalink '/:year/:month/:day/:slug/' 40 more of them lead to one" in done.stderr
    (tmp_path / "ourtake.db").unlink()
    found = imported(run, tmp_path, "export.xml", "--permalink", "/%year%/%monthnum%/%day%/%postname%/")
    assert {one["url"] for one in found.values()} == {SITE + wordpress_path(story) for story in STORIES}
    for story in STORIES:
        assert set(found[story.title]["links"]) == {(SITE + wordpress_path(to)).rstrip("/") for to in others(story)}


def test_the_pattern_that_helps_a_feed(run: Run, tmp_path: Path) -> None:
    """A feed whose entries have a counter's addresses; what the archive has already counts as found."""
    (tmp_path / "ourtake.toml").write_text(f'[publication]\nurl = "{SITE}"\n')
    entry = (
        "<item><title>{0.title}</title><link>{1}/r/{0.number}</link><pubDate>{0.day}</pubDate>"
        "<description><![CDATA[{2}]]></description></item>"
    )
    text = "".join(f'<p>{WORDS * 8} <a href="{SITE}/{one.day:%Y}/{one.slug}">more</a></p>' for one in STORIES[:4])
    items = "".join(entry.format(story, SITE, text) for story in STORIES)
    (tmp_path / "feed.xml").write_text(f'<rss version="2.0"><channel><title>G</title>{items}</channel></rss>')
    done = run("archive", "add", "feed.xml")
    assert "80 of 80 internal links do not lead to any article of this import" in done.stderr, done.stderr
    assert "--permalink '/:year/:slug/' 80 more of them lead to one" in done.stderr
    done = run("archive", "add", "feed.xml", "--permalink", "/:year/:slug/")
    assert done.returncode == 0 and "lead to any article" not in done.stderr
    again = run("archive", "add", "feed.xml", "--again")
    assert "lead to any article" not in again.stderr

"""Front matter as Jekyll, Hugo, Eleventy and Astro write it."""

from __future__ import annotations

from pathlib import Path

import pytest
from markdown_files import read_folder

from ourtake.documents import Article
from ourtake.intake.items import Reject

SITE = "https://paper.example"
JEKYLL = (
    "---\nlayout: post\ntitle: The grid\ncategories: [power, towns]\n---\nText with [a link](/2024/05/01/older/).\n"
)
HUGO = (
    '+++\ntitle = "The grid"\ndate = 2025-03-04T10:00:00Z\nlastmod = 2025-03-05\ntags = ["power"]\nslug = '
    '"the-grid"\n+++\nText.\n'
)
ELEVENTY = "---\ntitle: The grid\ndate: 2025-03-04\npermalink: /notes/grid/\ntags: power\n---\nText.\n"
ASTRO = "---\ntitle: 'The grid'\npubDate: 2025-03-04\ndescription: What it costs\nauthor: A. Writer\n---\nText.\n"
HUGO_JSON = '{"title": "The grid", "date": "2025-03-04", "tags": ["power"]}\n\nText.\n'
JEKYLL_WORDS = "---\ntitle: The grid\npermalink: /grid/\ntags: power towns\n---\nText.\n"
ELEVENTY_TEMPLATE = (
    "---\ntitle: The grid\ndate: 2025-03-04\npermalink: '/e/{{ title | slug }}/'\ntags: power\n---\nText.\n"
)
ASTRO_WORDS = "---\ntitle: The grid\npubDate: 'Mar 04 2025'\nauthor: {name: A. Writer}\n---\nText.\n"

WRITTEN = {
    "jekyll": (JEKYLL, "_posts/2025-03-04-the-grid.md", f"{SITE}/2025/03/04/the-grid/", ("power", "towns")),
    "hugo": (HUGO, "posts/whatever.md", f"{SITE}/posts/the-grid/", ("power",)),
    "eleventy": (ELEVENTY, "notes/x.md", f"{SITE}/notes/grid/", ("power",)),
    "hugo in json": (HUGO_JSON, "content/posts/the-grid.md", f"{SITE}/posts/the-grid/", ("power",)),
    "hugo from the top": (HUGO, "content/posts/whatever.md", f"{SITE}/posts/the-grid/", ("power",)),
    "jekyll in a category": (JEKYLL_WORDS, "towns/_posts/2025-03-04-x.md", f"{SITE}/grid/", ("power", "towns")),
    "eleventy with a template": (ELEVENTY_TEMPLATE, "notes/the-grid.md", f"{SITE}/notes/the-grid/", ("power",)),
    "astro from the top": (ASTRO_WORDS, "src/content/blog/the-grid.mdx", f"{SITE}/blog/the-grid/", ()),
    "astro": (ASTRO, "blog/the-grid.md", f"{SITE}/blog/the-grid/", ()),
}


def read(folder: Path, text: str, name: str = "t.md") -> Article | Reject:
    """The article of the only file in a folder, or why there is none."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    (found,) = read_folder(folder, site=SITE)
    return found


@pytest.mark.parametrize("name", WRITTEN)
def test_each_generator(tmp_path: Path, name: str) -> None:
    text, file, url, tags = WRITTEN[name]
    article = read(tmp_path, text, file)
    assert isinstance(article, Article)
    assert (article.title, article.url, article.tags) == ("The grid", url, tags)
    assert (article.published or "").startswith("2025-03-04")


def test_keys_without_a_place_are_kept(tmp_path: Path) -> None:
    front = "id: n-7\nauthor: [{name: A}, B]\nparams: {depth: 2, day: 2025-01-01}\naliases: [/old/]\nfeatured: true\n"
    article = read(tmp_path, f"---\ntitle: T\n{front}---\nText.")
    assert isinstance(article, Article) and (article.id, article.author) == ("n-7", "A, B")
    assert article.model_extra == {"params": {"depth": 2, "day": "2025-01-01"}, "aliases": ["/old/"], "featured": True}


@pytest.mark.parametrize(
    ("file", "line", "said"), [("_index.md", "", "a section"), ("t.md", "permalink: false", "permalink")]
)
def test_what_is_no_article_is_left_out_on_purpose(tmp_path: Path, file: str, line: str, said: str) -> None:
    found = read(tmp_path, f"---\ntitle: T\n{line}\n---\nText.", file)
    assert isinstance(found, Reject) and not found.broken and said in found.reason


def test_links_to_its_own_site_are_kept_and_others_not(tmp_path: Path) -> None:
    text = (
        "---\ntitle: T\n---\n[in](/a/) [same](https://paper.example/a) [out](https://elsewhere.example/) "
        "![image](/b.png)"
    )
    article = read(tmp_path, text)
    assert isinstance(article, Article) and article.links == (f"{SITE}/a",)


@pytest.mark.parametrize("line", ["draft: true", "published: false"])
def test_a_draft_is_left_out_on_purpose(tmp_path: Path, line: str) -> None:
    found = read(tmp_path, f"---\ntitle: T\n{line}\n---\nText.")
    assert isinstance(found, Reject) and not found.broken and found.reason == "a draft."


BROKEN = {
    "no front matter": ("Text only.", "no front matter"),
    "no title": ("---\ndate: 2025-01-01\n---\nText.", "no title"),
    "no text": ("---\ntitle: T\n---\n  \n", "no text"),
    "bad yaml": ("---\ntitle: [\n---\nText.", "line"),
    "a template": ("{{ content }}", "no front matter"),
    "a knot": ("---\ntitle: T\nx: &a [*a]\n---\nText.", "nested too deep"),
    "bad toml": ('+++\ntitle = "\n+++\nText.', "TOML"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_says_why(tmp_path: Path, name: str) -> None:
    text, said = BROKEN[name]
    found = read(tmp_path, text)
    assert isinstance(found, Reject) and found.broken and said in found.reason


IMPOSSIBLE = (
    "---\ntitle: T\ndate: {}\n---\nText.",
    "---\ntitle: T\ndate: '{}'\n---\nText.",
    "+++\ntitle = 'T'\ndate = {} # a slip\n+++\nText.",
)


@pytest.mark.parametrize("front", IMPOSSIBLE)
@pytest.mark.parametrize("written", ["2025-02-31", "2025-13-45", "2025-02-31T10:00:00Z"])
def test_an_impossible_date_stops_nothing_and_is_kept_as_written(tmp_path: Path, front: str, written: str) -> None:
    article = read(tmp_path, front.format(written))
    assert isinstance(article, Article) and article.published is None
    assert (article.model_extra or {})["unread_dates"] == {"published": written}

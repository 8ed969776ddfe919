"""Front matter as Jekyll, Hugo, Eleventy and Astro write it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ourtake.documents import Article
from ourtake.errors import InputError
from ourtake.intake.markdown_folder import markdown_article

SITE = "https://paper.example"
JEKYLL = "---\nlayout: post\ntitle: The grid\ncategories: [power, towns]\n---\nText with [a link](/2024/05/01/older/).\n"
HUGO = '+++\ntitle = "The grid"\ndate = 2025-03-04T10:00:00Z\nlastmod = 2025-03-05\ntags = ["power"]\nslug = "the-grid"\n+++\nText.\n'
ELEVENTY = "---\ntitle: The grid\ndate: 2025-03-04\npermalink: /notes/grid/\ntags: power\n---\nText.\n"
ASTRO = "---\ntitle: 'The grid'\npubDate: 2025-03-04\ndescription: What it costs\nauthor: A. Writer\n---\nText.\n"

WRITTEN = {
    "jekyll": (JEKYLL, "_posts/2025-03-04-the-grid.md", f"{SITE}/2025/03/04/the-grid/", ("power", "towns")),
    "hugo": (HUGO, "posts/whatever.md", f"{SITE}/posts/the-grid/", ("power",)),
    "eleventy": (ELEVENTY, "notes/x.md", f"{SITE}/notes/grid/", ("power",)),
    "astro": (ASTRO, "blog/the-grid.md", f"{SITE}/blog/the-grid/", ()),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_each_generator(name: str) -> None:
    text, file, url, tags = WRITTEN[name]
    article = markdown_article(text, file=Path(file), site=SITE)
    assert isinstance(article, Article)
    assert (article.title, article.url, article.tags) == ("The grid", url, tags)
    assert (article.published or "").startswith("2025-03-04")


def test_links_to_its_own_site_are_kept_and_others_not() -> None:
    text = "---\ntitle: T\n---\n[in](/a/) [same](https://paper.example/a) [out](https://elsewhere.example/) ![image](/b.png)"
    article = markdown_article(text, file=Path("t.md"), site=SITE)
    assert isinstance(article, Article) and article.links == (f"{SITE}/a",)


@pytest.mark.parametrize("line", ["draft: true", "published: false"])
def test_a_draft_is_left_out_on_purpose(line: str) -> None:
    assert markdown_article(f"---\ntitle: T\n{line}\n---\nText.", file=Path("t.md"), site=SITE) == "a draft."


BROKEN = {
    "no front matter": ("Text only.", "no front matter"),
    "no title": ("---\ndate: 2025-01-01\n---\nText.", "no title"),
    "no text": ("---\ntitle: T\n---\n  \n", "no text"),
    "bad yaml": ("---\ntitle: [\n---\nText.", "line"),
    "bad toml": ('+++\ntitle = "\n+++\nText.', "TOML"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_says_why(name: str) -> None:
    text, said = BROKEN[name]
    with pytest.raises(InputError, match=said):
        markdown_article(text, file=Path("t.md"), site=SITE)


def test_an_impossible_date_stops_nothing() -> None:
    article = markdown_article("---\ntitle: T\ndate: '2025-02-31'\n---\nText.", file=Path("t.md"), site=SITE)
    assert isinstance(article, Article) and article.published is None

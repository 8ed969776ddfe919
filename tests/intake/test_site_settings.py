"""`archive add FOLDER` as a process, on sites whose settings are written in less usual ways."""

from __future__ import annotations

from pathlib import Path

import pytest

from ourtake.intake.sites.settings import script_value
from tests.conftest import Run
from tests.intake.test_sites import SITE, imported, post, tree

DOCUSAURUS = f"""
const options = {{
  editUrl: (page => {{
    const baseUrl = 'https://code.example/edit';
    return `${{baseUrl}}/${{page.path}}`;
  }}),
}};
const home = '{SITE}';
export default {{
  url: home,
  baseUrl: '/',
  presets: [['classic', {{ docs: {{ path: '../docs', ...options }}, blog: {{ path: 'blog', big: true }} }}]],
  plugins: [['content-docs', {{ id: 'rules', path: 'rules', versions: {{ current: {{}} }}, routeBasePath: '/rules' }}]],
}};
"""
ELEVENTY = """
export default {
  layout: "post.liquid",
  permalink: function ({ page }) {
    return `/news/${ page.fileSlug }/`;
  },
};
"""
STARLIGHT = f"""
import starlight from '@astrojs/starlight';
const preview = process.env.PREVIEW_URL;
const site = preview || '{SITE}/';
export default defineConfig({{ site, integrations: [starlight({{ head: [{{ site: 'ABC' }}] }})] }});
"""
SITES = {
    "Docusaurus, docs beside it, an inner baseUrl": (
        {
            "website/docusaurus.config.ts": DOCUSAURUS,
            "docs/ferry.md": post("title: The ferry", "See [the vote](@site/blog/2025-03-04-vote.md)."),
            "website/blog/2025-03-04-vote.md": post("title: The vote", "See [the ferry](../../docs/ferry.md)."),
            "website/rules/fines.md": post("title: Fines"),
        },
        {"The ferry": "/docs/ferry", "The vote": "/blog/2025/03/04/vote", "Fines": "/rules/fines"},
        {"The ferry": "The vote", "The vote": "The ferry"},
    ),
    "Eleventy, a function": (
        {
            "eleventy.config.js": "export default function (config) {}\n",
            "_data/site.json": f'{{"url": "{SITE}"}}',
            "_posts/_posts.11tydata.js": ELEVENTY,
            "_posts/2025-03-04-vote.md": post("title: The vote", "See [the ferry](/news/ferry/)."),
            "_posts/2025-03-05-ferry.md": post("title: The ferry"),
            "guides/guides.11tydata.cjs": "exports = { permalink: data => `/how/${data.page.fileSlug}.html` };\n",
            "guides/moor.md": post("title: How to moor\ndate: 2025-03-06"),
            "notes/computed.md": post("title: Computed\ndate: 2025-03-07\neleventyComputed: {permalink: '/n/1/'}"),
        },
        {
            "The vote": "/news/vote/",
            "The ferry": "/news/ferry/",
            "How to moor": "/how/moor.html",
            "Computed": "/n/1/",
        },
        {"The vote": "The ferry"},
    ),
    "Starlight, a constant": (
        {
            "astro.config.mjs": STARLIGHT,
            "src/content/docs/guides/moor.mdx": post("title: How to moor", "See [home](/de/guides/moor/)."),
            "src/content/docs/de/guides/moor.md": post("title: Anlegen"),
            "src/content/docs/de/index.md": post("title: Hafen"),
        },
        {"How to moor": "/guides/moor/", "Anlegen": "/de/guides/moor/", "Hafen": "/de/"},
        {"How to moor": "Anlegen"},
    ),
    "Hugo, mounted folders and whole addresses": (
        {
            "hugo.toml": f'baseURL = "{SITE}/"\ndefaultContentLanguage = "en"\n[languages.en]\n[languages.fr]\n'
            '[[module.mounts]]\nsource = "texts/en"\ntarget = "content"\nlang = "en"\n'
            '[[module.mounts]]\nsource = "texts/fr"\ntarget = "content"\n[module.mounts.sites.matrix]\n'
            'languages = ["fr"]\n',
            "texts/en/news/vote.md": post("title: The vote\ndate: 2025-03-04", 'See [it]({{< ref "ferry.md" >}}).'),
            "texts/en/news/ferry.md": post("title: The ferry\ndate: 2025-03-05\nUrl: old/ferry"),
            "texts/en/news/quay.md": post("title: The quay\ndate: 2025-03-05\nurl: /:year/:slug/\nslug: fish-quay"),
            "texts/fr/news/vote.md": post("title: Le vote\ndate: 2025-03-04\nurl: /vote.html"),
            "texts/fr/news/bac.md": post("title: Le bac\ndate: 2025-03-04\nurl: bac"),
        },
        {
            "The vote": "/news/vote/",
            "The ferry": "/old/ferry/",
            "The quay": "/2025/fish-quay/",
            "Le vote": "/vote.html",
            "Le bac": "/fr/bac/",
        },
        {"The vote": "The ferry"},
    ),
    "Zola, paths of its own": (
        {
            "zola.toml": f'base_url = "{SITE}"\ndefault_language = "en"\n[languages.fr]\n',
            "content/news/_index.md": "+++\ntitle = 'News'\n+++\n",
            "content/news/vote.md": '+++\ntitle = "The vote"\ndate = 2025-03-04\npath = "vote"\n+++\n\nIt is in '
            "[the news](@/news/_index.md) and [in French](@/news/vote.fr.md).\n",
            "content/news/vote.fr.md": '+++\ntitle = "Le vote"\ndate = 2025-03-04\npath = "fr/vote"\n+++\n\nAu port.\n',
        },
        {"The vote": "/vote/", "Le vote": "/fr/vote/"},
        {"The vote": "Le vote"},
    ),
    "Pelican, settings.py": (
        {
            "settings.py": f"SITEURL = '{SITE}'\nPATH = 'content'\nARTICLE_URL = 'blog/{{slug}}.html'\n",
            "content/2025/vote.md": "Title: The vote\nDate: 2025-03-04\n\nSee [it]({filename}../2024/ferry.md) and "
            "[a notebook]({filename}ferry.ipynb).\n",
            "content/2024/ferry.md": "Title: The ferry\nDate: 2024-03-04\n\nTo the quay.\n",
        },
        {"The vote": "/blog/the-vote.html", "The ferry": "/blog/the-ferry.html"},
        {"The vote": "The ferry"},
    ),
}


@pytest.mark.parametrize("name", SITES)
def test_addresses_and_links_of_sites_with_less_usual_settings(run: Run, tmp_path: Path, name: str) -> None:
    files, addresses, links = SITES[name]
    tree(tmp_path / "site", files)
    found = imported(run, tmp_path, "site")
    assert {title: row["url"].removeprefix(SITE) for title, row in found.items()} == addresses
    for title, row in found.items():
        to = {links[title]} if title in links else set()
        assert {
            other for other in addresses if found[other]["url"].rstrip("/") in {x.rstrip("/") for x in row["links"]}
        } == to
        assert "{filename}" not in row["text"] and "@/" not in row["text"]


@pytest.mark.parametrize("shape", ["url,\n", "url: n{},\n", "const n{} = 'a', url: n{}, ", "url: 'x', {{"])
def test_scripts_that_would_cost_a_square_of_their_length(shape: str) -> None:
    # Taken by the square, each would take minutes: the suite's own time-out is the judge.
    script = "".join(shape.format(number, number) for number in range(20_000 if "const" in shape else 60_000))
    assert script_value(f"const site = '{SITE}';\n{script}\n}} x = {{ link: site }}", "link") == SITE
    assert script_value(script, "url") == {"url: 'x', {{": "x", "const n{} = 'a', url: n{}, ": "a"}.get(shape)


def test_a_key_of_the_sites_own_that_holds_the_date_is_named_and_read_when_it_is_set(run: Run, tmp_path: Path) -> None:
    toml = f'[publication]\nurl = "{SITE}"\n'
    (tmp_path / "ourtake.toml").write_text(toml, encoding="utf-8")
    tree(
        tmp_path / "posts",
        {"vote.md": post('title: The vote\nadded: "March 4, 2025"\nlastmod: 2025-05-05\nrank: 20250101')},
    )
    done = run("archive", "add", "posts", folder=tmp_path)
    assert (
        '1 file without a date has one under added: if that is the day of publication, set date_keys = ["added"]'
        in (done.stderr)
    )
    (tmp_path / "ourtake.toml").write_text(f'{toml}[intake]\ndate_keys = ["added"]\n', encoding="utf-8")
    assert imported(run, tmp_path, "posts")["The vote"]["published"] == "2025-03-04"


DIALECTS = (
    "---\ntitle: T0\ndate: 2025-03-04\n...\n",
    '---json\n{"title": "T1", "date": "2025-03-04"}\n---\n',
    '---toml\ntitle = "T2"\ndate = 2025-03-04\n---\n',
    ';;;\n{"title": "T3", "date": "2025-03-04"}\n;;;\n',
    "---\nTITLE: T4\nDATE: 2025-03-04\n---\n",
)


def test_front_matter_in_five_more_ways(run: Run, tmp_path: Path) -> None:
    (tmp_path / "ourtake.toml").write_text(f'[publication]\nurl = "{SITE}"\n', encoding="utf-8")
    tree(tmp_path / "posts", {f"{n}.md": f"{front}\nThe board votes in May.\n" for n, front in enumerate(DIALECTS)})
    found = imported(run, tmp_path, "posts")
    assert {title: (row["published"], row["text"]) for title, row in found.items()} == {
        f"T{number}": ("2025-03-04", "The board votes in May.") for number in range(len(DIALECTS))
    }

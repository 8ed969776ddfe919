"""Outlets on loopback whose feeds a publication watches."""

from __future__ import annotations

import datetime
import email.utils
import json
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import Run
from tests.intake.site import Answer, Site, rss, serving


class Outlets:
    """A site with the feeds of some outlets, and the settings that watch them."""

    def __init__(self, site: Site, paper: Path) -> None:
        self.site, self.paper = site, paper
        self.feeds: list[str] = []
        self.keys: dict[str, object] = {"do": "draft", "every_minutes": 0.00001, "threshold": 0.4}
        self.kept = (paper / "ourtake.toml").read_text(encoding="utf-8")

    def feed(self, path: str, *stories: str, outlet: str = "The Tidewater Post", more: str = "") -> str:
        """Serve a feed, and watch it."""
        self.site.xml(path, rss(list(stories)))
        self.watch(path, outlet=outlet, more=more)
        return f"{self.site.url}{path}"

    def watch(self, path: str, *, outlet: str = "The Tidewater Post", kind: str = "feeds", more: str = "") -> None:
        """Watch an address."""
        if not any(f'"{self.site.url}{path}"' in row for row in self.feeds):
            self.feeds.append(f'[[watch.{kind}]]\nurl = "{self.site.url}{path}"\noutlet = "{outlet}"\n{more}\n')
        self.settle()

    def settle(self, **keys: object) -> None:
        """Write the settings."""
        self.keys |= keys
        rows = "\n".join(f"{name} = {json.dumps(value)}" for name, value in self.keys.items())
        text = f"{self.kept}\n{self.site.settings}\n[watch]\n{rows}\n\n{''.join(self.feeds)}"
        (self.paper / "ourtake.toml").write_text(text, encoding="utf-8")


@pytest.fixture
def outlets(paper: Path) -> Iterator[Outlets]:
    with serving() as site:
        yield Outlets(site, paper)


def story(site: Site, path: str, *, title: str = "", blurb: str = "", age: float = 0.0, date: str = "") -> str:
    """An entry of a feed, with its page. Without a title it is one that the example archive has much to say about."""
    title, blurb = title or LABEL[0], blurb or LABEL[1]
    when = datetime.datetime.now(datetime.UTC) - datetime.timedelta(hours=age)
    published = date or email.utils.format_datetime(when)
    dated = f"<pubDate>{published}</pubDate>" if date != "none" else ""
    page(site, path, title=title, blurb=blurb, date=when.date().isoformat())
    return (
        f"<item><title>{escape(title)}</title><link>{site.url}{path}</link>{dated}"
        f"<description>{escape(blurb)}</description></item>"
    )


def page(site: Site, path: str, *, title: str = "", blurb: str = "", date: str = "", more: str = "") -> None:
    """Serve the page of a story; `more`: a further sentence."""
    title, blurb = title or LABEL[0], blurb or LABEL[1]
    stated = f'<meta property="article:published_time" content="{date}">' if date else ""
    told = [
        blurb,
        *(f"Paragraph {n} says what people in the town think of it, in {n + 20} words or so." for n in range(6)),
        more,
    ]
    body = "".join(f"<p>{escape(text)}</p>" for text in told if text)
    head, shown = f"<head><title>{escape(title)}</title>{stated}</head>", f"<h1>{escape(title)}</h1>{body}"
    html = f"<html>{head}<body><article>{shown}</article></body></html>"
    site.pages[path] = Answer(html.encode(), headers={"Content-Type": "text/html; charset=utf-8"})


def example_story(number: str) -> tuple[str, str]:
    """Headline and blurb of one of the example publication's stories."""
    folder = Path(__file__).resolve().parents[2] / "examples" / "sources"
    _, front, body = next(folder.glob(f"{number}*.md")).read_text(encoding="utf-8").split("---", 2)
    return str(yaml.safe_load(front)["title"]), body.strip()


LABEL, COURT, SPONGE = example_story("03"), example_story("04"), example_story("07")
"""Stories of the example publication: two that its archive has something on, and one that it has nothing on."""


def once(run: Run, paper: Path, *words: str, env: dict[str, str] | None = None, code: int = 0) -> dict[str, Any]:
    """What `ourtake watch --once --json` says."""
    done = run("watch", "--once", "--json", *words, folder=paper, env=env or {})
    assert done.returncode == code, done.stdout + done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found | {"stderr": done.stderr}


def stories(run: Run, paper: Path, env: dict[str, str] | None = None) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run("watch", "stories", "--json", folder=paper, env=env or {}).stdout)
    return found


def feeds(run: Run, paper: Path, env: dict[str, str] | None = None) -> dict[str, dict[str, Any]]:
    """The feeds of `ourtake watch status`, by the paths of their addresses."""
    found = json.loads(run("watch", "status", "--json", folder=paper, env=env or {}).stdout)["feeds"]
    return {"/" + row["url"].split("/", 3)[3]: row for row in found}


def drafts(run: Run, paper: Path, env: dict[str, str] | None = None) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run("drafts", "list", "--json", folder=paper, env=env or {}).stdout)
    return found

"""The known site builders, one row each. To add one, write a file beside this one and a row here."""

from __future__ import annotations

import importlib
from pathlib import Path

from ourtake.intake.sites.base import Site, SiteKind

SITES = (
    SiteKind("Docusaurus", "docusaurus", ("docusaurus.config.js", "docusaurus.config.ts", "docusaurus.config.mjs")),
    SiteKind("Astro", "astro", ("astro.config.mjs", "astro.config.ts", "astro.config.js"), trees=("src/content/*",)),
    SiteKind(
        "Eleventy",
        "eleventy",
        (".eleventy.js", "eleventy.config.js", "eleventy.config.mjs", "eleventy.config.cjs", "eleventy.config.ts"),
    ),
    SiteKind("Pelican", "pelican", ("pelicanconf.py", "publishconf.py", "settings.py")),
    SiteKind("Zola", "zola", ("zola.toml", "config.toml")),
    SiteKind(
        "Hugo",
        "hugo",
        ("hugo.toml", "hugo.yaml", "hugo.yml", "hugo.json", "config/_default", "config.toml", "archetypes/default.md"),
    ),
    SiteKind("Jekyll", "jekyll", ("_config.yml", "_config.yaml", "_config.toml")),
    SiteKind("Nikola", "nikola", ("conf.py",)),
    SiteKind("Docusaurus", "docusaurus", (), trees=("blog/[12][0-9][0-9][0-9]-*-*",)),
)
_UPWARDS = 4
_INSIDE = ("website", "site", "docs", "www", "src", "web", "blog")
"""Folders of a repository in which a site often begins."""


def site_of(folder: Path) -> tuple[Site, str] | None:
    """The site that a folder is, is a part of, or holds, and its builder's name; None if none is recognised."""
    folder = folder.absolute()
    above = [folder, *list(folder.parents)[:_UPWARDS]]
    held = [folder / name for name in _INSIDE if (folder / name).is_dir()]
    for place in (*above, *held):
        for kind in SITES:
            if any(_is_mark(place / mark, kind.name) for mark in kind.marks):
                return _read(kind, place)
        if place != folder and (place / ".git").exists() and place not in held:
            break
    for place in above[:_UPWARDS]:
        for kind in SITES:
            if any(next(place.glob(tree), None) is not None for tree in kind.trees):
                return _read(kind, place)
    return None


def _is_mark(path: Path, builder: str) -> bool:
    if path.name == "conf.py":  # Sphinx, too, has a conf.py
        return path.is_file() and b"POSTS" in path.read_bytes()[:200_000]
    if path.name in ("settings.py", "publishconf.py"):  # Django, too, has a settings.py
        return path.is_file() and b"SITEURL" in path.read_bytes()[:200_000]
    if path.name == "config.toml":  # a name that many programs use
        mark = b"base_url" if builder == "Zola" else b"baseurl"
        return path.is_file() and mark in path.read_bytes()[:200_000].lower()
    return path.exists()


def _read(kind: SiteKind, folder: Path) -> tuple[Site, str]:
    site: Site = importlib.import_module(f"ourtake.intake.sites.{kind.module}").read(folder)
    return site, kind.name

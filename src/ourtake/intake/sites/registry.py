"""The known site builders. To add one, write a file beside this one and name its class here."""

from __future__ import annotations

from pathlib import Path

from ourtake.intake.sites.astro import AstroSite
from ourtake.intake.sites.base import Site
from ourtake.intake.sites.docusaurus import DocusaurusSite
from ourtake.intake.sites.eleventy import EleventySite
from ourtake.intake.sites.hugo import HugoSite
from ourtake.intake.sites.jekyll import JekyllSite
from ourtake.intake.sites.nikola import NikolaSite
from ourtake.intake.sites.pelican import PelicanSite
from ourtake.intake.sites.plain import PlainSite
from ourtake.intake.sites.zola import ZolaSite

SITES: tuple[type[Site], ...] = (
    AstroSite,
    DocusaurusSite,
    EleventySite,
    PelicanSite,
    ZolaSite,
    HugoSite,
    JekyllSite,
    NikolaSite,
)
"""In the order in which they are looked for: Zola and Hugo, for example, may both have a config.toml."""

COMMON_NAMES = frozenset(("conf.py", "settings.py", "publishconf.py", "config.toml"))
"""Sphinx, too, has a conf.py, and Django a settings.py."""

_UPWARDS = 4
_INSIDE = ("website", "site", "docs", "www", "src", "web", "blog")
"""Folders of a repository in which a site often begins."""


def site_of(folder: Path) -> Site:
    """The site that a folder is, is a part of, or holds; a PlainSite if none is recognised."""
    within = folder.absolute()
    above = [within, *list(within.parents)[:_UPWARDS]]
    held = [within / name for name in _INSIDE if (within / name).is_dir()]
    for place in (*above, *held):
        for kind in SITES:
            if any(_is_mark(place / name, kind.sign) for name in kind.marks):
                return kind(place)
        if place != within and (place / ".git").exists() and place not in held:
            break
    for place in above[:_UPWARDS]:
        for kind in SITES:
            if any(next(place.glob(tree), None) is not None for tree in kind.trees):
                return kind(place)
    return PlainSite(folder)


def _is_mark(path: Path, sign: bytes) -> bool:
    if path.name in COMMON_NAMES:
        head = path.read_bytes()[:200_000] if path.is_file() else b""
        return sign in head or sign in head.lower()  # Hugo's keys may be in any case
    return path.exists()

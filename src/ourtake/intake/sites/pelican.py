"""Pelican: pelicanconf.py, ARTICLE_URL and its kin, metadata in file names, languages, `{filename}` links."""

from __future__ import annotations

import datetime
import re
from pathlib import Path
from typing import Any

from ourtake.intake.sites.base import Post, Site, aliases_of, moment_of, rooted, stem, texts, within
from ourtake.intake.sites.permalink import slug_of
from ourtake.intake.sites.settings import first_of, python_values

_FIELD = re.compile(r"\{(\w+)(?::([^{}]*))?\}")


class PelicanSite(Site):
    """See sites/base.py. What publishconf.py sets counts, since that is what is published."""

    builder = "Pelican"
    marks = ("pelicanconf.py", "publishconf.py", "settings.py")
    sign = b"SITEURL"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        config = python_values(first_of(folder, "pelicanconf.py", "settings.py"))
        config |= python_values(first_of(folder, "publishconf.py"))
        self.url = str(config.get("SITEURL") or "").rstrip("/")
        self._config = config
        # "content" is the folder that pelican-quickstart makes; the setting's own default is the site's folder.
        content = str(config.get("PATH") or ("content" if (folder / "content").is_dir() else "."))
        self._content = Path(content)
        self._articles = texts(config.get("ARTICLE_PATHS")) or ("",)
        self._pages = texts(config.get("PAGE_PATHS")) or ("pages",)
        self._language = str(config.get("DEFAULT_LANG") or "en")
        self._name = _pattern(config.get("FILENAME_METADATA") or r"(?P<date>\d{4}-\d{2}-\d{2}).*")
        self._place = _pattern(config.get("PATH_METADATA") or "")

    def defaults(self, file: Path) -> dict[str, Any]:
        """What DEFAULT_METADATA, the file's name and its path say."""
        found = self._config.get("DEFAULT_METADATA")
        values = {str(key).lower(): value for key, value in found.items()} if isinstance(found, dict) else {}
        inside = within(file, self._content)
        for pattern, text in ((self._name, stem(file)), (self._place, (inside or file).as_posix())):
            match = pattern.match(text) if pattern else None
            values |= {key: value for key, value in match.groupdict().items() if value} if match else {}
        return values

    def post(self, file: Path, front: dict[str, Any], title: str) -> Post:
        """The article of a file in the content folder."""
        keys = {key.lower(): value for key, value in front.items()}
        inside = within(file, self._content)
        why_not = ""
        if inside is None or not any(_is_in(inside, one) for one in self._articles):
            why_not = "not in the site's folder of articles."
        elif any(_is_in(inside, one) for one in self._pages):
            why_not = "a page of the site, not a post."
        parts = (inside or file).parent.parts
        folder = parts[-1] if parts and self._config.get("USE_FOLDER_AS_CATEGORY", True) else ""
        category = str(keys.get("category") or folder or self._config.get("DEFAULT_CATEGORY") or "misc")
        source = stem(file) if self._config.get("SLUGIFY_SOURCE") == "basename" else title
        language = str(keys.get("lang") or self._language)
        author = texts(keys.get("authors") or keys.get("author"))
        values = {
            "slug": str(keys.get("slug") or slug_of(source, ascii_only=True)),
            "category": slug_of(category, ascii_only=True),
            "lang": language,
            "author": slug_of(author[0].split(";")[0].split(",")[0], ascii_only=True) if author else "",
            "base_name": stem(file),
            "path": (inside or file).with_suffix("").as_posix(),
        }
        other = "LANG_" if language != self._language else ""
        pattern = self._config.get(f"ARTICLE_{other}URL")
        saved = self._config.get(f"ARTICLE_{other}SAVE_AS")
        if not isinstance(pattern, str):
            pattern = saved if isinstance(saved, str) and saved else "{slug}-{lang}.html" if other else "{slug}.html"
        path = str(keys.get("url") or "") or _filled(pattern, values, moment_of(keys, "date"))
        path = re.sub(r"(?:\A|/)index\.html\Z", "/", path)
        return Post(
            file,
            front,
            rooted(path),
            aliases_of(front),
            None,
            language,
            why_not,
        )


def _is_in(file: Path, folder: str) -> bool:
    return file.is_relative_to(folder.strip("/"))


def _pattern(text: object) -> re.Pattern[str] | None:
    try:
        return re.compile(text) if isinstance(text, str) and 0 < len(text) < 300 else None
    except re.error:
        return None


def _filled(pattern: str, values: dict[str, str], moment: datetime.datetime | None) -> str:
    def value(match: re.Match[str]) -> str:
        if match[1] == "date":
            return moment.strftime(match[2] or "%Y-%m-%d") if moment else ""
        return values.get(match[1], "")

    return re.sub(r"/{2,}", "/", _FIELD.sub(value, pattern))

"""Jekyll: _config.yml, _posts/ in any folder, collections, permalinks with placeholders, redirect_from."""

from __future__ import annotations

import datetime
import re
import zoneinfo
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from ourtake.intake.sites.base import Post, Site, aliases_of, day_of_name, moment_of, rooted, stem, texts, without_day
from ourtake.intake.sites.permalink import dates, filled, slug_of
from ourtake.intake.sites.settings import first_of, table_of

_STYLES = {
    "date": "/:categories/:year/:month/:day/:title:output_ext",
    "pretty": "/:categories/:year/:month/:day/:title/",
    "ordinal": "/:categories/:year/:y_day/:title:output_ext",
    "weekdate": "/:categories/:year/W:week/:short_day/:title:output_ext",
    "none": "/:categories/:title:output_ext",
}
_PRETTY = "._~!$&'()+,;=@"
"""Signs that Jekyll leaves in the name of a post."""


class JekyllSite(Site):
    """See sites/base.py."""

    builder = "Jekyll"
    marks = ("_config.yml", "_config.yaml", "_config.toml")

    def __init__(self, folder: Path) -> None:
        config = table_of(first_of(folder, *self.marks))
        super().__init__(folder / str(config.get("source") or "."))
        base = str(config.get("baseurl") or "").strip("/")
        self.url = f"{str(config.get('url') or '').rstrip('/')}/{base}".rstrip("/")
        self._style = str(config.get("permalink") or "date")
        self._collections = _collections(config)
        self._collections_dir = str(config.get("collections_dir") or "").strip("/")
        self._defaults = [row for row in config.get("defaults") or [] if isinstance(row, dict)]
        self._excluded = texts(config.get("exclude"))
        self._language = str(config.get("default_lang") or config.get("lang") or config.get("locale") or "")
        self._languages = texts(config.get("languages"))
        try:
            self._zone: zoneinfo.ZoneInfo | None = zoneinfo.ZoneInfo(str(config["timezone"]))
        except (KeyError, ValueError, OSError):
            self._zone = None

    def defaults(self, file: Path) -> dict[str, Any]:
        """The values of the scopes that the file is in; those of the longest path win."""
        kind = self._kind(file)
        found: list[tuple[int, dict[str, Any]]] = []
        for row in self._defaults:
            scope, values = row.get("scope"), row.get("values")
            if not isinstance(scope, dict) or not isinstance(values, dict):
                continue
            path = str(scope.get("path") or "").strip("/")
            own = file.as_posix()
            within = not path or own == path or own.startswith(f"{path}/") or ("*" in path and fnmatch(own, f"{path}*"))
            if within and scope.get("type") in (None, "", kind):
                found.append((len(path), values))
        return {key: value for _, values in sorted(found, key=lambda one: one[0]) for key, value in values.items()}

    def post(self, file: Path, front: dict[str, Any], title: str) -> Post:
        """The post of a file; a page without a date that is in no collection is not an article."""
        kind = self._kind(file)
        name = stem(file)
        moment = moment_of(front, "date", name=name)
        if moment is not None and moment.tzinfo is not None and self._zone is not None:
            moment = moment.astimezone(self._zone)
        language = str(front.get("lang") or self._language)
        why_not = ""
        if any(
            fnmatch(file.as_posix(), one) or file.as_posix().startswith(f"{one.strip('/')}/") for one in self._excluded
        ):
            why_not = "excluded by the site's configuration."
        elif any(
            part.startswith("_") and part != "_posts" and part not in self._folders() for part in file.parent.parts
        ):
            why_not = "in a folder that the site does not publish."
        elif kind == "pages" and not front.get("date"):
            why_not = "a page of the site, not a post."
        path = self._path(file, front, moment, kind=kind)
        if self._languages and language and language != self._language and language in self._languages:
            path = f"/{language}{path}"
        return Post(file, front, path, aliases_of(front), day_of_name(name), language, why_not)

    def _folders(self) -> set[str]:
        return {f"_{name}" for name in self._collections}

    def _kind(self, file: Path) -> str:
        for part in file.parent.parts:
            if part in ("_posts", "_drafts"):
                return "posts"
            if part.startswith("_") and part[1:] in self._collections:
                return part[1:]
        return "pages"

    def _path(self, file: Path, front: dict[str, Any], moment: datetime.datetime | None, *, kind: str) -> str:
        own = front.get("permalink")
        name = without_day(stem(file))
        parts = file.parent.parts
        values = dates(moment)
        values["output_ext"] = ".html"
        values["slug"] = slug_of(str(front.get("slug") or name))
        values["title"] = slug_of(str(front.get("slug") or name), keep=_PRETTY, lower=False)
        values["name"] = slug_of(name)
        values["basename"] = stem(file)
        if kind == "pages":
            values["path"] = "/".join(parts)
            tail = "/:path/" if stem(file) == "index" else "/:path/:basename/"
            pretty = self._style.endswith("/") or self._style == "pretty"
            pattern = str(own or (tail if pretty or stem(file) == "index" else "/:path/:basename:output_ext"))
        elif kind == "posts":
            above = parts[: parts.index("_posts")] if "_posts" in parts else ()
            above = tuple(part for part in above if part not in ("_drafts", self._collections_dir))
            given = texts(front.get("categories")) or texts(front.get("category"))
            named = [
                word for one in given for word in (one.split() if isinstance(front.get("categories"), str) else [one])
            ]
            categories = dict.fromkeys([*above, *named])
            values["categories"] = "/".join(slug_of(one) for one in categories)
            pattern = str(own or self._collections.get("posts", {}).get("permalink") or self._style)
        else:
            place = parts.index(f"_{kind}")
            values["path"] = "/".join([*parts[place + 1 :], stem(file)])
            values["collection"] = kind
            values["name"] = slug_of(stem(file))
            pattern = str(own or self._collections[kind].get("permalink") or "/:collection/:path:output_ext")
        pattern = _STYLES.get(pattern, pattern)
        path = filled(pattern, values) or filled("/:title/", values) or "/"
        return rooted(path)


def _collections(config: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The collections that become pages, with their settings."""
    given = config.get("collections")
    if isinstance(given, list):
        return {}  # a list has no "output: true"
    found = given if isinstance(given, dict) else {}
    kept = {str(name): row for name, row in found.items() if isinstance(row, dict) and row.get("output")}
    if isinstance(found.get("posts"), dict):
        kept["posts"] = found["posts"]
    return {re.sub(r"\A_", "", name): row for name, row in kept.items()}

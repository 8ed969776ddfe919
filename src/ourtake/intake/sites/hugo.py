"""Hugo: hugo.toml and its kin; content/ with sections, bundles, languages; permalinks, slug, url, aliases, cascade."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ourtake.errors import InputError
from ourtake.intake.front_matter import parts_of
from ourtake.intake.sites.base import (
    Post,
    Site,
    aliases_of,
    day_of_name,
    is_rooted,
    moment_of,
    rooted,
    stem,
    texts,
    without_day,
)
from ourtake.intake.sites.permalink import dates, filled, urlized
from ourtake.intake.sites.settings import table_of, text_of
from ourtake.text.dates import DAYS, MONTHS

_NAMES = ("hugo", "config")
_ENDINGS = (".toml", ".yaml", ".yml", ".json")
_DATES = ("date", "publishDate", "publishdate", "pubdate", "published", "lastmod")


def _config_of(folder: Path) -> dict[str, Any]:
    """The configuration of a site, its keys in lower case."""
    config: dict[str, Any] = {}
    places = [folder, folder / "config" / "_default"]
    for path in (place / f"{name}{ending}" for place in places for name in _NAMES for ending in _ENDINGS):
        if path.is_file():
            config |= {key.lower(): value for key, value in table_of(path).items()}
    # config/_default/ may have a file for a key (permalinks.toml), and one for a key's key (languages.fr.toml).
    for path in sorted(places[1].glob("*.*")) if places[1].is_dir() else ():
        key, _, inner = path.stem.lower().partition(".")
        if key in ("permalinks", "languages") and path.suffix in _ENDINGS:
            table = config.setdefault(key, {})
            if isinstance(table, dict):
                table |= {inner: table_of(path)} if inner else table_of(path)
    return config


class HugoSite(Site):
    """See sites/base.py."""

    builder = "Hugo"
    marks = (
        "hugo.toml",
        "hugo.yaml",
        "hugo.yml",
        "hugo.json",
        "config/_default",
        "config.toml",
        "archetypes/default.md",
    )
    sign = b"baseurl"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        config = _config_of(folder)
        self.url = str(config.get("baseurl") or "").rstrip("/")
        self._ugly = config.get("uglyurls") is True
        self._lower = config.get("disablepathtolower") is not True
        self._content = str(config.get("contentdir") or "content").strip("/")
        self._permalinks = _page_patterns(config.get("permalinks"))
        languages = config.get("languages")
        self._languages: dict[str, dict[str, Any]] = {
            str(name).lower(): {key.lower(): value for key, value in row.items()}
            for name, row in (languages.items() if isinstance(languages, dict) else ())
            if isinstance(row, dict)
        }
        for source, language in _mounts(config.get("module")):
            if language:
                self._languages.setdefault(language, {})["contentdir"] = source
            else:
                self._content = source
        self._first = str(config.get("defaultcontentlanguage") or "en").lower()
        self._first_in_folder = config.get("defaultcontentlanguageinsubdir") is True
        self._by_name = ":filename" in str((config.get("frontmatter") or {}).get("date") or "")
        self._cascades: dict[Path, dict[str, Any]] = {}
        self._leaves: dict[Path, bool] = {}

    def defaults(self, file: Path) -> dict[str, Any]:
        """What the `cascade` of the sections above sets for their pages."""
        found: dict[str, Any] = {}
        for folder in reversed(file.parents):
            found |= self._cascade(folder)
        return found

    def post(self, file: Path, front: dict[str, Any], title: str) -> Post:
        """The page of a file in content/."""
        keys = {key.lower(): value for key, value in front.items()}
        inside, language = self._inside(file)
        name, suffix = stem(file), self._suffix(file)
        name = name.removesuffix(f".{suffix}") if suffix else name
        language = suffix or language
        why_not = ""
        if file.parts[:1] not in ((self._content,), *((one,) for one in self._folders())):
            why_not = "not in the site's content folder."
        elif name != "index" and any(self._is_leaf(self.folder / above) for above in file.parents):
            why_not = "a part of another page (in its bundle)."
        elif len(inside) == 0 and name != "index" and not keys.get("date"):
            why_not = "a page of the site, not a post."
        moment = moment_of(front, *_DATES, name=name if self._by_name else "")
        path = self._path(inside, name, keys, moment, title)
        prefix = f"/{language}" if language and (language != self._first or self._first_in_folder) else ""
        if is_rooted(str(keys.get("url") or "")):
            prefix = ""  # such an address is whole
        aliases = tuple(self._alias(one, path) for one in aliases_of(front))
        return Post(
            file, front, prefix + path, aliases, day_of_name(name) if self._by_name else None, language, why_not
        )

    def _path(
        self, inside: tuple[str, ...], name: str, keys: dict[str, Any], moment: datetime.datetime | None, title: str
    ) -> str:
        given = str(keys.get("url") or "").strip()
        if given and ":" not in given.removeprefix("https:").removeprefix("http:"):
            slash = "" if given.endswith("/") or "." in given.rpartition("/")[2] or self._ugly else "/"
            return rooted(given) + slash
        bundle = name == "index"
        folders, base = (inside[:-1], inside[-1]) if bundle and inside else (inside, name)
        bare = without_day(base) if self._by_name else base
        slug = str(keys.get("slug") or "").strip()
        section = folders[0] if folders else ""
        pattern = given or self._permalinks.get(section)
        if pattern and not (bundle and not inside):
            values = dates(moment) | {
                "section": section,
                "sections": "/".join(folders),
                "title": urlized(title),
                "slug": urlized(slug or title),
                "slugorfilename": urlized(slug or bare),
                "slugorcontentbasename": urlized(slug or bare),
                "filename": urlized(bare),
                "contentbasename": urlized(bare),
            }
            if moment is not None:
                values |= {
                    "monthname": MONTHS[moment.month - 1].lower(),
                    "weekday": str((moment.weekday() + 1) % 7),
                    "weekdayname": DAYS[moment.weekday()].lower(),
                    "yearday": str(moment.timetuple().tm_yday),
                }
            path = filled(_sliced(pattern, folders), values)
            if path:
                return path if path.startswith("/") else f"/{path}"
        last = urlized(slug or bare) if not (bundle and not inside) else ""
        names = [one for one in folders] + ([last] if last else [])
        path = "/".join(urlized(one) if self._lower else re.sub(r"\s+", "-", one) for one in names)
        return f"/{path}.html" if self._ugly and path else f"/{path}/" if path else "/"

    def _alias(self, alias: str, path: str) -> str:
        """An alias without a leading slash is beside the page."""
        return alias if is_rooted(alias) else f"{path.rstrip('/').rpartition('/')[0]}/{alias}"

    def _folders(self) -> set[str]:
        rows = (str(row.get("contentdir") or "") for row in self._languages.values())
        return {one.strip("/").split("/")[0] for one in rows if one}

    def _inside(self, file: Path) -> tuple[tuple[str, ...], str]:
        """The folders of a file within its content folder, and the language of that folder."""
        parts = file.parent.parts
        for name, row in self._languages.items():
            own = Path(str(row.get("contentdir") or "")).parts
            if own and parts[: len(own)] == own:
                return parts[len(own) :], name
        own = Path(self._content).parts
        return (parts[len(own) :] if parts[: len(own)] == own else parts), ""

    def _suffix(self, file: Path) -> str:
        """The language in a file's name: hello.fr.md."""
        name = stem(file).rpartition(".")[2].lower() if "." in stem(file) else ""
        known = name in self._languages or name == self._first
        return name if known or (not self._languages and re.fullmatch(r"[a-z]{2}(?:-[a-z]{2})?", name)) else ""

    def _is_leaf(self, folder: Path) -> bool:
        """Whether a folder is one page's: it has an index.md."""
        if folder not in self._leaves:
            content = {self.folder, self.folder / self._content}
            self._leaves[folder] = folder not in content and any(folder.glob("index*.m*d*"))
        return self._leaves[folder]

    def _cascade(self, folder: Path) -> dict[str, Any]:
        if folder not in self._cascades:
            self._cascades[folder] = {}
            for path in (self.folder / folder).glob("_index*.m*d*"):
                try:
                    found = parts_of(text_of(path), path.name).front.get("cascade")
                except InputError:
                    continue
                for row in found if isinstance(found, list) else [found]:
                    if isinstance(row, dict) and not (row.get("_target") or row.get("target")):
                        own = row.get("params")
                        self._cascades[folder] |= (own if isinstance(own, dict) else {}) | row
        return self._cascades[folder]


def _mounts(module: Any) -> Iterator[tuple[str, str]]:
    """The folders that are mounted as the content folder, each with its language or ""."""
    rows = module.get("mounts") if isinstance(module, dict) else None
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict) and str(row.get("target") or "").strip("/") == "content" and row.get("source"):
            matrix = (row.get("sites") or {}).get("matrix") if isinstance(row.get("sites"), dict) else None
            named = matrix.get("languages") if isinstance(matrix, dict) else None
            languages = texts(row.get("lang") or named)
            yield str(row["source"]).strip("./"), languages[0].lower() if languages else ""


def _page_patterns(given: Any) -> dict[str, str]:
    """Section -> pattern; newer sites have them under "page"."""
    rows = given if isinstance(given, dict) else {}
    inner = rows.get("page")
    return {
        str(key): value
        for key, value in (rows | (inner if isinstance(inner, dict) else {})).items()
        if isinstance(value, str)
    }


def _sliced(pattern: str, folders: tuple[str, ...]) -> str:
    """`:sections[1:]` and its kin written out."""

    def part(match: re.Match[str]) -> str:
        first, colon, last = match[1], match[2], match[3]
        number = {"last": len(folders) - 1}.get(first, int(first) if first.isdigit() else 0)
        if not colon:
            return folders[number] if number < len(folders) else ""
        end = len(folders) - 1 if last == "last" else int(last) if last else len(folders)
        return "/".join(folders[number:end])

    return re.sub(r":sections\[(\w*)(:?)(\w*)\]", part, pattern)
